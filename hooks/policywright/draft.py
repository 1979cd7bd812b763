"""The whole pipeline: an agency's repository and a catalog become a draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from policywright.agency.decisions import with_decisions
from policywright.agency.existing_policies import kept_and_replaced, listed_policies
from policywright.agency.locks import broken_locks, locks_in_force, lost_clauses
from policywright.agency.offices import with_names, with_owner, with_parts
from policywright.agency.places import law_names
from policywright.agency.policy_file import facts, read_document
from policywright.agency.settling import value_of
from policywright.approval.acknowledgements import count, misplaced, resolved
from policywright.approval.status import life_findings, with_review
from policywright.catalog.cache import load_catalog
from policywright.catalog.folders import catalog_folder, known_catalogs
from policywright.drafting.assembly import assemble, with_overrides
from policywright.drafting.gaps import gaps
from policywright.drafting.rules import evaluate_rules
from policywright.drafting.siblings import unread_siblings
from policywright.drafting.tasks import list_tasks
from policywright.language.texts import Filler, escape_markdown
from policywright.model.catalog import Catalog
from policywright.model.draft import Draft
from policywright.model.findings import Finding, NoProject, did_you_mean, in_order, one_of, shortened
from policywright.repository import PolicyFile, Repository, read_repository

Load = Callable[[Path], Catalog]
"""Returns the catalog of a folder."""


def draft_of(root: Path, today: str = "", load: Load | None = None) -> Draft:
    """Read an agency's repository and the catalog it names, and draft its policy.

    `today` is an ISO date; without it nothing is overdue. `load` is for callers that read many repositories, and the
    catalog only once.
    Raise PolicyError if there is no repository or no such catalog.
    """
    repository, catalog = open_repository(root, load)
    return make_draft(repository, catalog, today)


def open_repository(root: Path, load: Load | None = None) -> tuple[Repository, Catalog]:
    """Read an agency's repository, and the catalog that its policy.yml names."""
    opened = read_document(root)
    catalog = _catalog_of(opened, load)
    return read_repository(root, catalog, opened), catalog


def catalog_of(root: Path) -> Catalog:
    """Return the catalog that a repository names; raise PolicyError if there is none."""
    return _catalog_of(read_document(root))


def _catalog_of(opened: PolicyFile, load: Load | None = None) -> Catalog:
    document, findings = opened
    if document.catalog not in known_catalogs():
        hint = did_you_mean(document.catalog, known_catalogs())
        message = f"There is no catalog “{document.catalog}”.{hint}"
        fix = f"Choose one of: {one_of(known_catalogs())}."
        raise NoProject([*findings, Finding("E011", "error", message, (document.place,), fix)])
    return (load or load_catalog)(catalog_folder(document.catalog))


def make_draft(repository: Repository, catalog: Catalog, today: str = "") -> Draft:
    """Draft a policy from what was read: answers become findings, provisions and tasks. Pure."""
    answers = repository.answers
    document, catalog, nobody = with_names(repository.document, catalog, answers)
    document, disowned = with_owner(document, catalog, answers)
    repository = replace(repository, document=document)
    involved = with_parts(answers, document, catalog.roles)
    fired, undecided = evaluate_rules(catalog, involved, _filler(repository, catalog, escape=False))
    fired = with_decisions(fired, repository.records, catalog, answers, today)
    clauses = with_overrides(catalog, repository.overrides)
    listed = listed_policies(answers, catalog)
    existing = tuple(policy for policy, _ in listed)
    policy, lonely = assemble(catalog, clauses, answers, _filler(repository, catalog, escape=True), existing)
    acknowledgements = resolved(repository.acknowledgements, repository.releases, document.version)
    locks = locks_in_force(repository.locks, today)
    present = {provision.clause.id for provision in policy.everything}
    unplaced = misplaced(acknowledgements, repository.releases, document.version)
    draft = Draft(
        catalog=catalog,
        document=replace(document, title=document.title or catalog.title),
        answers=answers,
        findings=(
            *repository.findings,
            *nobody,
            *disowned,
            *kept_and_replaced(listed),
            *unplaced,
            *gaps(answers, catalog, document, undecided),
            *fired,
            *lonely,
            *broken_locks(answers, locks),
            *lost_clauses(clauses.values(), present, answers),
            *unread_siblings(policy, repository.overrides, catalog),
        ),
        undecided=tuple(undecided),
        policy=policy,
        existing_policies=existing,
        tasks=list_tasks(catalog, answers, repository.records.done),
        hands_down=repository.hands_down,
        bases=repository.bases,
        overrides=tuple(repository.overrides.values()),
        today=today,
        releases=repository.releases,
        sign_offs=repository.sign_offs,
        wordings=repository.wordings,
        calls=repository.calls,
        points=repository.points,
        locks=locks,
        acknowledged=count(acknowledgements, repository.releases),
    )
    draft = replace(draft, document=with_review(draft))
    return replace(draft, findings=in_order(shortened(in_order([*draft.findings, *life_findings(draft)]))))


def _filler(repository: Repository, catalog: Catalog, *, escape: bool) -> Filler:
    return Filler(
        catalog.questions,
        lambda name: value_of(repository.answers, name),
        facts(repository.document, catalog) | law_names(catalog, repository.answers),
        escape_markdown if escape else str,
    )
