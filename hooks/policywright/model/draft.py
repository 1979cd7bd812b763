"""The nouns of a draft: provisions, omissions, tasks and coverage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from policywright.model.agency import Answer, AnswerLock, Document, HandedDown, OpenPoint
from policywright.model.catalog import Catalog, ChecklistItem, Clause, Section
from policywright.model.existing import ExistingPolicy
from policywright.model.findings import SEVERITIES, Finding, unsettled
from policywright.model.versions import Call, FrozenProvision, Release, SignOff


@dataclass(frozen=True)
class Undecided:
    """A rule that waits for answers."""

    code: str
    needs: tuple[str, ...]
    """Ids of the open questions that would decide it."""


@dataclass(frozen=True)
class Provision:
    """A clause as it reads in one agency's policy: filled and numbered."""

    clause: Clause
    page: str
    """The uri of the page of its instrument."""
    number: str
    """“4.1” in the policy, “P4.1” in the procedures; empty in a text that is not numbered."""
    text: str
    """Markdown with the answers filled in and escaped."""
    staff: str
    reason: str
    """The condition in words."""
    questions: tuple[str, ...]
    """The answers it depends on, through its condition or its text."""
    gaps: tuple[str, ...]
    """Open questions in the text."""
    sources: tuple[str, ...]
    """Those that apply to this agency."""
    existing_policies: tuple[ExistingPolicy, ...] = ()
    """The existing policies whose register entry names this provision's code."""


@dataclass(frozen=True)
class Omission:
    """A clause that is left out, and why."""

    clause: Clause
    reason: str
    questions: tuple[str, ...]
    covered_by: ExistingPolicy | None = None
    """The existing policy that takes its place."""


@dataclass(frozen=True)
class Chapter:
    """A section with its provisions."""

    section: Section
    number: str
    provisions: tuple[Provision, ...]


@dataclass(frozen=True)
class Policy:
    """The ordered provisions of one agency, and the clauses that were left out."""

    chapters: tuple[Chapter, ...]
    procedures: tuple[Chapter, ...]
    """Numbered as the chapters of the policy that they carry out."""
    texts: tuple[Chapter, ...]
    out: tuple[Omission, ...]
    undecided: tuple[Omission, ...]

    @property
    def provisions(self) -> tuple[Provision, ...]:
        """All numbered provisions: those of the policy in order, then those of the procedures."""
        return tuple(p for chapter in (*self.chapters, *self.procedures) for p in chapter.provisions)

    def carried_out_by(self, procedure: Provision) -> tuple[Provision, ...]:
        """Return the provisions of the policy that a procedure carries out: the one it names, or those of its code."""
        named = procedure.clause.carries_out
        policy = [provision for chapter in self.chapters for provision in chapter.provisions]
        return tuple(p for p in policy if (p.clause.id == named if named else p.clause.code == procedure.clause.code))

    @property
    def everything(self) -> tuple[Provision, ...]:
        """All numbered provisions in order, then those of the other texts."""
        return (*self.provisions, *(provision for text in self.texts for provision in text.provisions))

    @property
    def clauses(self) -> dict[str, Clause]:
        """Every clause by id, in the policy or not, including overrides."""
        included = [provision.clause for provision in self.everything]
        others = [omission.clause for omission in (*self.out, *self.undecided)]
        return {clause.id: clause for clause in (*included, *others)}


@dataclass(frozen=True)
class Task:
    """A checklist item for one agency."""

    item: ChecklistItem
    state: str
    """open | done | undecided | not_needed"""
    reason: str = ""
    done_on: str = ""
    done_by: str = ""


@dataclass(frozen=True)
class Draft:
    """Everything that one build yields."""

    catalog: Catalog
    document: Document
    answers: Mapping[str, Answer]
    findings: tuple[Finding, ...]
    undecided: tuple[Undecided, ...]
    """Rules that wait for answers."""
    policy: Policy
    existing_policies: tuple[ExistingPolicy, ...]
    """In the order of the register."""
    tasks: tuple[Task, ...]
    hands_down: HandedDown
    """What agencies that build on this one inherit."""
    bases: tuple[HandedDown, ...]
    """What each base hands down, the nearest first; empty if one of them is not found."""
    overrides: tuple[Clause, ...] = ()
    """The overrides of the agency and its bases."""
    today: str = ""
    """ISO date of the build, or empty."""
    releases: tuple[Release, ...] = ()
    """The oldest first."""
    sign_offs: tuple[SignOff, ...] = ()
    """In the order in which they were given."""
    wordings: Mapping[str, FrozenProvision] = field(default_factory=dict)
    """Fingerprint -> the wording that was signed off."""
    calls: tuple[Call, ...] = ()
    """What called for a review, and the reviews that were done."""
    points: tuple[OpenPoint, ...] = ()
    """What others proposed, in the order in which it was put on the list."""
    locks: tuple[AnswerLock, ...] = ()
    """The locks on answers that are in force."""
    acknowledged: Mapping[str, int] = field(default_factory=dict)
    """Version -> how many people acknowledged it, without names."""

    @property
    def counts(self) -> dict[str, int]:
        """The number of findings of each severity, including severities without any; accepted findings are left out."""
        open_ = unsettled(self.findings)
        return {severity: sum(f.severity == severity for f in open_) for severity in SEVERITIES}
