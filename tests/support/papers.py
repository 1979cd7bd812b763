"""Papers for tests, and what is in the Word documents that are made of them."""

from __future__ import annotations

import functools
import io
import zipfile
from collections.abc import Iterable
from xml.etree import ElementTree

from policywright.draft import draft_of
from policywright.exports.blocks import Block, Heading, Run, Runs
from policywright.exports.papers import Paper, make_papers
from policywright.model.draft import Draft
from policywright.model.versions import Frozen, FrozenProvision
from tests.support.agency_files import ROOT, golden_draft, read_case

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SAMPLE = "sample"


@functools.cache
def draft_named(name: str) -> Draft:
    """Return the draft of a golden agency, or that of docs/sample, which has lived."""
    return draft_of(ROOT / "docs" / "sample", "2026-11-30") if name == SAMPLE else golden_draft(name)


@functools.cache
def papers_named(name: str) -> dict[str, Paper]:
    """Return every paper of an agency by its id."""
    return {paper.id: paper for paper in make_papers(draft_named(name))}


def paper_with(blocks: Iterable[Block], notes: dict[str, Runs] | None = None) -> Paper:
    """Return a paper with these blocks."""
    document = draft_named("two-way-city").document
    return Paper("policy", "A policy", document, "0123456789abcdef", tuple(blocks), notes or {}, internal=False)


def numbered(numbers: Iterable[str]) -> list[Heading]:
    """Return headings with these numbers, each with its own anchor."""
    return [
        Heading(number.count(".") + 1, (Run(f"Title {at}"),), number, f"title-{at}")
        for at, number in enumerate(numbers)
    ]


def made_up(name: str) -> tuple[Frozen, Frozen]:
    """Return the two texts of a made-up policy, see cases/word.yml."""
    case = read_case("word.yml")[name]
    return _frozen(case["old"], "1.0"), _frozen(case["new"], "1.1")


def _frozen(rows: list[list[str]], version: str) -> Frozen:
    provisions = (
        FrozenProvision(name, name, section, number, title, "rule", text, "", "accounts", ())
        for name, section, number, title, text in rows
    )
    sections = {row[1]: f"The {row[1]} chapter" for row in rows}
    return Frozen("A policy", "Town of Exampleton", version, tuple(provisions), sections, {}, ())


def part_of(file: bytes, name: str = "word/document.xml") -> ElementTree.Element:
    """Return a part of a Word document."""
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        return ElementTree.fromstring(parts.read(name))


def lines_of(part: ElementTree.Element) -> list[str]:
    """Return the text of each paragraph; a tab and a line break are one sign each."""
    return ["".join(map(_words, paragraph.iter())) for paragraph in part.iter(f"{W}p")]


def _words(one: ElementTree.Element) -> str:
    signs = {f"{W}br": "\n", f"{W}tab": "\t" if one.get(f"{W}pos") is None else ""}
    return (one.text or "") if one.tag in (f"{W}t", f"{W}delText") else signs.get(one.tag, "")
