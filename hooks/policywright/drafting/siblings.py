"""Names the other texts that rest on the answers of a reworded clause, until somebody has looked at them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from policywright.language.texts import clause_questions
from policywright.model.catalog import Catalog, Clause
from policywright.model.draft import Policy, Provision
from policywright.model.findings import Finding
from policywright.model.fingerprints import fingerprint


def unread_siblings(policy: Policy, overrides: Mapping[str, Clause], catalog: Catalog) -> Iterator[Finding]:
    """Report each rewording whose siblings changed, or were added, since somebody last compared them."""
    for clauses in reworded(overrides, catalog):
        siblings = siblings_of(clauses, policy, catalog)
        if siblings and clauses[0].looked_at != mark_of(clauses, siblings):
            yield _unread(clauses, siblings, catalog)


def reworded(overrides: Mapping[str, Clause], catalog: Catalog) -> list[tuple[Clause, ...]]:
    """Return the agency's own rewordings, the clauses of one file together; what a base rewords is the base's."""
    files: dict[str, list[Clause]] = {}
    for clause in overrides.values():
        theirs = catalog.clauses.get(clause.id)
        if theirs and clause.place.file.startswith("overrides/") and _words(clause) != _words(theirs):
            files.setdefault(clause.file_id, []).append(clause)
    return [tuple(clauses) for clauses in files.values()]


def siblings_of(clauses: Sequence[Clause], policy: Policy, catalog: Catalog) -> tuple[Provision, ...]:
    """Return the texts of the draft that rest on a choice or a commitment on which the clauses of one file rest.

    Facts are left out: no wording changes them, and half of the policy rests on where the agency is.
    The other part of the file is a sibling whatever it rests on.
    """
    rests, name = _choices(clauses, catalog), clauses[0].file_id
    own = {clause.id for clause in clauses}
    others = (p for p in policy.everything if p.clause.id not in own)
    return tuple(p for p in others if p.clause.file_id == name or rests & {*p.questions})


def mark_of(clauses: Sequence[Clause], siblings: Sequence[Provision]) -> str:
    """Return what `looked_at` says once somebody has read the siblings beside these words."""
    return fingerprint([[_words(one) for one in clauses], sorted([p.clause.id, _words(p.clause)] for p in siblings)])


def _words(clause: Clause) -> object:
    return [clause.body, clause.staff]


def _choices(clauses: Sequence[Clause], catalog: Catalog) -> set[str]:
    named = {name for clause in clauses for name in clause_questions(clause, catalog)}
    return {name for name in named if catalog.questions[name].kind != "fact"}


def _unread(clauses: Sequence[Clause], siblings: Sequence[Provision], catalog: Catalog) -> Finding:
    first = clauses[0]
    shared = sorted(_choices(clauses, catalog) & {name for p in siblings for name in p.questions})
    listed = ", ".join(p.number or f"“{p.clause.title}” ({p.page.removesuffix('.md')})" for p in siblings)
    message = f"“{first.title}” has your wording here. These texts rest on the same answers: {listed}."
    fix = (
        "Compare them with your wording, and change what no longer agrees. "
        f"Then run: policywright reword {first.file_id} --looked-at."
    )
    return Finding("P102", "warning", message, (first.place,), fix, tuple(shared), element=first.element)
