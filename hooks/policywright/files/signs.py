"""Characters that look right on screen, and text that YAML reads as something else: what to say about a line."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from policywright.model.findings import short

_COLON = re.compile(r"\s*(?:- +)*(?P<key>[\w.-]+)[ \t]*(?P<sign>[\uff1a\ufe55\ufe13\u2236\ua789])\s*(?P<rest>.*)")
_SPACE = re.compile(
    r"\s*(?:- +)*(?P<key>[\w.-]+):(?P<sign>[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000])\s*(?P<rest>.*)"
)
_CLOSE = re.compile(r"\s*(?:- +)*(?P<key>[A-Za-z_]\w*):(?P<rest>[^\s/:].*)")
_VALUE = re.compile(r"\s*(?:(?:- +)+(?:[\w.-]+: +)?|[\w.-]+: +)(?P<rest>\S.*)")
_SPECIAL = "@`%*&!|>[{?,"


@dataclass(frozen=True)
class Hint:
    """What is odd about a line."""

    column: int
    """Counted from 1; 0 if the place of the error is right."""
    words: str
    fix: str


def looks_right(line: str) -> Hint | None:
    """Return which sign of a line only looks like a colon and a space, or is missing."""
    colon, space, close = (pattern.match(line) for pattern in (_COLON, _SPACE, _CLOSE))
    if colon:
        words = f"there is {_named(colon['sign'])} after “{short(colon['key'])}”, and YAML does not read it as a colon"
        return Hint(colon.start("sign") + 1, words, f"Write “:” and a space: “{_line(colon)}”.")
    if space:
        words = f"there is {_named(space['sign'])} after the colon, and YAML does not read it as a space"
        return Hint(space.start("sign") + 1, words, f"Write a plain space after the colon: “{_line(space)}”.")
    if close:
        words = f"there is no space after the colon of “{short(close['key'])}”"
        return Hint(close.end("key") + 1, words, f"Write “{_line(close)}”.")
    return None


def needs_quotes(line: str, column: int) -> Hint | None:
    """Return why the text of a line must be in quotes; `column` is where YAML stopped."""
    found = _VALUE.match(line)
    if not found:
        return None
    text, start = found["rest"].rstrip(), found.start("rest") + 1
    fix = "Put the whole text in quotes: '{}'.".format(short(text.replace("'", "''")))
    if text[0] in "\"'" and column > start:
        return Hint(0, "the text continues after its quotes", fix)
    if text[0] in _SPECIAL:
        return Hint(start, f"a text that begins with “{text[0]}” must be in quotes", fix)
    if ": " in text and column > start:
        return Hint(0, "the text holds a colon and a space, and YAML reads them as the end of a key", fix)
    return None


def _line(found: re.Match[str]) -> str:
    return short(f"{found['key']}: {found['rest'].strip()}")


def _named(sign: str) -> str:
    name = unicodedata.name(sign, "an odd sign").lower().replace("fullwidth", "full-width")
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name} (U+{ord(sign):04X})"
