"""Every kind of page is open to everybody: axe-core and Lighthouse find nothing, and no page scrolls sideways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.support.agency_files import kinds
from tests.support.checkers import AXE, lighthouse
from tests.support.chromium import NO_SEARCH, serve

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.tools]

SITES = {
    "working_site": ".",
    "calm_site": "index|findings|existing|first-steps|stakeholders",
    "published_site": ".",
    "own_site": ".",
}
"""The sites and their judged pages: of the site without findings, only pages that would list findings."""

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

EVERYTHING = {"runOnly": TAGS}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
LAYOUT = {"runOnly": {"type": "rule", "values": ["target-size", "scrollable-region-focusable", "meta-viewport"]}}
JUDGED = {("light", 1280): EVERYTHING, ("dark", 1280): CONTRAST, ("light", 320): LAYOUT}
"""What is judged in which scheme and width: a scheme changes colors only, and a width the layout."""

START = """options => {
  const loaded = new Promise(go => document.readyState === "complete" ? go() : addEventListener("load", go));
  const frame = () => new Promise(requestAnimationFrame);
  const still = () => Promise.allSettled(document.getAnimations().map(animation => animation.finished));
  window.judged = loaded.then(frame).then(frame).then(still).then(() => {
    window.excess = document.scrollingElement.scrollWidth - innerWidth;
    for (const part of [...document.querySelectorAll("article details")].slice(0, 5)) part.open = true;
    return axe.run(document, {...options, resultTypes: ["violations"], preload: false});
  });
}"""
COLLECT = """async () => (await window.judged).violations.flatMap(
  rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(" ")}`)
).concat(window.excess > 0 ? [`${window.excess} px wider than the window`] : [])"""

Windows = dict[str, Page]
"""An open page for each scheme; both are judged at the same time."""


@pytest.fixture(scope="module")
def windows(browser: Browser) -> Iterator[Windows]:
    opened: Windows = {}
    for scheme in ("light", "dark"):
        opened[scheme] = browser.new_page(color_scheme=scheme, reduced_motion="reduce")
        opened[scheme].add_init_script(path=AXE)
        opened[scheme].add_init_script(NO_SEARCH)
    yield opened
    for page in opened.values():
        page.close()


@pytest.mark.parametrize("name", SITES)
def test_no_kind_of_page_has_a_barrier_or_scrolls_sideways(
    name: str, windows: Windows, request: pytest.FixtureRequest
) -> None:
    site: Path = request.getfixturevalue(name)
    with serve(site) as address:
        pages = [page for page in kinds(site) if re.match(SITES[name], page)]
        found = [line for page in pages for line in violations(windows, f"{address}{page}")]
    assert not found, "\n".join(found)


def violations(windows: Windows, url: str) -> Iterator[str]:
    """Judge one page in both schemes, wide and narrow; yield page, scheme, width, rule and selector."""
    for window in windows.values():
        window.set_viewport_size({"width": 1280, "height": 800})
        window.goto(url, wait_until="commit")
    for width in (1280, 320):
        judged = {scheme: window for scheme, window in windows.items() if (scheme, width) in JUDGED}
        for scheme, window in judged.items():
            window.set_viewport_size({"width": width, "height": 800})
            window.evaluate(START, JUDGED[scheme, width])
        for scheme, window in judged.items():
            yield from (f"{url}, {scheme}, {width} px: {line}" for line in window.evaluate(COLLECT))


@pytest.mark.parametrize("name", ["index", "policy"])
def test_lighthouse_finds_nothing_against_the_published_site(name: str, published_site: Path) -> None:
    with serve(published_site) as address:
        report = lighthouse(f"{address}{name}.html", "accessibility", "best-practices")
    failed = [audit["title"] for audit in report["audits"].values() if audit.get("score") == 0]
    scores = {category: part["score"] for category, part in report["categories"].items()}
    assert scores["accessibility"] == 1, failed
    assert scores["best-practices"] >= 0.95, failed
