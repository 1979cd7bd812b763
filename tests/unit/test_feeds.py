"""The files for programs: the calendar, the feed of releases, and the JSON files."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from icalendar import Calendar

from policywright.model.draft import Draft
from policywright.pages.book import make_book, render_book
from policywright.pages.feeds import CALENDAR, FEED, PAGES, POLICY, address, calendar, feed, pages_file, summary
from tests.support.agency_files import TOWN_ANSWERS, bake, draft_with
from tests.support.in_process import run_here
from tests.support.released import draft_in, release

DATES = {"adopted": "2027-02-28", "in_force": "2027-03-01", "review_due": "2028-02-29"}
ATOM = "{http://www.w3.org/2005/Atom}"
DECISION = {"rule": "SEC-01", "decision": "accepted", "reason": "Old phones", "owner": "Clerk", "date": "2027-03-01"}


def events(draft: Draft, *, working: bool = True) -> dict[str, str]:
    """Read a calendar as a calendar program does: summary -> day."""
    text = calendar(draft, working=working)
    found = Calendar.from_ical(text).walk("VEVENT") if text else []
    return {str(event["summary"]): event.decoded("dtstart").isoformat() for event in found}


def uids(draft: Draft) -> list[str]:
    return [str(event["uid"]) for event in Calendar.from_ical(calendar(draft, working=True)).walk("VEVENT")]


def test_the_calendar_holds_the_days_of_the_policy(tmp_path: Path) -> None:
    draft = draft_with(tmp_path, TOWN_ANSWERS, {"dates": DATES, "title": "Rules; for all,\tnews \\ posts"})
    assert events(draft) == {
        "Rules; for all, news \\ posts: Policy adopted": "2027-02-28",
        "Rules; for all, news \\ posts: Policy in force": "2027-03-01",
        "Rules; for all, news \\ posts: Review of the policy": "2028-02-29",
    }
    text = calendar(draft, working=True)
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    assert text == calendar(draft, working=True)


def test_an_event_keeps_its_name_when_its_day_changes_and_no_two_share_one(tmp_path: Path) -> None:
    one = release(tmp_path, "1.0", "2027-03-01", dates=DATES)
    two = release(tmp_path, "1.1", "2027-04-01", dates=DATES | {"review_due": "2029-01-01"})
    assert set(uids(one)) < set(uids(two))
    assert len(uids(two)) == len(set(uids(two))) == 5


def test_last_days_of_decisions_stand_in_the_working_calendar_only(tmp_path: Path) -> None:
    draft_with(tmp_path, TOWN_ANSWERS | {"security.mfa": "none"}, {"dates": DATES})
    rows = [DECISION | {"expires": "2027-09-30", "fingerprint": "0123456789abcdef"}]
    (tmp_path / "decisions.yml").write_text(json.dumps(rows), encoding="utf-8")
    (tmp_path / "sign-offs.yml").write_text("[]\n", encoding="utf-8")
    draft = draft_in(tmp_path)
    fingerprinted = [replace(f, decision=replace(f.decision, state="valid")) for f in draft.findings if f.decision]
    draft = replace(draft, findings=tuple(fingerprinted))
    title = "Social media policy: Last day of the decision on SEC-01"
    assert events(draft)[title] == "2027-09-30"
    assert title not in events(draft, working=False)
    assert len(events(draft, working=False)) == 3


def test_laws_that_apply_and_come_into_force_after_the_policy_stand_in_the_calendar(tmp_path: Path) -> None:
    draft = draft_with(tmp_path, TOWN_ANSWERS, {"dates": DATES})
    sources = dict(draft.catalog.sources)
    here = [key for key, source in sources.items() if source.when is None][:2]
    abroad = next(key for key in draft.catalog.sources if key not in here and not_for_towns(draft, key))
    later = {here[0]: "2027-09-01", here[1]: "2026-09-01", abroad: "2027-09-01"}
    sources |= {key: replace(sources[key], in_force_from=day) for key, day in later.items()}
    found = events(replace(draft, catalog=replace(draft.catalog, sources=sources)), working=False)
    laws = {title: day for title, day in found.items() if title.endswith("comes into force")}
    assert laws == {f"Social media policy: {sources[here[0]].title} comes into force": "2027-09-01"}


def not_for_towns(draft: Draft, key: str) -> bool:
    used = {name for provision in draft.policy.provisions for name in provision.sources}
    return key not in used and "uk" in str(draft.catalog.sources[key].when)


def test_a_policy_without_days_and_releases_has_neither_calendar_nor_feed(tmp_path: Path) -> None:
    files = make_book(draft_with(tmp_path, TOWN_ANSWERS)).files
    assert {CALENDAR, FEED, POLICY} & set(files) == {POLICY}


@pytest.mark.parametrize("page", ["changes.html", "changes/"])
def test_the_feed_names_every_release_the_newest_first_and_leads_to_its_changes(tmp_path: Path, page: str) -> None:
    release(tmp_path, "1.0", "2027-03-01", {"comments.enabled": "all_posts"})
    draft = release(tmp_path, "1.1", "2027-05-31", {"comments.enabled": "some_posts"})
    book = render_book(draft, "published", folders=page.endswith("/"))
    root = ElementTree.fromstring(book.files[FEED])
    assert root.findtext(f"{ATOM}title") == "Town of Exampleton: Social media policy"
    assert root.findtext(f"{ATOM}updated") == "2027-05-31T00:00:00Z"
    entries = root.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [
        "Social media policy, version 1.1",
        "Social media policy, version 1.0",
    ]
    assert entries[1].findtext(f"{ATOM}summary") == "The first release."
    assert re.fullmatch(r"\d+ .*", entries[0].findtext(f"{ATOM}summary") or "")
    ids = [element.text or "" for element in root.iter(f"{ATOM}id")]
    assert len(set(ids)) == 3
    assert all(name.startswith("urn:uuid:") for name in ids)
    for entry in entries:
        link = entry.find(f"{ATOM}link")
        assert link is not None
        where, _, anchor = (link.get("href") or "").partition("#")
        assert where == page
        assert f"{{: #{anchor} }}" in book.pages["changes.md"].text


def test_the_policy_as_data_holds_every_provision_and_leads_to_it(tmp_path: Path) -> None:
    draft = release(tmp_path, "1.0", "2027-03-01", dates=DATES)
    book = render_book(draft, "published")
    data = json.loads(book.files[POLICY])
    assert data["document"]["agency"] == "Town of Exampleton"
    assert data["document"]["dates"] == DATES
    assert (data["released"], data["fingerprint"]) == (True, draft.releases[-1].fingerprint)
    rows = {row["id"]: row for row in data["provisions"]}
    assert len(rows) == len(draft.policy.provisions) + sum(len(text.provisions) for text in draft.policy.texts)
    for provision in draft.policy.provisions:
        row = rows[provision.clause.id]
        assert (row["number"], row["code"], row["text"]) == (provision.number, provision.clause.code, provision.text)
        assert [source["key"] for source in row["sources"]] == list(provision.sources)
        page, _, anchor = row["url"].partition("#")
        assert page == provision.page.replace(".md", ".html")
        assert f"#{anchor} " in book.pages[provision.page].text
    assert {provision.page for provision in draft.policy.provisions} == {"policy.md", "procedures.md"}


ADDRESSES = {
    "index.md": ("index.html", "./"),
    "policy.md": ("policy.html", "policy/"),
    "guidance/index.md": ("guidance/index.html", "guidance/"),
    "guidance/goals.md": ("guidance/goals.html", "guidance/goals/"),
    "own/README.md": ("own/index.html", "own/"),
}


@pytest.mark.parametrize("uri", ADDRESSES)
def test_an_address_is_where_the_host_puts_the_page(uri: str) -> None:
    assert (address(uri, folders=False), address(uri, folders=True)) == ADDRESSES[uri]


SUMMARIES = {
    "The first prose counts, without its marks.": (
        "---\ntitle: X\n---\n\n# X\n\n<p>\n\n- x\n\nSee [the **rules**](a.md) in _full_\nand `here`. {: .lead }\n\nB",
        "See the rules in full and here.",
    ),
    "A comment is no prose, even one of several paragraphs.": ("# X\n\n<!-- one\n\ntwo -->\n\nThree.\n", "Three."),
    "A comment that does not end hides the rest.": ("# X\n\n<!-- one\n\ntwo\n", ""),
    "A page without prose has no summary.": ("# X\n\n| a | b |\n| --- | --- |\n", ""),
    "A long one is cut between words.": (f"# X\n\n{'word ' * 99}\n", f"{'word ' * 39}word …"),
}


@pytest.mark.parametrize("name", SUMMARIES)
def test_a_page_is_summarized_by_its_first_words(name: str) -> None:
    text, expected = SUMMARIES[name]
    assert summary(text) == expected


def test_the_list_of_pages_names_those_that_are_asked_for(tmp_path: Path) -> None:
    book = render_book(
        draft_with(tmp_path, TOWN_ANSWERS), "published", {"own.md": "# Our *own* page {: #top }\n\nWelcome.\n"}
    )
    rows = json.loads(pages_file(book.pages, ["own.md", "policy.md", "gone.md"], folders=False)[PAGES])["pages"]
    assert rows[0] == {"uri": "own.md", "url": "own.html", "title": "Our own page", "summary": "Welcome."}
    assert [row["uri"] for row in rows] == ["own.md", "policy.md"]
    assert all(row["title"] for row in json.loads(pages_file(book.pages, book.pages, folders=False)[PAGES])["pages"])


@pytest.mark.slow
def test_a_build_writes_the_files_and_lists_exactly_the_pages_that_it_made(tmp_path: Path) -> None:
    agency = bake(tmp_path / "scaffold")
    release(agency, "1.0", "2027-03-01", dates=DATES)
    done = run_here("mkdocs", "build", cwd=agency)
    site = agency / "site"
    assert done.returncode == 0, done.stderr
    for name in (CALENDAR, FEED, POLICY, PAGES):
        assert (site / name).is_file()
    listed = {row["url"] for row in json.loads((site / PAGES).read_text("utf-8"))["pages"]}
    assert listed == {path.relative_to(site).as_posix() for path in site.rglob("*.html")} - {"404.html"}
    data: dict[str, Any] = json.loads((site / POLICY).read_text("utf-8"))
    leads = [row["url"].partition("#") for row in data["provisions"] if row["number"]]
    texts = {page: (site / page).read_text("utf-8") for page, *_ in leads}
    assert set(texts) == {"policy.html", "procedures.html"}
    assert all(f'id="{anchor}"' in texts[page] for page, _, anchor in leads)


def test_render_writes_the_same_files_for_any_host(tmp_path: Path) -> None:
    draft = release(tmp_path / "agency", "1.0", "2027-03-01", dates=DATES)
    done = run_here("policywright", "render", tmp_path / "agency", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    docs = tmp_path / "out" / "docs"
    files = make_book(draft).files
    assert all((docs / name).read_bytes() == files[name] for name in (CALENDAR, FEED, POLICY))
    assert len(json.loads((docs / PAGES).read_bytes())["pages"]) == len(list(docs.rglob("*.md")))


@pytest.mark.parametrize("sign", ["\x00", "\x0b", "\x1f", "\ufffe", "\uffff", "\ud800"])
def test_a_sign_that_xml_forbids_does_not_break_the_feed(sign: str, tmp_path: Path) -> None:
    draft = release(tmp_path, "1.0", "2027-03-01")
    document = replace(draft.document, title=f"Rules{sign} & more", agency_name=f"{sign}Town")
    root = ElementTree.fromstring(feed(replace(draft, document=document), folders=True))
    assert root.findtext(f"{ATOM}title") == "\ufffdTown: Rules\ufffd & more"


@pytest.mark.parametrize("sign", ["\x00", "\x0b", "\x7f", "\ud800"])
def test_a_control_sign_does_not_break_the_calendar(sign: str, tmp_path: Path) -> None:
    draft = draft_with(tmp_path, TOWN_ANSWERS, {"dates": DATES})
    found = calendar(replace(draft, document=replace(draft.document, title=f"Rules{sign}")), working=True)
    assert sign.encode("utf-8", "surrogatepass") not in found
    assert "Rules\ufffd: Policy adopted" in found.decode().replace("\r\n ", "")
