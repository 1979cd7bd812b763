"""What pandoc, a converter that we did not write, reads in a Markdown file."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator
from typing import Any

Read = list[Any]
"""Blocks as tuples: (“heading”, level, words), (“words”, words), (“list”, ordered, items), (“table”, rows), …"""


def read_back(text: bytes, form: str) -> tuple[Read, list[Read]]:
    """Return the blocks of a Markdown file, and its footnotes in the order of their marks."""
    words = ["pandoc", "--from", form, "--to", "json"]
    done = subprocess.run(words, input=text, capture_output=True, check=True)
    notes: list[Read] = []
    return list(_blocks(json.loads(done.stdout)["blocks"], notes)), notes


def _blocks(blocks: Iterable[Any], notes: list[Read]) -> Iterator[Any]:
    for block in blocks:
        kind, content = block["t"], block.get("c")
        if kind == "Header":
            yield "heading", content[0], _line(content[2], notes)
        elif kind in ("Para", "Plain"):
            yield "words", _line(content, notes)
        elif kind == "CodeBlock":
            yield "code", content[1]
        elif kind == "BlockQuote":
            yield "note", list(_blocks(content, notes))
        elif kind in ("BulletList", "OrderedList"):
            items = content if kind == "BulletList" else content[1]
            yield "list", kind == "OrderedList", [list(_blocks(item, notes)) for item in items]
        elif kind == "Table":
            yield "table", [[_cell(cell, notes) for cell in row[1]] for row in _rows(content)]
        elif not (kind == "RawBlock" and content[1].strip() == "<!-- -->"):
            yield kind, content


def _rows(table: Any) -> Iterator[Any]:
    _, _, _, head, bodies, _ = table
    yield from head[1]
    for _, _, first, rows in bodies:
        yield from (*first, *rows)


def _cell(cell: Any, notes: list[Read]) -> str:
    return "\n".join(words for _, words in _blocks(cell[4], notes))


def _line(parts: Iterable[Any], notes: list[Read]) -> str:
    """Return the words of a line; what is neither words nor a look is shown by its name."""
    return "".join(_words(part, notes) for part in parts)


def _words(part: Any, notes: list[Read]) -> str:
    kind, content = part["t"], part.get("c")
    if kind in ("Strong", "Emph"):
        return _line(content, notes)
    if kind == "Link":
        return _line(content[1], notes)
    if kind == "Note":
        notes.append(list(_blocks(content, notes)))
        return ""
    known = {"Str": content, "Space": " ", "SoftBreak": " ", "LineBreak": "\n"}
    if kind == "Code":
        return str(content[1])
    if kind == "RawInline" and content[1].startswith(("<a id=", "</a>", "<br>")):
        return "\n" if content[1] == "<br>" else ""
    return str(known.get(kind, f"[{kind}]"))
