"""What a Word file that comes back is recognized by: the names of bookmarks, and the author of our comments."""

from __future__ import annotations

from policywright.model.fingerprints import fingerprint

AUTHOR = "Policywright"
"""The author of the comments that are sent."""
LONGEST = 40
"""The most letters, digits and underscores that Word allows in the name of a bookmark; it ignores case."""


def bookmark_of(anchor: str) -> str:
    """Return the name of the bookmark of a provision, which is the same for the same anchor."""
    name = f"pw_{anchor.replace('-', '_').replace('.', '_')}"
    # Two anchors may begin alike, or differ in a sign that a bookmark cannot have.
    print_ = fingerprint(anchor)[:8]
    return f"{name[: LONGEST - len(print_) - 1]}_{print_}"
