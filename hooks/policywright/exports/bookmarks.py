"""The names of bookmarks: Word allows forty letters, digits and underscores, and compares them without case."""

from __future__ import annotations

from policywright.model.fingerprints import fingerprint

LONGEST = 40


def bookmark_of(anchor: str) -> str:
    """Return the name of the bookmark of a provision, which is the same for the same anchor."""
    name = f"pw_{anchor.replace('-', '_').replace('.', '_')}"
    # Two anchors may begin alike, or differ in a sign that a bookmark cannot have.
    print_ = fingerprint(anchor)[:8]
    return f"{name[: LONGEST - len(print_) - 1]}_{print_}"
