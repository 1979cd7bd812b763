"""The released 1.0 of each preset contradicts neither its title block nor its sign-offs."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from policywright.approval.sign_offs import standings
from policywright.draft import draft_of
from policywright.model.draft import Draft
from policywright.pages.book import make_book
from tests.support.agency_files import catalog, settled_answers
from tests.support.signed import DAY, let_sign, released, roles_of, write_town

PRESETS = [*catalog().presets]


class Released(NamedTuple):
    draft: Draft
    policy: str
    procedures: str


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("released")


@cache
def first_version(preset: str, folder: Path) -> Released:
    """Have each office of a town sign, each by another person, and release the policy."""
    answers = settled_answers(preset=preset)
    root = write_town(
        folder / preset,
        answers,
        preset=preset,
        version="'0.9'",
        status="in_review",
        drafted_by="[Pat Example]",
        adopted=DAY,
        in_force=DAY,
    )
    for number, role in enumerate(roles_of(root)):
        let_sign(root, [role], f"Person {number}")
    released(root, "1.0")
    draft = draft_of(root, DAY)
    pages = make_book(draft).pages
    return Released(draft, pages["policy.md"].text, pages["procedures.md"].text)


@pytest.mark.parametrize("preset", PRESETS)
def test_it_is_released_and_nothing_is_in_its_way(preset: str, folder: Path) -> None:
    draft = first_version(preset, folder).draft
    assert (draft.document.version, draft.document.status) == ("1.0", "in_force")
    assert [str(one) for one in draft.findings if one.severity != "advice" and one.code != "W103"] == []
    assert all(one.state == "valid" for one in standings(draft) if one.required)


@pytest.mark.parametrize("preset", PRESETS)
def test_the_title_block_names_the_owner_that_the_policy_names(preset: str, folder: Path) -> None:
    found = first_version(preset, folder)
    (owner,) = re.findall(r"^(.*) owns this policy\.$", found.policy, re.MULTILINE)
    assert f"<dt>Owner</dt><dd>{found.draft.document.owner}</dd>" in found.policy
    assert found.draft.document.owner.casefold() == owner.casefold()
    assert f"| Administered by | {owner} |" in found.policy


@pytest.mark.parametrize("preset", PRESETS)
def test_no_provision_waits_for_an_answer_or_puts_a_default_in_place_of_one(preset: str, folder: Path) -> None:
    for provision in first_version(preset, folder).draft.policy.provisions:
        assert not provision.gaps, provision.clause.id
        assert "-proposed" not in provision.clause.id, provision.clause.id


@pytest.mark.parametrize("preset", PRESETS)
def test_whoever_signed_is_not_said_to_be_missing(preset: str, folder: Path) -> None:
    draft = first_version(preset, folder).draft
    signed = {one.role for one in standings(draft) if one.holds}
    assert {"legal", "communications"} <= signed
    about = [one for one in draft.findings if "stakeholders.legal_review" in one.questions]
    about += [one for one in draft.findings if "stakeholders.involved" in one.questions]
    assert about == []


@pytest.mark.parametrize("preset", PRESETS)
def test_the_dates_of_the_title_block_are_those_of_the_release(preset: str, folder: Path) -> None:
    found = first_version(preset, folder)
    assert found.draft.document.dates["adopted"] == found.draft.document.dates["in_force"] == DAY
    (release,) = found.draft.releases
    assert release.date == DAY
    assert found.policy.count("10 January 2027") >= 2
    assert "to be decided" not in found.policy + found.procedures
