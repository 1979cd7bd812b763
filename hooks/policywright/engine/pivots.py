"""What would change if one question were answered otherwise: the clauses that would enter and leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from policywright.engine.answers import settle, with_asked
from policywright.engine.expressions import questions_in
from policywright.engine.model import Answer, Choice, Clause, Draft


@dataclass(frozen=True)
class Alternative:
    """One other answer, and what it would do to the policy."""

    choice: Choice
    enters: tuple[Clause, ...]
    leaves: tuple[Clause, ...]
    undecided: tuple[Clause, ...]
    """Clauses that would wait for answers which nobody gave yet."""


def alternatives(name: str, draft: Draft) -> tuple[Alternative, ...]:
    """Return what each answer that was not given would change, in the order of the choices.

    Only a question of which one choice is taken has alternatives.
    """
    answer = draft.answers[name]
    if answer.question.type not in ("choice", "yes_no") or answer.asked is False:
        return ()
    affected = _affected(name, draft)
    clauses = [clause for clause in draft.catalog.clauses.values() if clause.when and affected & _named(clause)]
    now = {clause.id: settle(clause.when, draft.answers)[0] for clause in clauses}
    others = [choice for choice in answer.question.choices.values() if choice.value != answer.value]
    return tuple(_alternative(name, choice, clauses, now, draft) for choice in others)


def _affected(name: str, draft: Draft) -> set[str]:
    """Return the question and every one that is asked or not by its answer."""
    affected = {name}
    while True:
        questions = (answer.question for answer in draft.answers.values() if answer.question.id not in affected)
        more = {q.id for q in questions if q.when and affected & set(questions_in(q.when))}
        if not more:
            return affected
        affected |= more


def _named(clause: Clause) -> set[str]:
    return set(questions_in(clause.when)) if clause.when else set()


def _alternative(
    name: str, choice: Choice, clauses: list[Clause], now: Mapping[str, bool | None], draft: Draft
) -> Alternative:
    changed: dict[str, Answer] = {**draft.answers, name: replace(draft.answers[name], value=choice.value)}
    answers = with_asked(changed)
    then = {clause.id: settle(clause.when, answers)[0] for clause in clauses}
    return Alternative(
        choice,
        enters=tuple(c for c in clauses if then[c.id] and not now[c.id]),
        leaves=tuple(c for c in clauses if now[c.id] and not then[c.id]),
        undecided=tuple(c for c in clauses if then[c.id] is None and now[c.id] is False),
    )
