"""Builds JSON Schema from the questions; both the checks and the editors use it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from policywright.files.schema import (
    MAYBE_DATE,
    MAYBE_TEXT,
    NOT_BLANK,
    TEXT,
    Schema,
    closed,
)
from policywright.model.catalog import UNKNOWN, Asked, Question

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NOBODY_KNOWS = "Nobody knows yet"
NOT_ANSWERED = "Nobody has answered yet"


def answers_schema(title: str, questions: Iterable[Question]) -> Schema:
    """Return the schema of one element's answer file; editors use the same one.

    Questions of type `records` are left out: their rows are in `registers/`.
    """
    asked = [question for question in questions if question.type != "records"]
    schema = closed({question.name: question_schema(question) for question in asked})
    return {"$schema": DIALECT, "title": title} | schema | {"type": ["object", "null"]}


def register_schema(question: Question) -> Schema:
    """Return the schema of a register: a list of rows with the question's columns."""
    columns = {name: question_schema(column) for name, column in question.columns.items()}
    required = [name for name, column in question.columns.items() if column.required]
    rows = {"type": ["array", "null"], "items": closed(columns, required)}
    return {"$schema": DIALECT, "title": question.help} | rows


def question_schema(question: Asked) -> Schema:
    """Return the schema of one question's value; an empty value is always allowed and means unanswered."""
    described = {"title": question.help, "description": describe(question)}
    value = _value_schema(question)
    if "enum" in value:
        return described | value
    return described | ({"if": {"const": UNKNOWN}, "else": value} if question.may_be_unknown else value)


def _value_schema(question: Asked) -> Schema:
    labels = {choice.value: choice.label for choice in question.choices.values()}
    if question.type in ("choice", "yes_no"):
        return _one_of(labels | ({UNKNOWN: NOBODY_KNOWS} if question.may_be_unknown else {}) | {None: NOT_ANSWERED})
    if question.type == "choices":
        return {"type": ["array", "null"], "items": _one_of(labels), "uniqueItems": True}
    if question.type == "list":
        return {"type": ["array", "null"], "items": TEXT | NOT_BLANK, "uniqueItems": True}
    if question.type == "number":
        return {"type": ["number", "null"]}
    return MAYBE_DATE if question.type == "date" else MAYBE_TEXT


def _one_of(labels: Mapping[Any, str]) -> Schema:
    """Return the schema of a value that is one of these; editors show the label beside it."""
    return {"enum": list(labels), "enumDescriptions": list(labels.values())}


def describe(question: Asked) -> str:
    """Return as plain text why a question is asked and which choices it has."""
    why = [question.why, question.found_in] if isinstance(question, Question) else []
    unknown = [f"- {UNKNOWN}: {NOBODY_KNOWS}"] if question.may_be_unknown else []
    choices = [f"- {choice.value}: {choice.label}" for choice in question.choices.values()]
    return "\n".join([*filter(None, why), *choices, *unknown])
