"""A draft as far as a published site may know it: without internal answers, internal columns and findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from policywright.model.agency import Answer
from policywright.model.catalog import Question
from policywright.model.draft import Chapter, Draft
from policywright.model.versions import Release

Questions = Mapping[str, Question]


def published(draft: Draft) -> Draft:
    """Return the draft from which the published pages are rendered.

    The catalog refuses clauses that depend on an internal answer (C207), so the policy needs no change.
    This keeps page frames, and pages that people wrote, from showing such an answer by another way.
    """
    questions = draft.catalog.questions
    return replace(
        draft,
        answers={name: _answer(answer) for name, answer in draft.answers.items()},
        findings=(),
        undecided=(),
        policy=replace(
            draft.policy,
            chapters=tuple(_chapter(one, draft) for one in draft.policy.chapters),
            texts=tuple(_chapter(one, draft) for one in draft.policy.texts),
        ),
        instruments=tuple(_rows(draft.instruments, questions.get(draft.catalog.coverage))),
        releases=tuple(_release(release, questions) for release in draft.releases),
    )


def _answer(answer: Answer) -> Answer:
    if answer.question.sensitivity == "internal":
        return replace(answer, value=None, origin="unanswered", place=answer.home, said_by="", inherited=None)
    return replace(answer, value=_value(answer.value, answer.question))


def _value(value: Any, question: Question | None) -> Any:
    return _rows(value, question) if question and question.columns and value is not None else value


def _rows(rows: Sequence[Mapping[str, Any]], question: Question | None) -> list[Mapping[str, Any]]:
    """Return the rows of a register without its internal columns."""
    columns = question.columns if question else {}
    hidden = {name for name, column in columns.items() if column.sensitivity == "internal"}
    return [{name: value for name, value in row.items() if name not in hidden} for row in rows]


def _chapter(chapter: Chapter, draft: Draft) -> Chapter:
    register = draft.catalog.questions.get(draft.catalog.coverage)
    provisions = (replace(one, instruments=tuple(_rows(one.instruments, register))) for one in chapter.provisions)
    return replace(chapter, provisions=tuple(provisions))


def _release(release: Release, questions: Questions) -> Release:
    """Return a release without the internal answers and columns that were frozen with it."""
    public = {
        name: _value(value, questions.get(name))
        for name, value in release.frozen.answers.items()
        if name in questions and questions[name].sensitivity == "public"
    }
    return replace(release, frozen=replace(release.frozen, answers=public))
