"""Says what is wrong in a file that does not conform to its JSON Schema: jsonschema finds it, and we say where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from policywright.files.formats import FORMATS
from policywright.files.signs import looks_right
from policywright.files.yaml import YamlFile
from policywright.model.findings import Finding, Place, did_you_mean, first_of, one_of, short

_FORMATS = FormatChecker(formats=())
for _name, _holds in FORMATS.items():
    _FORMATS.checks(_name)(_holds)


def mistakes_in(file: YamlFile, schema: dict[str, Any]) -> list[Finding]:
    """Return what is wrong in a file; every mistake is one finding of severity `error`."""
    errors: Iterable[Any] = Draft202012Validator(schema, format_checker=_FORMATS).iter_errors(file.value)
    return first_of(finding for error in errors for finding in _findings(error, file))


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
