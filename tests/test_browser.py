"""A real browser opens the agency's site, over HTTP and from the folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from agency_files import ROOT, bake, run
from chromium import open_browser, serve

pytestmark = [pytest.mark.browser, pytest.mark.slow]

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
