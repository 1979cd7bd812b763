"""Comments in Markdown, and what looks like one of ours: found in a page as the site's own converter reads it."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice

Convert = Callable[[str], str]
"""Markdown -> HTML, as the site converts it."""

COMMENT, OPEN, LOOKALIKE, REMARK, CITATION = "comment", "open", "lookalike", "remark", "citation"


@dataclass(frozen=True)
class PageMark:
    """Something in a page that a reader must not see as it is written."""

    kind: str
    """COMMENT | OPEN (a comment without an end) | LOOKALIKE | REMARK (`[//]: # (…)`) | CITATION (`[CTG-8]`)"""
    start: int
    end: int
    text: str

    @property
    def inner(self) -> str:
        """The words of a comment or a citation."""
        return self.text[4:-3] if self.kind == COMMENT else self.text.strip("[]")

    def shortcode(self, names: Iterable[str]) -> bool:
        """Return whether it is a shortcode, or looks like one."""
        return self.kind == LOOKALIKE or (self.kind == COMMENT and ours(self.inner, names))


# Remarks that are no HTML comments: link definitions, which print nothing, and those of Obsidian and CriticMarkup.
_REMARK = re.compile(
    r"^ {0,3}\[[^\]\n]*\]:[ \t]*(?:#|<#?>)[ \t]*(?:\((?:[^()\n]|\n(?!\s*\n)){0,2000}\)|[\"'(][^\n]*)?$"
    r"|^ {0,3}\[(?://|_|#|-|comment|note|todo)\]:[^\n]*$"
    r"|(?<!\S)%%(?:[^%\n]{1,2000}|\n(?:[^%]|%(?!%)){0,2000}\n)%%(?!\S)|\{>>(?:[^<]|<(?!<)){0,2000}<<\}",
    re.MULTILINE | re.IGNORECASE,
)
# A key in brackets that is not already part of a link: not after “]”, and not before “(”, “[” or “:”.
_CITATION = re.compile(r"(?<!\])\[[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*\](?![(\[:])")
_FENCE = re.compile(r"^[ \t>*+-]*(?:`{3}|~{3})", re.MULTILINE)
_CODE = re.compile(r"<(code|pre)\b.*?</\1>", re.DOTALL)


def find_marks(text: str, convert: Convert, names: Iterable[str]) -> list[PageMark]:
    """Return the comments, remarks, citations and lookalikes of a page, in order, but none that is shown as code.

    `names` are the words that may follow `policy:`; they tell a misspelled shortcode from a remark about the police.
    """
    found = sorted(candidates(text, tuple(names)), key=lambda mark: mark.start)
    # Asking the converter costs as much as converting the page, and most pages need not be asked about.
    if not (found and _FENCE.search(text)) and not any(_doubtful(mark, text) for mark in found):
        return found
    shown = _shown_as_code(text, found, convert)
    return [mark for mark in found if mark not in shown]


def candidates(text: str, names: tuple[str, ...]) -> Iterator[PageMark]:
    """Return what may be a mark, inside code too."""
    comments = list(_comments(text))
    yield from comments
    taken = sorted((mark.start, mark.end) for mark in comments)
    rest = blanked(text, taken)
    for kind, pattern in ((REMARK, _REMARK), (CITATION, _CITATION)):
        yield from (PageMark(kind, found.start(), found.end(), found[0]) for found in pattern.finditer(rest))
    yield from lookalikes(rest, names)


def _comments(text: str) -> Iterator[PageMark]:
    """Find comments from left to right; a search for the end from each opening would be quadratic."""
    start = text.find("<!--")
    while start >= 0:
        end = text.find("-->", start + 4)
        if text[start - 1 : start] == "\\":
            start = text.find("<!--", start + 4)  # “\\<!--” is text
        elif end < 0:
            rest = (found.start() for found in re.finditer("<!--", text[start:]))
            yield from (PageMark(OPEN, start + at, start + at + 4, "<!--") for at in islice(rest, MOST))
            return
        else:
            yield PageMark(COMMENT, start, end + 3, text[start : end + 3])
            start = text.find("<!--", end + 3)


def blanked(text: str, spans: list[tuple[int, int]]) -> str:
    """Return a text with blanks in place of spans; lines stay lines."""
    parts, end = [], 0
    for start, stop in spans:
        parts += [text[end:start], re.sub(r"[^\n]", " ", text[start:stop])]
        end = stop
    return "".join([*parts, text[end:]])


# What word processors, phones and other languages make of “<”, “!” and “-”.
_SIGNS = str.maketrans(
    {sign: plain for plain, signs in {"<": "‹«〈＜⟨≤", "!": "¡！ǃ", "-": "–—―‐‑‒−﹣－"}.items() for sign in signs}
)
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_OPENING = re.compile(
    r"(?:<(?:!\[cdata\[[ \t]*|[\s!?\\-]{1,24})|^[ \t]*!?-{1,3}[ \t]*|[\[{]{1,2}[#%!]?[ \t]*)"
    r"([^\W\d_]{4,9})\b[ \t]*([:;=.]?)[ \t]*([\w-]*)",
    re.MULTILINE,
)
MOST = 100
"""The maximum number of lookalikes, and of comments without an end, that are looked for in one page."""


def lookalikes(text: str, names: tuple[str, ...]) -> Iterator[PageMark]:
    """Find what was meant as a shortcode, but is not even a comment, such as `&lt;!-- policy: home --&gt;`.

    Such a mark is the word `policy` alone, so that the converter can be asked whether it is inside code.
    """
    folded = fold(text)
    lines = text.split("\n")
    alike = (found for found in _OPENING.finditer(folded) if _meant(found, names))
    for found in islice(alike, MOST):
        number = folded.count("\n", 0, found.start(1))
        line = lines[number]
        at = max(line.casefold().find(found[1]), 0)
        start = sum(len(before) + 1 for before in lines[:number]) + at
        yield PageMark(LOOKALIKE, start, start + len(found[1]), line[at : at + len(found[1])])


def _meant(found: re.Match[str], names: tuple[str, ...]) -> bool:
    """Return whether a shortcode was meant; without “<” and a “!” or “-” only if the whole of it is right."""
    if "<" in found[0] and re.search(r"[!?-]", found[0]):
        return looks_like_ours(found[1], found[2], found[3], names)
    return found[1] == "policy" and found[2] == ":" and found[3] in names


def fold(text: str) -> str:
    """Return a text with entities, look-alike signs and capitals replaced; each line stays one line."""
    if "&" in text:
        text = "\n".join(" ".join(unescaped(line).splitlines()) for line in text.split("\n"))
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text.translate(_SIGNS)).casefold())


def unescaped(text: str) -> str:
    """Return a text with its named entities as the signs that they are.

    Word processors write `&lt;`. We write answers and names with numbers, `&#60;`, and they mean what they show.
    """
    return re.sub(r"&[A-Za-z][A-Za-z0-9]{0,30};", lambda found: html.unescape(found[0]), text)


def ours(comment: str, names: Iterable[str]) -> bool:
    """Return whether the words of a comment look like a shortcode."""
    found = re.match(r"[\s\W]{0,24}([^\W\d_]{4,9})\b\s{0,99}([:;=.]?)\s{0,99}([\w-]*)", fold(comment))
    return bool(found) and looks_like_ours(found[1], found[2], found[3], tuple(names))  # type: ignore[index]


def looks_like_ours(word: str, sign: str, name: str, names: tuple[str, ...]) -> bool:
    """Return whether `word: name` was meant as `policy: name`; a misspelled word needs a name that is known."""
    if word == "policy" and sign in (":", ";", "="):
        return True
    return _close(word, "policy", 0.7) and any(_close(name, known, 0.85) for known in names)


def _close(word: str, wanted: str, least: float) -> bool:
    return word == wanted or (abs(len(word) - len(wanted)) < 3 and SequenceMatcher(None, word, wanted).ratio() >= least)


def _doubtful(mark: PageMark, text: str) -> bool:
    """Return whether a mark could be code without fences: on an indented line, or after a backtick in its paragraph."""
    before = text[text.rfind("\n", 0, mark.start) + 1 : mark.start].expandtabs(4)
    if not before.strip() and mark.kind == COMMENT:
        # A comment at the beginning of a line is found before anything inside a line, such as a backtick.
        return len(before) > 3
    return before.startswith("    ") or "`" in text[max(text.rfind("\n\n", 0, mark.start), 0) : mark.start]


def _shown_as_code(text: str, marks: list[PageMark], convert: Convert) -> set[PageMark]:
    """Return the marks that the converter shows as code.

    Nobody else knows for sure what is a fence, so each mark is replaced by an unusual word, and the converter is asked
    where the words went.
    """
    word = "pwmark"
    while word in text:
        word += "x"
    parts, end = [], 0
    for number, mark in enumerate(marks):
        probe = f"{word}{number}z"
        parts += [text[end : mark.start], _PROBES[mark.kind].format(probe)]
        if mark.kind == COMMENT and re.search(r"\n[ \t]*\n", mark.text):
            parts[-1] = f"<!--{probe}\n\n-->"
        end = mark.end
    output = convert("".join([*parts, text[end:]]))
    code = " ".join(found[0] for found in _CODE.finditer(output))
    return {mark for number, mark in enumerate(marks) if _is_code(mark, f"{word}{number}z", output, code)}


_PROBES = {COMMENT: "<!--{}-->", OPEN: "{}", LOOKALIKE: "{}", REMARK: "[{}]: # (x)", CITATION: "{}"}


def _is_code(mark: PageMark, word: str, output: str, code: str) -> bool:
    if mark.kind == COMMENT and re.search(rf"<!--{word}\s*-->", output):
        return False
    return word in code


def line_of(text: str, position: int) -> int:
    """Return the number of the line of a position, from 1."""
    return text.count("\n", 0, position) + 1
