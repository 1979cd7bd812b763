"""What keeps a draft from being published."""

from __future__ import annotations

from policywright.approval.status import RELEASED
from policywright.model.draft import Draft
from policywright.model.findings import unsettled

APPROVAL = "L1"
"""How the codes begin of what an approved policy needs and a draft does not: sign-offs, a release, a second person."""


def objections(draft: Draft, *, releasing: bool = False) -> list[str]:
    """Return every reason why this draft may not be published, or released, each with its place; none means it may.

    A draft and a policy in review may be published as such; what approval needs is asked of the others only.
    """
    approved = releasing or draft.document.status in RELEASED
    stops = [f for f in unsettled(draft.findings) if f.severity in ("error", "blocker", "gap")]
    stops = [finding for finding in stops if approved or not finding.code.startswith(APPROVAL)]
    reasons = [f"{f.places[0]}: {f.severity} {f.code}: {f.message}" for f in stops]
    for omission in draft.policy.undecided:
        needs = ", ".join(omission.questions)
        reasons.append(f"The clause {omission.clause.id} “{omission.clause.title}” is undecided; it waits for {needs}.")
    return reasons
