"""The bookmark on each heading: by it a provision is found again in a document that comes back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from policywright.exports.word.elements import element

LONGEST = 40
"""Word cuts off a name that is longer; and it allows letters, digits and underscores alone."""
_PLAIN = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def bookmark_of(anchor: str) -> str:
    """Return the name of the bookmark of an anchor: `pur-1-goals` becomes `pur_1_goals`.

    An anchor that is too long, or that has other signs, gets a name with two underscores and a part of its digest:
    no other name has two in a row, so that two anchors never share a bookmark.
    """
    if _PLAIN.fullmatch(anchor) and len(anchor) <= LONGEST:
        return anchor.replace("-", "_")
    digest = sha256(anchor.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    readable = "_".join(re.findall("[a-z0-9]+", anchor.lower()))
    return f"{f'a_{readable}'[: LONGEST - 12].rstrip('_')}__{digest}"


def anchors_by_bookmark(anchors: Iterable[str]) -> dict[str, str]:
    """Return the anchor of each bookmark, for finding provisions in a document that comes back."""
    return {bookmark_of(anchor): anchor for anchor in anchors}


@dataclass
class Bookmarks:
    """The bookmarks of one document."""

    known: Mapping[str, str]
    """Anchor -> name, of every place that links may lead to."""
    placed: set[str] = field(default_factory=set)

    def around(self, anchor: str, xml: str) -> str:
        """Put the bookmark of an anchor around some runs, once in a document."""
        if anchor not in self.known or anchor in self.placed:
            return xml
        number = len(self.placed)
        self.placed.add(anchor)
        start = element("w:bookmarkStart", w_id=number, w_name=self.known[anchor])
        return start + xml + element("w:bookmarkEnd", w_id=number)
