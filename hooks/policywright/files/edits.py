"""Adds a row to a YAML list, or changes a word of a mapping, and leaves every other letter of the file alone.

A row is one line. git merges by lines, and where two branches add rows of several lines that are partly alike, it would
weave the two into one another.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from policywright.files.schema import mapping
from policywright.files.yaml import YamlFile, parse_yaml, plain_value
from policywright.model.findings import Finding, PolicyError, short

Row = Mapping[str, str | Sequence[str] | Mapping[str, str]]
"""Key -> a text, a list of words, or a mapping of words."""
Keys = tuple[str, ...]

_PLAIN = re.compile(r"[^\W\d_](?:[\w ./()-]*[\w.)])?")
_OTHER_TOOLS = ("yes", "no", "on", "off", "y", "n")
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"")


def with_row(raw: str, name: str, row: Row) -> str:
    """Return a file with one more row at the end of its list, on a line of its own.

    `raw` keeps its own line ends and comments; an empty text becomes a list.
    Raise PolicyError when the file is not a list that can be read, or no row can be put at its end.
    """
    file = _read(raw, name)
    rows = [] if file.value is None else file.value
    if not isinstance(rows, list):
        raise _not_by_command(file, f"a row “{_flow(row)}”")
    new = _with_line_ends(_appended(file, row), raw)
    return _verified(new, file, [*rows, _plain(row)], f"a row “{_flow(row)}”")


def with_values(raw: str, name: str, values: Mapping[Keys, str]) -> str:
    """Return a file of a mapping in which these keys have these values; each path has one or two keys.

    Raise PolicyError when the file cannot be read, or such a value cannot be put there by changing one line.
    """
    text = raw
    for keys, value in values.items():
        file = _read(text, name)
        expected = _expected(file.value, keys, value)
        if expected != file.value:
            said = f"“{keys[-1]}: {quoted(value)}”"
            text = _verified(_with_line_ends(_set(file, keys, quoted(value)), raw), file, expected, said)
    return text


def _expected(data: object, keys: Keys, value: str) -> dict[str, Any]:
    """Return the data of a file with one value changed."""
    top = mapping(data)
    return {**top, keys[0]: {**mapping(top.get(keys[0])), keys[1]: value} if len(keys) > 1 else value}


def _read(raw: str, name: str) -> YamlFile:
    file, problems = parse_yaml(raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"), name)
    if problems:
        raise PolicyError(problems)
    return file


def _with_line_ends(text: str, raw: str) -> str:
    mark = "\ufeff" if raw.startswith("\ufeff") else ""
    return mark + (text.replace("\n", "\r\n") if "\r\n" in raw else text)


def _verified(new: str, file: YamlFile, expected: Any, said: str) -> str:
    """Return the new text when it says what it is meant to say."""
    try:
        written = _read(new, file.name)
    except PolicyError as error:
        raise _not_by_command(file, said) from error
    if written.value != expected:
        raise _not_by_command(file, said)
    return new


def _not_by_command(file: YamlFile, said: str) -> PolicyError:
    message = "This file is written in a form that a command cannot change without touching other lines."
    return PolicyError(
        [Finding("E304", "error", message, (file.place(),), f"Write {short(said, 200)} into it by hand.")]
    )


def _appended(file: YamlFile, row: Row) -> str:
    rows = file.value or []
    if not rows:
        return _ended(re.sub(r"(?m)^\[\s*\][ \t]*\n?", "", file.text)) + f"- {_flow(row)}\n"
    if file.text.startswith("[", _offset(file)):
        head, _, tail = file.text.rpartition("]")
        return f"{head.rstrip().rstrip(',')}, {_flow(row)}]{tail}"
    last = file.values[(len(rows) - 1,)]
    lines = file.text.split("\n")
    dash = lines[last.line - 1].rindex("-", 0, last.column - 1)
    gap = "\n" if len(rows) > 1 and not lines[last.line - 2].strip() else ""
    return f"{_ended(file.text)}{gap}{' ' * dash}- {_flow(row)}\n"


def _offset(file: YamlFile) -> int:
    place = file.place()
    return sum(len(line) + 1 for line in file.text.split("\n")[: place.line - 1]) + place.column - 1


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"


def _flow(row: Row) -> str:
    return f"{{{', '.join(f'{key}: {_in_flow(value)}' for key, value in row.items())}}}"


def _in_flow(value: str | Sequence[str] | Mapping[str, str]) -> str:
    """Write a value on the line of its row; a mapping as JSON, which is read a hundred times as fast as other YAML."""
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False)
    return quoted(value) if isinstance(value, str) else _words(value)


def _words(value: Sequence[str]) -> str:
    return f"[{', '.join(map(quoted, value))}]"


def quoted(word: str) -> str:
    """Write a word so that every reader of YAML takes it for this text."""
    plain = _PLAIN.fullmatch(word) and word.lower() not in _OTHER_TOOLS and plain_value(word) == word
    return word if plain else "'" + word.replace("'", "''") + "'"


def _plain(row: Row) -> dict[str, Any]:
    return {
        key: value if isinstance(value, str) else dict(value) if isinstance(value, Mapping) else list(value)
        for key, value in row.items()
    }


def _set(file: YamlFile, keys: Keys, word: str) -> str:
    if keys in file.values:
        return _swapped(file, keys, word)
    if keys in file.keys:
        return _filled(file, keys, word)
    return _added(file, keys, word)


def _swapped(file: YamlFile, keys: Keys, word: str) -> str:
    """Put a word in the place of a value that stands on one line."""
    place = file.values[keys]
    lines = file.text.split("\n")
    line = lines[place.line - 1]
    after = line[place.column - 1 :]
    found = _QUOTED.match(after)
    old = found[0] if found else str(file.raw.get(keys) or mapping(_inner(file, keys)).get(keys[-1]))
    if after.startswith(old):
        lines[place.line - 1] = line[: place.column - 1] + word + after[len(old) :]
    return "\n".join(lines)


def _inner(file: YamlFile, keys: Keys) -> Any:
    return mapping(file.value).get(keys[0]) if len(keys) > 1 else file.value


def _filled(file: YamlFile, keys: Keys, word: str) -> str:
    """Put a word behind a key that has no value."""
    place = file.keys[keys]
    lines = file.text.split("\n")
    head, rest = lines[place.line - 1][: place.column - 1], lines[place.line - 1][place.column - 1 :]
    lines[place.line - 1] = head + re.sub(r":[ \t]*(~|null\b)?", lambda _: f": {word} ", rest, count=1).rstrip()
    return "\n".join(lines)


def _added(file: YamlFile, keys: Keys, word: str) -> str:
    """Add a line for a key that is not there."""
    lines = file.text.split("\n")
    inner = _inner(file, keys)
    if len(keys) == 1:
        return f"{_ended(file.text)}{keys[0]}: {word}\n"
    if keys[:1] not in file.keys:
        return f"{_ended(file.text)}{keys[0]}:\n  {keys[1]}: {word}\n"
    if isinstance(inner, dict) and inner:
        first = file.keys[(keys[0], next(iter(inner)))]
        lines.insert(first.line - 1, f"{' ' * (first.column - 1)}{keys[1]}: {word}")
    else:
        lines.insert(file.keys[keys[:1]].line, f"  {keys[1]}: {word}")
    return "\n".join(lines)
