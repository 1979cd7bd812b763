"""What is shown of what the agency takes over: its existing policies, a base's answers, clauses in other words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from policywright.model.agency import Answer
from policywright.model.catalog import Clause, Element, InstrumentKind, Question
from policywright.model.draft import Coverage, Provision
from policywright.pages.views.findings import FindingCard, finding_cards
from policywright.pages.views.site import AgencySite, View
from policywright.pages.wording import said


@dataclass(frozen=True)
class ExistingView(View):
    """The register of existing policies, and how far they treat each element."""

    frame = "existing"
    wide = True
    register: Question
    """The question whose answer is the register."""
    instruments: tuple[Mapping[str, Any], ...]
    """Rows of the register."""
    coverage: tuple[Coverage, ...]
    elements: tuple[Element, ...]
    kinds: Mapping[str, InstrumentKind]
    findings: tuple[FindingCard, ...]
    """All but the gaps."""
    provisions: tuple[Provision, ...]


def existing_view(site: AgencySite, _: str) -> ExistingView:
    """Show the existing policies."""
    draft, catalog = site.draft, site.catalog
    return ExistingView(
        register=catalog.questions[catalog.coverage],
        instruments=draft.instruments,
        coverage=draft.coverage,
        elements=tuple(catalog.elements.values()),
        kinds=catalog.kinds,
        findings=finding_cards((finding for finding in draft.findings if finding.severity != "gap"), draft),
        provisions=site.policy.provisions,
    )


@dataclass(frozen=True)
class ReuseView(View):
    """What comes from a base, and what the agency says in other words."""

    frame = "reuse"
    inherited: tuple[Answer, ...]
    changed: tuple[tuple[Answer, str], ...]
    """The agency's answer, and what the base says."""
    overrides: tuple[tuple[Clause, Clause | None], ...]
    """The agency's clause and the catalog's; None when the catalog has none of this name."""


def reuse_view(site: AgencySite, _: str) -> ReuseView:
    """Show what is inherited."""
    answers = site.answers.values()
    changed = (answer for answer in answers if answer.inherited is not None)
    return ReuseView(
        inherited=tuple(answer for answer in answers if answer.origin == "base"),
        changed=tuple((answer, said(replace(answer, value=answer.inherited))) for answer in changed),
        overrides=tuple((clause, site.catalog.clauses.get(clause.id)) for clause in site.draft.overrides),
    )
