"""The base of all views, and what views are made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from policywright.agency.settling import settle, value_of
from policywright.approval.reviews import next_review
from policywright.approval.sign_offs import Standing, standings
from policywright.drafting.alternatives import Alternative, Pivots
from policywright.language.conditions import may_hold
from policywright.model.agency import Answer, Document
from policywright.model.catalog import Catalog, Question, Source
from policywright.model.draft import Draft, Policy
from policywright.model.fields import Condition
from policywright.pages.downloads import Download
from policywright.pages.form_data import Possible, possible_in


class View:
    """The content of one frame: the names of its fields are the names in the frame.

    A frame sees only these fields and the helpers of `pages/helpers.py`: no module, and no draft.
    """

    frame: str
    """The frame's file in `frames/`, or in a catalog's `pages/`, without its ending."""
    wide: bool = False
    """Whether its tables and columns need the space of the table of contents."""
    searched: bool = True
    """Whether the search finds it; a form only repeats what other pages say."""
    boost: float = 1
    """What the search multiplies its words by: the rules come before what explains, repeats or lists them."""


@dataclass(frozen=True)
class Site:
    """What pages are made from if there is no agency, as on this project's site: only a catalog."""

    catalog: Catalog
    working: bool
    """Whether the pages may show internal content."""
    draft: Draft | None = field(default=None, init=False)
    """The draft of an agency's site."""

    def applies(self, when: Condition | None) -> bool:
        """Whether a condition holds for the agency; without an agency everything applies."""
        return self.draft is None or settle(when, self.draft.answers)[0] is True

    def possible(self, when: Condition | None) -> bool:
        """Whether a question or a rule with this condition can concern the agency at all, given what it is.

        The answers to the template's prompts say what the agency is. What can never hold for it, for example
        another country's rule, is not shown to it.
        """
        return self.draft is None or may_hold(when, self._given)

    @cached_property
    def _given(self) -> dict[str, Any]:
        assert self.draft is not None
        said = {name: value_of(self.draft.answers, name) for name in self.catalog.scaffold.values()}
        return {name: value for name, value in said.items() if value is not None}

    def cited(self, keys: Iterable[str]) -> list[str]:
        """Return the keys of the sources that apply."""
        return [key for key in keys if self.applies(self.catalog.sources[key].when)]

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every source that applies."""
        return tuple(self.catalog.sources[key] for key in self.cited(self.catalog.sources))

    def office(self, key: str) -> str:
        """Return an office's name for a heading, the agency's name for it if there is one."""
        role = self.catalog.roles[key]
        return self.draft.document.office_title(role) if self.draft else role.title

    def office_name(self, key: str) -> str:
        """Return an office's name for inside a sentence, with an article if it has one."""
        role = self.catalog.roles[key]
        return self.draft.document.office(role) if self.draft else role.name

    def waits(self, when: Condition | None) -> tuple[str, ...]:
        """Return the open questions, in quotes, that decide whether a condition holds."""
        needs = settle(when, self.draft.answers)[1] if self.draft else ()
        return tuple(f"“{self.catalog.questions[name].help}”" for name in needs)

    def alternatives(self, question: Question) -> tuple[Alternative, ...]:
        """Return what other answers to a pivotal question would change; nothing for any other question."""
        # Other answers are a tool for those who still decide; a published site shows what was decided.
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
    """Uri of every page -> its title."""
    absent: frozenset[str] = frozenset()
    """Uris of the pages that another site of this catalog has and this one has not; they get no links."""
    downloads: tuple[Download, ...] = ()
    paper: bool = False
    """Whether its pages leave as documents, without what only a site has: reasons to unfold, contents, buttons."""

    @property
    def document(self) -> Document:
        """The content of policy.yml."""
        return self.draft.document

    @property
    def policy(self) -> Policy:
        """The provisions, and the clauses that were left out."""
        return self.draft.policy

    @property
    def answers(self) -> Mapping[str, Answer]:
        """Question -> its answer."""
        return self.draft.answers

    @cached_property
    def in_forms(self) -> Possible:
        """What the forms of the site share."""
        return possible_in(self.draft)

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        """The state of every sign-off."""
        return tuple(standings(self.draft))

    @cached_property
    def review_due(self) -> str:
        """The day of the next review, or nothing."""
        due = next_review(self.draft)
        return due.date if due else ""
