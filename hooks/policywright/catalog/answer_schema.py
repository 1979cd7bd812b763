"""Builds JSON Schema from the questions; both the checks and the editors use it."""

from __future__ import annotations

from collections.abc import Iterable

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
    if not question.may_be_unknown:
        return described | value
    if "enum" in value:
        return described | {"enum": [*value["enum"][:-1], UNKNOWN, None]}
    return described | {"if": {"const": UNKNOWN}, "else": value}


def _value_schema(question: Asked) -> Schema:
    if question.type in ("choice", "yes_no"):
        return {"enum": [*question.choices, None]}
    if question.type == "choices":
        return {"type": ["array", "null"], "items": {"enum": list(question.choices)}, "uniqueItems": True}
    if question.type == "list":
        return {"type": ["array", "null"], "items": TEXT | NOT_BLANK, "uniqueItems": True}
    if question.type == "number":
        return {"type": ["number", "null"]}
    return MAYBE_DATE if question.type == "date" else MAYBE_TEXT


def describe(question: Asked) -> str:
    """Return as plain text why a question is asked and which choices it has."""
    why = [question.why, question.found_in] if isinstance(question, Question) else []
    unknown = [f"- {UNKNOWN}: Nobody knows yet"] if question.may_be_unknown else []
    choices = [f"- {choice.value}: {choice.label}" for choice in question.choices.values()]
    return "\n".join([*filter(None, why), *choices, *unknown])
