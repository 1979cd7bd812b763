"""Offices that an agency does not have: their duties go to the office that answers for them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from policywright.drafting.assembly import DIFFERENT_OFFICES
from policywright.model.draft import Draft
from tests.support.agency_files import TOWN_ANSWERS, catalog, draft_with

CLERK = "the Town Clerk"


def drafted(folder: Path, **offices: str) -> Draft:
    return draft_with(folder, TOWN_ANSWERS, {"preset": "one_way", "offices": offices})


def test_a_missing_office_is_named_by_its_stand_in(tmp_path: Path) -> None:
    town = drafted(tmp_path, hr="none", executive_sponsor=CLERK)
    whole = " ".join(provision.text for provision in town.policy.everything)
    assert "Human Resources" not in whole
    assert CLERK in whole
    assert not [one for one in town.findings if one.code == "E121"]


def test_a_chain_of_missing_offices_ends_with_the_first_that_exists(tmp_path: Path) -> None:
    town = drafted(tmp_path, ethics="none", hr="none", executive_sponsor=CLERK)
    assert town.document.offices["ethics"] == town.document.offices["hr"] == CLERK


def test_a_missing_sign_off_is_asked_of_the_office_that_answers(tmp_path: Path) -> None:
    document = {"preset": "one_way", "status": "in_review", "offices": {"ethics": "none", "hr": "none"}}
    town = draft_with(tmp_path, TOWN_ANSWERS, document)
    fixes = [one.fix for one in town.findings if one.code == "L101"]
    assert fixes
    assert not [fix for fix in fixes if "ethics" in fix or "hr" in fix]
    assert len([fix for fix in fixes if "--office executive_sponsor" in fix]) == 3


def test_one_clerk_stands_for_every_office(tmp_path: Path) -> None:
    missing = {role.id: "none" for role in catalog().roles.values() if role.stand_in}
    town = drafted(tmp_path, **missing, executive_sponsor=CLERK)
    assert {town.document.offices[role] for role in missing} == {CLERK}
    assert not [one for one in town.findings if one.severity == "error"]


@pytest.mark.parametrize("preset", ["one_way", "two_way"])
def test_a_clerk_who_holds_every_office_is_not_told_to_tell_the_clerk(preset: str, tmp_path: Path) -> None:
    held = dict.fromkeys(catalog().roles, CLERK)
    town = draft_with(tmp_path, TOWN_ANSWERS, {"preset": preset, "offices": held})
    lines = [line for one in town.policy.everything for line in one.text.splitlines()]
    told = re.compile(rf"{CLERK}[^.;:]*\b(?:tell|ask|report to|give|pass it to|with) {CLERK}", re.IGNORECASE)
    assert not [line for line in lines if told.search(line)]
    left_out = [one for one in town.policy.out if one.reason == DIFFERENT_OFFICES]
    assert "ACC-1-network.p" not in {one.clause.id for one in left_out}
    assert "GOV-1-role-procurement.p" in {one.clause.id for one in left_out}
    assert all(one.text for one in town.policy.everything)


def test_an_office_that_does_not_exist_takes_part_where_its_stand_in_does(tmp_path: Path) -> None:
    answers = TOWN_ANSWERS | {"stakeholders.involved": ["legal", "communications", "it_security", "executive_sponsor"]}
    missing = {"hr": "none", "program_offices": "none"}
    with_them = draft_with(tmp_path / "a", answers, {"preset": "one_way"})
    without = draft_with(tmp_path / "b", answers, {"preset": "one_way", "offices": missing})
    assert "GOV-01" in {one.code for one in with_them.findings}
    assert "GOV-01" not in {one.code for one in without.findings}
    assert without.answers["stakeholders.involved"].value == answers["stakeholders.involved"]
    alone = TOWN_ANSWERS | {"stakeholders.involved": ["legal", "communications", "it_security"]}
    unheard = draft_with(tmp_path / "c", alone, {"preset": "one_way", "offices": missing})
    assert "GOV-01" in {one.code for one in unheard.findings}


@pytest.mark.parametrize("many", [5, 6, 13])
def test_whoever_holds_many_offices_is_named_once(many: int, tmp_path: Path) -> None:
    held = dict.fromkeys([*catalog().roles][:many], CLERK)
    found = [one for one in drafted(tmp_path, **held).findings if one.code == "L110"]
    assert [f"holds {many} of the" in one.message and CLERK in one.message for one in found] == [True] * (many >= 6)
    assert all(one.places[0].file == "policy.yml" for one in found)


def test_offices_that_do_not_exist_count_for_their_stand_in(tmp_path: Path) -> None:
    missing = dict.fromkeys([role.id for role in catalog().roles.values() if role.stand_in], "none")
    (found,) = [one for one in drafted(tmp_path, **missing, executive_sponsor=CLERK).findings if one.code == "L110"]
    assert f"holds {len(missing) + 1} of the" in found.message


def test_an_office_that_nobody_answers_for_is_an_error_with_its_place(tmp_path: Path) -> None:
    town = drafted(tmp_path, executive_sponsor="none")
    (found,) = [one for one in town.findings if one.code == "E121"]
    assert found.places[0].file == "policy.yml"
    assert "There is no Executive sponsor here" in found.message


@pytest.mark.parametrize("name", ["None", "nobody", "nona"])
def test_only_the_word_none_says_that_there_is_no_such_office(name: str, tmp_path: Path) -> None:
    assert not drafted(tmp_path, hr=name).document.missing


COUNCIL = {**TOWN_ANSWERS, "agency.jurisdiction": "uk_local"}


def test_an_office_has_the_name_that_is_usual_in_the_country(tmp_path: Path) -> None:
    council = draft_with(tmp_path, COUNCIL, {"preset": "one_way"})
    whole = " ".join(provision.text for provision in council.policy.everything)
    assert "the monitoring officer" in whole
    assert "Counsel" not in whole
    assert council.document.office_title(council.catalog.roles["legal"]) == "Monitoring officer"


def test_the_agency_s_name_for_an_office_comes_before_the_usual_one(tmp_path: Path) -> None:
    named = {"preset": "one_way", "offices": {"legal": "the Solicitor"}}
    council = draft_with(tmp_path, COUNCIL, named)
    whole = " ".join(provision.text for provision in council.policy.everything)
    assert "the Solicitor" in whole
    assert "monitoring officer" not in whole.lower()


def test_a_stand_in_has_its_usual_name(tmp_path: Path) -> None:
    council = draft_with(tmp_path, COUNCIL, {"preset": "one_way", "offices": {"procurement": "none"}})
    assert council.document.offices["procurement"] == "the chief executive"
