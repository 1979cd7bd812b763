"""Accepts the words of a choice, as people read them, instead of its key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policywright.model.catalog import UNKNOWN, Asked, Question


def with_keys(question: Asked, value: Any) -> Any:
    """Return a value in which each label or text of a choice is replaced by its key; also in rows of a register.

    Capitals do not matter. A word that is a key is left alone, and one that several choices share is not guessed.
    """
    if isinstance(value, list):
        return [with_keys(question, item) for item in value]
    if isinstance(value, dict):
        columns = question.columns if isinstance(question, Question) else {}
        return keyed(columns, value)
    return _key(question, value) if isinstance(value, str) else value


def keyed(asked: Mapping[str, Asked], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a mapping, each with the keys of what is asked there."""
    return {name: with_keys(asked[name], value) if name in asked else value for name, value in values.items()}


def _key(question: Asked, word: str) -> str:
    if word in question.choices or not question.choices or (word == UNKNOWN and question.may_be_unknown):
        return word
    meant = _plain(word)
    found = [key for key, one in question.choices.items() if meant in map(_plain, (key, one.label, one.text))]
    return found[0] if len(found) == 1 else word


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())
