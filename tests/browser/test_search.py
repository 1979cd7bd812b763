"""The search of a published site finds the rules first: queries of people are put to the theme's own search."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.agency_files import bake, draft_with, read_case, with_facts, write_agency
from tests.support.chromium import search_for, serve
from tests.support.in_process import run_here
from tests.support.shared import Shared

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CITY = "two-way-city"
FIRST = 3
"""So many results a reader looks at."""
SHARES = {"queries.yml": 0.97, "more_queries.yml": 0.95}
"""For so many of the queries one of the first results must be right."""
HALF = 0.5
"""No question may match more of the entries than this, on average."""

ASK = """async queries => {
  const config = JSON.parse(document.getElementById("__config").textContent);
  const index = await (await fetch(new URL("search/search_index.json", location.href))).json();
  const worker = new Worker(new URL(config.search, location.href));
  const ask = (type, data) => new Promise(resolve => {
    worker.onmessage = event => resolve(event.data.data);
    worker.postMessage({ type, data });
  });
  await ask(0, { ...index, options: { suggest: false } });
  const found = [];
  for (const query of queries) {
    const { items } = await ask(2, query);
    found.push({ many: items.length, first: items.slice(0, 3).map(results => results[0].location) });
  }
  worker.terminate();
  return { entries: index.docs.length, found };
}"""
"""Puts queries to the theme's search, in the messages of its page, and returns the first results of each."""


@pytest.fixture(scope="module")
def city(shared: Shared) -> Path:
    """The published site of the city whose policy the queries are about."""
    return shared("city", _city) / "exampleton" / "published"


def _city(folder: Path) -> None:
    case = read_case("golden.yml")[CITY]
    facts = with_facts(case["answers"], case["policy"]["preset"])
    drafted = draft_with(folder / "draft", facts, case["policy"])
    # A policy that rests on assumed answers is not published, so the city gives them.
    asked = {name: one.value for name, one in drafted.answers.items() if one.asked is not False and one.answered}
    agency = bake(folder)
    shutil.rmtree(agency / "answers")
    write_agency(agency, {**asked, **facts}, case["policy"])
    done = run_here("mkdocs", "build", "--config-file", "mkdocs.publish.yml", "--strict", cwd=agency)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def page(city: Path, browser: Browser) -> Iterator[Page]:
    with serve(city) as address:
        page = browser.new_page()
        page.goto(f"{address}index.html")
        yield page
        page.close()


def is_right(location: str, right: Sequence[str]) -> bool:
    """Return whether a result is one of these provisions or pages."""
    path, _, anchor = location.partition("#")
    page, _, provision = path.partition("?provision=")
    wanted = [name.lower().replace(".", "-") for name in right]
    return (provision or anchor) in wanted or page.removesuffix(".html") in wanted


@pytest.mark.parametrize(("cases", "share"), SHARES.items())
def test_more_than_nine_in_ten_queries_have_a_right_result_among_the_first_three(
    cases: str, share: float, page: Page
) -> None:
    rows: list[Mapping[str, Any]] = read_case(cases)
    answer = page.evaluate(ASK, [row["query"] for row in rows])
    pairs = list(zip(rows, answer["found"], strict=True))
    wrong = [
        (row["query"], found["first"])
        for row, found in pairs
        if not any(is_right(location, row["first"]) for location in found["first"][:FIRST])
    ]
    assert len(wrong) <= len(rows) * (1 - share), wrong
    assert sum(found["many"] for _, found in pairs) < HALF * answer["entries"] * len(rows)


def test_a_result_leads_to_its_provision(city: Path, browser: Browser) -> None:
    """From a folder too, where the theme cannot start a worker."""
    page = browser.new_page()
    page.goto(f"{city.as_uri()}/index.html")
    search_for(page, "length of a block")
    page.locator(".md-search-result__link").first.click()
    page.wait_for_url("**/policy.html?provision=*#cit-3-*")
    expect(page.locator(f"[id='{page.url.partition('#')[2]}']")).to_be_in_viewport()
    page.close()


WAYS: Mapping[str, Callable[[Page], None]] = {
    "the field": lambda page: page.locator(".md-search__input").click(),
    "a key": lambda page: page.keyboard.press("/"),
    "the button of a phone": lambda page: page.locator("label.md-header__button[for=__search]").click(),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_index_waits_until_somebody_searches(way: str, city: Path, browser: Browser) -> None:
    width = 390 if "phone" in way else 1280
    page = browser.new_page(viewport={"width": width, "height": 800})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with serve(city) as address:
        page.goto(f"{address}index.html", wait_until="networkidle")
        assert not [url for url in asked if "search_index" in url]
        WAYS[way](page)
        search_for(page, "length of a block")
        assert len([url for url in asked if "search_index" in url]) == 1
        # The words of a search are marked on the page that it leads to, and for that the theme needs the index.
        page.locator(".md-search-result__link").first.click()
        expect(page.locator("mark").first).to_be_attached()
    page.close()
