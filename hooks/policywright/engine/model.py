"""The nouns: what a catalog holds and what a draft is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from policywright.engine.findings import SEVERITIES, Finding, Place, anchor_of, unsettled
from policywright.engine.life import Call, FrozenProvision, Release, SignOff

Condition = tuple[Any, ...]
"""A parsed `when:`; see expressions.py for its forms."""
Text = tuple[Any, ...]
"""A parsed text with answers in it; see texts.py for its forms."""


@dataclass(frozen=True)
class Choice:
    """One allowed value of a question."""

    value: str
    label: str
    text: str
    """The words that fit inside a sentence."""
    note: str = ""


@dataclass(frozen=True)
class Question:
    """What the agency must decide or state."""

    id: str
    """`element.name`; for a column of a register `element.name.column`."""
    help: str
    type: str
    """choice | choices | yes_no | text | number | date | list | records"""
    place: Place
    why: str = ""
    choices: Mapping[str, Choice] = field(default_factory=dict)
    tier: str = "optional"
    """essential | optional"""
    when: Condition | None = None
    asked_of: tuple[str, ...] = ()
    sensitivity: str = "public"
    """public | internal"""
    sources: tuple[str, ...] = ()
    required: bool = False
    """Of a column: whether every row needs it."""
    register: str = ""
    """Of a records question: the file in `registers/`."""
    columns: Mapping[str, Question] = field(default_factory=dict)

    @property
    def element(self) -> str:
        """The element that asks."""
        return self.id.split(".")[0]

    @property
    def name(self) -> str:
        """The key in the answer file."""
        return self.id.split(".", 1)[1]

    @property
    def anchor(self) -> str:
        """Where the guidance page explains it."""
        return anchor_of(self.id)


@dataclass(frozen=True)
class Source:
    """The law, standard or model that a clause or a rule rests on."""

    key: str
    title: str
    issuer: str
    kind: str
    checked_on: str
    """ISO date."""
    evidence: str
    """excerpt | full | secondary | unverified"""
    place: Place
    citation: str = ""
    when: Condition | None = None
    """Where it applies; None when it may be cited anywhere."""
    binds: str = ""
    requires: str = ""
    url: str = ""
    status: str = ""
    in_force_from: str = ""


@dataclass(frozen=True)
class Rule:
    """A condition on answers and what it means when it holds."""

    code: str
    element: str
    severity: str
    when: Condition
    message: Text
    fix: Text
    sources: tuple[str, ...]
    place: Place


@dataclass(frozen=True)
class Clause:
    """A reusable text with a condition."""

    id: str
    code: str
    title: str
    element: str
    level: str
    """must | should | may | explains"""
    body: Text
    sources: tuple[str, ...]
    place: Place
    when: Condition | None = None
    requires: tuple[str, ...] = ()
    audience: tuple[str, ...] = ("staff",)
    staff: Text = ()
    locked: str = ""
    """The authority by which no agency below may change this clause, or empty."""
    defines: tuple[str, ...] = ()
    """Words whose meaning it tells, each in the text as `**Word:**`, to which other provisions link."""

    @property
    def anchor(self) -> str:
        """The permanent name of the provision in a page."""
        return self.id.lower()


@dataclass(frozen=True)
class ChecklistItem:
    """A task that somebody must do."""

    id: str
    list: str
    task: str
    role: tuple[str, ...]
    """The first does the work."""
    done_when: str
    element: str
    place: Place
    when: Condition | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Role:
    """An office or a part that somebody plays."""

    id: str
    title: str
    name: str
    """The words inside a sentence, with an article where it has one."""
    code: str = ""
    part: str = ""
    objection: str = ""
    answer: str = ""
    when: Condition | None = None


@dataclass(frozen=True)
class Responsibility:
    """Who decides a group of clauses: one row of the RACI table."""

    title: str
    clauses: tuple[str, ...]
    accountable: str
    responsible: tuple[str, ...]
    consulted: tuple[str, ...]
    informed: tuple[str, ...]


@dataclass(frozen=True)
class Separation:
    """Two roles that one person may not play at a time, because the one checks the other."""

    roles: tuple[str, str]
    why: str
    sources: tuple[str, ...]
    when: Condition | None = None


@dataclass(frozen=True)
class Element:
    """One subject that the policy treats."""

    id: str
    title: str
    summary: str
    step: str
    sources: tuple[str, ...]
    questions: tuple[Question, ...]
    clauses: tuple[str, ...] = ()
    """Of a topic, which cuts across elements: the codes that treat it."""


@dataclass(frozen=True)
class Ask:
    """What a person asks in a scenario, and the clauses that answer."""

    question: str
    clauses: tuple[str, ...]
    """Clause ids, or beginnings of ids."""


@dataclass(frozen=True)
class Scenario:
    """A real situation, and what a person would ask in it."""

    id: str
    title: str
    story: str
    topic: str
    asks: tuple[Ask, ...]
    when: Condition | None = None


@dataclass(frozen=True)
class InstrumentKind:
    """What a kind of existing policy usually treats, and which questions tell whether it is in the way."""

    treats: tuple[str, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True)
class CatalogPage:
    """A page of the catalog's own, with its frame in the catalog's `pages/`."""

    id: str
    title: str
    summary: str
    audience: str


@dataclass(frozen=True)
class Reading:
    """One thing that a kind of reader reads, and why."""

    page: str
    """A page of the site without its ending, such as `checklists/opening`."""
    text: str


@dataclass(frozen=True)
class Reader:
    """A kind of reader, and the way through the site that suits them."""

    id: str
    title: str
    """In the reader's own words: “I post for the agency”."""
    summary: str
    reads: tuple[Reading, ...]
    sections: tuple[str, ...]
    """The parts of the policy that concern them most."""
    audience: str = "staff"
    """public | staff | authors (who write the policy, and read the working site)"""


@dataclass(frozen=True)
class Step:
    """One of the first questions that an agency answers."""

    id: str
    title: str
    summary: str
    next: str
    findings: bool = False
    """Whether the step shows every finding, not only those of its elements."""


@dataclass(frozen=True)
class Section:
    """A part of the policy, or a text of its own, as an ordered list of clause codes."""

    id: str
    title: str
    clauses: tuple[str, ...]
    summary: str = ""
    audience: str = ""


@dataclass(frozen=True)
class Checklist:
    """A named list of items."""

    id: str
    title: str
    summary: str


@dataclass(frozen=True)
class Assumption:
    """A value that a preset assumes, and when."""

    question: str
    value: Any
    place: Place
    when: Condition | None = None


@dataclass(frozen=True)
class Preset:
    """An archetype's assumed answers."""

    id: str
    title: str
    summary: str
    assumptions: tuple[Assumption, ...]


@dataclass(frozen=True)
class Migration:
    """What became of one name, from one version of a catalog to the next."""

    version: str
    """The version of Policywright that brought it."""
    kind: str
    """question | clause | rule | item | role | element | preset | register"""
    step: str
    """rename | split | values | remove"""
    old: str
    into: Mapping[str, Mapping[str, str | None] | None]
    """New name -> old value -> new value; None for values that stay. Empty where nothing takes its place."""
    place: Place
    reason: str = ""


@dataclass(frozen=True)
class Blanks:
    """How unanswered questions are written."""

    files: Mapping[str, str]
    """Path of an answer file -> its whole text."""
    questions: Mapping[str, str]
    """Question -> its comment and its key."""


@dataclass(frozen=True)
class Catalog:
    """All of `content/<policy>/`, loaded and checked."""

    id: str
    title: str
    summary: str
    elements: Mapping[str, Element]
    questions: Mapping[str, Question]
    conditions: Mapping[str, Condition]
    rules: Mapping[str, Rule]
    clauses: Mapping[str, Clause]
    """In the order in which they stand in the policy."""
    items: Mapping[str, ChecklistItem]
    sources: Mapping[str, Source]
    roles: Mapping[str, Role]
    responsibilities: tuple[Responsibility, ...]
    steps: Mapping[str, Step]
    sections: tuple[Section, ...]
    texts: tuple[Section, ...]
    checklists: Mapping[str, Checklist]
    presets: Mapping[str, Preset]
    scaffold: Mapping[str, str]
    """A prompt of the cookiecutter template -> the question it answers."""
    coverage: str
    """The records question that lists the existing policies, or empty."""
    pages: Mapping[str, str]
    """Name of a page frame -> its text."""
    guidance: Mapping[str, str]
    """Element or topic -> its guidance page in Markdown."""
    topics: Mapping[str, Element]
    scenarios: Mapping[str, Scenario]
    kinds: Mapping[str, InstrumentKind]
    extra_pages: tuple[CatalogPage, ...]
    staff_card: tuple[str, ...]
    """Beginnings of the ids of clauses whose staff lines stand on the staff card, in order."""
    pivotal: tuple[str, ...] = ()
    """Questions of which the site shows what another answer would change."""
    readers: tuple[Reader, ...] = ()
    migrations: tuple[Migration, ...] = ()
    """In the order in which they are applied to what an older catalog left."""
    separate: tuple[Separation, ...] = ()
    triggers: Mapping[str, str] = field(default_factory=dict)
    """What calls for a review before its date: id -> title."""


@dataclass(frozen=True)
class Answer:
    """The value of one question for one agency, and where it comes from."""

    question: Question
    value: Any
    """None when unanswered."""
    origin: str
    """agency | base | preset | unanswered"""
    place: Place
    """Where the value stands."""
    home: Place
    """Where the agency writes its own."""
    asked: bool | None = True
    """False when the question does not arise; None while that is undecided."""
    said_by: str = ""
    """The name of the preset or of the base that gives the value."""
    inherited: Any = None
    """What a base says where the agency says otherwise."""

    @property
    def answered(self) -> bool:
        """Whether there is a value that counts: an unasked question counts as unanswered."""
        return self.value is not None and self.asked is not False

    @property
    def open(self) -> bool:
        """Whether somebody still has to answer."""
        return self.value is None and self.asked is not False


@dataclass(frozen=True)
class Design:
    """How the site of an agency looks where it is not as usual."""

    logo: str = ""
    """A picture below the repository's `docs/`, as a path from there."""
    accent: str = ""
    """Colour of the header, and of links in the light scheme, such as #1d4f7c; empty where it is as usual."""
    accent_dark: str = ""
    """Colour of links in the dark scheme."""


@dataclass(frozen=True)
class Document:
    """What policy.yml says: what the document is and who issues it."""

    agency_name: str
    short_name: str
    catalog: str
    title: str
    version: str
    status: str
    owner: str
    preset: str
    base: str
    dates: Mapping[str, str]
    offices: Mapping[str, str]
    place: Place
    """Where the catalog is named."""
    design: Design = Design()
    edit: str = ""
    """Address at which a file is edited, with {file} and perhaps {line} in it."""
    review_every: str = ""
    """“12 months”, or empty."""
    acknowledge_to: str = ""
    """The address to which staff write that they have read the policy, or empty."""
    drafted_by: tuple[str, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    """Where the keys that a policy's life depends on stand: `status`, `dates.in_force` and so on."""


@dataclass(frozen=True)
class Undecided:
    """A rule that waits for answers."""

    code: str
    needs: tuple[str, ...]
    """Ids of the open questions that would decide it."""


@dataclass(frozen=True)
class Provision:
    """A clause as it stands in one agency's policy: filled and numbered."""

    clause: Clause
    number: str
    """“4.1”; empty in a text that is not numbered."""
    text: str
    """Markdown with the answers filled in and escaped."""
    staff: str
    reason: str
    """The condition in words."""
    questions: tuple[str, ...]
    """The answers it depends on, by condition or by text."""
    gaps: tuple[str, ...]
    """Questions that are open in the text."""
    sources: tuple[str, ...]
    """Those that apply to this agency."""
    instruments: tuple[Mapping[str, Any], ...] = ()
    """The existing policies whose register entry names this provision's code."""


@dataclass(frozen=True)
class Omission:
    """A clause that is out, and why."""

    clause: Clause
    reason: str
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Chapter:
    """A section with its provisions."""

    section: Section
    number: str
    provisions: tuple[Provision, ...]


@dataclass(frozen=True)
class Policy:
    """The ordered provisions of one agency, and what stayed out."""

    chapters: tuple[Chapter, ...]
    texts: tuple[Chapter, ...]
    out: tuple[Omission, ...]
    undecided: tuple[Omission, ...]

    @property
    def provisions(self) -> tuple[Provision, ...]:
        """All numbered provisions, in order."""
        return tuple(provision for chapter in self.chapters for provision in chapter.provisions)

    @property
    def everything(self) -> tuple[Provision, ...]:
        """All provisions in order, then those of the other texts."""
        return (*self.provisions, *(provision for text in self.texts for provision in text.provisions))

    @property
    def clauses(self) -> dict[str, Clause]:
        """Every clause by id, in the policy or not, the agency's own included."""
        included = [provision.clause for provision in self.everything]
        others = [omission.clause for omission in (*self.out, *self.undecided)]
        return {clause.id: clause for clause in (*included, *others)}


@dataclass(frozen=True)
class Coverage:
    """How far one existing policy treats one element."""

    element: str
    instrument: int
    """Index of the row in the register."""
    extent: str


@dataclass(frozen=True)
class Task:
    """A checklist item as it stands for one agency."""

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
    instruments: tuple[Mapping[str, Any], ...]
    """Rows of the register of existing policies."""
    coverage: tuple[Coverage, ...]
    tasks: tuple[Task, ...]
    overrides: tuple[Clause, ...] = ()
    """Clauses of the agency's and its bases' own wording."""
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
    acknowledged: Mapping[str, int] = field(default_factory=dict)
    """Version -> how many people acknowledged it; nobody's name is kept."""

    @property
    def counts(self) -> dict[str, int]:
        """How many findings there are of each severity, all severities named; what stands by a decision is left out."""
        open_ = unsettled(self.findings)
        return {severity: sum(f.severity == severity for f in open_) for severity in SEVERITIES}
