"""A draft as far as a published site may know it: without internal answers, internal columns and findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from policywright.model.agency import Answer
from policywright.model.catalog import Question
from policywright.model.draft import Draft
from policywright.model.versions import Release

Questions = Mapping[str, Question]


def published(draft: Draft) -> Draft:
    """Return the draft from which the published pages are rendered.

    The catalog refuses clauses that depend on an internal answer (C207), so the policy needs no change.
    This keeps page frames, and pages that people wrote, from showing such an answer in another way.
    """
    return replace(
        draft,
        answers={name: _answer(answer) for name, answer in draft.answers.items()},
        findings=(),
        undecided=(),
        releases=tuple(_release(release, draft.catalog.questions) for release in draft.releases),
    )


def _answer(answer: Answer) -> Answer:
    if answer.question.sensitivity == "internal":
        return replace(answer, value=None, origin="unanswered", place=answer.home, said_by="", inherited=None)
    return replace(answer, value=_value(answer.value, answer.question))


def _value(value: Any, question: Question) -> Any:
    """Return a value without the internal columns of a register."""
    hidden = {name for name, column in question.columns.items() if column.sensitivity == "internal"}
    if not hidden or value is None:
        return value
    return [{name: cell for name, cell in row.items() if name not in hidden} for row in value]


def _release(release: Release, questions: Questions) -> Release:
    """Return a release without the internal answers and columns that were frozen with it."""
    public = {
        name: _value(value, questions[name])
        for name, value in release.frozen.answers.items()
        if name in questions and questions[name].sensitivity == "public"
    }
    # Why a release was withdrawn, and by whom, is said in the repository; readers need to know that it was.
    ended = replace(release.withdrawn, by="", reason="") if release.withdrawn else None
    return replace(release, frozen=replace(release.frozen, answers=public), withdrawn=ended)
