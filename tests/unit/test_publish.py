"""Who sees what of the published site: the staff on an intranet, or everybody on the web, without what is kept out."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from policywright.model.draft import Draft
from policywright.pages.book import render_book
from tests.support.agency_files import TOWN_ANSWERS, draft_with

STAFF = ("procedures.md", "staff-card.md", "checklists/index.md", "scenarios.md", "guidance/index.md", "provisions.md")
PUBLIC = ("index.md", "policy.md", "house-rules.md", "transparency-statement.md")
NEVER = ("cover-memo.md", "findings.md", "sign-offs.md", "sign-off-sheet.md", "risks.md")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Draft:
    return draft_with(tmp_path_factory.mktemp("city"), TOWN_ANSWERS, {"preset": "two_way"})


def shown(draft: Draft, **said: Any) -> dict[str, str]:
    """Return the pages and files of the published site: uri -> text."""
    document = replace(draft.document, **said)
    book = render_book(replace(draft, document=document), "published")
    pages = {uri: page.text for uri, page in book.pages.items()}
    files = {uri: c if isinstance(c, str) else c.decode("utf-8", "replace") for uri, c in book.files.items()}
    return pages | files


def test_the_staff_sees_the_policy_and_how_it_is_carried_out(city: Draft) -> None:
    pages = shown(city)
    assert {*STAFF, *PUBLIC} <= set(pages)
    assert not {*NEVER} & set(pages)


def test_the_public_sees_the_policy_the_house_rules_the_statement_and_nothing_else(city: Draft) -> None:
    pages = shown(city, publish="web")
    public = {*PUBLIC, *(f"policy-{chapter.section.id}.md" for chapter in city.policy.chapters)}
    assert {uri for uri in pages if uri.endswith(".md")} == public
    adopted = {**city.document.dates, "adopted": "2027-03-01"}
    assert {uri for uri in shown(city, publish="web", dates=adopted) if uri.endswith(".md")} == {
        *public,
        "adopting-act.md",
    }


def test_no_file_of_the_web_holds_a_procedure_or_a_line_for_staff(city: Draft) -> None:
    whole = "\n".join(shown(city, publish="web").values())
    for provision in city.policy.everything:
        if provision.clause.part == "procedures":
            assert provision.clause.anchor not in whole
            assert not re.search(rf"\b{re.escape(provision.clause.id)}\b(?!-)(?=\W)", whole.replace(".p-", ""))
            assert provision.text not in whole
        if provision.staff and provision.staff not in provision.text:
            assert provision.staff not in whole
    assert "procedures.html" not in whole


def test_no_page_of_the_web_leads_to_a_page_that_is_not_there(city: Draft) -> None:
    pages = shown(city, publish="web")
    for uri, text in pages.items():
        if uri.endswith(".md"):
            targets = re.findall(r"\]\(([^()\s#]+\.md)", text)
            assert {*targets} <= set(pages), uri


def test_programs_read_the_same_provisions_as_people(city: Draft) -> None:
    data = json.loads(shown(city, publish="web")["api/policy.json"])
    assert {row["url"].partition("#")[0] for row in data["provisions"]} <= {
        "policy.html",
        "house-rules.html",
        "transparency-statement.html",
    }


@pytest.mark.parametrize("publish", ["intranet", "web"])
def test_what_is_kept_out_is_in_no_page_and_no_file(publish: str, city: Draft) -> None:
    section = city.policy.chapters[3].section
    pages = shown(city, publish=publish, keep_out=(section.id, "house-rules", "staff-card"))
    assert not {"house-rules.md", "staff-card.md"} & set(pages)
    whole = "\n".join(pages.values())
    for chapter in (city.policy.chapters[3], *(text for text in city.policy.texts if text.section.id == "house-rules")):
        for provision in chapter.provisions:
            assert provision.text not in whole


def test_the_working_site_keeps_everything(city: Draft) -> None:
    document = replace(city.document, publish="web", keep_out=("house-rules",))
    book = render_book(replace(city, document=document), "working")
    assert {*STAFF, *PUBLIC, *NEVER} <= set(book.pages)


def test_a_part_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    draft = draft_with(tmp_path, TOWN_ANSWERS, {"keep_out": ["house-rulse"]})
    (found,) = [finding for finding in draft.findings if finding.code == "E112"]
    assert "Did you mean “house-rules”?" in found.message
    assert found.places[0].file == "policy.yml"
