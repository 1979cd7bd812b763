"""A catalog about a village's swimming pool goes through the whole machine: no Python knows what a policy is about."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from policywright.catalog.reader import read_catalog
from policywright.model.catalog import Catalog
from policywright.model.codes import CODES
from policywright.model.draft import Draft, Provision
from policywright.model.findings import SEVERITIES, BrokenCatalog, Finding
from policywright.pages.book import make_book, render_book
from policywright.pages.readings import check_readings
from tests.support.agency_files import read_case
from tests.support.toy import TOY, draft, lay, pool_catalog

EXPECTED = read_case("toy/expected.yml")
BROKEN = read_case("broken_catalog.yml")
FOREIGN = (
    "social media",
    "comments",
    "account",
    "moderat",
    "platform",
    "follower",
    "communications office",
    "facebook",
)


@pytest.fixture(scope="module")
def pool() -> Catalog:
    return pool_catalog()


@pytest.fixture(scope="module")
def village(pool: Catalog) -> Draft:
    return draft(TOY / "village", pool)


@pytest.fixture
def silent(tmp_path: Path, pool: Catalog) -> Draft:
    """A village that has answered nothing."""
    (tmp_path / "answers").mkdir()
    (tmp_path / "policy.yml").write_text("agency: {name: Village of Upper Puddle}\ncatalog: pool\n", encoding="utf-8")
    for element in pool.elements:
        (tmp_path / "answers" / f"{element}.yml").write_text("{}\n", encoding="utf-8")
    return draft(tmp_path, pool)


def read_aloud(markdown: str) -> str:
    return " ".join(html.unescape(markdown).split())


def provisions(draft: Draft) -> list[Provision]:
    return [p for chapter in (*draft.policy.chapters, *draft.policy.texts) for p in chapter.provisions]


def read_provisions(draft: Draft) -> dict[str, str]:
    return {f"{p.number} {p.clause.id}".strip(): read_aloud(p.text) for p in provisions(draft)}


def told(finding: Finding) -> dict[str, Any]:
    first, *others = [str(place) for place in finding.places]
    return {finding.severity: finding.code, "at": first, "with": others, "says": finding.message, "fix": finding.fix}


def test_the_findings_are_the_expected_ones(village: Draft) -> None:
    assert [told(finding) for finding in village.findings] == EXPECTED["findings"]
    assert village.undecided == ()


def test_the_provisions_are_numbered_filled_and_explained(village: Draft) -> None:
    assert read_provisions(village) == EXPECTED["provisions"]
    assert {p.clause.id: read_aloud(p.staff) for p in provisions(village) if p.staff} == EXPECTED["staff"]
    reasons = {p.clause.id: p.reason for p in provisions(village)}
    assert reasons | EXPECTED["reasons"] == reasons
    assert {omission.clause.id: omission.reason for omission in village.policy.out} == EXPECTED["out"]


def test_the_tasks_are_sorted_by_number_and_know_their_state(village: Draft) -> None:
    tasks = {task.item.id: task.state for task in village.tasks}
    assert list(tasks.items()) == list(EXPECTED["tasks"].items())


def test_every_clause_is_in_out_or_undecided(village: Draft, silent: Draft, pool: Catalog) -> None:
    for one in (village, silent):
        named = [p.clause.id for p in provisions(one)]
        named += [omission.clause.id for omission in (*one.policy.out, *one.policy.undecided)]
        assert sorted(named) == sorted(pool.clauses)


def test_without_answers_nothing_is_decided_that_needs_one(silent: Draft) -> None:
    wanted = EXPECTED["unanswered"]
    assert [finding.questions[0] for finding in silent.findings if finding.code == "G101"] == sorted(
        wanted["open"], key=lambda name: (f"answers/{name.split('.')[0]}.yml", wanted["open"].index(name))
    )
    assert {rule.code: list(rule.needs) for rule in silent.undecided} == wanted["waiting"]
    assert [omission.clause.id for omission in silent.policy.undecided] == wanted["undecided"]
    assert [omission.clause.id for omission in silent.policy.out] == wanted["out"]
    assert read_provisions(silent) == wanted["provisions"]


def test_the_pages_are_the_expected_ones(village: Draft) -> None:
    home, policy, *others = EXPECTED["pages"]
    published = [home, policy, *EXPECTED["published_pages"], *others]
    assert list(render_book(village, "published").pages) == published
    assert list(make_book(village, "working").pages) == EXPECTED["pages"] + EXPECTED["working_pages"]


def test_the_pages_say_what_was_decided_and_nothing_that_was_not_asked_for(village: Draft) -> None:
    pages = make_book(village, "working").pages
    assert "In the north you heat it." in pages["guidance/water.md"].text
    assert "Northern Pools Act" in read_aloud(pages["guidance/water.md"].text)
    for provision in provisions(village):
        page = pages["policy.md" if provision.number else "gate-sign.md"].text
        assert provision.text in page
        assert provision.clause.title in page
    assert all(finding.code in pages["findings.md"].text for finding in village.findings if finding.severity != "gap")
    # A form holds every answer of its office, because another answer may ask for it again.
    assert "Ann Reed" not in "".join(page.text for uri, page in pages.items() if not uri.startswith("answer/"))


def test_a_register_with_columns_of_any_names_lists_the_existing_policies(village: Draft) -> None:
    bylaw, custom = village.existing_policies
    assert (bylaw.title, bylaw.reference, bylaw.owner, bylaw.date) == (
        "By-law on bathing",
        "page 12",
        "Council",
        "1998-05-01",
    )
    assert [policy.coverage("bathers") for policy in (bylaw, custom)] == ["all", "some"]
    assert [policy.coverage("lifeguards") for policy in (bylaw, custom)] == ["", ""]
    book = make_book(village, "working")
    page = read_aloud(book.pages["existing-policies.md"].text)
    assert "| By-law on bathing (page 12) | Council | 1 May 1998 | Keep it | WAT-2 |" in page
    assert "| Sunday custom | – | – | to be decided | – |" in page
    assert (
        "What you do with it: kept. An instrument like this usually covers water, lifeguards."
        " You do not list lifeguards." in page
    )
    assert "| By-law | Water, Lifeguards | 1 |" in page
    assert "Bathers,all,some" in str(book.files["tables/coverage.csv"])
    assert "*See also:* By-law on bathing (page 12), kept." in read_aloud(book.pages["policy.md"].text)


def test_an_empty_register_shows_the_catalogs_example(silent: Draft) -> None:
    page = make_book(silent, "working").pages["existing-policies.md"].text
    assert "`registers/older-rules.yml`:\n\n```yaml\n- name: By-law on bathing\n  fate: keep\n```\n" in page
    assert "- `fate`: What becomes of it? One of `keep`, `end`." in read_aloud(page)


def test_an_internal_answer_reaches_the_working_pages_only(village: Draft) -> None:
    assert any("the deep end" in page.text for page in make_book(village, "working").pages.values())
    assert not any("the deep end" in page.text for page in render_book(village, "published").pages.values())


@pytest.mark.parametrize("audience", ["working", "published"])
def test_no_word_of_another_subject_appears(audience: str, village: Draft, silent: Draft) -> None:
    for one in (village, silent):
        for page in render_book(one, audience).pages.values():
            assert not [word for word in FOREIGN if word in page.text.lower()], page.uri


def mistakes(folder: Path) -> tuple[Finding, ...]:
    try:
        catalog = read_catalog(folder / "pool", folder / "guidance")
    except BrokenCatalog as error:
        return error.findings
    return tuple(check_readings(catalog, folder / "pool"))


def words(row: Mapping[str, Any], key: str) -> list[str]:
    said = row.get(key, [])
    return [said] if isinstance(said, str) else said


def as_rows(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    return sorted((str(finding.places[0]), finding.code) for finding in findings)


def fits(row: Mapping[str, Any], finding: Finding) -> bool:
    said = all(word in finding.message for word in words(row, "says"))
    fixed = all(word in finding.fix for word in words(row, "fix"))
    return (str(finding.places[0]), finding.code) == (row["at"], row["error"]) and said and fixed


class Refusals(dict[str, tuple[Path, tuple[Finding, ...]]]):
    """The catalog of each case and what is wrong with it, found out when it is asked for the first time."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def __missing__(self, name: str) -> tuple[Path, tuple[Finding, ...]]:
        laid = lay(self.folder / str(len(self)), BROKEN[name]["changes"])
        self[name] = (laid, mistakes(laid))
        return self[name]


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Refusals:
    return Refusals(tmp_path_factory.mktemp("broken"))


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_catalog_is_refused_with_every_mistake_in_its_place(name: str, refused: Refusals) -> None:
    case, (_, found) = BROKEN[name], refused[name]
    assert as_rows(found) == sorted((row["at"], row["error"]) for row in case["finds"]), [str(one) for one in found]
    for row in case["finds"]:
        assert any(fits(row, one) for one in found), (row, [str(one) for one in found])


@pytest.mark.parametrize("name", BROKEN)
def test_every_mistake_of_a_catalog_says_where_it_is_and_how_to_mend_it(name: str, refused: Refusals) -> None:
    folder, found = refused[name]
    for finding in found:
        assert finding.severity == CODES[finding.code].severity == "error"
        assert re.search(r"[.?]$", finding.message)
        assert finding.fix.endswith(".")
        for place in finding.places:
            path = folder / ("" if place.file.startswith("guidance/") else "pool") / place.file
            lines = path.read_bytes().decode("utf-8", "replace").split("\n") if path.is_file() else [""]
            assert place.line <= len(lines)
            assert place.column <= len(lines[place.line - 1]) + 1


def test_the_severities_of_the_cases_are_known() -> None:
    assert all(set(row) & set(SEVERITIES) == {"error"} for case in BROKEN.values() for row in case["finds"])
