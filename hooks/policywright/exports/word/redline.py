"""Two texts of an instrument become one Word document with tracked changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from pathlib import Path

from policywright import __version__
from policywright.approval.redline import Key
from policywright.exports.blocks import Block, Heading, Listing, Paragraph, Run, Runs, Table, words_in
from policywright.exports.bookmarks import bookmark_of
from policywright.exports.html_blocks import blocks_of_html
from policywright.exports.word.bookmarks import Bookmarks
from policywright.exports.word.changes import DELETED, INSERTED, SAME, Marked, ParagraphLine, aligned, marked_lines
from policywright.exports.word.elements import element
from policywright.exports.word.links import Links
from policywright.exports.word.notes import footnotes_part
from policywright.exports.word.numbering import STEP, Numbering, ordered_item
from policywright.exports.word.package import About, Written, put_together
from policywright.exports.word.paragraphs import STYLES, paragraph_xml, styled
from policywright.exports.word.parts import Parts
from policywright.exports.word.running import footer_part, header_part
from policywright.exports.word.runs import runs_xml
from policywright.exports.word.template import add_styles, free_ids, line_width, opened, set_language, set_paper
from policywright.model.versions import Frozen, FrozenProvision
from policywright.pages.converter import usual
from policywright.pages.dates import day as day_in_words


@dataclass(frozen=True)
class Printing:
    """How a redline is printed."""

    size: str = "letter"
    """“letter” or “a4”."""
    language: str = "en-US"
    template: Path | None = None


_LETTER = Printing()

Part = tuple[tuple[str, Key], tuple[ParagraphLine, ...]]
"""The heading of a chapter, or a provision: what names it in both texts, and its lines."""


def redline_docx(
    old: Frozen, new: Frozen, instrument: str, author: str, day: str, *, printing: Printing = _LETTER
) -> bytes:
    """Return the changes of an instrument as tracked changes, which an author made on a day.

    `instrument` is “policy”, “procedures” or the id of another text. Accepting every change gives the words of the
    new text, rejecting them those of the old. A provision that moved is deleted at one place and inserted at another.
    The numbers are typed: automatic ones would count what is deleted too.
    """
    document = opened(printing.template)
    set_paper(document, printing.size)
    set_language(document, printing.language)
    lines = [*_title(old, new, instrument), *_marked(*(_parts_of(text, instrument) for text in (old, new)))]
    anchors = {marked.line.anchor for marked in lines if marked.line.anchor}
    bookmarks = Bookmarks({anchor: bookmark_of(anchor) for anchor in sorted(anchors)})
    parts = Parts(add_styles(document, ours=False), bookmarks, Numbering(*free_ids(document)), line_width(document))
    body = "".join(_Writer(parts, author, day).written(lines))
    texts, made = (old, new), f"{author}, {day_in_words(day)}"
    return put_together(document, _written(body, texts, parts, made), _about(texts, instrument, day, printing))


def _written(body: str, texts: tuple[Frozen, Frozen], parts: Parts, made: str) -> Written:
    old, new = texts
    versions = " to ".join(text.version or "a text without a number" for text in texts)
    beside = replace(parts, links=Links())
    left = f"{made}, text fingerprints {old.fingerprint} and {new.fingerprint}"
    return Written(
        # A change cannot delete the last paragraph of a document.
        body=body + paragraph_xml(""),
        header=header_part(f"{new.agency} · {new.title}", f"Changes from {versions}", beside),
        footer=footer_part(left, beside),
        numbering=parts.numbering,
        links=parts.links,
        footnotes=footnotes_part((), {}, beside),
        note_links=beside.links,
    )


def _about(texts: tuple[Frozen, Frozen], instrument: str, day: str, printing: Printing) -> About:
    old, new = texts
    more = {
        "paper": instrument,
        "fingerprint": new.fingerprint,
        "fingerprint before": old.fingerprint,
        "Policywright": __version__,
    }
    return About(f"{new.agency}: {new.title}, changes", new.agency, printing.language, day, more)


def _title(old: Frozen, new: Frozen, instrument: str) -> Iterator[Marked]:
    before, after = ((ParagraphLine("title", 0, ((Run(_name(text, instrument)),),)),) for text in (old, new))
    yield from marked_lines(before, after)


def lines_in(text: Frozen, instrument: str) -> list[str]:
    """Return the words of each line of an instrument: what a redline leaves when its changes are accepted."""
    lines = (line for _, lines in _parts_of(text, instrument) for line in lines)
    return [_name(text, instrument), *("\n".join(map(words_in, line.cells)) for line in lines)]


def _name(text: Frozen, instrument: str) -> str:
    return text.sections.get(instrument, text.title)


def _parts_of(text: Frozen, instrument: str) -> list[Part]:
    """Return the chapters and provisions of an instrument, in order."""
    mine = [one for one in text.provisions if one.instrument == instrument]
    times: dict[tuple[str, str], int] = {}
    parts: list[Part] = []
    for section, provisions in groupby(mine, key=lambda one: one.section):
        numbered = section != instrument
        several = [("provision", one.id, tuple(_lines(one, numbered=numbered))) for one in provisions]
        chapter = [("chapter", section, (_chapter(text, section, mine),))] if numbered else []
        for kind, name, lines in (*chapter, *several):
            times[kind, name] = times.get((kind, name), 0) + 1
            parts.append(((kind, (name, times[kind, name])), lines))
    return parts


def _chapter(text: Frozen, section: str, mine: Sequence[FrozenProvision]) -> ParagraphLine:
    number = next(one.number for one in mine if one.section == section).rpartition(".")[0]
    return ParagraphLine("heading", 1, (_numbered(number, text.sections.get(section, section)),))


def _numbered(number: str, title: str) -> Runs:
    return (Run(f"{number}\t{title}" if number else title),)


def _lines(provision: FrozenProvision, *, numbered: bool) -> Iterator[ParagraphLine]:
    """Yield the heading of a provision and its text, line by line."""
    title = _numbered(provision.number, provision.title)
    yield ParagraphLine("heading", 2 if numbered else 1, (title,), provision.anchor)
    blocks, notes = blocks_of_html(usual(provision.text))
    marks = {key: f"[{number}]" for number, key in enumerate(notes, 1)}
    yield from (_with_marks(line, marks) for line in _flat(blocks))
    yield from (ParagraphLine("text", 0, ((Run(f"{marks[key]} "), *runs),)) for key, runs in notes.items())


def _with_marks(line: ParagraphLine, marks: dict[str, str]) -> ParagraphLine:
    """Put words in place of the marks of footnotes: Word cannot track a footnote's mark and its text together."""
    cells = (tuple(replace(run, text=marks[run.note], note="") if run.note else run for run in c) for c in line.cells)
    return replace(line, cells=tuple(cells))


def _flat(blocks: Iterable[Block]) -> Iterator[ParagraphLine]:
    """Yield the lines of blocks."""
    for block in blocks:
        if isinstance(block, Heading):
            yield ParagraphLine("heading", min(block.level + 2, 6), (block.runs,))
        elif isinstance(block, Paragraph):
            yield ParagraphLine(block.kind or "text", 0, (block.runs,))
        elif isinstance(block, Table):
            yield from (ParagraphLine("row", 0, row) for row in (block.head, *block.rows) if row)
        else:
            yield from _items(block, 0)


def _items(listing: Listing, depth: int) -> Iterator[ParagraphLine]:
    for item in listing.items:
        kind = "number" if listing.ordered else "bullet"
        for block in item:
            if isinstance(block, Paragraph):
                yield ParagraphLine(kind, depth, (block.runs,))
                kind = "further"
            else:
                yield from _items(block, depth + 1) if isinstance(block, Listing) else _flat([block])


def _marked(old: Sequence[Part], new: Sequence[Part]) -> Iterator[Marked]:
    kept = {line.anchor for _, lines in new for line in lines}
    for before, after in aligned([key for key, _ in old], [key for key, _ in new]):
        lines = () if before is None else old[before][1]
        if after is None:
            # Of a provision that moved, the bookmark goes where it is inserted.
            yield from (Marked(replace(x, anchor="" if x.anchor in kept else x.anchor), DELETED) for x in lines)
        elif before is None:
            yield from (Marked(line, INSERTED) for line in new[after][1])
        else:
            yield from marked_lines(lines, new[after][1])


@dataclass
class _Writer:
    """Writes marked lines; each change has an id."""

    parts: Parts
    author: str
    day: str
    changes: int = 0
    ordered: dict[int, int] = field(default_factory=dict)
    """Depth -> the list with numbers that goes on."""

    def written(self, lines: Iterable[Marked]) -> Iterator[str]:
        """Yield the XML of lines; rows that follow one another are a table."""
        for is_row, some in groupby(lines, key=lambda one: one.line.kind == "row"):
            several = [*some]
            yield self._table(several) if is_row else "".join(map(self._paragraph, several))

    def _change(self, kind: str) -> str:
        """Return the start of a change, or nothing."""
        if kind == SAME:
            return ""
        self.changes += 1
        return element(
            "w:ins" if kind == INSERTED else "w:del",
            w_id=10_000 + self.changes,
            w_author=self.author,
            w_date=f"{self.day}T00:00:00Z",
        ).replace("/>", ">")

    def _mark(self, kind: str) -> str:
        """Return the change of the end of a paragraph or of a row."""
        return self._change(kind).replace(">", "/>")

    def _content(self, marked: Marked, at: int) -> str:
        cells = marked.cells[at] if marked.change == SAME else ((marked.change, marked.line.cells[at]),)
        return "".join(runs_xml(runs, self.parts, partial(self._change, kind)) for kind, runs in cells)

    def _paragraph(self, marked: Marked) -> str:
        line = marked.line
        content = self._content(marked, 0)
        if line.anchor:
            content = self.parts.bookmarks.around(line.anchor, content)
        mark = self._mark(marked.change)
        return paragraph_xml(content, *self._properties(line), element("w:rPr", mark) if mark else "")

    def _properties(self, line: ParagraphLine) -> Iterator[str]:
        """Yield the style of a paragraph, and its bullet, number or indent."""
        names = {"title": "Title", "bullet": "List Bullet", "number": "List Number", "further": "List Continue"}
        style = f"heading {line.level}" if line.kind == "heading" else {**STYLES, **names}.get(line.kind)
        if line.kind not in ("bullet", "number", "further"):
            self.ordered.clear()
        yield styled(style, self.parts) if style else ""
        if line.kind == "bullet":
            yield self.parts.numbering.bullet(line.level)
        elif line.kind == "number":
            number = self.ordered.get(line.level) or self.parts.numbering.ordered(line.level)
            self.ordered[line.level] = number
            yield ordered_item(number, line.level)
        elif line.kind == "further":
            yield element("w:ind", w_left=(line.level + 1) * STEP)

    def _table(self, rows: Sequence[Marked]) -> str:
        columns = max(len(row.line.cells) for row in rows)
        width = self.parts.width // columns
        style = element("w:tblStyle", w_val=self.parts.styles.id_of("Policy Table"))
        looks = element("w:tblPr", style, element("w:tblW", w_w=self.parts.width, w_type="dxa"))
        grid = element("w:tblGrid", *[element("w:gridCol", w_w=width)] * columns)
        return element("w:tbl", looks, grid, *(self._row(row, width) for row in rows))

    def _row(self, marked: Marked, width: int) -> str:
        mark = self._mark(marked.change)
        cells = (self._cell(marked, at, width) for at in range(len(marked.line.cells)))
        return element("w:tr", element("w:trPr", element("w:cantSplit"), mark), *cells)

    def _cell(self, marked: Marked, at: int, width: int) -> str:
        mark = self._mark(marked.change)
        properties = (styled("Policy Table Text", self.parts), element("w:rPr", mark) if mark else "")
        inside = paragraph_xml(self._content(marked, at), *properties)
        return element("w:tc", element("w:tcPr", element("w:tcW", w_w=width, w_type="dxa")), inside)
