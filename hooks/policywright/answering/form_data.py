"""What the script of a form knows: questions, conditions, rules and texts as JSON, for `pages/assets/rules.js`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from policywright import __version__
from policywright.agency.answers import given_rows
from policywright.agency.offices import stand_in
from policywright.agency.policy_file import facts
from policywright.catalog.clauses import clause_questions
from policywright.language.between import has_brackets, plain_name
from policywright.language.conditions import evaluate, questions_in
from policywright.language.texts import AND, NOTHING, TO_BE_DECIDED, questions_shown
from policywright.model.agency import Answer
from policywright.model.catalog import UNKNOWN, Catalog, Clause, Column, Question, Role, Rule
from policywright.model.draft import Draft
from policywright.model.fields import Condition, Text

FORMAT = "policywright form 1"

Data = dict[str, Any]
"""JSON-able, and with the same keys in the same order for the same draft."""


def asked_of(draft: Draft, office: str = "") -> tuple[str, ...]:
    """Return the ids of the questions for an office, or for all of them, that can concern this agency.

    An office that is only consulted about a question has it too.
    """
    questions = draft.catalog.questions.values()
    mine = [question for question in questions if not office or office in question.asked_of]
    given = _given(draft)
    return tuple(question.id for question in mine if _possible(question.when, given))


def form_data(
    draft: Draft, office: str = "", *, questions: Collection[str] | None = None, procedures: bool = True
) -> Data:
    """Return what the form of an office needs to judge its answers; without an office, the form of everything.

    `questions` are those that the form shows, if they are others than the office's.
    Without `procedures` the data has no texts of procedures, only their titles and numbers.
    What can never concern this agency is left out, given the answers that the scaffold asked for. They are listed under
    `fixed`: where one of them is changed, the rest of the data does not follow, until the site is built again.
    If `questions` names any of them, nothing is left out.
    """
    shown = asked_of(draft, office) if questions is None else tuple(questions)
    scaffold = frozenset(draft.catalog.scaffold.values())
    fixed = {} if questions is not None and scaffold & {*shown} else _given(draft)
    return _Form(draft, shown, fixed, procedures).data() | {"office": office}


def _given(draft: Draft) -> dict[str, Any]:
    """Return the answers that say what the agency is."""
    answers = [draft.answers[name] for name in draft.catalog.scaffold.values()]
    return {answer.question.id: answer.value for answer in answers if answer.answered and answer.origin == "agency"}


def _possible(when: Condition | None, given: Mapping[str, Any]) -> bool:
    """Whether a condition can hold, whatever is answered to the questions that are not given."""
    return when is None or evaluate(_patient(when, given), given.get) is not False


def _patient(tree: Condition, given: Mapping[str, Any]) -> Condition:
    """Return a condition that waits where “is answered” would be false for a question that is not given."""
    if tree[0] == "is answered" and tree[1][1] not in given:
        return ("is empty", tree[1])
    return tuple(_patient(part, given) if isinstance(part, tuple) else part for part in tree)


@dataclass(frozen=True)
class _Form:
    """The data of one form, and what it is made from."""

    draft: Draft
    shown: tuple[str, ...]
    fixed: Mapping[str, Any]
    procedures: bool

    @property
    def catalog(self) -> Catalog:
        return self.draft.catalog

    def data(self) -> Data:
        clauses = {clause.id: clause for clause in self.clauses}
        parts = [part for text in self.texts for part in text if isinstance(part, tuple)]
        return {
            "format": FORMAT,
            "catalog": self.catalog.id,
            "version": __version__,
            "agency": self.draft.document.short_name,
            "office": "",
            "fixed": list(self.fixed),
            "shown": list(self.shown),
            "words": {"open": TO_BE_DECIDED, "none": NOTHING, "and": AND, "unknown": UNKNOWN},
            "labels": self.labels(parts),
            "facts": self.facts(),
            "offices": {role.id: self.names(role) for role in self.catalog.roles.values()},
            "parts": self.parts(),
            "named": self.named(),
            "questions": {name: self.question(name) for name in self.needed},
            "assumed": [
                {"question": one.question, "value": one.value, "when": _tree(one.when)}
                for one in self.assumptions
                if one.question in self.needed
            ],
            "rules": [self.rule(rule) for rule in self.rules],
            "clauses": [self.clause(clause) for clause in self.clauses],
            "sections": [section for section in self.sections(clauses) if section],
            "covered": self.covered(),
        }

    @cached_property
    def assumptions(self) -> tuple[Any, ...]:
        preset = self.catalog.presets.get(self.draft.document.preset)
        return tuple(one for one in preset.assumptions if _possible(one.when, self.fixed)) if preset else ()

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
        rules = self.catalog.rules.values()
        return tuple(rule for rule in rules if self.lives(rule.when, questions_in(rule.when)))

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """The clauses whose condition, text or place depends on an affected question, in the order of the policy."""
        all_of_them = self.draft.policy.clauses
        ids = [*self.catalog.clauses, *(name for name in all_of_them if name not in self.catalog.clauses)]
        return tuple(all_of_them[name] for name in ids if name in all_of_them and self.depends(all_of_them[name]))

    def depends(self, clause: Clause) -> bool:
        return self.lives(clause.when, clause_questions(clause, self.catalog)) or self.is_covered(clause)

    def lives(self, when: Condition | None, named: Iterable[str]) -> bool:
        return not self.affected.isdisjoint(named) and _possible(when, self.fixed)

    def is_covered(self, clause: Clause) -> bool:
        """Whether another answer could let an existing policy take the place of a clause, or give it back."""
        return False

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        return (*(text for rule in self.rules for text in (rule.message, rule.fix)), *map(self.body, self.clauses))

    def body(self, clause: Clause) -> Text:
        """Return the text of a clause; whether a text with brackets is left out depends on its words."""
        left_out = clause.part != "policy" and not self.procedures and not has_brackets(clause.body)
        return () if left_out else clause.body

    @cached_property
    def needed(self) -> tuple[str, ...]:
        """The ids of the questions that any of this needs, in the catalog's order."""
        whens = [*(rule.when for rule in self.rules), *(clause.when for clause in self.clauses)]
        needed = {*self.shown, *(name for text in self.texts for name in questions_shown(text, self.catalog.questions))}
        needed |= {
            name for role in self.catalog.roles.values() for one in role.elsewhere for name in questions_in(one.when)
        }
        needed |= {self.catalog.coverage, self.catalog.owner} - {""}
        needed |= {name for when in whens if when for name in questions_in(when)}
        while more := self.behind(needed) - needed:
            needed |= more
        return tuple(name for name in self.catalog.questions if name in needed)

    def behind(self, names: Collection[str]) -> set[str]:
        """Return the questions that decide whether these are asked, and what is assumed for them."""
        asked = [self.catalog.questions[name].when for name in names]
        assumed = [one.when for one in self.assumptions if one.question in names]
        return {name for when in (*asked, *assumed) if when for name in questions_in(when)}

    def named(self) -> Data:
        elsewhere = [one.when for role in self.catalog.roles.values() for one in role.elsewhere]
        whens = [
            *(rule.when for rule in self.rules),
            *(clause.when for clause in self.clauses),
            *(self.catalog.questions[name].when for name in self.needed),
            *(one.when for one in self.assumptions),
            *elsewhere,
        ]
        return dict(sorted({name: _tree(tree) for when in whens if when for name, tree in _named(when)}.items()))

    def question(self, name: str) -> Data:
        question, answer = self.catalog.questions[name], self.draft.answers[name]
        said = {
            "type": question.type,
            "help": question.help,
            "when": _tree(question.when),
            "choices": {value: [choice.label, choice.text] for value, choice in question.choices.items()},
            "columns": {key: _column(column) for key, column in question.columns.items()},
            "unknown": question.may_be_unknown,
            "own": _own(answer),
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
        return {"id": clause.id, "title": clause.title, "when": _tree(clause.when), "body": list(self.body(clause))}

    def sections(self, live: Mapping[str, Clause]) -> Iterator[Data]:
        return iter(())

    def covered(self) -> Data | None:
        return None

    def labels(self, parts: Iterable[tuple[Any, ...]]) -> Data:
        return {}

    def facts(self) -> Data:
        return {}

    def names(self, role: Role) -> list[Any]:
        return []

    def parts(self) -> Data:
        return {}


def _tree(tree: Condition | None) -> Any:
    """Return a condition for JSON: a named condition by its name alone, as `named` has its tree once."""
    if tree is None or tree[0] == "named":
        return tree and [*tree[:2]]
    return [_tree(part) if isinstance(part, tuple) else part for part in tree]


def _named(tree: Condition) -> Iterator[tuple[str, Condition]]:
    if tree[0] == "named":
        yield tree[1], tree[2]
    for part in tree[1:]:
        if isinstance(part, tuple):
            yield from _named(part)


def _column(column: Column) -> Data:
    said = {
        "type": column.type,
        "choices": {value: [choice.label, choice.text] for value, choice in column.choices.items()},
    }
    return {key: value for key, value in said.items() if value}


def _own(answer: Answer) -> Any:
    """Return the agency's own value, as an answers file has it; None if it has none, whatever is assumed."""
    if answer.origin != "agency":
        return None
    return UNKNOWN if answer.unknown else given_rows(answer.value)
