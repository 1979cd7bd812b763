"""Everything can be done with the keyboard alone, and the focus is seen wherever it goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.chromium import serve

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MANY = 600
"""More presses of Tab than any page needs."""

PATIENCE = 8
"""How often a stop that is covered is looked at again."""

FOCUSED = """() => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return null;
  const box = element => element.getBoundingClientRect();
  const shown = element => element && box(element).width > 2 && getComputedStyle(element).opacity !== "0";
  const beside = focused.matches("input") && focused.nextElementSibling;
  const mark = [focused, beside, ...(focused.labels || [])].find(shown) || focused;
  const style = getComputedStyle(mark), at = box(mark);
  const left = Math.max(at.left, 0), right = Math.min(at.right, innerWidth);
  const top = Math.max(at.top, 0), bottom = Math.min(at.bottom, innerHeight);
  const found = (x, y) => document.elementFromPoint(left + x * (right - left), top + y * (bottom - top));
  const hits = [[.5, .5], [.1, .1], [.9, .1], [.1, .9], [.9, .9]].map(point => found(...point));
  const open = hits.some(hit => hit && (mark.contains(hit) || hit.contains(mark)));
  const labels = [...(focused.labels || [])].map(label => label.innerText);
  const picture = focused.querySelector("[alt]");
  return {
    what: focused.outerHTML.replace(/\\s+/g, " ").slice(0, 120),
    name: [focused.ariaLabel, focused.innerText, ...labels, focused.title, picture && picture.alt].join(" ").trim(),
    marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none",
    seen: Boolean(shown(mark) && open && right > left && bottom > top),
  };
}"""


@pytest.fixture(scope="module")
def address(working_site: Path) -> Iterator[str]:
    with serve(working_site) as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    yield opened
    opened.close()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on such an element."""
    for _ in range(MANY):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"The Tab key never reaches {selector} on {page.url}")


def follow(page: Page, selector: str) -> None:
    """Press Tab until the focus is on such a link, and go where it leads."""
    tab_to(page, selector)
    expect(page.locator(":focus")).to_be_in_viewport()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def skip_to_content(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to content")
    page.keyboard.press("Enter")


@pytest.mark.parametrize(
    ("name", "width"),
    [("index", 1280), ("index", 320), ("findings", 1280), ("checklists/launch", 320), ("guidance/comments", 320)],
)
def test_the_focus_is_seen_and_named_wherever_it_goes(name: str, width: int, address: str, page: Page) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{address}{name}.html")
    stops = list(walk(page))
    assert len(stops) > 2
    wrong = [stop for stop in stops if not (stop["marked"] and stop["seen"] and stop["name"])]
    assert not wrong, "\n".join(str(stop) for stop in wrong)


def walk(page: Page) -> Iterator[dict[str, Any]]:
    """Press Tab through the whole page; yield what is focused at each stop."""
    for _ in range(MANY):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None:
            return
        for _ in range(PATIENCE):
            if not stop["seen"]:
                page.wait_for_timeout(400)  # the search slides in, the hint of the link before fades
                stop = page.evaluate(FOCUSED)
        yield stop
    raise AssertionError(f"The Tab key never leaves {page.url}")


def test_a_reader_goes_from_the_first_page_to_a_provision_and_its_reasons(published_site: Path, page: Page) -> None:
    page.goto(f"{published_site.as_uri()}/index.html")
    for link in ("article a[href^='readers/']", "article a[href*='policy.html']"):
        skip_to_content(page)
        follow(page, link)
    assert "/policy.html" in page.url
    tab_to(page, "details.pw-why > summary")
    page.keyboard.press("Enter")
    reasons = page.locator("details.pw-why[open]")
    expect(reasons.get_by_text("Rests on")).to_be_visible()
    tab_to(page, "article h3 a.headerlink, article h3 + a.headerlink")
    page.keyboard.press("Enter")
    expect(page.locator(f"[id='{page.url.partition('#')[2]}']")).to_be_in_viewport()


@pytest.mark.parametrize("key", ["n", "p", ".", ",", "f", "s", "/"])
def test_a_single_letter_does_nothing(key: str, address: str, page: Page) -> None:
    """Who speaks to the computer, or presses a key by accident, is not sent elsewhere."""
    page.goto(f"{address}policy.html")
    page.keyboard.press(key)
    page.wait_for_timeout(200)
    assert page.url == f"{address}policy.html"
    assert page.evaluate("document.activeElement === document.body")


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_the_menu_of_a_narrow_window_opens_and_leads_to_a_page(key: str, address: str, page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"{address}index.html")
    tab_to(page, "label[for='__drawer']")
    page.keyboard.press(key)
    follow(page, ".md-nav a[href='findings.html']")
    assert "/findings.html" in page.url


def test_the_findings_can_be_filtered(address: str, page: Page) -> None:
    page.goto(f"{address}findings.html")
    cards = page.locator(".pw-card[data-severity]:visible")
    everything = cards.count()
    assert everything
    skip_to_content(page)
    tab_to(page, ".pw-filter input[name='severity'][value='warning']")
    page.keyboard.press("Space")
    expect(page.locator(".pw-card[data-severity='warning']:visible")).to_have_count(0)
    expect(page.locator(".pw-filter__count")).to_contain_text(f"{cards.count()} of {everything}")
    page.keyboard.press("Space")
    expect(cards).to_have_count(everything)
    tab_to(page, ".pw-filter select[name='element']")
    page.keyboard.press("ArrowDown")
    chosen = page.locator(".pw-filter select[name='element']").input_value()
    assert chosen
    expect(page.locator(f".pw-card[data-severity]:not([data-element='{chosen}']):visible")).to_have_count(0)
    expect(page.locator(".pw-filter__count")).to_contain_text(f"{cards.count()} of {everything}")


def test_a_task_is_ticked_and_kept_only_when_asked(address: str, page: Page) -> None:
    page.goto(f"{address}checklists/launch.html")
    skip_to_content(page)
    tab_to(page, "input.pw-tick")
    page.keyboard.press("Space")
    expect(page.locator("input.pw-tick:checked:enabled")).to_have_count(1)
    page.reload()
    expect(page.locator("input.pw-tick:checked:enabled")).to_have_count(0)
    skip_to_content(page)
    tab_to(page, "input[data-tool='keep']")
    page.keyboard.press("Space")
    page.locator("input.pw-tick:enabled").first.focus()
    page.keyboard.press("Space")
    page.reload()
    expect(page.locator("input.pw-tick:checked:enabled")).to_have_count(1)
