"""What `check` prints: what stops the policy first, then conflicts, then one line for each office with gaps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from policywright.cli.terminal import shown
from policywright.drafting.progress import decider
from policywright.model.draft import Draft
from policywright.model.findings import SEVERITIES, Finding, in_numbers, one_of

KINDS: Mapping[str, tuple[str, ...]] = {
    "errors": ("error",),
    "blockers": ("blocker",),
    "conflicts": ("warning", "advice"),
    "warnings": ("warning",),
    "advice": ("advice",),
    "gaps": ("gap",),
}
"""What `--only` takes -> the severities that it lists."""

ORDER = (*(severity for severity in SEVERITIES if severity != "gap"), "gap")
"""The severities as people need them: a gap is work to do, and everything else is something to look at now."""

NAMED = 6
"""The most answers that the line of an office names."""


def listing(draft: Draft, listed: Sequence[Finding], *, verbose: bool) -> str:
    """Return findings as text, in the order in which people need them, with the counts of all of them at the end."""
    ordered = sorted(listed, key=lambda finding: ORDER.index(finding.severity))
    lines = [shown(finding) for finding in ordered if verbose or not _short(finding)]
    lines += [] if verbose else _by_office(draft, filter(_short, ordered))
    undecided = f"{len(draft.undecided)} {'rule' if len(draft.undecided) == 1 else 'rules'} undecided"
    return "\n".join([*lines, f"{in_numbers(draft.counts)}; {undecided}."])


def of_kinds(findings: Iterable[Finding], kinds: Sequence[str]) -> tuple[Finding, ...]:
    """Keep the findings of these kinds, or all if none is named."""
    wanted = {severity for kind in kinds or KINDS for severity in KINDS[kind]}
    return tuple(finding for finding in findings if finding.severity in wanted)


def _short(finding: Finding) -> bool:
    """Return whether the line of an office says enough: an answer to give. A missing sign-off has its own words."""
    return finding.severity == "gap" and bool(finding.questions)


def _by_office(draft: Draft, gaps: Iterable[Finding]) -> list[str]:
    waiting: dict[str, list[str]] = {}
    for finding in gaps:
        waiting.setdefault(decider(finding, draft), []).append(finding.questions[0])
    titles = {role.id: draft.document.office_title(role) for role in draft.catalog.roles.values()} | {"": "Nobody"}
    lines = [_line(title, waiting[role]) for role, title in titles.items() if role in waiting]
    return [*lines, "Add --verbose for each gap in full."] if lines else []


def _line(title: str, questions: Sequence[str]) -> str:
    answers = "1 answer" if len(questions) == 1 else f"{len(questions)} answers"
    return f"{title}: {answers} to give or confirm: {one_of(questions, NAMED)}"
