"""JSON Schema for people's files; schema errors become findings with a place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from policywright.files.signs import looks_right
from policywright.files.yaml import YamlFile
from policywright.model.findings import Finding, Place, did_you_mean, first_of, one_of, short

Schema = dict[str, Any]

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
    """Return whether a text is a date such as 2027-03-01; True for anything that is not a text."""
    try:
        return not isinstance(value, str) or bool(_DAY.fullmatch(value) and date.fromisoformat(value))
    except ValueError:
        return False


_PERIOD = re.compile(r"[1-9][0-9]{0,3} (day|week|month|year)s?")


@_FORMATS.checks("period")
def is_period(value: object) -> bool:
    """Return whether a text is a period such as “12 months”; True for anything that is not a text."""
    return not isinstance(value, str) or bool(_PERIOD.fullmatch(value))


_ADDRESS = re.compile(r"""[^\s@<>"',;?&]+@[^\s@<>"',;?&]+""")


@_FORMATS.checks("address")
def is_address(value: object) -> bool:
    """Return whether a text may be an email address; True for anything that is not a text."""
    return not isinstance(value, str) or not value or bool(_ADDRESS.fullmatch(value))


PATTERNS = {"period": f"^({_PERIOD.pattern})$", "address": f"^({_ADDRESS.pattern})?$"}
"""The formats that other programs do not know, as patterns that they do."""


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
    errors: Iterable[Any] = _validator(_Frozen(schema)).iter_errors(file.value)
    return first_of(finding for error in errors for finding in _findings(error, file))


class _Frozen:
    """A schema as a cache key: compared by identity, and kept alive by the cache."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    def __hash__(self) -> int:
        return id(self.schema)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Frozen) and other.schema is self.schema


# The schemas of our files are always the same ones; those of answers are made for each repository, so a process that
# reads a thousand of them must not keep all.
@lru_cache(maxsize=64)
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
    places: list[tuple[Place, Any]] = []
    seen: set[str] = set()
    for number, value in enumerate(values):
        if repr(value) in seen:
            places.append((file.place(*path, number), value))
        seen.add(repr(value))
    return [
        _error("E104", f"“{short(value)}” is in the list twice.", place, "Delete one of the two.")
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
        return _error("E119", f"“{short(written)}” is not an email address.", place, fix)
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
    hint = looks_right(written) if kind == "object" and isinstance(written, str) else None
    if hint:
        return _error("E103", f"{expected} belongs here, not {_kind(written)}: {hint.words}.", place, hint.fix)
    return _error("E103", f"{expected} belongs here, not {_kind(written)}.", place, fix)


def _kind(value: object) -> str:
    if isinstance(value, dict):
        return "a mapping of keys"
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None or value == "" else f"“{short(value)}”"


def _error(code: str, message: str, place: Place, fix: str) -> Finding:
    return Finding(code, "error", message, (place,), fix)


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
