"""JSON Schema for people's files: the parts that schemas are made of, and the check of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from policywright.files.conforming import conforms
from policywright.files.formats import is_date
from policywright.files.yaml import YamlFile
from policywright.model.findings import Finding, first_of

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
DATE: Schema = TEXT | {"format": "date"}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
MAYBE_DATE: Schema = MAYBE_TEXT | {"format": "date"}
NOT_BLANK: Schema = {"pattern": r"\S"}
WORDS: Schema = {"type": "array", "items": TEXT, "uniqueItems": True}


def closed(properties: Mapping[str, Schema], required: Sequence[str] = ()) -> Schema:
    """Return the schema of a mapping with these keys and no others."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


def table(rows: Schema) -> Schema:
    """Return the schema of a mapping with any keys and one kind of value."""
    return {"type": "object", "additionalProperties": rows}


def described(schema: Schema, said: str) -> Schema:
    """Return a schema with words for the people who read it."""
    return {**schema, "description": said}


def words(*allowed: str) -> Schema:
    """Return the schema of one word out of a list."""
    return {"enum": list(allowed)}


def check(file: YamlFile, schema: Schema) -> list[Finding]:
    """Check a file; every mistake becomes one finding of severity `error`."""
    if conforms(file.value, schema):
        return []
    from policywright.files.mistakes import mistakes_in  # noqa: PLC0415 - jsonschema is slow to load, most files are right

    return mistakes_in(file, schema)


def checked(file: YamlFile, problems: list[Finding], schema: Schema) -> list[Finding]:
    """Add the schema's findings to those of reading, unless nothing could be read."""
    return problems if problems and file.value is None else [*problems, *first_of(file.lost), *check(file, schema)]


def without_empty(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a row says: a key without a value says nothing."""
    return {key: value for key, value in row.items() if value is not None}


def mapping(value: Any) -> dict[str, Any]:
    """Return a mapping, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def line(value: Any) -> str:
    """Return a text on one line, or an empty one for anything else."""
    return " ".join(value.split()) if isinstance(value, str) else ""


def date_or_nothing(value: Any) -> str:
    """Return an ISO date, or an empty text for anything else."""
    return value if isinstance(value, str) and is_date(value) else ""
