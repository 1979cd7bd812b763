"""Adds a row to a YAML list, or changes a value of a mapping, and leaves every other character unchanged.

ruamel.yaml reports where each value begins and ends, and only these characters are replaced. Its round trip writes
the whole file again; it does not keep columns, or brackets over several lines.

A row is one line. git merges by lines: where two branches add rows of several lines that are partly alike, a union
merge would weave the two into one another.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from policywright.files.line_ends import as_in, ended, plain
from policywright.files.schema import mapping
from policywright.files.yaml import YamlFile, parse_yaml, quoted
from policywright.model.findings import Finding, PolicyError, short

Value = str | Sequence[str] | Mapping[str, str]
Row = Mapping[str, Value]
"""Key -> a text, a list of words, or a mapping of words."""
Keys = tuple[str, ...]


def with_row(raw: str, name: str, row: Row) -> str:
    """Return a file with one more row at the end of its list, on one line.

    `raw` has its original line ends and comments; an empty text becomes a list.
    Raise PolicyError if the file is not a readable list, or if no row can be added without other changes.
    """
    return with_rows(raw, name, [row])


def with_rows(raw: str, name: str, added: Sequence[Row]) -> str:
    """Return a file with more rows at the end of its list, each on one line; see with_row."""
    said = f"a row “{_flow(added[0])}”" if len(added) == 1 else f"{len(added)} rows, as “{_flow(added[0])}”,"
    file = _read(raw, name, said)
    rows = [] if file.value is None else file.value
    if not isinstance(rows, list):
        raise _not_by_command(file, said)
    plainly = [{key: list(value) if isinstance(value, tuple) else value for key, value in row.items()} for row in added]
    return as_in(raw, _verified(_appended(file, added), file, [*rows, *plainly], said).text)


def with_values(raw: str, name: str, values: Mapping[Keys, str]) -> str:
    """Return a file of a mapping in which these keys have these values; each path has one or two keys.

    An empty text empties the value.

    Raise PolicyError if the file cannot be read, or if a value cannot be changed without touching other lines.
    """
    said = ", ".join(f"“{'.'.join(keys)}: {quoted(value)}”" for keys, value in values.items())
    file = _read(raw, name, said)
    for keys, value in values.items():
        top = mapping(file.value)
        inner = {**mapping(top.get(keys[0])), keys[-1]: value or None} if len(keys) > 1 else value or None
        if file.value != {**top, keys[0]: inner}:
            word = quoted(value) if value else ""
            file = _verified(_set(file, keys, word), file, {**top, keys[0]: inner}, said)
    return as_in(raw, file.text)


def below(file: YamlFile, rows: str) -> str:
    """Return the text of a list with these lines of rows below the last row."""
    if file.value:
        return ended(file.text) + textwrap.indent(rows, " " * (file.place().column - 1))
    start, end = file.spans.get((), (len(file.text), len(file.text)))
    return ended(file.text[:start] + file.text[end:].removeprefix("\n")) + rows


def _read(raw: str, name: str, said: str) -> YamlFile:
    file, problems = parse_yaml(plain(raw), name)
    if problems:
        raise PolicyError(problems)
    # The file mixes line ends; writing it back would change lines that nobody asked us to change.
    if as_in(raw, file.text) != raw:
        raise _not_by_command(file, said)
    return file


def _verified(new: str, file: YamlFile, expected: Any, said: str) -> YamlFile:
    """Return the new file if it says exactly what was meant."""
    written, problems = parse_yaml(new, file.name)
    # The guard of every edit: what was written is parsed again and must differ by exactly this row or value.
    if problems or written.value != expected:
        raise _not_by_command(file, said)
    return written


def _not_by_command(file: YamlFile, said: str) -> PolicyError:
    message = "This file is written in a form that a command cannot change without touching other lines."
    return PolicyError(
        [Finding("E304", "error", message, (file.place(),), f"Write {short(said, 200)} into it by hand.")]
    )


def _appended(file: YamlFile, rows: Sequence[Row]) -> str:
    text = file.text
    lines = "".join(f"- {_flow(row)}\n" for row in rows)
    if not file.value:
        return below(file, lines)
    start, end = file.spans[()]
    if text[start] == "[":
        # A comma after the last item, and the lines before the bracket, stay after the new rows.
        items = text[: end - 1].rstrip(", \n")
        return f"{items}, {', '.join(map(_flow, rows))}{text[len(items) :]}"
    last = file.spans[(len(file.value) - 1,)][0]
    # If people separate their rows by blank lines, the new rows are separated too.
    gap = "\n" if len(file.value) > 1 and text[:last].rstrip(" -").endswith("\n\n") else ""
    return below(file, gap + gap.join(lines.splitlines(keepends=True)))


def _flow(row: Row) -> str:
    return f"{{{', '.join(f'{key}: {_written(value)}' for key, value in row.items())}}}"


def _written(value: Value) -> str:
    """Write a value as YAML; a mapping as JSON, which is read a hundred times as fast."""
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False)
    return quoted(value) if isinstance(value, str) else f"[{', '.join(map(quoted, value))}]"


def _set(file: YamlFile, keys: Keys, word: str) -> str:
    text = file.text
    if keys in file.spans:
        start, end = file.spans[keys]
        # Inside braces an empty value needs a word; on a line of its key it is nothing.
        word = word or ("null" if text[end:].lstrip()[:1] in (",", "}") else "")
        start = start if word else len(text[:start].rstrip(" "))
        by_hand = "\n" in text[start:end] or text.startswith(("[", "{"), start)
        return text if by_hand else f"{text[:start]}{' ' * (bool(word) and text[start - 1] == ':')}{word}{text[end:]}"
    line = f"{keys[-1]}: {word}\n"
    if len(keys) == 1:
        return ended(text) + line
    if keys[:1] not in file.keys:
        return f"{ended(text)}{keys[0]}:\n  {line}"
    start, _ = file.spans[keys[:1]]
    if mapping(mapping(file.value).get(keys[0])):
        return f"{text[:start]}{line}{' ' * (file.place(keys[0]).column - 1)}{text[start:]}"
    head, _, tail = text[start:].partition("\n")
    return f"{text[:start]}{head}\n  {line}{tail}"
