"""The `when:` language: evaluate in three values, explain.

A parsed condition is a tree of tuples, which is also its JSON form:

    ("and", a, b, …)  ("or", a, b, …)  ("not", a)  ("named", name, a)
    ("==", a, b)  and likewise !=  <  <=  >  >=  in  not in
    ("is answered", answer)  ("is empty", answer)  ("count", answer)
    ("answer", question_id)  ("value", literal)  ("list", literal, …)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sized
from functools import lru_cache
from typing import Any

from policywright.model.catalog import Asked, Question
from policywright.model.fields import Condition

Lookup = Callable[[str], Any]
"""Question id -> its value, or None if it is unanswered or not asked."""


class ConditionError(Exception):
    """Raised when a condition is not valid; `word` is the wrong part of the text."""

    def __init__(self, message: str, word: str = "") -> None:
        self.message = message
        self.word = word
        super().__init__(message)


def evaluate(tree: Condition, look: Lookup) -> bool | None:
    """Return True or False, or None while an open question leaves the condition undecided (Kleene's logic)."""
    form = tree[0]
    if form in ("and", "or"):
        return _join(tree[1:], look, decisive=form == "or")
    if form == "named":
        return evaluate(tree[2], look)
    if form == "not":
        result = evaluate(tree[1], look)
        return None if result is None else not result
    if form in ("is answered", "is empty"):
        return _test(form, look(tree[1][1]))
    return _compare(form, _value(tree[1], look), _value(tree[2], look))


def may_hold(tree: Condition | None, given: Mapping[str, Any]) -> bool:
    """Return whether a condition can hold, whatever is answered to the questions that are not given."""
    return tree is None or evaluate(_patient(tree, given), given.get) is not False


def _patient(tree: Condition, given: Mapping[str, Any]) -> Condition:
    """Return a condition that waits where “is answered” would be false for a question that is not given."""
    if tree[0] == "is answered" and tree[1][1] not in given:
        return ("is empty", tree[1])
    return tuple(_patient(part, given) if isinstance(part, tuple) else part for part in tree)


# Kleene's logic: one true part decides “or” and one false part decides “and”, even if other parts are open.
def _join(parts: tuple[Condition, ...], look: Lookup, *, decisive: bool) -> bool | None:
    result: bool | None = not decisive
    for part in parts:
        value = evaluate(part, look)
        if value is decisive:
            return decisive
        if value is None:
            result = None
    return result


def _test(form: str, value: Any) -> bool | None:
    if form == "is answered":
        return value is not None
    return None if value is None else not value


def _value(tree: Condition, look: Lookup) -> Any:
    if tree[0] == "answer":
        return look(tree[1])
    if tree[0] == "count":
        value = look(tree[1][1])
        return len(value) if isinstance(value, Sized) else None
    return list(tree[1:]) if tree[0] == "list" else tree[1]


_OPERATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
}


def _compare(operator: str, left: Any, right: Any) -> bool | None:
    if left is None or right is None:
        return None
    try:
        return _OPERATIONS[operator](left, right)
    # A wrong type in an answer file is already a finding of the schema. The rule waits until the answer is corrected.
    except TypeError:
        return None


# A draft asks this several times of each of a thousand conditions.
@lru_cache(maxsize=16_384)
def questions_in(tree: Condition) -> tuple[str, ...]:
    """Return the ids of all questions that a condition names, in order, without duplicates."""
    return tuple(dict.fromkeys(_names(tree)))


def _names(tree: Condition) -> Iterator[str]:
    if tree[0] == "answer":
        yield tree[1]
    elif tree[0] not in ("value", "list"):
        for part in tree[1:]:
            if isinstance(part, tuple):
                yield from _names(part)


def open_questions(tree: Condition, look: Lookup) -> tuple[str, ...]:
    """Return the open questions that keep a condition undecided; empty if it is decided."""
    if evaluate(tree, look) is not None:
        return ()
    if tree[0] in ("and", "or", "not", "named"):
        parts = [part for part in tree[1:] if isinstance(part, tuple)]
        return tuple(dict.fromkeys(name for part in parts for name in open_questions(part, look)))
    return tuple(name for name in questions_in(tree) if look(name) is None)


def witnesses(tree: Condition, look: Lookup) -> tuple[str, ...]:
    """Return the questions whose answers settle a condition, leaving out the parts that do not matter."""
    result = evaluate(tree, look)
    if result is None:
        return questions_in(tree)
    if tree[0] in ("and", "or"):
        decisive = (tree[0] == "or") == result
        # A single part can decide (see _join); then only the parts that did so are witnesses. Otherwise all parts were
        # needed.
        parts = [part for part in tree[1:] if evaluate(part, look) is result] if decisive else tree[1:]
        return tuple(dict.fromkeys(name for part in parts for name in witnesses(part, look)))
    if tree[0] in ("not", "named"):
        return witnesses(tree[-1], look)
    return questions_in(tree)


def explain(tree: Condition, questions: Mapping[str, Question]) -> str:
    """Put a condition into words, using the questions' wording and labels."""
    form = tree[0]
    if form in ("and", "or"):
        parts = [explain(part, questions) for part in tree[1:]]
        nested = [f"({part})" if sub[0] in ("and", "or") else part for part, sub in zip(parts, tree[1:], strict=True)]
        return f" {form} ".join(nested)
    if form == "not":
        return f"not ({explain(tree[1], questions)})"
    if form == "named":
        return explain(tree[2], questions)
    return _explain_comparison(tree, questions)


_PHRASES = {
    "==": "is", "!=": "is not", "<": "is less than", "<=": "is at most",
    ">": "is more than", ">=": "is at least", "in": "is", "not in": "is not",
}  # fmt: skip


_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _explain_comparison(tree: Condition, questions: Mapping[str, Question]) -> str:
    form = tree[0]
    if form == "is answered":
        return f"“{questions[tree[1][1]].help}” is answered"
    if form == "is empty":
        return f"“{questions[tree[1][1]].help}” has no entry"
    left, right = tree[1], tree[2]
    if right[0] == "answer":
        return _explain_reversed(form, left, questions[right[1]])
    if left[0] == "count":
        return f"the number of entries in “{questions[left[1][1]].help}” {_PHRASES[form]} {right[1]}"
    question = questions[left[1]]
    values = right[1:]
    words = " or ".join(f"“{label_of(question, value)}”" for value in values)
    return f"“{question.help}” {_PHRASES[form]} {words}"


def _explain_reversed(form: str, value: Condition, question: Question) -> str:
    phrase = {"in": "includes", "not in": "does not include"}.get(form) or _PHRASES[_MIRRORED.get(form, form)]
    return f"“{question.help}” {phrase} “{label_of(question, value[1])}”"


def label_of(question: Asked, value: Any) -> str:
    """Return the label of a value, or the value itself as text."""
    choice = question.choices.get(value) if isinstance(value, str) else None
    return choice.label if choice else str(value)
