"""The findings, the answers and their state as plain data: what `check --format json` prints, and what is exported."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from policywright.drafting.progress import office_progress
from policywright.model.agency import Answer, Confirmation
from policywright.model.draft import Draft
from policywright.model.findings import Decision, Finding, Place


def report_data(draft: Draft, listed: Iterable[Finding]) -> dict[str, Any]:
    """Return the listed findings, and the state of every answer and office."""
    return {
        **findings_data(draft, listed),
        "answers": [answer_data(answer) for answer in draft.answers.values()],
        "offices": offices_data(draft),
    }


def findings_data(draft: Draft, listed: Iterable[Finding]) -> dict[str, Any]:
    """Return the listed findings, the rules that wait for answers, and how many findings there are in all."""
    return {
        "findings": [_finding(finding) for finding in listed],
        "undecided": [{"code": rule.code, "questions": list(rule.needs)} for rule in draft.undecided],
        "counts": draft.counts,
    }


def answer_data(answer: Answer) -> dict[str, Any]:
    """Return the state of an answer, without its value."""
    return {
        "question": answer.question.id,
        "status": answer.status,
        "origin": answer.origin,
        "offices": list(answer.question.asked_of),
        "confirmed": _confirmation(answer.confirmed) if answer.confirmed else None,
        "also_seen_by": [_confirmation(one) for one in answer.also_seen_by],
        "place": _place(answer.home),
    }


def offices_data(draft: Draft) -> list[dict[str, Any]]:
    """Return how many answers of each status each office has."""
    return [
        {"office": one.role.id, "title": draft.document.office_title(one.role), **one.statuses}
        for one in office_progress(draft)
    ]


def as_json(data: object) -> str:
    """Write data for programs that people may read too."""
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "fix": finding.fix,
        "places": [_place(place) for place in finding.places],
        "questions": list(finding.questions),
        "sources": list(finding.sources),
        "decision": _decision(finding.decision),
    }


def _place(place: Place) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "column": place.column}


def _confirmation(one: Confirmation) -> dict[str, str]:
    return {"office": one.office, "name": one.name, "date": one.date}


def _decision(decision: Decision | None) -> dict[str, str] | None:
    if decision is None:
        return None
    return {key: getattr(decision, key) for key in ("kind", "reason", "owner", "date", "expires", "state")}
