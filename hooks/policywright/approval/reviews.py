"""Dates of a policy: when its next review is due, what called for one, and which other days expire."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from policywright.agency.settling import settle
from policywright.approval.sign_offs import standings
from policywright.files.formats import is_date
from policywright.files.schema import (
    DATE,
    MAYBE_DATE,
    MAYBE_TEXT,
    Schema,
    checked,
    closed,
    date_or_nothing,
    line,
)
from policywright.files.yaml import YamlFile, absent, read_yaml
from policywright.model.catalog import Catalog
from policywright.model.draft import Draft
from policywright.model.findings import Finding, Place, unknown
from policywright.model.versions import Call, Release

REVIEWS_FILE = "reviews.yml"

REVIEWS: Schema = {
    "type": ["array", "null"],
    "items": closed(
        {
            "cause": MAYBE_TEXT,
            "date": DATE,
            "note": MAYBE_TEXT,
            "reviewed": MAYBE_DATE,
            "by": MAYBE_TEXT,
        },
        ["date"],
    ),
}


@dataclass(frozen=True)
class Due:
    """A day that matters for a policy."""

    date: str
    """ISO date."""
    title: str
    kind: str
    """review | call | decision | sign-off | adopted | in_force | release | law"""
    place: Place
    code: str = ""
    """The rule, if it is a decision."""


def day_after(day: str, period: str) -> str:
    """Return the day that is a period such as “12 months” after an ISO date.

    A month after 31 January is the last day of February, and a year after 29 February is 28 February.
    A day after the last one that Python's calendar knows is returned as 9999-12-31.
    """
    words = period.split()
    number, unit, start = int(words[0]), words[1].rstrip("s"), date.fromisoformat(day)
    try:
        if unit in ("day", "week"):
            return (start + timedelta(days=number * (7 if unit == "week" else 1))).isoformat()
        return _months_after(start, number * (12 if unit == "year" else 1)).isoformat()
    except (OverflowError, ValueError):
        return date.max.isoformat()


def _months_after(start: date, months: int) -> date:
    years, month = divmod(start.month - 1 + months, 12)
    # In the year 10000 the calendar raises; date() below raises then too, and the caller returns the last day.
    last = calendar.monthrange(start.year + years, month + 1)[1] if start.year + years <= date.max.year else 31
    return date(start.year + years, month + 1, min(start.day, last))


def read_calls(root: Path, catalog: Catalog) -> tuple[tuple[Call, ...], list[Finding]]:
    """Read reviews.yml: what called for a review, and the reviews that were done; a missing file has neither."""
    path = root / REVIEWS_FILE
    if absent(path):
        return (), []
    file, problems = read_yaml(path, REVIEWS_FILE)
    found = checked(file, problems, REVIEWS)
    rows = list(enumerate(file.rows))
    for number, row in rows:
        cause = line(row.get("cause"))
        if cause and cause not in catalog.triggers:
            found.append(unknown("cause of a review", cause, catalog.triggers, file.place(number, "cause"), "E305"))
    calls = (_call(row, number, file) for number, row in rows)
    return tuple(call for call in calls if call and (not call.cause or call.cause in catalog.triggers)), found


def _call(row: Mapping[str, Any], number: int, file: YamlFile) -> Call | None:
    day = date_or_nothing(row.get("date"))
    if not day:
        return None
    words = {key: line(row.get(key)) for key in ("cause", "note", "by")}
    return Call(date=day, reviewed=date_or_nothing(row.get("reviewed")), place=file.place(number), **words)


def last_review(draft: Draft) -> str:
    """Return the day of the last review of the whole policy, or nothing.

    This is the latest of the last release, the day in force and the last scheduled review.
    """
    days = [release.date for release in draft.releases if not release.withdrawn]
    # A review for one cause, such as an incident, is not a review of the whole policy.
    days += [call.reviewed for call in draft.calls if not call.cause]
    days += [draft.document.dates["in_force"] or draft.document.dates["adopted"]]
    return max(days)


def next_review(draft: Draft) -> Due | None:
    """Return when the next review is due: on the date in policy.yml, or one period after the last review.

    None if policy.yml names neither a date nor a period, or if there is no day to count from.
    """
    document, last = draft.document, last_review(draft)
    if document.dates["review_due"]:
        return Due(document.dates["review_due"], "Review of the policy", "review", document.places["dates.review_due"])
    if document.review_every and last:
        due = day_after(last, document.review_every)
        return Due(due, "Review of the policy", "review", document.places["review_every"])
    return None


def open_calls(draft: Draft) -> list[Due]:
    """Return the calls for a review that is not done yet."""
    waiting = (call for call in draft.calls if not call.reviewed)
    return [Due(call.date, draft.catalog.triggers.get(call.cause, "Review"), "call", call.place) for call in waiting]


def dates(draft: Draft) -> list[Due]:
    """Return every day that matters for the policy, including past ones, the earliest first."""
    review = next_review(draft)
    found = [review] if review else []
    found += open_calls(draft) + _days_of_the_document(draft) + last_days(draft)
    found += [Due(one.date, _released(one), "release", one.place) for one in draft.releases]
    return sorted(found, key=lambda due: (due.date, due.kind, due.place))


def _released(release: Release) -> str:
    return f"Version {release.version} released{', then withdrawn' if release.withdrawn else ''}"


def recorded(draft: Draft) -> str:
    """Return the latest day in the files on which the policy was decided, or nothing."""
    days = [release.date for release in draft.releases if not release.withdrawn]
    return max([*days, draft.document.dates["in_force"], draft.document.dates["adopted"]])


def law_days(draft: Draft) -> Iterator[Due]:
    """Yield the days after the policy's last decision on which applicable laws come into force."""
    for source in draft.catalog.sources.values():
        start = source.in_force_from
        # A law that was in force when the policy was decided is nothing new for it.
        later = start and is_date(start) and start > (recorded(draft) or source.checked_on)
        if later and settle(source.when, draft.answers)[0] is True:
            yield Due(start, f"{source.title} comes into force", "law", source.place)


def last_days(draft: Draft) -> list[Due]:
    """Return the last day of each sign-off and decision that is valid."""
    found = []
    counting = [standing.row for standing in standings(draft)] if draft.sign_offs else []
    for row in draft.sign_offs:
        if row.until and row in counting:
            office = draft.document.office(draft.catalog.roles[row.role])
            found.append(Due(row.until, f"Last day of the sign-off of {office}", "sign-off", row.place))
    for finding in draft.findings:
        decision = finding.decision
        if decision and decision.state != "changed":
            title = f"Last day of the decision on {finding.code}"
            found.append(Due(decision.expires, title, "decision", decision.place, finding.code))
    return found


DUE = ("review", "call", "decision", "sign-off")
"""The kinds of days on which something had to be done, or ended."""


def overdue(draft: Draft) -> list[Due]:
    """Return what was due on a past day, the earliest first; nothing if today is not known."""
    review = next_review(draft)
    waiting = ([review] if review else []) + open_calls(draft) + last_days(draft)
    return sorted((due for due in waiting if due.date < draft.today), key=lambda due: (due.date, due.kind, due.place))


def _days_of_the_document(draft: Draft) -> list[Due]:
    document = draft.document
    titles = {"adopted": "Policy adopted", "in_force": "Policy in force"}
    return [
        Due(document.dates[key], title, key, document.places[f"dates.{key}"])
        for key, title in titles.items()
        if document.dates[key]
    ]


def review_findings(draft: Draft) -> Iterator[Finding]:
    """Report an overdue review, and a call for a review that nobody has answered.

    If today is not known, nothing is overdue.
    """
    due = next_review(draft)
    if due and due.date < draft.today:
        message = f"The review of this policy was due on {due.date}."
        counted = due.place == draft.document.places["review_every"]
        record = f"record the day under “reviewed:” in {REVIEWS_FILE}, or release a new version"
        fix = f"Review it, then {record if counted else 'write the date of the next review under “review_due:”'}."
        yield Finding("L104", "warning", message, (due.place,), fix)
    for call in open_calls(draft):
        if call.date < draft.today:
            message = f"“{call.title}” of {call.date} calls for a review that has not been done."
            fix = "Review the parts concerned, then write the day under “reviewed:”."
            yield Finding("L104", "warning", message, (call.place,), fix)
