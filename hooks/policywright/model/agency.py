"""The nouns of an agency's repository: its document and its answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from policywright.model.catalog import Question, Role
from policywright.model.findings import Place, capital


@dataclass(frozen=True)
class Answer:
    """The value of one question for one agency, and where it comes from."""

    question: Question
    value: Any
    """None when unanswered."""
    origin: str
    """agency | base | preset | unanswered"""
    place: Place
    """Where the value stands."""
    home: Place
    """Where the agency writes its own."""
    asked: bool | None = True
    """False when the question does not arise; None while that is undecided."""
    said_by: str = ""
    """The name of the preset or of the base that gives the value."""
    inherited: Any = None
    """What a base says where the agency says otherwise."""

    @property
    def answered(self) -> bool:
        """Whether there is a value that counts: an unasked question counts as unanswered."""
        return self.value is not None and self.asked is not False

    @property
    def open(self) -> bool:
        """Whether somebody still has to answer."""
        return self.value is None and self.asked is not False


@dataclass(frozen=True)
class Design:
    """How the site of an agency looks where it is not as usual."""

    logo: str = ""
    """A picture below the repository's `docs/`, as a path from there."""
    accent: str = ""
    """Colour of the header, and of links in the light scheme, such as #1d4f7c; empty where it is as usual."""
    accent_dark: str = ""
    """Colour of links in the dark scheme."""


@dataclass(frozen=True)
class Document:
    """What policy.yml says: what the document is and who issues it."""

    agency_name: str
    short_name: str
    catalog: str
    title: str
    version: str
    status: str
    owner: str
    preset: str
    base: str
    dates: Mapping[str, str]
    offices: Mapping[str, str]
    place: Place
    """Where the catalog is named."""
    design: Design = Design()
    edit: str = ""
    """Address at which a file is edited, with {file} and perhaps {line} in it."""
    review_every: str = ""
    """“12 months”, or empty."""
    acknowledge_to: str = ""
    """The address to which staff write that they have read the policy, or empty."""
    drafted_by: tuple[str, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    """Where the keys that a policy's life depends on stand: `status`, `dates.in_force` and so on."""

    def office(self, role: Role) -> str:
        """Return what the agency calls an office inside a sentence."""
        return self.offices.get(role.id) or role.name

    def office_title(self, role: Role) -> str:
        """Return what the agency calls an office in a heading or a list."""
        return capital(self.offices.get(role.id) or role.title)
