"""The nouns of an agency's repository: its document and its answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from policywright.model.catalog import Question, Role
from policywright.model.findings import Place, capital

STATUSES = ("confirmed", "given", "assumed", "unknown", "open")
"""The states of the answer to a question that is asked; see `Answer.status`."""


ANSWERS_FORMAT = "policywright answers 1"
"""What an answers file says first: a form writes it, and taking answers asks for it."""


@dataclass(frozen=True)
class Confirmation:
    """A row of confirmations.yml: an office accepted one value of an answer."""

    question: str
    fingerprint: str
    """Of the value; another value is not confirmed by it."""
    office: str
    """The id of its role; empty if somebody answered for no office."""
    name: str
    """Who did it, as that person says; it may be empty, and proves nothing."""
    date: str
    """ISO date."""
    place: Place


@dataclass(frozen=True)
class Answer:
    """The value of one question for one agency, and where it comes from."""

    question: Question
    value: Any
    """None when unanswered."""
    origin: str
    """agency | base | preset | unanswered"""
    place: Place
    """The place of the value."""
    home: Place
    """The place where the agency writes its answer."""
    asked: bool | None = True
    """False if the question does not arise; None while that is undecided."""
    said_by: str = ""
    """The name of the preset or base that the value comes from."""
    inherited: Any = None
    """The base's value, if the agency answers differently."""
    based: Any = None
    """The base's value, whatever the agency answers; it holds if the agency takes its answer back."""
    unknown: bool = False
    """Whether somebody looked and nobody knows: then there is no value, and the rules that need it wait."""
    confirmations: tuple[Confirmation, ...] = ()
    """The latest of each office, if it is about the present value."""

    @property
    def owner(self) -> str:
        """The office that decides."""
        return self.question.owner

    @property
    def confirmed(self) -> Confirmation | None:
        """The confirmation of the office that decides, if it is about the present value."""
        return next((one for one in self.confirmations if one.office and one.office == self.owner), None)

    @property
    def also_seen_by(self) -> tuple[Confirmation, ...]:
        """The confirmations of the other offices."""
        return tuple(one for one in self.confirmations if one.office and one is not self.confirmed)

    @property
    def status(self) -> str:
        """The state of the answer: one of STATUSES, or not_asked."""
        if self.asked is False:
            return "not_asked"
        if self.unknown or self.value is None:
            return "unknown" if self.unknown else "open"
        if self.origin != "agency":
            return "assumed"
        return "confirmed" if self.confirmed else "given"

    @property
    def answered(self) -> bool:
        """Whether there is a usable value; a question that is not asked is treated as unanswered."""
        return self.value is not None and self.asked is not False

    @property
    def open(self) -> bool:
        """Whether somebody still must answer."""
        return self.value is None and self.asked is not False


@dataclass(frozen=True)
class Design:
    """How the site of an agency differs from the default look."""

    logo: str = ""
    """A picture below the repository's `docs/`, as a path from there."""
    accent: str = ""
    """The color of the header, and of links in the light scheme, such as #1d4f7c; empty for the default."""
    accent_dark: str = ""
    """The color of links in the dark scheme."""


@dataclass(frozen=True)
class Adoption:
    """Who adopts the policy and by what act; every field is empty until somebody has stated it.

    The days of adoption and of effect are among the dates of the document.
    """

    body: str = ""
    """The governing body or the officer that adopts, for inside a sentence."""
    kind: str = ""
    """An id of the catalog's forms of adoption, such as “resolution”."""
    number: str = ""
    authority: str = ""
    """The law or the order that lets it adopt."""
    administrator: str = ""
    may_amend_procedures: str = ""
    """Who may change the procedures and the annexes."""


EXPORT_FORMATS = ("docx", "pdf", "md", "txt", "json", "csv")
"""The formats in which documents and data can leave; `exports/formats.py` makes them."""


@dataclass(frozen=True)
class Exports:
    """Which files a build makes for the page of downloads."""

    formats: tuple[str, ...] = ()
    """Some of EXPORT_FORMATS."""
    word_template: str = ""
    """The agency's template for Word files, as a path in its repository."""


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
    """Role -> the agency's name for it; for one that does not exist, the name of the one that answers for it."""
    place: Place
    """Where the catalog is named."""
    design: Design = Design()
    edit: str = ""
    """The address for editing a file; it contains {file}, and may contain {line}."""
    review_every: str = ""
    """“12 months”, or empty."""
    acknowledge_to: str = ""
    """The address to which staff write that they have read the policy, or empty."""
    drafted_by: tuple[str, ...] = ()
    adoption: Adoption = Adoption()
    publish: str = "intranet"
    """Who sees the published site: the staff on an intranet, or everybody on the web."""
    keep_out: tuple[str, ...] = ()
    """Parts of the published site that are left out: ids of instruments, texts, pages or sections."""
    exports: Exports = Exports()
    missing: frozenset[str] = frozenset()
    """The roles that do not exist here."""
    said_owner: str = ""
    """The owner that policy.yml names, whatever the answers say."""
    places: Mapping[str, Place] = field(default_factory=dict)
    """The places of the keys that approval depends on: `status`, `dates.in_force` and so on."""

    def office(self, role: Role) -> str:
        """Return the agency's name for an office, for inside a sentence."""
        return self.offices.get(role.id) or role.name

    def office_title(self, role: Role) -> str:
        """Return the agency's name for an office, for a heading or a list."""
        name = capital(self.offices.get(role.id) or role.title)
        return f"{role.title} ({name})" if role.id in self.missing else name


@dataclass(frozen=True)
class OpenPoint:
    """What somebody proposed and the body that decides should talk about: a row of open-points.yml."""

    provision: str
    """The id of its clause; empty if it is about none."""
    proposed: str
    """The words, or nothing if there is only a comment."""
    comment: str
    by: str
    """Who proposed it; empty if that is nobody's business."""
    date: str
    """ISO date."""
    place: Place


@dataclass(frozen=True)
class HandedDown:
    """What an agency hands down to those that build on it."""

    name: str
    """Of the agency."""
    fingerprint: str
    """Of its answers, locks and clauses."""


@dataclass(frozen=True)
class AnswerLock:
    """What an authority allows as the answer to a question: an entry of locks.yml."""

    question: str
    allow: tuple[str, ...]
    """The allowed choices; empty if it is a range."""
    at_least: float | str | None
    at_most: float | str | None
    """Numbers, or ISO dates; None if there is no such limit."""
    authority: str
    reason: str
    until: str
    """The last day, as an ISO date; empty if it has no end."""
    place: Place

    def permits(self, value: Any) -> bool:
        """Return whether a value that is there is allowed."""
        if self.allow:
            return {*value} <= {*self.allow} if isinstance(value, list) else value in self.allow
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)
