"""Answers in words."""

from __future__ import annotations

from policywright.language.conditions import label_of
from policywright.language.texts import series
from policywright.model.agency import Answer


def said(answer: Answer) -> str:
    """Return an answer in words: its labels, or its text; nothing if there is none."""
    question = answer.question
    if answer.value is None:
        return ""
    if question.type == "records":
        return f"{len(answer.value)} entries" if len(answer.value) != 1 else "1 entry"
    values = answer.value if isinstance(answer.value, list) else [answer.value]
    return "; ".join(label_of(question, value) for value in values) or "none"


def in_words(answer: Answer) -> str:
    """Return an answer as it reads inside a sentence: “publish news and recruit staff”; nothing if there is none."""
    if answer.value is None:
        return ""
    values = answer.value if isinstance(answer.value, list) else [answer.value]
    choices = answer.question.choices
    return series([choices[value].text if value in choices else str(value) for value in values])
