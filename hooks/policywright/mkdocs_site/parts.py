"""Cuts the Markdown of a large generated page into parts, and puts together what they became.

An answer changes a few provisions of a policy. Cut at its headings, the rest need not be converted again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypedDict

from markdown.extensions.toc import nest_toc_tokens


class Conversion(TypedDict):
    """What a page, or a part of it, became."""

    content: str
    toc: list[dict[str, Any]]
    title: str | None
    anchors: list[str]
    links: dict[str, dict[str, str]]
    """Uri of a page -> the anchors that this page links to there, each with the link as it is written."""
    found: dict[str, list[str] | None]
    """Each path that the page links to -> the uri and the address of the file there."""


SEPARABLE = {
    *("abbr", "admonition", "attr_list", "def_list", "fenced_code", "footnotes", "md_in_html", "nl2br"),
    *("sane_lists", "smarty", "tables", "toc"),
    *("pymdownx.betterem", "pymdownx.caret", "pymdownx.details", "pymdownx.keys", "pymdownx.mark"),
    *("pymdownx.smartsymbols", "pymdownx.tasklist", "pymdownx.tilde"),
}
"""Extensions that take nothing from one part of a page to the next, unless _THROUGH_THE_PAGE finds something."""

_LARGE = 50_000
"""A shorter page is converted in the time that reading its parts takes."""

_THROUGH_THE_PAGE = re.compile(r"\[\^|\[TOC\]|^ {0,3}(?:\[[^\]\n]+\]:|```|~~~)|^\*\[", re.MULTILINE)
"""What may mean something to other parts, or may reach into them."""
_TAG = re.compile(
    r"<(/?)(?:article|aside|details|div|dl|fieldset|figure|form|header|nav|ol|pre|script|section|table|ul)\b"
)
_ALONE = re.compile(r"\n*<(form|script)\b")
"""What begins HTML that is long and without Markdown, and so a separate part."""
_BLANK_LINE = re.compile(r"^ +$", re.MULTILINE)
_ID = re.compile(r"\sid=\"([^\"]*)\"")

_LAST = "§"
"""A paragraph after each part: how a block ends depends on whether something follows."""
_LAST_HTML = f"\n<p>{_LAST}</p>"


class Piece(NamedTuple):
    """A part of a page."""

    text: str
    raw: Conversion | None
    """What it becomes if it is nothing but HTML, which Markdown leaves as it is."""


def cut(text: str) -> list[Piece]:
    """Return the parts of a page, or nothing if it is short or its parts may depend on each other."""
    if len(text) < _LARGE:
        return []
    parts: list[list[str]] = [[]]
    depth, alone = 0, False
    for block in text.split("\n\n"):
        html = _ALONE.match(block) is not None
        if depth == 0 and parts[-1] and (html or alone or block.lstrip("\n").startswith("#")):
            parts.append([])
            alone = html
        parts[-1].append(block)
        depth += sum(-1 if tag[1] else 1 for tag in _TAG.finditer(block))
    whole = [Piece(one, _raw(one)) for one in map("\n\n".join, parts)]
    return [] if depth or any(one.raw is None and _THROUGH_THE_PAGE.search(one.text) for one in whole) else whole


def _raw(part: str) -> Conversion | None:
    html = part.strip("\n")
    tag = _ALONE.match(html)
    if tag is None or not html.endswith(f"</{tag[1]}>") or "markdown=" in html or "\t" in html:
        return None
    content, anchors = _BLANK_LINE.sub("", html), sorted({*_ID.findall(html)})
    return {"content": content + "\n", "toc": [], "title": None, "anchors": anchors, "links": {}, "found": {}}


def with_end(part: str) -> str:
    """Return the text to convert for a part."""
    return f"{part}\n\n{_LAST}"


def without_end(made: Conversion) -> Conversion | None:
    """Return what a part became; None if it took the end for a part of itself."""
    content = made["content"].removesuffix(_LAST_HTML)
    return {**made, "content": content} if content != made["content"] else None


def joined(parts: Sequence[Conversion]) -> Conversion | None:
    """Return what a page became, by its parts; None if two have the same anchor, as Markdown would rename one."""
    anchors = [anchor for part in parts for anchor in part["anchors"]]
    if len({*anchors}) < len(anchors):
        return None
    links: dict[str, dict[str, str]] = {}
    for part in parts:
        for uri, there in part["links"].items():
            links[uri] = {**there, **links.get(uri, {})}
    return {
        "content": "\n".join(part["content"] for part in parts).strip(),
        "toc": nest_toc_tokens([dict(entry) for part in parts for entry in _flat(part["toc"])]),
        "title": parts[0]["title"],
        "anchors": sorted(anchors),
        "links": links,
        "found": {path: at for part in parts for path, at in part["found"].items()},
    }


def _flat(entries: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        yield entry
        yield from _flat(entry["children"])
