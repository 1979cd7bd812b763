"""Paragraphs: headings with their bookmarks and comments, lines to fill in, items of lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from policywright.exports.blocks import Heading, Paragraph, Run, Runs, words_in
from policywright.exports.word.elements import element
from policywright.exports.word.parts import Parts
from policywright.exports.word.runs import runs_xml

STYLES = {
    "basis": "Policy Basis",
    "code": "Policy Text As Typed",
    "note": "Policy Note",
    "note title": "Policy Note Title",
}
"""The styles of the kinds of paragraphs."""
_BLANK = re.compile("_{3,}")
_LONGEST_FILL_IN = 70
"""A longer one is a sentence with a gap, whose lines break where they must."""


def paragraph_xml(content: str, *properties: str) -> str:
    """Return a paragraph; its properties are in Word's order: style, keepNext, number, tabs, spacing, indent."""
    return element("w:p", element("w:pPr", *properties) if any(properties) else "", content)


def styled(name: str, parts: Parts) -> str:
    """Return the property that gives a paragraph a style."""
    return element("w:pStyle", w_val=parts.styles.id_of(name))


def heading_xml(heading: Heading, parts: Parts) -> str:
    """Return a heading with its automatic number, its bookmark and its comments."""
    level = min(max(heading.level, 1), 6)
    automatic = parts.numbering.heading(heading.number, level) if heading.number else None
    # A number that no list can have is typed.
    typed = (Run(f"{heading.number}\t"),) if heading.number and automatic is None else ()
    number = _silenced(parts) if automatic is None else automatic
    runs = (*typed, *heading.runs)
    content = parts.bookmarks.around(heading.anchor, runs_xml(runs, parts))
    return paragraph_xml(_commented(heading.anchor, content, parts), styled(f"heading {level}", parts), number)


def _silenced(parts: Parts) -> str:
    """Return what keeps a style from numbering a heading that has no automatic number."""
    numbered_by_style = bool(parts.numbering.styles) or not parts.styles.ours
    return parts.numbering.silent() if numbered_by_style else ""


def _commented(anchor: str, content: str, parts: Parts) -> str:
    numbers = [parts.comment(text) for text in parts.comments.get(anchor, ())]
    starts = (element("w:commentRangeStart", w_id=number) for number in numbers)
    return "".join(starts) + content + "".join(_end_of_comment(number, parts) for number in numbers)


def _end_of_comment(number: int, parts: Parts) -> str:
    style = element("w:rStyle", w_val=parts.styles.id_of("annotation reference"))
    reference = element("w:r", element("w:rPr", style), element("w:commentReference", w_id=number))
    return element("w:commentRangeEnd", w_id=number) + reference


def text_xml(paragraph: Paragraph, parts: Parts, *, before: int = 0, keep: bool = False) -> str:
    """Return a paragraph of text; one that ends in a blank to fill in gets lines that reach the margin.

    `before` is the space above it, if its style does not say; `keep` holds it on the page of what follows.
    """
    kept = element("w:keepNext") if keep else ""
    if is_fill_in(paragraph):
        return _fill_in(paragraph.runs, parts, kept)
    name = STYLES.get(paragraph.kind)
    space = element("w:spacing", w_before=before) if before else ""
    return paragraph_xml(runs_xml(paragraph.runs, parts), styled(name, parts) if name else "", kept, space)


def is_fill_in(paragraph: Paragraph) -> bool:
    """Whether a paragraph is a line to fill in: a label or several, each with a blank."""
    words = words_in(paragraph.runs)
    return not paragraph.kind and words.endswith("___") and len(_BLANK.sub("", words)) <= _LONGEST_FILL_IN


def _fill_in(runs: Runs, parts: Parts, kept: str) -> str:
    """Return a line with tabs in place of underscores: a screen reader is silent there, and the ends are even."""
    stops = (
        element("w:tab", w_val="left", w_leader="underscore", w_pos=round(parts.width * at))
        for at in _ends_of_blanks(words_in(runs))
    )
    lines = (replace(run, text=_BLANK.sub("\t", run.text)) for run in runs)
    style = styled("Policy Line To Fill In", parts)
    return paragraph_xml(runs_xml(lines, parts), style, kept, element("w:tabs", *stops))


def _ends_of_blanks(words: str) -> Iterator[float]:
    """Yield where each blank ends, as a part of the line."""
    return (blank.end() / len(words) for blank in _BLANK.finditer(words))


def item_xml(
    runs: Iterable[Run], parts: Parts, *, style: str, number: str = "", indent: int = 0, keep: bool = False
) -> str:
    """Return the first paragraph of an item, with its number or bullet, or a further one, with its indent."""
    where = element("w:ind", w_left=indent) if indent else ""
    kept = element("w:keepNext") if keep else ""
    return paragraph_xml(runs_xml(runs, parts), styled(style, parts), kept, number, where)
