"""What keeps a draft from being published, or its text from being approved."""

from __future__ import annotations

from collections.abc import Sequence

from policywright.approval.status import RELEASED
from policywright.model.draft import Draft
from policywright.model.findings import unsettled

APPROVAL = "L1"
"""How the codes begin of what an approved policy needs and a draft does not: sign-offs, a release, a second person."""


class Refused(Exception):
    """Raised when something may not be signed, decided, released or published, with every reason."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("\n".join(reasons))


def refuse(reasons: Sequence[str]) -> None:
    """Raise Refused if there is any reason."""
    if reasons:
        raise Refused(reasons)


def publication_objections(draft: Draft) -> list[str]:
    """Return every reason why this draft may not be published, each with its place; none means it may.

    A draft and a policy in review may be published as such; what approval needs is asked of the others only.
    """
    return _objections(draft, approved=draft.document.status in RELEASED)


def approval_objections(draft: Draft) -> list[str]:
    """Return every reason why the text of this draft may not be approved, each with its place."""
    return _objections(draft, approved=True)


def _objections(draft: Draft, *, approved: bool) -> list[str]:
    stops = [f for f in unsettled(draft.findings) if f.severity in ("error", "blocker", "gap")]
    stops = [finding for finding in stops if approved or not finding.code.startswith(APPROVAL)]
    reasons = [f"{f.places[0]}: {f.severity} {f.code}: {f.message}" for f in stops]
    for omission in draft.policy.undecided:
        needs = ", ".join(omission.questions)
        reasons.append(f"The clause {omission.clause.id} “{omission.clause.title}” is undecided; it waits for {needs}.")
    return reasons
