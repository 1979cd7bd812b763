"""What the pages show on which offices answer in a browser: a form by office, one of everything, and the start."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from policywright import __version__
from policywright.agency.answers import own_value
from policywright.agency.locks import allowed
from policywright.model.agency import ANSWERS_FORMAT, Answer, AnswerLock
from policywright.model.catalog import (
    MANY_CHOICES,
    Catalog,
    CatalogPage,
    Choice,
    Column,
    Element,
    Preset,
    Question,
    Role,
    StartQuestion,
)
from policywright.model.draft import Provision
from policywright.model.findings import Place
from policywright.pages.form_data import form_data, start_data
from policywright.pages.views.adoption import usual_adoption
from policywright.pages.views.how_to import HowTo, how_tos
from policywright.pages.views.overview import sheet_of
from policywright.pages.views.site import AgencySite, View

PUT_SHOWN = 3
"""How many provisions that rest on an answer are quoted with its question."""
WORDS_A_MINUTE = 200
SECONDS = {"choice": 12, "yes_no": 8, "choices": 25, "text": 30, "list": 45, "number": 15, "date": 15, "records": 180}
"""How long it takes to answer a question of each type after it has been read."""
ASKED_AS = {"preset": "choices", "offices": "choices", "adoption": "text"}
"""The types of the first questions that are not in the catalog."""


@dataclass(frozen=True)
class Option:
    """One choice of a question in a form."""

    choice: Choice
    chosen: bool
    """Whether it is the answer in force, which is marked when the page opens."""


@dataclass(frozen=True)
class Put:
    """What a provision of the draft says because of an answer."""

    provision: Provision
    words: Markup
    """Its first sentence, as HTML."""


@dataclass(frozen=True)
class Cell:
    """One entry of a row of a register."""

    key: str
    column: Column
    lines: tuple[str, ...]
    """What it says, if it is not choices; only a list has several."""
    chosen: tuple[str, ...]
    """For choices."""


@dataclass(frozen=True)
class AskedQuestion:
    """A question in a form, with the answer in force."""

    question: Question
    answer: Answer
    options: tuple[Option, ...]
    lines: tuple[str, ...]
    """The answer in force to a question without choices; only a list has several."""
    rows: tuple[tuple[Cell, ...], ...]
    """The rows of a register."""
    empty: tuple[Cell, ...]
    """A row of the register without entries; nothing for any other question."""
    puts: tuple[Put, ...]
    """What the answer in force puts into the policy."""
    others: tuple[str, ...]
    """The offices that are heard on it too."""
    locks: tuple[tuple[AnswerLock, str], ...]
    """The locks on it, each with what it allows in words."""

    @property
    def long(self) -> bool:
        """Whether there are so many choices that they need narrow columns."""
        return len(self.options) > MANY_CHOICES

    @property
    def given(self) -> Any:
        """The agency's own value; None if its file has none, whatever a preset or a base assumes."""
        return own_value(self.answer)


@dataclass(frozen=True)
class AnswerGroup:
    """The questions of one element in one part of a form."""

    id: str
    """The anchor of the group."""
    element: Element
    questions: tuple[AskedQuestion, ...]

    @property
    def assumed(self) -> int:
        """The number of answers that nobody of the agency has given or agreed to."""
        arising = (one for one in self.questions if one.answer.asked is not False)
        return sum(one.given is None and one.answer.value is not None for one in arising)

    @property
    def asked(self) -> int:
        """The number of questions that arise with the current answers."""
        return sum(one.answer.asked is not False for one in self.questions)


@dataclass(frozen=True)
class AnswerPart:
    """One part of a form: the facts, the choices, those that are answered one at a time, and the optional ones."""

    id: str
    """facts | choices | single | optional"""
    groups: tuple[AnswerGroup, ...]

    @property
    def asked(self) -> int:
        """The number of questions that arise with the current answers."""
        return sum(group.asked for group in self.groups)


@dataclass(frozen=True)
class AnswerView(View):
    """The form in which one office answers, or one person everything."""

    frame = "answer"
    wide = True
    searched = False
    office: str
    """The role that answers; empty on the page of everything."""
    count: int
    """The number of essential questions that are asked."""
    more: int
    """The number of optional ones."""
    minutes: int
    parts: tuple[AnswerPart, ...]
    how_tos: tuple[HowTo, ...]
    facts: Markup
    """What the script needs, as JSON."""


def office_form_view(site: AgencySite, role: Role) -> AnswerView:
    """Show the form of an office."""
    return _form(site, role.id)


def whole_form_view(site: AgencySite, _: object) -> AnswerView:
    """Show the form with every question."""
    return _form(site, "")


def answers_something(site: AgencySite, role: Role) -> bool:
    """Return whether an office is the first that is asked a question which is asked, or may be."""
    return any(answer.asked is not False for answer in _owned(site, role.id))


def _owned(site: AgencySite, office: str) -> list[Answer]:
    answers = site.answers.values()
    return [answer for answer in answers if office in ("", answer.owner)]


def _form(site: AgencySite, office: str) -> AnswerView:
    shown = [answer for answer in _owned(site, office) if site.possible(answer.question.when)]
    essential = [one for one in shown if one.question.tier == "essential" and one.asked is not False]
    optional = [one for one in shown if one.question.tier == "optional" and one.asked is not False]
    return AnswerView(
        office=office,
        count=len(essential),
        more=len(optional),
        minutes=minutes_for([answer.question for answer in essential]),
        parts=tuple(_parts(shown, site)),
        how_tos=how_tos(site.catalog),
        facts=form_facts(site, office, shown),
    )


def minutes_for(questions: Iterable[Question]) -> int:
    """Return how many minutes it takes to answer questions, rounded up.

    The words of a question, its reason, its labels and its notes are read at 200 a minute. Then come the seconds of
    its type (SECONDS): 8 to 12 for one choice, 25 for several, 15 to 45 for what is typed, and 180 for a register.
    """
    asked = list(questions)
    reading = sum(_words(question) for question in asked) / WORDS_A_MINUTE
    return math.ceil(reading + sum(SECONDS[question.type] for question in asked) / 60)


def _words(question: Question) -> int:
    choices = [f"{choice.label} {choice.note}" for choice in question.choices.values()]
    columns = [column.help for column in question.columns.values()]
    return len(" ".join([question.help, question.why, question.found_in, *choices, *columns]).split())


def part_of_form(question: Question, catalog: Catalog) -> str:
    """Return the part of a form that holds a question."""
    if question.kind == "fact":
        return "facts" if question.tier == "essential" else "optional"
    if question.tier == "optional":
        return "optional"
    return "single" if catalog.roles[question.owner].one_by_one else "choices"


def _parts(answers: Sequence[Answer], site: AgencySite) -> Iterable[AnswerPart]:
    for part in ("facts", "choices", "single", "optional"):
        held = [answer for answer in answers if part_of_form(answer.question, site.catalog) == part]
        groups = (_group(part, element, held, site) for element in site.catalog.elements.values())
        filled = tuple(group for group in groups if group.questions)
        if filled:
            yield AnswerPart(part, filled)


def _group(part: str, element: Element, answers: Sequence[Answer], site: AgencySite) -> AnswerGroup:
    own = [answer for answer in answers if answer.question.element == element.id]
    return AnswerGroup(f"{part}-{element.id}", element, tuple(_asked(answer, site) for answer in own))


def _asked(answer: Answer, site: AgencySite) -> AskedQuestion:
    question, value = answer.question, answer.value
    taken = value if isinstance(value, list) else [value]
    records = question.type == "records"
    return AskedQuestion(
        question,
        answer,
        options=tuple(
            Option(choice, choice.value in taken)
            for choice in question.choices.values()
            if choice.value in taken or site.possible(choice.when)
        ),
        lines=() if records or question.choices else _lines(value),
        rows=tuple(_cells(question, row) for row in value or ()) if records else (),
        empty=_cells(question, {}),
        puts=tuple(_puts(question, site)) if value is not None and answer.asked is not False else (),
        others=question.asked_of[1:],
        locks=tuple((lock, allowed(lock, question)) for lock in site.draft.locks if lock.question == question.id),
    )


def _cells(question: Question, row: Mapping[str, Any]) -> tuple[Cell, ...]:
    return tuple(_cell(key, column, row.get(key)) for key, column in question.columns.items())


def _cell(key: str, column: Column, value: Any) -> Cell:
    many = column.type == "choices"
    return Cell(key, column, () if many else _lines(value), tuple(value or ()) if many else ())


def _lines(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else () if value is None else (str(value),)


def _puts(question: Question, site: AgencySite) -> Iterable[Put]:
    resting = [provision for provision in site.policy.provisions if question.id in provision.questions]
    for provision in [one for one in resting if one.clause.part == "policy"][:PUT_SHOWN]:
        yield Put(provision, _first_sentence(provision.text))


_MARKS = re.compile(r"\*\*|__|`|\[\^[^\]]*\]|\[([^\]]*)\]\([^)]*\)")


def _first_sentence(text: str) -> Markup:
    """Return the first line of a provision, which is a sentence, without its Markdown."""
    line = next((line for line in text.split("\n") if line.strip()), "")
    return Markup(_MARKS.sub(r"\1", line))  # noqa: S704 - escaped when it was filled


@dataclass(frozen=True)
class NextStep:
    """What to do next, and how long it takes."""

    page: str
    """The uri of the form."""
    office: str
    """The role that answers; empty for the first questions."""
    count: int
    minutes: int


def next_step(site: AgencySite) -> NextStep | None:
    """Return what to do next: the first questions, or else those of the first office that has something to answer."""
    items = start_items(site)
    if items and not _begun(site):
        return NextStep("answer/start.md", "", len(items), _start_minutes(items))
    roles = site.catalog.roles.values()
    waiting = ((role.id, [answer.question for answer in sheet_of(role, site.draft).waiting]) for role in roles)
    office, questions = next(((role, questions) for role, questions in waiting if questions), ("", []))
    return NextStep(f"answer/{office}.md", office, len(questions), minutes_for(questions)) if questions else None


def _begun(site: AgencySite) -> bool:
    """Return whether somebody has answered anything since the repository was scaffolded."""
    scaffold = {*site.catalog.scaffold.values()}
    return any(answer.origin == "agency" and name not in scaffold for name, answer in site.answers.items())


@dataclass(frozen=True)
class StartItem:
    """One of the first questions: of the catalog, or for the preset, the offices or the body that adopts."""

    row: StartQuestion
    asked: AskedQuestion | None
    """The question of the catalog; only an answer of the agency is marked."""
    presets: tuple[Preset, ...]
    offices: tuple[Role, ...]
    """The offices whose duties another one can take."""
    usual: str = ""
    """The body that adopts where the answer is left out."""

    @property
    def why(self) -> str:
        """Why it is asked."""
        return self.row.why or (self.asked.question.why if self.asked else "")


@dataclass(frozen=True)
class StartView(View):
    """The few questions that lead to a complete draft."""

    frame = "start"
    wide = True
    searched = False
    items: tuple[StartItem, ...]
    minutes: int
    preset: str
    missing: frozenset[str]
    """The roles that do not exist here."""
    body: str
    """The body that adopts, as policy.yml says; empty for the usual one."""
    open_facts: int
    """The facts that somebody must look up afterwards."""
    packet: tuple[CatalogPage, ...]
    """The pages that go to the body that adopts."""
    how_tos: tuple[HowTo, ...]
    facts: Markup
    """What the script needs, as JSON."""


def start_view(site: AgencySite, _: object) -> StartView:
    """Show the first questions."""
    items = start_items(site)
    pages = (page for page in site.catalog.pages if page.audience == "authors" or page.once_adopted)
    facts = [one for one in site.answers.values() if one.question.kind == "fact" and one.question.tier == "essential"]
    return StartView(
        items,
        minutes=_start_minutes(items),
        preset=site.document.preset,
        missing=site.document.missing,
        body=site.document.adoption.body,
        open_facts=sum(one.open and not one.unknown for one in facts),
        packet=tuple(page for page in pages if f"{page.id}.md" in site.titles),
        how_tos=how_tos(site.catalog),
        facts=_start_facts(items, site),
    )


def start_items(site: AgencySite) -> tuple[StartItem, ...]:
    """Return the first questions that can concern the agency."""
    questions = site.catalog.questions
    rows = (row for row in site.catalog.start if not row.question or site.possible(questions[row.question].when))
    return tuple(_start_item(row, site) for row in rows)


def _start_item(row: StartQuestion, site: AgencySite) -> StartItem:
    asked = _asked(_given_alone(site.answers[row.question]), site) if row.question else None
    presets = tuple(site.catalog.presets.values()) if row.asks == "preset" else ()
    offices = tuple(_replaceable(site.catalog)) if row.asks == "offices" else ()
    usual = usual_adoption(site.draft) if row.asks == "adoption" else None
    return StartItem(row, asked, presets, offices, usual.body if usual else "")


def _given_alone(answer: Answer) -> Answer:
    """Return an answer without what only a preset or a base says: the preset may be another one in a moment."""
    return answer if answer.origin == "agency" else replace(answer, value=None, origin="unanswered", asked=True)


def _replaceable(catalog: Catalog) -> Iterable[Role]:
    asked = {question.owner for question in catalog.questions.values()}
    return (role for role in catalog.roles.values() if role.stand_in and role.id in asked)


def _start_minutes(items: Sequence[StartItem]) -> int:
    """Return how many minutes the first questions take, counted as in `minutes_for`, without the notes of choices."""
    said = [f"{item.row.help} {item.why}" for item in items]
    said += [choice.label for item in items if item.asked for choice in item.asked.question.choices.values()]
    said += [f"{preset.title} {preset.summary}" for item in items for preset in item.presets]
    said += [role.title for item in items for role in item.offices]
    types = (item.asked.question.type if item.asked else ASKED_AS[item.row.asks] for item in items)
    seconds = sum(SECONDS[one] for one in types)
    return math.ceil(len(" ".join(said).split()) / WORDS_A_MINUTE + seconds / 60)


def _start_facts(items: Sequence[StartItem], site: AgencySite) -> Markup:
    answers = [item.asked.answer for item in items if item.asked]
    # The questions are said in other words here than in the catalog, so the rules keep theirs.
    return _script_facts(site, "", answers, start_data(site.draft, [answer.question.id for answer in answers]))


def form_facts(site: AgencySite, office: str, answers: Sequence[Answer]) -> Markup:
    """Return what the script of a form needs: each question's value and file, and what the rules need."""
    shown = [answer.question.id for answer in answers]
    rules = _shorter(_rules(site, office, shown), {*shown}, quoted=bool(office))
    return _script_facts(site, office, answers, rules)


def _script_facts(site: AgencySite, office: str, answers: Sequence[Answer], rules: Mapping[str, Any]) -> Markup:
    owners = {name: site.catalog.questions[name].owner for name in rules["questions"]}
    return script_json(
        {
            **answers_head(site, office),
            "questions": {answer.question.id: _facts_of(answer, site.catalog) for answer in answers},
            "edit": _edits(answers, site),
            "rules": rules,
            "owners": owners,
            "offices": {role: site.office(role) for role in sorted({*owners.values()})},
        }
    )


def answers_head(site: AgencySite, office: str) -> dict[str, Any]:
    """Return how an answers file begins."""
    return {
        "format": ANSWERS_FORMAT,
        "catalog": site.catalog.id,
        "version": __version__,
        "agency": site.document.short_name,
        "office": office,
    }


def _rules(site: AgencySite, office: str, shown: Sequence[str]) -> dict[str, Any]:
    # What the agency is decides which law applies. A form that let it change would need every text of the catalog.
    fixed = {*site.catalog.scaffold.values()}
    free = [name for name in shown if name not in fixed]
    return form_data(site.draft, office, questions=free, procedures=False, possible=site.in_forms)


def _shorter(rules: dict[str, Any], shown: Collection[str], *, quoted: bool) -> dict[str, Any]:
    """Leave out what the script can read in the form, and what it does not show: see MOST_BYTES in the tests.

    The form of everything quotes only what depends on an answer, and names the other provisions by their titles.
    """
    policy = (clause for clause in rules["clauses"] if clause.get("part", "policy") == "policy")
    clauses = [{**clause, "body": _shown_of(clause["body"], rules["questions"], quoted=quoted)} for clause in policy]
    texts = [*(one["body"] for one in clauses), *(one[key] for one in rules["rules"] for key in ("message", "fix"))]
    said = {part[1] for text in texts for part in text if not isinstance(part, str)}
    questions = {
        name: _shortened(one, said=name in said) if name in shown else one for name, one in rules["questions"].items()
    }
    place = f"{(rules['laws'] or {}).get('question')}."
    laws = rules["laws"] if any(name.startswith(place) for name in said) else None
    return {**rules, "questions": questions, "clauses": clauses, "laws": laws}


def _shown_of(body: Sequence[Any], questions: Collection[str], *, quoted: bool) -> list[Any]:
    """Return a clause's first sentence, or nothing, if no answer is in the rest; the form quotes no more than that."""
    # Whether a text between offices is left out depends on all of it.
    if any(not isinstance(part, str) and (part[0] == "open" or part[1] in questions) for part in body):
        return list(body)
    if not quoted:
        return []
    end = next((at for at, part in enumerate(body) if isinstance(part, str) and "\n" in part.lstrip("\n")), None)
    return list(body) if end is None else [*body[:end], body[end].lstrip("\n").partition("\n")[0]]


def _shortened(question: dict[str, Any], *, said: bool) -> dict[str, Any]:
    """Leave out the words that the form has, and those that no text says."""
    choices = {value: ["", *words[1:]] if said else [""] for value, words in question.get("choices", {}).items()}
    shorter = {key: value for key, value in question.items() if key != "help"}
    return {**shorter, "choices": choices} if choices else shorter


def _facts_of(answer: Answer, catalog: Catalog) -> dict[str, Any]:
    question = answer.question
    # In a list of choices the order may matter, and boxes have none.
    order = {"order": list(answer.value)} if question.type == "choices" and answer.value else {}
    kinds = {"essential": question.tier == "essential", "fact": question.kind == "fact"}
    return {
        **order,
        "was": own_value(answer),
        "part": part_of_form(question, catalog),
        "type": question.type,
        "file": question.file,
        **{kind: True for kind, holds in kinds.items() if holds},
    }


def _edits(answers: Sequence[Answer], site: AgencySite) -> dict[str, str]:
    """Return the address at which each file can be edited on the forge, if the agency has one."""
    files = dict.fromkeys(answer.question.file for answer in answers)
    edit = site.document.edit
    return {file: edit.format(file=quote(file), line=Place(file).line) for file in files} if edit else {}


_MARKS_OF_HTML = {
    sign: "".join(f"\\u{ord(letter):04x}" for letter in sign) for sign in ("<", ">", "&", "{{", "{%", "{#")
}
"""What only texts can contain, as JSON has no such marks: each as an escape, which reads the same."""


def script_json(facts: Any) -> Markup:
    """Write facts as JSON for the inside of a script element in a page of Markdown."""
    # Neither a browser may find the end of the script in a text, nor a check of pages an unfilled template.
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    for sign, escape in _MARKS_OF_HTML.items():
        text = text.replace(sign, escape)
    return Markup(text)  # noqa: S704 - escaped above
