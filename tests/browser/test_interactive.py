"""What the script adds to the pages: it works over HTTP and from the folder, and everything is there without it."""

from __future__ import annotations

import json
import re
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from policywright.agency.decisions import answers_behind
from policywright.draft import draft_of
from policywright.model.draft import Draft, Provision
from policywright.pages.plain_words import plain_markdown
from tests.support.agency_files import CASES, bake, catalog
from tests.support.chromium import serve
from tests.support.in_process import run_here

pytestmark = [pytest.mark.slow, pytest.mark.browser]

DONE = "L-01"
"""The item of the checklist “launch” that is recorded as done."""
DUE = "2027-03-01"


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample town with one task done and one finding accepted."""
    agency = bake(tmp_path_factory.mktemp("interactive"))
    shutil.copytree(CASES / "town", agency, dirs_exist_ok=True)
    policy = (agency / "policy.yml").read_text("utf-8")
    (agency / "policy.yml").write_text(re.sub("review_due: .*", f"review_due: '{DUE}'", policy), encoding="utf-8")
    _record(agency, "checklists.yml", {"item": DONE, "date": "2027-01-15", "by": "the Town Clerk"})
    draft = draft_of(agency)
    warning = next(f for f in draft.findings if f.severity == "warning" and f.code in catalog().rules)
    decision = {"rule": warning.code, "decision": "accepted", "reason": "It is small.", "owner": "the Town Manager"}
    dates = {"date": "2027-01-15", "expires": "2027-12-31"}
    bound = {"fingerprint": answers_behind(catalog().rules[warning.code], draft.answers)}
    _record(agency, "decisions.yml", decision | dates | bound)
    done = run_here("mkdocs", "build", cwd=agency)
    assert done.returncode == 0, done.stderr
    return agency


def _record(agency: Path, name: str, row: dict[str, str]) -> None:
    (agency / name).write_text(json.dumps([row]), encoding="utf-8")


@pytest.fixture(scope="module")
def draft(agency: Path) -> Draft:
    return draft_of(agency)


@pytest.fixture(scope="module", params=["http", "file"])
def base(request: pytest.FixtureRequest, agency: Path) -> Iterator[str]:
    """The address of the site with a slash at the end."""
    with serve(agency / "site") as address:
        yield address if request.param == "http" else f"{(agency / 'site').as_uri()}/"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that remembers nothing yet and lets pages read what they copied."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"], reduced_motion="reduce")
    yield context.new_page()
    context.close()


def cards(page: Page) -> list[dict[str, str]]:
    """Return what the findings that are seen say about themselves."""
    found: list[dict[str, str]] = page.locator(".pw-card[data-severity]:visible").evaluate_all(
        "cards => cards.map(card => ({...card.dataset, id: card.id}))"
    )
    return found


def sections(page: Page) -> list[str]:
    found: list[str] = page.locator("article h2:visible").evaluate_all("heads => heads.map(head => head.id)")
    return found


def test_the_findings_are_filtered_by_severity_and_empty_sections_vanish(page: Page, base: str) -> None:
    page.goto(f"{base}findings.html")
    everything, heads = cards(page), sections(page)
    count = page.locator(".pw-filter__count")
    expect(count).to_have_text(f"{len(everything)} of {len(everything)} findings shown")
    boxes = page.locator(".pw-filter input[name=severity]")
    assert {box.input_value() for box in boxes.all()} == {card["severity"] for card in everything}
    assert {"blocker", "warning", "decided", "gap", "undecided"} <= set(heads)
    for box in boxes.all():
        box.uncheck()
        left = [card for card in everything if card["severity"] != box.input_value()]
        assert cards(page) == left
        assert box.input_value() not in sections(page)
        expect(count).to_have_text(f"{len(left)} of {len(everything)} findings shown")
        box.check()
    assert (cards(page), sections(page)) == (everything, heads)
    for box in boxes.all():
        box.uncheck()
    assert (cards(page), sections(page)) == ([], ["gap", "undecided"])
    expect(page.get_by_text("A real risk. Fix it")).to_be_hidden()


@pytest.mark.parametrize("field", ["element", "office"])
def test_the_findings_of_each_element_and_of_each_office_can_be_singled_out(field: str, page: Page, base: str) -> None:
    page.goto(f"{base}findings.html")
    everything = cards(page)
    choice = page.locator(f".pw-filter select[name={field}]")
    values = choice.locator("option").evaluate_all("options => options.map(option => option.value)")
    assert set(values) == {"", *(card[field] for card in everything)}
    assert len(values) > 3
    for value in values:
        choice.select_option(value)
        wanted = [card for card in everything if value in ("", card[field])]
        assert cards(page) == wanted
        expect(page.locator(".pw-filter__count")).to_have_text(f"{len(wanted)} of {len(everything)} findings shown")


def on_policy_page(draft: Draft) -> list[Provision]:
    return [provision for provision in draft.policy.provisions if provision.page == "policy.md"]


def test_without_the_script_everything_is_there(browser: Browser, base: str, draft: Draft) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base}findings.html")
    assert len(cards(page)) == sum(finding.severity != "gap" for finding in draft.findings)
    expect(page.locator(".pw-filter")).to_be_hidden()
    page.goto(f"{base}policy.html")
    expect(page.locator(".pw-provision:visible")).to_have_count(len(on_policy_page(draft)))
    expect(page.locator(".pw-tools:visible, .pw-copy:visible")).to_have_count(0)
    reasons = page.locator("details.pw-why").first
    reasons.locator("summary").click()
    expect(reasons.get_by_text("Because").first).to_be_visible()
    page.goto(f"{base}checklists/launch.html")
    page.locator(".pw-tick:enabled").first.check()
    expect(page.locator(".pw-tools")).to_be_hidden()
    context.close()


def kept(page: Page) -> int:
    """Return how many things the browser keeps for the site."""
    number: int = page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('policywright:')).length")
    return number


def test_reasons_are_hidden_until_they_are_wanted_again(page: Page, base: str) -> None:
    page.goto(f"{base}policy.html")
    switch, every = (page.get_by_role("button", name=name) for name in ("Show reasons", "Open all reasons"))
    seen = page.locator("details.pw-why:visible, .pw-meta:visible")
    number = seen.count()
    assert number > 100
    switch.click()
    for _ in range(2):
        expect(switch).to_have_attribute("aria-pressed", "false")
        expect(every).to_be_disabled()
        expect(seen).to_have_count(0)
        page.reload()
    switch.click()
    assert not kept(page)
    for _ in range(2):
        expect(switch).to_have_attribute("aria-pressed", "true")
        expect(every).to_be_enabled()
        expect(seen).to_have_count(number)
        page.reload()


def test_all_reasons_open_and_close_at_once(page: Page, base: str, draft: Draft) -> None:
    page.goto(f"{base}policy.html")
    every = page.get_by_role("button", name="Open all reasons")
    for number, pressed in ((len(on_policy_page(draft)), "true"), (0, "false")):
        every.click()
        expect(every).to_have_attribute("aria-pressed", pressed)
        expect(page.locator("details.pw-why[open]")).to_have_count(number)


COPY_SOME = """async () => {
  const said = document.querySelector(".pw-said"), copied = [];
  for (const button of [...document.querySelectorAll(".pw-copy")].filter((_, n) => n % 15 === 0)) {
    said.textContent = "";
    button.click();
    while (!said.textContent) await new Promise(go => setTimeout(go, 1));
    copied.push([button.getAttribute("aria-label"), said.textContent, await navigator.clipboard.readText()]);
  }
  return copied;
}"""


def test_a_provision_is_copied_with_its_number_title_words_and_link(page: Page, base: str, draft: Draft) -> None:
    page.goto(f"{base}policy.html?h=words#roles")
    copied = page.evaluate(COPY_SOME)
    for provision, (label, said, text) in zip(on_policy_page(draft)[::15], copied, strict=True):
        name = f"{provision.number} {provision.clause.title}"
        first, *words, last = text.split("\n")
        assert (label, said, first) == (f"Copy {name} with its link", f"Copied {name}.", name)
        assert last == f"{base}policy.html?h=words#{provision.clause.anchor}"
        shown = plain_markdown("\n".join(words))
        wanted = plain_markdown(provision.text)
        assert shown.startswith(f"{wanted}Seealso:") if provision.existing_policies else shown == wanted, name


def test_a_provision_is_copied_where_the_browser_keeps_the_clipboard_from_pages(
    page: Page, base: str, draft: Draft
) -> None:
    """So it is on a site of plain HTTP, as in many internal networks."""
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto(f"{base}policy.html")
    provision = draft.policy.provisions[0]
    name = f"{provision.number} {provision.clause.title}"
    page.get_by_role("button", name=f"Copy {name} with its link", exact=True).click()
    expect(page.locator(".pw-said")).to_have_text(f"Copied {name}.")
    page.locator(".md-search__input").focus()
    page.keyboard.press("Control+V")
    expect(page.locator(".md-search__input")).to_have_value(
        re.compile(f"^{re.escape(name)} .*#{provision.clause.anchor}$")
    )


def done(page: Page) -> Locator:
    """Return the line of a checklist that says how much is done."""
    return page.locator(".pw-tools .pw-said")


def tick(page: Page, *items: str) -> None:
    for item in items:
        page.locator(f"[data-task='{item}'] .pw-tick").click()


def test_ticks_are_kept_in_the_browser_only_when_somebody_wants_it(page: Page, base: str) -> None:
    page.goto(f"{base}checklists/launch.html")
    total = page.locator(".pw-tick").count()
    items = [box.get_attribute("data-task") for box in page.locator(".pw-task-item:has(.pw-tick:enabled)").all()]
    first, second = (str(item) for item in items[:2])
    keep = page.get_by_label("Keep my ticks in this browser")
    expect(done(page)).to_have_text(f"1 of {total} done")
    tick(page, first, second)
    expect(done(page)).to_have_text(f"3 of {total} done")
    assert not kept(page)
    page.reload()
    expect(done(page)).to_have_text(f"1 of {total} done")
    expect(keep).not_to_be_checked()
    keep.check()
    tick(page, first, second)
    page.reload()
    expect(keep).to_be_checked()
    expect(done(page)).to_have_text(f"3 of {total} done")
    page.goto(f"{base}checklists/index.html")
    expect(keep).to_be_checked()
    expect(page.locator(".pw-tick:checked")).to_have_count(3)
    tick(page, second)
    page.goto(f"{base}checklists/launch.html")
    expect(done(page)).to_have_text(f"2 of {total} done")
    expect(page.locator(f"[data-task='{first}'] .pw-tick")).to_be_checked()
    keep.uncheck()
    assert not kept(page)
    page.reload()
    expect(done(page)).to_have_text(f"1 of {total} done")


@pytest.mark.parametrize("name", ["launch", "index"])
def test_what_is_recorded_as_done_stands_ticked_for_everybody(name: str, page: Page, base: str) -> None:
    page.goto(f"{base}checklists/{name}.html")
    recorded = page.locator(".pw-task-item:has(.pw-tick:disabled)")
    expect(recorded).to_have_count(1)
    expect(recorded).to_have_attribute("data-task", DONE)
    expect(recorded.locator(".pw-tick")).to_be_checked()
    expect(recorded).to_contain_text("15 January 2027, by the Town Clerk" if name == "launch" else "done")


def test_a_checklist_is_copied_as_markdown(page: Page, base: str) -> None:
    page.goto(f"{base}checklists/launch.html")
    items = page.locator(".pw-task-item").evaluate_all(
        "items => items.map(item => [item.dataset.task, item.querySelector('strong').innerText])"
    )
    ticked = items[3][0]
    tick(page, ticked)
    page.get_by_role("button", name="Copy as Markdown").click()
    expect(done(page)).to_have_text(f"{len(items)} items copied.")
    head, blank, *lines = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert (head, blank) == (f"## {catalog().checklists['launch'].title}", "")
    marks = {DONE: "x", ticked: "x"}
    assert lines == [f"- [{marks.get(item, ' ')}] {words} {item}" for item, words in items]


def test_two_sites_of_one_server_do_not_share_ticks(page: Page, agency: Path, tmp_path: Path) -> None:
    for name in ("town", "county"):
        shutil.copytree(agency / "site", tmp_path / "policies" / name)
    with serve(tmp_path) as address:
        counts = []
        for name in ("town", "county", "town"):
            page.goto(f"{address}policies/{name}/checklists/launch.html")
            counts.append(page.locator(".pw-tick:checked").count())
            if name == "town" and len(counts) == 1:
                page.get_by_label("Keep my ticks in this browser").check()
                page.locator(".pw-tick:enabled").first.check()
    assert counts == [1, 1, 2]


@pytest.mark.parametrize(
    ("now", "late"),
    [("2020-01-01T00:00:00Z", False), ("2027-03-01T10:30:00Z", False), ("2027-03-01T11:30:00Z", True)],
    ids=["years before", "on the day", "the day after, where the reader is"],
)
def test_a_review_is_late_from_the_day_after_it_was_due(now: str, *, late: bool, browser: Browser, base: str) -> None:
    """It is due on 1 March 2027; where the reader is, that day ends at 11:00 of universal time."""
    context = browser.new_context(timezone_id="Pacific/Auckland")
    page = context.new_page()
    page.clock.set_fixed_time(now)
    page.goto(f"{base}index.html")
    expect(page.locator(".pw-due")).to_be_visible(visible=late)
    expect(page.locator(".pw-due")).to_have_text("The review of this policy was due on 1 March 2027.")
    context.close()


def test_paper_shows_the_text_and_no_tools(page: Page, base: str) -> None:
    page.goto(f"{base}policy.html")
    page.emulate_media(media="print")
    for hidden in (".pw-tools", ".pw-copy", "details", "header", "footer", ".md-sidebar", ".headerlink"):
        expect(page.locator(f"{hidden}:visible")).to_have_count(0)
    expect(page.locator(".pw-provision").first).to_be_visible()
    page.goto(f"{base}findings.html")
    expect(page.locator(".pw-filter")).to_be_hidden()


def test_every_printed_page_has_the_running_head_and_its_number(page: Page, agency: Path, draft: Draft) -> None:
    document = draft.document
    head = f"{document.agency_name} · {document.title} · version {document.version} · {document.status}"
    page.goto(f"{(agency / 'site').as_uri()}/policy.html")
    pdf = page.pdf(prefer_css_page_size=True)
    total = len(re.findall(rb"/Type /Page\b", pdf))
    text = "\n".join(printed(pdf))
    assert total > 10
    missing = [number for number in range(1, total + 1) if f"{head}{number} / {total}" not in text]
    assert not missing
    assert "must" in text
    assert "Why this is here" not in text


def printed(pdf: bytes) -> Iterator[str]:
    """Yield the words of each stream of a PDF, read with the letters of each of its fonts."""
    packed = re.findall(rb"/FlateDecode[^>]*>>\s*stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    streams = [zlib.decompressobj().decompress(stream).decode("latin-1") for stream in packed]
    drawn = [re.findall(r"<([0-9A-F]+)> Tj", stream) for stream in streams]
    for fonts in [letters(stream) for stream in streams if "begincmap" in stream]:
        for strings in drawn:
            yield "".join(fonts.get(code, "") for string in strings for code in re.findall("....", string))


def letters(table: str) -> dict[str, str]:
    """Read a font's table: code -> letter."""
    single = [(code, code, letter) for code, letter in re.findall(r"^<(\w{4})> <(\w+)>$", table, re.MULTILINE)]
    found: dict[str, str] = {}
    for first, last, letter in [*single, *re.findall(r"^<(\w{4})> <(\w{4})> <(\w+)>$", table, re.MULTILINE)]:
        for step in range(int(last, 16) - int(first, 16) + 1):
            found[f"{int(first, 16) + step:04X}"] = chr(int(letter[:4], 16) + step)
    return found


def test_single_letters_lead_nowhere(page: Page, base: str) -> None:
    page.goto(f"{base}policy.html")
    for key in "pnfs,./":
        page.keyboard.press(key)
        expect(page.locator("body")).to_be_focused()
    page.wait_for_timeout(200)
    assert page.url == f"{base}policy.html"
    page.locator(".md-search__input").click()
    page.keyboard.type("pnfs,./")
    expect(page.locator(".md-search__input")).to_have_value("pnfs,./")


@pytest.mark.parametrize(
    ("words", "leads"),
    [
        ("number of CNT-3-rights", "policy.html#cnt-3-rights"),
        ("fakes", "policy.html#cnt-4-likeness"),
        ("neighboring agency proposes a joint account", "scenarios.html#joint-account-proposed"),
    ],
)
def test_search_leads_to_a_provision_by_its_number_and_by_its_words(
    words: str, leads: str, page: Page, base: str, draft: Draft
) -> None:
    numbers = {f"number of {provision.clause.id}": provision.number for provision in draft.policy.provisions}
    page.goto(f"{base}index.html")
    page.locator(".md-search__input").click()
    page.keyboard.type(numbers.get(words, words), delay=5)
    uri, _, anchor = leads.partition("#")
    found: Any = page.locator(".md-search-result__item").first
    found.locator(f"a[href*='{uri}?provision={anchor}']").click()
    page.wait_for_url(f"{base}{uri}?*#{anchor}")
    expect(page.locator(f"[id='{anchor}']")).to_be_in_viewport()
