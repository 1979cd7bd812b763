"""HTML that the site's own converter has made from a page becomes blocks; nothing that a reader sees is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

from policywright.exports.blocks import Block, Heading, Listing, Paragraph, Run, Runs, Table, words_in


@dataclass
class Node:
    """An element of HTML."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        """The words of its class."""
        return self.attributes.get("class", "").split()

    @property
    def elements(self) -> list[Node]:
        """The children that are elements."""
        return [child for child in self.children if isinstance(child, Node)]

    def all(self, *tags: str) -> list[Node]:
        """Return the elements with one of these tags below it, in reading order."""
        own = ([one] if one.tag in tags else [] for one in self.elements)
        return [found for one, it in zip(self.elements, own, strict=True) for found in (*it, *one.all(*tags))]


_VOID = frozenset({"br", "hr", "img", "input", "col", "wbr"})
_UNSEEN = frozenset({"script", "style", "template", "button", "nav"})
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = frozenset(
    {*_HEADINGS, "p", "ul", "ol", "dl", "table", "div", "section", "details", "summary", "blockquote", "pre", "hr"}
    | {"form", "figure", "figcaption"}
)
LINE = "_" * 46
_KINDS = {"admonition-title": "note title", "pw-basis": "basis"}
_SPACES = re.compile(r"[ \t\r\n\f]+")


class _Builder(HTMLParser):
    """Builds the tree; what is not closed ends with what holds it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("body")
        self.open = [self.root]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            # HTML lets a paragraph end where the next block begins.
            self.handle_endtag("p")
        element = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        at = next((number for number in range(len(self.open) - 1, 0, -1) if self.open[number].tag == tag), 0)
        if at:
            del self.open[at:]

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def blocks_of_html(html: str) -> tuple[list[Block], dict[str, Runs]]:
    """Return the blocks of a page, and its footnotes: key -> text. The first heading of the page has level 0."""
    root = _Builder(html).root
    notes = dict(_footnotes(root))
    return list(_blocks(root.children)), notes


def _is_unseen(element: Node) -> bool:
    marks = {"pw-hidden", "headerlink", "footnote-backref", "footnote"}
    return element.tag in _UNSEEN or "hidden" in element.attributes or bool(marks & {*element.classes})


def _footnotes(root: Node) -> Iterator[tuple[str, Runs]]:
    for part in root.all("div"):
        if "footnote" in part.classes:
            for item in part.all("li"):
                yield item.attributes.get("id", ""), _trimmed(_runs(item.children, Run("")))


def _blocks(children: Iterable[Node | str]) -> Iterator[Block]:
    """Yield the blocks of some children; loose words between blocks become paragraphs."""
    loose: list[Node | str] = []
    for child in children:
        if isinstance(child, Node) and (child.tag in _BLOCKS or _is_unseen(child)):
            yield from _paragraph(loose)
            loose = []
            if not _is_unseen(child):
                yield from _block(child)
        else:
            loose.append(child)
    yield from _paragraph(loose)


def _block(element: Node) -> Iterator[Block]:
    if element.tag in _HEADINGS:
        yield _heading(element)
    elif element.tag in ("ul", "ol"):
        items = (tuple(_blocks(item.children)) for item in element.elements if item.tag == "li")
        yield Listing(element.tag == "ol", tuple(items))
    elif element.tag == "table":
        yield _table(element)
    elif element.tag == "dl":
        yield Table((), tuple(_pairs(element)))
    elif element.tag == "hr":
        # A line to write on.
        yield Paragraph((Run(LINE),))
    elif element.tag == "pre":
        yield Paragraph((Run(_text(element).rstrip("\n"), code=True),), "code")
    elif element.tag in ("p", "summary", "figcaption"):
        kinds = (kind for name, kind in _KINDS.items() if name in element.classes)
        yield from _paragraph(element.children, next(kinds, ""))
    elif "admonition" in element.classes:
        yield from (
            replace(one, kind=one.kind or "note") if isinstance(one, Paragraph) else one
            for one in _blocks(element.children)
        )
    else:
        yield from _blocks(element.children)


def _heading(element: Node) -> Heading:
    numbers = [one for one in element.elements if "pw-number" in one.classes]
    rest = [child for child in element.children if child not in numbers]
    number = _text(numbers[0]).strip() if numbers else ""
    return Heading(int(element.tag[1]) - 1, _trimmed(_runs(rest, Run(""))), number, element.attributes.get("id", ""))


def _paragraph(children: Sequence[Node | str], kind: str = "") -> Iterator[Paragraph]:
    runs = _trimmed(_runs(children, Run("")))
    if words_in(runs) or any(run.note for run in runs):
        yield Paragraph(runs, kind)


def _table(element: Node) -> Table:
    rows = [tuple(_cell(cell) for cell in row.elements if cell.tag in ("th", "td")) for row in element.all("tr")]
    headed = bool(element.all("th")) and bool(rows)
    return Table(rows[0] if headed else (), tuple(rows[1:] if headed else rows))


def _cell(element: Node) -> Runs:
    return _trimmed(_runs(element.children, Run("")))


def _pairs(element: Node) -> Iterator[tuple[Runs, ...]]:
    names = element.all("dt", "dd")
    for at, name in enumerate(names):
        if name.tag == "dt":
            entries = [one for one in names[at + 1 : at + 2] if one.tag == "dd"]
            yield (_cell(name), _cell(entries[0]) if entries else ())


def _text(element: Node) -> str:
    return "".join(child if isinstance(child, str) else _text(child) for child in element.children)


def _runs(children: Iterable[Node | str], look: Run) -> Iterator[Run]:
    """Yield the runs of some children in the look of what holds them."""
    for child in children:
        if isinstance(child, str):
            yield replace(look, text=_SPACES.sub(" ", child))
        elif child.tag == "br":
            yield replace(look, text="\n")
        elif child.tag == "img":
            yield replace(look, text=child.attributes.get("alt", ""))
        elif child.tag == "sup" and child.attributes.get("id", "").startswith("fnref"):
            yield Run("", note=child.elements[0].attributes.get("href", "").removeprefix("#"))
        elif not _is_unseen(child):
            yield from _runs(child.children, _look(child, look))


def _look(element: Node, look: Run) -> Run:
    if element.attributes.get("id"):
        look = replace(look, anchor=element.attributes["id"])
    if element.tag in ("strong", "b"):
        return replace(look, strong=True)
    if element.tag in ("em", "i", "cite", "var"):
        return replace(look, emphasis=True)
    if element.tag in ("code", "kbd", "samp"):
        return replace(look, code=True)
    if element.tag == "a":
        return replace(look, link=_address(element.attributes.get("href", "")))
    return look


def _address(href: str) -> str:
    return href if href.startswith(("#", "https://", "http://", "mailto:", "tel:")) else ""


def _trimmed(runs: Iterable[Run]) -> Runs:
    """Return runs joined where they look alike, without blanks at the ends, at line breaks and twice in a row."""
    joined: list[Run] = []
    for run in runs:
        before = words_in(joined)[-1:]
        text = run.text.lstrip(" ") if before in ("", " ", "\n") else run.text
        if text == "\n" and joined:
            joined[-1] = replace(joined[-1], text=joined[-1].text.rstrip(" "))
        if joined and not run.note and replace(joined[-1], text="") == replace(run, text=""):
            joined[-1] = replace(joined[-1], text=joined[-1].text + text)
        elif text or run.note:
            joined.append(replace(run, text=text))
    while joined and not joined[-1].note and not joined[-1].text.rstrip():
        joined.pop()
    if joined and not joined[-1].note:
        joined[-1] = replace(joined[-1], text=joined[-1].text.rstrip())
    return tuple(joined)
