"""The nouns of a catalog: what content/ holds.

The keys of its files follow from these fields: see fields.py for the marks, catalog/shapes.py for the shapes,
catalog/vocabulary.py for the reading. A field without a default is a key that must be written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

from policywright.model.fields import (
    Beginnings,
    Clauses,
    Condition,
    Date,
    Elements,
    Given,
    Key,
    Listed,
    Mark,
    Names,
    OneOf,
    Questions,
    Roles,
    ShownCondition,
    ShownText,
    Sources,
    Text,
)
from policywright.model.findings import Place, anchor_of

PARTS: Mapping[str, str] = {
    "title": "text",
    "reference": "text",
    "section": "text",
    "owner": "text",
    "date": "date",
    "kind": "choice",
    "elements": "choices",
    "extent": "choice",
    "disposition": "choice",
    "clauses": "list",
}
"""The part that a column plays in a register of existing policies -> the type that such a column must have."""
SHOWN_PARTS = ("title", "reference", "section", "elements", "extent", "disposition", "clauses")
"""The parts that a published provision shows, or that decide which provision shows an existing policy."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One allowed value of a question."""

    alone: ClassVar = "label"
    """The field of a choice that is written as a plain text."""
    value: Key
    label: str
    text: str = ""
    """The wording for inside a sentence; by default the label."""
    note: str = ""
    means: Literal["", "full", "governs", "superseded"] = ""
    """In a register of existing policies: all is settled there, it goes on to govern, or this policy replaces it."""
    role: Annotated[str, Names("role")] = ""
    """The office that this answer names, in a question about offices."""
    when: Given[Condition | None] = None
    """Where it can be chosen; None if everywhere. Only a jurisdiction has one."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", self.text or self.label)


PROCEDURES_SUFFIX = ".p"
"""What the id of the procedures part of a clause file has in addition to that of its policy part."""

START_QUESTIONS = 12
"""The most questions that the page for the first ten minutes may ask."""

UNKNOWN = "unknown"
"""The value of a fact that nobody knows yet: somebody looked, unlike in an empty answer, and it is not “none”."""

MANY_CHOICES = 20
"""More choices than these are named in one paragraph, or set in narrow columns."""

YES_NO = {"yes": Choice(value="yes", label="Yes", text="yes"), "no": Choice(value="no", label="No", text="no")}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a question and a column of a register have in common."""

    help: str
    type: str
    choices: Mapping[str, Choice] = field(default_factory=dict)
    """A question of type `yes_no` has both, even if its file rewords only one of them."""
    sensitivity: Literal["public", "internal"] = "public"

    @property
    def may_be_unknown(self) -> bool:
        """Whether “unknown” is an answer; only a fact can be unknown."""
        return False

    def __post_init__(self) -> None:
        if self.type == "yes_no":
            object.__setattr__(self, "choices", {**YES_NO, **self.choices})


@dataclass(frozen=True, kw_only=True)
class Column(Asked):
    """What every row of a register says under one key."""

    type: Literal["choice", "choices", "yes_no", "text", "number", "date", "list"]
    required: bool = False
    part: Annotated[str, OneOf(tuple(PARTS))] = ""
    """What it says about an existing policy, whatever its key is called."""
    default: str = ""
    """The choice that applies if a row leaves it out."""


@dataclass(frozen=True, kw_only=True)
class Question(Asked):
    """What the agency must decide or state."""

    id: Given[str]
    """`element.name`."""
    place: Given[Place]
    why: str
    type: Literal["choice", "choices", "yes_no", "text", "number", "date", "list", "records"]
    kind: Literal["fact", "choice", "commitment"] = "choice"
    """What is so today, what the policy shall say, or what the agency will do from now on."""
    tier: Literal["essential", "optional"]
    when: Condition | None = None
    asked_of: Roles
    found_in: str = ""
    """Where a person who does not know the answer can find it."""
    sources: Sources = ()
    register: str = ""
    """The file in `registers/`, if it is a question of type records."""
    columns: Mapping[str, Column] = field(default_factory=dict)
    example: str = ""
    """For a question of type records: an example of entries in its file."""

    @property
    def element(self) -> str:
        """The element that it belongs to."""
        return self.id.split(".")[0]

    @property
    def name(self) -> str:
        """The key in the answer file."""
        return self.id.split(".", 1)[1]

    @property
    def file(self) -> str:
        """The file of the repository that holds its answer."""
        return f"registers/{self.register}" if self.register else f"answers/{self.element}.yml"

    @property
    def owner(self) -> str:
        """The office that decides: the first that is asked; the others are consulted. Empty if nobody is asked."""
        return self.asked_of[0] if self.asked_of else ""

    @property
    def may_be_unknown(self) -> bool:
        """Whether “unknown” is an answer; a choice of this name has its own meaning, which rules know."""
        return self.kind == "fact" and self.type != "records" and UNKNOWN not in self.choices

    def column(self, part: str) -> Column | None:
        """Return the column that plays a part, if there is one."""
        return next((column for column in self.columns.values() if column.part == part), None)

    @property
    def anchor(self) -> str:
        """Where the guidance page explains it."""
        return anchor_of(self.id)


@dataclass(frozen=True, kw_only=True)
class Source:
    """The law, standard or model that a clause or a rule rests on."""

    key: Key
    place: Given[Place]
    title: str
    citation: str = ""
    issuer: str
    kind: Literal[
        "law", "regulation", "case", "directive", "standard", "guidance", "model", "research", "incident", "general"
    ]
    """Only `law`, `regulation` and `case` are law; the others bind by an order or by choice, or not at all."""
    when: ShownCondition | None = None
    """Where it applies; None if it may be cited anywhere."""
    binds: str = ""
    requires: str = ""
    url: str = ""
    standing: Literal["", "reversed", "vacated", "superseded", "rescinded", "bill"] = ""
    """Why it is not in force; empty if it is."""
    status: str = ""
    in_force_from: Date = ""
    checked_on: Date
    evidence: Literal["excerpt", "full", "secondary", "unverified"]


@dataclass(frozen=True, kw_only=True)
class LawSubject:
    """What a law is about, in every jurisdiction."""

    id: Key
    title: str
    text: str
    """What texts call it where neither its name nor the place is known, for inside a sentence."""
    there: str
    """The same where the place is known: `{place}` is its name."""
    elements: Elements = ()
    """The elements whose guidance shows it."""


@dataclass(frozen=True, kw_only=True)
class PlaceQuestion:
    """The question that asks for the state, nation or province, and what its answer says."""

    question: Annotated[str, Names("question")]
    checked: Annotated[str, Names("question")] = ""
    """The yes-or-no question whether counsel has checked the names and citations."""
    laws: Mapping[str, LawSubject]


@dataclass(frozen=True, kw_only=True)
class ReadPage:
    """A page in which the name or the citation of a law was read."""

    id: Key
    title: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Law:
    """What a law is called in one jurisdiction, and how far that was checked."""

    name: str
    text: str = ""
    """For inside a sentence; by default the name with an article."""
    citation: str = ""
    evidence: Literal["read", "name", "unverified"]
    """Name and citation were read, or the name alone, or neither: such a law is named in no text."""
    source: Annotated[str, Names("source")] = ""
    read_in: Annotated[tuple[str, ...], Names("page that was read")] = ()
    note: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", self.text or f"the {self.name}")

    @property
    def was_read(self) -> bool:
        """Whether at least its name was read somewhere."""
        return self.evidence != "unverified"


@dataclass(frozen=True, kw_only=True)
class Jurisdiction:
    """A state, nation, province, territory or country, and its laws by subject."""

    id: Key
    name: str
    text: str = ""
    """For inside a sentence; by default the name."""
    when: ShownCondition | None
    laws: Mapping[str, Law] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", self.text or self.name)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A condition on answers, and what it means if it holds."""

    code: Key
    element: Given[str]
    place: Given[Place]
    severity: Literal["blocker", "warning", "advice"]
    when: Condition
    message: Text
    fix: Text
    sources: Sources


def anchor_of_clause(name: str) -> str:
    """Return the permanent name of a provision in a page, by the id of its clause."""
    return name.lower().replace(".", "-")


@dataclass(frozen=True, kw_only=True)
class Clause:
    """A reusable text with a condition."""

    id: Given[str]
    element: Given[str]
    place: Given[Place]
    body: Given[ShownText]
    part: Given[str] = "policy"
    """The instrument that holds this text: policy | procedures."""
    code: str
    title: str
    procedures_title: str = ""
    """The title of the procedures part of the file, if it is not the same."""
    when: ShownCondition | None = None
    level: Literal["must", "should", "may", "explains"]
    """Of the policy part of the file, or of its only part."""
    procedures: Literal["", "none"] = ""
    """Whether a duty in the policy part needs no procedures."""
    because: str = ""
    """Why it needs none."""
    carries_out: Annotated[str, Names("clause id")] = ""
    """For procedures: the clause of the policy that they carry out; in a file of both parts it is the policy part."""
    requires: Clauses = ()
    stays: bool = False
    """Whether it stays where an existing policy treats its element in full, because only social media needs it."""
    audience: tuple[Literal["staff", "public"], ...] = ("staff",)
    staff: ShownText = ()
    locked: str = ""
    """The authority by which no agency below may change this clause, or empty."""
    looked_at: str = ""
    """In an agency's wording: a mark of the siblings that somebody has read beside it."""
    defines: tuple[str, ...] = ()
    """The words that it defines, each in the text as `**Word:**`; other provisions link to them."""
    sources: Sources

    @property
    def anchor(self) -> str:
        """The permanent name of the provision in a page."""
        return anchor_of_clause(self.id)

    @property
    def wording(self) -> tuple[object, ...]:
        """All that a reader may notice of it: title, level, text, line for staff and condition."""
        return (self.title, self.level, self.body, self.staff, self.when)

    @property
    def file_id(self) -> str:
        """The name of its file, without the ending: both parts of a file have the same."""
        return self.id.removesuffix(PROCEDURES_SUFFIX)


@dataclass(frozen=True, kw_only=True)
class ChecklistItem:
    """A task that somebody must do."""

    id: Key
    element: Given[str]
    place: Given[Place]
    list: Annotated[str, Names("checklist")]
    task: str
    role: Roles
    """The first does the work."""
    done_when: str
    when: ShownCondition | None = None
    sources: Sources = ()


@dataclass(frozen=True, kw_only=True)
class LocalName:
    """What an office is called in some agencies, for example in one country."""

    title: str
    name: str
    when: ShownCondition


@dataclass(frozen=True, kw_only=True)
class Role:
    """An office, or a part that somebody plays."""

    id: Key
    title: str
    name: str
    """The name for inside a sentence, with an article if it has one."""
    code: str = ""
    part: str = ""
    objection: str = ""
    answer: str = ""
    when: ShownCondition | None = None
    stand_in: Annotated[str, Names("role")] = ""
    """The role to which its duties go in an agency that does not have it."""
    one_by_one: bool = False
    """Whether its essential answers are agreed to one at a time, never as a group, because each carries legal risk."""
    elsewhere: tuple[LocalName, ...] = ()
    """Other titles and names; the first whose condition holds replaces those above."""
    general: Given[str] = ""
    """Its name where none of the others holds, if one of them has replaced it."""


@dataclass(frozen=True, kw_only=True)
class Responsibility:
    """Who decides a group of clauses: one row of the RACI table."""

    title: str
    clauses: Clauses
    accountable: Annotated[str, Names("role")]
    responsible: Roles = ()
    consulted: Roles = ()
    informed: Roles = ()


@dataclass(frozen=True, kw_only=True)
class Separation:
    """Two roles that one person may not hold at the same time, because one checks the other."""

    roles: Roles
    why: str
    when: Condition | None = None
    sources: Sources = ()


@dataclass(frozen=True, kw_only=True)
class Element:
    """One subject that the policy treats."""

    id: Given[str]
    questions: Given[tuple[Question, ...]]
    title: str
    summary: str
    step: Annotated[str, Names("step")] = ""
    reusable: bool = False
    """Whether an existing policy that treats it in full takes the place of its provisions."""
    sources: Sources = ()


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A subject that cuts across elements."""

    id: Key
    title: str
    summary: str
    questions: Annotated[tuple[Question, ...], Names("question")]
    clauses: Clauses
    """The codes that treat it."""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What a person asks in a scenario, and the clauses that answer."""

    question: str
    clauses: Beginnings


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A real situation, and what a person would ask in it."""

    id: Key
    title: str
    story: str
    topic: Annotated[str, Names("element")]
    when: ShownCondition | None = None
    asks: tuple[Ask, ...]


@dataclass(frozen=True, kw_only=True)
class InstrumentKind:
    """What a kind of existing policy usually treats, and which questions show whether it is in the way."""

    treats: Elements
    questions: Questions


@dataclass(frozen=True, kw_only=True)
class CatalogPage:
    """A page that the catalog adds, with its frame in the catalog's `pages/`."""

    id: str
    title: str
    summary: str
    audience: Literal["public", "staff", "authors"]
    """The authors write the policy: such a page is on the working site alone."""
    once_adopted: bool = False
    """Whether the published site has it only after the adoption."""
    questions: Questions = ()
    """The questions whose answers its frame shows."""
    offices: Roles = ()
    """The offices that it names, in the order in which its frame uses them."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One thing that a kind of reader reads, and why."""

    page: str
    """A page of the site without its ending, such as `checklists/opening`; pages/book.py checks it."""
    text: str


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A kind of reader, and a path through the site that suits them."""

    id: str
    title: str
    """In the reader's words: “I post for the agency”."""
    summary: str
    audience: Literal["public", "staff", "authors"] = "staff"
    """The authors write the policy, and read the working site."""
    sections: Annotated[tuple[str, ...], Names("section")] = ()
    """The parts of the policy that concern them most."""
    reads: tuple[Reading, ...]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One of the first questions that an agency answers."""

    id: Key
    title: str
    summary: str
    next: str
    findings: bool = False
    """Whether the step shows every finding, not only those of its elements."""


@dataclass(frozen=True, kw_only=True)
class StartQuestion:
    """One of the few questions that lead to a complete draft."""

    asks: Literal["question", "preset", "offices", "adoption"] = "question"
    """A question of the catalog, or what policy.yml says: the preset, the offices that exist, the body that adopts."""
    question: Annotated[str, Names("question")] = ""
    """Its id, if it is a question of the catalog."""
    help: str
    """In the words of a person who has not read the catalog."""
    why: str = ""
    """What follows from it; for a question of the catalog its own reason if this is empty."""


@dataclass(frozen=True, kw_only=True)
class SearchRow:
    """What people type when they look for something that says it in other words."""

    words: tuple[str, ...]
    provisions: Beginnings = ()
    """The clauses whose provisions they look for, by the beginnings of their ids."""
    scenarios: Annotated[tuple[str, ...], Names("scenario")] = ()
    pages: Annotated[tuple[str, ...], Names("page")] = ()
    """Pages without their ending, such as `checklists/incident`."""


@dataclass(frozen=True, kw_only=True)
class SearchWords:
    """The words of the search: which it leaves out, which mean the same, and which belong to what.

    They go into the search index of a site, and no page shows them.
    """

    ignored: tuple[str, ...] = ()
    """Words that say nothing about what somebody looks for."""
    endings: tuple[str, ...] = ()
    """What a word may lose, so that it is found in another form."""
    alike: tuple[tuple[str, ...], ...] = ()
    """Groups of words that people use for one thing."""
    rows: tuple[SearchRow, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the policy, or a separate text, as an ordered list of clause codes."""

    id: str
    title: str
    clauses: tuple[str, ...]
    summary: str = ""
    audience: Literal["", "public", "staff"] = ""


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """A document that the agency issues, such as the policy or its procedures, and who issues and changes it."""

    id: Key
    title: str
    summary: str
    issued_by: str
    changed_by: str
    prefix: str = ""
    """What its numbers begin with, as in “P4.1”."""


@dataclass(frozen=True, kw_only=True)
class Covered:
    """The sentence that takes the place of the provisions that an existing policy covers."""

    title: str
    text: Annotated[tuple[Any, ...], Mark.COVERED_TEXT]


@dataclass(frozen=True, kw_only=True)
class AdoptionForm:
    """A kind of act by which a body adopts a policy."""

    id: Key
    title: str
    style: Literal["resolved", "ordered", "decided"]
    """How the act is written: with recitals and a vote, as an order, or as a decision."""


@dataclass(frozen=True, kw_only=True)
class UsualAdoption:
    """The form and the body that are usual for some agencies."""

    form: Annotated[str, Names("form of adoption")]
    body: str
    """For inside a sentence."""
    when: Condition | None = None


@dataclass(frozen=True, kw_only=True)
class Checklist:
    """A named list of items."""

    id: Key
    title: str
    summary: str


@dataclass(frozen=True)
class Assumption:
    """A value that a preset assumes, and when."""

    question: str
    value: Any
    place: Place
    when: Condition | None = None


@dataclass(frozen=True, kw_only=True)
class Preset:
    """An archetype's assumed answers."""

    id: Given[str]
    title: str
    summary: str
    assumptions: Given[tuple[Assumption, ...]]


@dataclass(frozen=True)
class Migration:
    """What replaced one name, from one version of a catalog to the next."""

    version: str
    """The version of Policywright that introduced it."""
    kind: str
    """question | clause | rule | item | role | element | preset | register"""
    step: str
    """rename | split | values | remove"""
    old: str
    into: Mapping[str, Mapping[str, str | None] | None]
    """New name -> old value -> new value; None for values that stay. Empty if nothing replaces it."""
    place: Place
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """All of `content/<policy>/`, loaded and checked."""

    id: Given[str]
    title: str
    summary: str
    elements: Listed[Mapping[str, Element]]
    steps: Mapping[str, Step] = field(default_factory=dict)
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    instruments: Mapping[str, Instrument] = field(default_factory=dict)
    """In the order in which the site shows them."""
    sections: tuple[Section, ...]
    texts: tuple[Section, ...] = ()
    checklists: Mapping[str, Checklist] = field(default_factory=dict)
    topics: Mapping[str, Topic] = field(default_factory=dict)
    pages: tuple[CatalogPage, ...] = ()
    staff_card: Beginnings = ()
    """The clauses whose staff lines are on the staff card, in order."""
    pivotal: Questions = ()
    """Questions for which the site shows what another answer would change."""
    start: tuple[StartQuestion, ...] = ()
    """The questions of the page that leads to a complete draft, in order; at most START_QUESTIONS."""
    how_to: tuple[str, ...] = ()
    """The pages of `docs/how-to/` that an agency's working site has, in order."""
    readers: tuple[Reader, ...] = ()
    triggers: Mapping[str, str] = field(default_factory=dict)
    """What calls for a review before its date: id -> title."""
    presets: Listed[Mapping[str, Preset]] = field(default_factory=dict)
    scaffold: Mapping[str, Annotated[str, Names("question")]] = field(default_factory=dict)
    """A prompt of the cookiecutter template -> the question it answers."""
    places: PlaceQuestion | None = None
    owner: Annotated[str, Names("question")] = ""
    """The question that says which office owns the policy."""
    letter_paper: Condition | None = None
    """Where agencies print on letter paper; everywhere else they print on A4."""
    languages: Mapping[str, Condition] = field(default_factory=dict)
    """Language of the documents, such as en-GB -> where agencies write it; everywhere else it is en-US."""
    covered: Covered | None = None
    coverage: Annotated[str, Names("question")] = ""
    """The records question that lists the existing policies, or empty."""

    questions: Given[Mapping[str, Question]]
    rules: Given[Mapping[str, Rule]]
    clauses: Given[Mapping[str, Clause]]
    """In the order of the policy."""
    items: Given[Mapping[str, ChecklistItem]]
    sources: Given[Mapping[str, Source]]
    jurisdictions: Given[Mapping[str, Jurisdiction]] = field(default_factory=dict)
    read_pages: Given[Mapping[str, ReadPage]] = field(default_factory=dict)
    """Where the names of laws were read."""
    laws_read_on: Given[str] = ""
    roles: Given[Mapping[str, Role]]
    responsibilities: Given[tuple[Responsibility, ...]]
    separate: Given[tuple[Separation, ...]]
    scenarios: Given[Mapping[str, Scenario]]
    search: Given[SearchWords] = field(default_factory=SearchWords)
    kinds: Given[Mapping[str, InstrumentKind]]
    forms: Given[Mapping[str, AdoptionForm]] = field(default_factory=dict)
    usual: Given[tuple[UsualAdoption, ...]] = ()
    frames: Given[Mapping[str, str]]
    """Name of a page frame -> its text."""
    guidance: Given[Mapping[str, str]]
    """Element or topic -> its guidance page in Markdown."""
    how_tos: Given[Mapping[str, str]] = field(default_factory=dict)
    """Name of a how-to -> its page in Markdown, in the order of `how_to`."""
    migrations: Given[tuple[Migration, ...]]
    """In the order in which they are applied to an older repository."""
