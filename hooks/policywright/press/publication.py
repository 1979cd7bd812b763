"""What keeps a draft from being published."""

from __future__ import annotations

from policywright.engine.findings import unsettled
from policywright.engine.model import Draft


def refusals(draft: Draft) -> list[str]:
    """Return every reason why this draft may not be published, each with its place; none means it may."""
    stops = [f for f in unsettled(draft.findings) if f.severity in ("error", "blocker", "gap")]
    reasons = [f"{f.places[0]}: {f.severity} {f.code}: {f.message}" for f in stops]
    for omission in draft.policy.undecided:
        needs = ", ".join(omission.questions)
        reasons.append(f"The clause {omission.clause.id} “{omission.clause.title}” is undecided; it waits for {needs}.")
    return reasons
