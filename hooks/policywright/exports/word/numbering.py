"""Automatic numbers: of headings, which must be those of the site, and of lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from policywright.exports.word.elements import element

LEVELS = 9
STEP = 360
"""How far each level of a list is indented."""
HANGING = {1: 567, 2: 794}
"""The space for the number of a heading, by level."""
_NUMBER = re.compile(r"(\D*)(\d+(?:\.\d+)*)")
_BULLETS = ("•", "–", "▪")


@dataclass
class Numbering:
    """The definitions of numbers in one document, and how far the headings have been counted."""

    first_abstract: int = 1
    """The first free id of a definition; a template may have its own."""
    first_number: int = 1
    """The first free id of a list."""
    styles: Sequence[str] = ()
    """The ids of the styles of headings by level, if the styles number them."""
    definitions: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    _heading: str = ""
    """The numPr of the headings that follow, without their level."""
    _counted: list[int] = field(default_factory=list)
    _broken: int = 0
    """The level at which the numbers last jumped; above it, another list begins."""
    _bullets: dict[str, int] = field(default_factory=dict)
    _ordered: int = 0
    _silent: int = 0

    def heading(self, number: str, level: int) -> str | None:
        """Return the numPr of a heading; empty if its style numbers it, None if no list can have this number."""
        prefix, parts = _parsed(number)
        if len(parts) != level:
            return None
        if not self._follows(parts):
            self._begin(prefix, parts)
        self._counted = parts
        return self._numbered(level)

    def _numbered(self, level: int) -> str:
        if self.styles and self._heading == str(self.first_number) and level <= len(self.styles):
            return ""
        return _numbered_as(self._heading, level - 1)

    def _follows(self, parts: list[int]) -> bool:
        """Whether a number is the one that comes by itself."""
        level = len(parts)
        if not self._heading or level < self._broken:
            return False
        before = self._counted[:level] + [0] * (level - len(self._counted))
        return parts == [*before[:-1], before[-1] + 1]

    def _begin(self, prefix: str, parts: list[int]) -> None:
        """Begin a list of headings; without a jump there is one in a document."""
        # Programs differ in how they count levels that a list has skipped, so a jump begins another list.
        first = not self._heading
        starts = [*parts, *[1] * (LEVELS - len(parts))]
        bound = self.styles if first else ()
        levels = (_heading_level(prefix, at, start, bound) for at, start in enumerate(starts))
        self._broken = 0 if first and parts == [1] else len(parts)
        self._heading = str(self._list(self._define(*levels)))

    def bullet(self, depth: int, sign: str = "") -> str:
        """Return the numPr of an item of a list with bullets, or with another sign; the outermost depth is 0."""
        if sign not in self._bullets:
            self._bullets[sign] = self._list(self._define(*(_bullet_level(at, sign) for at in range(LEVELS))))
        return _numbered_as(self._bullets[sign], min(depth, LEVELS - 1))

    def ordered(self, depth: int) -> int:
        """Begin a list with numbers, from 1; return its id."""
        self._ordered = self._ordered or self._define(*map(_ordered_level, range(LEVELS)))
        override = element("w:startOverride", w_val=1)
        return self._list(self._ordered, element("w:lvlOverride", override, w_ilvl=min(depth, LEVELS - 1)))

    def silent(self) -> str:
        """Return the numPr of a heading without a number, whatever its style says."""
        # Word takes the list 0 for “none”, but a list of that id is nowhere defined.
        self._silent = self._silent or self._list(self._define(_level(0, 1, "none", "", (0, 0))))
        return _numbered_as(self._silent, 0)

    def _define(self, *levels: str) -> int:
        number = self.first_abstract + len(self.definitions)
        kind = (element("w:nsid", w_val=f"{0x50570000 + number:08X}"), element("w:multiLevelType", w_val="multilevel"))
        self.definitions.append(element("w:abstractNum", *kind, *levels, w_abstractNumId=number))
        return number

    def _list(self, definition: int, *overrides: str) -> int:
        number = self.first_number + len(self.lists)
        defined = element("w:abstractNumId", w_val=definition)
        self.lists.append(element("w:num", defined, *overrides, w_numId=number))
        return number


def ordered_item(number: int, depth: int) -> str:
    """Return the numPr of an item of the list with this id."""
    return _numbered_as(number, min(depth, LEVELS - 1))


def _numbered_as(number: object, level: int) -> str:
    return element("w:numPr", element("w:ilvl", w_val=level), element("w:numId", w_val=number))


def _parsed(number: str) -> tuple[str, list[int]]:
    found = _NUMBER.fullmatch(number)
    return (found[1], [int(part) for part in found[2].split(".")]) if found else ("", [])


def depth_of(number: str) -> int:
    """Return how many levels a number has: two for “P4.1”; 0 if no list can have it."""
    return len(_parsed(number)[1])


def _heading_level(prefix: str, at: int, start: int, bound: Sequence[str]) -> str:
    style = [element("w:pStyle", w_val=bound[at])] if at < len(bound) else []
    text = prefix + ".".join(f"%{n}" for n in range(1, at + 2))
    hanging = HANGING.get(at + 1, 1020)
    return _level(at, start, "decimal", text, (hanging, hanging), *style)


def _bullet_level(at: int, sign: str) -> str:
    return _level(at, 1, "bullet", sign or _BULLETS[at % len(_BULLETS)], ((at + 1) * STEP, STEP))


def _ordered_level(at: int) -> str:
    kind = ("decimal", "lowerLetter", "lowerRoman")[at % 3]
    return _level(at, 1, kind, f"%{at + 1}.", ((at + 1) * STEP, STEP))


def _level(at: int, start: int, kind: str, text: str, indent: tuple[int, int], *style: str) -> str:
    left, hanging = indent
    return element(
        "w:lvl",
        element("w:start", w_val=start),
        element("w:numFmt", w_val=kind),
        *style,
        element("w:lvlText", w_val=text),
        element("w:lvlJc", w_val="left"),
        element("w:pPr", element("w:ind", w_left=left, w_hanging=hanging)),
        w_ilvl=at,
    )
