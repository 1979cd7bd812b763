"""What views are made from, and what all views have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol, TypeVar

from policywright.agency.settling import settle, value_of
from policywright.approval.reviews import next_review
from policywright.approval.sign_offs import Standing, standings
from policywright.drafting.alternatives import Alternative, Pivots
from policywright.language.conditions import evaluate
from policywright.model.agency import Answer, Document
from policywright.model.catalog import Catalog, Question, Source
from policywright.model.draft import Draft, Policy
from policywright.model.fields import Condition


class View:
    """What one frame shows: the names of its fields are the names in the frame.

    A frame sees these and the helpers of `pages/helpers.py`, and nothing else: no module, no whole draft.
    """

    frame: str
    """The frame's file in `frames/`, or in a catalog's `pages/`, without its ending."""
    wide: bool = False
    """Whether its tables and columns need the room of the table of contents."""


@dataclass(frozen=True)
class Site:
    """What pages are made from where there is no agency: a catalog, in this repository's own site."""

    catalog: Catalog
    working: bool
    """Whether the pages may show what is internal."""
    draft: Draft | None = field(default=None, init=False)
    """The draft of an agency's site."""

    def applies(self, when: Condition | None) -> bool:
        """Whether a condition holds for the agency; without an agency everything applies."""
        return self.draft is None or settle(when, self.draft.answers)[0] is True

    def possible(self, when: Condition | None) -> bool:
        """Whether a question or a rule with this condition can concern the agency at all, given what it is.

        An agency says what it is when the template asks. What can never hold for such an agency, for example
        another country's rule, is not shown to it.
        """
        return self.draft is None or when is None or evaluate(when, self._given.get) is not False

    @cached_property
    def _given(self) -> dict[str, Any]:
        assert self.draft is not None
        return {name: value_of(self.draft.answers, name) for name in self.catalog.scaffold.values()}

    def cited(self, keys: Iterable[str]) -> list[str]:
        """Return the keys of those sources that apply."""
        return [key for key in keys if self.applies(self.catalog.sources[key].when)]

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every source that applies."""
        return tuple(self.catalog.sources[key] for key in self.cited(self.catalog.sources))

    def office(self, key: str) -> str:
        """Return an office's name as a heading, in the agency's own word if it has one."""
        role = self.catalog.roles[key]
        return self.draft.document.office_title(role) if self.draft else role.title

    def office_name(self, key: str) -> str:
        """Return an office's name for inside a sentence, with an article where it has one."""
        role = self.catalog.roles[key]
        return self.draft.document.office(role) if self.draft else role.name

    def waits(self, when: Condition | None) -> tuple[str, ...]:
        """Return the open questions, in quotes, that decide whether a condition holds."""
        needs = settle(when, self.draft.answers)[1] if self.draft else ()
        return tuple(f"“{self.catalog.questions[name].help}”" for name in needs)

    def alternatives(self, question: Question) -> tuple[Alternative, ...]:
        """Return what other answers to a pivotal question would change; nothing for any other question."""
        if question.id not in self.catalog.pivotal or not self.draft or not self.working:
            return ()
        return self._pivots.alternatives(question.id)

    @cached_property
    def _pivots(self) -> Pivots:
        assert self.draft is not None
        return Pivots(self.draft)


@dataclass(frozen=True)
class AgencySite(Site):
    """What the pages of one agency's site are made from."""

    draft: Draft = field()
    titles: Mapping[str, str] = field(default_factory=dict)
    """Uri of every page that is made -> its title."""

    @property
    def document(self) -> Document:
        """What policy.yml says."""
        return self.draft.document

    @property
    def policy(self) -> Policy:
        """The provisions, and what stayed out."""
        return self.draft.policy

    @property
    def answers(self) -> Mapping[str, Answer]:
        """Question -> its answer."""
        return self.draft.answers

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        """How every sign-off stands."""
        return tuple(standings(self.draft))

    @cached_property
    def review_due(self) -> str:
        """The day of the next review, or nothing."""
        due = next_review(self.draft)
        return due.date if due else ""


class Named(Protocol):
    """Anything of a catalog that has an id."""

    @property
    def id(self) -> str:
        """The permanent name."""


N = TypeVar("N", bound=Named)


def with_id(things: Iterable[N], key: str) -> N:
    """Return the thing that has this id."""
    return next(thing for thing in things if thing.id == key)
