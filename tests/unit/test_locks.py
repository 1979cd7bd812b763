"""Locks on answers: which answers an authority allows, until when, and what the findings say."""

from __future__ import annotations

import html
from pathlib import Path

import pytest

from policywright.agency.locks import allowed
from policywright.draft import make_draft
from policywright.model.agency import AnswerLock
from policywright.model.findings import Place
from policywright.pages.book import render_book
from tests.support.agency_files import TOWN_ANSWERS, catalog, repository_of, write_agency
from tests.support.toy import pool_catalog


def lock(**limits: object) -> AnswerLock:
    fields = {"allow": (), "at_least": None, "at_most": None, "until": "", **limits}
    return AnswerLock("q", authority="the Act", reason="So.", place=Place("locks.yml"), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("limits", "yes", "no"),
    [
        ({"allow": ("a", "b")}, ["a", "b", ["a"], ["a", "b"], []], ["c", ["a", "c"]]),
        ({"at_least": 3}, [3, 3.5, 100], [2, 2.99, -3]),
        ({"at_most": 3}, [3, 0], [3.01]),
        ({"at_least": 1, "at_most": 3}, [1, 2, 3], [0, 4]),
        ({"at_least": "2027-01-01"}, ["2027-01-01", "2030-05-05"], ["2026-12-31"]),
    ],
)
def test_a_lock_permits_what_it_says_and_nothing_else(
    limits: dict[str, object], yes: list[object], no: list[object]
) -> None:
    one = lock(**limits)
    assert [value for value in yes if not one.permits(value)] == []
    assert [value for value in no if one.permits(value)] == []


@pytest.mark.parametrize(
    ("today", "broken"), [("2026-12-31", True), ("2027-01-01", False), ("", True)], ids=["last day", "over", "no day"]
)
def test_a_lock_holds_until_its_last_day(today: str, broken: bool, tmp_path: Path) -> None:  # noqa: FBT001
    agency = write_agency(tmp_path / "agency", {"access.who": "all_staff"}, {"base": "../department"})
    department = write_agency(tmp_path / "department", {}, {"agency": {"name": "Department of Lakes"}})
    text = "access.who: {allow: [nobody], authority: the Minister, reason: One voice., until: 2026-12-31}\n"
    (department / "locks.yml").write_text(text, "utf-8")
    draft = make_draft(repository_of(agency), catalog(), today)
    assert ("B102" in {finding.code for finding in draft.findings}) == broken
    assert [one.question for one in draft.locks] == (["access.who"] if broken else [])


def test_what_is_allowed_is_told_in_the_words_of_the_choices() -> None:
    numbers = [question for question in pool_catalog().questions.values() if question.type == "number"]
    assert allowed(lock(at_least=1, at_most=3), numbers[0]) == "at least 1 and at most 3"
    question = catalog().questions["comments.enabled"]
    (first, *_) = question.choices.values()
    assert allowed(lock(allow=(first.value,)), question) == f"“{first.label}”"


def test_a_form_and_the_page_of_what_is_inherited_show_the_lock(tmp_path: Path) -> None:
    agency = write_agency(tmp_path / "agency", TOWN_ANSWERS, {"base": "../department", "preset": "two_way"})
    department = write_agency(tmp_path / "department", {}, {"agency": {"name": "Department of Lakes"}})
    text = "access.who: {allow: [nobody, comms_only], authority: the Minister, reason: One voice.}\n"
    (department / "locks.yml").write_text(text, "utf-8")
    draft = make_draft(repository_of(agency), catalog(), "2026-11-30")
    pages = render_book(draft).pages
    first, second = (catalog().questions["access.who"].choices[name].label for name in ("nobody", "comms_only"))
    told = f"the Minister allows only “{first}” or “{second}”. One voice."
    owner = catalog().questions["access.who"].owner
    assert told in html.unescape(pages[f"answer/{owner}.md"].text)
    inherited = html.unescape(pages["reuse.md"].text)
    assert "Locked answers (1)" in inherited
    assert f"“{first}” or “{second}”" in inherited
