"""The footnotes and the comments of a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from policywright.exports.blocks import Run, Runs
from policywright.exports.bookmarks import AUTHOR
from policywright.exports.word.elements import element, root
from policywright.exports.word.paragraphs import paragraph_xml, styled
from policywright.exports.word.parts import Parts
from policywright.exports.word.runs import runs_xml

_SEPARATORS = {-1: ("separator", "w:separator"), 0: ("continuationSeparator", "w:continuationSeparator")}


def footnotes_part(keys: Iterable[str], notes: Mapping[str, Runs], parts: Parts) -> str:
    """Return the part with the footnotes of some marks; their links go to the links of `parts`."""
    separators = (_separator(number, *names) for number, names in _SEPARATORS.items())
    return root("w:footnotes", *separators, *(_note(n, notes[key], parts) for n, key in enumerate(keys, 1)))


def _separator(number: int, kind: str, sign: str) -> str:
    space = element("w:spacing", w_after=0, w_line=240, w_lineRule="auto")
    line = paragraph_xml(element("w:r", element(sign)), space)
    return element("w:footnote", line, w_type=kind, w_id=number)


def _note(number: int, runs: Runs, parts: Parts) -> str:
    style = element("w:rPr", element("w:rStyle", w_val=parts.styles.id_of("footnote reference")))
    mark = element("w:r", style, element("w:footnoteRef"))
    text = mark + runs_xml((Run(" "), *runs), parts)
    return element("w:footnote", paragraph_xml(text, styled("footnote text", parts)), w_id=number)


def comments_part(parts: Parts) -> str:
    """Return the part with the comments that were placed. They have no date: a document is the same on every day."""
    return root("w:comments", *(_comment(number, text, parts) for number, text in enumerate(parts.commented)))


def _comment(number: int, text: str, parts: Parts) -> str:
    first, *others = text.split("\n")
    style = element("w:rPr", element("w:rStyle", w_val=parts.styles.id_of("annotation reference")))
    mark = element("w:r", style, element("w:annotationRef"))
    lines = (paragraph_xml(runs_xml([Run(line)], parts), styled("annotation text", parts)) for line in others)
    begin = paragraph_xml(mark + runs_xml([Run(first)], parts), styled("annotation text", parts))
    return element("w:comment", begin, *lines, w_id=number, w_author=AUTHOR, w_initials="PW")
