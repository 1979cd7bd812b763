"""Writes the rows of a register, and leaves every row that stays, and every comment, unchanged."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from policywright.files.line_ends import as_in, ended, plain
from policywright.files.schema import without_empty
from policywright.files.values import as_yaml
from policywright.files.yaml import Path_, YamlFile, parse_yaml
from policywright.model.findings import NotByLine, PolicyError

Row = Mapping[str, Any]


def with_rows_of(raw: str, name: str, rows: Sequence[Row] | None) -> str:
    """Return a file with these rows; None for no answer, which is different from no rows.

    `raw` has its original line ends; an empty text becomes a list.
    Raise PolicyError if the file cannot be read, and NotByLine if it cannot be changed without touching other lines.
    """
    file, problems = parse_yaml(plain(raw), name)
    if problems:
        raise PolicyError(problems)
    if as_in(raw, file.text) != raw:
        raise NotByLine
    wanted = None if rows is None else [without_empty(row) for row in rows]
    for new in _candidates(file, wanted):
        if _says(new, name, wanted):
            return as_in(raw, new)
    raise NotByLine


def _says(text: str, name: str, wanted: list[dict[str, Any]] | None) -> bool:
    found, problems = parse_yaml(text, name)
    return not problems and _rows_of(found) == wanted


def _rows_of(file: YamlFile) -> list[dict[str, Any]] | None:
    if file.value is None:
        return None
    if not isinstance(file.value, list) or not all(isinstance(row, dict) for row in file.value):
        raise NotByLine
    return [without_empty(row) for row in file.value]


def _candidates(file: YamlFile, wanted: list[dict[str, Any]] | None) -> Iterator[str]:
    old = _rows_of(file)
    if old == wanted:
        yield file.text
    elif not old or file.text.startswith("[", file.spans[()][0]):
        yield _replaced(file, wanted)
    elif wanted:
        yield _split(file).with_rows(old, wanted, _edited)
        yield _split(file).with_rows(old, wanted, _rewritten)
    else:
        # What is left of a list without rows is its comments; “[]” says that there are none.
        left = _split(file).with_rows(old, [], _rewritten)
        yield left if wanted is None else ended(left) + "[]\n"


def _replaced(file: YamlFile, wanted: list[dict[str, Any]] | None) -> str:
    """Return the text with other rows in place of brackets or of nothing."""
    start, end = file.spans.get((), (len(file.text), len(file.text)))
    if file.value and (file.text[start] != "[" or _comments_in(file.text[start:end])):
        raise NotByLine
    lines = "".join(f"- {as_yaml(row)}\n" for row in wanted or ())
    lines = "[]\n" if wanted == [] else lines
    return ended(file.text[:start]) + lines + file.text[end:].removeprefix("\n")


@dataclass(frozen=True)
class _Item:
    lead: str
    """The comments and blank lines above it."""
    text: str
    value: dict[str, Any]


Edit = Callable[["_Item", dict[str, Any], str], str]
"""Writes a row in place of another."""


@dataclass(frozen=True)
class _Rows:
    """A list of rows, each beginning on a separate line."""

    prefix: str
    """What comes before a row: spaces, a dash and a space."""
    items: tuple[_Item, ...]
    tail: str

    def with_rows(self, old: Sequence[Row], wanted: Sequence[dict[str, Any]], edit: Edit) -> str:
        """Return the list with these rows: those that stay keep their lines, and no comment above a row is dropped."""
        before, after = ([json.dumps(row, sort_keys=True) for row in rows] for rows in (old, wanted))
        lines, loose = "", ""
        for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if kind == "equal":
                lines += loose + "".join(item.lead + item.text for item in self.items[a:b])
                loose = ""
                continue
            both = min(b - a, d - c)
            for item, row in zip(self.items[a : a + both], wanted[c : c + both], strict=True):
                lines += loose + item.lead + edit(item, row, self.prefix)
                loose = ""
            lines += "".join(f"{self.prefix}{as_yaml(row)}\n" for row in wanted[c + both : d])
            loose += "".join(_left_of(item, self.prefix) for item in self.items[a + both : b])
        return lines + loose + self.tail


def _left_of(item: _Item, prefix: str) -> str:
    """Return the comments of a row that goes, as lines."""
    return (item.lead if item.lead.strip() else "") + _own_comments(item, prefix)


def _own_comments(item: _Item, prefix: str) -> str:
    indent = " " * (len(prefix) - len(prefix.lstrip(" ")))
    return "".join(f"{indent}{words}\n" for words in _comments_in(item.text))


def _comments_in(text: str) -> list[str]:
    """Return the comments in the text of rows; a “#” inside a text does not begin one."""
    file, _ = parse_yaml(text, "")
    spans = [span for path, span in file.spans.items() if _is_leaf(file, path)]
    found: list[str] = []
    for number, line in enumerate(text.splitlines(keepends=True)):
        start = sum(map(len, text.splitlines(keepends=True)[:number]))
        at = next((at for at, sign in enumerate(line) if sign == "#" and not _inside(start + at, spans)), None)
        found += [line[at:].rstrip()] if at is not None else []
    return found


def _inside(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in spans)


def _is_leaf(file: YamlFile, path: Path_) -> bool:
    value = file.value
    for step in path:
        value = value[step]
    return not isinstance(value, dict | list)


def _split(file: YamlFile) -> _Rows:
    """Split a list into its rows; raise NotByLine if they are not on separate lines."""
    lines = file.text.splitlines(keepends=True)
    starts = [file.place(number) for number in range(len(file.value))]
    prefix = lines[starts[0].line - 1][: starts[0].column - 1]
    items, end = [], 0
    for number, place in enumerate(starts):
        if lines[place.line - 1][: place.column - 1].strip() != "-":
            raise NotByLine
        last = _last_line(file, number)
        text = ended("".join(lines[place.line - 1 : last]))
        items.append(_Item("".join(lines[end : place.line - 1]), text, without_empty(file.value[number])))
        end = last
    return _Rows(prefix, tuple(items), "".join(lines[end:]))


def _last_line(file: YamlFile, number: int) -> int:
    """Return the number of the last line of a row: comments and blank lines below it belong to the next one."""
    ends = [place.line for path, place in file.keys.items() if path[0] == number]
    for path, (start, end) in file.spans.items():
        if path[:1] == (number,) and (len(path) > 1 or file.text.startswith("{", start)):
            shown = file.text[start:end].rstrip() if _is_leaf(file, path) or file.text[start] in "{[" else ""
            ends.append(file.text.count("\n", 0, start + len(shown)) + 1 if shown else 0)
    return max(ends)


def _rewritten(item: _Item, row: dict[str, Any], prefix: str) -> str:
    """Write a whole row again, in the form of the one in its place; its comments come above it."""
    above = _own_comments(item, prefix)
    if item.text[len(prefix) :].startswith("{"):
        return f"{above}{prefix}{as_yaml(row)}\n"
    lines = "".join(f"{key}: {as_yaml(value)}\n" for key, value in row.items())
    return above + prefix + textwrap.indent(lines, " " * len(prefix))[len(prefix) :]


def _edited(item: _Item, row: dict[str, Any], prefix: str) -> str:
    """Change only the values of a row that differ, if each is on one line."""
    file, _ = parse_yaml(item.text, "")
    text = item.text
    changed = [key for key in {**item.value, **row} if item.value.get(key) != row.get(key)]
    flow = text[len(prefix) :].startswith("{")
    added = [key for key in changed if (0, key) not in file.keys]
    if added:
        text = _with_keys(text, {key: row[key] for key in added}, prefix, flow=flow)
    known = [key for key in changed if key not in added]
    for key in sorted(known, key=lambda key: file.spans[0, key], reverse=True):
        start, end = file.spans[0, key]
        if "\n" in text[start:end] or text[start:end].startswith("- "):
            return _rewritten(item, row, prefix)
        word = as_yaml(row[key]) if key in row else "null" if flow else ""
        gap = " " if word and text[start - 1] == ":" else ""
        text = f"{text[:start] if word else text[:start].rstrip(' ')}{gap}{word}{text[end:]}"
    return text


def _with_keys(text: str, values: Row, prefix: str, *, flow: bool) -> str:
    if not flow:
        return ended(text) + "".join(f"{' ' * len(prefix)}{key}: {as_yaml(value)}\n" for key, value in values.items())
    at = text.rindex("}")
    more = "".join(f", {key}: {as_yaml(value)}" for key, value in values.items())
    return f"{text[:at].rstrip(', ')}{more}{text[at:]}"
