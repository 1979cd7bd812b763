"""The nouns of approval: a text at one moment, a release, a sign-off, a call for a review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from policywright.model.catalog import PROCEDURES_SUFFIX, anchor_of_clause
from policywright.model.findings import Place
from policywright.model.fingerprints import fingerprint


@dataclass(frozen=True)
class FrozenProvision:
    """One provision at one moment."""

    id: str
    """The clause's permanent name."""
    code: str
    section: str
    """The id of its section or text."""
    number: str
    """“4.1”; empty in a text that is not numbered."""
    title: str
    level: str
    text: str
    """Markdown."""
    staff: str
    element: str
    questions: tuple[str, ...]
    """The answers it depended on."""

    @property
    def part(self) -> str:
        """The part of its clause that it is: “policy” or “procedures”."""
        return "procedures" if self.id.endswith(PROCEDURES_SUFFIX) else "policy"

    @property
    def instrument(self) -> str:
        """The id of the instrument that has it: its part, or a text, whose provisions have no numbers."""
        return self.part if self.number else self.section

    @property
    def anchor(self) -> str:
        """Its permanent name in a page."""
        return anchor_of_clause(self.id)

    @cached_property
    def fingerprint(self) -> str:
        """The fingerprint of what binds; the number and the place in the policy do not change it."""
        return fingerprint([self.id, self.title, self.level, self.text, self.staff])


@dataclass(frozen=True)
class Frozen:
    """The whole text of a policy, and the answers behind it."""

    title: str
    agency: str
    version: str
    provisions: tuple[FrozenProvision, ...]
    """In the order of the policy, then those of the other texts."""
    sections: Mapping[str, str]
    """Section or text -> its title."""
    answers: Mapping[str, Any]
    """Question -> value, for every question that was answered and asked."""
    own: tuple[str, ...]
    """Ids of the overrides of the agency and its bases."""

    @cached_property
    def fingerprint(self) -> str:
        """The fingerprint of every provision in order; two policies with the same fingerprint have the same text."""
        return fingerprint([[p.section, p.number, p.fingerprint] for p in self.provisions])


@dataclass(frozen=True)
class Withdrawal:
    """The end of a release that was a mistake: a row of releases/withdrawn.yml."""

    date: str
    """ISO date."""
    by: str
    reason: str
    place: Place


@dataclass(frozen=True)
class Release:
    """A policy as it was frozen on a day: a file in releases/ that nobody edits."""

    version: str
    date: str
    """ISO date."""
    by: str
    """Who released it."""
    previous: str
    """The version before it, or empty."""
    engine: str
    """The version of Policywright that wrote it."""
    frozen: Frozen
    fingerprint: str
    """The fingerprint of the text; see Frozen.fingerprint."""
    document: Mapping[str, Any]
    """agency, short_name, title, owner, status, dates."""
    sign_offs: tuple[Mapping[str, Any], ...]
    """role, by, date, elements, provisions (how many): the sign-offs that were valid on that day."""
    decisions: tuple[Mapping[str, Any], ...]
    """rule, decision, reason, owner, date, expires: the decisions that were valid on that day."""
    tasks: Mapping[str, tuple[str, ...]]
    """done | open -> ids of checklist items."""
    counts: Mapping[str, int]
    """Severity -> the number of findings, without accepted ones."""
    place: Place
    beneath: Mapping[str, str] = field(default_factory=dict)
    """Clause of an override -> fingerprint of the catalog's wording that it replaced."""
    withdrawn: Withdrawal | None = None
    """None while the release holds. A withdrawn one stays readable, and is never the last release."""


@dataclass(frozen=True)
class SignOff:
    """An office's approval of the exact wording of some provisions: a row of sign-offs.yml."""

    role: str
    by: str
    date: str
    """ISO date."""
    elements: tuple[str, ...]
    provisions: Mapping[str, str]
    """Clause id -> fingerprint of the provision that was approved."""
    note: str
    until: str
    """ISO date of the last day on which it holds, or empty."""
    place: Place


@dataclass(frozen=True)
class Call:
    """Something that called for a review: a row of reviews.yml."""

    cause: str
    """The id of a trigger of the catalog; empty for a review that was due by date."""
    date: str
    """ISO date on which it happened."""
    note: str
    reviewed: str
    """ISO date on which the review was finished, or empty."""
    by: str
    place: Place
