"""How the policy is adopted: the body, the form of the act, what is superseded, and what the body should know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from policywright.agency.settling import settle
from policywright.model.agency import OpenPoint
from policywright.model.catalog import AdoptionForm, UsualAdoption
from policywright.model.draft import Draft, Omission, Provision
from policywright.model.existing import ExistingPolicy
from policywright.model.findings import Finding, unsettled
from policywright.model.versions import Release, SignOff
from policywright.pages.views.site import View


@dataclass(frozen=True)
class AdoptionBlock(View):
    """Who adopts the policy and by what act; empty fields are lines to fill in."""

    frame = "parts/adoption"
    form: AdoptionForm
    body: str
    number: str
    authority: str
    adopted: str
    """An ISO date, or empty."""
    effective: str
    """An ISO date, or empty."""
    administrator: str
    may_amend_procedures: str
    superseded: tuple[ExistingPolicy, ...]
    listed: bool
    """Whether the agency has stated its existing policies; otherwise nobody knows what is superseded."""
    releases: tuple[Release, ...]
    """The oldest first."""


def adoption_block(draft: Draft) -> AdoptionBlock | None:
    """Show the adoption; nothing in a catalog that has no forms of adoption."""
    document, said = draft.document, draft.document.adoption
    usual = usual_adoption(draft)
    if usual is None:
        return None
    return AdoptionBlock(
        form=draft.catalog.forms.get(said.kind) or draft.catalog.forms[usual.form],
        body=said.body or usual.body,
        number=said.number,
        authority=said.authority,
        adopted=document.dates["adopted"],
        effective=document.dates["in_force"],
        administrator=said.administrator or document.owner,
        may_amend_procedures=said.may_amend_procedures or said.administrator or document.owner,
        superseded=superseded(draft),
        listed=bool(draft.catalog.coverage) and draft.answers[draft.catalog.coverage].origin in ("agency", "base"),
        releases=draft.releases,
    )


def usual_adoption(draft: Draft) -> UsualAdoption | None:
    """Return how an agency like this one usually adopts a policy; nothing in a catalog that does not say so."""
    return next((row for row in draft.catalog.usual if settle(row.when, draft.answers)[0] is True), None)


def superseded(draft: Draft) -> tuple[ExistingPolicy, ...]:
    """Return the existing policies that this one replaces, in the order of the register."""
    return tuple(p for p in draft.existing_policies if p.disposition and p.disposition.means == "superseded")


@dataclass(frozen=True)
class Point:
    """What somebody proposed for a provision of the draft, or for none."""

    point: OpenPoint
    provision: Provision | None


@dataclass(frozen=True)
class Matters:
    """What the body that decides should know beside the text: never part of the policy."""

    open: tuple[Finding, ...]
    """Conflicts and gaps that nobody has accepted."""
    undecided: tuple[Omission, ...]
    accepted: tuple[Finding, ...]
    """Conflicts for which somebody took the risk."""
    points: tuple[Point, ...]
    """What others proposed, and nobody has decided."""
    signed: Sequence[SignOff]


def matters(draft: Draft) -> Matters:
    """Return what is open, accepted and signed."""
    waiting = tuple(one for one in unsettled(draft.findings) if one.severity in ("error", "blocker", "warning"))
    accepted = tuple(one for one in draft.findings if one.settled)
    provisions = {provision.clause.id: provision for provision in draft.policy.everything}
    points = tuple(Point(one, provisions.get(one.provision)) for one in draft.points)
    return Matters(waiting, draft.policy.undecided, accepted, points, draft.sign_offs)
