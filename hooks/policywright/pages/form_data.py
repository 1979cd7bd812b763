"""What the script of a form knows: questions, conditions, rules and texts as JSON, for `pages/assets/rules.js`."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from policywright import __version__
from policywright.agency.answers import given_rows, own_value
from policywright.agency.offices import stand_in
from policywright.agency.places import law_name
from policywright.agency.policy_file import facts
from policywright.drafting.assembly import POLICY, with_overrides
from policywright.language.between import has_brackets, plain_name
from policywright.language.conditions import may_hold, questions_in
from policywright.language.texts import AND, NOTHING, TO_BE_DECIDED, clause_questions, questions_shown
from policywright.model.catalog import (
    UNKNOWN,
    Assumption,
    Catalog,
    Choice,
    Clause,
    Column,
    Jurisdiction,
    LawSubject,
    Role,
    Rule,
    Section,
)
from policywright.model.draft import Draft
from policywright.model.fields import Condition, Text

FORMAT = "policywright form 1"

Data = dict[str, Any]
"""JSON-able, and with the same keys in the same order for the same draft."""


_CONDITIONS = 10_000
"""How many conditions are remembered at most; a catalog has about three thousand, with their parts."""


def asked_of(draft: Draft, office: str = "") -> tuple[str, ...]:
    """Return the ids of the questions for an office, or for all of them, that can concern this agency.

    An office that is only consulted about a question has it too.
    """
    questions = draft.catalog.questions.values()
    mine = [question for question in questions if not office or office in question.asked_of]
    given = _given(draft)
    return tuple(question.id for question in mine if may_hold(question.when, given))


def form_data(
    draft: Draft,
    office: str = "",
    *,
    questions: Collection[str] | None = None,
    procedures: bool = True,
    possible: Possible | None = None,
) -> Data:
    """Return what the form of an office needs to judge its answers; without an office, the form of everything.

    `questions` are those that the form shows, if they are others than the office's.
    Without `procedures` the data has no texts of procedures, only their titles and numbers.
    What can never concern this agency is left out, given the answers that the scaffold asked for. They are listed under
    `fixed`: where one of them is changed, the rest of the data does not follow, until the site is built again.
    If `questions` names any of them, nothing is left out.
    `possible` is what several forms of a draft share.
    """
    shown = asked_of(draft, office) if questions is None else tuple(questions)
    scaffold = frozenset(draft.catalog.scaffold.values())
    open_ones = Possible(draft, {}) if questions is not None and scaffold & {*shown} else possible
    return _Form(shown, open_ones or possible_in(draft), procedures).data() | {"office": office}


def start_data(draft: Draft, questions: Collection[str]) -> Data:
    """Return what the first page needs to judge its answers: the rules alone, for each preset and any offices.

    `under` of `pages/assets/rules.js` makes it the data of one preset and of the offices that exist. The page may
    change what the agency is, so only what it does not ask is left out.
    """
    fixed = {name: value for name, value in _given(draft).items() if name not in questions}
    return _Start(tuple(questions), Possible(draft, fixed), procedures=False).data()


def possible_in(draft: Draft) -> Possible:
    """Return what can concern an agency, given the answers that the scaffold asked for."""
    return Possible(draft, _given(draft))


def _given(draft: Draft) -> dict[str, Any]:
    """Return the answers that say what the agency is."""
    answers = [draft.answers[name] for name in draft.catalog.scaffold.values()]
    return {answer.question.id: answer.value for answer in answers if answer.answered and answer.origin == "agency"}


@dataclass(frozen=True)
class Possible:
    """What can concern an agency, given a few answers; the same for all forms of a site, and costly to find."""

    draft: Draft
    fixed: Mapping[str, Any]

    @cached_property
    def rules(self) -> tuple[tuple[Rule, frozenset[str]], ...]:
        """Each rule that may fire, with the questions that its condition names."""
        rules = [rule for rule in self.draft.catalog.rules.values() if may_hold(rule.when, self.fixed)]
        return tuple((rule, frozenset(questions_in(rule.when))) for rule in rules)

    @cached_property
    def clauses(self) -> dict[str, Clause]:
        """The clauses of the catalog and of the agency, in the order of the policy."""
        return with_overrides(self.draft.catalog, {clause.id: clause for clause in self.draft.overrides})

    @cached_property
    def clauses_by_question(self) -> tuple[tuple[Clause, frozenset[str]], ...]:
        """Each clause that may be in the policy, with the questions that it depends on, in the order of the policy."""
        catalog = self.draft.catalog
        clauses = [clause for clause in self.clauses.values() if may_hold(clause.when, self.fixed)]
        return tuple((clause, frozenset(clause_questions(clause, catalog))) for clause in clauses)

    @cached_property
    def places(self) -> dict[str, int]:
        """Id of a clause -> its place in the order of the policy."""
        return {name: place for place, name in enumerate(self.clauses)}

    @cached_property
    def sections(self) -> dict[str, int]:
        """Code of a clause -> the number of its section."""
        sections = reversed([*enumerate(self.draft.catalog.sections)])
        return {code: number for number, section in sections for code in section.clauses}


@dataclass(frozen=True)
class _Form:
    """The data of one form, and what it is made from."""

    shown: tuple[str, ...]
    possible: Possible
    procedures: bool

    @property
    def draft(self) -> Draft:
        return self.possible.draft

    @property
    def fixed(self) -> Mapping[str, Any]:
        return self.possible.fixed

    @property
    def catalog(self) -> Catalog:
        return self.draft.catalog

    def data(self) -> Data:
        parts = [part for text in self.texts for part in text if isinstance(part, tuple)]
        return {
            "format": FORMAT,
            "catalog": self.catalog.id,
            "version": __version__,
            "agency": self.draft.document.short_name,
            "office": "",
            "fixed": [name for name in self.fixed if name in self.needed],
            "shown": list(self.shown),
            "words": {"open": TO_BE_DECIDED, "none": NOTHING, "and": AND, "unknown": UNKNOWN},
            "labels": self.labels(parts),
            "facts": self.facts(),
            "offices": {role.id: self.names(role) for role in self.catalog.roles.values()},
            "parts": self.parts(),
            "named": self.named(),
            "questions": {name: self.question(name) for name in self.needed},
            "assumed": self.assumed(self.assumptions),
            "rules": [self.rule(rule) for rule in self.rules],
            "clauses": [self.clause(clause) for clause in self.clauses],
            "sections": [self.is_fixed(section) for section in self.catalog.sections],
            "prefixes": {name: one.prefix for name, one in self.catalog.instruments.items() if one.prefix},
            "owner": self.owner(),
            "laws": self.laws(),
            "covered": self.covered(),
        }

    @cached_property
    def assumptions(self) -> tuple[Assumption, ...]:
        return self.assumptions_of(self.draft.document.preset)

    def assumptions_of(self, name: str) -> tuple[Assumption, ...]:
        """Return what a preset may assume for this agency."""
        preset = self.catalog.presets.get(name)
        return tuple(one for one in preset.assumptions if may_hold(one.when, self.fixed)) if preset else ()

    def assumed(self, assumptions: Iterable[Assumption]) -> list[Data]:
        return [
            {"question": one.question, "value": one.value, "when": _tree(one.when)}
            for one in assumptions
            if one.question in self.needed
        ]

    @cached_property
    def affected(self) -> frozenset[str]:
        """The shown questions, and those that are asked or assumed depending on them."""
        asked = [(question.id, question.when) for question in self.catalog.questions.values()]
        assumed = [(one.question, one.when) for one in self.assumptions]
        follows = [(name, {*questions_in(when)}) for name, when in (*asked, *assumed) if when]
        affected = {*self.shown}
        while more := {name for name, named in follows if name not in affected and affected & named}:
            affected |= more
        return frozenset(affected)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(rule for rule, named in self.possible.rules if not self.affected.isdisjoint(named))

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """The clauses whose condition, text or place depends on an affected question, in the order of the policy."""
        return tuple(
            clause
            for clause, named in self.possible.clauses_by_question
            if not self.affected.isdisjoint(named) or self.may_be_left_out(clause)
        )

    def may_be_left_out(self, clause: Clause) -> bool:
        """Whether an existing policy, or another name of an office, may decide that a clause is left out."""
        return self.is_covered(clause) or (self.renames and has_brackets(clause.body))

    @cached_property
    def renames(self) -> bool:
        """Whether an answer may change what offices are called: then two of them may become one, or one two."""
        whens = [one.when for role in self.catalog.roles.values() for one in role.elsewhere]
        open_ones = [when for when in whens if may_hold(when, self.fixed) and may_hold(("not", when), self.fixed)]
        return not self.affected.isdisjoint(_questions_of(open_ones))

    def is_covered(self, clause: Clause) -> bool:
        """Whether an existing policy takes the place of a clause, or could do so after another answer."""
        listed = self.catalog.coverage in self.affected
        covered = listed or any(one.replaces(clause.element) for one in self.draft.existing_policies)
        return covered and self.may_be_covered(clause)

    def may_be_covered(self, clause: Clause) -> bool:
        """Whether an existing policy may take the place of a clause: not of what the agency wrote itself."""
        element = self.catalog.elements.get(clause.element)
        own = self.catalog.clauses.get(clause.id) is not clause
        return bool(self.catalog.covered and element and element.reusable) and not clause.stays and not own

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        return (*(text for rule in self.rules for text in (rule.message, rule.fix)), *map(self.body, self.clauses))

    def body(self, clause: Clause) -> Text:
        """Return the text of a clause; whether a text with brackets is left out depends on its words."""
        left_out = clause.part != POLICY and not self.procedures and not has_brackets(clause.body)
        return () if left_out else clause.body

    @cached_property
    def needed(self) -> tuple[str, ...]:
        """The ids of the questions that any of this needs, in the catalog's order."""
        questions = self.catalog.questions
        needed = {*self.shown, self.catalog.coverage, self.catalog.owner} & {*questions}
        needed |= {name for text in self.texts for name in questions_shown(text, questions)}
        needed |= _questions_of(self.conditions)
        if self.place_question in needed:
            needed |= {self.checked_question} & {*questions}
        while more := self.behind(needed) - needed:
            needed |= more
        return tuple(name for name in questions if name in needed)

    @property
    def conditions(self) -> tuple[Condition | None, ...]:
        """The conditions of what is in the data, without those of questions and assumptions."""
        names = [one.when for role in self.catalog.roles.values() for one in role.elsewhere]
        places = [place.when for place in self.places_of_law]
        return (*(rule.when for rule in self.rules), *(clause.when for clause in self.clauses), *names, *places)

    @property
    def place_question(self) -> str:
        """The question that asks for the state, nation or province, or nothing."""
        return self.catalog.places.question if self.catalog.places else ""

    @property
    def checked_question(self) -> str:
        """The question whether counsel has checked the names of laws, or nothing."""
        return self.catalog.places.checked if self.catalog.places else ""

    @cached_property
    def subjects(self) -> tuple[LawSubject, ...]:
        """The subjects of laws that a text shows."""
        known = self.catalog.places.laws.values() if self.catalog.places else ()
        named = {part[1] for text in self.texts for part in text if isinstance(part, tuple)}
        return tuple(one for one in known if f"{self.place_question}.{one.id}" in named)

    @cached_property
    def places_of_law(self) -> tuple[Jurisdiction, ...]:
        """The jurisdictions in which the agency can be, if a text shows a law."""
        known = self.catalog.jurisdictions.values() if self.subjects else ()
        return tuple(place for place in known if may_hold(place.when, self.fixed))

    def behind(self, names: Collection[str]) -> set[str]:
        """Return the questions that decide whether these are asked, and what is assumed for them."""
        asked = [self.catalog.questions[name].when for name in names]
        choices = [one.when for name in names for one in self.catalog.questions[name].choices.values()]
        assumed = [one.when for one in self.assumptions if one.question in names]
        return _questions_of([*asked, *choices, *assumed])

    def named(self) -> Data:
        asked = [self.catalog.questions[name].when for name in self.needed]
        choices = [one.when for name in self.needed for one in self.catalog.questions[name].choices.values()]
        whens = [*self.conditions, *asked, *choices, *(one.when for one in self.assumptions)]
        return dict(sorted({name: _tree(tree) for when in whens if when for name, tree in _named(when)}.items()))

    def question(self, name: str) -> Data:
        question, answer = self.catalog.questions[name], self.draft.answers[name]
        said = {
            "type": question.type,
            "help": question.help,
            "when": _tree(question.when),
            "choices": {value: _words(choice) for value, choice in question.choices.items()},
            "possible": {value: _tree(choice.when) for value, choice in question.choices.items() if choice.when},
            "columns": {key: _column(column) for key, column in question.columns.items()},
            "unknown": question.may_be_unknown,
            "own": own_value(answer),
            "base": given_rows(answer.based),
        }
        return {key: value for key, value in said.items() if value not in (None, {}, False)}

    def rule(self, rule: Rule) -> Data:
        return {
            "code": rule.code,
            "severity": rule.severity,
            "when": _tree(rule.when),
            "message": list(rule.message),
            "fix": list(rule.fix),
        }

    def clause(self, clause: Clause) -> Data:
        section = self.possible.sections.get(clause.code)
        said = {
            "id": clause.id,
            "title": clause.title,
            "when": _tree(clause.when),
            "part": clause.part,
            "section": section,
            "after": None if section is None else self.fixed_before(clause, section),
            "covers": [clause.element, clause.code] if self.may_be_covered(clause) else None,
            "body": list(self.body(clause)),
        }
        return {key: value for key, value in said.items() if value is not None}

    @cached_property
    def standing(self) -> tuple[Clause, ...]:
        """The clauses that are in the policy whatever is answered here, in order."""
        here = {provision.clause.id for provision in self.draft.policy.everything} - {one.id for one in self.clauses}
        return tuple(clause for clause in self.possible.clauses.values() if clause.id in here)

    def is_fixed(self, section: Section) -> bool:
        """Whether a section is in the policy whatever is answered here."""
        return any(clause.code in section.clauses for clause in self.standing)

    def fixed_before(self, clause: Clause, section: int) -> int:
        """Return how many of these clauses come before a clause in its section and part."""
        return bisect_left(self.fixed_places[section, clause.part], self.possible.places[clause.id])

    @cached_property
    def fixed_places(self) -> Mapping[tuple[int | None, str], list[int]]:
        """Section and part -> the places of the clauses there that are in the policy whatever is answered here."""
        found: dict[tuple[int | None, str], list[int]] = defaultdict(list)
        for clause in self.standing:
            found[self.possible.sections.get(clause.code), clause.part].append(self.possible.places[clause.id])
        return found

    def laws(self) -> Data | None:
        """Return what texts call laws: where no place is known, and in each place, unchecked and checked by counsel."""
        if not self.subjects:
            return None
        return {
            "question": self.place_question,
            "checked": self.checked_question,
            "subjects": {one.id: one.text for one in self.subjects},
            "places": {place.id: [_tree(place.when), *self.names_of_laws(place)] for place in self.places_of_law},
        }

    def names_of_laws(self, place: Jurisdiction) -> list[Data]:
        """Return the names of laws in a place, those that are unchecked first."""
        return [{one.id: law_name(one, place, checked=checked) for one in self.subjects} for checked in (False, True)]

    def covered(self) -> Data | None:
        covered = self.catalog.covered
        if covered is None:
            return None
        subjects = {name: one.title.lower() for name, one in self.catalog.elements.items() if one.reusable}
        return {"register": self.catalog.coverage, "title": covered.title, "text": covered.text, "subjects": subjects}

    def labels(self, parts: Iterable[tuple[Any, ...]]) -> Data:
        """Return the labels of values that texts quote, for those that no question of a finding has."""
        quoted = sorted({part[1] for part in parts if part[0] == "value"})
        questions = self.catalog.questions.values()
        found = {
            value: next((one.choices[value].label for one in questions if value in one.choices), "") for value in quoted
        }
        return {value: label for value, label in found.items() if label}

    def facts(self) -> Data:
        document = self.draft.document
        all_of_them = facts(replace(document, owner=document.said_owner), self.catalog)
        return {name: words for name, words in all_of_them.items() if not name.startswith("office.")}

    def names(self, role: Role) -> list[Any]:
        """Return what an office is called here: [condition, name, name for comparing], the first that holds."""
        document = self.draft.document
        role = self.catalog.roles[stand_in(role.id, self.catalog.roles, document.missing) or role.id]
        return self.own_names(role, document.offices.get(role.id, ""))

    def own_names(self, role: Role, said: str) -> list[Any]:
        """Return what an office is called that policy.yml calls so, or else by its local names."""
        if said:
            return [[None, said, plain_name(said)]]
        local = [(one.when, one.name) for one in role.elsewhere if may_hold(one.when, self.fixed)]
        return [[_tree(when), name, plain_name(name)] for when, name in (*local, (None, role.general or role.name))]

    def owner(self) -> Data | None:
        """Return which office owns the policy for each answer that names one."""
        question = self.catalog.questions.get(self.catalog.owner)
        if question is None:
            return None
        roles = {value: choice.role for value, choice in question.choices.items() if choice.role}
        return {"question": question.id, "offices": roles, "plain": plain_name(self.draft.document.said_owner)}

    def parts(self) -> Data:
        """Return the answers that name an office that does not exist, each with the one that answers for it."""
        missing, roles = self.draft.document.missing, self.catalog.roles
        found = {}
        for name in self.needed if missing else ():
            known = {one.role: one.value for one in self.catalog.questions[name].choices.values() if one.role}
            found[name] = [[value, known.get(stand_in(role, roles, missing))] for role, value in known.items()]
        return {name: pairs for name, pairs in found.items() if pairs}


class _Start(_Form):
    """The data of the first page: any preset may be chosen, and any office may turn out not to exist."""

    @cached_property
    def assumptions(self) -> tuple[Assumption, ...]:
        return tuple(one for preset in self.catalog.presets for one in self.assumptions_of(preset))

    @cached_property
    def affected(self) -> frozenset[str]:
        return frozenset(self.catalog.questions)

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        return ()

    @property
    def conditions(self) -> tuple[Condition | None, ...]:
        return (*super().conditions, *(row.when for row in self.catalog.usual))

    def data(self) -> Data:
        document, roles = self.draft.document, self.catalog.roles
        return super().data() | {
            "assumed": [],
            "presets": {name: self.assumed(self.assumptions_of(name)) for name in self.catalog.presets},
            "preset": document.preset,
            "missing": sorted(document.missing),
            "stand_ins": {role.id: role.stand_in for role in roles.values() if role.stand_in},
            "duties": {name: duties for name in self.needed if (duties := self.duties(name))},
            "usual": [[_tree(row.when), row.body] for row in self.catalog.usual if may_hold(row.when, self.fixed)],
            "covered": None,
        }

    def names(self, role: Role) -> list[Any]:
        """Return what an office is called if it exists."""
        document = self.draft.document
        return self.own_names(role, "" if role.id in document.missing else document.offices.get(role.id, ""))

    def parts(self) -> Data:
        return {}

    def duties(self, name: str) -> dict[str, str]:
        """Return the answers to a question that name offices, by office."""
        return {one.role: one.value for one in self.catalog.questions[name].choices.values() if one.role}


def _questions_of(conditions: Iterable[Condition | None]) -> set[str]:
    return {name for when in conditions if when for name in questions_in(when)}


def _words(choice: Choice) -> list[str]:
    """Return the label of a choice, its wording inside a sentence if it is another one, and what it means."""
    words = [choice.label, "" if choice.text == choice.label else choice.text, choice.means]
    while not words[-1]:
        words.pop()
    return words


# All forms of a site have the same conditions, and a server makes them again and again.
@lru_cache(maxsize=_CONDITIONS)
def _tree(tree: Condition | None) -> Any:
    """Return a condition for JSON: a named condition by its name alone, as `named` has its tree once."""
    if tree is None or tree[0] == "named":
        return tree and [*tree[:2]]
    return [_tree(part) if isinstance(part, tuple) else part for part in tree]


@lru_cache(maxsize=_CONDITIONS)
def _named(tree: Condition) -> tuple[tuple[str, Condition], ...]:
    mine = ((tree[1], tree[2]),) if tree[0] == "named" else ()
    return (*mine, *(found for part in tree[1:] if isinstance(part, tuple) for found in _named(part)))


def _column(column: Column) -> Data:
    said = {
        "type": column.type,
        "choices": {value: _words(choice) for value, choice in column.choices.items()},
        "part": column.part,
        "default": column.default,
    }
    return {key: value for key, value in said.items() if value}
