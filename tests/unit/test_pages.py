"""The pages of an agency's site say what the draft says, in the form that their readers need."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from policywright.model.draft import Draft
from policywright.pages.book import make_book, render_book
from policywright.pages.views import overview
from tests.support.agency_files import ROOT, catalog, draft_with, read_case

CITY = read_case("golden.yml")["two-way-city"]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Draft:
    return draft_with(tmp_path_factory.mktemp("city"), CITY["answers"], CITY["policy"])


def test_there_are_scenarios_of_every_element_and_each_question_is_answered_or_a_gap(city: Draft) -> None:
    scenarios = catalog().scenarios.values()
    assert len(scenarios) >= 24
    assert {scenario.topic for scenario in scenarios} == set(catalog().elements)
    page = make_book(city).pages["scenarios.md"].text
    shown = [scenario for scenario in scenarios if f"{{: #{scenario.id} }}" in page]
    gaps = sum(not overview.answering(ask, city) for scenario in shown for ask in scenario.asks)
    assert len(shown) >= 24
    assert page.count("Your policy gives no answer") == gaps


def test_a_scenario_that_the_policy_does_not_answer_is_shown_as_a_gap(tmp_path: Path) -> None:
    draft = draft_with(tmp_path, {"agency.jurisdiction": "us_local", "comments.enabled": "all_posts"})
    assert "Your policy gives no answer" in make_book(draft).pages["scenarios.md"].text
    assert "gives no answer" not in render_book(draft, "published").pages["scenarios.md"].text


def test_the_staff_card_has_a_page_of_lines_that_each_name_their_provision(city: Draft) -> None:
    lines = re.findall(r"^1\. .+\]\(policy\.md#[\w-]+\)", make_book(city).pages["staff-card.md"].text, re.MULTILINE)
    assert 10 <= len(lines) <= 15


def test_every_office_that_owns_or_decides_something_has_a_sheet(city: Draft) -> None:
    pages = make_book(city).pages
    owners = {a.owner for a in city.answers.values() if a.asked is not False}
    assert owners <= {uri[len("stakeholders/") : -3] for uri in pages if uri.startswith("stakeholders/")}
    legal = pages["stakeholders/legal.md"].text
    assert "Expect to hear" in legal
    assert "The provisions it approves" in legal
    assert "policy.md#cit-2" in legal


def test_a_provision_names_the_existing_policies_that_treat_it(city: Draft) -> None:
    policy = make_book(city).pages["policy.md"].text
    assert "*See also:* Acceptable use of technology (Order 12)" in policy
    existing = make_book(city).pages["existing-policies.md"].text
    assert "Provisions that refer to it" in existing
    assert "usually covers" in existing


def test_every_clause_is_in_the_policy_or_named_among_those_that_are_not(city: Draft) -> None:
    pages = make_book(city).pages
    kept = {p.clause.id for _, p in overview.every_provision(city)}
    assert {p.page for p in city.policy.provisions} == {"policy.md", "procedures.md"}
    assert all(f"{{: #{p.clause.anchor} " in pages[p.page].text for p in city.policy.provisions)
    assert all(f">{clause}<" in pages["policy.md"].text for clause in catalog().clauses if clause not in kept)


def test_the_request_form_and_the_decision_path_come_from_the_answers(city: Draft) -> None:
    pages = make_book(city).pages
    platforms = city.answers["accounts.platforms"]
    assert platforms.question.choices[platforms.value[0]].label in pages["account-request.md"].text
    grounds = city.answers["comments.removal_criteria"]
    assert all(grounds.question.choices[value].label in pages["moderation-path.md"].text for value in grounds.value)


def test_what_can_never_concern_an_agency_is_not_shown_to_it(city: Draft) -> None:
    pages = make_book(city).pages.values()
    assert not [page.uri for page in pages if "GOV-08" in page.text or "Treasury Board" in page.text]


def test_the_toolkit_table_has_fifty_rows_and_names_clauses_and_codes_that_exist() -> None:
    text = (ROOT / "docs" / "project" / "toolkit.md").read_text("utf-8")
    codes = {clause.code for clause in catalog().clauses.values()}
    names = re.findall(r"`([A-Z0-9]+-\d+-[a-z0-9-]*[a-z0-9])(?:-?…)?`", text)
    assert len(names) > 50
    assert [name for name in names if not any(clause.startswith(name) for clause in catalog().clauses)] == []
    assert set(re.findall(r"\b(?:PUR|GOV|ACC|MGT|USE|CON|CNT|SEC|REC|PRI|A11Y|CIT|OFF|EMG|PUB)-\d\b", text)) <= codes
    assert len(re.findall(r"^\| ", text, re.MULTILINE)) > 50
