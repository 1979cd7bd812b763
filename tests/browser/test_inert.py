"""Nothing that an agency writes runs: payloads in every field and every file name, in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.support.agency_files import bake, catalog, empty, kinds, settled_answers, write_agency
from tests.support.chromium import NO_SEARCH, search_for, serve
from tests.support.in_process import run_here
from tests.support.released import draft_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DAY, LATER = "2026-11-02", "2099-11-02"
TEMPLATES = (
    "{0} <img src=x data-live={0} onerror=\"alert('{0}')\">",
    "{0} &lt;img src=x data-live={0} onerror=alert(1)&gt;",
    '{0}"><svg data-live={0} onload=alert(1)></svg>',
    "{0} [words](javascript:alert(1)){{: data-live={0} onmouseover=alert(1) }}",
    "{0}</title></script><script data-live={0}>alert(1)</script>",
    "{0}' data-live={0} onmouseover='alert(1)' \" data-live={0} autofocus onfocus=\"alert(1)",
)
"""HTML, HTML that is decoded twice, the end of an attribute, Markdown, the end of an element, more attributes."""


class Payloads:
    """Makes payloads, each with the place where it was planted."""

    def __init__(self) -> None:
        self.places: list[str] = []

    def words(self, place: str) -> str:
        """Return one text with every form of payload."""
        self.places.append(place)
        key = f"p{len(self.places)}"
        return " ".join(template.format(key) for template in TEMPLATES)

    def file_name(self, place: str, template: str) -> str:
        """Return a payload that may be the name of a file."""
        self.places.append(place)
        return template.format(f"p{len(self.places)}").replace("/", "")


def answered(payloads: Payloads) -> dict[str, Any]:
    """Answer every question of free words, and fill every column of free words, with payloads."""
    answers: dict[str, Any] = dict(settled_answers())
    for name, question in catalog().questions.items():
        if question.type in ("text", "list"):
            words = payloads.words(name)
            answers[name] = [words] if question.type == "list" else words
        elif question.register and name in answers:
            free = [key for key, column in question.columns.items() if column.type == "text"]
            short = {key.rsplit(".", 1)[-1]: payloads.words(key) for key in free}
            answers[name] = [row | short for row in answers[name]]
    return answers


def policy(payloads: Payloads) -> dict[str, Any]:
    fields = ("title", "version", "owner")
    return {
        "agency": {key: payloads.words(f"agency.{key}") for key in ("name", "short_name")},
        "preset": "two_way",
        "base": "../department",
        "drafted_by": [payloads.words("drafted_by")],
        "edit": 'https://git.example/"onmouseover="alert(1)"data-live="edit"/{file}',
        "offices": {role: payloads.words(f"offices.{role}") for role in catalog().roles},
        **{field: payloads.words(field) for field in fields},
    }


FEATURE = "    - search.highlight\n"
CLAUSE = "---\ncode: {code}\ntitle: {title}\nlevel: must\nsources: []\nstaff: Ask `{code}`.\n---\n{body}\n"


def plant(agency: Path, payloads: Payloads) -> None:
    """Write pages, clauses and records that are full of payloads."""
    for name, code in ((agency, "CIT-2"), (agency.parent / "department", "CIT-1")):
        clause = name / "overrides" / "clauses" / f"{code}-own.md"
        clause.parent.mkdir(parents=True)
        title = json.dumps(payloads.words(f"title of {code}"))
        clause.write_text(CLAUSE.format(code=code, title=title, body="We decide."), "utf-8")
    docs = agency / "docs"
    for template in TEMPLATES:
        (docs / f"{payloads.file_name('page', template)}.md").write_text("Words without a heading.\n", "utf-8")
        folder = docs / payloads.file_name("folder", template)
        folder.mkdir()
        (folder / "within.md").write_text("More words without a heading.\n", "utf-8")
        (folder / f"{payloads.file_name('file', template)}.txt").write_text("", "utf-8")
    (docs / "titled.md").write_text(f"---\ntitle: {json.dumps(payloads.words('title'))}\n---\n\nWords.\n", "utf-8")
    (docs / "headed.md").write_text("# Heading `<img src=x data-live=heading onerror=alert(1)>`\n\nWords.\n", "utf-8")


def plant_records(agency: Path, payloads: Payloads) -> None:
    """Write what the working site shows: records, mistakes, and answers that found no place."""
    rows: dict[str, list[dict[str, Any]]] = {
        "checklists.yml": [
            {"item": item, "date": DAY, "by": payloads.words("by"), "note": payloads.words("note")}
            for item in list(catalog().items)[:3]
        ],
        "decisions.yml": [
            {"rule": finding.code, "decision": "accepted", "date": DAY, "expires": LATER, "fingerprint": "abc"}
            | {key: payloads.words(key) for key in ("reason", "owner")}
            for finding in draft_in(agency).findings
            if finding.code in catalog().rules
        ],
        "sign-offs.yml": [
            {"role": role, "by": payloads.words("signed by"), "date": DAY, "elements": [next(iter(catalog().elements))]}
            | {"provisions": {payloads.words("provision"): "abc"}, "note": payloads.words("note of a sign-off")}
            for role in catalog().roles
        ],
        "open-points.yml": [
            {"provision": name, "date": DAY} | {key: payloads.words(key) for key in ("proposed", "comment", "by")}
            for name in list(catalog().clauses)[:2]
        ],
        "reviews.yml": [
            {"date": DAY, "cause": next(iter(catalog().triggers)), "note": payloads.words("note of a review")}
        ],
    }
    lock = {"allow": ["all_posts"]} | {key: payloads.words(f"{key} of a lock") for key in ("authority", "reason")}
    (agency / "locks.yml").write_text(json.dumps({"comments.enabled": lock}), "utf-8")
    for name, given in rows.items():
        (agency / name).write_text(json.dumps(given), "utf-8")
    with (agency / "answers" / "goals.yml").open("r+", encoding="utf-8") as file:
        answers = json.load(file) | {
            payloads.words("key"): payloads.words("value"),
            "primary": payloads.words("choice"),
        }
        file.seek(0)
        json.dump(answers, file)
    (agency / "answers" / f"{payloads.file_name('answer file', TEMPLATES[0])}.yml").write_text("", "utf-8")
    unmapped = [{key: payloads.words(f"unmapped {key}") for key in ("was", "reason", "value")}]
    (agency / "answers" / "_unmapped.yml").write_text(json.dumps(unmapped), "utf-8")
    head = "name,version,fingerprint,date\n"
    cell = payloads.words("acknowledged by").replace('"', '""')
    (agency / "acknowledgements.csv").write_text(f'{head}"{cell}","{cell}",abc,{DAY}\n', "utf-8")


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, tuple[Path, Payloads]]:
    """The published and the working site of an agency that is full of payloads."""
    payloads = Payloads()
    folder = tmp_path_factory.mktemp("inert")
    agency = bake(folder)
    empty(agency)
    settings = agency / "mkdocs.yml"
    text = settings.read_text("utf-8")
    assert text.count(FEATURE) == 1
    # The feature that shows titles as HTML; an agency may switch it on again.
    settings.write_text(text.replace(FEATURE, f"{FEATURE}    - content.tooltips\n"), "utf-8")
    write_agency(folder / "department", {}, {"agency": {"name": payloads.words("name of the base")}})
    write_agency(agency, answered(payloads), policy(payloads))
    plant(agency, payloads)
    done = run_here("mkdocs", "build", "--config-file", "mkdocs.publish.yml", "--strict", cwd=agency)
    assert done.returncode == 0, done.stderr
    plant_records(agency, payloads)
    done = run_here("mkdocs", "build", cwd=agency)
    assert done.returncode == 0, done.stderr
    return {name: (agency / name, payloads) for name in ("published", "site")}


@pytest.mark.parametrize("name", ["published", "site"])
def test_nothing_that_an_agency_writes_runs(
    name: str, sites: Mapping[str, tuple[Path, Payloads]], browser: Browser
) -> None:
    site, payloads = sites[name]
    events: list[str] = []
    with serve(site) as address:
        pages = [_watched(browser, address, events) for _ in range(TOGETHER)]
        for page in pages:
            page.add_init_script(NO_SEARCH)
        names = [page for page in kinds(site) if name == "site" or DIFFERENT.search(page)]
        for start in range(0, len(names), TOGETHER):
            events += _visited(pages, address, names[start : start + TOGETHER])
        searching = _watched(browser, address, events)
        for visited in _searches(searching, address):
            events += [f"{visited}: {one}" for one in live(searching)]
        for page in [*pages, searching]:
            page.close()
    assert len(payloads.places) > 80
    assert not events, "\n".join([*dict.fromkeys(events)][:40])


def _watched(browser: Browser, address: str, events: list[str]) -> Page:
    """Open a page that notes every dialog, every error and every request for something foreign."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.on("dialog", lambda dialog: events.append(f"dialog: {dialog.message}"))
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.on("pageerror", lambda error: events.append(f"error: {error}"))
    page.on("request", lambda request: None if request.url.startswith(address) else events.append(request.url))
    return page


def _visited(pages: list[Page], address: str, names: list[str]) -> Iterator[str]:
    """Open each name in a page alone, and hover over what has a title or is cut short; yield what lives."""
    opened = list(zip(names, pages, strict=False))
    for name, page in opened:
        page.goto(f"{address}{name.replace('%', '%25').replace('?', '%3F').replace('#', '%23')}", wait_until="load")
        yield from (f"{name}: {one}" for one in live(page))
        page.evaluate(TOUCH)
    pages[0].wait_for_timeout(400)
    for name, page in opened:
        for one in page.locator("[title]:visible, .md-ellipsis:visible").all()[:3]:
            one.hover(force=True)
        yield from (f"{name}, hovered: {one}" for one in live(page))


def _searches(page: Page, address: str) -> Iterator[str]:
    page.goto(f"{address}policy.html", wait_until="load")
    for words in ("data-live", "onerror alert", "words without"):
        search_for(page, words)
        yield f"search for {words}"
    page.locator(".md-search-result__link").first.click()
    page.wait_for_load_state("load")
    yield "the first result"


DIFFERENT = re.compile(r"^(index|policy|acknowledge|changes)\.html|[^\w./-]")
"""The published pages that have more or others than the working ones; those with odd names are the agency's."""

TOGETHER = 8
"""So many pages wait together for what the theme shows after a while."""

TOUCH = """() => {
  for (const one of document.querySelectorAll("[title], .md-ellipsis")) {
    for (const place of [one, one.closest("a")]) {
      if (!place) { continue; }
      for (const kind of ["mouseenter", "mouseover", "pointerenter", "focusin"]) {
        place.dispatchEvent(new MouseEvent(kind, {bubbles: kind !== "mouseenter"}));
      }
      place.focus();
    }
  }
}"""
"""Moves the mouse over every element whose title the theme may show."""


def live(page: Page) -> list[str]:
    """Return the elements that a payload made, and links that run a script."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("[data-live], a[href^='javascript:' i]")]
          .filter((one) => one.getAttribute("href") !== "javascript:void(0)")
          .map((one) => one.outerHTML.slice(0, 200) + " in " + one.parentElement.outerHTML.slice(0, 200))"""
    )
    return found
