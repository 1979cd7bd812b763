"""What the parts of one document share while they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from policywright.exports.word.bookmarks import Bookmarks
from policywright.exports.word.links import Links
from policywright.exports.word.numbering import Numbering
from policywright.exports.word.styles import Styles

WIDTHS = {"letter": (12240, 15840), "a4": (11906, 16838)}
"""Width and height of the paper, in twentieths of a point, as everywhere in Word."""
MARGIN = 1304
"""2.3 cm."""


@dataclass
class Parts:
    """The parts that the text of a document refers to, as far as they have been written."""

    styles: Styles
    bookmarks: Bookmarks
    numbering: Numbering
    width: int
    """Of a line."""
    comments: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Anchor -> the comments on the heading."""
    links: Links = field(default_factory=Links)
    noted: list[str] = field(default_factory=list)
    """The keys of the footnotes whose marks were placed, in order."""
    commented: list[str] = field(default_factory=list)
    """The comments that were placed, in order."""

    def note(self, key: str) -> int:
        """Return the id of the footnote of a mark; a footnote that has two marks is printed twice."""
        self.noted.append(key)
        return len(self.noted)

    def comment(self, text: str) -> int:
        """Return the id of a comment."""
        self.commented.append(text)
        return len(self.commented) - 1
