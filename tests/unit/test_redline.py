"""The redline: what changed between two texts, in which words, and why."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policywright.approval.redline import Redline, Segment, compare, compare_provision, mark, new_text, old_text
from policywright.approval.snapshot import freeze
from policywright.model.versions import Frozen, FrozenProvision
from policywright.pages.redline_text import as_markdown, as_text, marked_markdown, marked_text, reasons
from tests.support.agency_files import TOWN_ANSWERS, catalog, draft_with, read_case

settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

CASES = read_case("redline.yml")
TWO_WAY = {"preset": "two_way"}


def provision(written: str, **more: Any) -> FrozenProvision:
    head, _, text = written.partition(": ")
    section, number, name = head.split()
    facts = {"code": name, "title": f"Title of {name}", "level": "must", "staff": "", "element": "", "questions": ()}
    return FrozenProvision(id=name, section=section, number=number.strip("-"), text=text, **(facts | more))


def frozen(*provisions: str | FrozenProvision, **more: Any) -> Frozen:
    made = tuple(provision(one) if isinstance(one, str) else one for one in provisions)
    facts = {"title": "Policy", "agency": "Town of Exampleton", "version": "", "answers": {}, "own": ()} | more
    return Frozen(provisions=made, sections={"one": "Section one", "two": "Section two"}, **facts)


def plain(_: str, words: str) -> str:
    return words


def apply(old: Frozen, redline: Redline) -> list[FrozenProvision]:
    """Make the new text out of the old one and what the redline says, and of nothing else."""
    known = list(old.provisions)
    made = []
    for change in redline.changes:
        if change.old is not None:
            assert old_text(change.text) == known[known.index(change.old)].text
    for here in redline.new.provisions:
        told = next((c for c in redline.changes if c.new is here), None)
        twin = next((p for p in known if p.id == here.id), None)
        assert told is not None or twin is not None
        words = new_text(told.text) if told else twin.text if twin else ""
        titled = new_text(told.title) if told else twin.title if twin else ""
        made.append(FrozenProvision(**{**vars_of(here), "text": words, "title": titled}))
    return made


def vars_of(one: FrozenProvision) -> dict[str, Any]:
    return {name: getattr(one, name) for name in FrozenProvision.__dataclass_fields__}


@pytest.mark.parametrize("name", CASES["marks"])
def test_two_wordings_are_shown_as_one(name: str) -> None:
    case = CASES["marks"][name]
    marked = mark(case["old"], case["new"])
    assert (old_text(marked), new_text(marked)) == (case["old"], case["new"])
    assert marked_text(marked, plain)[: len(case["text"])] == case["text"]
    assert str(marked_markdown(marked, spoken=False)) == case["markdown"]


@pytest.mark.parametrize("name", CASES["changes"])
def test_a_change_is_told_by_its_kind(name: str) -> None:
    case = CASES["changes"][name]
    redline = compare(frozen(*case["old"]), frozen(*case["new"]))
    assert [f"{change.kind} {change.here.id}" for change in redline.changes] == case["finds"]
    assert sum(redline.counts.values()) == len(case["finds"])
    if "moves" in case:
        assert [change.here.id for change in redline.changes if change.moved] == case["moves"]


words = st.lists(st.sampled_from(["must", "may", "the Town", "**not**", "[a](b.md)", "| x", "&#42;", "1.", "-", "# "]))
lines = st.lists(st.one_of(words.map(" ".join), words.map(lambda w: "- " + " ".join(w)), st.text(max_size=9)))
texts = st.one_of(lines.map("\n".join), st.text())


@given(texts, texts)
def test_a_marked_text_holds_both_wordings_to_the_letter(old: str, new: str) -> None:
    marked = mark(old, new)
    assert (old_text(marked), new_text(marked)) == (old, new)
    kinds = [segment.kind for segment in marked]
    assert all(one != other for one, other in pairwise(kinds))


@given(texts, texts)
def test_markdown_marks_are_balanced_on_each_line_and_lose_no_word(old: str, new: str) -> None:
    marked = mark(old, new)
    shown = str(marked_markdown(marked, spoken=False))
    for line in shown.split("\n"):
        assert re.sub(r"[^<]|<(?!/?(ins|del)>)", "", line).count("<") % 2 == 0
    told = "".join("".join(segment.text for segment in marked).split())
    assert "".join(re.sub("</?(ins|del)>", "", shown).split()) == told


@st.composite
def policies(draw: st.DrawFn) -> Frozen:
    names = draw(st.lists(st.sampled_from("ABCDEFGH"), unique=True))
    sections = sorted(draw(st.sampled_from(["one", "two"])) for _ in names)
    placed = list(zip(sections, names, strict=True))
    return frozen(*(provision(f"{s} {n} {name}: {draw(texts)}") for n, (s, name) in enumerate(placed)))


@given(policies(), policies())
def test_a_redline_applied_to_the_old_text_gives_the_new_one(old: Frozen, new: Frozen) -> None:
    redline = compare(old, new)
    assert apply(old, redline) == list(new.provisions)
    assert (not redline.changes) == (old.fingerprint == new.fingerprint)


@given(policies(), policies())
def test_what_keeps_its_order_and_section_never_counts_as_moved(old: Frozen, new: Frozen) -> None:
    still = [c for c in compare(old, new).changes if c.old and c.new and not c.moved]
    moved = {c.here.id for c in compare(old, new).changes if c.moved}
    kept = [one.id for one in new.provisions if one.id not in moved and one.id in {p.id for p in old.provisions}]
    assert kept == [one.id for one in old.provisions if one.id in kept]
    assert all(change.old and change.new and change.old.section == change.new.section for change in still)


def test_two_hundred_provisions_are_compared_and_the_same_text_differs_in_nothing(tmp_path: Path) -> None:
    one = freeze(draft_with(tmp_path / "one", TOWN_ANSWERS, TWO_WAY))
    assert len(one.provisions) > 190
    assert not compare(one, freeze(draft_with(tmp_path / "two", TOWN_ANSWERS, TWO_WAY))).changes


def test_a_change_of_an_answer_is_told_in_the_words_of_the_question_and_of_its_choices(tmp_path: Path) -> None:
    old = freeze(draft_with(tmp_path / "old", TOWN_ANSWERS | {"comments.enabled": "all_posts"}, TWO_WAY))
    new = freeze(draft_with(tmp_path / "new", TOWN_ANSWERS | {"comments.enabled": "some_posts"}, TWO_WAY))
    question = catalog().questions["comments.enabled"]
    labels = [question.choices[value].label for value in ("all_posts", "some_posts")]
    changes = compare(old, new).worded
    assert changes
    expected = f"“{question.help}” was “{labels[0]}” and is now “{labels[1]}”."
    assert all(expected in reasons(change, catalog().questions, working=True) for change in changes)


REASONS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "an answer that came": ({}, {"answers": {"q": "x"}}, "q is now answered: “x”."),
    "an answer that went": ({"answers": {"q": "x"}}, {}, "q is no longer answered."),
    "a list": ({"answers": {"q": ["x"]}}, {"answers": {"q": ["x", "y"]}}, "q was “x” and is now “x; y”."),
    "an emptied list": ({"answers": {"q": ["x"]}}, {"answers": {"q": []}}, "q was “x” and is now “none”."),
    "an override that came": ({}, {"own": ("A",)}, "The agency’s own wording replaced the catalog’s."),
    "an override that went": ({"own": ("A",)}, {}, "The agency’s own wording was removed."),
    "an override that changed": ({"own": ("A",)}, {"own": ("A",)}, "The agency changed its own wording."),
    "nothing of the agency's": ({}, {}, "The catalog’s wording changed, or a name in policy.yml."),
}


@pytest.mark.parametrize("name", REASONS)
def test_every_change_of_words_has_a_reason(name: str) -> None:
    old, new, told = REASONS[name]
    texts = [
        frozen(provision(f"one 1.1 A: {words}", questions=("q",)), **facts) for words, facts in (("a", old), ("b", new))
    ]
    change = compare(*texts).changes[0]
    assert reasons(change, {}, working=True) == [told]


@pytest.mark.parametrize("kind", ["internal", "gone"])
def test_a_published_page_does_not_say_whether_an_internal_answer_changed(kind: str) -> None:
    """A release of an older catalog may hold clauses that rest on internal answers, or on questions that are gone."""
    internal = next(q for q in catalog().questions.values() if q.sensitivity == "internal" and q.type != "records")
    name = internal.id if kind == "internal" else "gone.question"
    said = {}
    for now in ("Quagga", "Zebra"):
        answers = {
            "old": {name: "Quagga", "comments.enabled": "off"},
            "new": {name: now, "comments.enabled": "limited"},
        }
        texts = [
            frozen(provision(f"one 1.1 A: {words}", questions=(name, "comments.enabled")), answers=answers[words])
            for words in answers
        ]
        change = compare(*texts).changes[0]
        said[now] = [reasons(change, catalog().questions, working=working) for working in (True, False)]
    assert "Zebra" in said["Zebra"][0][0]
    assert said["Quagga"][1] == said["Zebra"][1] == []


def test_a_redline_is_written_for_a_terminal_and_for_a_merge_request() -> None:
    old = frozen("one 1.1 A: Staff may post.", "one 1.2 B: b", "two 2.1 C: c", own=("A",))
    new = frozen("one 1.1 A: Staff must post.", "two 2.1 B: b", "two 2.2 C: c")
    redline = compare(old, new)
    assert as_text(redline, "From 1.0 to 1.1", {}) == (
        "From 1.0 to 1.1: 1 changed, 1 only moved, 1 only renumbered.\n\n"
        "CHANGED 1.1 Title of A (A)\n  The agency’s own wording was removed.\n"
        "  | Staff [-may-]{+must+} post.\n\n"
        "MOVED 2.1 Title of B (before: 1.2) (B)\n  It moved from “Section one” to “Section two”.\n\n"
        "RENUMBERED 2.2 Title of C (before: 2.1) (C)\n"
    )
    assert as_markdown(redline, "From 1.0 to 1.1", {}) == (
        "## From 1.0 to 1.1\n\n1 changed, 1 only moved, 1 only renumbered.\n\n"
        "### Changed: 1.1 Title of A (`A`)\n\n*The agency’s own wording was removed.*\n\n"
        "Staff <del>may</del><ins>must</ins> post.\n\n"
        "### Moved: 2.1 Title of B (before: 1.2) (`B`)\n\n*It moved from “Section one” to “Section two”.*\n\n"
        "- Renumbered: 2.2 Title of C (before: 2.1) (`C`)\n"
    )
    assert as_text(compare(old, old), "From 1.0 to 1.0", {}) == "From 1.0 to 1.0: nothing changed.\n"


def test_title_weight_and_the_line_for_staff_are_compared_too() -> None:
    old = provision("one 1.1 A: a", title="Old <b> title", level="should", staff="Ask.")
    new = provision("one 1.1 A: a", title="New <b> title", level="must", staff="Ask first.")
    told = as_text(compare(frozen(old), frozen(new)), "Now", {})
    for line in ("Title: [-Old-]{+New+} <b> title", "Weight: [-should-]", "For staff: Ask{+ first+}."):
        assert f"  | {line}" in told
    assert "<b>" not in as_markdown(compare(frozen(old), frozen(new)), "Now", {})


def test_two_wordings_are_compared_without_their_policies() -> None:
    old, new = provision("one 1.1 A: a"), provision("one 1.1 A: b")
    assert [compare_provision(*pair).kind for pair in ((old, new), (None, new), (old, None))] == [
        "changed",
        "added",
        "removed",
    ]
    assert compare_provision(None, new).text == (Segment("inserted", "b\n"),)
