"""What pages show of what the agency takes over: its existing policies, a base's answers, reworded clauses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from policywright.agency.locks import allowed
from policywright.model.agency import Answer, AnswerLock
from policywright.model.catalog import Clause, Element, Question
from policywright.model.draft import Provision
from policywright.model.existing import ExistingPolicy
from policywright.model.findings import Finding
from policywright.pages.views.site import AgencySite, View
from policywright.pages.wording import said


@dataclass(frozen=True)
class ExistingCard:
    """An existing policy with the content of its card."""

    policy: ExistingPolicy
    treats: tuple[str, ...]
    """The elements that a policy of its kind usually treats; empty if its kind is unknown."""
    missing: tuple[str, ...]
    """The usual elements that its entry does not list."""
    findings: tuple[Finding, ...]
    """The findings about questions that show whether a policy of its kind is in the way."""
    provisions: tuple[Provision, ...]
    """The provisions that refer to it."""


@dataclass(frozen=True)
class KindRow:
    """A kind of existing policy, and the number of its entries in the register."""

    label: str
    treats: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class ExistingView(View):
    """The register of existing policies, and how far they treat each element."""

    frame = "existing"
    wide = True
    register: Question
    """The question whose answer is the register."""
    cards: tuple[ExistingCard, ...]
    """In the order of the register."""
    elements: tuple[Element, ...]
    kinds: tuple[KindRow, ...]


def existing_view(site: AgencySite, _: object) -> ExistingView:
    """Show the existing policies."""
    catalog = site.catalog
    return ExistingView(
        register=catalog.questions[catalog.coverage],
        cards=tuple(_card(policy, site) for policy in site.draft.existing_policies),
        elements=tuple(catalog.elements.values()),
        kinds=tuple(_kinds(site)),
    )


def _card(policy: ExistingPolicy, site: AgencySite) -> ExistingCard:
    kind = site.catalog.kinds.get(policy.kind.value) if policy.kind else None
    treats, questions = (kind.treats, set(kind.questions)) if kind else ((), set())
    found = (finding for finding in site.draft.findings if finding.severity != "gap")
    return ExistingCard(
        policy,
        treats=treats,
        missing=tuple(name for name in treats if name not in policy.elements),
        findings=tuple(finding for finding in found if questions & set(finding.questions)),
        provisions=tuple(one for one in site.policy.provisions if policy in one.existing_policies),
    )


def _kinds(site: AgencySite) -> Iterable[KindRow]:
    column = site.catalog.questions[site.catalog.coverage].column("kind")
    listed = [policy.kind.value for policy in site.draft.existing_policies if policy.kind]
    for name, kind in site.catalog.kinds.items():
        label = column.choices[name].label if column else name
        yield KindRow(label, kind.treats, listed.count(name))


@dataclass(frozen=True)
class ReuseView(View):
    """What comes from a base, and what the agency rewords."""

    frame = "reuse"
    inherited: tuple[Answer, ...]
    changed: tuple[tuple[Answer, str], ...]
    """The agency's answer, and what the base says."""
    overrides: tuple[tuple[Clause, Clause | None], ...]
    """The agency's clause and the catalog's; None if the catalog has no clause of this name."""
    locks: tuple[tuple[AnswerLock, Answer, str], ...]
    """Each lock on an answer, the answer here, and in words what is allowed."""


def reuse_view(site: AgencySite, _: object) -> ReuseView:
    """Show what is inherited."""
    answers = site.answers.values()
    changed = (answer for answer in answers if answer.inherited is not None)
    pairs = [(clause, site.catalog.clauses.get(clause.id)) for clause in site.draft.overrides]
    return ReuseView(
        inherited=tuple(answer for answer in answers if answer.origin == "base"),
        changed=tuple((answer, said(replace(answer, value=answer.inherited))) for answer in changed),
        overrides=tuple(
            pair for pair in pairs if pair[1] is None or pair[0].wording != pair[1].wording or pair[0].locked
        ),
        locks=tuple(
            (lock, site.answers[lock.question], allowed(lock, site.answers[lock.question].question))
            for lock in site.draft.locks
        ),
    )
