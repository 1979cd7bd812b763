"""JSON as plain data in which every key and value knows its line and column."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from policywright.files.yaml import Path_, YamlFile, place_at
from policywright.model.findings import Finding, Place, short

DEEPEST = 20
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


class _Refused(Exception):
    def __init__(self, message: str, word: str = "") -> None:
        self.message = message
        self.word = word


def parse_json(text: str, name: str, code: str, fix: str) -> tuple[YamlFile, list[Finding]]:
    """Parse JSON text strictly: no NaN, no infinity, no key twice, not too deep.

    What is wrong is one finding with this code and fix; the value is then None.
    """
    file = YamlFile(name, text=text)
    if _depth(text) > DEEPEST:
        message = f"This file is not an answers file: its values are nested more than {DEEPEST} levels deep."
        return file, [Finding(code, "error", message, (Place(name),), fix)]
    try:
        file.value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_float)
    except json.JSONDecodeError as error:
        message = f"This file is damaged: it is not valid JSON ({error.msg.lower()})."
        return file, [Finding(code, "error", message, (place_at(text, error.pos, name),), fix)]
    except _Refused as refused:
        return file, [Finding(code, "error", refused.message, (_place_of(text, refused.word, name),), fix)]
    except ValueError:  # Python reads no number of thousands of digits
        return file, [Finding(code, "error", "This file holds a number that is too long.", (Place(name),), fix)]
    _locate(file)
    return file, []


def _depth(text: str) -> int:
    deepest = depth = 0
    for found in _TOKEN.finditer(text):
        depth += (found[0] in "{[") - (found[0] in "}]")
        deepest = max(deepest, depth)
    return deepest


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise _Refused(f"The key “{short(key)}” is in this file twice, so nobody can tell which one is meant.", key)
        seen.add(key)
    return dict(pairs)


def _no_number(word: str) -> NoReturn:
    raise _Refused(f"“{word}” is not a number that an answer can have.", word)


def _float(word: str) -> float:
    number = float(word)
    return number if math.isfinite(number) else _no_number(word)


def _place_of(text: str, word: str, name: str) -> Place:
    """Return the last place of a word, which is the second of a key that is there twice."""
    found = max(text.rfind(json.dumps(word)), text.rfind(json.dumps(word, ensure_ascii=False)), text.rfind(word))
    return place_at(text, max(found, 0), name)


def _locate(file: YamlFile) -> None:
    """Record the place of every key and value of a text that is valid JSON."""
    tokens = _TOKEN.finditer(file.text)
    lines = [0, *(found.end() for found in re.finditer("\n", file.text))]
    _Places(file, lines).walk(next(tokens), tokens, ())


class _Places:
    """The walk over the tokens of one file; they are known to be in order, because JSON was read from them."""

    def __init__(self, file: YamlFile, lines: list[int]) -> None:
        self.file = file
        self.lines = lines
        self.line = 0

    def place(self, start: int) -> Place:
        # Tokens come in the order of the text, so the line only grows.
        while self.line + 1 < len(self.lines) and self.lines[self.line + 1] <= start:
            self.line += 1
        return Place(self.file.name, self.line + 1, start - self.lines[self.line] + 1)

    def walk(self, token: re.Match[str], rest: Iterator[re.Match[str]], path: Path_) -> None:
        self.file.values[path] = self.place(token.start())
        if token[0] == "{":
            self._mapping(rest, path)
        elif token[0] == "[":
            self._list(rest, path)

    def _mapping(self, rest: Iterator[re.Match[str]], path: Path_) -> None:
        for token in rest:
            if token[0] == "}":
                return
            if token[0] == ",":
                continue
            below = (*path, json.loads(token[0]))
            self.file.keys[below] = self.place(token.start())
            next(rest)  # the colon
            self.walk(next(rest), rest, below)

    def _list(self, rest: Iterator[re.Match[str]], path: Path_) -> None:
        number = 0
        for token in rest:
            if token[0] == "]":
                return
            if token[0] == ",":
                continue
            self.walk(token, rest, (*path, number))
            number += 1
