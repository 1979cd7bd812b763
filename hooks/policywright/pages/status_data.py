"""The state of one policy as plain data: `api/status.json` of a site, and what a portfolio reads of each agency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from policywright import __version__
from policywright.approval.releases import last_release
from policywright.approval.reviews import Due, dates, law_days
from policywright.approval.sign_offs import Standing
from policywright.approval.snapshot import freeze
from policywright.approval.status import due_standings
from policywright.drafting.progress import decider
from policywright.files.schema import DATE, TEXT, Schema, closed, described, table
from policywright.model.draft import Draft
from policywright.model.findings import SEVERITIES, Finding, unsettled

STATUS = "api/status.json"
STATUS_FORM = 1
"""The format version; a new number means that programs may have to change."""
PUBLIC_DAYS = ("review", "adopted", "in_force", "release", "law")
"""The kinds of days that a published site names."""
LOCKS = ("B101", "B102", "B103")
"""The findings about a lock that is broken: the words of a clause, an answer, and a clause that an answer takes out."""
STATES = ("valid", "lapsed", "missing")
"""The states of a sign-off."""


def status_data(draft: Draft, *, working: bool) -> dict[str, Any]:
    """Return the state of a policy; what is internal only if `working`."""
    return _published(draft, working=working) | (_internal(draft) if working else {})


def _published(draft: Draft, *, working: bool) -> dict[str, Any]:
    document, last, now = draft.document, last_release(draft), freeze(draft).fingerprint
    return {
        "form": STATUS_FORM,
        "audience": "working" if working else "published",
        "agency": document.agency_name,
        "short_name": document.short_name,
        "title": document.title,
        "version": document.version,
        "status": document.status,
        "dates": dict(document.dates),
        "review_due": document.dates["review_due"],
        "fingerprint": now,
        "released": bool(last and last.frozen.fingerprint == now),
        "releases": [
            {"version": one.version, "date": one.date, "withdrawn": one.withdrawn.date if one.withdrawn else ""}
            for one in draft.releases
        ],
        "days": [_day(due) for due in _days(draft) if working or due.kind in PUBLIC_DAYS],
        "engine": __version__,
        "catalog": draft.catalog.id,
    }


def _days(draft: Draft) -> list[Due]:
    return sorted((*dates(draft), *law_days(draft)), key=lambda due: (due.date, due.kind, due.title))


def _day(due: Due) -> dict[str, str]:
    return {"date": due.date, "kind": due.kind, "title": due.title}


def _internal(draft: Draft) -> dict[str, Any]:
    found = due_standings(draft)
    return {
        "counts": draft.counts,
        "undecided": len(draft.undecided),
        "offices": _gaps_by_office(draft),
        "sign_offs": _states(found),
        "base": _deviations(draft),
        "bases": [asdict(base) for base in draft.bases],
        "hands_down": draft.hands_down.fingerprint,
        "locks": _locks(draft),
        "last_change": last_change(draft),
        "elements": _elements(draft, found),
    }


def _gaps_by_office(draft: Draft) -> dict[str, dict[str, Any]]:
    """Return how many answers each office still has to give or confirm; offices without any are left out."""
    gaps = Counter(decider(finding, draft) for finding in draft.findings if finding.severity == "gap")
    waiting = (role for role in draft.catalog.roles.values() if gaps[role.id])
    return {role.id: {"title": draft.document.office_title(role), "gaps": gaps[role.id]} for role in waiting}


def _states(found: Iterable[Standing]) -> dict[str, int]:
    counted = Counter(standing.state for standing in found if standing.required)
    return {state: counted[state] for state in STATES}


def _deviations(draft: Draft) -> dict[str, int] | None:
    """Return how many answers and clauses differ from the base; None without a base."""
    if not draft.document.base:
        return None
    answers = sum(answer.inherited is not None for answer in draft.answers.values())
    clauses = sum(not clause.place.file.startswith("base/") for clause in draft.overrides)
    return {"answers": answers, "clauses": clauses}


def _locks(draft: Draft) -> dict[str, int]:
    every = len(draft.locks) + sum(bool(clause.locked) for clause in draft.overrides)
    broken = sum(finding.code in LOCKS for finding in unsettled(draft.findings))
    return {"kept": max(every - broken, 0), "broken": broken}


def last_change(draft: Draft) -> str:
    """Return the latest day in an agency's records, or nothing: nobody records the day of an answer by itself."""
    confirmed = (one.date for answer in draft.answers.values() for one in answer.confirmations)
    decided = (finding.decision.date for finding in draft.findings if finding.decision)
    released = (one.withdrawn.date if one.withdrawn else one.date for one in draft.releases)
    reviewed = (call.reviewed or call.date for call in draft.calls)
    signed = (row.date for row in draft.sign_offs)
    proposed = (row.date for row in draft.points)
    done = (task.done_on for task in draft.tasks)
    return max([*confirmed, *decided, *released, *reviewed, *signed, *proposed, *done], default="")


def _elements(draft: Draft, found: Sequence[Standing]) -> dict[str, Any]:
    counts: dict[str, Counter[str]] = {name: Counter() for name in draft.catalog.elements}
    for finding in unsettled(draft.findings):
        for name in _concerned(finding) & counts.keys():
            counts[name][finding.severity] += 1
    return {
        name: {
            "title": element.title,
            "counts": {severity: counts[name][severity] for severity in SEVERITIES},
            "sign_offs": _states(standing for standing in found if standing.element == name),
        }
        for name, element in draft.catalog.elements.items()
    }


def _concerned(finding: Finding) -> set[str]:
    """Return the elements whose answers or rules a finding is about."""
    return {finding.element, *(question.partition(".")[0] for question in finding.questions)}


_COUNT: Schema = {"type": "number", "minimum": 0}
_DAY: Schema = TEXT | {"if": {"minLength": 1}, "then": {"format": "date"}}
"""An ISO date, or nothing."""


def _open(properties: Mapping[str, Schema], required: Iterable[str] | None = None) -> Schema:
    """Return the schema of a mapping in which a later version may have more keys."""
    return closed(properties, [*(properties if required is None else required)]) | {"additionalProperties": True}


_COUNTS = _open(dict.fromkeys(SEVERITIES, _COUNT))
_SIGN_OFFS = _open(dict.fromkeys(STATES, _COUNT))
_INTERNAL: dict[str, Schema] = {
    "counts": described(_COUNTS, "How many findings there are, without those that are accepted."),
    "undecided": described(_COUNT, "How many rules wait for answers."),
    "offices": described(
        table(_open({"title": TEXT, "gaps": _COUNT})), "The answers that each office has to give or confirm, by its id."
    ),
    "sign_offs": described(_SIGN_OFFS, "How many of the sign-offs that the policy needs there are."),
    "base": described(
        _open({"answers": _COUNT, "clauses": _COUNT}) | {"type": ["object", "null"]},
        "How many answers and clauses differ from those of the base; null without a base.",
    ),
    "locks": _open({"kept": _COUNT, "broken": _COUNT}),
    "last_change": described(_DAY, "The latest day in the agency's records, or empty."),
    "elements": described(
        table(_open({"title": TEXT, "counts": _COUNTS, "sign_offs": _SIGN_OFFS})),
        "The same for each element, by its id.",
    ),
}
_LATER: dict[str, Schema] = {
    "bases": described(
        {"type": "array", "items": _open({"name": TEXT, "fingerprint": TEXT})},
        "The repositories that it builds on, the nearest first, each with a fingerprint of what it hands down.",
    ),
    "hands_down": described(TEXT, "The fingerprint of its answers, locks and clauses, for agencies that build on it."),
}
"""What a working site says too, but not if an older version built it."""
_PUBLISHED: dict[str, Schema] = {
    "form": {"const": STATUS_FORM},
    "audience": described(
        {"enum": ["working", "published"]}, "The site; a published one has nothing from `counts` on, which is internal."
    ),
    **dict.fromkeys(("agency", "short_name", "title", "version", "status"), TEXT),
    "fingerprint": described(TEXT, "Of the text of the policy."),
    "dates": table(_DAY),
    "review_due": _DAY,
    "released": described({"type": "boolean"}, "Whether exactly this text is the last release."),
    "releases": {"type": "array", "items": _open({"version": TEXT, "date": DATE, "withdrawn": _DAY})},
    "days": {"type": "array", "items": _open({"date": DATE, "kind": TEXT, "title": TEXT})},
    "engine": described(TEXT, "The version of Policywright."),
    "catalog": TEXT,
}
STATUS_SCHEMA: Schema = {
    **_open(_PUBLISHED | _INTERNAL | _LATER, _PUBLISHED),
    "if": {"properties": {"audience": {"const": "working"}}},
    "then": {"required": [*_INTERNAL]},
}
"""The JSON Schema of `api/status.json`; unknown keys are allowed, so that a later version can add some."""
