"""How far the existing policies already treat each element."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from policywright.engine.model import Coverage


def cover(instruments: Iterable[Mapping[str, Any]]) -> tuple[Coverage, ...]:
    """Return one entry for each element that each instrument says it treats.

    A row of the register names its elements under `treats` and how far under `extent`.
    """
    return tuple(
        Coverage(element, number, str(row.get("extent") or "partly"))
        for number, row in enumerate(instruments)
        for element in row.get("treats") or ()
    )
