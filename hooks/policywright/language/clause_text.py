"""What the text of a clause may contain: Markdown that stays inside its provision, and comments that nobody sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from policywright.language.comments import COMMENT, OPEN, REMARK, blanked, candidates, line_of

Mistake = tuple[int, str, str]
"""A line, counted from 1, what is wrong there, and how to correct it."""

_INLINE = re.compile(r"(?<!`)(`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)\1(?!`)", re.DOTALL)
_FENCE = re.compile(r"(`{3,}|~{3,})")
_WORDS = re.compile(r"\[placeholder\]|\[object Object\]|^\[TOC\][ \t]*$|^[ \t]*-{1,}8<-{1,}.*$", re.MULTILINE)
_HASHTAG = re.compile(r"^#(?=[^\W\d_])", re.MULTILINE)
_PAIRED = re.compile(
    "a|abbr|address|article|aside|b|blockquote|code|dl|details|div|em|figure|footer|h[1-6]|header|i|kbd|main|mark|nav"
    "|ol|pre|q|s|section|small|span|strong|sub|summary|sup|table|u|ul"
)


def without_remarks(text: str) -> str:
    """Return the text of a clause without its comments; a hashtag at the beginning of a line stays a hashtag."""
    if "<!--" not in text and "]:" not in text and "#" not in text:
        return text
    code = list(_code(text))
    parts, end = [], 0
    for mark in sorted(candidates(text, ()), key=lambda mark: mark.start):
        if mark.kind in (COMMENT, REMARK) and mark.start >= end and not _inside(mark.start, code):
            parts.append(text[end : mark.start])
            end = mark.end
    kept = "".join([*parts, text[end:]])
    code = list(_code(kept))
    # Python-Markdown takes “#OurTown” for a heading and drops the sign.
    kept = _HASHTAG.sub(lambda found: found[0] if _inside(found.start(), code) else "\\#", kept)
    return re.sub(r"\n{3,}", "\n\n", kept).strip() + "\n"


def forbidden(text: str) -> Iterator[Mistake]:
    """Return what the text of a clause contains that would hide or swallow something on its page."""
    code = list(_code(text))
    yield from _marks(text, code)
    yield from _open_fence(text)
    plain = blanked(text, sorted(code))
    for found in _WORDS.finditer(plain):
        words = found[0].strip()
        yield (
            line_of(text, found.start()),
            f"“{words}” may not be in a clause: it is not policy text.",
            "Remove it.",
        )
    tags = _Tags()
    tags.feed(re.sub(r"<!--.*?(?:-->|\Z)", lambda found: re.sub(r"[^\n]", " ", found[0]), plain, flags=re.DOTALL))
    yield from tags.mistakes()


def footnotes(text: str) -> Iterator[tuple[int, str]]:
    """Return the line and the name of each footnote that a text defines."""
    for found in re.finditer(r"^ {0,3}\[\^([^\]\n]+)\]:", text, re.MULTILINE):
        yield line_of(text, found.start()), found[1]


def _marks(text: str, code: list[tuple[int, int]]) -> Iterator[Mistake]:
    for mark in candidates(text, ("where", "end")):
        if _inside(mark.start, code):
            continue
        line = line_of(text, mark.start)
        if mark.kind == OPEN:
            yield line, "This comment has no end, so it would hide the rest of the page.", "Write “-->” after it."
        elif mark.shortcode(("where", "end")):
            fix = "Write a “when:” in the front matter of the clause, or use the shortcode in a page in docs/."
            yield line, "A shortcode does not work in a clause.", fix


def _open_fence(text: str) -> Iterator[Mistake]:
    """Report a fence without an end: with the fence of a later clause it would make code of everything in between."""
    for start, end, fence in _fences(text):
        if end is None:
            line = line_of(text, start)
            yield line, f"This “{fence}” is never closed.", f"Write “{fence}” on a line after the code."


def _code(text: str) -> Iterator[tuple[int, int]]:
    """Return where code begins and ends: fences first, then code inside lines."""
    fences = [(start, end) for start, end, _ in _fences(text) if end is not None]
    yield from fences
    yield from (found.span() for found in _INLINE.finditer(blanked(text, fences)))


def _fences(text: str) -> Iterator[tuple[int, int | None, str]]:
    """Return where each block of code between fences begins and ends, and its fence; one may have no end."""
    fence, opened, start = "", 0, 0
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if not fence and found:
            fence, opened = found[1], start
        elif fence and line.rstrip() == fence:
            yield opened, start + len(line), fence
            fence = ""
        start += len(line) + 1
    if fence:
        yield opened, None, fence


def _inside(position: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= position < end for start, end in spans)


class _Tags(HTMLParser):
    """Finds HTML that reaches out of its clause."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, int]] = []
        self.found: list[Mistake] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser's signature
        """Remember a tag that must be closed."""
        if _PAIRED.fullmatch(tag):
            self.open.append((tag, self.getpos()[0]))

    def handle_endtag(self, tag: str) -> None:
        """Close a tag."""
        names = [name for name, _ in self.open]
        if tag in names:
            del self.open[len(names) - 1 - names[::-1].index(tag) :]
        elif _PAIRED.fullmatch(tag):
            self.found.append((self.getpos()[0], f"“</{tag}>” closes nothing in this clause.", "Remove it."))

    def mistakes(self) -> Iterator[Mistake]:
        """Return what was found, and the tags that are still open."""
        self.close()
        yield from self.found
        yield from (
            (line, f"This “<{tag}>” is never closed.", f"Write “</{tag}>” after it.") for tag, line in self.open
        )
