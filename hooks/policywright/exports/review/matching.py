"""Which provision each line of a Word file belongs to, and what differs from the text that was sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from policywright.approval.redline import rising
from policywright.exports.bookmarks import AUTHOR
from policywright.exports.review.reading import Author, Incoming, Line, WordComment


@dataclass(frozen=True)
class Part:
    """A heading with what is below it, as it was sent."""

    anchor: str
    """Empty for what comes before the first heading."""
    lines: tuple[str, ...]
    """The heading is the first one."""


@dataclass(frozen=True)
class SentPaper:
    """One paper as it was sent, in the words that a reading of the file gives."""

    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposed:
    """What a file that came back proposes for one heading and the text below it."""

    anchor: str
    old: tuple[str, ...]
    """As it was sent."""
    new: tuple[Line, ...]
    """As it came back, all tracked changes accepted; empty if it was deleted."""
    by: tuple[Author, ...]
    """The authors of its tracked changes, each once."""
    untracked: bool
    """Whether some of it was changed without tracking, so that nobody knows by whom."""
    moved: bool
    headless: bool
    """Whether its heading was deleted and its text was not."""
    comments: tuple[WordComment, ...]

    @property
    def reworded(self) -> bool:
        """Whether words differ, and not only the place or a comment."""
        return self.old != tuple(line.text for line in self.new)


@dataclass(frozen=True)
class Unplaced:
    """What a file says that belongs to no text that was sent."""

    why: str
    lines: tuple[str, ...]
    after: str
    """The anchor of the heading above it."""


@dataclass(frozen=True)
class WordReview:
    """What a Word file proposes."""

    proposed: tuple[Proposed, ...]
    """In the order in which they were sent."""
    unplaced: tuple[Unplaced, ...]


def sent_paper(read: Incoming) -> SentPaper:
    """Return a paper as it is sent, from a reading of the file just made: what differs later, somebody changed."""
    found: dict[str, list[str]] = {"": []}
    for line in read.lines:
        found.setdefault(line.under, []).append(line.text)
    return SentPaper(tuple(Part(anchor, tuple(lines)) for anchor, lines in found.items()), read.notes)


def matched(sent: SentPaper, read: Incoming) -> WordReview:
    """Return what a file that came back proposes, compared with the paper that was sent."""
    new, strange = _placed(sent, read.lines)
    old, _ = _placed(sent, read.before)
    moved = _out_of_order([part.anchor for part in sent.parts], [line.anchor for line in read.lines if line.anchor])
    found = (_proposed(part, new, old, read, moved) for part in sent.parts)
    proposed = [one for one in found if one.reworded or one.moved or one.headless or one.comments or one.untracked]
    return WordReview(tuple(proposed), (*strange, *_notes(sent.notes, read.notes)))


Placed = Mapping[str, Sequence[Line]]
"""Anchor -> its lines."""


def _proposed(part: Part, new: Placed, old: Placed, read: Incoming, moved: set[str]) -> Proposed:
    lines = tuple(new.get(part.anchor, ()))
    rejected = tuple(line.text for line in old.get(part.anchor, ()))
    authors = dict.fromkeys(one.by for one in read.tracked if one.anchor == part.anchor)
    return Proposed(
        anchor=part.anchor,
        old=part.lines,
        new=lines,
        by=tuple(authors),
        untracked=rejected != part.lines,
        moved=part.anchor in moved,
        headless=bool(lines and part.anchor) and not any(line.anchor for line in lines),
        comments=tuple(one for one in read.comments if one.anchor == part.anchor and one.by.name != AUTHOR),
    )


def _placed(sent: SentPaper, lines: Iterable[Line]) -> tuple[dict[str, list[Line]], list[Unplaced]]:
    """Return the lines of each part, and what begins with a heading that nobody sent."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.under, []).append(line)
    strange: list[Unplaced] = []
    placed: dict[str, list[Line]] = {}
    for parts in _runs(sent.parts, groups):
        own, new = _without_new_headings(groups.get(parts[0].anchor, []), parts)
        strange += new
        for anchor, line in zip(_aligned(parts, own), own, strict=True):
            placed.setdefault(anchor, []).append(line)
    return placed, strange


def _runs(parts: Sequence[Part], groups: Mapping[str, object]) -> Iterator[list[Part]]:
    """Yield each part that has a heading in the file, with the parts behind it that have lost theirs."""
    run: list[Part] = []
    for part in parts:
        if run and part.anchor in groups:
            yield run
            run = []
        run.append(part)
    if run:
        yield run


def _without_new_headings(lines: Sequence[Line], parts: Sequence[Part]) -> tuple[list[Line], list[Unplaced]]:
    """Take out what is below a heading that somebody added."""
    known = {line for part in parts for line in part.lines}
    start = next((at for at, line in enumerate(lines) if at and _is_new_heading(line, known)), len(lines))
    if start == len(lines):
        return list(lines), []
    new = tuple(line.text for line in lines[start:])
    # A sent line below the new heading is still the sent line.
    kept = [line for line in lines[start:] if line.text in known]
    why = "This is below a heading that was not there."
    added = tuple(text for text in new if text not in known)
    return [*lines[:start], *kept], [Unplaced(why, added, lines[0].under)]


def _is_new_heading(line: Line, known: set[str]) -> bool:
    if line.kind != "heading" or line.anchor:
        return False
    return not any(SequenceMatcher(None, line.text, text).ratio() > 0.6 for text in known)


def _aligned(parts: Sequence[Part], lines: Sequence[Line]) -> list[str]:
    """Return the anchor of the part that each line belongs to: that of the most similar line in the same order."""
    sent = [(part.anchor, text) for part in parts for text in part.lines]
    if len(parts) == 1:
        return [parts[0].anchor] * len(lines)
    anchors, here = [], parts[0].anchor
    pairs = dict(_best_pairs([text for _, text in sent], [line.text for line in lines]))
    for at in range(len(lines)):
        here = sent[pairs[at]][0] if at in pairs else here
        anchors.append(here)
    return anchors


ALIKE = 0.5
"""How alike two lines must be to be one line that was changed."""


def _best_pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Pair the lines of two texts so that the pairs are in order and as alike as possible: (new, old)."""
    score = [[0.0] * (len(old) + 1) for _ in range(len(new) + 1)]
    likeness = [[_likeness(one, other) for other in old] for one in new]
    for n in range(len(new) - 1, -1, -1):
        for o in range(len(old) - 1, -1, -1):
            both = likeness[n][o] + score[n + 1][o + 1] if likeness[n][o] else 0.0
            score[n][o] = max(score[n + 1][o], score[n][o + 1], both)
    pairs, n, o = [], 0, 0
    while n < len(new) and o < len(old):
        if likeness[n][o] and score[n][o] == likeness[n][o] + score[n + 1][o + 1]:
            pairs.append((n, o))
            n, o = n + 1, o + 1
        elif score[n][o] == score[n + 1][o]:
            n += 1
        else:
            o += 1
    return pairs


_WORD = re.compile(r"\w+")


def _likeness(one: str, other: str) -> float:
    if one == other:
        return 1.0
    found = SequenceMatcher(None, _WORD.findall(one.lower()), _WORD.findall(other.lower()), autojunk=False)
    ratio = found.ratio() if found.quick_ratio() >= ALIKE else 0.0
    return ratio if ratio >= ALIKE else 0.0


def _out_of_order(sent: Sequence[str], came: Sequence[str]) -> set[str]:
    """Return the fewest anchors that must have been moved, if the others kept their order."""
    place = {anchor: at for at, anchor in enumerate(sent)}
    # From the end: of two that changed places, the one that was first has moved.
    order = [anchor for anchor in reversed(came) if anchor in place]
    return set(order) - {order[at] for at in rising([-place[anchor] for anchor in order])}


def _notes(sent: Sequence[str], came: Sequence[str]) -> Iterator[Unplaced]:
    """Yield the footnotes that differ; a footnote that went with the words that it belonged to is no proposal."""
    left = list(sent)
    for note in came:
        if note in left:
            left.remove(note)
        else:
            yield Unplaced("This footnote was changed or added.", (note,), "")


def without_people(review: WordReview) -> WordReview:
    """Return a review without the names of people and the days on which they wrote."""
    nobody = Author("", "")
    return replace(
        review,
        proposed=tuple(
            replace(
                one,
                by=(nobody,) if one.by else (),
                comments=tuple(replace(comment, by=nobody) for comment in one.comments),
            )
            for one in review.proposed
        ),
    )
