"""Which questions are asked, and which value an answer has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from policywright.language.conditions import evaluate, open_questions
from policywright.model.agency import Answer
from policywright.model.fields import Condition


def with_asked(answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """Determine which questions are asked; a question is settled before those that depend on it."""
    asked: dict[str, bool | None] = {}

    def look(name: str) -> Any:
        return None if settled(name) is False else answers[name].value

    def settled(name: str) -> bool | None:
        if name not in asked:
            when = answers[name].question.when
            asked[name] = True if when is None else _arises(when, look, settled)
        return asked[name]

    verdicts = {name: settled(name) for name in answers}
    changed = {name: asked for name, asked in verdicts.items() if asked is not answers[name].asked}
    return {**answers, **{name: replace(answers[name], asked=asked) for name, asked in changed.items()}}


def _arises(when: Condition, look: Any, settled: Any) -> bool | None:
    result = evaluate(when, look)
    # Nobody will ever answer a question that is not asked. What waits only for such questions would stay undecided
    # forever and block publication, so it is false: it does not arise.
    if result is None and not [name for name in open_questions(when, look) if settled(name) is not False]:
        return False
    return result


def value_of(answers: Mapping[str, Answer], name: str) -> Any:
    """Return the value of an answer, or None; a question that is not asked is treated as unanswered."""
    answer = answers[name]
    return answer.value if answer.answered else None


def settle(when: Condition | None, answers: Mapping[str, Answer]) -> tuple[bool | None, tuple[str, ...]]:
    """Evaluate a condition, and name the questions that somebody must answer to decide it.

    A condition that waits only for questions that are not asked can never be decided, so it is false.
    """
    if when is None:
        return True, ()

    def look(name: str) -> Any:
        return value_of(answers, name)

    result = evaluate(when, look)
    if result is not None:
        return result, ()
    needs = tuple(name for name in open_questions(when, look) if answers[name].asked is not False)
    return (None, needs) if needs else (False, ())
