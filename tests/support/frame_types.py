"""Reads page frames as mypy reads Python: which names a frame uses, and whether what it looks at exists."""

from __future__ import annotations

import dataclasses
import inspect
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import Environment, nodes

Scope = dict[str, Any]
"""Name in a frame -> its type; Any for what is not known, such as the arguments of macros."""


def mistakes(env: Environment, source: str, view: type) -> list[str]:
    """Return the attributes that a frame looks at and that the fields of its view do not have."""
    scope: Scope = dict(hints(view))
    return list(_Reader().read(env.parse(source).body, scope))


def hints(kind: type) -> dict[str, Any]:
    """Return the types of what a frame may look at in a value: fields, properties and methods."""
    found = typing.get_type_hints(kind)
    for name, member in inspect.getmembers(kind):
        made = getattr(member, "fget", None) or getattr(member, "func", None) or member
        if not name.startswith("_") and inspect.isfunction(made):
            found[name] = typing.get_type_hints(made).get("return", Any)
    return found


def reachable(kind: Any, seen: set[Any] | None = None) -> set[Any]:
    """Return every type that a frame can reach from a type."""
    seen = set() if seen is None else seen
    for one in (kind, *typing.get_args(kind)):
        if one not in seen:
            seen.add(one)
            inner = hints(one).values() if _is_noun(one) else typing.get_args(one)
            for other in inner:
                reachable(other, seen)
    return seen


class _Reader:
    """Walks a frame with the types of its names; a loop has a scope of its own."""

    def read(self, body: list[nodes.Node], scope: Scope) -> Iterator[str]:
        for node in body:
            yield from self.node(node, scope)

    def node(self, node: nodes.Node, scope: Scope) -> Iterator[str]:
        if isinstance(node, nodes.For):
            yield from self.node(node.iter, scope)
            inner = dict(scope)
            _assign(node.target, _item(_type(node.iter, scope)), inner)
            yield from self.read([*([node.test] if node.test else []), *node.body], inner)
            yield from self.read(node.else_, scope)
        elif isinstance(node, nodes.Macro):
            yield from self.read(node.body, scope | {arg.name: Any for arg in node.args})
        elif isinstance(node, nodes.Assign):
            yield from self.node(node.node, scope)
            _assign(node.target, _type(node.node, scope), scope)
        elif isinstance(node, nodes.Getattr):
            yield from self.node(node.node, scope)
            kind = _known(_type(node.node, scope))
            if _is_noun(kind) and node.attr not in hints(kind):
                yield f"line {node.lineno}: {kind.__name__} has no {node.attr}"
        else:
            yield from self.read(list(node.iter_child_nodes()), scope)


def _assign(target: nodes.Node, kind: Any, scope: Scope) -> None:
    if isinstance(target, nodes.Name):
        scope[target.name] = kind
    elif isinstance(target, nodes.Tuple):
        for number, one in enumerate(target.items):
            parts = typing.get_args(kind)
            _assign(one, parts[number] if len(parts) == len(target.items) else Any, scope)


def _type(node: nodes.Node | None, scope: Scope) -> Any:
    if isinstance(node, nodes.Name):
        return scope.get(node.name, Any)
    if isinstance(node, nodes.Getattr):
        kind = _known(_type(node.node, scope))
        return hints(kind).get(node.attr, Any) if _is_noun(kind) else Any
    if isinstance(node, nodes.Getitem):
        return _item(_type(node.node, scope), values=True)
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr):
        return _called(node.node, scope)
    if isinstance(node, nodes.Filter) and node.name in ("list", "select", "selectattr", "rejectattr"):
        return _type(node.node, scope)
    return Any


def _called(method: nodes.Getattr, scope: Scope) -> Any:
    kind = _known(_type(method.node, scope))
    if method.attr in ("items", "values") and _is(kind, Mapping):
        key, value = typing.get_args(kind)
        return tuple[tuple[key, value], ...] if method.attr == "items" else tuple[value, ...]  # type: ignore[valid-type]
    return _type(method, scope)


def _is_noun(kind: Any) -> bool:
    return isinstance(kind, type) and dataclasses.is_dataclass(kind)


def _known(kind: Any) -> Any:
    """Return a type without the None that it may be."""
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        parts = [part for part in typing.get_args(kind) if part is not type(None)]
        return parts[0] if len(parts) == 1 else Any
    return kind


def _item(kind: Any, *, values: bool = False) -> Any:
    """Return the type of what a loop yields, or of what an index gives."""
    kind = _known(kind)
    parts = typing.get_args(kind)
    if _is(kind, Mapping):
        return parts[1] if values else parts[0]
    if (_is(kind, tuple) and parts[1:] == (...,)) or _is(kind, list):
        return parts[0]
    return Any


def _is(kind: Any, wanted: type) -> bool:
    return typing.get_origin(kind) is wanted
