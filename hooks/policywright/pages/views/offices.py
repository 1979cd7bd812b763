"""What is shown of offices: who owns and decides what, a sheet for each, and the first meeting."""

from __future__ import annotations

from dataclasses import dataclass

from policywright.model.agency import Answer, Document
from policywright.model.catalog import Responsibility, Role, Step
from policywright.pages.views.findings import FindingCard, finding_cards
from policywright.pages.views.overview import (
    OfficeSheet,
    OfficeState,
    by_office,
    deciding,
    part_of,
    sheet_of,
    sheets,
)
from policywright.pages.views.site import AgencySite, View


@dataclass(frozen=True)
class StakeholdersView(View):
    """Which office owns what, and who decides what."""

    frame = "stakeholders"
    wide = True
    sheets: tuple[OfficeSheet, ...]
    roles: tuple[Role, ...]
    """Those that take part in a decision."""
    decisions: tuple[tuple[Responsibility, tuple[str, ...]], ...]
    """What is decided, and the part of each role in it: A, A/R, R, C, I or nothing."""


def stakeholders_view(site: AgencySite, _: str) -> StakeholdersView:
    """Show the offices."""
    roles = tuple(deciding(site.catalog))
    rows = ((row, tuple(part_of(row, role) for role in roles)) for row in site.catalog.responsibilities)
    return StakeholdersView(tuple(sheets(site.draft)), roles, tuple(rows))


@dataclass(frozen=True)
class OfficeSheetView(View):
    """What one office gets before the first meeting."""

    frame = "sheet"
    sheet: OfficeSheet


def office_sheet_view(site: AgencySite, key: str) -> OfficeSheetView:
    """Show the sheet of an office."""
    return OfficeSheetView(sheet_of(site.catalog.roles[key], site.draft))


@dataclass(frozen=True)
class AgendaItem:
    """One of the first steps, with what the meeting has to decide."""

    step: Step
    answers: tuple[Answer, ...]
    """The essential ones that are asked, registers left out."""
    findings: tuple[FindingCard, ...]
    """Errors, blockers and warnings, if the step shows every finding."""


@dataclass(frozen=True)
class AgendaView(View):
    """The agenda of the first meeting."""

    frame = "agenda"
    document: Document
    items: tuple[AgendaItem, ...]
    offices: tuple[OfficeState, ...]
    """Those that have something to do."""


def agenda_view(site: AgencySite, _: str) -> AgendaView:
    """Show the agenda of the first meeting."""
    items = tuple(_item(step, site) for step in site.catalog.steps.values())
    return AgendaView(site.document, items, tuple(by_office(site.draft)))


def _item(step: Step, site: AgencySite) -> AgendaItem:
    elements = (element for element in site.catalog.elements.values() if element.step == step.id)
    asked = (site.answers[question.id] for element in elements for question in element.questions)
    grave = (finding for finding in site.draft.findings if finding.severity in ("error", "blocker", "warning"))
    return AgendaItem(
        step,
        answers=tuple(answer for answer in asked if _on_the_agenda(answer)),
        findings=finding_cards(grave, site.draft) if step.findings else (),
    )


def _on_the_agenda(answer: Answer) -> bool:
    question = answer.question
    return question.tier == "essential" and answer.asked is not False and question.type != "records"
