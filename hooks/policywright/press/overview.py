"""Counts for the home page: by element and by office."""

from __future__ import annotations

from dataclasses import dataclass

from policywright.engine.findings import Finding
from policywright.engine.model import Answer, Draft, Element, Role


@dataclass(frozen=True)
class ElementState:
    """How far one element is."""

    element: Element
    asked: int
    """Essential questions that are asked."""
    own: int
    """Of these, answered by the agency or its base."""
    assumed: int
    """Of these, answered by the preset only."""
    findings: tuple[Finding, ...]
    """Errors, blockers, warnings and advice; gaps are counted by the questions."""


@dataclass(frozen=True)
class OfficeState:
    """What one office has still to do."""

    role: Role
    open: tuple[Answer, ...]
    """Essential questions that are open or only assumed, and that this office owns."""
    findings: tuple[Finding, ...]


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
    states = [_office(role, draft) for role in draft.catalog.roles.values()]
    return [state for state in states if state.open or state.findings]


def _office(role: Role, draft: Draft) -> OfficeState:
    waiting = [draft.answers[f.questions[0]] for f in draft.findings if f.severity == "gap"]
    owned = tuple(answer for answer in waiting if owner(answer.question.asked_of) == role.id)
    return OfficeState(
        role, owned, tuple(f for f in draft.findings if f.severity != "gap" and decider(f, draft) == role.id)
    )


def owner(asked_of: tuple[str, ...]) -> str:
    """Return the office that owns an answer: the first that is asked."""
    return asked_of[0] if asked_of else ""


def decider(finding: Finding, draft: Draft) -> str:
    """Return the office that owns the answer on which a finding rests most, or nothing."""
    return owner(draft.catalog.questions[finding.questions[-1]].asked_of) if finding.questions else ""
