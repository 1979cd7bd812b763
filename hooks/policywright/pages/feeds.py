"""Files for programs: a calendar, a feed of releases, the policy and the list of pages as JSON."""

from __future__ import annotations

import html
import json
import re
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from policywright.approval.redline import compare
from policywright.approval.releases import last_release, with_predecessors
from policywright.approval.reviews import dates, law_days, recorded
from policywright.approval.snapshot import freeze
from policywright.model.catalog import Source
from policywright.model.draft import Draft, Provision
from policywright.model.findings import capital
from policywright.model.fingerprints import fingerprint
from policywright.model.versions import Release
from policywright.pages.redline_text import counted
from policywright.pages.renderer import Page, without_head
from policywright.pages.status_data import PUBLIC_DAYS, STATUS, status_data
from policywright.pages.views.adoption import adoption_block
from policywright.pages.views.history import anchor
from policywright.pages.views.overview import every_provision

CALENDAR = "policy.ics"
FEED = "releases.atom"
POLICY = "api/policy.json"
PAGES = "api/pages.json"

FORM = 1
"""The format version of the JSON files; a new number means that programs may have to change."""


def make_files(draft: Draft, *, working: bool, folders: bool) -> dict[str, bytes]:
    """Return the files that describe a draft: uri -> content.

    `folders` says whether a page of the site is a folder (`policy/`) or a file (`policy.html`).
    """
    files = {
        CALENDAR: calendar(draft, working=working),
        FEED: feed(draft, folders=folders),
        POLICY: json_bytes(policy_data(draft, folders=folders)),
        STATUS: json_bytes(status_data(draft, working=working)),
    }
    return {uri: content for uri, content in files.items() if content}


def address(uri: str, *, folders: bool) -> str:
    """Return the address of a page from the root of the site."""
    folder, _, name = uri.removesuffix(".md").rpartition("/")
    start = f"{folder}/" if folder else ""
    if name in ("index", "README"):
        return (start or "./") if folders else f"{start}index.html"
    return f"{start}{name}/" if folders else f"{start}{name}.html"


def calendar(draft: Draft, *, working: bool) -> bytes:
    """Return the days of a policy as a calendar file, or nothing if there are none."""
    days = [due for due in (*dates(draft), *law_days(draft)) if working or due.kind in PUBLIC_DAYS]
    if not days:
        return b""
    document, times = draft.document, Counter[tuple[str, str]]()
    events = []
    for due in sorted(days, key=lambda due: (due.date, due.kind, due.title)):
        times[due.kind, due.title] += 1
        # Calendar programs update an event by its uid. The date is not part of it, so that a moved date moves the
        # event; the number distinguishes events with the same title.
        named = [document.agency_name, document.title, due.kind, due.title, times[due.kind, due.title]]
        words = (f"{document.title}: {due.title}", f"{document.agency_name}, {document.title}.")
        events.append(Event(named, due.date, *words, recorded(draft)))
    return calendar_of(f"{document.agency_name}: {document.title}", events)


@dataclass(frozen=True)
class Event:
    """A whole day in a calendar."""

    named: Sequence[object]
    """What distinguishes it from every other event, even if its day or its words change."""
    day: str
    """ISO date."""
    title: str
    description: str
    stamp: str
    """The ISO date on which it was recorded; empty if nobody knows, and then it is taken to be its day."""


def calendar_of(name: str, events: Iterable[Event]) -> bytes:
    """Return a calendar file with these events."""
    # icalendar is loaded here because it costs a tenth of a second, and many drafts have no dates.
    from icalendar import Calendar  # noqa: PLC0415 - a tenth of a second, and many a draft has no dates

    book = Calendar()
    book.add("prodid", "-//Policywright//EN")
    book.add("version", "2.0")
    book.add("x-wr-calname", _legal(name))
    for event in events:
        book.add_component(_component(event))
    return bytes(book.to_ical())


def _component(event: Event) -> Any:
    from icalendar import Event as Component  # noqa: PLC0415

    component = Component()
    component.add("uid", f"{fingerprint(event.named)}.policywright")
    # The standard requires a time stamp; the clock would make every build different.
    component.add("dtstamp", datetime.combine(date.fromisoformat(event.stamp or event.day), time(), UTC))
    component.add("dtstart", date.fromisoformat(event.day))
    component.add("summary", _legal(event.title))
    component.add("description", _legal(event.description))
    # So that a review does not show people as busy for a whole day.
    component.add("transp", "TRANSPARENT")
    return component


def feed(draft: Draft, *, folders: bool) -> bytes:
    """Return the releases as an Atom feed, the newest first, or nothing if there are none."""
    if not draft.releases:
        return b""
    document = draft.document
    entries = []
    for before, release in reversed(with_predecessors(draft)):
        ended = release.withdrawn
        said = counted(compare(before.frozen, release.frozen)) if before else "the first release"
        entries.append(
            Entry(
                [release.version, release.fingerprint],
                f"{document.title}, version {release.version}{' (withdrawn)' if ended else ''}",
                _changed(release),
                f"{address('changes.md', folders=folders)}#{anchor(release.version)}",
                f"{f'Withdrawn on {ended.date}. ' if ended else ''}{capital(said)}.",
            )
        )
    named = [document.agency_name, document.title]
    return feed_of(named, f"{document.agency_name}: {document.title}", document.agency_name, entries)


@dataclass(frozen=True)
class Entry:
    """An entry of a feed."""

    named: Sequence[str]
    """What distinguishes it from every other entry."""
    title: str
    updated: str
    """ISO date."""
    address: str
    summary: str


def feed_of(named: Sequence[str], title: str, author: str, entries: Sequence[Entry]) -> bytes:
    """Return an Atom feed; `named` is what distinguishes it from every other feed."""
    root = ElementTree.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom"})
    # Feeds need an id that never changes; an address would change with the server.
    _tell(root, "id", _urn(named))
    _tell(root, "title", title)
    _tell(root, "updated", f"{max(entry.updated for entry in entries)}T00:00:00Z")
    _tell(ElementTree.SubElement(root, "author"), "name", author)
    for entry in entries:
        element = ElementTree.SubElement(root, "entry")
        _tell(element, "id", _urn(entry.named))
        _tell(element, "title", entry.title)
        _tell(element, "updated", f"{entry.updated}T00:00:00Z")
        ElementTree.SubElement(element, "link", {"href": entry.address})
        _tell(element, "summary", entry.summary)
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return text + b"\n"


def _changed(release: Release) -> str:
    """Return the day on which what a feed says about a release changed last."""
    return release.withdrawn.date if release.withdrawn else release.date


def _tell(parent: ElementTree.Element, tag: str, words: str) -> None:
    ElementTree.SubElement(parent, tag).text = _legal(words)


def _legal(words: str) -> str:
    """Return words with a replacement character for each sign that XML or a calendar forbids."""
    return _FORBIDDEN.sub("\ufffd", words)


_FORBIDDEN = re.compile(r"[^\t\n\x20-\x7e\x80-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _urn(parts: Sequence[str]) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, fingerprint(parts)).urn


def policy_data(draft: Draft, *, folders: bool) -> dict[str, Any]:
    """Return the policy as plain data; addresses begin at the root of the site, texts are Markdown."""
    document, frozen, last = draft.document, freeze(draft), last_release(draft)
    return {
        "form": FORM,
        "document": {
            "agency": document.agency_name,
            "short_name": document.short_name,
            "title": document.title,
            "version": document.version,
            "status": document.status,
            "owner": document.owner,
            "dates": dict(document.dates),
        },
        "adoption": _adoption(draft),
        "fingerprint": frozen.fingerprint,
        "released": bool(last and last.fingerprint == frozen.fingerprint),
        "withdrawn": [{"version": one.version, "date": one.withdrawn.date} for one in draft.releases if one.withdrawn],
        "provisions": [_provision(uri, one, draft, folders=folders) for uri, one in every_provision(draft)],
    }


def _adoption(draft: Draft) -> dict[str, Any] | None:
    """Return who adopts the policy and by what act; what the policy replaces is null until somebody has stated it."""
    block = adoption_block(draft)
    if block is None:
        return None
    replaced = [{"title": one.title, "number": one.reference} for one in block.superseded]
    return {
        "form": block.form.id,
        "body": block.body,
        "number": block.number,
        "authority": block.authority,
        "adopted": block.adopted,
        "effective": block.effective,
        "administrator": block.administrator,
        "may_amend_procedures": block.may_amend_procedures,
        "supersedes": replaced if block.listed else None,
    }


def _provision(uri: str, provision: Provision, draft: Draft, *, folders: bool) -> dict[str, Any]:
    clause = provision.clause
    return {
        "number": provision.number,
        "code": clause.code,
        "id": clause.id,
        "title": clause.title,
        "level": clause.level,
        "text": provision.text,
        "url": f"{address(uri, folders=folders)}#{clause.anchor}",
        "sources": [_source(draft.catalog.sources[key]) for key in provision.sources],
    }


def _source(source: Source) -> dict[str, str]:
    return {"key": source.key, "title": source.title, "issuer": source.issuer, "url": source.url}


def pages_file(pages: Mapping[str, Page], names: Iterable[str], *, folders: bool) -> dict[str, bytes]:
    """Return the list of the pages that the host really builds: uri -> content."""
    found = [pages[name] for name in sorted(names) if name in pages]
    rows = [
        {
            "uri": page.uri,
            "url": quote(address(page.uri, folders=folders)),
            "title": page.title or _title(page),
            "summary": summary(page.text),
        }
        for page in found
    ]
    return {PAGES: json_bytes({"form": FORM, "pages": rows})}


def _title(page: Page) -> str:
    found = re.search(r"^# +(\S.*)$", _COMMENT.sub("", without_head(page.text)), re.MULTILINE)
    if not found:
        return page.uri
    words = found[1].rstrip()[: 20 * LONGEST]
    # The attributes at its end, as in “# Title {: .class }”.
    return _plain(words[: words.rfind("{:")].rstrip() or words if words.endswith("}") and "{:" in words else words)


_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"\{:[^}]*\}|<[^>]*>|\*\*|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)|`")
_PROSE = re.compile(r"[\w“(*_\[]")
LONGEST = 200
"""The length of a summary in characters."""


def summary(text: str) -> str:
    """Return the first words of prose on a page, without markup, or nothing."""
    blocks = re.split(r"\n\s*\n", _COMMENT.sub("", without_head(text)))
    first = next((block.strip() for block in blocks if _PROSE.match(block) and not re.match(r"\d+\. |\* ", block)), "")
    words = _plain(first[: 20 * LONGEST])
    return words if len(words) <= LONGEST else f"{words[:LONGEST].rpartition(' ')[0]} …"


def _plain(markdown: str) -> str:
    return " ".join(html.unescape(_MARKS.sub("", _LINK.sub(r"\1", markdown))).split())


def json_bytes(data: object) -> bytes:
    """Write data for programs: one value on a line, so that two versions can be compared."""
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "surrogatepass")
