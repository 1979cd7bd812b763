"""Tracked changes: two texts in one, of which either can be taken back."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from policywright.exports.blocks import Run, words_in
from policywright.exports.bookmarks import bookmark_of
from policywright.exports.word.changes import DELETED, INSERTED, SAME, Marked, ParagraphLine, marked_lines
from policywright.exports.word.redline import redline_docx
from tests.support.papers import W, made_up, part_of

WORDS = st.sampled_from(["may", "must", "not", " ", ", ", "post", "1.2\t", "“a”", "\n"])
RUNS = st.lists(st.builds(Run, text=WORDS, strong=st.booleans()), max_size=6).map(tuple)
LINES = st.lists(
    st.builds(
        ParagraphLine,
        kind=st.sampled_from(["text", "bullet", "heading", "row"]),
        level=st.integers(0, 1),
        cells=st.lists(RUNS, min_size=1, max_size=2).map(tuple),
    ),
    max_size=6,
)


@given(LINES, LINES)
def test_without_the_insertions_it_is_the_old_text_and_without_the_deletions_the_new(
    old: list[ParagraphLine], new: list[ParagraphLine]
) -> None:
    marked = [*marked_lines(old, new)]
    assert _left(marked, DELETED) == [(line.look, [*map(words_in, line.cells)]) for line in old]
    assert _left(marked, INSERTED) == [(line.look, [*map(words_in, line.cells)]) for line in new]


def _left(marked: Sequence[Marked], kept: str) -> list[tuple[tuple[str, int, int], list[str]]]:
    """Return what is left if only this kind of change is kept."""
    return [
        (one.line.look, [_words(one, at, kept) for at in range(len(one.line.cells))])
        for one in marked
        if one.change in (SAME, kept)
    ]


def _words(one: Marked, at: int, kept: str) -> str:
    if one.change != SAME:
        return words_in(one.line.cells[at])
    return "".join(words_in(runs) for kind, runs in one.cells[at] if kind in (SAME, kept))


def test_a_change_is_not_a_change_of_each_word() -> None:
    before, after = (
        ParagraphLine("text", 0, ((Run(text),),))
        for text in ("The clerk of the town may post it now.", "The clerk of the town must read it.")
    )
    [marked] = marked_lines([before], [after])
    kinds = [(kind, words_in(runs)) for kind, runs in marked.cells[0]]
    assert kinds == [
        (SAME, "The clerk of the town "),
        (DELETED, "may post"),
        (INSERTED, "must read"),
        (SAME, " it"),
        (DELETED, " now"),
        (SAME, "."),
    ]


def test_each_change_says_who_made_it_and_when() -> None:
    body = part_of(redline_docx(*made_up("redline"), "policy", "Ada Marsh", "2026-09-14"))
    changes = [*body.iter(f"{W}ins"), *body.iter(f"{W}del")]
    assert len(changes) > 50
    assert {(one.get(f"{W}author"), one.get(f"{W}date")) for one in changes} == {("Ada Marsh", "2026-09-14T00:00:00Z")}
    assert len({one.get(f"{W}id") for one in changes}) == len(changes)


def test_a_provision_that_moved_has_its_bookmark_where_it_is_inserted() -> None:
    body = part_of(redline_docx(*made_up("redline"), "policy", "Ada Marsh", "2026-09-14"))
    name = bookmark_of("one-c")
    [moved] = [one for one in body.iter(f"{W}p") if one.find(f".//{W}bookmarkStart[@{W}name='{name}']") is not None]
    assert [*moved.iter(f"{W}ins")]
    assert not [*moved.iter(f"{W}del")]


def test_a_redline_is_the_same_bytes_each_time() -> None:
    texts = made_up("redline")
    first, second = (redline_docx(*texts, "policy", "Ada Marsh", "2026-09-14") for _ in range(2))
    assert first == second
