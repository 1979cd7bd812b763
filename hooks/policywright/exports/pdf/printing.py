"""Prints a paper as tagged PDF (PDF/UA-1). Only this module knows Typst."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from importlib.resources import files
from typing import Any

from policywright.exports.extras import needed
from policywright.exports.papers import Paper
from policywright.exports.pdf.nodes import Node, paper_data, plain_paragraph
from policywright.exports.pdf.signs import remark_on, signs_in, spelled

_LACKING = re.compile(r'(?:the text|disallowed codepoint) `"(.*?)"`')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_NO_LETTERS = re.compile("emoji|color|last ?resort", re.IGNORECASE)


class _LackingSigns(Exception):
    """Raised when the fonts lack signs."""

    def __init__(self, signs: set[str]) -> None:
        super().__init__(signs)
        self.signs = signs


def pdf_of(paper: Paper, remark: Callable[[str], None] = lambda _: None) -> bytes:
    """Return a paper as PDF; raise MissingExtra if Typst is not installed.

    Typst's own fonts come first, so that every machine makes the same bytes. Only a paper with signs that they lack
    uses the fonts of this machine as well. What these lack too is spelled out, and `remark` gets a
    sentence about it.
    """
    data = spelled(paper_data(paper), set())
    try:
        return _printed(data, system=False)
    except _LackingSigns:
        lacking = _lacking_in(data)
    if lacking:
        remark(remark_on(data["title"], lacking))
    return _printed(spelled(data, lacking), system=True)


def _lacking_in(data: Node) -> set[str]:
    """Return the signs that no font of this machine has."""
    # Typst names only some of the signs that one paragraph lacks, so at first each has a paragraph.
    trials = [{**data, "nodes": [plain_paragraph(sign) for sign in sorted(signs_in(data))]}, data]
    lacking = set[str]()
    while trials:
        try:
            _printed(spelled(trials[0], lacking), system=True)
            del trials[0]
        except _LackingSigns as error:
            lacking |= error.signs
    return lacking


def _printed(data: Node, *, system: bool) -> bytes:
    typst = needed("typst", "PDF files")
    fonts = _fonts(typst, system=system)
    families = sorted(filter(_fits, fonts.families()), key=_preference) if system else []
    inputs = {"paper": json.dumps({**data, "fonts": families}, ensure_ascii=False)}
    try:
        pdf: bytes = typst.compile(_template(), sys_inputs=inputs, font_paths=fonts, pdf_standards="ua-1")
    except typst.TypstError as error:
        raise _as_lacking(error) from None
    return pdf


def _as_lacking(error: Any) -> Exception:
    named = "".join(_LACKING.findall(error.diagnostic))
    signs = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), named)
    lacking = {sign for sign in signs if not sign.isascii()}
    return _LackingSigns(lacking) if lacking else error


def _fits(family: str) -> bool:
    """Whether a family has letters; pictures in colors are not allowed in PDF/UA, and some fonts have only boxes."""
    return family == "Noto Emoji" or not _NO_LETTERS.search(family)


def _preference(family: str) -> tuple[bool, bool, str]:
    """Sort families: the Noto fonts, which are made for this, then others, and those for code at last."""
    return "Mono" in family, not family.startswith("Noto"), family


@functools.cache
def _template() -> bytes:
    return files(__package__).joinpath("paper.typ").read_bytes()


@functools.cache
def _fonts(typst: Any, *, system: bool) -> Any:
    return typst.Fonts(include_system_fonts=system)
