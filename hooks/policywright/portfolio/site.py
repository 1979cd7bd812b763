"""The portfolio as a MkDocs project: an overview, a matrix, a page for each agency, and files for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment

from policywright import __version__
from policywright.model.findings import SEVERITIES
from policywright.pages.dates import day
from policywright.pages.feeds import Entry, Event, address, calendar_of, feed_of, json_bytes
from policywright.pages.helpers import web_address
from policywright.pages.plain_site import plain_settings, titled
from policywright.pages.renderer import Page, page_head
from policywright.pages.status_data import STATES
from policywright.pages.style import SCRIPT, assets
from policywright.pages.tables import written
from policywright.pages.templates import environment
from policywright.pages.views.site import View
from policywright.portfolio.following import present_bases
from policywright.portfolio.lines import AgencyLine, ElementLine, agency_lines, element_lines, in_use
from policywright.portfolio.reading import AgencyState

NAME = "Policies of the agencies"
PORTFOLIO_FORM = 1
"""The format version of `api/portfolio.json`; a new number means that programs may have to change."""
DATA = "api/portfolio.json"
OVERVIEW, MATRIX = "tables/portfolio.csv", "tables/elements.csv"
DAYS, RELEASES = "portfolio.ics", "portfolio.atom"
FILTER = "assets/portfolio.js"
LISTED = 50
"""Up to this many agencies are in the navigation, which every page repeats; the table of the overview lists all."""
HOOK = "look.py"

Rows = list[tuple[AgencyLine, list[ElementLine]]]


@dataclass(frozen=True)
class PortfolioView(View):
    """The overview of all agencies."""

    frame = "portfolio/index"
    wide = True
    today: str
    lines: tuple[AgencyLine, ...]
    statuses: Mapping[str, int]
    """Status in words -> how many agencies have it."""
    groups: tuple[str, ...]
    bases: tuple[str, ...]
    """What is said of the bases of any agency: follows, behind, …"""
    concerns: tuple[str, ...]
    """What is to look at in any agency."""
    engine: str
    """The version of Policywright that makes the overview."""
    dated: bool
    """Whether there is a calendar."""
    released: bool
    """Whether there is a feed."""


@dataclass(frozen=True)
class MatrixTable:
    """The agencies that use one catalog, by its elements."""

    catalog: str
    titles: tuple[str, ...]
    """Of the elements."""
    rows: tuple[tuple[AgencyLine, tuple[str, ...]], ...]


@dataclass(frozen=True)
class MatrixView(View):
    """What is open in each element of each agency."""

    frame = "portfolio/elements"
    wide = True
    tables: tuple[MatrixTable, ...]


@dataclass(frozen=True)
class PortfolioAgencyView(View):
    """The state of one agency."""

    frame = "portfolio/agency"
    line: AgencyLine
    first: tuple[str, ...]
    """Its most serious findings."""
    offices: tuple[tuple[str, int], ...]
    """The title of each office that has to give or confirm answers, and how many."""
    elements: tuple[ElementLine, ...]
    days: tuple[tuple[str, str], ...]
    """ISO date, and what is on it."""


def portfolio_project(
    states: Sequence[AgencyState], today: str, bases: Sequence[AgencyState] = ()
) -> dict[str, str | bytes]:
    """Return the files of a MkDocs project that shows all agencies: path -> content.

    `bases` are repositories that agencies build on, and that are not in the list themselves.
    """
    lines = agency_lines(states, today, present_bases(bases, states))
    rows = list(zip(lines, (element_lines(state.data) for state in states), strict=True))
    files = _files(states, lines, rows, today)
    pages = [
        _page("index.md", NAME, _overview(lines, today, files)),
        _page("elements.md", "By element", MatrixView(tuple(_tables(states, rows)))),
        *(_page(line.page, line.title, _agency(state, line)) for state, line in zip(states, lines, strict=True)),
    ]
    beside = {**{page.uri: titled(page) for page in pages}, **files}
    settings = plain_settings("policywright portfolio", NAME, _navigation(lines), **_MORE)
    return {"mkdocs.yml": settings, HOOK: _LOOK, **{f"docs/{uri}": content for uri, content in beside.items()}}


_MORE: dict[str, Any] = {
    "extra_javascript": [SCRIPT, FILTER],
    "hooks": [HOOK],
    "not_in_nav": "/agencies/*",
    "strict": True,
}
_LOOK = "from policywright.mkdocs_site.look import *  # noqa: F403\n"


def _navigation(lines: Sequence[AgencyLine]) -> list[Any]:
    every = [{"Agencies": [{line.title: line.page} for line in lines]}] if len(lines) <= LISTED else []
    return [{"Overview": "index.md"}, {"By element": "elements.md"}, *every]


def _page(uri: str, title: str, view: View) -> Page:
    text = _frames().get_template(f"{view.frame}.md.jinja").render(vars(view))
    return Page(uri, title, page_head(title, view) + text)


@cache
def _frames() -> Environment:
    return environment({}, {"day": day, "web": web_address})


def _overview(lines: Sequence[AgencyLine], today: str, files: Mapping[str, object]) -> PortfolioView:
    return PortfolioView(
        today=today,
        lines=tuple(lines),
        statuses=Counter(line.status for line in lines),
        bases=tuple(sorted(in_use(line.base for line in lines if not line.problem))),
        groups=tuple(sorted(in_use(line.group for line in lines))),
        concerns=tuple(sorted(in_use(concern for line in lines for concern in line.concerns))),
        engine=__version__,
        dated=DAYS in files,
        released=RELEASES in files,
    )


def _tables(states: Sequence[AgencyState], rows: Rows) -> Iterator[MatrixTable]:
    by_catalog: dict[tuple[str, ...], tuple[str, Rows]] = {}
    for state, (line, elements) in zip(states, rows, strict=True):
        if elements:
            titles = tuple(element.title for element in elements)
            by_catalog.setdefault(titles, (state.data["catalog"], []))[1].append((line, elements))
    for titles, (catalog, members) in by_catalog.items():
        cells = ((line, tuple(element.cell for element in elements)) for line, elements in members)
        yield MatrixTable(catalog, titles, tuple(cells))


def _agency(state: AgencyState, line: AgencyLine) -> PortfolioAgencyView:
    days = tuple((one["date"], one["title"]) for one in state.data.get("days", ()))
    offices = tuple((one["title"], one["gaps"]) for one in state.data.get("offices", {}).values())
    return PortfolioAgencyView(line, state.first, offices, tuple(element_lines(state.data)), days)


def _files(
    states: Sequence[AgencyState], lines: Sequence[AgencyLine], rows: Rows, today: str
) -> dict[str, str | bytes]:
    files: dict[str, str | bytes] = {
        **assets(working=False),
        FILTER: (Path(__file__).parent / FILTER).read_text("utf-8"),
        OVERVIEW: _table(states, lines),
        MATRIX: _matrix(rows),
        DATA: json_bytes({"form": PORTFOLIO_FORM, "today": today, "agencies": _data(states, lines)}),
        DAYS: _calendar(states, lines),
        RELEASES: _feed(states, lines),
    }
    return {uri: content for uri, content in files.items() if content}


_WORDS = {
    "Id": "id",
    "Agency": "title",
    "Group": "group",
    "Policy": "policy",
    "Status": "status",
    "Version": "version",
    "Review due": "review_due",
    "Policywright": "engine",
    "Days since the last change": "changed",
    "Base": "base",
    "Builds on": "builds_on",
    "Site": "site",
    "Why it was not read": "problem",
}
"""The column of the table -> the field of a line."""
_NUMBERS = {
    **{f"{severity.capitalize()}s": ("counts", severity) for severity in ("error", "blocker", "warning", "gap")},
    **{f"Sign-offs {state}": ("sign_offs", state) for state in STATES},
    "Answers that differ from the base": ("base", "answers"),
    "Clauses that differ from the base": ("base", "clauses"),
    "Locks kept": ("locks", "kept"),
    "Locks broken": ("locks", "broken"),
}
"""The column of the table -> where the number is in the data; each is in a cell, as “1 / 2” would become a date."""


def _table(states: Sequence[AgencyState], lines: Sequence[AgencyLine]) -> str:
    body = (
        [*(getattr(line, key) for key in _WORDS.values()), ", ".join(line.concerns), *_numbers(state.data)]
        for state, line in zip(states, lines, strict=True)
    )
    return written([*_WORDS, "Look at", *_NUMBERS], body)


def _numbers(data: Mapping[str, Any]) -> list[str]:
    return [str((data.get(part) or {}).get(key, "")) for part, key in _NUMBERS.values()]


def _matrix(rows: Rows) -> str:
    cells = ((line, one) for line, elements in rows for one in elements)
    body = (
        [line.id, line.title, one.title, *(str(one.counts[name]) for name in SEVERITIES), *_signed(one)]
        for line, one in cells
    )
    severities = [name.capitalize() for name in SEVERITIES]
    return written(["Id", "Agency", "Element", *severities, *(f"Sign-offs {state}" for state in STATES)], body)


def _signed(one: ElementLine) -> list[str]:
    return [str(one.signed[state]) for state in STATES]


def _data(states: Sequence[AgencyState], lines: Sequence[AgencyLine]) -> list[dict[str, Any]]:
    return [
        {
            "id": line.id,
            "title": line.title,
            "group": line.group,
            "site": line.site,
            "page": address(line.page, folders=False),
            "problem": line.problem,
            "concerns": list(line.concerns),
            "base": line.base,
            "first": list(state.first),
            "status": dict(state.data) or None,
        }
        for state, line in zip(states, lines, strict=True)
    ]


def _calendar(states: Sequence[AgencyState], lines: Sequence[AgencyLine]) -> bytes:
    events = [event for state, line in zip(states, lines, strict=True) for event in _events(state, line)]
    return calendar_of(NAME, events) if events else b""


def _events(state: AgencyState, line: AgencyLine) -> Iterator[Event]:
    times = Counter[tuple[str, str]]()
    for one in state.data.get("days", ()):
        times[one["kind"], one["title"]] += 1
        named = [line.id, one["kind"], one["title"], times[one["kind"], one["title"]]]
        yield Event(named, one["date"], f"{line.title}: {one['title']}", f"{line.title}, {line.policy}.", "")


def _feed(states: Sequence[AgencyState], lines: Sequence[AgencyLine]) -> bytes:
    entries = [entry for state, line in zip(states, lines, strict=True) for entry in _entries(state, line)]
    # The newest first; releases of one day are in the order of the list.
    entries.sort(key=lambda entry: entry.updated, reverse=True)
    return feed_of([NAME], NAME, NAME, entries) if entries else b""


def _entries(state: AgencyState, line: AgencyLine) -> Iterator[Entry]:
    for one in state.data.get("releases", ()):
        ended = " (withdrawn)" if one["withdrawn"] else ""
        title = f"{line.title}: version {one['version']}{ended}"
        said = f"Withdrawn on {one['withdrawn']}." if ended else f"{line.policy}, version {one['version']}."
        day_ = one["withdrawn"] or one["date"]
        yield Entry([line.id, one["version"], one["date"]], title, day_, address(line.page, folders=False), said)
