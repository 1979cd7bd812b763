"""Reads confirmations.yml: which office accepted which answer, by the fingerprint of its value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from policywright.agency.labels import with_keys
from policywright.files.formats import is_date
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
    without_empty,
)
from policywright.files.yaml import LARGEST_RECORD, YamlFile, absent, parse_yaml, quoted, read_text
from policywright.model.agency import Answer, Confirmation
from policywright.model.catalog import UNKNOWN, Asked, Catalog, Question
from policywright.model.findings import Finding, Place, unknown, visible
from policywright.model.fingerprints import fingerprint

CONFIRMATIONS_FILE = "confirmations.yml"

CONFIRMATIONS: Schema = {
    "type": ["array", "null"],
    "items": closed(
        {
            "question": TEXT | NOT_BLANK,
            "fingerprint": TEXT | NOT_BLANK,
            "office": MAYBE_TEXT,
            "name": MAYBE_TEXT,
            "date": DATE,
        },
        ["question", "fingerprint", "office", "date"],
    ),
}


def read_confirmations(root: Path, catalog: Catalog) -> tuple[tuple[Confirmation, ...], list[Finding]]:
    """Read confirmations.yml, in the order of its rows; a missing file confirms nothing."""
    path = root / CONFIRMATIONS_FILE
    if absent(path):
        return (), []
    text, problems = read_text(path, CONFIRMATIONS_FILE, LARGEST_RECORD)
    if problems:
        return (), problems
    file = _as_written(text)
    if file is None:
        file, problems = parse_yaml(text, CONFIRMATIONS_FILE)
        problems = checked(file, problems, CONFIRMATIONS)
    found = [*problems]
    for number, row in enumerate(file.rows):
        found += _strangers(row, number, file, catalog)
    rows = (_confirmation(row, file, number) for number, row in enumerate(file.rows))
    return tuple(row for row in rows if row), found


_KEYS = tuple(CONFIRMATIONS["items"]["properties"])
"""In the order in which the commands write them."""
_WORD = r"('(?:[^'\n]|'')*'|[^\W\d_][^\n,'}]*)"
_ROW = re.compile(f"- {{{', '.join(f'{key}: {_WORD}' for key in _KEYS)}}}")


def _as_written(text: str) -> YamlFile | None:
    """Read rows in the form that the commands write; return None for any other form.

    Reading 600 rows takes the YAML parser a third of a second, and every command and every build reads them. A
    word in another form, an odd sign or a wrong date is left to the YAML parser and the schema.
    """
    file = YamlFile(CONFIRMATIONS_FILE, [], text)
    for number, line_ in enumerate(text.splitlines(), 1):
        found = _ROW.fullmatch(line_)
        words = [word.strip("'").replace("''", "'") for word in found.groups()] if found else []
        if not found or [*map(quoted, words)] != [*found.groups()] or visible(line_) != line_ or not is_date(words[-1]):
            return None
        row = len(file.value)
        file.values[row,] = Place(CONFIRMATIONS_FILE, number, 3)
        for at, key in enumerate(_KEYS, 1):
            file.values[row, key] = Place(CONFIRMATIONS_FILE, number, found.start(at) + 1)
        file.value.append(dict(zip(_KEYS, words, strict=True)))
    return file


def _strangers(row: Mapping[str, Any], number: int, file: YamlFile, catalog: Catalog) -> Iterator[Finding]:
    known = {"question": ("question", catalog.questions), "office": ("role", catalog.roles)}
    for key, (kind, names) in known.items():
        word = line(row.get(key))
        # A row about a question that was removed or split stays for the history.
        former = (step.old for step in catalog.migrations if step.kind == kind)
        if word and word not in names and word not in former:
            yield unknown("office" if kind == "role" else kind, word, names, file.place(number, key), "E306")


def _confirmation(row: Mapping[str, Any], file: YamlFile, number: int) -> Confirmation | None:
    said = {key: line(row.get(key)) for key in _KEYS if key != "date"}
    date = date_or_nothing(row.get("date"))
    usable = said["question"] and said["fingerprint"] and date
    return Confirmation(**said, date=date, place=file.place(number)) if usable else None


def with_confirmations(answers: Mapping[str, Answer], rows: Sequence[Confirmation]) -> dict[str, Answer]:
    """Attach to each answer the confirmations of its present value: the latest of each office, if it is of that value.

    Only the agency's own value can be confirmed: what a preset or a base says may change without anybody here.
    """
    latest: dict[tuple[str, str], Confirmation] = {}
    for row in rows:
        before = latest.get((row.question, row.office))
        # git may put the rows of two branches in any order, so the day decides before the place.
        if before is None or row.date >= before.date:
            latest[row.question, row.office] = row
    held: dict[str, list[Confirmation]] = {}
    for row in latest.values():
        answer = answers.get(row.question)
        if answer and answer.origin == "agency" and row.fingerprint == answer_fingerprint(answer):
            held.setdefault(row.question, []).append(row)
    changed = {name: replace(answers[name], confirmations=tuple(found)) for name, found in held.items()}
    return {**answers, **changed}


def answer_fingerprint(answer: Answer) -> str:
    """Return the fingerprint of the present value of an answer."""
    return value_fingerprint(answer.question, UNKNOWN if answer.unknown else answer.value)


def value_fingerprint(question: Question, value: Any) -> str:
    """Return the fingerprint of a value, however it is written."""
    return fingerprint(comparable(question, value))


def comparable(question: Asked, value: Any) -> Any:
    """Return a value in the form in which two that say the same are equal: keys for labels, 24 for 24.0.

    The order of several choices says nothing, but that of a list does. In a row, a key without a value says nothing.
    """
    value = with_keys(question, value)
    if isinstance(value, list) and isinstance(question, Question) and question.columns:
        return [_row(question, row) if isinstance(row, dict) else row for row in value]
    if isinstance(value, list) and question.choices:
        order = list(question.choices)
        once = dict.fromkeys(item if isinstance(item, str) else repr(item) for item in value)
        return sorted(once, key=lambda item: (order.index(item) if item in order else len(order), item))
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return None if isinstance(value, str) and not value.strip() else value


def _row(question: Question, row: Mapping[str, Any]) -> dict[str, Any]:
    known = {key: comparable(question.columns[key], row[key]) for key in question.columns if key in row}
    # Keys that no column has are mistakes, but two rows that differ in them are not the same.
    strange = {key: value for key, value in row.items() if key not in question.columns and key != "place"}
    return without_empty(known | strange)
