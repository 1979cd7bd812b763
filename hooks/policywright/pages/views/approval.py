"""What the pages of approval show: who signed what, what lapsed since, which risks stand, and what is printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from policywright.approval.redline import compare_provision
from policywright.approval.releases import with_numbers
from policywright.approval.reviews import Due, next_review, open_calls
from policywright.approval.sign_offs import Standing, row_state, standings
from policywright.approval.snapshot import freeze
from policywright.model.agency import Document
from policywright.model.catalog import Element, Role, Separation
from policywright.model.draft import Draft, Provision
from policywright.model.findings import Finding
from policywright.model.versions import SignOff
from policywright.pages.views.redlines import ChangeCard, change_card
from policywright.pages.views.site import AgencySite, View


@dataclass(frozen=True)
class Approval:
    """How far the approval of a policy is."""

    found: tuple[Standing, ...]

    @property
    def required(self) -> tuple[Standing, ...]:
        """What must be signed."""
        return tuple(one for one in self.found if one.required)

    def count(self, state: str) -> int:
        """Return how many of the required sign-offs are valid, lapsed or missing."""
        return sum(one.state == state for one in self.required)

    def of(self, role: str, element: str) -> Standing | None:
        """Return how an office stands to an element, if it has anything to do with it."""
        return next((one for one in self.found if (one.role, one.element) == (role, element)), None)


def approval(draft: Draft) -> Approval:
    """Return the state of every sign-off."""
    return Approval(tuple(standings(draft)))


def offices(draft: Draft, state: Approval) -> list[Role]:
    """Return the offices that must sign or have signed something, in the catalog's order."""
    named = {one.role for one in state.found}
    return [role for role in draft.catalog.roles.values() if role.id in named]


def elements(draft: Draft, state: Approval) -> list[Element]:
    """Return the elements that somebody must sign or has signed, in the catalog's order."""
    named = {one.element for one in state.found}
    return [element for element in draft.catalog.elements.values() if element.id in named]


@dataclass(frozen=True)
class Lapse:
    """A sign-off that does not hold any more, and what changed since it was given."""

    standing: Standing
    changes: tuple[ChangeCard, ...]
    """Of those provisions whose wording at that time is kept."""
    lost: tuple[str, ...]
    """Ids of changed provisions whose wording at that time is not kept."""


def lapses(site: AgencySite, state: Approval) -> list[Lapse]:
    """Return each sign-off that lapsed, with the changes since."""
    return [_lapse(site, one) for one in state.found if one.state == "lapsed"]


def _lapse(site: AgencySite, standing: Standing) -> Lapse:
    assert standing.row
    draft = site.draft
    now = {provision.id: provision for provision in freeze(draft).provisions}
    changes, lost = [], []
    for name in (*standing.changed, *standing.removed):
        old = draft.wordings.get(standing.row.provisions[name])
        if old:
            changes.append(compare_provision(with_numbers(old, now.get(name)), now.get(name)))
        else:
            lost.append(name)
    changes += [compare_provision(None, now[name]) for name in standing.added]
    return Lapse(standing, tuple(change_card(change, site) for change in changes), tuple(lost))


def signatures(draft: Draft, state: Approval) -> list[tuple[SignOff, str]]:
    """Return every row of sign-offs.yml, the newest first, and what it is worth: valid, partly, lapsed or replaced."""
    return [(row, row_state(row, state.found)) for row in reversed(draft.sign_offs)]


def decided_findings(draft: Draft) -> list[Finding]:
    """Return the findings about which somebody decided; those whose decision has lapsed come last."""
    found = [finding for finding in draft.findings if finding.decision]
    return [one for one in found if one.settled] + [one for one in found if not one.settled]


@dataclass(frozen=True)
class SignatureBlock:
    """What one office signs on paper."""

    role: Role
    provisions: tuple[tuple[Element, tuple[Provision, ...]], ...]
    signed: tuple[Standing, ...]
    """What it has signed already and still holds."""


def blocks(draft: Draft, state: Approval) -> list[SignatureBlock]:
    """Return a block for each office that must sign, with its provisions by element."""
    provisions = {provision.clause.id: provision for provision in draft.policy.everything}
    return [_block(role, draft, state, provisions) for role in offices(draft, state) if _must(role, state)]


def _must(role: Role, state: Approval) -> list[Standing]:
    return [one for one in state.required if one.role == role.id]


def _block(role: Role, draft: Draft, state: Approval, provisions: dict[str, Provision]) -> SignatureBlock:
    mine = _must(role, state)
    parts = [(draft.catalog.elements[one.element], tuple(provisions[name] for name in one.provisions)) for one in mine]
    return SignatureBlock(role, tuple(parts), tuple(one for one in mine if one.state == "valid"))


@dataclass(frozen=True)
class Review:
    """When the policy is to be looked at again."""

    next: Due | None
    calls: tuple[Due, ...]


def review(draft: Draft) -> Review:
    """Return the next review, and what calls for one."""
    return Review(next_review(draft), tuple(open_calls(draft)))


@dataclass(frozen=True)
class SignOffsView(View):
    """Who signs what, what lapsed, and how to sign."""

    frame = "sign-offs"
    wide = True
    document: Document
    state: Approval
    offices: tuple[Role, ...]
    """Those that must sign or have signed, for the columns of the table; the elements are its rows."""
    elements: tuple[Element, ...]
    lapses: tuple[Lapse, ...]
    signatures: tuple[tuple[SignOff, str], ...]
    """Every sign-off, the newest first, and what it is worth."""
    separated: bool
    """Whether the catalog keeps any roles apart."""
    separations: tuple[Separation, ...]
    """Those that apply."""


def sign_offs_view(site: AgencySite, _: str) -> SignOffsView:
    """Show the sign-offs."""
    draft, state = site.draft, Approval(site.standings)
    return SignOffsView(
        document=site.document,
        state=state,
        offices=tuple(offices(draft, state)),
        elements=tuple(elements(draft, state)),
        lapses=tuple(lapses(site, state)),
        signatures=tuple(signatures(draft, state)),
        separated=bool(site.catalog.separate),
        separations=tuple(one for one in site.catalog.separate if site.applies(one.when)),
    )


@dataclass(frozen=True)
class SignOffSheet(View):
    """What the offices sign on paper."""

    frame = "sign-off-sheet"
    document: Document
    fingerprint: str
    """Of the whole text."""
    blocks: tuple[SignatureBlock, ...]


def sign_off_sheet(site: AgencySite, _: str) -> SignOffSheet:
    """Show what the offices sign on paper."""
    signed = tuple(blocks(site.draft, Approval(site.standings)))
    return SignOffSheet(site.document, freeze(site.draft).fingerprint, signed)


@dataclass(frozen=True)
class RisksView(View):
    """The findings about which somebody decided, and the reviews."""

    frame = "risks"
    wide = True
    decided: tuple[Finding, ...]
    review: Review
    triggers: Mapping[str, str]
    """What calls for a review before its date: id -> title."""


def risks_view(site: AgencySite, _: str) -> RisksView:
    """Show the accepted risks and the reviews."""
    return RisksView(tuple(decided_findings(site.draft)), review(site.draft), site.catalog.triggers)
