"""An agency builds on a department's answers and clauses, and a lock names its authority."""

from __future__ import annotations

from pathlib import Path

import pytest

from policywright.draft import make_draft
from policywright.language.texts import outline
from policywright.model.draft import Draft
from policywright.pages.book import make_book
from tests.support.agency_files import ROOT, catalog, repository_of, write_agency

CLAUSE = """\
---
code: SEC-4
title: {title}
level: must
{more}sources: [CTG-6]
---
{text}
"""
TOWN = {"agency.jurisdiction": "us_local", "agency.has_elected_officials": "no", "comments.enabled": "some_posts"}


def department(folder: Path, locked: str = "", text: str = "The Department must search.") -> Path:
    """Write a department with two answers and its own wording of one clause."""
    write_agency(
        folder,
        {"comments.enabled": "all_posts", "security.mfa": "required_app_or_key"},
        {"agency": {"name": "Department of Samples"}},
    )
    return override(folder, text, f"locked: {locked}\n" if locked else "")


def override(folder: Path, text: str, more: str = "") -> Path:
    path = folder / "overrides/clauses/SEC-4-search.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(CLAUSE.format(title="Looking for fakes", more=more, text=text), "utf-8")
    return folder


def town(folder: Path) -> Path:
    return write_agency(folder, TOWN, {"base": "../department"})


def drafted(folder: Path) -> Draft:
    return make_draft(repository_of(folder), catalog())


def text_of(draft: Draft, clause: str) -> str:
    return next(p.text for p in draft.policy.provisions if p.clause.id == clause)


def test_an_answer_of_the_base_counts_with_its_origin_and_place(tmp_path: Path) -> None:
    department(tmp_path / "department")
    answer = drafted(town(tmp_path / "town")).answers["security.mfa"]
    assert (answer.value, answer.origin, answer.said_by) == ("required_app_or_key", "base", "Department of Samples")
    assert answer.place.file == "base/answers/security.yml"
    assert answer.home.file == "answers/security.yml"


def test_an_answer_of_ones_own_comes_first_and_shows_what_the_base_says(tmp_path: Path) -> None:
    department(tmp_path / "department")
    answer = drafted(town(tmp_path / "town")).answers["comments.enabled"]
    assert (answer.value, answer.origin, answer.inherited) == ("some_posts", "agency", "all_posts")


def test_a_clause_of_the_base_replaces_the_catalogs(tmp_path: Path) -> None:
    department(tmp_path / "department")
    draft = drafted(town(tmp_path / "town"))
    assert text_of(draft, "SEC-4-search") == "The Department must search."
    assert [clause.place.file for clause in draft.overrides] == ["base/overrides/clauses/SEC-4-search.md"]


def test_an_agency_may_reword_a_clause_of_its_base(tmp_path: Path) -> None:
    department(tmp_path / "department")
    draft = drafted(override(town(tmp_path / "town"), "The Town must search."))
    assert text_of(draft, "SEC-4-search") == "The Town must search."
    assert "B101" not in {finding.code for finding in draft.findings}


def test_a_locked_clause_stands_and_changing_it_is_a_blocker_that_names_the_authority(tmp_path: Path) -> None:
    department(tmp_path / "department", locked="Departmental Order 5, section 3")
    draft = drafted(override(town(tmp_path / "town"), "The Town may search."))
    finding = next(finding for finding in draft.findings if finding.code == "B101")
    assert finding.severity == "blocker"
    assert "Departmental Order 5, section 3" in finding.message
    assert [place.file for place in finding.places] == [
        "overrides/clauses/SEC-4-search.md",
        "base/overrides/clauses/SEC-4-search.md",
    ]
    assert text_of(draft, "SEC-4-search") == "The Department must search."


def test_the_site_shows_what_is_inherited_and_what_is_changed(tmp_path: Path) -> None:
    department(tmp_path / "department", locked="Departmental Order 5")
    page = make_book(drafted(town(tmp_path / "town"))).pages["reuse.md"].text
    assert "from Department of Samples" in page
    assert "locked: Departmental Order 5" in page
    assert catalog().questions["comments.enabled"].choices["all_posts"].label in page


def test_a_reworded_clause_is_beside_the_catalog_s_words(tmp_path: Path) -> None:
    clause = catalog().clauses["MGT-2-official-label"]
    agency = write_agency(tmp_path / "town", TOWN)
    own = agency / "overrides" / "clauses" / f"{clause.id}.md"
    own.parent.mkdir(parents=True)
    own.write_text(
        f"---\ncode: MGT-2\ntitle: {clause.title}\nlevel: explains\nsources: []\n---\nOurs are blue.\n", "utf-8"
    )
    page = make_book(drafted(agency)).pages["reuse.md"].text
    ours, theirs = page.split("**The catalog's wording**")
    assert "Ours are blue." in ours
    assert outline(clause.body, catalog().questions) in theirs


@pytest.mark.parametrize(
    ("old", "new", "listed"), [("title: ", "title: Our ", 1), ("staff: ", "staff: We ", 1), ("", "", 0)]
)
def test_whatever_differs_from_the_catalog_is_listed_and_nothing_else(
    old: str, new: str, listed: int, tmp_path: Path
) -> None:
    clause = catalog().clauses["CNT-2-correction-visible"]
    agency = write_agency(tmp_path / "town", TOWN)
    own = agency / "overrides" / "clauses" / f"{clause.id}.md"
    own.parent.mkdir(parents=True)
    text = (ROOT / "content" / "social-media" / clause.place.file).read_text("utf-8")
    own.write_text(text.replace(f"\n{old}", f"\n{new}", 1), "utf-8")
    page = make_book(drafted(agency)).pages["reuse.md"].text
    assert page.count("#override-cnt-2-correction-visible }") == listed


def test_an_agency_without_a_base_has_no_such_page(tmp_path: Path) -> None:
    assert "reuse.md" not in make_book(drafted(write_agency(tmp_path / "alone", TOWN))).pages
