"""An agency's overrides: clauses that it adds, catalog clauses that it rewords, and the locks that forbid this."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from policywright.agency.bases import Base
from policywright.files.folders import entries
from policywright.model.catalog import PROCEDURES_SUFFIX, Catalog, Clause
from policywright.model.findings import Finding, Place

CLAUSES = "overrides/clauses"


def read_overrides(bases: Sequence[Base], catalog: Catalog, found: list[Finding]) -> dict[str, Clause]:
    """Read overrides/clauses/ of each repository, the furthest base first and the agency itself last.

    A clause that an authority locked keeps its text, and changing it is a blocker.
    """
    files = [(base, path) for base in bases for path in _clause_files(base, found)]
    return _read_clauses(files, catalog, found) if files else {}


def _read_clauses(files: Iterable[tuple[Base, Path]], catalog: Catalog, found: list[Finding]) -> dict[str, Clause]:
    from policywright.catalog.clauses import read_clause, vocabulary_of  # noqa: PLC0415 - Jinja's parser is slow to load

    vocabulary = vocabulary_of(catalog)
    elements = {clause.code: clause.element for clause in catalog.clauses.values()}
    clauses: dict[str, Clause] = {}
    for base, path in files:
        for clause in read_clause(path, f"{base.prefix}{CLAUSES}/{path.name}", "", vocabulary):
            replaced = clauses.get(clause.id) or catalog.clauses.get(clause.id)
            if not replaced and f"{clause.id}{PROCEDURES_SUFFIX}" in catalog.clauses:
                found.append(_only_procedures(clause))
            element = replaced.element if replaced else element_of(path.stem, elements)
            # `replaced` is the clause of the nearest repository below, so a lock holds for everybody above it.
            if replaced and replaced.locked:
                found.append(_locked(replaced, clause))
                continue
            # A wrong name is a finding, and the rest of the clause still counts; the catalog knows no such source.
            cited = tuple(key for key in clause.sources if key in catalog.sources)
            asked = tuple(code for code in clause.requires if code in vocabulary.codes)
            clauses[clause.id] = replace(clause, element=element, sources=cited, requires=asked)
    known = {"clause": vocabulary.codes, "clause id": {**catalog.clauses, **clauses}, "source": catalog.sources}
    vocabulary.check_names(known, catalog.clauses)
    found += vocabulary.findings
    return clauses


def _clause_files(base: Base, found: list[Finding]) -> list[Path]:
    """Return the clause files of a repository's overrides/; other files there become findings."""
    inner, outer = PurePosixPath(CLAUSES).name, PurePosixPath(CLAUSES).parent.name
    lying = entries(base.root / outer, f"{base.prefix}{outer}", found)
    others = [path for path in lying if path.name != inner]
    # Only looked into if it is there under exactly this name; a folder such as “Clauses” is a finding.
    clauses = entries(base.root / CLAUSES, f"{base.prefix}{CLAUSES}", found) if len(others) < len(lying) else []
    found += [_stranger(base, path) for path in (*others, *(path for path in clauses if path.suffix != ".md"))]
    return [path for path in clauses if path.suffix == ".md"]


def _stranger(base: Base, path: Path) -> Finding:
    name = f"{base.prefix}{path.relative_to(base.root).as_posix()}"
    message = "Nothing reads this file: a clause is a file in overrides/clauses/ whose name ends in “.md”."
    return Finding("E107", "error", message, (Place(name),), "Rename it, or move it elsewhere.")


def element_of(name: str, elements: Mapping[str, str]) -> str:
    """Return the element of a clause that is not in the catalog: the one of the other clauses with its code."""
    # A new clause has no folder that names its element; its code does.
    return next((element for code, element in elements.items() if name.startswith(f"{code}-")), "")


def _only_procedures(clause: Clause) -> Finding:
    """Report a text for the policy where the catalog has procedures alone: it adds to them, and replaces nothing."""
    message = f"The catalog's {clause.id} is only in the procedures, so this text is added to the policy."
    fix = "If it should replace the catalog's text, put a line “## Procedures” above it."
    return Finding("P103", "warning", message, (clause.place,), fix, element=clause.element)


def _locked(kept: Clause, refused: Clause) -> Finding:
    message = f"“{kept.title}” may not be changed here: {kept.locked} locks it. The policy keeps the locked text."
    fix = f"Delete {refused.place.file}, or ask the authority behind the lock to lift it."
    return Finding("B101", "blocker", message, (refused.place, kept.place), fix, element=kept.element)
