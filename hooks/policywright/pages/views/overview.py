"""Counts and lists that several pages show: by element, by office, by provision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from policywright.drafting.progress import count_statuses, decider
from policywright.model.agency import Answer
from policywright.model.catalog import Ask, Catalog, Element, Responsibility, Role
from policywright.model.draft import Draft, Provision
from policywright.model.findings import Finding
from policywright.pages.views.policy import section_page


@dataclass(frozen=True)
class ElementState:
    """The progress of one element."""

    element: Element
    asked: int
    """Essential questions that are asked."""
    own: int
    """How many of these the agency or its base answered."""
    assumed: int
    """How many of these only the preset answered."""
    findings: tuple[Finding, ...]
    """Errors, blockers, warnings and advice; gaps are counted by the questions."""


@dataclass(frozen=True)
class OfficeState:
    """What one office still has to do."""

    role: Role
    open: tuple[Answer, ...]
    """Essential questions that are open or only assumed, and that this office owns."""
    findings: tuple[Finding, ...]
    statuses: Mapping[str, int]
    """Status -> how many of the essential answers that it decides about have it."""

    @property
    def answers(self) -> int:
        """The number of essential answers that the office decides about."""
        return sum(self.statuses.values())

    @property
    def confirmed(self) -> int:
        """The number of these that the office has confirmed."""
        return self.statuses.get("confirmed", 0)


def by_element(draft: Draft) -> list[ElementState]:
    """Return the state of every element, in the catalog's order."""
    return [_element(element, draft) for element in draft.catalog.elements.values()]


def _element(element: Element, draft: Draft) -> ElementState:
    answers = [draft.answers[question.id] for question in element.questions]
    essential = [answer for answer in answers if answer.question.tier == "essential" and answer.asked is True]
    own = [answer for answer in essential if answer.origin in ("agency", "base")]
    assumed = [answer for answer in essential if answer.origin == "preset"]
    return ElementState(element, len(essential), len(own), len(assumed), findings_of(element.id, draft))


def findings_of(element: str, draft: Draft) -> tuple[Finding, ...]:
    """Return the findings, without gaps, that concern an element's answers or come from its rules."""
    return tuple(
        finding
        for finding in draft.findings
        if finding.severity != "gap"
        and (finding.element == element or any(name.startswith(f"{element}.") for name in finding.questions))
    )


def by_office(draft: Draft) -> list[OfficeState]:
    """Return each office that still has something to do, in the catalog's order."""
    return [state for state in every_office(draft) if state.open or state.findings]


def every_office(draft: Draft) -> list[OfficeState]:
    """Return each office that decides about an answer or a finding, in the catalog's order."""
    states = [_office(role, draft) for role in draft.catalog.roles.values()]
    return [state for state in states if state.answers or state.findings]


def _office(role: Role, draft: Draft) -> OfficeState:
    waiting = [draft.answers[f.questions[0]] for f in draft.findings if f.severity == "gap" and f.questions]
    owned = tuple(answer for answer in waiting if answer.owner == role.id)
    decided = tuple(f for f in draft.findings if f.severity != "gap" and decider(f, draft) == role.id)
    essential = [one for one in draft.answers.values() if one.question.tier == "essential" and one.owner == role.id]
    return OfficeState(role, owned, decided, count_statuses(essential))


@dataclass(frozen=True)
class OfficeSheet:
    """What one office gets before the first meeting."""

    role: Role
    owned: tuple[Answer, ...]
    """The asked questions that it owns."""
    approves: tuple[Provision, ...]
    """The provisions for which it is accountable."""
    consulted: tuple[Responsibility, ...]
    findings: tuple[Finding, ...]

    @property
    def needed(self) -> bool:
        """Whether the office owns an answer or decides a provision."""
        return bool(self.owned or self.approves)

    @property
    def waiting(self) -> tuple[Answer, ...]:
        """The essential answers that it still must give or confirm."""
        essential = (answer for answer in self.owned if answer.question.tier == "essential")
        return tuple(answer for answer in essential if answer.origin in ("unanswered", "preset"))


def sheets(draft: Draft) -> list[OfficeSheet]:
    """Return a sheet for each office that owns an answer or decides a provision."""
    made = [sheet_of(role, draft) for role in draft.catalog.roles.values()]
    return [sheet for sheet in made if sheet.needed]


def sheet_of(role: Role, draft: Draft) -> OfficeSheet:
    """Return what one office gets before the first meeting."""
    rows = draft.catalog.responsibilities
    codes = {code for row in rows if row.accountable == role.id for code in row.clauses}
    answers = [a for a in draft.answers.values() if a.owner == role.id and a.asked is not False]
    return OfficeSheet(
        role,
        tuple(answers),
        tuple(provision for provision in draft.policy.provisions if provision.clause.code in codes),
        tuple(row for row in rows if role.id in row.consulted),
        tuple(f for f in draft.findings if f.severity != "gap" and decider(f, draft) == role.id),
    )


def every_provision(draft: Draft) -> list[tuple[str, Provision]]:
    """Return every provision of the policy, of its procedures and of the other texts, each with its page."""
    return [(provision.page, provision) for provision in draft.policy.everything]


def repeated_provisions(draft: Draft) -> list[tuple[str, Provision]]:
    """Return every provision of the policy with the page of its section, which a published site has."""
    return [(section_page(chapter.section), one) for chapter in draft.policy.chapters for one in chapter.provisions]


def answering(ask: Ask, draft: Draft) -> list[tuple[str, Provision]]:
    """Return the provisions that answer a scenario's question, each with its page; none is a gap."""
    return [(uri, p) for uri, p in every_provision(draft) if p.clause.id.startswith(ask.clauses)]


def staff_lines(draft: Draft) -> list[Provision]:
    """Return the provisions whose lines are on the staff card, in the catalog's order."""
    lined = [provision for provision in draft.policy.provisions if provision.staff]
    first = (next((p for p in lined if p.clause.id.startswith(name)), None) for name in draft.catalog.staff_card)
    return [provision for provision in first if provision]


def deciding(catalog: Catalog) -> list[Role]:
    """Return the roles that take part in any decision, in the catalog's order."""
    rows = catalog.responsibilities
    parts = {key for row in rows for key in (row.accountable, *row.responsible, *row.consulted, *row.informed)}
    return [role for role in catalog.roles.values() if role.id in parts]


def part_of(row: Responsibility, role: Role) -> str:
    """Return what a role does in a decision: A, A/R, R, C, I or nothing."""
    parts = {"A": [row.accountable], "R": row.responsible, "C": row.consulted, "I": row.informed}
    return "/".join(letter for letter, roles in parts.items() if role.id in roles)


@dataclass(frozen=True)
class Tally:
    """The state of a draft, in numbers by kind."""

    stops: int
    """The number of obstacles to approval."""
    assumed: int
    counts: tuple[tuple[int, str, str, str], ...]
    """For each kind: how many, the word for one, the word for more, and its anchor on the page of findings."""


def tally(draft: Draft) -> Tally:
    """Count the open points of a draft."""
    counts = draft.counts
    gaps = [finding.code for finding in draft.findings if finding.severity == "gap"]
    # All other gaps are missing or lapsed sign-offs.
    opened, assumed = gaps.count("G101"), gaps.count("G102")
    unsigned = len(gaps) - opened - assumed
    settled = sum(finding.settled for finding in draft.findings)
    kinds = [
        (counts["error"], "error", "errors", "error"),
        (counts["blocker"], "blocker", "blockers", "blocker"),
        (opened, "open question", "open questions", "gap"),
        (assumed, "assumed answer", "assumed answers", "gap"),
        *([(unsigned, "sign-off to give", "sign-offs to give", "unsigned")] if unsigned else []),
        (counts["warning"], "warning", "warnings", "warning"),
        (counts["advice"], "piece of advice", "pieces of advice", "advice"),
        *([(settled, "accepted or planned", "accepted or planned", "decided")] if settled else []),
    ]
    # Assumed answers prevent publication too, but they are counted apart: people confirm them, often in one go.
    return Tally(counts["error"] + counts["blocker"] + opened + unsigned, assumed, tuple(kinds))
