"""Derives the closed schemas of a catalog's files from the types in model/catalog.py."""

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
    Mark.COVERED_TEXT: TEXT,
    Mark.SHOWN_CONDITION: TEXT,
    Mark.SHOWN_TEXT: TEXT,
    str: TEXT,
    bool: {"type": "boolean"},
    Any: {},
}


@dataclass(frozen=True)
class FieldType:
    """The type of a field, analyzed once, because a catalog has about ten thousand values."""

    kind: Any
    """The type without its marks; for an optional value, without None."""
    mark: Mark | Names | OneOf | None
    """The outermost mark."""
    words: tuple[str, ...] = ()
    """The only words that it allows; empty if it allows any."""
    inner: FieldType | None = None
    """The type of the items of a list or a mapping."""
    is_row: bool = False
    """Whether its values have fields."""

    @property
    def by_name(self) -> bool:
        """Whether the file only names things that are defined elsewhere."""
        return isinstance(self.mark, Names) and self.inner is not None and self.inner.is_row


def field_type(kind: Any) -> FieldType:
    """Take the type of a field apart."""
    bare, *marks = get_args(kind) if get_origin(kind) is Annotated else (kind,)
    parts = get_args(bare)
    if NoneType in parts:
        return field_type(next(part for part in parts if part is not NoneType))
    origin, mark = get_origin(bare) or bare, marks[-1] if marks else None
    if origin is Literal or isinstance(mark, OneOf):
        return FieldType(origin, mark, words=mark.words if isinstance(mark, OneOf) else parts)
    if origin in (tuple, Mapping):
        return FieldType(origin, mark, inner=field_type(parts[0] if origin is tuple else parts[1]))
    return FieldType(origin, mark, is_row=is_dataclass(origin))


@cache
def fields_of(row: Any) -> Mapping[str, FieldType]:
    """Return the types of a row's fields, in the order of their declaration."""
    hints = get_type_hints(row, include_extras=True)
    return {one.name: field_type(hints[one.name]) for one in fields(row)}


@cache
def shape(kind: Any) -> Schema:
    """Return the JSON Schema of a file."""
    return _shape(field_type(kind))


def _shape(one: FieldType) -> Schema:
    if one.by_name:
        return WORDS
    if one.words:
        return words(*filter(None, one.words))  # "" is the default of a field that nobody wrote
    for key in (one.mark, one.kind):
        if key in _SHAPES:
            return _SHAPES[key]
    if one.inner is None:
        return _row(one.kind)
    inner = _shape(one.inner)
    if one.kind is Mapping:
        return table(inner)
    return {"type": "array", "items": inner} | ({"uniqueItems": True} if inner == TEXT else {})


def _row(kind: Any) -> Schema:
    written = {name: one for name, one in fields_of(kind).items() if one.mark not in (Mark.GIVEN, Mark.KEY)}
    needed = [one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING]
    described = closed(
        {name: _shape(one) for name, one in written.items()}, [name for name in needed if name in written]
    )
    if not hasattr(kind, "alone"):
        return described
    return {"type": ["string", "object"], "if": {"type": "object"}, "then": described}
