"""Runs of characters, with their look, links, line breaks and marks of footnotes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from policywright.exports.blocks import Run
from policywright.exports.word.elements import element, text_of
from policywright.exports.word.parts import Parts

_PIECES = re.compile(r"\r\n?|\n|\t|[^\r\n\t]+")


def runs_xml(runs: Iterable[Run], parts: Parts, change: Callable[[], str] = str) -> str:
    """Return runs as XML; `change` begins a w:ins or w:del around one of them, or returns nothing."""
    return "".join(_linked(run, parts, change()) for run in runs)


def _linked(run: Run, parts: Parts, change: str) -> str:
    xml = _changed(_run(run, parts, deleted=change.startswith("<w:del")), change)
    if run.anchor:
        xml = parts.bookmarks.around(run.anchor, xml)
    if run.link.startswith("#"):
        name = parts.bookmarks.known.get(run.link[1:])
        return element("w:hyperlink", xml, w_anchor=name, w_history=1) if name else xml
    target = parts.links.id_of(run.link) if run.link else ""
    return element("w:hyperlink", xml, r_id=target, w_history=1) if target else xml


def _changed(xml: str, change: str) -> str:
    if not change:
        return xml
    return f"{change}{xml}</{change[1:6]}>"


def _run(run: Run, parts: Parts, *, deleted: bool) -> str:
    if run.note:
        style = element("w:rStyle", w_val=parts.styles.id_of("footnote reference"))
        return element("w:r", element("w:rPr", style), element("w:footnoteReference", w_id=parts.note(run.note)))
    pieces = (_piece(piece, deleted=deleted) for piece in _PIECES.findall(run.text))
    return element("w:r", _look(run, parts), *pieces)


def _piece(piece: str, *, deleted: bool) -> str:
    if piece == "\t":
        return element("w:tab")
    if piece[0] in "\r\n":
        return element("w:br")
    return element("w:delText" if deleted else "w:t", text_of(piece), xml_space="preserve")


def _look(run: Run, parts: Parts) -> str:
    """Return the look of a run; links inside the document look like words, or every defined term would be blue."""
    web = run.link and not run.link.startswith("#")
    style = "Hyperlink" if web else "Policy Words As Typed" if run.code else ""
    look = [element("w:rStyle", w_val=parts.styles.id_of(style))] if style else []
    look += [element("w:b")] if run.strong else []
    look += [element("w:i")] if run.emphasis else []
    return element("w:rPr", *look) if look else ""
