"""An answer file as a list of blocks, so that one answer can be moved without touching other lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from policywright.files.line_ends import MARK, ended, newline_of, plain
from policywright.files.schema import mapping
from policywright.files.yaml import YamlFile, parse_yaml, quoted
from policywright.model.findings import Finding, NotByLine, Place

_KEPT_ENDS = re.compile(r":\s+[|>][0-9]*\+")
_BESIDE = re.compile(r"\s#")
_TIER = re.compile(r"#\s+\((Essential|Optional)\.")
_SCHEMA_LINE = "# yaml-language-server:"

Values = Mapping[str, str | None]


@dataclass(frozen=True)
class Block:
    """The lines of one answer."""

    key: str
    lead: str
    """The blank lines and comments between the previous block and this one."""
    body: str
    """From the key to the end of the value."""
    file: str = ""
    """The file that it was read from; empty for a new block."""
    line: int = 0
    """The place of its key in that file."""
    was: str = ""
    """The id of its question at the time of reading."""
    touched: bool = False

    @cached_property
    def data(self) -> YamlFile:
        """The body as YAML."""
        return parse_yaml(plain(self.body), self.file)[0]

    @property
    def value(self) -> Any:
        """The answer, or None."""
        return mapping(self.data.value).get(self.key)

    @property
    def place(self) -> Place:
        """The place of its key."""
        return Place(self.file, max(self.line, 1))

    @property
    def comments(self) -> str:
        """The comment lines right above the key; they move with it."""
        return self.lead[len(self.rest) :]

    @property
    def rest(self) -> str:
        """The lines above those comments; they stay."""
        lines = self.lead.splitlines(keepends=True)
        kept = len(lines)
        while kept and lines[kept - 1].startswith("#") and not lines[kept - 1].startswith(_SCHEMA_LINE):
            kept -= 1
        return "".join(lines[:kept])

    @property
    def own_words(self) -> list[str]:
        """The comments that the agency wrote above the key, below the question's generated ones."""
        lines = self.comments.splitlines()
        last = next((number for number, line in enumerate(lines) if _TIER.match(line)), -1)
        return lines[last + 1 :]

    @property
    def beside(self) -> list[str]:
        """The comments next to an empty value."""
        return comment_beside(self.body) if self.value is None else []


def comment_beside(line: str) -> list[str]:
    """Return the comment at the end of a line, if there is one."""
    found = _BESIDE.search(line)
    return [line[found.start() + 1 :].rstrip()] if found else []


@dataclass(frozen=True)
class Sheet:
    """One answer file."""

    name: str
    """Path in the repository."""
    blocks: tuple[Block, ...] = ()
    tail: str = ""
    """The lines below the last block, or everything if there is no block."""
    newline: str = "\n"
    mark: str = ""
    """The byte order mark that some editors write at the beginning of a file."""

    @property
    def text(self) -> str:
        """The whole file, with its original line ends."""
        return self.mark + "".join(block.lead + block.body for block in self.blocks) + self.tail

    def get(self, key: str) -> Block | None:
        """Return the block of a key."""
        return next((block for block in self.blocks if block.key == key), None)

    def swapped(self, key: str, new: Block) -> Sheet:
        """Replace a block by another one."""
        return replace(self, blocks=tuple(new if block.key == key else block for block in self.blocks))

    def without(self, key: str) -> Sheet:
        """Remove a block, with the comments above it."""
        number = [block.key for block in self.blocks].index(key)
        before, after = self.blocks[:number], self.blocks[number + 1 :]
        rest, below = self.blocks[number].rest, after[0].lead if after else self.tail
        if below.startswith(("\n", "\r")) or not (after or below):
            rest = _without_last_line(rest, self.newline)
        if not after:
            return replace(self, blocks=before, tail=rest + self.tail)
        return replace(self, blocks=(*before, replace(after[0], lead=rest + after[0].lead), *after[1:]))

    def placed(self, block: Block, order: Sequence[str]) -> Sheet:
        """Insert a block at its question's position in this order; its lead is only the comments above it."""
        there = self.get(block.key)
        if there:
            return self.swapped(block.key, replace(block, lead=there.rest + block.lead))
        before = set(order[: order.index(block.key)])
        at = next((n + 1 for n in reversed(range(len(self.blocks))) if self.blocks[n].key in before), 0)
        if not self.blocks:
            above = ended(self.tail, self.newline) + self.newline if self.tail.strip() else ""
            return replace(self, blocks=(replace(block, lead=above + block.lead),), tail="")
        if at == 0:
            first = self.blocks[0]
            top = replace(block, lead=first.rest + block.lead)
            return replace(self, blocks=(top, replace(first, lead=self.newline + first.comments), *self.blocks[1:]))
        upper = self.blocks[at - 1]
        upper = replace(upper, body=ended(upper.body, self.newline))
        lower = replace(block, lead=self.newline + block.lead)
        return replace(self, blocks=(*self.blocks[: at - 1], upper, lower, *self.blocks[at:]))


def _without_last_line(rest: str, newline: str) -> str:
    return rest.removesuffix(newline) if not rest.strip() or rest.endswith(newline * 2) else rest


def read_sheet(raw: str, name: str) -> tuple[Sheet, YamlFile, list[Finding]]:
    """Split an answer file into blocks.

    `raw` has its original line ends. If the file is not YAML, there are findings and no blocks.
    Raise NotByLine if an answer does not begin on a separate line.
    """
    mark = MARK * raw.startswith(MARK)
    raw = raw.removeprefix(MARK)
    file, findings = parse_yaml(plain(raw), name)
    newline = newline_of(raw)
    if findings or not isinstance(file.value, dict):
        return Sheet(name, (), raw, newline, mark), file, findings
    if not file.value:
        return Sheet(name, (), _without_braces(raw), newline, mark), file, findings
    starts = [(key, file.keys[(key,)]) for key in file.value]
    # An indented or inline mapping has no separate lines for each answer.
    if any(place.column != 1 for _, place in starts):
        raise NotByLine
    # Not splitlines(): it also splits at characters such as U+2028, which YAML does not treat as line ends.
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$", raw)
    blocks: list[Block] = []
    end = 0
    for number, (key, place) in enumerate(starts):
        following = starts[number + 1][1].line - 1 if number + 1 < len(starts) else len(lines)
        last = _last_line(lines, place.line - 1, following)
        lead, body = "".join(lines[end : place.line - 1]), "".join(lines[place.line - 1 : last])
        blocks.append(Block(key, lead, body, name, place.line, f"{PurePosixPath(name).stem}.{key}"))
        end = last
    return Sheet(name, tuple(blocks), "".join(lines[end:]), newline, mark), file, findings


def _last_line(lines: Sequence[str], start: int, following: int) -> int:
    """Return where a block ends: blank lines and comments at the margin belong to the one below."""
    end = following
    # A block scalar with “+” keeps its blank lines; they belong to the value and not to the next answer.
    kept = _KEPT_ENDS.search(lines[start])
    while end > start + 1 and (lines[end - 1].startswith("#") or (not kept and not lines[end - 1].strip())):
        end -= 1
    return end


def _without_braces(raw: str) -> str:
    if raw.count("{") != 1:
        raise NotByLine
    return re.sub(r"\{\s*\}[ \t]*(\r\n|\r|\n)?", "", raw)


def renamed(block: Block, key: str) -> Block:
    """Give an answer another key."""
    body = swap(block.body, block.data.keys[(block.key,)], block.key, key)
    return replace(block, key=key, body=body, touched=True)


def emptied(block: Block) -> Block:
    """Remove the value from a block, so that its question is open."""
    first = _line_of(block.body, block.data.keys[(block.key,)])
    key = first[: first.index(":", len(block.key))]
    return replace(block, body=f"{key}:{newline_of(block.body)}", touched=True)


def revalued(block: Block, values: Values, *, others: bool) -> tuple[Block | None, list[str]]:
    """Give an answer other values, and return those that have no equivalent.

    `others` says whether to keep a value that is not among the old ones.
    The block is None if nothing is left of the answer.
    """
    if not isinstance(block.value, list):
        return _revalued_word(block, values, others=others)
    if not all(isinstance(item, str) for item in block.value):
        raise NotByLine
    new = [values.get(item, item if others else None) for item in block.value]
    lost = [item for item, word in zip(block.value, new, strict=True) if word is None]
    kept = [(n, word) for n, word in enumerate(new) if word is not None and word not in new[:n]]
    if not kept and block.value:
        return None, lost
    return replace(block, body=_with_items(block, kept), touched=True), lost


def _revalued_word(block: Block, values: Values, *, others: bool) -> tuple[Block | None, list[str]]:
    known = isinstance(block.value, str) and block.value in values
    new = values[block.value] if known else None
    if new is None:
        return (block, []) if others and not known else (None, [block.value])
    return replace(block, body=swap(block.body, block.data.place(block.key), block.value, new), touched=True), []


def _with_items(block: Block, kept: Sequence[tuple[int, str]]) -> str:
    """Return the body with only these items of its list, each with its new value."""
    old = {number: str(item) for number, item in enumerate(block.value)}
    places = {number: block.data.values[(block.key, number)] for number in old}
    body = block.body
    flow = _line_of(body, block.data.place(block.key))[block.data.place(block.key).column - 1] == "["
    if flow and len(kept) < len(old):
        return _shorter_flow(block, places, [word for _, word in kept])
    words = dict(kept)
    for number in reversed(range(len(old))):
        if number in words:
            body = swap(body, places[number], old[number], words[number])
        else:
            body = _without_line(body, places[number], old[number])
    return body


def _shorter_flow(block: Block, places: Mapping[int, Place], kept: Sequence[str]) -> str:
    place = block.data.place(block.key)
    line = _line_of(block.body, place)
    close = line.find("]", place.column)
    # A bracket over several lines may hold comments that would be lost.
    if len({one.line for one in places.values()} | {place.line}) > 1 or close < 0:
        raise NotByLine
    inner = ", ".join(map(quoted, kept))
    return _with_line(block.body, place.line, f"{line[: place.column]}{inner}{line[close:]}")


def _without_line(body: str, place: Place, word: str) -> str:
    line = _line_of(body, place)
    # The line must hold this item and nothing else, or another value would go with it.
    if not re.fullmatch(rf"\s*-\s+(['\"]?){re.escape(word)}\1\s*(#.*)?", line):
        raise NotByLine
    lines = body.splitlines(keepends=True)
    return "".join(lines[: place.line - 1] + lines[place.line :])


def swap(text: str, place: Place, old: str, new: str) -> str:
    """Replace one word by another, quoted like the old one, or if it must be quoted."""
    line = _line_of(text, place)
    before, after = line[: place.column - 1], line[place.column - 1 :]
    # The place is that of the value, but the text may be quoted, and the quotes must stay.
    for quote in ("'", '"', ""):
        written = f"{quote}{old}{quote}"
        if after.startswith(written):
            word = f"{quote}{new}{quote}" if quote else quoted(new)
            return _with_line(text, place.line, before + word + after[len(written) :])
    raise NotByLine


def _line_of(text: str, place: Place) -> str:
    return text.splitlines()[place.line - 1]


def _with_line(text: str, number: int, line: str) -> str:
    lines = text.splitlines(keepends=True)
    ending = lines[number - 1][len(lines[number - 1].rstrip("\r\n")) :]
    return "".join([*lines[: number - 1], line + ending, *lines[number:]])
