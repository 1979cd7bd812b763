"""A release becomes papers again: the text as it was frozen, in the current frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any, cast

from policywright.approval.releases import state_of
from policywright.exports.papers import Paper, make_papers
from policywright.files.schema import date_or_nothing, line, mapping
from policywright.model.catalog import Clause, Section
from policywright.model.draft import Chapter, Draft, Policy, Provision
from policywright.model.versions import Frozen, FrozenProvision, Release


def frozen_papers(release: Release, draft: Draft) -> list[Paper]:
    """Return the policy, the procedures and the texts as they were released; `draft` is the current one."""
    papers = make_papers(thawed(release, draft), internal=False)
    return [replace(paper, fingerprint=release.fingerprint) for paper in papers]


def thawed(release: Release, draft: Draft) -> Draft:
    """Return a draft with the text of a release.

    A release keeps neither sources nor the act of adoption nor the pages that are made from answers, so they are left
    out: the current ones may differ.
    """
    said = release.document
    document = replace(
        draft.document,
        agency_name=release.frozen.agency,
        short_name=line(said.get("short_name")) or release.frozen.agency,
        title=release.frozen.title,
        owner=line(said.get("owner")),
        version=release.version,
        status=state_of(release, draft),
        dates={name: date_or_nothing(mapping(said.get("dates")).get(name)) for name in draft.document.dates},
        review_every="",
    )
    policy = _policy(release, draft)
    texts = tuple(text.section for text in policy.texts)
    return replace(
        draft,
        catalog=replace(draft.catalog, pages=(), usual=(), texts=texts),
        document=document,
        findings=(),
        undecided=(),
        policy=policy,
        releases=tuple(one for one in draft.releases if one.version == release.version),
    )


def _policy(release: Release, draft: Draft) -> Policy:
    chapters = list(_chapters(release, draft))
    policy, procedures = (
        tuple(chapter for instrument, chapter in chapters if instrument == name) for name in ("policy", "procedures")
    )
    texts = (chapter for _, chapter in chapters if not chapter.number)
    return Policy(policy, procedures, tuple(texts), (), ())


def _chapters(release: Release, draft: Draft) -> Iterator[tuple[str, Chapter]]:
    """Yield the chapters of a release, each with its instrument, in the order of its provisions."""
    known = {section.id: section for section in (*draft.catalog.sections, *draft.catalog.texts)}
    clauses = draft.policy.clauses
    for (instrument, name), rows in groupby(release.frozen.provisions, lambda one: (one.instrument, one.section)):
        title = release.frozen.sections.get(name, name)
        section = replace(known[name], title=title) if name in known else Section(id=name, title=title, clauses=())
        provisions = tuple(_provision(row, clauses.get(row.id), release) for row in rows)
        yield instrument, Chapter(section, provisions[0].number.partition(".")[0], provisions)


def instruments_in(frozen: Frozen) -> set[str]:
    """Return the ids of the instruments that a text has."""
    return {one.instrument for one in frozen.provisions}


def _provision(row: FrozenProvision, clause: Clause | None, release: Release) -> Provision:
    return Provision(
        clause=_clause(row, clause, release),
        page=f"{row.instrument}.md",
        number=row.number,
        text=row.text,
        staff=row.staff,
        reason="",
        questions=(),
        gaps=(),
        sources=(),
    )


def _clause(row: FrozenProvision, clause: Clause | None, release: Release) -> Clause:
    """Return the current clause under the title and the level that it had, or a new one if it is gone."""
    kept = clause or Clause(
        id=row.id,
        element=row.element,
        place=release.place,
        body=(),
        part=row.part,
        code=row.code,
        title=row.title,
        level="explains",
        sources=(),
    )
    return replace(kept, title=row.title, level=cast("Any", row.level), code=row.code)
