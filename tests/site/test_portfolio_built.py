"""A department builds its portfolio, which `portfolio_site` in conftest.py describes."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.agency_files import run
from tests.support.in_process import run_here
from tests.tools.agencies import TODAY

pytestmark = pytest.mark.slow

DEVIATING = {0, 4, 8}
BROKEN = 7


@pytest.fixture(scope="module")
def portfolio(portfolio_site: Path) -> Path:
    """The list of the department and, beside it, the site."""
    return portfolio_site.parent


def words(folder: Path) -> tuple[str | Path, ...]:
    common = ("--list", folder / "agencies.yml", "--base", folder / "department", "--today", TODAY)
    return "policywright", "portfolio", *common


def read_rows(portfolio: Path) -> list[dict[str, str]]:
    with (portfolio / "site/tables/portfolio.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_overview_names_all_twelve_and_says_which_deviate_and_which_is_broken(portfolio: Path) -> None:
    rows = read_rows(portfolio)
    groups = ["towns", "counties", "districts", "departments"]
    assert [row["Id"] for row in rows] == [f"{groups[number % 4]}-{number}" for number in range(12)]
    differ = {number for number, row in enumerate(rows) if row["Answers that differ from the base"] not in ("", "0")}
    unread = {number for number, row in enumerate(rows) if row["Look at"] == "not read"}
    assert (differ, unread) == (DEVIATING, {BROKEN})
    assert {row["Base"] for number, row in enumerate(rows) if number != BROKEN} == {"follows"}
    index = (portfolio / "site/index.html").read_text("utf-8")
    assert all(f'href="agencies/{row["Id"]}.html"' in index for row in rows)


def test_each_agency_has_a_page_and_the_broken_one_says_why(portfolio: Path) -> None:
    pages = {path.stem: path.read_text("utf-8") for path in (portfolio / "site/agencies").glob("*.html")}
    assert len(pages) == 12
    assert {name for name, text in pages.items() if "There is no catalog “lost”" in text} == {"departments-7"}


def test_every_link_of_the_portfolio_leads_somewhere(portfolio: Path) -> None:
    site = portfolio / "site"
    for page in site.rglob("*.html"):
        for target in re.findall(r'(?:href|src)="([^"#:?]+)"', page.read_text("utf-8")):
            if page.name != "404.html":
                assert (page.parent / target).exists(), (page, target)


def test_tables_are_regions_as_on_every_other_site_and_the_filter_waits_for_its_script(portfolio: Path) -> None:
    index = (portfolio / "site/index.html").read_text("utf-8")
    assert 'role="region" aria-label="Table 1"' in index
    assert re.search(r'<form class="pw-filter" data-rows(="data-rows")? hidden', index)
    assert 'src="assets/portfolio.js"' in index


@pytest.mark.browser
def test_a_filter_shows_the_agencies_that_it_names_and_counts_them(portfolio: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto((portfolio / "site/index.html").as_uri())
    count = page.locator(".pw-filter__count")
    assert count.inner_text() == "12 of 12 agencies shown"
    page.get_by_label("Group").select_option("departments")
    assert count.inner_text() == "3 of 12 agencies shown"
    page.get_by_label("Look at").select_option("not read")
    assert count.inner_text() == "1 of 12 agencies shown"
    assert page.locator(".md-content tbody tr:visible td:first-child").all_inner_texts() == ["departments-7"]
    # On a phone each row is a card, and a hidden one stays hidden.
    page.set_viewport_size({"width": 360, "height": 640})
    assert page.locator(".md-content tbody tr:visible").count() == 1
    page.close()


def test_nothing_of_this_machine_is_in_the_site(portfolio: Path) -> None:
    for path in (portfolio / "site").rglob("*"):
        if path.is_file():
            assert str(portfolio).encode() not in path.read_bytes(), path


def test_a_second_build_in_another_folder_is_the_same_byte_for_byte(portfolio: Path, tmp_path: Path) -> None:
    done = run(*words(portfolio), "--out", tmp_path)
    assert done.returncode == 1, done.stderr
    assert contents_of(tmp_path) == contents_of(portfolio / "site")


def contents_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_status_files_that_a_pipeline_collected_give_the_same_overview(portfolio: Path, tmp_path: Path) -> None:
    report = json.loads((portfolio / "site/api/portfolio.json").read_text("utf-8"))
    rows = []
    for agency in report["agencies"]:
        file = tmp_path / f"{agency['id']}.json"
        file.write_text(json.dumps(agency["status"] or {"form": 2}), "utf-8")
        rows.append({"id": agency["id"], "status": file.name, "group": agency["group"]})
    (tmp_path / "agencies.yml").write_text(json.dumps(rows), "utf-8")
    site = tmp_path / "site"
    done = run_here("policywright", "portfolio", "--list", tmp_path / "agencies.yml", "--out", site, "--today", TODAY)
    assert (
        "departments-7: not read: departments-7.json:1:1: error E001: This status file is from a newer" in done.stderr
    )
    same = ("elements.html", "tables/elements.csv", "404.html")
    assert [(site / name).read_bytes() for name in same] == [(portfolio / "site" / name).read_bytes() for name in same]


def test_a_portfolio_that_cannot_be_built_leaves_the_last_one_as_it_was(
    portfolio: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Path(shutil.copytree(portfolio / "site", tmp_path / "site"))
    before = contents_of(site)
    monkeypatch.setattr("policywright.portfolio.site._LOOK", "raise RuntimeError('broken')\n")
    assert run_here(*words(portfolio), "--out", site).returncode == 2
    assert contents_of(site) == before
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_machines_that_share_the_work_build_the_same_site_byte_for_byte(portfolio: Path, tmp_path: Path) -> None:
    common = words(portfolio)
    for number in (1, 2, 3):
        done = run(*common, "--shard", f"{number}/3", "--states", tmp_path / "states")
        assert (done.returncode, done.stdout.startswith("The states of 4 agencies")) == (0, True), done.stderr
    assert len(list((tmp_path / "states").iterdir())) == 12
    done = run_here(*common, "--states", tmp_path / "states", "--out", tmp_path / "site")
    assert done.returncode == 1, done.stderr
    assert "departments-7: not read: policy.yml" in done.stderr
    theirs, ours = (
        {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}
        for site in (portfolio / "site", tmp_path / "site")
    )
    assert [name for name in {**theirs, **ours} if theirs.get(name) != ours.get(name)] == []
