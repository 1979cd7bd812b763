"""The closed shapes of a catalog's files follow from the types in model/catalog.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from policywright.files.schema import DATE, TEXT, WORDS, Schema, closed, table, words
from policywright.model.fields import Mark, Names, OneOf

_SHAPES: Mapping[Any, Schema] = {
    Mark.LISTED: WORDS,
    Mark.DATE: DATE,
    Mark.CONDITION: TEXT,
    Mark.TEXT: TEXT,
    Mark.SHOWN_CONDITION: TEXT,
    Mark.SHOWN_TEXT: TEXT,
    str: TEXT,
    bool: {"type": "boolean"},
    Any: {},
}


@dataclass(frozen=True)
class FieldType:
    """The type of a field, taken apart."""

    kind: Any
    """Without its marks; of a value that may be missing, the type that it has when it is there."""
    mark: Mark | Names | OneOf | None
    """The outermost."""
    parts: tuple[Any, ...]
    """The types or the words of which it is made."""

    @property
    def is_row(self) -> bool:
        """Whether a value has fields itself."""
        return is_dataclass(self.kind)

    @property
    def by_name(self) -> bool:
        """Whether things are written as the names that they have elsewhere."""
        return isinstance(self.mark, Names) and self.kind is tuple and is_dataclass(self.parts[0])


@cache
def field_type(kind: Any) -> FieldType:
    """Take the type of a field apart."""
    inner, *marks = get_args(kind) if get_origin(kind) is Annotated else (kind,)
    if NoneType in get_args(inner):
        return field_type(next(part for part in get_args(inner) if part is not NoneType))
    return FieldType(get_origin(inner) or inner, marks[-1] if marks else None, get_args(inner))


@cache
def fields_of(row: Any) -> Mapping[str, Any]:
    """Return the type of each field of a row, marks included, in the order of the fields."""
    hints = get_type_hints(row, include_extras=True)
    return {one.name: hints[one.name] for one in fields(row)}


@cache
def shape(kind: Any) -> Schema:
    """Return the JSON Schema of what is written for a type: the same object each time, as `check` wants it."""
    taken = field_type(kind)
    if taken.by_name:
        return WORDS
    if isinstance(taken.mark, OneOf):
        return words(*taken.mark.words)
    for key in (taken.mark, taken.kind):
        if key in _SHAPES:
            return _SHAPES[key]
    if taken.kind is Literal:
        return words(*filter(None, taken.parts))  # the empty word is what a field is that nobody wrote
    if taken.kind is tuple:
        items = shape(taken.parts[0])
        return {"type": "array", "items": items} | ({"uniqueItems": True} if items == TEXT else {})
    return _row(taken.kind) if taken.is_row else table(shape(taken.parts[1]))


def _row(kind: Any) -> Schema:
    written = {name: one for name, one in fields_of(kind).items() if field_type(one).mark not in (Mark.GIVEN, Mark.KEY)}
    needed = [one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING]
    described = closed(
        {name: shape(one) for name, one in written.items()}, [name for name in needed if name in written]
    )
    if not hasattr(kind, "alone"):
        return described
    return {"type": ["string", "object"], "if": {"type": "object"}, "then": described}
