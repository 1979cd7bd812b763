"""Words that hold only between different offices: `[[{{ office.a }} must tell {{ office.b }} and {{ office.c }}.]]`.

In a small agency one person often holds several offices, and no text has an office instruct, ask or inform itself.
The office that is named first on the line acts, unless it begins a list: then nobody does. Inside the brackets, an
office that is the same as the acting one, or as another one of its list, is left out; where no other office is left,
the words in the brackets are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

OPEN, CLOSE = "open", "close"
"""The marks in a parsed text: (OPEN, the acting office, ()) and (CLOSE, "", ())."""

_BRACKETS = re.compile(r"\[\[([^\n\[\]]*\{\{ *office\.[^\n\[\]]*)\]\]")
_OFFICE = re.compile(r"\{\{ *(office\.\w+)[^}\n]*\}\}((?:, | and | or )\{\{ *office\.)?")
_LEFT_OUT = "\0"
_LEFT_OUT_LINE = re.compile(f"^[ \t]*{_LEFT_OUT}[ \t]*(?:\n|\\Z)", re.MULTILINE)
_JOINS = (", ", " and ", " or ")

Part = str | tuple[Any, ...]


def bracketed(text: str) -> Iterator[tuple[str, str | None]]:
    """Split a text at its brackets; yield each piece with the office that acts: None outside, empty if nobody does."""
    end = 0
    for found in _BRACKETS.finditer(text):
        line = text.rfind("\n", 0, found.start()) + 1
        first = _OFFICE.search(text, line)
        yield text[end : found.start()], None
        yield found[1], "" if first is None or first[2] else first[1]
        end = found.end()
    yield text[end:], None


def with_others(parts: Sequence[Part], name: Callable[[str], str]) -> list[Part]:
    """Return the parts of a text without what would hold between one office and itself; `name` names an office."""
    kept: list[Part] = []
    inside: list[Part] = []
    acting: str | None = None
    for part in parts:
        if isinstance(part, tuple) and part[0] == OPEN:
            acting, inside = part[1], []
        elif isinstance(part, tuple) and part[0] == CLOSE:
            kept += _others(inside, acting or "", name)
            acting = None
        else:
            (kept if acting is None else inside).append(part)
    return kept


def without_gaps(text: str) -> str:
    """Return a filled text without the lines that are now empty."""
    return _LEFT_OUT_LINE.sub("", text).replace(_LEFT_OUT, "") if _LEFT_OUT in text else text


def plain_name(name: str) -> str:
    """Return the name of an office in a form for comparing: without case, further blanks and article."""
    return " ".join(name.casefold().split()).removeprefix("the ")


def has_brackets(parts: Sequence[Part]) -> bool:
    """Return whether a text has words that hold only between different offices."""
    return any(isinstance(part, tuple) and part[0] == OPEN for part in parts)


def _others(parts: Sequence[Part], acting: str, name: Callable[[str], str]) -> list[Part]:
    kept: list[Part] = []
    others = 0
    start = 0
    while start < len(parts):
        end = _list_end(parts, start)
        offices = [part for part in parts[start:end:2] if part[1] != acting]
        if end == start or not offices:
            end = max(end, start + 1)
            kept += parts[start:end]
        else:
            different: dict[str, Part] = {name(acting): ""} if acting else {}
            for office in offices:
                different.setdefault(name(office[1]), office)
            remaining = [office for office in different.values() if office]
            others += len(remaining)
            kept += _joined(remaining, parts[end - 2] if end - start > 1 else "")
        start = end
    return kept if others else [_LEFT_OUT]


def _list_end(parts: Sequence[Part], start: int) -> int:
    """Return where the list of offices ends that begins at a part; the start itself if none does."""
    end = start
    while end < len(parts) and _is_office(parts[end]):
        end += 1
        if end + 1 < len(parts) and parts[end] in _JOINS and _is_office(parts[end + 1]):
            end += 1
    return end


def _is_office(part: Part) -> bool:
    return isinstance(part, tuple) and part[0] == "show" and part[1].startswith("office.")


def _joined(offices: Sequence[Part], last: Part) -> Iterator[Part]:
    for number, office in enumerate(offices):
        if number:
            yield last if number == len(offices) - 1 and isinstance(last, str) else ", "
        yield office
