"""The nouns of a catalog: what content/ holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from policywright.model.findings import Place, anchor_of

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
