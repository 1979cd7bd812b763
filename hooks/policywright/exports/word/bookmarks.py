"""The bookmark on each heading: by it a provision is found again in a document that comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from policywright.exports.word.elements import element


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
