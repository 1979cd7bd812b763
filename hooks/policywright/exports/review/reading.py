"""What a Word file says: its lines with their tracked changes, and its comments, each at its provision."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree

from policywright.exports.review.package import MAIN, open_word

XmlNode = ElementTree.Element
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True)
class Author:
    """Who changed or commented something, and when; the date is empty if the file does not say it."""

    name: str
    date: str
    """ISO date."""


@dataclass(frozen=True)
class WordComment:
    """A comment in the margin."""

    by: Author
    text: str
    anchor: str
    """Of the heading above the words that it is about; empty before the first one."""


@dataclass(frozen=True)
class Line:
    """A paragraph or a cell's paragraph; blanks in a row are one."""

    text: str
    anchor: str
    """The anchor of the provision whose heading this is; empty for every other line."""
    kind: str
    """“heading”, “item” of a list, or nothing."""
    under: str = ""
    """The anchor of the heading above it or of itself, even if that heading was deleted with tracking."""


@dataclass(frozen=True)
class Tracked:
    """A tracked change: words that were inserted or deleted."""

    kind: str
    """inserted | deleted"""
    text: str
    by: Author
    anchor: str
    """Of the heading above it."""


@dataclass(frozen=True)
class Incoming:
    """A Word file as it was read."""

    lines: tuple[Line, ...]
    """With every tracked change accepted."""
    before: tuple[Line, ...]
    """With every tracked change rejected: what differs here from what was sent was changed without tracking."""
    tracked: tuple[Tracked, ...]
    comments: tuple[WordComment, ...]
    notes: tuple[str, ...]
    """The footnotes, in the order of their marks."""
    properties: Mapping[str, str]
    """What the file says about itself under custom properties."""


def read_word(raw: bytes, name: str, anchors: Mapping[str, str]) -> Incoming:
    """Read a Word file; `anchors` are the anchors of provisions by the name of their bookmark.

    Raise PolicyError if it cannot be opened.
    """
    parts = open_word(raw, name)
    reader = _Reader(anchors, _comments(parts.get("word/comments.xml")), _styles(parts.get("word/styles.xml")))
    reader.body(parts[MAIN])
    notes = _notes(parts.get("word/footnotes.xml"))
    return Incoming(
        lines=tuple(reader.after.lines),
        before=tuple(reader.old.lines),
        tracked=tuple(reader.tracked),
        comments=tuple(reader.comments),
        notes=tuple(notes[mark] for mark in reader.marks if mark in notes),
        properties=_properties(parts.get("docProps/custom.xml")),
    )


def _of(node: XmlNode, name: str) -> str:
    return node.get(f"{_W}{name}", "")


def _author(node: XmlNode) -> Author:
    return Author(" ".join(_of(node, "author").split()), _of(node, "date")[:10])


def _text_of(node: XmlNode) -> str:
    """Return the words of a comment or a footnote, a blank between two paragraphs."""
    paragraphs = ("".join(text.text or "" for text in part.iter(f"{_W}t")) for part in node.iter(f"{_W}p"))
    return _BLANKS.sub(" ", " ".join(paragraphs)).strip()


def _comments(part: XmlNode | None) -> dict[str, tuple[Author, str]]:
    found = part.iter(f"{_W}comment") if part is not None else ()
    return {_of(one, "id"): (_author(one), _text_of(one)) for one in found}


def _styles(part: XmlNode | None) -> dict[str, str]:
    """Return the names of the styles by id: every program gives its ids, and the names are the same in each."""
    found = part.iter(f"{_W}style") if part is not None else ()
    named = ((_of(one, "styleId"), one.find(f"{_W}name")) for one in found)
    return {key: _of(name, "val") for key, name in named if name is not None}


def _notes(part: XmlNode | None) -> dict[str, str]:
    """Return the footnotes by id, without the two that only draw the line above them."""
    found = part.iter(f"{_W}footnote") if part is not None else ()
    return {_of(one, "id"): _text_of(one) for one in found if not _of(one, "type")}


def _properties(part: XmlNode | None) -> dict[str, str]:
    if part is None:
        return {}
    return {one.get("name", ""): "".join(one.itertext()).strip() for one in part}


@dataclass
class _Side:
    """The lines of a document with the changes accepted, or with them rejected."""

    gone: str
    """The kind of change whose words are not on this side: deleted | inserted."""
    lines: list[Line] = field(default_factory=list)
    text: str = ""
    anchor: str = ""
    kind: str = ""

    def end(self, under: str, *, joined: bool) -> None:
        """End a paragraph; one whose end is not on this side goes on in the next one."""
        text = _BLANKS.sub(" ", self.text).strip()
        # A heading that was deleted with its end leaves no line, and its anchor leads to nothing.
        if not text:
            self.text, self.anchor, self.kind = "", "", ""
        elif not joined:
            self.lines.append(Line(text, self.anchor, self.kind, under))
            self.text, self.anchor, self.kind = "", "", ""


@dataclass
class _Reader:
    """Walks through a document once, and writes down both of its sides."""

    anchors: Mapping[str, str]
    said: Mapping[str, tuple[Author, str]]
    styles: Mapping[str, str]
    after: _Side = field(default_factory=lambda: _Side("deleted"))
    old: _Side = field(default_factory=lambda: _Side("inserted"))
    tracked: list[Tracked] = field(default_factory=list)
    comments: list[WordComment] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    here: str = ""
    """The anchor of the heading above."""
    change: str = ""
    """The kind of change that what is read now is part of."""
    author: Author = field(default_factory=lambda: Author("", ""))
    seen: set[str] = field(default_factory=set)

    def body(self, node: XmlNode) -> None:
        for child in node:
            if child.tag == f"{_W}p":
                self._paragraph(child)
            elif child.tag not in (f"{_W}sectPr", f"{_W}tblPr", f"{_W}tblGrid", f"{_W}trPr", f"{_W}tcPr"):
                self.body(child)

    def _paragraph(self, node: XmlNode) -> None:
        style = self._style(node)
        if style.startswith("toc"):
            return
        for side in (self.after, self.old):
            side.kind = side.kind or _kind(node, style)
        self._inline(node)
        mark = node.find(f"{_W}pPr/{_W}rPr")
        deleted, inserted = (mark is not None and mark.find(f"{_W}{name}") is not None for name in ("del", "ins"))
        self.after.end(self.here, joined=deleted)
        self.old.end(self.here, joined=inserted)

    def _style(self, node: XmlNode) -> str:
        style = node.find(f"{_W}pPr/{_W}pStyle")
        key = _of(style, "val") if style is not None else ""
        return self.styles.get(key, key).lower().replace(" ", "")

    def _inline(self, node: XmlNode) -> None:
        for child in node:
            name = child.tag.removeprefix(_W)
            if name in _CHANGES:
                self._changed(child, _CHANGES[name])
            elif name == "bookmarkStart":
                self._bookmark(_of(child, "name"))
            elif name == "commentReference" and _of(child, "id") in self.said:
                by, text = self.said[_of(child, "id")]
                self.comments.append(WordComment(by, text, self.here))
            elif name == "footnoteReference":
                self.marks.append(_of(child, "id"))
            elif name in ("t", "delText"):
                self._say(child.text or "")
            elif name in ("tab", "br", "cr", "ptab"):
                self._say(" ")
            elif name == "noBreakHyphen":
                self._say("\u2011")
            elif name not in _UNSEEN:
                self._inline(child)

    def _changed(self, node: XmlNode, kind: str) -> None:
        before = self.change, self.author
        self.change, self.author = kind, _author(node)
        self._inline(node)
        self.change, self.author = before

    def _bookmark(self, name: str) -> None:
        anchor = self.anchors.get(name, "")
        # What is pasted a second time has its bookmark twice.
        if anchor and anchor not in self.seen:
            self.seen.add(anchor)
            self.here = self.after.anchor = self.old.anchor = anchor

    def _say(self, text: str) -> None:
        for side in (self.after, self.old):
            if side.gone != self.change:
                side.text += text
        if self.change and text.strip():
            self.tracked.append(Tracked(self.change, text, self.author, self.here))


_CHANGES = {"ins": "inserted", "moveTo": "inserted", "del": "deleted", "moveFrom": "deleted"}
_UNSEEN = frozenset({"pPr", "rPr", "instrText", "delInstrText", "drawing", "pict", "object", "sectPr"})


def _kind(node: XmlNode, style: str) -> str:
    if style.startswith("heading"):
        return "heading"
    listed = node.find(f"{_W}pPr/{_W}numPr") is not None
    return "item" if listed or style.startswith("list") else ""
