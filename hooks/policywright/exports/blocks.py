"""What a document is made of, whatever format it leaves in: headings, paragraphs, lists and tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """Consecutive characters that look alike."""

    text: str
    """“\\n” is a line break inside the paragraph; nothing else is."""
    strong: bool = False
    emphasis: bool = False
    code: bool = False
    link: str = ""
    """“#anchor” in the same document, a web address, or nothing; links to other pages of the site are plain words."""
    note: str = ""
    """The key of a footnote, if this is the mark of one; then there is no text."""
    anchor: str = ""
    """Where links such as “#term-staff” lead, if it is the place of a definition."""


Runs = tuple[Run, ...]


@dataclass(frozen=True)
class Heading:
    """A heading; those with a number are numbered by the format itself, so that the number is never typed twice."""

    level: int
    """1 below the title of the document."""
    runs: Runs
    number: str = ""
    """“4”, “4.1”, “P4.1”, or nothing."""
    anchor: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    runs: Runs
    kind: str = ""
    """“note” for a remark on the document, “note title” for its first line, “code” for what keeps its blanks, “basis”
    for the line that says which provision a procedure carries out."""


@dataclass(frozen=True)
class Listing:
    """A list; an item may hold paragraphs and further lists."""

    ordered: bool
    items: tuple[tuple[Block, ...], ...]


@dataclass(frozen=True)
class Table:
    """A table with a row of heads, or pairs of a name and an entry, whose first column has the heads."""

    head: tuple[Runs, ...]
    """Empty for pairs."""
    rows: tuple[tuple[Runs, ...], ...]


Block = Heading | Paragraph | Listing | Table


def runs_of(block: Block) -> Iterator[Run]:
    """Yield the runs of a block, in reading order."""
    if isinstance(block, Listing):
        yield from (run for item in block.items for one in item for run in runs_of(one))
    elif isinstance(block, Table):
        yield from (run for row in (block.head, *block.rows) for cell in row for run in cell)
    else:
        yield from block.runs


def words_in(runs: Iterable[Run]) -> str:
    """Return the words of runs."""
    return "".join(run.text for run in runs)


def words_of(blocks: Iterable[Block]) -> list[str]:
    """Return the text of each heading, paragraph and cell, in reading order; a heading begins with its number."""
    return [line for block in blocks for line in _lines(block)]


def _lines(block: Block) -> list[str]:
    if isinstance(block, Heading):
        return [f"{block.number} {words_in(block.runs)}".strip()]
    if isinstance(block, Paragraph):
        return [words_in(block.runs)]
    if isinstance(block, Listing):
        return [line for item in block.items for line in words_of(item)]
    return [words_in(cell) for row in (block.head, *block.rows) for cell in row]
