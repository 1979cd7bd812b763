"""An existing policy that treats a subject in full makes the text shorter: a sentence takes the place of provisions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from policywright.model.draft import Draft
from policywright.pages.book import render_book
from tests.support.agency_files import TOWN_ANSWERS, draft_with

RECORDS = {
    "title": "Records manual",
    "reference": "Order 7",
    "passage": "section 4",
    "treats": ["records"],
    "extent": "full",
    "disposition": "reference",
}
SECURITY = {
    "title": "Information security policy",
    "treats": ["security", "access"],
    "extent": "full",
    "disposition": "adopt",
}


def drafted(folder: Path, *rows: dict[str, Any]) -> Draft:
    return draft_with(folder, {**TOWN_ANSWERS, "existing.register": [*rows]}, {"preset": "two_way"})


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Draft:
    return drafted(tmp_path_factory.mktemp("alone"))


@pytest.fixture(scope="module")
def covered(tmp_path_factory: pytest.TempPathFactory) -> Draft:
    return drafted(tmp_path_factory.mktemp("covered"), RECORDS, SECURITY)


def words(draft: Draft, *elements: str) -> int:
    shown = (p for p in draft.policy.provisions if p.clause.element in elements)
    return sum(len(re.findall(r"\S*\w\S*", provision.text)) for provision in shown)


def test_two_full_policies_take_at_least_a_third_off_their_sections(alone: Draft, covered: Draft) -> None:
    before, after = (words(draft, "access", "security", "records") for draft in (alone, covered))
    assert after <= before * 2 / 3, (before, after)
    assert words(covered, "comments", "content") == words(alone, "comments", "content")


def test_one_sentence_names_the_policy_and_its_section(covered: Draft) -> None:
    texts = [p.text for p in covered.policy.provisions if p.clause.id.endswith("-by-existing-policy")]
    assert sorted(texts) == [
        "Information security policy governs access for staff in the use of social media too.",
        "Information security policy governs security in the use of social media too.",
        "Records manual (Order 7), section 4, governs records in the use of social media too.",
    ]
    numbers = [p.number for p in covered.policy.provisions]
    assert len(set(numbers)) == len(numbers)


def test_what_only_social_media_needs_stays(covered: Draft) -> None:
    kept = {p.clause.file_id for p in covered.policy.provisions}
    assert any(name.startswith("ACC-1-access-") for name in kept)
    assert any(name.startswith("REC-1-content-") for name in kept)
    assert "SEC-1-credentials" in kept


def test_the_reason_is_visible_and_the_table_agrees(covered: Draft) -> None:
    gone = [one for one in covered.policy.out if one.covered_by]
    assert {one.clause.element for one in gone} == {"access", "security", "records"}
    pages = render_book(covered, "working").pages
    assert "Records manual (Order 7) covers it." in pages["policy.md"].text
    assert not [one for one in covered.findings if one.code == "P101"]
    assert "| full |" in pages["existing-policies.md"].text


@pytest.mark.parametrize("change", [{"extent": "partly"}, {"disposition": "amend"}, {"disposition": "supersede"}])
def test_a_policy_that_treats_a_part_or_does_not_go_on_replaces_nothing(
    change: dict[str, str], alone: Draft, tmp_path: Path
) -> None:
    part = drafted(tmp_path, RECORDS | change)
    assert words(part, "records") == words(alone, "records")


def test_the_agency_s_own_wording_stays(tmp_path: Path) -> None:
    agency = tmp_path / "agency"
    file = agency / "overrides" / "clauses" / "REC-1-own.md"
    file.parent.mkdir(parents=True)
    file.write_text("---\ncode: REC-1\ntitle: Own\nlevel: must\nsources: []\n---\nThe clerk must keep it.\n", "utf-8")
    assert "REC-1-own" in {p.clause.id for p in drafted(agency, RECORDS).policy.provisions}


def test_only_the_sentence_about_a_policy_may_name_it(tmp_path: Path) -> None:
    """Anywhere else there is no such policy, and a draft that prints it would end in a traceback."""
    agency = tmp_path / "agency"
    file = agency / "overrides" / "clauses" / "REC-1-own.md"
    file.parent.mkdir(parents=True)
    text = "---\ncode: REC-1\ntitle: Own\nlevel: explains\nsources: []\n---\nSee {{ covered.policy }}.\n"
    file.write_text(text, "utf-8")
    (found,) = [one for one in drafted(agency, RECORDS).findings if one.code == "C102"]
    assert str(found.places[0]) == "overrides/clauses/REC-1-own.md:7:8"
