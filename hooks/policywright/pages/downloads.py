"""A file that readers can download, and what a page says about it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

FOLDER = "downloads"
"""Where they are in the site."""


@dataclass(frozen=True)
class Download:
    """A document or a data file of the site."""

    name: str
    title: str
    format: str
    """In words, such as “Word”."""
    content: bytes
    document: str = ""
    """The id of its document; the files of one are listed together. Empty for data about all of them."""
    internal: bool = False
    """Whether it is only for the people who work on the policy."""

    @property
    def uri(self) -> str:
        """Its path in the site."""
        return f"{FOLDER}/{self.name}"

    @property
    def digest(self) -> str:
        """The SHA-256 of the file."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def size(self) -> str:
        """The size in words."""
        number = len(self.content)
        if number < 1000:
            return "1 byte" if number == 1 else f"{number} bytes"
        return f"{number / 1000:.0f} kB" if number < 1_000_000 else f"{number / 1_000_000:.1f} MB"
