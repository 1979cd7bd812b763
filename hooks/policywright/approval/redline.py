"""What changed between two texts of a policy: clause by clause, and word by word."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any

from policywright.model.versions import Frozen, FrozenProvision

KINDS = ("added", "removed", "changed", "moved", "renumbered")


@dataclass(frozen=True)
class Segment:
    """Consecutive words that were kept, deleted or inserted together."""

    kind: str
    """same | deleted | inserted"""
    text: str


Marked = tuple[Segment, ...]
"""Two texts in one: without the deletions it is the new text, without the insertions the old one."""


@dataclass(frozen=True)
class Reason:
    """The reason for a change."""

    kind: str
    """answer | own_came | own_went | own_changed | wording"""
    question: str = ""
    """The question, if the reason is an answer."""
    old: Any = None
    """Its value before; None if there was none."""
    new: Any = None


@dataclass(frozen=True)
class Change:
    """How one provision differs between two texts."""

    kind: str
    """One of KINDS; a changed or moved provision may also have another number."""
    old: FrozenProvision | None
    """None if it was added."""
    new: FrozenProvision | None
    """None if it was removed."""
    moved: bool
    """Whether it is in another section, or in another order among its neighbors."""
    reasons: tuple[Reason, ...]

    @property
    def here(self) -> FrozenProvision:
        """The new provision, or the old one if it was removed."""
        found = self.new or self.old
        assert found
        return found

    @cached_property
    def title(self) -> Marked:
        """The title, with its changes marked."""
        return _marked(self, "title")

    @cached_property
    def level(self) -> Marked:
        """The word for its level, with its change marked."""
        return _marked(self, "level")

    @cached_property
    def text(self) -> Marked:
        """The Markdown, with its changes marked."""
        return _marked(self, "text")

    @cached_property
    def staff(self) -> Marked:
        """The line for staff, with its changes marked."""
        return _marked(self, "staff")


@dataclass(frozen=True)
class Redline:
    """What changed from one text to another."""

    old: Frozen
    new: Frozen
    changes: tuple[Change, ...]
    """In the order of the new text; a removed provision comes where it was."""

    @property
    def counts(self) -> dict[str, int]:
        """The number of changes of each kind, including kinds without any."""
        return {kind: sum(change.kind == kind for change in self.changes) for kind in KINDS}

    @property
    def worded(self) -> tuple[Change, ...]:
        """The changes in which words were added or removed."""
        return tuple(change for change in self.changes if change.kind in ("added", "removed", "changed"))


def compare(old: Frozen, new: Frozen) -> Redline:
    """Compare two texts, such as those of two releases."""
    before, after = _named(old.provisions), _named(new.provisions)
    moved = _moved(before, after)
    changes = [
        change
        for key in _together(list(before), list(after))
        if (change := _change(before.get(key), after.get(key), (old, new), moved=key in moved))
    ]
    return Redline(old, new, tuple(changes))


def compare_provision(old: FrozenProvision | None, new: FrozenProvision | None) -> Change:
    """Compare two wordings of one provision when nothing else is known; one of them may be missing."""
    kind = "added" if old is None else "removed" if new is None else "changed"
    return Change(kind, old, new, moved=False, reasons=())


Key = tuple[str, int]
"""A clause's id, and how often it occurred before: a clause may be in the policy and in another text."""


def _named(provisions: Iterable[FrozenProvision]) -> dict[Key, FrozenProvision]:
    named: dict[Key, FrozenProvision] = {}
    times: dict[str, int] = {}
    for provision in provisions:
        times[provision.id] = times.get(provision.id, 0) + 1
        named[provision.id, times[provision.id]] = provision
    return named


def _together(before: Sequence[Key], after: Sequence[Key]) -> Iterator[Key]:
    """Yield every key in the new order; a removed key comes after the one that it followed."""
    gone: dict[Key | None, list[Key]] = {}
    last: Key | None = None
    present = set(after)
    for key in before:
        if key in present:
            last = key
        else:
            gone.setdefault(last, []).append(key)
    yield from gone.get(None, ())
    for key in after:
        yield key
        yield from gone.get(key, ())


def _moved(before: Mapping[Key, FrozenProvision], after: Mapping[Key, FrozenProvision]) -> set[Key]:
    """Return what moved: the smallest set of provisions without which the rest is in the old order."""
    places = {key: place for place, key in enumerate(before)}
    shared = [key for key in after if key in before]
    # What changed its section has moved in any case. Of the rest, the longest increasing sequence stayed; everything
    # else moved. So a provision that moves to the front is one move, and not a move of all others.
    settled = [key for key in shared if before[key].section == after[key].section]
    kept = {settled[n] for n in rising([places[key] for key in settled])}
    return set(shared) - kept


def rising(numbers: Sequence[int]) -> list[int]:
    """Return the positions of the longest increasing subsequence of different numbers."""
    ends: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for position, number in enumerate(numbers):
        # Patience sorting, in n log n steps: `ends` holds the smallest last number of an increasing sequence of each
        # length.
        length = bisect_left(ends, number)
        ends[length : length + 1] = [number]
        at[length : length + 1] = [position]
        before.append(at[length - 1] if length else -1)
    way = []
    position = at[-1] if at else -1
    while position >= 0:
        way.append(position)
        position = before[position]
    return way[::-1]


def _change(
    old: FrozenProvision | None, new: FrozenProvision | None, texts: tuple[Frozen, Frozen], *, moved: bool
) -> Change | None:
    kind = _kind(old, new, moved=moved)
    return Change(kind, old, new, moved, _reasons(kind, old, new, texts)) if kind else None


def _kind(old: FrozenProvision | None, new: FrozenProvision | None, *, moved: bool) -> str:
    if old is None or new is None:
        return "added" if old is None else "removed"
    if old.fingerprint != new.fingerprint:
        return "changed"
    if moved:
        return "moved"
    return "renumbered" if (old.number, old.code) != (new.number, new.code) else ""


def _reasons(
    kind: str, old: FrozenProvision | None, new: FrozenProvision | None, texts: tuple[Frozen, Frozen]
) -> tuple[Reason, ...]:
    """Return the reasons for a change of words; a change of number or place has no reason."""
    if kind in ("moved", "renumbered"):
        return ()
    stages = [provision for provision in (old, new) if provision]
    answers = list(_answers(dict.fromkeys(name for stage in stages for name in stage.questions), *texts))
    own = _own(stages[0].id, *texts)
    # Without an answer or an override that explains the change, only the catalog can have changed.
    return (*answers, *own) or (Reason("own_changed" if stages[0].id in texts[1].own else "wording"),)


def _answers(questions: Iterable[str], old: Frozen, new: Frozen) -> Iterator[Reason]:
    for name in questions:
        values = old.answers.get(name), new.answers.get(name)
        if values[0] != values[1]:
            yield Reason("answer", name, *values)


def _own(clause: str, old: Frozen, new: Frozen) -> list[Reason]:
    before, after = clause in old.own, clause in new.own
    return [Reason("own_came" if after else "own_went")] if before != after else []


def _marked(change: Change, field: str) -> Marked:
    words = (getattr(stage, field) if stage else "" for stage in (change.old, change.new))
    return mark(*words) if field == "text" else mark_line(*words)


_LINE = re.compile(r"[^\n]*\n")
PREFIX = re.compile(r"\s*(?:[-*+] +|\d+[.)] +|#{1,6} +|>+ ?|\|)?")
"""The beginning of a list item, a heading, a quotation or a table row."""
_TOKEN = re.compile(
    r"!?\[[^\]\n]*\]\([^)\n]*\)|`[^`\n]+`|\*\*[^*\n]+\*\*|(?<!\w)([*_])[^*_\n]+\1(?!\w)|<[^>\n]+>|&[#\w]+;|\\\\."
    r"|\w+(?:[’'.,-]\w+)*|[^\S\n]+|.",
    re.DOTALL,
)
"""Words, spaces and punctuation one by one; a link, emphasis, code and a tag stay whole."""
_WORD = re.compile(r"\w+")
ALIKE = 0.4
"""How alike two lines must be to be shown as one with changes in it."""


def mark(old: str, new: str) -> Marked:
    """Mark what was deleted and inserted between two texts; each line of the result ends in a line end."""
    before, after = (_LINE.findall(f"{text}\n") if text else [] for text in (old, new))
    segments: list[Segment] = []
    # autojunk would ignore words that occur often, such as “the” and “must”, in long texts.
    for kind, start, end, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            segments.append(Segment("same", "".join(after[first:last])))
        else:
            segments += _lines(before[start:end], after[first:last])
    return _joined(segments)


def mark_line(old: str, new: str) -> Marked:
    """Mark what changed inside one line, however little of it stayed."""
    return _joined(_words(f"{old}\n", f"{new}\n")) if old and new else mark(old, new)


def _lines(old: Sequence[str], new: Sequence[str]) -> Iterator[Segment]:
    """Mark lines that were replaced by others; similar lines are compared word by word."""
    start = first = 0
    for place, twin in _twins(old, new):
        yield from _replaced(old[start:twin], new[first:place])
        yield from _words(old[twin], new[place])
        start, first = twin + 1, place + 1
    yield from _replaced(old[start:], new[first:])


def _twins(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the index of each new line that resembles an old one, and of the old one; both increase."""
    start = 0
    for place, line in enumerate(new):
        twin = next((n for n in range(start, len(old)) if _alike(old[n], line)), None)
        if twin is not None:
            yield place, twin
            start = twin + 1


def _replaced(old: Sequence[str], new: Sequence[str]) -> Iterator[Segment]:
    yield from (Segment("deleted", line) for line in old)
    yield from (Segment("inserted", line) for line in new)


def _alike(old: str, new: str) -> bool:
    prefix = _prefix(old)
    # A list item that became a heading is shown as replaced; table rows are always replaced as a whole.
    if prefix != _prefix(new) or prefix.endswith("|"):
        return False
    matcher = SequenceMatcher[str](None, _WORD.findall(old), _WORD.findall(new), autojunk=False)
    # The cheap upper bounds come first; most pairs of lines fail them.
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def _prefix(line: str) -> str:
    found = PREFIX.match(line)
    return found[0].strip() if found else ""


def _words(old: str, new: str) -> Iterator[Segment]:
    before, after = ([found[0] for found in _TOKEN.finditer(line)] for line in (old, new))
    operations = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for number, (kind, start, end, first, last) in enumerate(operations):
        gone, come = "".join(before[start:end]), "".join(after[first:last])
        between = 0 < number < len(operations) - 1
        # A single space between two changes is taken into them: “~~a~~ **b** ~~c~~” reads worse than one longer change.
        if kind == "equal" and not (between and come == " "):
            yield Segment("same", come)
        else:
            yield from (Segment("deleted", gone), Segment("inserted", come))


def _joined(segments: Iterable[Segment]) -> Marked:
    """Join neighbors of one kind; where words were both deleted and inserted, the deletion comes first."""
    joined: list[Segment] = []
    waiting = {"deleted": "", "inserted": ""}
    for segment in (*segments, Segment("same", "")):
        if segment.kind != "same":
            waiting[segment.kind] += segment.text
        if segment.kind == "same" or segment.text.endswith("\n"):
            for kind, text in waiting.items():
                _add(joined, kind, text)
            waiting = {"deleted": "", "inserted": ""}
        if segment.kind == "same":
            _add(joined, "same", segment.text)
    return tuple(joined)


def _add(joined: list[Segment], kind: str, text: str) -> None:
    if text and joined and joined[-1].kind == kind:
        text = joined.pop().text + text
    if text:
        joined.append(Segment(kind, text))


def old_text(marked: Marked) -> str:
    """Return the old one of two marked texts."""
    return _one(marked, "inserted")


def new_text(marked: Marked) -> str:
    """Return the new one of two marked texts."""
    return _one(marked, "deleted")


def _one(marked: Marked, without: str) -> str:
    return "".join(segment.text for segment in marked if segment.kind != without).removesuffix("\n")
