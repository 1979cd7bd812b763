"""Tracked changes: two lists of lines become one, in which each difference can be accepted or rejected."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TypeVar

from policywright.approval.redline import ALIKE
from policywright.exports.blocks import Run, Runs, words_in

SAME, DELETED, INSERTED = "same", "deleted", "inserted"
T = TypeVar("T")
_WORD = re.compile(r"\w+(?:[’'.,-]\w+)*|[^\S\n]+|.", re.DOTALL)


@dataclass(frozen=True)
class ParagraphLine:
    """A paragraph, or a row of a table: what is inserted or deleted as a whole if it has no counterpart."""

    kind: str
    """“heading”, “text”, “bullet”, “number”, “further” of an item, “row”, or the kind of a paragraph."""
    level: int
    """Of a heading, or the depth of an item."""
    cells: tuple[Runs, ...]
    """One, except in a row."""
    anchor: str = ""
    """Of a heading."""

    @property
    def look(self) -> tuple[str, int, int]:
        """What two lines must share to be compared word by word."""
        return self.kind, self.level, len(self.cells)


@dataclass(frozen=True)
class Marked:
    """A line of the two texts together."""

    line: ParagraphLine
    change: str
    """same | deleted | inserted: what happened to the line as a whole."""
    cells: tuple[tuple[tuple[str, Runs], ...], ...] = ()
    """For each cell of a line that both texts have: (same | deleted | inserted, runs)."""


def aligned(old: Sequence[Hashable], new: Sequence[Hashable]) -> Iterator[tuple[int | None, int | None]]:
    """Yield the positions of things that both have together, and of others alone: deleted before inserted."""
    for kind, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from zip(range(start, end), range(first, last), strict=True)
        else:
            yield from ((at, None) for at in range(start, end))
            yield from ((None, at) for at in range(first, last))


def marked_lines(old: Sequence[ParagraphLine], new: Sequence[ParagraphLine]) -> Iterator[Marked]:
    """Yield the lines of two texts as one: without the insertions they are the old text, without deletions the new."""
    for kind, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (_both(line, line) for line in new[first:last])
        else:
            yield from _replaced(old[start:end], new[first:last])


def _replaced(old: Sequence[ParagraphLine], new: Sequence[ParagraphLine]) -> Iterator[Marked]:
    """Yield lines that were replaced by others: deletions before insertions, and between them lines that are alike."""
    start = first = 0
    for place, twin in _twins_of(old, new):
        yield from _apart(old[start:twin], new[first:place])
        yield _both(old[twin], new[place])
        start, first = twin + 1, place + 1
    yield from _apart(old[start:], new[first:])


def _apart(old: Iterable[ParagraphLine], new: Iterable[ParagraphLine]) -> Iterator[Marked]:
    yield from (Marked(line, DELETED) for line in old)
    yield from (Marked(line, INSERTED) for line in new)


def _twins_of(old: Sequence[ParagraphLine], new: Sequence[ParagraphLine]) -> Iterator[tuple[int, int]]:
    """Yield the position of each new line that is like an old one, and of that; both increase."""
    start = 0
    for place, line in enumerate(new):
        twin = next((at for at in range(start, len(old)) if _alike(old[at], line)), None)
        if twin is not None:
            yield place, twin
            start = twin + 1


def _alike(old: ParagraphLine, new: ParagraphLine) -> bool:
    if old.look != new.look:
        return False
    # A heading is compared with the heading of the same provision, however little of it stayed.
    before, after = ("\n".join(map(words_in, line.cells)).split() for line in (old, new))
    return old.kind == "heading" or SequenceMatcher(None, before, after, autojunk=False).ratio() >= ALIKE


def _both(old: ParagraphLine, new: ParagraphLine) -> Marked:
    cells = (tuple(_words(*pair)) for pair in zip(old.cells, new.cells, strict=True))
    return Marked(new, SAME, tuple(cells))


def _words(old: Runs, new: Runs) -> Iterator[tuple[str, Runs]]:
    """Yield the words of two lines together; a change is as long as it can be, deletion first."""
    before, after = ([*_pieces(runs)] for runs in (old, new))
    operations = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    gone, come = list[Run](), list[Run]()
    for number, (kind, start, end, first, last) in enumerate(operations):
        # A space between two changes is taken into them, or each word would be a change.
        between = 0 < number < len(operations) - 1 and not words_in(after[first:last]).strip()
        if kind == "equal" and not between:
            yield from _both_kinds(gone, come)
            gone, come = [], []
            yield SAME, _joined(after[first:last])
        else:
            gone += before[start:end]
            come += after[first:last]
    yield from _both_kinds(gone, come)


def _both_kinds(gone: Sequence[Run], come: Sequence[Run]) -> Iterator[tuple[str, Runs]]:
    yield from ((kind, _joined(runs)) for kind, runs in ((DELETED, gone), (INSERTED, come)) if runs)


def _pieces(runs: Iterable[Run]) -> Iterator[Run]:
    for run in runs:
        yield from (replace(run, text=piece) for piece in _WORD.findall(run.text))


def _joined(pieces: Iterable[Run]) -> Runs:
    joined: list[Run] = []
    for piece in pieces:
        if joined and replace(joined[-1], text="") == replace(piece, text=""):
            joined[-1] = replace(joined[-1], text=joined[-1].text + piece.text)
        else:
            joined.append(piece)
    return tuple(joined)
