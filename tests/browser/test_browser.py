"""A real browser opens the agency's site, over HTTP and from the folder."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests.support.agency_files import TOWN_ANSWERS, bake, read_case, write_agency
from tests.support.chromium import serve
from tests.support.in_process import run_here

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOSTILE = read_case("texts.yml")["hostile"]
LOCAL = ("data:", "blob:")
PAGES = (
    "index",
    "policy",
    "findings",
    "first-steps/conflicts",
    "guidance/comments",
    "stakeholders/index",
    "scenarios",
    "staff-card",
    "sources",
)


@pytest.mark.parametrize("way", ["http", "http with the security policy", "file"])
def test_no_page_asks_for_anything_outside_the_site_or_complains(
    working_site: Path, browser: Browser, way: str
) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    with serve(working_site, policy_of(working_site) if "security" in way else None) as address:
        base = f"{working_site.as_uri()}/" if way == "file" else address
        context = browser.new_context()
        context.on("request", lambda request: asked.append(request.url))
        context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        open_all(context, base, PAGES)
        context.close()
    assert asked
    assert not [url for url in asked if not url.startswith((base, *LOCAL))]
    assert not complaints


def open_all(context: BrowserContext, base: str, names: Iterable[str]) -> dict[str, Page]:
    """Open each page beside the others, and wait for what they ask for after they are loaded."""
    pages = {name: context.new_page() for name in names}
    for name, page in pages.items():
        page.goto(f"{base}{name}.html", wait_until="load")
    # Of many open pages, a busy machine sometimes never calls one idle.
    next(iter(pages.values())).wait_for_timeout(700)
    return pages


def policy_of(site: Path) -> dict[str, str]:
    """Return the headers that the build wrote for nginx."""
    settings = (site.parent / "deploy" / site.name / "nginx.conf").read_text("utf-8")
    return dict(re.findall(r'add_header (\S+) "([^"]*)"', settings))


def test_under_the_security_policy_scripts_run_and_a_foreign_one_does_not(working_site: Path, browser: Browser) -> None:
    with serve(working_site, policy_of(working_site)) as address:
        page = browser.new_page()
        page.goto(f"{address}index.html")
        page.locator(".md-search__input").click()
        page.keyboard.type("comments", delay=20)
        page.wait_for_selector(".md-search-result__item", timeout=15_000)
        page.evaluate(
            "document.head.append(Object.assign(document.createElement('script'), {text: 'window.foreign = 1'}))"
        )
        assert page.evaluate("window.foreign") is None
        page.close()


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An agency whose names, answers and registers are attacks."""
    agency = bake(tmp_path_factory.mktemp("hostile"))
    words = [" ".join(text.split()) for text in HOSTILE]
    register = [
        {"title": text, "reference": text, "owner": text, "disposition": "amend", "clauses": ["USE-2"]}
        for text in words
    ]
    answers = {
        "goals.audiences": list(dict.fromkeys(words)),
        "conflicts.escalation_owner": words[0],
        "existing.register": register,
    }
    write_agency(agency, {**TOWN_ANSWERS, **answers}, {"preset": "two_way", "offices": {"communications": words[1]}})
    done = run_here("mkdocs", "build", cwd=agency)
    assert done.returncode == 0, done.stdout + done.stderr
    return agency / "site"


def test_hostile_words_appear_as_themselves_and_do_nothing(hostile_site: Path, browser: Browser) -> None:
    events: list[str] = []
    with serve(hostile_site) as address:
        context = browser.new_context()
        context.on("dialog", lambda dialog: events.append(f"dialog: {dialog.message}"))
        context.on("dialog", lambda dialog: dialog.dismiss())
        context.on("weberror", lambda error: events.append(f"error: {error.error}"))
        context.on("request", lambda request: None if request.url.startswith(address) else events.append(request.url))
        shown = {}
        for name, page in open_all(context, address, (*PAGES, "existing-policies", "stakeholders/agenda")).items():
            shown[name] = " ".join(page.locator("article.md-content__inner").inner_text().split())
            assert not page.locator("article script, article iframe, article [onerror], article [onclick]").count()
            assert not page.locator("article a[href^='javascript']").count()
        context.close()
    assert not events
    for text in HOSTILE:
        assert " ".join(text.split()) in shown["existing-policies"], text


@pytest.mark.parametrize("way", ["http", "file"])
def test_the_published_home_is_light_and_asks_no_other_host(way: str, published_site: Path, browser: Browser) -> None:
    """Sizes are those of files compressed as a server would send them."""
    with serve(published_site) as address:
        base = f"{published_site.as_uri()}/" if way == "file" else address
        page = browser.new_page()
        answers: list[Response] = []
        page.on("response", lambda answer: answers.extend([answer]))
        page.goto(f"{base}index.html", wait_until="networkidle")
        weights = {
            answer.url: len(gzip.compress(answer.body())) for answer in answers if not answer.url.startswith(LOCAL)
        }
        page.close()
    assert not [url for url in weights if not url.startswith(base)]
    assert way == "file" or sum(weights.values()) < 300_000, weights


def test_search_finds_a_provision_from_the_folder(working_site: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{working_site.as_uri()}/index.html")
    page.locator(".md-search__input").click()
    page.keyboard.type("second factor", delay=20)
    page.wait_for_selector(".md-search-result__item", timeout=15_000)
    assert page.locator(".md-search-result__item").count() > 0
    page.close()
