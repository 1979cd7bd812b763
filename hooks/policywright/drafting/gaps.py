"""Reports essential questions that nobody has answered yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policywright.language.conditions import label_of
from policywright.model.agency import Answer
from policywright.model.catalog import Question
from policywright.model.findings import Finding


def gaps(answers: Mapping[str, Answer]) -> Iterator[Finding]:
    """Report each essential question that is open or only assumed."""
    for answer in answers.values():
        question = answer.question
        if question.tier != "essential" or answer.asked is not True:
            continue
        if answer.value is None:
            yield _gap("G101", f"This essential question is open: “{question.help}”", answer)
        elif answer.origin == "preset":
            said = _said(question, answer.value)
            message = f"“{question.help}” is answered only by the preset “{answer.said_by}”: {said}."
            yield _gap("G102", message, answer)


def _gap(code: str, message: str, answer: Answer) -> Finding:
    question = answer.question
    fix = f"Write your own answer under “{question.name}:”."
    if question.type == "records":
        fix = f"List the entries in registers/{question.register}, or write [] when there are none."
    return Finding(code, "gap", message, (answer.home,), fix, (question.id,), question.sources, question.element)


def _said(question: Question, value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    return ", ".join(f"“{label_of(question, item)}”" for item in values) or "no entry"
