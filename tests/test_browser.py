"""A real browser opens the agency's site, over HTTP and from the folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from agency_files import ROOT, bake, read_case, run, write_agency
from chromium import open_browser, serve

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOSTILE = read_case("texts.yml")["hostile"]
TOWN_ANSWERS = {"agency.jurisdiction": "us_local", "agency.type": "municipal_general"}
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


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    agency = bake(tmp_path_factory.mktemp("town"))
    for name in ("goals", "comments", "security", "existing"):
        (agency / f"answers/{name}.yml").write_text(
            (ROOT / f"docs/sample/answers/{name}.yml").read_text("utf-8"), "utf-8"
        )
    done = run("mkdocs", "build", cwd=agency)
    assert done.returncode == 0, done.stdout + done.stderr
    return agency / "site"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.mark.parametrize("way", ["http", "http with the security policy", "file"])
def test_no_page_asks_for_anything_outside_the_site_or_complains(site: Path, browser: Browser, way: str) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    with serve(site, policy_of(site) if "security" in way else None) as address:
        base = f"{site.as_uri()}/" if way == "file" else address
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        for name in PAGES:
            page.goto(f"{base}{name}.html", wait_until="networkidle")
        page.close()
    assert asked
    assert not [url for url in asked if not url.startswith((base, "data:", "blob:"))]
    assert not complaints


def policy_of(site: Path) -> dict[str, str]:
    """Return the headers that the build wrote for nginx."""
    settings = (site.parent / "deploy" / site.name / "nginx.conf").read_text("utf-8")
    return dict(re.findall(r'add_header (\S+) "([^"]*)"', settings))


def test_under_the_security_policy_scripts_run_and_a_foreign_one_does_not(site: Path, browser: Browser) -> None:
    with serve(site, policy_of(site)) as address:
        page = browser.new_page()
        page.goto(f"{address}index.html")
        page.keyboard.press("/")
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
    done = run("mkdocs", "build", cwd=agency)
    assert done.returncode == 0, done.stdout + done.stderr
    return agency / "site"


def test_hostile_words_appear_as_themselves_and_do_nothing(hostile_site: Path, browser: Browser) -> None:
    events: list[str] = []
    with serve(hostile_site) as address:
        page = browser.new_page()
        page.on("dialog", lambda dialog: (events.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: events.append(f"error: {error}"))
        page.on("request", lambda request: None if request.url.startswith(address) else events.append(request.url))
        shown = {}
        for name in (*PAGES, "existing-policies", "stakeholders/agenda"):
            page.goto(f"{address}{name}.html", wait_until="networkidle")
            shown[name] = " ".join(page.locator("article.md-content__inner").inner_text().split())
            assert not page.locator("article script, article iframe, article [onerror], article [onclick]").count()
            assert not page.locator("article a[href^='javascript']").count()
        page.close()
    assert not events
    for text in HOSTILE:
        assert " ".join(text.split()) in shown["existing-policies"], text


@pytest.mark.parametrize("width", [1280, 320])
def test_no_page_scrolls_sideways(site: Path, browser: Browser, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    wide = [name for name in PAGES if _overflows(page, f"{site.as_uri()}/{name}.html")]
    page.close()
    assert not wide


def _overflows(page: Page, url: str) -> bool:
    page.goto(url)
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_why_is_this_here_opens_with_the_keyboard(site: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{site.as_uri()}/policy.html")
    summary = page.locator("details.pw-why > summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("details.pw-why").first.get_attribute("open") is not None
    assert page.locator("details.pw-why").first.get_by_text("Rests on").is_visible()
    page.close()


def test_search_finds_a_provision_from_the_folder(site: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{site.as_uri()}/index.html")
    page.keyboard.press("/")
    page.keyboard.type("second factor", delay=20)
    page.wait_for_selector(".md-search-result__item", timeout=15_000)
    assert page.locator(".md-search-result__item").count() > 0
    page.close()
