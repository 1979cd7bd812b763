"""Marks for the fields of a catalog's types: how a field is written in its file, if the type alone does not say it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, TypeVar

T = TypeVar("T")


class Mark(Enum):
    """What the reader must know about a field in addition to its type."""

    GIVEN = "not in the row: it follows from the file's name, from the place of the row, or from other rows"
    KEY = "the key under which the row is written"
    LISTED = "the ids of the things alone, in order; each thing has a file or a folder"
    DATE = "an ISO date"
    CONDITION = "a condition, see language/conditions.py"
    TEXT = "a text with answers in it, see language/texts.py"
    COVERED_TEXT = "a text that also shows `covered.policy` and `covered.subject`, see drafting/assembly.py"
    SHOWN_CONDITION = "a condition that decides what is published, so that no internal answer may be in it"
    SHOWN_TEXT = "a text that is published, so that it may print no internal answer"


@dataclass(frozen=True)
class Names:
    """Marks a field that names things; each of them must exist."""

    kind: str
    """What a message calls them: role, source, element, question, clause and so on."""
    beginnings: bool = False
    """Whether a prefix of an id is enough."""


@dataclass(frozen=True)
class OneOf:
    """Marks a field that takes one of these words."""

    words: tuple[str, ...]


Given = Annotated[T, Mark.GIVEN]
Key = Annotated[str, Mark.KEY]
Listed = Annotated[T, Mark.LISTED]
Date = Annotated[str, Mark.DATE]
Condition = Annotated[tuple[Any, ...], Mark.CONDITION]
"""A parsed `when:`; see language/conditions.py for its forms."""
Text = Annotated[tuple[Any, ...], Mark.TEXT]
"""A parsed text with answers in it; see language/texts.py for its forms."""
ShownCondition = Annotated[tuple[Any, ...], Mark.SHOWN_CONDITION]
ShownText = Annotated[tuple[Any, ...], Mark.SHOWN_TEXT]

Clauses = Annotated[tuple[str, ...], Names("clause")]
Beginnings = Annotated[tuple[str, ...], Names("clause", beginnings=True)]
Elements = Annotated[tuple[str, ...], Names("element")]
Questions = Annotated[tuple[str, ...], Names("question")]
Roles = Annotated[tuple[str, ...], Names("role")]
Sources = Annotated[tuple[str, ...], Names("source")]
