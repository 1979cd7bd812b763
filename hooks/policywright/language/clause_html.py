"""Finds in the HTML of a clause whatever a browser would run, or load from elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser

from markdown import Markdown

_TAGS = """
a abbr b blockquote br caption cite code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre
q s samp section small span strong sub summary sup table tbody td tfoot th thead tr u ul var
"""
_ATTRIBUTES = """
abbr align alt cite class colspan datetime dir headers height href id lang markdown open reversed rowspan scope src
start title type value width
"""
TAGS, ATTRIBUTES = frozenset(_TAGS.split()), frozenset(_ATTRIBUTES.split())
SCHEMES = ("https", "http", "mailto", "tel")
_ALIGNED = re.compile(r"text-align: ?(left|right|center);?")
"""The one style that Python-Markdown writes, in the cells of a table."""

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
# Browsers leave these out of an address before they read it: “java\tscript:”.
_BLANKS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]")
_TAG = re.compile(r"<[a-zA-Z/!?][^\n]*")


@dataclass(frozen=True)
class Unfit:
    """A piece of Markdown that does not belong in a clause."""

    words: str
    """As a message shows it."""
    spelled: str
    """The beginning of it as the text spells it, in small letters; it may be spelled in another way."""
    fix: str


def first_unfit(text: str) -> Unfit | None:
    """Return the first piece of a text that a browser would run, or load from elsewhere; None if there is none."""
    converter = _converter()
    converter.references.clear()
    reader = _Reader(converter.convert(text))
    # Another clause may use the name of an address that this one defines.
    for address, _ in converter.references.values():
        reader.address(str(address), loaded=False)
    opened = _TAG.search(text, text.rfind(">") + 1)
    if opened and not reader.found:
        words = opened[0]
        reader.found.append(Unfit(words, words.lower(), "Close the tag with “>”, or put a space after “<”."))
    return next(iter(reader.found), None)


@cache
def _converter() -> Markdown:
    return Markdown(extensions=["attr_list", "md_in_html", "tables"])


class _Reader(HTMLParser):
    """Collects what does not belong from HTML; what is allowed is listed, because the rest grows with the browsers."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Unfit] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at a tag and its attributes."""
        if tag not in TAGS:
            self.found.append(Unfit(f"<{tag}>", f"<{tag}", f"Delete it, or write it between backticks: `<{tag}>`."))
        for name, value in attrs:
            if name in ("href", "src", "cite"):
                self.address(value or "", loaded=name == "src")
            elif name not in ATTRIBUTES and not (name == "style" and _ALIGNED.fullmatch(value or "")):
                self.found.append(Unfit(name, name, "Delete the attribute."))

    def address(self, address: str, *, loaded: bool) -> None:
        """Look at an address; pictures are loaded without a click, so they may not come from another host."""
        read = _BLANKS.sub("", address).replace("\\", "/")
        scheme = _SCHEME.match(read)
        if loaded and (scheme or read.startswith("//")):
            fix = "Put the picture below docs/, because every reader's browser would load it from the other host."
            self.found.append(Unfit(address, address.lower(), fix))
        elif scheme and scheme[1].lower() not in SCHEMES:
            self.found.append(Unfit(address, address.lower(), "Write an address that begins with https:// or mailto:."))

    def handle_decl(self, decl: str) -> None:
        """Note a declaration, such as a document type."""
        self.found.append(Unfit(f"<!{decl}>", f"<!{decl}".lower(), "Delete it."))

    def handle_pi(self, data: str) -> None:
        """Note an instruction, such as `<?php`."""
        self.found.append(Unfit(f"<?{data}>", f"<?{data}".lower(), "Delete it."))
