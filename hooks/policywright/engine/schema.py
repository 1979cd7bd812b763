"""Questions become JSON Schema, and schema errors become findings with a place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from policywright.engine.findings import Finding, Place, did_you_mean, first_of, one_of, short
from policywright.engine.model import Question
from policywright.engine.yamlfile import YamlFile

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

TEXT: Schema = {"type": "string"}
DATE: Schema = TEXT | {"format": "date"}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
MAYBE_DATE: Schema = MAYBE_TEXT | {"format": "date"}
NOT_BLANK: Schema = {"pattern": r"\S"}
WORDS: Schema = {"type": "array", "items": TEXT, "uniqueItems": True}

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date")
def is_date(value: object) -> bool:
    """Tell whether a text is a date such as 2027-03-01; whatever is not a text passes."""
    try:
        return not isinstance(value, str) or bool(_DAY.fullmatch(value) and date.fromisoformat(value))
    except ValueError:
        return False


_PERIOD = re.compile(r"[1-9][0-9]{0,3} (day|week|month|year)s?")


@_FORMATS.checks("period")
def is_period(value: object) -> bool:
    """Tell whether a text is a period such as “12 months”; whatever is not a text passes."""
    return not isinstance(value, str) or bool(_PERIOD.fullmatch(value))


_ADDRESS = re.compile(r"[^\s@<>\"',;?&]+@[^\s@<>\"',;?&]+")


@_FORMATS.checks("address")
def is_address(value: object) -> bool:
    """Tell whether a text may be an e-mail address; whatever is not a text passes."""
    return not isinstance(value, str) or not value or bool(_ADDRESS.fullmatch(value))


def closed(properties: Mapping[str, Schema], required: Sequence[str] = ()) -> Schema:
    """Describe a mapping that has these keys and no others."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


def table(rows: Schema) -> Schema:
    """Describe a mapping of any keys whose values are all alike."""
    return {"type": "object", "additionalProperties": rows}


def words(*allowed: str) -> Schema:
    """Describe one word out of a list."""
    return {"enum": list(allowed)}


def answers_schema(title: str, questions: Iterable[Question]) -> Schema:
    """Describe the answer file of one element; the editors use the same schema.

    Questions of type `records` are left out: their rows live in `registers/`.
    """
    asked = [question for question in questions if question.type != "records"]
    schema = closed({question.name: question_schema(question) for question in asked})
    return {"$schema": DIALECT, "title": title} | schema | {"type": ["object", "null"]}


def register_schema(question: Question) -> Schema:
    """Describe a register: a list of rows with the question's columns."""
    columns = {name.rsplit(".", 1)[-1]: question_schema(column) for name, column in question.columns.items()}
    required = [name for name, column in question.columns.items() if column.required]
    rows = {"type": ["array", "null"], "items": closed(columns, required)}
    return {"$schema": DIALECT, "title": question.help} | rows


def question_schema(question: Question) -> Schema:
    """Describe the value of one question; an empty value is always allowed and means unanswered."""
    return {"title": question.help, "description": describe(question)} | _value_schema(question)


def _value_schema(question: Question) -> Schema:
    if question.type in ("choice", "yes_no"):
        return {"enum": [*question.choices, None]}
    if question.type == "choices":
        return {"type": ["array", "null"], "items": {"enum": list(question.choices)}, "uniqueItems": True}
    if question.type == "list":
        return {"type": ["array", "null"], "items": TEXT | NOT_BLANK, "uniqueItems": True}
    if question.type == "number":
        return {"type": ["number", "null"]}
    return {"type": ["string", "null"]} | ({"format": "date"} if question.type == "date" else {})


def describe(question: Question) -> str:
    """Say in plain text why a question is asked and what may be chosen."""
    choices = [f"- {choice.value}: {choice.label}" for choice in question.choices.values()]
    return "\n".join(part for part in [question.why, *choices] if part)


def check(file: YamlFile, schema: Schema) -> list[Finding]:
    """Check a file; every mistake becomes one finding of severity `error`."""
    errors: Iterable[Any] = _validator(_Frozen(schema)).iter_errors(file.value)
    return first_of(finding for error in errors for finding in _findings(error, file))


class _Frozen:
    """A schema as a cache key: by identity, and kept alive by the cache."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    def __hash__(self) -> int:
        return id(self.schema)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Frozen) and other.schema is self.schema


@cache
def _validator(frozen: _Frozen) -> Draft202012Validator:
    return Draft202012Validator(frozen.schema, format_checker=_FORMATS)


def _findings(error: Any, file: YamlFile) -> Iterable[Finding]:
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        return (_unknown_key(key, path, error, file) for key in _extra_keys(error))
    if error.validator == "required":
        return [_missing_key(error, path, file)]
    if error.validator == "uniqueItems":
        return _repeated(path, file, error.instance)
    return [_wrong_value(error, path, file)]


def _extra_keys(error: Any) -> list[str]:
    return [key for key in error.instance if key not in error.schema["properties"]]


def _unknown_key(key: str, path: tuple[str | int, ...], error: Any, file: YamlFile) -> Finding:
    known = error.schema["properties"]
    message = f"The key “{short(key)}” is not known here.{did_you_mean(key, known)}"
    return _error("E101", message, file.key_place(*path, key), f"Known keys: {one_of(known)}.")


def _missing_key(error: Any, path: tuple[str | int, ...], file: YamlFile) -> Finding:
    missing = next(key for key in error.validator_value if key not in error.instance and f"'{key}'" in error.message)
    return _error(
        "E106", f"The key “{missing}” is missing here.", file.place(*path), f"Add “{missing}:” with its value."
    )


def _repeated(path: tuple[str | int, ...], file: YamlFile, values: list[Any]) -> list[Finding]:
    places = [(file.place(*path, n), value) for n, value in enumerate(values) if value in values[:n]]
    return [
        _error("E104", f"“{short(value)}” stands in the list twice.", place, "Delete one of the two.")
        for place, value in places
    ]


def _wrong_value(error: Any, path: tuple[str | int, ...], file: YamlFile) -> Finding:
    place = file.place(*path)
    written = file.raw.get(path) or error.instance
    if error.validator == "enum":
        return _not_a_choice(error, written, place)
    if error.validator == "format" and error.validator_value == "period":
        fix = "Write a number of days, weeks, months or years: 12 months."
        return _error("E118", f"“{short(written)}” is not a period of time.", place, fix)
    if error.validator == "format" and error.validator_value == "address":
        fix = "Write one address, such as clerk@exampleton.example, or nothing."
        return _error("E119", f"“{short(written)}” is not an e-mail address.", place, fix)
    if error.validator == "format":
        return _error("E105", f"“{short(written)}” is not a date.", place, "Write year, month and day: 2027-03-01.")
    return _wrong_type(error, written, place)


def _not_a_choice(error: Any, written: object, place: Place) -> Finding:
    allowed = [word for word in error.validator_value if word is not None]
    fix = f"Choose one of: {one_of(allowed)}."
    if written is None or isinstance(written, list | dict):
        return _error("E103", f"One value belongs here, not {_kind(written)}.", place, fix)
    meant = {"true": "yes", "false": "no", "0": "none"}.get(str(written).lower(), str(written))
    hint = f" Did you mean “{meant}”?" if meant in allowed else did_you_mean(meant, allowed)
    return _error("E102", f"“{short(written)}” is not one of the choices.{hint}", place, fix)


_EXPECTED = {
    "string": ("A text", "Put it in quotes if it is meant as a text."),
    "array": ("A list", "Write one value per line, each after “- ”, or all of them as [a, b]."),
    "object": ("A mapping of keys", "Write “key: value” lines, indented by two spaces."),
    "number": ("A number", "Write digits only."),
    "boolean": ("True or false", "Write true or false."),
}


def _wrong_type(error: Any, written: object, place: Place) -> Finding:
    kinds = error.schema.get("type", "string")
    kind = next(word for word in ([kinds] if isinstance(kinds, str) else kinds) if word in _EXPECTED)
    expected, fix = _EXPECTED[kind]
    return _error("E103", f"{expected} belongs here, not {_kind(written)}.", place, fix)


def _kind(value: object) -> str:
    if isinstance(value, dict):
        return "a mapping of keys"
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None or value == "" else f"“{short(value)}”"


def _error(code: str, message: str, place: Place, fix: str) -> Finding:
    return Finding(code, "error", message, (place,), fix)
