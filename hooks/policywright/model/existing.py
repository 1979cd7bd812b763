"""The existing policies of an agency, read from a register by the parts that its columns play."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from policywright.model.catalog import Choice, Column, Question


@dataclass(frozen=True, kw_only=True)
class ExistingPolicy:
    """A policy, an agreement or a law that is already in force, as an entry of the register describes it.

    The fields are the parts that a column can play, see PARTS.
    """

    title: str = ""
    reference: str = ""
    """Its number or citation."""
    section: str = ""
    """Its section that treats the subject."""
    owner: str = ""
    date: str = ""
    """ISO date of the version in force."""
    kind: Choice | None = None
    elements: tuple[str, ...] = ()
    """The elements that it treats."""
    extent: Choice | None = None
    """How far it treats them."""
    disposition: Choice | None = None
    """What the agency does with it."""
    clauses: tuple[str, ...] = ()
    """Codes or ids of the clauses that refer to it."""

    def replaces(self, element: str) -> bool:
        """Return whether its rules take the place of those of this policy on an element."""
        full = self.extent is not None and self.extent.means == "full"
        governs = self.disposition is not None and self.disposition.means == "governs"
        return full and governs and element in self.elements

    @property
    def named(self) -> str:
        """Its title, with its number and its section."""
        reference = f" ({self.reference})" if self.reference else ""
        return f"{self.title}{reference}{f', {self.section},' if self.section else ''}"

    def coverage(self, element: str) -> str:
        """Return how far it treats an element, and nothing for an element that it does not treat."""
        if element not in self.elements:
            return ""
        return self.extent.value if self.extent else "yes"


def existing_policy(row: Mapping[str, Any], register: Question) -> ExistingPolicy:
    """Read an entry of a register; an agency may not have filled all of it."""
    parts = {column.part: _cell(row.get(key), column) for key, column in register.columns.items() if column.part}
    return ExistingPolicy(**parts)


def _cell(value: Any, column: Column) -> Any:
    if column.type == "choice":
        return column.choices.get(value or column.default)
    return tuple(value or ()) if column.type in ("choices", "list") else value or ""
