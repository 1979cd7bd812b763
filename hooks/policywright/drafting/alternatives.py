"""What another answer to one question would change: the clauses that it adds and removes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from policywright.agency.answers import assumed
from policywright.agency.settling import settle, with_asked
from policywright.language.conditions import questions_in
from policywright.model.agency import Answer
from policywright.model.catalog import Choice, Clause
from policywright.model.draft import Draft


@dataclass(frozen=True)
class Alternative:
    """Another answer, and what it would change in the policy."""

    choice: Choice
    enters: tuple[Clause, ...]
    leaves: tuple[Clause, ...]
    undecided: tuple[Clause, ...]
    """Clauses that would wait for open answers."""


class Pivots:
    """Finds alternatives for one draft; dependencies between questions are determined once."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        clauses = draft.policy.clauses.values()
        self.clauses = [(clause, set(questions_in(clause.when))) for clause in clauses if clause.when]
        self.preset = draft.catalog.presets.get(draft.document.preset)
        asked = [(answer.question.id, answer.question.when) for answer in draft.answers.values()]
        assumed = [
            (assumption.question, assumption.when) for assumption in (self.preset.assumptions if self.preset else ())
        ]
        self.follows = [(key, set(questions_in(when))) for key, when in (*asked, *assumed) if when]

    def alternatives(self, name: str) -> tuple[Alternative, ...]:
        """Return what each other choice would change, in the order of the choices.

        Only questions with a single choice have alternatives.
        """
        answer = self.draft.answers[name]
        if answer.question.type not in ("choice", "yes_no") or answer.asked is False:
            return ()
        affected = self._affected(name)
        clauses = [clause for clause, named in self.clauses if affected & named]
        now = {clause.id: settle(clause.when, self.draft.answers)[0] for clause in clauses}
        others = [choice for choice in answer.question.choices.values() if choice.value != answer.value]
        return tuple(self._alternative(name, choice, clauses, now) for choice in others)

    def _affected(self, name: str) -> set[str]:
        """Return the question and every question that is asked, or assumed by the preset, depending on its answer."""
        # Everything outside this set keeps its verdict, which saves evaluating two hundred clauses per choice.
        affected = {name}
        while more := {key for key, named in self.follows if key not in affected and affected & named}:
            affected |= more
        return affected

    def _alternative(
        self, name: str, choice: Choice, clauses: Sequence[Clause], now: Mapping[str, bool | None]
    ) -> Alternative:
        answers = self._answers_with(name, choice.value)
        then = {clause.id: settle(clause.when, answers)[0] for clause in clauses}
        return Alternative(
            choice,
            enters=tuple(c for c in clauses if then[c.id] and not now[c.id]),
            leaves=tuple(c for c in clauses if now[c.id] and not then[c.id]),
            undecided=tuple(c for c in clauses if then[c.id] is None and now[c.id] is False),
        )

    def _answers_with(self, name: str, value: Any) -> dict[str, Answer]:
        """Return the answers as they would be, including what the preset assumes because of the other answer."""
        answers = self.draft.answers
        # What the preset assumed is dropped and assumed again, because it may depend on the other answer.
        values = {key: answer.value for key, answer in answers.items() if answer.origin in ("agency", "base")}
        values[name] = value
        values |= {one.question: one.value for one in (assumed(values, self.preset) if self.preset else ())}
        other = {key: values.get(key) for key, answer in answers.items() if answer.value != values.get(key)}
        return with_asked({**answers, **{key: replace(answers[key], value=value) for key, value in other.items()}})
