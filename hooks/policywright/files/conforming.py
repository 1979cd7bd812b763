"""Says quickly that a value conforms to a JSON Schema; jsonschema is asked only where this is not certain."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from policywright.files.formats import FORMATS


def conforms(value: Any, schema: Any) -> bool:
    """Return whether a value certainly conforms to a schema; False means only that this is not certain.

    It knows the keywords that most of our schemas use, and compares nothing but texts and null.
    """
    if not isinstance(schema, dict):
        return schema is True
    return all(word in _KEYWORDS and _KEYWORDS[word](value, wanted, schema) for word, wanted in schema.items())


# These types are exact, because True is an integer for Python and not for JSON Schema.
_TYPES: Mapping[str, tuple[type, ...]] = {
    "array": (list,),
    "boolean": (bool,),
    "null": (type(None),),
    "number": (int, float),
    "object": (dict,),
    "string": (str,),
}

_Schema = Mapping[str, Any]


def _is_of_type(value: Any, kinds: str | list[str], _: _Schema) -> bool:
    return any(type(value) in _TYPES.get(kind, ()) for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _is_one_of(value: Any, allowed: list[Any], _: _Schema) -> bool:
    return (value is None or isinstance(value, str)) and value in allowed


def _has_right_values(value: Any, properties: Mapping[str, Any], _: _Schema) -> bool:
    return not isinstance(value, dict) or all(
        conforms(value[key], schema) for key, schema in properties.items() if key in value
    )


def _has_right_others(value: Any, others: Any, schema: _Schema) -> bool:
    known = schema.get("properties", {})
    return not isinstance(value, dict) or all(conforms(value[key], others) for key in value if key not in known)


def _has_different_items(value: Any, wanted: bool, _: _Schema) -> bool:  # noqa: FBT001 - every keyword has these parameters
    if not wanted or not isinstance(value, list):
        return True
    return all(isinstance(item, str) for item in value) and len(set(value)) == len(value)


def _fits_its_branch(value: Any, condition: Any, schema: _Schema) -> bool:
    then, otherwise = (conforms(value, schema.get(branch, True)) for branch in ("then", "else"))
    # A condition that is not certain may be true or false.
    return then if conforms(value, condition) else then and otherwise


_KEYWORDS: Mapping[str, Callable[[Any, Any, _Schema], bool]] = {
    **dict.fromkeys(("title", "description", "enumDescriptions"), lambda *_: True),
    "$schema": lambda _, dialect, __: dialect == "https://json-schema.org/draft/2020-12/schema",
    "type": _is_of_type,
    "enum": _is_one_of,
    "const": lambda value, wanted, schema: _is_one_of(value, [wanted], schema),
    "format": lambda value, name, _: name in FORMATS and FORMATS[name](value),
    "pattern": lambda value, pattern, _: not isinstance(value, str) or bool(re.search(pattern, value)),
    "properties": _has_right_values,
    "required": lambda value, keys, _: not isinstance(value, dict) or all(key in value for key in keys),
    "additionalProperties": _has_right_others,
    "items": lambda value, schema, _: not isinstance(value, list) or all(conforms(item, schema) for item in value),
    "uniqueItems": _has_different_items,
    "if": _fits_its_branch,
    # These two say something only together with “if”.
    **dict.fromkeys(("then", "else"), lambda *_: True),
}
