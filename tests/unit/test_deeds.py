"""A rule that protects people is enforced where the deed is done: these tests call the deed and no command."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from policywright.approval import commands
from policywright.approval.acknowledgements import ACKNOWLEDGEMENTS_FILE, Acknowledgement
from policywright.approval.commands import ReleasePlan, RiskDecision, Signature
from policywright.approval.objections import Refused, approval_objections, publication_objections
from policywright.draft import draft_of, make_draft, open_repository
from policywright.model.agency import Adoption
from policywright.model.draft import Draft
from policywright.model.findings import Finding, Place, PolicyError
from policywright.pages.book import make_book, render_book
from tests.support.agency_files import TOWN_ANSWERS, draft_with, settled_answers
from tests.support.signed import DAY, let_sign, roles_of, write_policy, write_town

PLAN = ReleasePlan("1.0", DAY, "Town Clerk", "approved", {"adopted": DAY, "in_force": "", "review_due": ""}, Adoption())


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town in review whose offices have all signed, until the end of January."""
    root = write_town(tmp_path_factory.mktemp("signed") / "town", status="in_review")
    let_sign(root, roles_of(root), "Board Member", until="2027-01-31")
    return root


@pytest.fixture
def town(signed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(signed, tmp_path / "town"))


@pytest.fixture
def open_draft(tmp_path: Path) -> Draft:
    """A draft in which nearly every question is open."""
    return draft_with(tmp_path / "open", TOWN_ANSWERS)


def drafted_for(root: Path, plan: ReleasePlan, day: str = DAY) -> Draft:
    repository, catalog = open_repository(root)
    return make_draft(repository.judged_as(**plan.instead), catalog, day)


def release(draft: Draft, plan: ReleasePlan = PLAN) -> dict[str, str]:
    return dict(commands.release(draft, plan, "0" * 16, "status: in_review\n", plan.date))


# Releases


def test_a_policy_that_may_be_released_is_released(signed: Path) -> None:
    files = release(drafted_for(signed, PLAN))
    assert list(files) == ["releases/1.0.yml", "policy.yml"]
    assert files["policy.yml"] == "status: approved\nversion: '1.0'\ndates:\n  adopted: '2027-01-10'\n"


def test_a_policy_with_open_questions_is_not_released_and_every_reason_is_named(open_draft: Draft) -> None:
    with pytest.raises(Refused) as refused:
        release(open_draft)
    assert len(refused.value.reasons) > 100
    assert set(refused.value.reasons) > set(approval_objections(open_draft))
    assert "This draft was not made for version 1.0 of 2027-01-10" in str(refused.value)


DRAFTED_OTHERWISE = {
    "as it is in policy.yml": {"version": "0.9"},
    "as a text that is approved already": {"status": "approved"},
    "with other dates": {"dates": {**PLAN.dates, "in_force": "2027-02-01"}},
}


@pytest.mark.parametrize("name", DRAFTED_OTHERWISE)
def test_a_draft_that_was_made_for_something_else_does_not_show_what_a_release_lacks(name: str, signed: Path) -> None:
    draft = drafted_for(signed, PLAN)
    other = replace(draft, document=replace(draft.document, **DRAFTED_OTHERWISE[name]))  # type: ignore[arg-type]
    with pytest.raises(Refused) as refused:
        release(other)
    assert [*refused.value.reasons] == [
        "This draft was not made for version 1.0 of 2027-01-10; draft the policy for it."
    ]


@pytest.mark.parametrize("day", ["", "2027-01-09"])
def test_a_draft_of_another_day_does_not_show_which_sign_offs_have_ended(day: str, signed: Path) -> None:
    late = replace(PLAN, date="2027-02-01", dates={**PLAN.dates, "adopted": "2027-02-01"})
    with pytest.raises(Refused, match="Its last day has passed"):
        release(drafted_for(signed, late, late.date), late)
    with pytest.raises(Refused, match=r"was not made for version 1\.0 of 2027-02-01"):
        release(drafted_for(signed, late, day), late)


UNPLANNED = {
    "“1.0.0.0” is not a version": {"version": "1.0.0.0"},
    "“../x” is not a version": {"version": "../x"},
    "“soon” is not a date": {"date": "soon"},
    "“by” is empty": {"by": " "},
}


@pytest.mark.parametrize("says", UNPLANNED)
def test_a_version_needs_a_number_a_day_and_a_person(says: str, signed: Path) -> None:
    changed: dict[str, Any] = dict(UNPLANNED[says])
    plan = replace(PLAN, **changed)
    with pytest.raises(Refused, match=says):
        release(drafted_for(signed, plan, plan.date if plan.date == DAY else ""), plan)


def test_a_version_is_released_once(town: Path) -> None:
    files = release(drafted_for(town, PLAN))
    (town / "releases/1.0.yml").write_text(files["releases/1.0.yml"], encoding="utf-8")
    with pytest.raises(Refused, match=r"Version 1\.0 was already released"):
        release(drafted_for(town, PLAN))


# Sign-offs and decisions


SIGNATURES: dict[str, dict[str, Any]] = {
    "The last day of the sign-off, 2027-01-09, is before the day it is given": {"until": "2027-01-09"},
    "“by” is empty": {"by": " \n"},
    "“today” is not a date": {"date": "today"},
    "“never” is not a date": {"until": "never"},
    "There is no role “leagl”. Did you mean “legal”": {"roles": ("leagl",)},
    "has no part in “Records": {"roles": ("union",), "elements": ("records",)},
}


@pytest.mark.parametrize("says", SIGNATURES)
def test_a_sign_off_that_makes_no_sense_is_not_written(says: str, signed: Path) -> None:
    with pytest.raises(Refused, match=says.replace(".", r"\.")):
        commands.sign(draft_of(signed, DAY), replace(Signature(("legal",), "Ada", DAY), **SIGNATURES[says]), "")


DECISIONS = {
    "“ignore” is not a kind of decision. Choose one of: accept, plan.": {"kind": "ignore"},
    "“owner” is empty.": {"owner": " "},
    "“reason” is empty.": {"reason": ""},
    "“later” is not a date.": {"until": "later"},
    "The last day of the decision, 2027-01-09, is before the day it is taken, 2027-01-10.": {"until": "2027-01-09"},
    "There is no rule “SECC-01”. Did you mean “SEC-01”?": {"code": "SECC-01"},
    "GOAL-01 does not hold here, so there is nothing to decide.": {"code": "GOAL-01"},
    "L101 is not a finding that you can decide about.": {"code": "L101"},
}
ACCEPTED = RiskDecision("SEC-01", "accept", "Town Manager", "2027-06-30", "The keys arrive in May.", DAY)


@pytest.fixture(scope="module")
def risky(tmp_path_factory: pytest.TempPathFactory) -> Draft:
    """The draft of a town for which the rule SEC-01 holds."""
    return draft_of(write_town(tmp_path_factory.mktemp("risky"), {"security.mfa": "none"}), DAY)


@pytest.mark.parametrize("says", DECISIONS)
def test_a_decision_that_makes_no_sense_is_not_written(says: str, risky: Draft) -> None:
    assert "rule: SEC-01" in commands.decide(risky, ACCEPTED, "")["decisions.yml"]
    with pytest.raises(Refused) as refused:
        commands.decide(risky, replace(ACCEPTED, **DECISIONS[says]), "")
    assert says in str(refused.value)


def test_a_decision_is_refused_with_every_reason(risky: Draft) -> None:
    with pytest.raises(Refused) as refused:
        commands.decide(risky, RiskDecision("L101", "ignore", "", "later", "", DAY), "")
    assert len(refused.value.reasons) == 5


def test_nothing_is_signed_or_decided_while_a_file_holds_an_error(risky: Draft) -> None:
    wrong = Finding("E102", "error", "“maybe” is not one of the choices.", (Place("answers/use.yml"),))
    broken = replace(risky, findings=(*risky.findings, wrong))
    for deed in (
        lambda: commands.sign(broken, Signature(("legal",), "Ada", DAY), ""),
        lambda: commands.decide(broken, ACCEPTED, ""),
    ):
        with pytest.raises(PolicyError) as caught:
            deed()
        assert caught.value.findings == (wrong,)


# Acknowledgements


def row(version: str, fingerprint: str) -> Acknowledgement:
    return Acknowledgement("Ada", DAY, version, fingerprint, Place("given.csv", 2))


def test_an_acknowledgement_of_a_text_that_was_never_released_is_not_recorded(town: Path) -> None:
    files = release(drafted_for(town, PLAN))
    (town / "releases/1.0.yml").write_text(files["releases/1.0.yml"], encoding="utf-8")
    draft = draft_of(town, DAY)
    right = row("1.0", draft.releases[0].fingerprint)
    for wrong, code in ((row("1.0", "0" * 16), "L202"), (row("3.7", "0" * 16), "L201")):
        with pytest.raises(PolicyError) as caught:
            commands.acknowledge(draft, ([], []), ([right, wrong], []))
        assert [finding.code for finding in caught.value.findings] == [code]
    mistake = Finding("L203", "warning", "This row has no date.", (Place("given.csv", 3),))
    for here, given in ((([], [mistake]), ([right], [])), (([], []), ([right], [mistake]))):
        with pytest.raises(PolicyError) as caught:
            commands.acknowledge(draft, here, given)
        assert caught.value.findings == (mistake,)
    fresh, written = commands.acknowledge(draft, ([right], []), ([right, replace(right, name="Bo")], []))
    assert [one.name for one in fresh] == ["Bo"]
    assert written[ACKNOWLEDGEMENTS_FILE].count("\n") == 3
    assert commands.acknowledge(draft, ([right], []), ([right], [])) == ([], {})


# Published books


def test_no_book_for_the_public_is_made_of_a_draft_that_may_not_be_published(open_draft: Draft) -> None:
    with pytest.raises(Refused) as refused:
        make_book(open_draft, "published")
    assert list(refused.value.reasons) == publication_objections(open_draft) != []
    assert make_book(open_draft, "working").pages
    assert render_book(open_draft, "published").pages


def test_no_book_for_the_public_is_made_while_an_own_page_has_a_mistake(town: Path) -> None:
    draft = draft_of(write_town(town, settled_answers(registers=False)), DAY)
    own = {"own.md": "<!-- policy: clause CIT-999-nothing -->\n"}
    assert "policy.md" in make_book(draft, "published").pages
    with pytest.raises(Refused, match=r"docs/own\.md:1:1: error"):
        make_book(draft, "published", own)
    assert make_book(draft, "working", own).problems


def test_an_approved_text_without_its_release_is_not_published(town: Path) -> None:
    write_policy(town, status="approved", version="'1.0'", adopted=f"'{DAY}'")
    with pytest.raises(Refused, match=r"version 1\.0 was never released"):
        make_book(draft_of(town, DAY), "published")
