"""The styles of a document: the agency's, and ours where its template has none of that name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ASSETS = Path(__file__).parent / "assets"


@dataclass(frozen=True)
class Styles:
    """The ids of the styles by name: Word in another language keeps the names of built-in styles and changes ids."""

    ids: Mapping[str, str]
    """Name in small letters -> id."""
    ours: bool
    """Whether there is no template: then the styles of headings number them."""

    def id_of(self, name: str) -> str:
        """Return the id of a style."""
        return self.ids[name.lower()]


@cache
def asset(name: str) -> str:
    """Return the text of a file that belongs to this package."""
    return (ASSETS / name).read_text("utf-8")
