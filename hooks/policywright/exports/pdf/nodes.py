"""A paper becomes plain data for paper.typ: every decision about its look that needs its words is made here."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from policywright.exports.blocks import Block, Heading, Listing, Paragraph, Run, Runs, Table, words_in, words_of
from policywright.exports.html_blocks import LINE
from policywright.exports.papers import Paper
from policywright.exports.pdf.breaks import (
    BOX,
    SIGNATURE,
    is_form,
    is_ticked,
    line_length,
    stays_whole,
    stays_with_next,
    widths_of,
)

Node = dict[str, Any]

LONG_PAPER = 10_000
"""The characters above which a paper has contents."""
MANY_HEADINGS = 20
"""The headings above which a long paper has contents."""
LONG_CELL = 400
"""The characters above which a cell may continue on the next page."""
LONGEST_LINK = 2000
"""The characters above which an address is not a link; Typst refuses much longer ones."""
_LINE = re.compile(rf"({SIGNATURE.pattern}|\n)")


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
            before = blocks[at - 1] if at else None
            node = self.node(block) | {"keep": stays_with_next(before, block, blocks[at + 1 : at + 3])}
            if remark:
                box.append(node)
            else:
                yield node
        if box:
            yield {"kind": "box", "nodes": box}

    def node(self, block: Block) -> Node:
        if isinstance(block, Heading):
            return self.heading(block)
        if isinstance(block, Listing):
            return self.listing(block)
        if isinstance(block, Table):
            return self.table(block)
        if block.kind == "code":
            return {"kind": "code", "text": words_in(block.runs)}
        return {"kind": "paragraph", "pieces": list(self.pieces(block.runs, strong=_begins(block)))}

    def listing(self, block: Listing) -> Node:
        ticked = is_ticked(block)
        items = [list(self.nodes(_unticked(item) if ticked else item)) for item in block.items]
        tight = all(len(item) == 1 for item in items)
        form = "enum" if block.ordered else "list"
        return {
            "kind": form,
            "mark": BOX if ticked else "•",
            "tight": tight,
            "whole": stays_whole(block),
            "items": items,
        }

    def heading(self, block: Heading) -> Node:
        words = [self.text(run, run.text) for run in block.runs if run.text]
        if not words_in(block.runs).strip():
            # PDF/UA allows no heading without words.
            return {"kind": "paragraph", "pieces": [self.text(Run(""), block.number)]}
        # The contents repeat the words of a heading, so that nothing may be in them that is there only once.
        look = {"level": block.level, "number": block.number, "label": self.label(block.anchor)}
        return {"kind": "heading", **look, "pieces": words}

    def table(self, block: Table) -> Node:
        rows = (block.head, *block.rows) if block.head else block.rows
        columns = max(map(len, rows), default=0)
        kind = "pairs" if not block.head and columns == 2 else "table"
        head = [self.cell(cell) for cell in _filled(block.head, columns)] if block.head else []
        cells = [[self.cell(cell) for cell in _filled(row, columns)] for row in block.rows]
        look = {"whole": stays_whole(block), "form": is_form(block), "widths": widths_of(block, columns)}
        return {"kind": kind, **look, "head": head, "rows": cells}

    def cell(self, runs: Runs) -> Node:
        return {"long": len(words_in(runs)) > LONG_CELL, "pieces": list(self.pieces(runs))}

    def pieces(self, runs: Sequence[Run], *, strong: bool = False) -> Iterator[Node]:
        alone = len(SIGNATURE.findall(words_in(runs))) == 1
        for run in runs:
            if label := self.label(run.anchor):
                yield {"kind": "place", "label": label}
            if run.note:
                yield self.note(run.note)
            elif run.code:
                yield self.text(run, run.text)
            else:
                parts = (text for text in _LINE.split(run.text) if text)
                yield from (_gap(text, alone=alone) or self.text(run, text, strong=strong) for text in parts)

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
        "status": paper.foot,
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
    return next(_Maker({}, ()).nodes([Paragraph((Run(text),))]))


def _gap(text: str, *, alone: bool) -> Node | None:
    """Return a line break or a line to write on, which is as long as its marks, and longer if it is alone."""
    if text == "\n":
        return {"kind": "break"}
    if not SIGNATURE.fullmatch(text):
        return None
    return {"kind": "blank", "em": 0 if len(text) >= len(LINE) else line_length(len(text), alone=alone)}


def _begins(block: Block) -> bool:
    return isinstance(block, Paragraph) and block.kind == "note title"


def _filled(row: Sequence[Runs], columns: int) -> Sequence[Runs]:
    return (*row, *[()] * (columns - len(row)))


def _unticked(item: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return an item of a ticked list without its box, which is the mark of the item instead."""
    first, *rest = item
    runs = first.runs if isinstance(first, Paragraph) else ()
    return (Paragraph((replace(runs[0], text=runs[0].text.removeprefix(BOX).lstrip()), *runs[1:])), *rest)
