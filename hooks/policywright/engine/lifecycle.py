"""Where a policy stands in its life: reads releases, sign-offs and reviews, and reports what they lack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from policywright.engine.duties import duty_findings
from policywright.engine.findings import Finding
from policywright.engine.life import Call, FrozenProvision, Release, SignOff
from policywright.engine.migrations import carried
from policywright.engine.model import Catalog, Clause, Document, Draft
from policywright.engine.releases import read_releases, read_wordings
from policywright.engine.reviews import next_review, read_calls, review_findings
from policywright.engine.signoffs import read_sign_offs, sign_off_findings, standings
from policywright.engine.status import status_findings


@dataclass(frozen=True)
class Life:
    """What an agency's repository records of its policy's life; see Draft."""

    releases: tuple[Release, ...]
    """Their texts under the names that the catalog uses now, so that they can be compared."""
    sign_offs: tuple[SignOff, ...]
    wordings: Mapping[str, FrozenProvision]
    calls: tuple[Call, ...]


def read_life(root: Path, catalog: Catalog, own: Mapping[str, Clause]) -> tuple[Life, list[Finding]]:
    """Read what is recorded; a missing file records nothing. `own` are the agency's own clauses."""
    releases, changed = read_releases(root)
    wordings, tampered = read_wordings(root)
    sign_offs, wrong = read_sign_offs(root, catalog, own, wordings)
    calls, strange = read_calls(root, catalog)
    named = tuple(replace(release, frozen=carried(release.frozen, catalog)) for release in releases)
    return Life(named, sign_offs, wordings, calls), [*changed, *tampered, *wrong, *strange]


def with_review(draft: Draft) -> Document:
    """Return the document with the date of the next review, where it follows from the last one."""
    due, document = next_review(draft), draft.document
    if due is None or document.dates["review_due"]:
        return document
    dates, places = dict(document.dates), dict(document.places)
    return replace(document, dates=dates | {"review_due": due.date}, places=places | {"dates.review_due": due.place})


def life_findings(draft: Draft) -> list[Finding]:
    """Return what a policy lacks for the status that it claims, and what is overdue."""
    found = standings(draft) if draft.sign_offs or draft.document.status != "draft" else []
    return [
        *status_findings(draft),
        *sign_off_findings(draft, found),
        *duty_findings(draft, found),
        *review_findings(draft),
    ]
