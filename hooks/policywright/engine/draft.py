"""The whole trip in one function: an agency's repository and a catalog become a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from policywright.engine.acknowledgements import (
    ACKNOWLEDGEMENTS_FILE,
    count,
    misplaced,
    read_acknowledgements,
)
from policywright.engine.answers import Project, gaps, read_project, value_of
from policywright.engine.assembly import assemble, with_overrides
from policywright.engine.cache import load_catalog
from policywright.engine.catalog import catalog_folder, known_catalogs
from policywright.engine.checklists import list_tasks
from policywright.engine.coverage import cover
from policywright.engine.document import facts, read_document
from policywright.engine.findings import Finding, NoProject, did_you_mean, in_order, one_of
from policywright.engine.lifecycle import life_findings, read_life, with_review
from policywright.engine.model import Catalog, Document, Draft
from policywright.engine.records import decided, read_records
from policywright.engine.rules import evaluate_rules
from policywright.engine.texts import Filler, escape_markdown


def draft_of(root: Path, today: str = "", instead: Mapping[str, Any] | None = None) -> Draft:
    """Read an agency's repository and the catalog it names, and draft its policy.

    `today` is an ISO date; without it nothing is too late.
    `instead` are fields of the document that count instead of what policy.yml says.
    Raise PolicyError when there is no repository or no such catalog.
    """
    document, findings = read_document(root)
    document = replace(document, **(instead or {}))
    catalog = _catalog_of(document, findings)
    return make_draft(read_project(root, catalog, document, findings), catalog, today)


def catalog_of(root: Path) -> Catalog:
    """Return the catalog that a repository names; raise PolicyError when there is none."""
    return _catalog_of(*read_document(root))


def _catalog_of(document: Document, findings: Sequence[Finding]) -> Catalog:
    if document.catalog not in known_catalogs():
        hint = did_you_mean(document.catalog, known_catalogs())
        message = f"There is no catalog “{document.catalog}”.{hint}"
        fix = f"Choose one of: {one_of(known_catalogs())}."
        raise NoProject([*findings, Finding("E011", "error", message, (document.place,), fix)])
    return load_catalog(catalog_folder(document.catalog))


def make_draft(project: Project, catalog: Catalog, today: str = "") -> Draft:
    """Draft a policy: answers to findings, provisions, coverage and tasks."""
    answers = project.answers
    records, wrong = read_records(project.root, catalog)
    life, odd = read_life(project.root, catalog, project.overrides)
    read, unread = read_acknowledgements(project.root / ACKNOWLEDGEMENTS_FILE, ACKNOWLEDGEMENTS_FILE)
    unread += misplaced(read, life.releases, project.document.version)
    fired, undecided = evaluate_rules(catalog, answers, _filler(project, catalog, escape=False))
    fired = decided(fired, records, catalog, answers, today)
    clauses = with_overrides(catalog, project.overrides)
    instruments = value_of(answers, catalog.coverage) or [] if catalog.coverage else []
    policy, lonely = assemble(catalog, clauses, answers, _filler(project, catalog, escape=True), instruments)
    draft = Draft(
        catalog=catalog,
        document=replace(project.document, title=project.document.title or catalog.title),
        answers=answers,
        findings=(*project.findings, *wrong, *odd, *unread, *gaps(answers), *fired, *lonely),
        undecided=tuple(undecided),
        policy=policy,
        instruments=tuple(instruments),
        coverage=cover(instruments),
        tasks=list_tasks(catalog, answers, records.done),
        overrides=tuple(project.overrides.values()),
        today=today,
        releases=life.releases,
        sign_offs=life.sign_offs,
        wordings=life.wordings,
        calls=life.calls,
        acknowledged=count(read, life.releases),
    )
    draft = replace(draft, document=with_review(draft))
    return replace(draft, findings=in_order([*draft.findings, *life_findings(draft)]))


def _filler(project: Project, catalog: Catalog, *, escape: bool) -> Filler:
    return Filler(
        catalog.questions,
        lambda name: value_of(project.answers, name),
        facts(project.document, catalog),
        escape_markdown if escape else str,
    )
