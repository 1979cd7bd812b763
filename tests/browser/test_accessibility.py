"""Every kind of page is open to everybody: axe-core and Lighthouse find nothing, and no page scrolls sideways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page

from tests.support.agency_files import kinds
from tests.support.checkers import AXE, lighthouse
from tests.support.chromium import NO_SEARCH, serve

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.tools]

SITES = {
    "working_site": "index|policy|findings|existing|changes|risks|sign-|cover|first-|stakeholders|how-to|guidance/c",
    "calm_site": "index|findings|first-steps",
    "published_site": "(?!policy-(?!purpose))",
    "own_site": "index|tutorial|reference/(components|data)|how-to/index|project/questions",
    "portfolio_site": "",
}
"""The sites and their judged pages: of the working site those that the published one has not, or has with less on them;
of the site without findings those that would list findings; of the sections of the policy one; of this project's pages
those that are made of something else than words; of a portfolio every kind.
The forms are judged in tests/browser/test_answer.py, in use."""

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

EVERYTHING = {"runOnly": TAGS}
STRUCTURE = {"runOnly": TAGS, "rules": {"color-contrast": {"enabled": False}}}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
LAYOUT = {"runOnly": {"type": "rule", "values": ["target-size", "scrollable-region-focusable", "meta-viewport"]}}
JUDGED = {("light", 1280): EVERYTHING, ("dark", 1280): CONTRAST, ("light", 320): LAYOUT}
"""What is judged in which scheme and width: a scheme changes colors only, and a width the layout."""

PARTS = """() => [...new Set([...document.querySelectorAll("*")].map(
  part => [part.localName, part.getAttribute("role"), ...[...part.classList].sort()].join(" ")
))]"""
"""The kinds of parts of a page: its colors follow from them, and all of its layout but the width."""

START = """options => {
  const loaded = new Promise(go => document.readyState === "complete" ? go() : addEventListener("load", go));
  const frame = () => new Promise(requestAnimationFrame);
  const still = () => Promise.allSettled(document.getAnimations().map(animation => animation.finished));
  window.judged = loaded.then(frame).then(frame).then(still).then(() => {
    window.excess = document.scrollingElement.scrollWidth - innerWidth;
    for (const part of [...document.querySelectorAll("article details")].slice(0, 5)) part.open = true;
    return options && axe.run(document, {...options, resultTypes: ["violations"], preload: false});
  });
}"""
COLLECT = """async () => ((await window.judged)?.violations ?? []).flatMap(
  rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(" ")}`)
).concat(window.excess > 0 ? [`${window.excess} px wider than the window`] : [])"""


class Windows(NamedTuple):
    """An open page for each scheme, which are judged at the same time."""

    pages: dict[str, Page]
    seen: set[str]
    """The kinds of parts that were judged in every scheme and width."""


@pytest.fixture(scope="module")
def windows(browser: Browser) -> Iterator[Windows]:
    opened = {}
    for scheme in ("light", "dark"):
        opened[scheme] = browser.new_page(color_scheme=scheme, reduced_motion="reduce")
        opened[scheme].add_init_script(path=AXE)
        opened[scheme].add_init_script(NO_SEARCH)
    yield Windows(opened, set())
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
    light, dark = windows.pages["light"], windows.pages["dark"]
    _open(light, url)
    new = {*light.evaluate(PARTS)} - windows.seen
    if new:
        _open(dark, url)
        windows.seen.update(new)
    judged = JUDGED if new else {("light", 1280): STRUCTURE, ("light", 320): None}
    for width in (1280, 320):
        schemes = [scheme for scheme, wide in judged if wide == width]
        for scheme in schemes:
            windows.pages[scheme].set_viewport_size({"width": width, "height": 800})
            windows.pages[scheme].evaluate(START, judged[scheme, width])
        for scheme in schemes:
            lines = windows.pages[scheme].evaluate(COLLECT)
            yield from (f"{url}, {scheme}, {width} px: {line}" for line in lines)


def _open(page: Page, url: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(url, wait_until="domcontentloaded")


def test_lighthouse_finds_nothing_against_the_published_home(published_site: Path) -> None:
    with serve(published_site) as address:
        report = lighthouse(f"{address}index.html", "accessibility", "best-practices")
    failed = [audit["title"] for audit in report["audits"].values() if audit.get("score") == 0]
    scores = {category: part["score"] for category, part in report["categories"].items()}
    assert scores["accessibility"] == 1, failed
    assert scores["best-practices"] >= 0.95, failed
