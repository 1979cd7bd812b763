"""What the overview says about one agency: its state in words and numbers, and what to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from policywright import __version__
from policywright.portfolio.agencies import words_of_ids
from policywright.portfolio.following import BEHIND, Present, followed
from policywright.portfolio.reading import AgencyState

UNKNOWN = "–"
UNREAD = "not read"


@dataclass(frozen=True)
class AgencyLine:
    """One agency in the overview; a text is “–” where nobody knows, or where there is nothing to say."""

    page: str
    """The uri of its page."""
    id: str
    title: str
    group: str
    site: str
    problem: str
    """Why it was not read; empty if it was."""
    policy: str
    """The title of its policy."""
    status: str
    """In words: in force, draft, …, or not read."""
    version: str
    concerns: tuple[str, ...]
    """What somebody should look at, the most serious first."""
    conflicts: str
    """Errors / blockers / warnings."""
    gaps: str
    sign_offs: str
    """Valid / lapsed / missing."""
    review_due: str
    """ISO date, or empty."""
    differs: str
    """Answers / clauses that are not those of the base."""
    base: str
    """Whether it has the present state of its bases: follows, behind, …"""
    builds_on: str
    """The names of its bases."""
    locks: str
    """Kept / broken."""
    engine: str
    """The version of Policywright that it uses."""
    changed: str
    """How many days ago something was last recorded."""


def agency_lines(states: Sequence[AgencyState], today: str, present: Present) -> list[AgencyLine]:
    """Return a line for each agency, in the order of the list; each has a separate page."""
    words = words_of_ids([state.agency for state in states])
    titles = Counter(state.title for state in states)
    return [
        _line(state, f"agencies/{word}.md", today, present, shared=titles[state.title] > 1)
        for state, word in zip(states, words, strict=True)
    ]


def _line(state: AgencyState, page: str, today: str, present: Present, *, shared: bool) -> AgencyLine:
    """Return the line of an agency; its id is part of the title if others share the title."""
    data = state.data
    base = UNKNOWN if state.problem else followed(data, present)
    return AgencyLine(
        page=page,
        id=state.agency.id,
        title=f"{state.title} ({state.agency.id})" if shared else state.title,
        group=state.agency.group,
        site=state.agency.site,
        problem=state.problem,
        policy=data.get("title", ""),
        status=UNREAD if state.problem else data["status"].replace("_", " "),
        version=data.get("version", ""),
        concerns=tuple(_concerns(state, today, base)),
        conflicts=_counted(state.counts, "error", "blocker", "warning"),
        gaps=_counted(state.counts, "gap"),
        sign_offs=_counted(data.get("sign_offs"), "valid", "lapsed", "missing"),
        review_due=data.get("review_due", ""),
        differs=_counted(data.get("base"), "answers", "clauses"),
        base=base,
        builds_on=", ".join(one["name"] for one in data.get("bases", ())) or UNKNOWN,
        locks=_counted(data.get("locks"), "kept", "broken"),
        engine=data.get("engine", ""),
        changed=_days_between(data.get("last_change", ""), today),
    )


def _counted(numbers: Mapping[str, int] | None, *keys: str) -> str:
    return " / ".join(str(numbers[key]) for key in keys) if numbers else UNKNOWN


def _days_between(start: str, end: str) -> str:
    return str((date.fromisoformat(end) - date.fromisoformat(start)).days) if start else UNKNOWN


def _concerns(state: AgencyState, today: str, base: str) -> Iterator[str]:
    if state.problem:
        yield UNREAD
        return
    counts, data = state.counts, state.data
    for holds, words in (
        (counts.get("error"), "errors"),
        (counts.get("blocker"), "blockers"),
        (data.get("locks", {}).get("broken"), "broken locks"),
        (data.get("sign_offs", {}).get("lapsed"), "lapsed sign-offs"),
        (state.overdue(today), "overdue"),
        (base == BEHIND, "behind its base"),
        (data["engine"] != __version__, "other version"),
    ):
        if holds:
            yield words


@dataclass(frozen=True)
class ElementLine:
    """The state of one element of one agency."""

    title: str
    counts: Mapping[str, int]
    """Severity -> how many findings."""
    signed: Mapping[str, int]
    """valid | lapsed | missing -> how many sign-offs."""

    @property
    def conflicts(self) -> str:
        """Errors / blockers / warnings."""
        return _counted(self.counts, "error", "blocker", "warning")

    @property
    def sign_offs(self) -> str:
        """Valid / lapsed / missing."""
        return _counted(self.signed, "valid", "lapsed", "missing")

    @property
    def cell(self) -> str:
        """Errors and blockers / warnings / gaps, or nothing if there are none."""
        numbers = (self.counts["error"] + self.counts["blocker"], self.counts["warning"], self.counts["gap"])
        return " / ".join(map(str, numbers)) if any(numbers) else ""


def element_lines(data: Mapping[str, Any]) -> list[ElementLine]:
    """Return the state of each element, in the catalog's order; nothing if only the published site was read."""
    return [ElementLine(one["title"], one["counts"], one["sign_offs"]) for one in data.get("elements", {}).values()]


def in_use(words: Iterable[str]) -> list[str]:
    """Return each word once, in the order in which they occur, and leave out empty ones."""
    return [word for word in dict.fromkeys(words) if word]
