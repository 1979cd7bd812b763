"""A paper becomes plain data for paper.typ: every decision about its look that needs its words is made here."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from policywright.exports.blocks import Block, Heading, Listing, Paragraph, Run, Runs, Table, words_in, words_of
from policywright.exports.html_blocks import LINE
from policywright.exports.papers import Paper
from policywright.model.findings import capital
from policywright.pages.dates import day

Node = dict[str, Any]

LONG_PAPER = 10_000
"""The characters above which a paper has contents."""
MANY_HEADINGS = 20
"""The headings above which a long paper has contents."""
SHORT_TABLE = 1_000
"""The characters up to which a table stays on one page."""
LONG_CELL = 400
"""The characters above which a cell may continue on the next page."""
LONGEST_LINK = 2000
"""The characters above which an address is no link; Typst refuses much longer ones."""
_LINE = re.compile(r"(_{4,}|\n)")


@dataclass
class _Maker:
    """Makes the nodes of one paper."""

    notes: Mapping[str, Runs]
    places: Collection[str]
    """The anchors to which a link can lead."""
    made: set[str] = field(default_factory=set)
    """The labels of the places and footnotes that are in the paper already; a second one would be ambiguous."""

    def nodes(self, blocks: Sequence[Block]) -> Iterator[Node]:
        """Yield the nodes of some blocks; the paragraphs of one remark share a box."""
        box: list[Node] = []
        for at, block in enumerate(blocks):
            remark = isinstance(block, Paragraph) and block.kind.startswith("note")
            if box and (not remark or _begins(block)):
                yield {"kind": "box", "nodes": box}
                box = []
            node = self.node(block, blocks[at + 1 : at + 2])
            if remark:
                box.append(node)
            else:
                yield node
        if box:
            yield {"kind": "box", "nodes": box}

    def node(self, block: Block, after: Sequence[Block]) -> Node:
        if isinstance(block, Heading):
            return self.heading(block)
        if isinstance(block, Listing):
            items = [list(self.nodes(item)) for item in block.items]
            tight = all(len(item) == 1 for item in block.items)
            return {"kind": "list", "ordered": block.ordered, "tight": tight, "items": items}
        if isinstance(block, Table):
            return self.table(block)
        if block.kind == "code":
            return {"kind": "code", "text": words_in(block.runs)}
        pieces = list(self.pieces(block.runs, strong=_begins(block)))
        return {"kind": "paragraph", "keep": _keeps(block, after), "pieces": pieces}

    def heading(self, block: Heading) -> Node:
        words = [self.text(run, run.text) for run in block.runs if run.text]
        if not words_in(block.runs).strip():
            return {"kind": "paragraph", "keep": True, "pieces": words}
        # The contents repeat the words of a heading, so that nothing may be in them that is there only once.
        look = {"level": block.level, "number": block.number, "label": self.label(block.anchor)}
        return {"kind": "heading", **look, "pieces": words}

    def table(self, block: Table) -> Node:
        rows = (block.head, *block.rows) if block.head else block.rows
        columns = max(map(len, rows), default=0)
        kind = "pairs" if not block.head and columns == 2 else "table"
        head = [self.cell(cell) for cell in _filled(block.head, columns)] if block.head else []
        cells = [[self.cell(cell) for cell in _filled(row, columns)] for row in block.rows]
        whole = sum(len(words_in(cell)) for row in rows for cell in row) <= SHORT_TABLE
        return {"kind": kind, "whole": whole, "head": head, "rows": cells, "widths": _widths(rows, columns)}

    def cell(self, runs: Runs) -> Node:
        return {"long": len(words_in(runs)) > LONG_CELL, "pieces": list(self.pieces(runs))}

    def pieces(self, runs: Iterable[Run], *, strong: bool = False) -> Iterator[Node]:
        for run in runs:
            if label := self.label(run.anchor):
                yield {"kind": "place", "label": label}
            if run.note:
                yield self.note(run.note)
            elif run.code:
                yield self.text(run, run.text)
            else:
                yield from (self.piece(run, text, strong=strong) for text in _LINE.split(run.text) if text)

    def piece(self, run: Run, text: str, *, strong: bool) -> Node:
        if text == "\n":
            return {"kind": "break"}
        if _LINE.fullmatch(text):
            return {"kind": "blank", "marks": len(text) if len(text) < len(LINE) else 0}
        return self.text(run, text, strong=strong)

    def text(self, run: Run, text: str, *, strong: bool = False) -> Node:
        look = {"strong": run.strong or strong, "emphasis": run.emphasis, "code": run.code}
        return {"kind": "text", "text": text, **look, **self.link(run.link)}

    def link(self, link: str) -> Node:
        """Return where a link leads; one that leads nowhere is plain words."""
        if link.startswith("#"):
            return {"target": link[1:] if link[1:] in self.places else "", "link": ""}
        fits = len(link) <= LONGEST_LINK and link.isascii() and link.isprintable()
        return {"target": "", "link": link if fits else ""}

    def label(self, anchor: str) -> str:
        """Return the label of a place, unless the paper has no such place or has it already."""
        label = anchor if anchor in self.places and anchor not in self.made else ""
        self.made.add(anchor)
        return label

    def note(self, key: str) -> Node:
        label = f"footnote {key}"
        if label in self.made:
            return {"kind": "note again", "label": label}
        self.made.add(label)
        return {"kind": "note", "label": label, "pieces": list(self.pieces(self.notes[key]))}


def paper_data(paper: Paper) -> Node:
    """Return what paper.typ needs to know about a paper."""
    headings = [at for at, block in enumerate(paper.blocks) if isinstance(block, Heading)]
    long = len(headings) > MANY_HEADINGS and sum(map(len, words_of(paper.blocks))) > LONG_PAPER
    first = headings[0] if long else 0
    maker = _Maker(paper.notes, _places(paper.blocks))
    return {
        "title": paper.title,
        "agency": paper.document.agency_name,
        "version": f"Version {paper.document.version}" if paper.document.version else "",
        "status": _status(paper),
        **_page(paper),
        "front": list(maker.nodes(paper.blocks[:first])),
        "contents": long,
        "nodes": list(maker.nodes(paper.blocks[first:])),
    }


def _page(paper: Paper) -> Node:
    language, _, region = paper.language.partition("-")
    size = "us-letter" if paper.size == "letter" else "a4"
    return {"size": size, "language": language.lower(), "region": region.lower()}


def _places(blocks: Iterable[Block]) -> set[str]:
    """Return the anchors of headings and definitions that can be labels."""
    return {anchor for block in blocks for anchor in _anchors(block) if anchor and anchor.isprintable()}


def _anchors(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield block.anchor
    elif isinstance(block, Paragraph):
        yield from (run.anchor for run in block.runs)
    elif isinstance(block, Listing):
        yield from (anchor for item in block.items for one in item for anchor in _anchors(one))
    else:
        yield from (run.anchor for row in (block.head, *block.rows) for cell in row for run in cell)


def plain_paragraph(text: str) -> Node:
    """Return a paragraph that looks like nothing in particular."""
    return _Maker({}, ()).node(Paragraph((Run(text),)), ())


def _status(paper: Paper) -> str:
    dates = paper.document.dates
    days = [f"{word} {day(dates[name])}" for name, word in _DAYS if dates[name]][:1]
    return ", ".join([capital(paper.status), *days, f"text fingerprint {paper.fingerprint}"])


_DAYS = (("in_force", "effective"), ("adopted", "adopted"))


def _begins(block: Block) -> bool:
    return isinstance(block, Paragraph) and block.kind == "note title"


def _keeps(block: Paragraph, after: Sequence[Block]) -> bool:
    """Whether a paragraph stays on the page of what follows: it announces that, or signatures follow."""
    signed = any(isinstance(one, Paragraph) and _LINE.search(words_in(one.runs)) for one in after)
    return bool(after) and (_begins(block) or signed or words_in(block.runs).endswith(":"))


def _filled(row: Sequence[Runs], columns: int) -> Sequence[Runs]:
    return (*row, *[()] * (columns - len(row)))


def _widths(rows: Sequence[Sequence[Runs]], columns: int) -> list[int]:
    """Return how the columns share the width: by their longest cell, but none is too narrow or takes too much."""
    longest = [max((len(words_in(row[at])) for row in rows if at < len(row)), default=0) for at in range(columns)]
    return [min(max(length, 12), 60) for length in longest]
