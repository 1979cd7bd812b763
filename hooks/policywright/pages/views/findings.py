"""What pages show of findings: their cards, the page that lists them all, and the first steps."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from policywright.drafting.progress import decider
from policywright.model.agency import Answer
from policywright.model.catalog import Element, Role, Rule, Step
from policywright.model.draft import Draft
from policywright.model.findings import SEVERITIES, Finding
from policywright.pages.views.elements import AnswersPart, answers_part
from policywright.pages.views.overview import Tally, by_office, findings_of, tally
from policywright.pages.views.site import AgencySite, View


@dataclass(frozen=True)
class FindingCard:
    """A finding with the content of its card."""

    finding: Finding
    office: str
    """The office that owns the main answer behind it, or nothing."""

    @property
    def anchor(self) -> str:
        """The anchor of the card on the page of findings."""
        place = self.finding.places[0]
        # Code, file and line together are unique; one code can have findings in several places.
        file = re.sub(r"[^\w-]", "-", place.file)
        return f"{self.finding.code.lower()}-{file}-{place.line}"


def finding_cards(findings: Iterable[Finding], draft: Draft) -> tuple[FindingCard, ...]:
    """Return the cards of findings."""
    return tuple(FindingCard(finding, decider(finding, draft)) for finding in findings)


@dataclass(frozen=True)
class FindingsPart(View):
    """A list of cards of findings."""

    frame = "parts/findings"
    cards: tuple[FindingCard, ...]


def findings_part(findings: Iterable[Finding], draft: Draft) -> FindingsPart:
    """Show findings as cards."""
    return FindingsPart(finding_cards(findings, draft))


@dataclass(frozen=True)
class StatusPart(View):
    """The state of the policy: a verdict, and the open points."""

    frame = "parts/status"
    tally: Tally
    status: str
    """draft | in_review | approved | in_force | superseded"""


def status_part(site: AgencySite) -> StatusPart:
    """Show the state of the policy."""
    return StatusPart(tally(site.draft), site.document.status)


@dataclass(frozen=True)
class FindingGroup:
    """The unsettled findings of one severity."""

    severity: str
    findings: FindingsPart


@dataclass(frozen=True)
class FindingsView(View):
    """Every finding, open answer and undecided rule."""

    frame = "findings"
    wide = True
    status: StatusPart
    severities: tuple[str, ...]
    """The severities that occur, for the filter; the same holds for elements and offices."""
    elements: tuple[Element, ...]
    offices: tuple[Role, ...]
    groups: tuple[FindingGroup, ...]
    settled: FindingsPart
    unsigned: FindingsPart
    """Sign-offs that are missing or lapsed."""
    open: tuple[Answer, ...]
    """Essential answers that are open or assumed."""
    undecided: tuple[tuple[Rule, tuple[str, ...]], ...]
    """Each undecided rule, and the open questions that would decide it."""


def findings_view(site: AgencySite, _: object) -> FindingsView:
    """Show every finding."""
    draft = site.draft
    shown = [finding for finding in draft.findings if finding.severity != "gap"]
    gaps = [finding for finding in draft.findings if finding.severity == "gap"]
    elements = {finding.element for finding in shown}
    return FindingsView(
        status=status_part(site),
        severities=tuple(name for name in SEVERITIES if any(finding.severity == name for finding in shown)),
        elements=tuple(element for element in site.catalog.elements.values() if element.id in elements),
        offices=tuple(state.role for state in by_office(draft) if state.findings),
        groups=tuple(_groups([finding for finding in shown if not finding.settled], draft)),
        settled=findings_part([finding for finding in shown if finding.settled], draft),
        unsigned=findings_part([finding for finding in gaps if not finding.questions], draft),
        open=tuple(draft.answers[finding.questions[0]] for finding in gaps if finding.questions),
        undecided=tuple((site.catalog.rules[rule.code], rule.needs) for rule in draft.undecided),
    )


def _groups(findings: list[Finding], draft: Draft) -> Iterable[FindingGroup]:
    for severity in SEVERITIES:
        members = [finding for finding in findings if finding.severity == severity]
        if members:
            yield FindingGroup(severity, findings_part(members, draft))


@dataclass(frozen=True)
class StepView(View):
    """One of the first steps: what was answered, and what was found."""

    frame = "step"
    step: Step
    answered: tuple[tuple[Element, AnswersPart], ...]
    findings: FindingsPart
    next: Step | None
    """None for the last step."""


def step_view(site: AgencySite, step: Step) -> StepView:
    """Show a first step."""
    steps = list(site.catalog.steps.values())
    elements = [element for element in site.catalog.elements.values() if element.step == step.id]
    return StepView(
        step,
        answered=tuple((element, answers_part(element, site)) for element in elements),
        findings=findings_part(_found_in(step, elements, site.draft), site.draft),
        next=next(iter(steps[steps.index(step) + 1 :]), None),
    )


def _found_in(step: Step, elements: list[Element], draft: Draft) -> list[Finding]:
    if step.findings:
        return [finding for finding in draft.findings if finding.severity != "gap"]
    found: list[Finding] = []
    for element in elements:
        found += [finding for finding in findings_of(element.id, draft) if finding not in found]
    return found
