"""Whether a color can be read on the pages: contrast as WCAG 2.2 defines it."""

from __future__ import annotations

import re
from math import floor

from policywright.model.findings import Finding, Place

LEAST = 4.5
"""The contrast of text that WCAG 2.2 requires at level AA (1.4.3)."""
PAPER = "#ffffff"
"""The page in the light scheme, and the text on the header."""
NIGHT = "#1c2229"
"""The page in the dark scheme."""

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


def is_color(text: str) -> bool:
    """Return whether a text is a color such as #1d4f7c."""
    return bool(_COLOR.fullmatch(text))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colors, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    red, green, blue = (_linear(int(color[n : n + 2], 16) / 255) for n in (1, 3, 5))
    # The constants here and below are those of WCAG's definition of relative luminance.
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def color_finding(color: str, paper: str, where: str, place: Place) -> Finding | None:
    """Report a text that is not a color, or a color that cannot be read on `paper`; `where` describes the paper."""
    if not is_color(color):
        message = f"“{color}” is not a color that Policywright knows."
        return Finding("E114", "error", message, (place,), "Write # and six digits from 0 to f, such as '#1d4f7c'.")
    found = contrast(color, paper)
    if found >= LEAST:
        return None
    message = (
        # Rounded down: a contrast of 4.46 must not read as “4.5 to 1; people need 4.5 to 1”.
        f"“{color}” has a contrast of {floor(found * 10) / 10} to 1 {where}; people need {LEAST} to 1 to read it."
    )
    fix = "Choose a darker color." if paper == PAPER else "Choose a lighter color."
    return Finding("E114", "error", message, (place,), fix)
