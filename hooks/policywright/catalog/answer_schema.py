"""Questions become JSON Schema, which the checks and the editors share."""

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
from policywright.model.catalog import Asked, Question

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def answers_schema(title: str, questions: Iterable[Question]) -> Schema:
    """Describe the answer file of one element; the editors use the same schema.

    Questions of type `records` are left out: their rows live in `registers/`.
    """
    asked = [question for question in questions if question.type != "records"]
    schema = closed({question.name: question_schema(question) for question in asked})
    return {"$schema": DIALECT, "title": title} | schema | {"type": ["object", "null"]}


def register_schema(question: Question) -> Schema:
    """Describe a register: a list of rows with the question's columns."""
    columns = {name: question_schema(column) for name, column in question.columns.items()}
    required = [name for name, column in question.columns.items() if column.required]
    rows = {"type": ["array", "null"], "items": closed(columns, required)}
    return {"$schema": DIALECT, "title": question.help} | rows


def question_schema(question: Asked) -> Schema:
    """Describe the value of one question; an empty value is always allowed and means unanswered."""
    return {"title": question.help, "description": describe(question)} | _value_schema(question)


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
    """Say in plain text why a question is asked and what may be chosen."""
    why = [question.why] if isinstance(question, Question) else []
    return "\n".join([*why, *(f"- {choice.value}: {choice.label}" for choice in question.choices.values())])
