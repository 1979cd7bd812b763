"""Reads every file of an agency's repository once; everything after that is pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from policywright.agency.answers import answers_of, read_layers
from policywright.agency.bases import Base, find_bases
from policywright.agency.confirmations import CONFIRMATIONS_FILE, read_confirmations, with_confirmations
from policywright.agency.decisions import CHECKLISTS_FILE, DECISIONS_FILE, Records, read_records
from policywright.agency.inherited import handed_down
from policywright.agency.locks import LOCKS_FILE, read_locks
from policywright.agency.open_points import OPEN_POINTS_FILE, read_open_points
from policywright.agency.overrides import read_overrides
from policywright.agency.policy_file import check_names, read_document
from policywright.agency.requirements import check_pin
from policywright.agency.unmapped import read_unmapped
from policywright.approval.acknowledgements import ACKNOWLEDGEMENTS_FILE, Acknowledgement, read_acknowledgements
from policywright.approval.releases import read_releases, read_wordings
from policywright.approval.reviews import REVIEWS_FILE, read_calls
from policywright.approval.sign_offs import SIGN_OFFS_FILE, read_sign_offs
from policywright.catalog.migrations import carried
from policywright.files.folders import near_misses
from policywright.model.agency import Answer, AnswerLock, Document, HandedDown, OpenPoint
from policywright.model.catalog import Catalog, Clause
from policywright.model.findings import Finding
from policywright.model.versions import Call, FrozenProvision, Release, SignOff

KNOWN = (
    *("policy.yml", "answers", "registers", "overrides", "releases", "docs", "hooks", "requirements.txt", "sent"),
    *(DECISIONS_FILE, CHECKLISTS_FILE, SIGN_OFFS_FILE, REVIEWS_FILE, ACKNOWLEDGEMENTS_FILE, CONFIRMATIONS_FILE),
    *(OPEN_POINTS_FILE, LOCKS_FILE),
)
"""The files and folders at the root of a repository that we read."""

PolicyFile = tuple[Document, list[Finding]]
"""The content of policy.yml, and its mistakes."""


@dataclass(frozen=True)
class Repository:
    """An agency's repository as it was read: its document, its answers and its records."""

    root: Path
    document: Document
    answers: Mapping[str, Answer]
    overrides: Mapping[str, Clause]
    """Clauses that the agency adds or rewords, by id."""
    records: Records
    releases: tuple[Release, ...]
    """The oldest first; their texts use the catalog's current names, so that they can be compared."""
    sign_offs: tuple[SignOff, ...]
    wordings: Mapping[str, FrozenProvision]
    """Fingerprint -> the wording that was signed off."""
    calls: tuple[Call, ...]
    acknowledgements: tuple[Acknowledgement, ...]
    points: tuple[OpenPoint, ...]
    locks: tuple[AnswerLock, ...]
    """Of the agency itself and of its bases."""
    hands_down: HandedDown
    """To the agencies that build on it."""
    bases: tuple[HandedDown, ...]
    """What each of its bases hands down, the nearest first; empty if one of them is not found."""
    findings: tuple[Finding, ...]
    """Every mistake in these files."""

    def judged_as(self, **fields: object) -> Repository:
        """Return the repository as if policy.yml said this; a release is checked with its new version and dates."""
        return replace(self, document=replace(self.document, **fields))  # type: ignore[arg-type]


def read_repository(root: Path, catalog: Catalog, opened: PolicyFile | None = None) -> Repository:
    """Read an agency's files against the catalog; every mistake is among the findings.

    `opened` is the result of `read_document`, if policy.yml was already read to find the catalog.
    Raise PolicyError if there is no policy.yml.
    """
    document, problems = opened or read_document(root)
    found = [*problems, *check_pin(root), *check_names(document, catalog)]
    bases = find_bases(root, document, found)
    broken = any(one.code in ("E110", "E111") for one in found)
    itself = Base(root, "", document.agency_name)
    for base in (itself, *bases):
        found += near_misses(base.root, base.prefix, KNOWN)
    layers = read_layers(root, catalog, bases, found)
    answers = answers_of(layers, catalog, document.preset, found)
    locks = read_locks([itself, *bases], catalog, found)
    found += read_unmapped(root)[1]
    # The furthest base first, so that a nearer repository can override it; the agency itself comes last.
    overrides = read_overrides([*reversed(bases), itself], catalog, found)
    records, wrong = read_records(root, catalog)
    releases, changed = read_releases(root)
    wordings, tampered = read_wordings(root)
    sign_offs, unsigned = read_sign_offs(root, catalog, overrides, wordings)
    calls, strange = read_calls(root, catalog)
    confirmations, unclear = read_confirmations(root, catalog)
    points, pointless = read_open_points(root, {**catalog.clauses, **overrides})
    acknowledgements, unread = read_acknowledgements(root / ACKNOWLEDGEMENTS_FILE, ACKNOWLEDGEMENTS_FILE)
    # Of a circle, or of bases of which one is not there, nobody can say who has followed.
    found_bases = () if broken else zip(bases, layers.below, strict=True)
    return Repository(
        root=root,
        document=document,
        answers=with_confirmations(answers, confirmations),
        overrides=overrides,
        records=records,
        # A clause that was only renamed must not look removed and added in a redline.
        releases=tuple(replace(release, frozen=carried(release.frozen, catalog)) for release in releases),
        sign_offs=sign_offs,
        wordings=wordings,
        calls=calls,
        acknowledgements=tuple(acknowledgements),
        points=points,
        locks=locks,
        hands_down=handed_down(itself, layers.own, locks),
        bases=tuple(handed_down(base, layer, locks) for base, layer in found_bases),
        findings=(*found, *wrong, *changed, *tampered, *unsigned, *strange, *unclear, *pointless, *unread),
    )
