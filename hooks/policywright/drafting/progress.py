"""How far the offices are with their answers, and which office can settle a finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from policywright.model.agency import STATUSES, Answer
from policywright.model.catalog import Role
from policywright.model.draft import Draft
from policywright.model.findings import Finding


def decider(finding: Finding, draft: Draft) -> str:
    """Return the office that owns the main answer behind a finding, or nothing."""
    # The last question is the restriction (see drafting/rules.py), and its office can lift it.
    return draft.catalog.questions[finding.questions[-1]].owner if finding.questions else ""


def count_statuses(answers: Iterable[Answer]) -> Counter[str]:
    """Count answers by their status; a question that is not asked is not counted."""
    return Counter(answer.status for answer in answers if answer.status != "not_asked")


@dataclass(frozen=True)
class OfficeProgress:
    """How far one office is with the answers that it decides about."""

    role: Role
    statuses: Mapping[str, int]
    """Status -> how many of its answers have it; a question that is not asked is not counted."""

    @property
    def answers(self) -> int:
        """The number of answers that the office decides about."""
        return sum(self.statuses.values())


def office_progress(draft: Draft) -> list[OfficeProgress]:
    """Return the progress of each office that decides about an answer, in the catalog's order."""
    by_owner: dict[str, list[Answer]] = {}
    for answer in draft.answers.values():
        by_owner.setdefault(answer.owner, []).append(answer)
    counted = ((role, count_statuses(by_owner.get(role.id, ()))) for role in draft.catalog.roles.values())
    return [OfficeProgress(role, {name: counts[name] for name in STATUSES}) for role, counts in counted if counts]
