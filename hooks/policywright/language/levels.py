"""What a text does: it binds, advises, permits or explains."""

from __future__ import annotations

import re
from typing import Literal, get_args

Level = Literal["must", "should", "may", "explains"]
LEVELS: tuple[Level, ...] = get_args(Level)
"""The strongest first."""


def level_of(text: str) -> Level:
    """Return the level of a text: its strongest word of duty, or “explains” if it has none.

    A word between asterisks is only mentioned, as in the definition of *must*.
    """
    bare = re.sub(r"\*\w+( not)?\*", "", text)
    return next((word for word in LEVELS if re.search(rf"\b{word}\b", bare)), LEVELS[-1])
