"""Which findings answers lead to: every rule, real agencies, and the first step's own sentences."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from policywright.draft import make_draft
from policywright.model.draft import Draft
from policywright.model.findings import Finding, Place
from policywright.pages.renderer import Binder
from policywright.pages.views.site import Site
from tests.support.agency_files import CASES, catalog, draft_with, read_case, repository_of, write_agency

AGENCIES = read_case("agencies.yml")
RULES = {code: case for path in sorted(CASES.glob("rules/*.yml")) for code, case in read_case(path).items()}


def fired(draft: Draft) -> set[str]:
    return {finding.code for finding in draft.findings if finding.code in draft.catalog.rules}


def needs(draft: Draft) -> Mapping[str, tuple[str, ...]]:
    return {waiting.code: waiting.needs for waiting in draft.undecided}


def found(draft: Draft, code: str) -> Finding:
    return next(finding for finding in draft.findings if finding.code == code)


def draft_of_files(folder: Path, **files: str) -> Draft:
    """Draft an agency whose answer files hold exactly these texts."""
    write_agency(folder)
    for element, text in files.items():
        (folder / "answers" / f"{element}.yml").write_text(text, encoding="utf-8")
    return make_draft(repository_of(folder), catalog())


@functools.cache
def drafted(code: str, case: str) -> Draft:
    """Draft the agency of a rule's case; several tests look at it."""
    with tempfile.TemporaryDirectory() as folder:
        return draft_with(Path(folder), RULES[code][case])


def test_every_rule_has_a_case_that_fires_and_one_that_stays_quiet() -> None:
    assert set(RULES) == set(catalog().rules)
    assert all(set(case) == {"fires", "quiet"} for case in RULES.values())


@pytest.mark.parametrize("code", RULES)
def test_a_rule_fires_on_its_case(code: str) -> None:
    draft = drafted(code, "fires")
    assert code in fired(draft)
    assert not [finding for finding in draft.findings if finding.severity == "error"]


@pytest.mark.parametrize("code", RULES)
def test_a_rule_stays_quiet_on_its_other_case(code: str) -> None:
    draft = drafted(code, "quiet")
    assert code not in fired(draft)
    assert code not in needs(draft), "this case leaves the rule undecided, so it proves nothing"
    assert not [finding for finding in draft.findings if finding.severity == "error"]


@pytest.mark.parametrize("code", RULES)
def test_a_finding_names_the_answers_that_make_it_and_says_what_to_do(code: str) -> None:
    answers: dict[str, Any] = RULES[code]["fires"]
    finding = found(drafted(code, "fires"), code)
    assert finding.severity == catalog().rules[code].severity
    assert set(finding.questions) <= set(answers)
    assert {place.file.split("/")[-1] for place in finding.places} == {home(name) for name in finding.questions}
    assert finding.message.endswith(".")
    assert finding.fix.endswith(".")
    assert "{{" not in finding.message + finding.fix
    assert "to be decided" not in finding.message + finding.fix


@pytest.mark.parametrize("code", RULES)
def test_a_finding_leads_to_a_place_of_the_guidance_that_is_there(code: str) -> None:
    page, slash, anchor = found(drafted(code, "fires"), code).see.rpartition("/")
    assert (page, slash) == (f"guidance/{catalog().rules[code].element}", "/")
    assert not anchor or f"{{: {anchor} }}" in guidance(page)


def test_an_open_question_leads_to_its_own_place_in_the_guidance(tmp_path: Path) -> None:
    gaps = [finding for finding in draft_with(tmp_path, {}).findings if finding.severity == "gap"]
    assert {finding.code for finding in gaps} == {"G101"}
    for finding in gaps:
        page, _, anchor = finding.see.rpartition("/")
        assert anchor == f"#{catalog().questions[finding.questions[0]].anchor}"
        assert f"{{: {anchor} }}" in guidance(page)


@functools.cache
def guidance(page: str) -> str:
    """Return a page of the guidance as it is rendered."""
    element = page.removeprefix("guidance/")
    binder = Binder(Site(catalog(), working=True))
    return binder.written(f"{page}.md", catalog().guidance[element], f"{page}.md", element).text


def home(name: str) -> str:
    question = catalog().questions[name]
    return question.register or f"{question.element}.yml"


@pytest.mark.parametrize("agency", AGENCIES.values(), ids=AGENCIES)
def test_the_answers_of_a_real_agency_find_exactly_these_rules(agency: dict[str, Any], tmp_path: Path) -> None:
    draft = draft_with(tmp_path, agency["answers"])
    assert fired(draft) == set(agency["fires"])
    assert not [finding for finding in draft.findings if finding.severity == "error"]


def test_a_goal_of_conversation_with_closed_comments_is_a_blocker_at_both_answers(tmp_path: Path) -> None:
    draft = draft_of_files(
        tmp_path,
        goals="# What for?\nprimary:\n  - inform_broadcast\n  - two_way_engagement\n",
        comments="# May people answer?\n\nenabled: 'off'   # since the storm\n",
    )
    finding = found(draft, "GOAL-01")
    assert finding.severity == "blocker"
    assert finding.questions == ("goals.primary", "comments.enabled")
    assert finding.places == (Place("answers/comments.yml", 3, 10), Place("answers/goals.yml", 3, 3))
    assert finding.message == "You want a conversation with the public, but nobody can comment on your pages."
    assert finding.fix.startswith("Open comments on all posts, or on some")
    assert "“Hold a conversation with the public”" in finding.fix
    assert str(finding).splitlines()[:2] == [
        f"answers/comments.yml:3:10: blocker GOAL-01: {finding.message}",
        "  with: answers/goals.yml:3:3",
    ]


def test_announcements_with_closed_comments_are_no_conflict(tmp_path: Path) -> None:
    draft = draft_of_files(
        tmp_path,
        goals="primary: [inform_broadcast]\ninteraction_model: broadcast_only\n",
        comments="enabled: 'off'\n",
    )
    assert fired(draft) == set()
    assert not needs(draft).keys() & {"GOAL-01", "GOAL-17"}


def test_one_missing_office_of_the_first_five_is_a_finding(tmp_path: Path) -> None:
    five = ["legal", "communications", "it_security", "hr", "program_offices"]
    assert "GOV-01" not in fired(draft_with(tmp_path, {"stakeholders.involved": five}))
    for missing in five:
        rest = [office for office in five if office != missing]
        assert "GOV-01" in fired(draft_with(tmp_path, {"stakeholders.involved": rest})), missing


def test_an_open_question_leaves_a_rule_undecided_until_it_is_answered(tmp_path: Path) -> None:
    half = {"goals.primary": ["two_way_engagement"]}
    draft = draft_with(tmp_path, half)
    assert "GOAL-01" not in fired(draft)
    assert needs(draft)["GOAL-01"] == ("comments.enabled",)
    decided = draft_with(tmp_path, half | {"comments.enabled": "all_posts"})
    assert "GOAL-01" not in fired(decided)
    assert "GOAL-01" not in needs(decided)


def test_without_answers_nothing_is_found_and_every_rule_says_what_would_decide_it(tmp_path: Path) -> None:
    draft = draft_with(tmp_path, {})
    assert fired(draft) == set()
    assert all(needs(draft).values())
    for code, names in needs(draft).items():
        assert all(draft.answers[name].open for name in names), code


def test_an_empty_list_is_an_answer_and_an_open_one_is_not(tmp_path: Path) -> None:
    open_ = draft_with(tmp_path, {})
    assert needs(open_)["GOV-02"] == ("stakeholders.involved",)
    assert "GOAL-16" not in {*fired(open_), *needs(open_)}
    empty = draft_with(tmp_path, {"goals.metrics": [], "stakeholders.involved": []})
    assert {"GOAL-16", "GOV-02"} <= fired(empty)


def test_the_answer_to_a_question_that_is_not_asked_does_not_count(tmp_path: Path) -> None:
    unasked = {"agency.has_elected_officials": "no", "officials.mixed_use": "not_addressed"}
    draft = draft_with(tmp_path, {"agency.jurisdiction": "us_local"} | unasked)
    assert draft.answers["officials.mixed_use"].asked is False
    assert "OFF-02" not in fired(draft)
    assert "OFF-02" not in needs(draft)
