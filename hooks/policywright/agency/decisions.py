"""What an agency recorded: completed tasks, and accepted or planned findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from policywright.agency.settling import value_of
from policywright.catalog.migrations import removed_names
from policywright.files.schema import (
    DATE,
    MAYBE_TEXT,
    NOT_BLANK,
    TEXT,
    Schema,
    checked,
    closed,
    date_or_nothing,
    line,
    words,
)
from policywright.files.yaml import YamlFile, absent, read_yaml
from policywright.language.conditions import questions_in
from policywright.model.agency import Answer
from policywright.model.catalog import Catalog, Rule
from policywright.model.findings import Decision, Finding, unknown
from policywright.model.fingerprints import fingerprint

DECISIONS_FILE = "decisions.yml"
CHECKLISTS_FILE = "checklists.yml"

DONE: Schema = {
    "type": ["array", "null"],
    "items": closed({"item": TEXT, "date": DATE, "by": TEXT, "note": MAYBE_TEXT}, ["item", "date", "by"]),
}

KINDS = {"accept": "accepted", "plan": "planned"}
"""The option of the command -> the word in decisions.yml."""

DECISIONS: Schema = {
    "type": ["array", "null"],
    "items": closed(
        {
            "rule": TEXT,
            "decision": words(*KINDS.values()),
            "reason": TEXT | NOT_BLANK,
            "owner": TEXT | NOT_BLANK,
            "date": DATE,
            "expires": DATE,
            "fingerprint": TEXT,
        },
        ["rule", "decision", "reason", "owner", "date", "expires", "fingerprint"],
    ),
}


@dataclass(frozen=True)
class Records:
    """The records of one agency that are read with its answers."""

    done: Mapping[str, Mapping[str, Any]]
    """Checklist item -> date, by, note."""
    decisions: Mapping[str, Decision]
    """Code of a rule -> the last decision about it."""


def read_records(root: Path, catalog: Catalog) -> tuple[Records, list[Finding]]:
    """Read checklists.yml and decisions.yml; a missing file records nothing."""
    found: list[Finding] = []
    items = dict.fromkeys([*catalog.items, *removed_names("item", catalog.migrations)])
    rules = dict.fromkeys([*catalog.rules, *removed_names("rule", catalog.migrations)])
    done = {str(row["item"]): row for row in _rows(root, CHECKLISTS_FILE, DONE, found, items, "item")}
    decisions = _rows(root, DECISIONS_FILE, DECISIONS, found, rules, "rule")
    return Records(done, {str(row["rule"]): _decision(row) for row in decisions}), found


_THINGS = {"item": ("checklist item", "E113"), "rule": ("rule", "E115")}


def _rows(
    root: Path, name: str, schema: Schema, found: list[Finding], known: Mapping[str, Any], key: str
) -> list[dict[str, Any]]:
    """Return the usable rows of a file, each with its `place` added."""
    path = root / name
    if absent(path):
        return []
    file, problems = read_yaml(path, name)
    found += checked(file, problems, schema)
    rows = list(enumerate(file.rows))
    found += _strangers(rows, file, known, key)
    return [row | {"place": file.place(n)} for n, row in rows if row.get(key) in known and _complete(row, schema)]


def _strangers(
    rows: Sequence[tuple[int, dict[str, Any]]], file: YamlFile, known: Mapping[str, Any], key: str
) -> Iterator[Finding]:
    kind, code = _THINGS[key]
    for number, row in rows:
        word = line(row.get(key))
        if word and word not in known:
            yield unknown(kind, word, known, file.place(number, key), code)


def _complete(row: Mapping[str, Any], schema: Schema) -> bool:
    """Return whether a row has what it needs; mistakes were already reported."""
    rules = schema["items"]["properties"]
    return all(
        line(row.get(key))
        and ("format" not in rules[key] or date_or_nothing(row[key]))
        and row[key] in rules[key].get("enum", [row[key]])
        for key in schema["items"]["required"]
    )


def _decision(row: Mapping[str, Any]) -> Decision:
    return Decision(
        kind=row["decision"],
        reason=line(row["reason"]),
        owner=line(row["owner"]),
        date=row["date"],
        expires=row["expires"],
        fingerprint=row["fingerprint"],
        place=row["place"],
    )


def answers_behind(rule: Rule, answers: Mapping[str, Answer]) -> str:
    """Return the fingerprint of a rule's severity and of every answer that it depends on."""
    # The severity is included: a decision to live with a warning does not cover a blocker.
    return fingerprint([rule.severity, {name: value_of(answers, name) for name in questions_in(rule.when)}])


def with_decisions(
    findings: Sequence[Finding], records: Records, catalog: Catalog, answers: Mapping[str, Answer], today: str
) -> list[Finding]:
    """Attach each decision to its finding, and report decisions without a finding.

    A decision is valid while the answers are those it was made for and `today`, if known, is not past its
    last day.
    """
    bound = [_bound(finding, records, catalog, answers, today) for finding in findings]
    standing = {finding.code for finding in findings}
    idle = (decision for code, decision in records.decisions.items() if code not in standing)
    return [*bound, *map(_idle, idle)]


def _bound(finding: Finding, records: Records, catalog: Catalog, answers: Mapping[str, Answer], today: str) -> Finding:
    decision = records.decisions.get(finding.code)
    if decision is None:
        return finding
    if decision.fingerprint != answers_behind(catalog.rules[finding.code], answers):
        return replace(finding, decision=replace(decision, state="changed"))
    return replace(finding, decision=replace(decision, state="expired") if _past(decision, today) else decision)


def _past(decision: Decision, today: str) -> bool:
    return bool(today) and decision.expires < today


def _idle(decision: Decision) -> Finding:
    message = "This decision refers to a finding that no longer applies."
    return Finding("W105", "advice", message, (decision.place,), "Delete it, or keep it for the record.")
