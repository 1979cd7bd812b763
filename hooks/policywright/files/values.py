"""Writes one value into the lines of its answer, and leaves its comments and every other character unchanged."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from policywright.files.answer_file import Block, comment_beside
from policywright.files.line_ends import newline_of, plain, with_ends
from policywright.files.schema import mapping
from policywright.files.yaml import YamlFile, parse_yaml, quoted
from policywright.model.findings import NotByLine


def as_yaml(value: Any) -> str:
    """Write a value on one line, so that every YAML parser reads it as this value; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False) if "\n" in value else quoted(value)
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {as_yaml(below)}' for key, below in value.items())}}}"
    return f"[{', '.join(map(as_yaml, value))}]" if isinstance(value, list) else repr(value)


def with_value(block: Block, value: Any, newline: str) -> Block:
    """Give an answer a value: a text, a number, a list of texts, or None to empty it.

    `newline` is how the lines of its file end. Raise NotByLine if that cannot be done without changing other lines.
    """
    text = plain(block.body)
    ends = newline_of(block.body) if "\n" in block.body else newline
    if with_ends(text, ends) != block.body:
        raise NotByLine
    file, problems = parse_yaml(text, block.file)
    if problems:
        raise NotByLine
    for new in _candidates(file, block.key, value):
        # The guard: what was written is read again and must be exactly what was meant, with every comment.
        found, wrong = parse_yaml(new, block.file)
        if not wrong and _same(mapping(found.value), {block.key: value}):
            return replace(block, body=with_ends(new, ends), touched=True)
    raise NotByLine


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and repr(one) == repr(other)


def _candidates(file: YamlFile, key: str, value: Any) -> Iterator[str]:
    """Return the texts that would say this, the one that reads best first."""
    old = mapping(file.value).get(key)
    where = _value_of(file, key)
    items = _items(file, key, old) if isinstance(old, list) and where.text.startswith("-") else None
    if items is not None:
        if isinstance(value, list) and value:
            yield items.with_values(value)
        # Without the list its comments stay, as lines below the key.
        where = replace(where, text="", after=where.after + items.comments + items.tail)
    if isinstance(value, list) and value and not where.text.startswith("["):
        lines = "".join(f"  - {as_yaml(item)}\n" for item in value)
        yield where.below("", lines)
    if isinstance(value, str) and "\n" in value and value == value.strip() and where.on_head:
        lines = "".join(f"  {line}\n" if line else "\n" for line in value.split("\n"))
        yield where.below("|-", lines)
    yield where.beside(as_yaml(value))
    if isinstance(value, str):
        yield where.beside(json.dumps(value, ensure_ascii=False))


@dataclass(frozen=True)
class _Where:
    """The text of an answer around its value."""

    before: str
    """From the key to the value, without the spaces in front of the value."""
    text: str
    """The value; empty if there is none."""
    after: str
    """From the value to the end: a comment beside it, and further lines."""

    @property
    def on_head(self) -> bool:
        """Whether the value is on the line of the key."""
        return "\n" not in self.before

    def beside(self, word: str) -> str:
        """Return the text with this value in place of the old one."""
        gap = " " if word and self.on_head else "  " if word else ""
        return f"{self.before}{gap}{word}{self.after}"

    def below(self, sign: str, lines: str) -> str:
        """Return the text with a value of several lines: a sign on the line of the key, then these lines."""
        if not self.on_head:
            return self.before + lines + self.after.removeprefix("\n")
        comment, _, rest = self.after.partition("\n")
        return f"{self.before}{' ' * bool(sign)}{sign}{comment}\n{lines}{rest}"


def _value_of(file: YamlFile, key: str) -> _Where:
    start, end = file.spans[(key,)]
    text = file.text[start:end]
    before, after = file.text[:start].rstrip(" \t"), file.text[end:]
    if text[:1] in ("|", ">"):
        return _block_text(before, file.text[start:])
    if text.startswith("-") and not isinstance(mapping(file.value)[key], list):
        return _Where(before, text, after)
    if text.startswith("-"):
        head = file.text.partition("\n")[0]
        colon = head.index(":", file.keys[(key,)].column - 1 + len(key)) + 1
        return _Where(head[:colon], text, head[colon:].rstrip())
    if isinstance(mapping(file.value)[key], dict):
        raise NotByLine
    # Brackets over several lines may hold comments, which would be lost.
    if text.startswith("[") and "\n" in text and "#" in text:
        raise NotByLine
    return _Where(before, text.strip(), after)


def _block_text(before: str, text: str) -> _Where:
    """Return where a text of several lines is: a comment beside its sign and comments below it stay."""
    head, _, rest = text.partition("\n")
    lines = rest.splitlines(keepends=True)
    first = next((line for line in lines if line.strip()), "")
    depth = len(first) - len(first.lstrip(" "))
    below = [line for line in lines if line.lstrip(" ").startswith("#") and len(line) - len(line.lstrip(" ")) < depth]
    comment = "".join(f" {words}" for words in comment_beside(head))
    return _Where(before, text, f"{comment}\n{''.join(below)}")


@dataclass(frozen=True)
class _Item:
    lead: str
    """The comments and blank lines above it."""
    text: str
    beside: str
    """The comment on its line."""
    value: Any


@dataclass(frozen=True)
class _Items:
    """A list with an item on each line."""

    head: str
    """The line of the key."""
    prefix: str
    """What comes before the value of an item, such as two spaces and a dash."""
    items: tuple[_Item, ...]
    tail: str

    @property
    def comments(self) -> str:
        """Every comment in the list, as lines."""
        return "\n" + "".join(item.lead + self._words(item) for item in self.items)

    def _words(self, item: _Item) -> str:
        """Return the comment beside an item as a line."""
        return f"{' ' * self.prefix.index('-')}{item.beside}\n" if item.beside else ""

    def with_values(self, values: Sequence[Any]) -> str:
        """Return the list with these values: an item that stays keeps its lines, and no comment is dropped."""
        old, kept = list(self.items), [item for item in self.items if item.value in values]
        leads, loose = {}, ""
        for item in old:
            if item in kept:
                leads[id(item)], loose = loose + item.lead, ""
            else:
                loose += item.lead + self._words(item)
        lines = []
        for value in values:
            stays = next((one for one in kept if one.value == value), None)
            lines.append(leads[id(stays)] + stays.text if stays else f"{self.prefix}{as_yaml(value)}\n")
        return self.head + "".join(lines) + loose + self.tail


def _items(file: YamlFile, key: str, values: Sequence[Any]) -> _Items:
    """Split a list into its items; raise NotByLine if they are not on separate lines."""
    lines = file.text.splitlines(keepends=True)
    starts = [file.place(key, number) for number in range(len(values))]
    prefix = lines[starts[0].line - 1][: starts[0].column - 1]
    items, end = [], 1
    for number, place in enumerate(starts):
        own = lines[place.line - 1][: place.column - 1]
        if own.strip() != "-" or (key, number) not in file.spans:
            raise NotByLine
        first, after = file.spans[(key, number)]
        last = place.line + file.text[first:after].rstrip().count("\n")
        text = "".join(lines[place.line - 1 : last])
        text = text if text.endswith("\n") else f"{text}\n"
        beside = file.text[after:].partition("\n")[0].strip()
        items.append(_Item("".join(lines[end : place.line - 1]), text, beside, values[number]))
        end = last
    return _Items(lines[0], prefix, tuple(items), "".join(lines[end:]))
