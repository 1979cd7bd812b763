"""A draft as far as a published site may know it: without internal answers, internal columns and findings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from policywright.model.agency import Answer
from policywright.model.catalog import PROCEDURES_SUFFIX, Question
from policywright.model.draft import Chapter, Draft
from policywright.model.versions import Release

Questions = Mapping[str, Question]


def published(draft: Draft) -> Draft:
    """Return the draft from which the published pages are rendered.

    The catalog refuses clauses that depend on an internal answer (C207), so the policy needs no change.
    This keeps page frames, and pages that people wrote, from showing such an answer in another way.
    """
    draft = _for_readers(draft)
    return replace(
        draft,
        answers={name: _answer(answer) for name, answer in draft.answers.items()},
        findings=(),
        undecided=(),
        points=(),
        releases=tuple(_release(release, draft.catalog.questions) for release in draft.releases),
    )


def _for_readers(draft: Draft) -> Draft:
    """Return the draft without the parts that policy.yml keeps out, and for the web without those for the staff."""
    out, web = draft.document.keep_out, draft.document.publish == "web"
    policy = draft.policy
    procedures = () if web or "procedures" in out else policy.procedures
    texts = [chapter for chapter in policy.texts if not (web and chapter.section.audience == "staff")]
    policy = replace(
        policy,
        chapters=_kept(policy.chapters, out, web=web),
        procedures=_kept(procedures, out, web=web),
        texts=_kept(texts, out, web=web),
    )
    shown = {provision.clause.id for provision in policy.everything}
    gone = {p.clause.id for p in draft.policy.everything} - shown
    if not web and not gone:
        return draft
    releases = tuple(_release_for_readers(release, gone, web=web) for release in draft.releases)
    return replace(draft, policy=policy, releases=releases)


def _kept(chapters: Iterable[Chapter], out: Collection[str], *, web: bool) -> tuple[Chapter, ...]:
    kept = [chapter for chapter in chapters if chapter.section.id not in out]
    return tuple(_without_staff_lines(chapter) for chapter in kept) if web else tuple(kept)


def _without_staff_lines(chapter: Chapter) -> Chapter:
    return replace(chapter, provisions=tuple(replace(provision, staff="") for provision in chapter.provisions))


def _release_for_readers(release: Release, gone: Collection[str], *, web: bool) -> Release:
    """Return a release without what is kept out today; on the web without any procedures and lines for staff."""
    kept = [p for p in release.frozen.provisions if p.id not in gone]
    if web:
        kept = [replace(p, staff="") for p in kept if not p.id.endswith(PROCEDURES_SUFFIX)]
    return replace(release, frozen=replace(release.frozen, provisions=tuple(kept)))


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
