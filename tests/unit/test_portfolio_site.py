"""The site of a portfolio before MkDocs sees it: what its pages, tables and feeds say of each agency."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from icalendar import Calendar
from jsonschema import Draft202012Validator

from policywright import __version__
from policywright.exports.schemas import data_schema
from policywright.pages.status_data import STATUS_SCHEMA, status_data
from policywright.portfolio.agencies import Listed
from policywright.portfolio.building import may_be_replaced
from policywright.portfolio.lines import agency_lines
from policywright.portfolio.reading import AgencyState
from policywright.portfolio.site import DATA, DAYS, MATRIX, OVERVIEW, RELEASES, portfolio_project
from tests.support.agency_files import TOWN_ANSWERS, draft_with
from tests.support.in_process import run_here
from tests.support.released import release

TODAY = "2027-06-01"
ATOM = "{http://www.w3.org/2005/Atom}"
BEHIND_IT = "behind its base"
ODD = 'The <b> | A1: [x](javascript:alert(1)) {{ y }} "z"'


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The state of a town that released twice, with a review that is due."""
    root = tmp_path_factory.mktemp("town")
    dates = {"adopted": "2027-03-01", "in_force": "2027-03-02", "review_due": "2028-03-01"}
    release(root, "1.0", "2027-03-01", {"comments.enabled": "all_posts"}, status="in_force", dates=dates)
    draft = release(root, "1.1", "2027-05-01", {"comments.enabled": "some_posts"}, status="in_force", dates=dates)
    return status_data(draft, working=True)


def state(data: dict[str, Any], **changes: Any) -> AgencyState:
    listed = Listed("lakes", group="wet", site="https://lakes.example/x?a=1&b=2")
    return AgencyState(listed, {**data, "agency": "Lakes", **changes})


def lost(key: str = "rivers") -> AgencyState:
    return AgencyState(Listed(key, group="wet"), problem="policy.yml:1:1: error E010: There is no policy.yml here.")


def project(*states: AgencyState) -> dict[str, str]:
    files = portfolio_project(states, TODAY)
    return {uri: text.decode() if isinstance(text, bytes) else text for uri, text in files.items()}


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


# What to look at


@pytest.mark.parametrize(
    ("changes", "concerns"),
    [
        ({}, ()),
        ({"counts": {"error": 1, "blocker": 2, "gap": 0, "warning": 0, "advice": 0}}, ("errors", "blockers")),
        ({"counts": {"error": 0, "blocker": 0, "gap": 9, "warning": 9, "advice": 9}}, ()),
        ({"locks": {"kept": 3, "broken": 1}}, ("broken locks",)),
        ({"sign_offs": {"valid": 1, "lapsed": 2, "missing": 3}}, ("lapsed sign-offs",)),
        ({"days": [{"date": "2027-05-31", "kind": "review", "title": "Review"}]}, ("overdue",)),
        ({"days": [{"date": "2027-06-01", "kind": "review", "title": "Review"}]}, ()),
        ({"days": [{"date": "2027-05-31", "kind": "adopted", "title": "Adopted"}]}, ()),
        ({"base": {"answers": 0, "clauses": 0}, "bases": [{"name": "Ministry", "fingerprint": "old"}]}, (BEHIND_IT,)),
        ({"engine": "0.0.9"}, ("other version",)),
    ],
)
def test_what_somebody_should_look_at_follows_from_the_state(
    changes: dict[str, Any], concerns: tuple[str, ...], data: dict[str, Any]
) -> None:
    calm = {"counts": dict.fromkeys(data["counts"], 0), "engine": __version__}
    [line] = agency_lines([state(data, **{**calm, **changes})], TODAY, {"Ministry": {"new"}})
    assert line.concerns == concerns


def test_a_line_says_what_the_status_file_says(data: dict[str, Any]) -> None:
    changes = {
        "counts": {"error": 1, "blocker": 2, "gap": 3, "warning": 4, "advice": 5},
        "sign_offs": {"valid": 6, "lapsed": 7, "missing": 8},
        "base": {"answers": 9, "clauses": 10},
        "locks": {"kept": 11, "broken": 12},
        "last_change": "2027-05-01",
    }
    [line] = agency_lines([state(data, **changes)], TODAY, {})
    said = (line.conflicts, line.gaps, line.sign_offs, line.differs, line.locks, line.changed)
    assert said == ("1 / 2 / 4", "3", "6 / 7 / 8", "9 / 10", "11 / 12", "31")
    assert (line.status, line.version, line.review_due) == ("in force", "1.1", "2028-03-01")


def test_what_a_published_status_file_leaves_out_is_unknown_and_not_nought(data: dict[str, Any]) -> None:
    internal = (*STATUS_SCHEMA["then"]["required"], "bases", "hands_down")
    public = {key: value for key, value in data.items() if key not in internal}
    published = AgencyState(Listed("lakes"), public)
    [line] = agency_lines([published], TODAY, {})
    assert {line.conflicts, line.gaps, line.sign_offs, line.differs, line.locks, line.changed} == {"–"}
    assert line.base == "not said"
    assert "No agency is listed here" in project(published)["docs/elements.md"]


# Pages


def test_an_agency_that_was_not_read_is_in_the_overview_and_has_a_page_that_says_why(data: dict[str, Any]) -> None:
    files = project(state(data), lost())
    assert "2 agencies; 1 in force; 1 not read." in files["docs/index.md"]
    assert "| [rivers](agencies/rivers.md) | wet | not read | not read |" in files["docs/index.md"]
    assert "There is no policy.yml here." in files["docs/agencies/rivers.md"]
    assert "rivers" not in files["docs/elements.md"]


def test_every_agency_has_a_page_that_no_other_has() -> None:
    keys = ["lakes", "Lakes", "LAKES!", "index", "", "—"]
    pages = [line.page for line in agency_lines([lost(key) for key in keys], TODAY, {})]
    names = [page.removeprefix("agencies/").removesuffix(".md") for page in pages]
    assert names == ["lakes", "lakes-2", "lakes-3", "index-agency", "agency", "agency-2"]


def test_agencies_that_share_a_name_are_told_apart_by_their_ids(data: dict[str, Any]) -> None:
    twins = [state(data), replace(state(data), agency=Listed("rivers"))]
    assert [line.title for line in agency_lines(twins, TODAY, {})] == ["Lakes (lakes)", "Lakes (rivers)"]


def test_the_words_of_an_agency_are_data(data: dict[str, Any]) -> None:
    odd = AgencyState(Listed("a", title=ODD, group=ODD), {**data, "title": ODD}, first=(ODD,))
    files = project(odd, AgencyState(Listed("b", title=ODD), problem=ODD))
    for uri, text in files.items():
        if uri.endswith(".md"):
            body = text.partition("\n---\n")[2]
            assert "<b>" not in body, uri
            assert "](javascript" not in body, uri
            assert "{{" not in body, uri
    assert json.loads(files["mkdocs.yml"].partition("\n")[2])["nav"][2]["Agencies"][0]


def test_a_page_of_an_agency_links_to_its_site(data: dict[str, Any]) -> None:
    page = project(state(data))["docs/agencies/lakes.md"]
    [found] = re.findall(r'<a href="([^"]*)">', page)
    assert html.unescape(found) == "https://lakes.example/x?a=1&b=2"


def test_a_page_of_an_agency_says_which_office_has_to_answer(data: dict[str, Any]) -> None:
    offices = {"legal": {"title": "Counsel (the Law Office)", "gaps": 3}}
    page = project(state(data, offices=offices))["docs/agencies/lakes.md"]
    assert "| Counsel (the Law Office) | 3 |" in html.unescape(page)


def test_a_matrix_has_a_row_for_each_agency_and_a_column_for_each_element(data: dict[str, Any]) -> None:
    page = project(state(data))["docs/elements.md"]
    [head] = [line for line in page.splitlines() if line.startswith("| Agency")]
    assert head.count("|") == len(data["elements"]) + 2
    [row] = [line for line in page.splitlines() if line.startswith("| [Lakes]")]
    assert row.count("|") == head.count("|")


def test_agencies_with_other_elements_have_another_matrix(data: dict[str, Any]) -> None:
    pool = {"catalog": "pool", "elements": {"water": {**data["elements"]["goals"], "title": "Water"}}}
    page = project(state(data), replace(state(data, **pool), agency=Listed("bath")))["docs/elements.md"]
    assert page.count("| Agency |") == 2
    assert "## pool" in page


def test_many_agencies_are_not_in_the_navigation_that_every_page_repeats() -> None:
    few, many = (project(*(lost(str(number)) for number in range(total)))["mkdocs.yml"] for total in (50, 51))
    navigation = [json.loads(text.partition("\n")[2])["nav"] for text in (few, many)]
    assert [len(entries) for entries in navigation] == [3, 2]


# Files for programs


def test_the_tables_have_one_number_in_each_cell(data: dict[str, Any]) -> None:
    files = project(state(data, base={"answers": 3, "clauses": 0}), lost())
    lakes, rivers = rows(files[f"docs/{OVERVIEW}"])
    assert (lakes["Agency"], lakes["Answers that differ from the base"], lakes["Status"]) == ("Lakes", "3", "in force")
    assert (rivers["Gaps"], rivers["Why it was not read"]) == ("", lost().problem)
    matrix = rows(files[f"docs/{MATRIX}"])
    assert len(matrix) == len(data["elements"])
    assert [int(row["Gap"]) for row in matrix] == [one["counts"]["gap"] for one in data["elements"].values()]


def test_a_program_reads_the_state_of_each_agency_as_it_was(data: dict[str, Any]) -> None:
    report = json.loads(project(state(data), lost())[f"docs/{DATA}"])
    Draft202012Validator(data_schema("portfolio")).validate(report)
    lakes, rivers = report["agencies"]
    assert not Draft202012Validator(data_schema("portfolio")).is_valid({**report, "agencies": [{**lakes, "new": 1}]})
    assert (report["form"], report["today"]) == (1, TODAY)
    assert lakes["status"] == {**data, "agency": "Lakes"}
    assert (rivers["status"], rivers["problem"]) == (None, lost().problem)


def test_the_calendar_holds_the_days_of_every_agency(data: dict[str, Any]) -> None:
    other = replace(state(data), agency=Listed("rivers", title="Rivers"))
    events = Calendar.from_ical(project(state(data), other)[f"docs/{DAYS}"]).walk("VEVENT")
    titles = [str(event["summary"]) for event in events]
    assert {"Lakes: Review of the policy", "Rivers: Review of the policy"} <= set(titles)
    assert len({str(event["uid"]) for event in events}) == len(titles) == 2 * len(data["days"])


def test_the_feed_holds_the_releases_of_every_agency_the_newest_first(data: dict[str, Any]) -> None:
    other = replace(state(data), agency=Listed("rivers", title="Rivers"))
    root = ElementTree.fromstring(project(state(data), other)[f"docs/{RELEASES}"])
    entries = root.findall(f"{ATOM}entry")
    titles = [entry.findtext(f"{ATOM}title") for entry in entries]
    versions = [f"{name}: version {version}" for version in ("1.1", "1.0") for name in ("Lakes", "Rivers")]
    assert titles == versions
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 4


def test_without_days_and_releases_there_is_neither_calendar_nor_feed() -> None:
    files = project(lost())
    assert not {f"docs/{DAYS}", f"docs/{RELEASES}"} & set(files)
    assert "calendar" not in files["docs/index.md"]


def test_the_same_states_give_the_same_files(tmp_path: Path) -> None:
    made = [
        AgencyState(Listed("a"), status_data(draft_with(tmp_path / str(n), TOWN_ANSWERS), working=True)) for n in (1, 2)
    ]
    assert project(made[0]) == project(made[1])


# Where it goes


def test_a_portfolio_takes_the_place_of_a_portfolio_and_of_nothing_else(tmp_path: Path) -> None:
    empty, other, old = (tmp_path / name for name in ("empty", "other", "old"))
    for folder in (empty, other, old / "api"):
        folder.mkdir(parents=True)
    (other / "letter.txt").write_text("Dear all", "utf-8")
    (old / DATA).write_text("{}", "utf-8")
    assert [may_be_replaced(path) for path in (tmp_path / "new", empty, old, other)] == [True, True, True, False]


def test_a_folder_that_holds_something_else_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "agencies.yml").write_text("- {id: a, path: a}\n", "utf-8")
    done = run_here("policywright", "portfolio", "--list", tmp_path / "agencies.yml", "--out", tmp_path)
    assert done.returncode == 2
    assert "has other files in it" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["agencies.yml"]
