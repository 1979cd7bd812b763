"""Finds the repositories that an agency builds on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from policywright.agency.policy_file import read_document
from policywright.model.agency import Document
from policywright.model.findings import Finding, Place, short


@dataclass(frozen=True)
class Base:
    """A repository whose answers and clauses an agency inherits."""

    root: Path
    prefix: str
    """The prefix of its file names in places."""
    name: str
    """The agency that it belongs to."""


def find_bases(root: Path, document: Document, found: list[Finding]) -> list[Base]:
    """Return the repositories that an agency builds on, the nearest first; mistakes are added to the findings.

    `document` is what the agency's policy.yml says.
    """
    bases: list[Base] = []
    seen = [root.resolve()]
    prefix = ""
    while document.base:
        root = root / document.base
        problem = _objection(root, document.base, seen, _beneath(document.places["base"], prefix))
        if problem:
            found.append(problem)
            break
        # Places must not show paths outside the repository, which differ from machine to machine.
        prefix = "base/" * len(seen)
        seen.append(root.resolve())
        document, problems = read_document(root)
        found += [_moved(one, prefix) for one in problems]
        bases.append(Base(root, prefix, document.agency_name))
    return bases


def _objection(root: Path, base: str, seen: list[Path], place: Place) -> Finding | None:
    if not _is_repository(root):
        message = f"The base “{short(base)}” is not an agency's repository: it has no policy.yml."
        return Finding("E110", "error", message, (place,), "Write its path, relative to this policy.yml.")
    # Without this check two repositories that name each other would be read forever.
    if root.resolve() in seen:
        message = "The bases form a circle: each builds on the next."
        return Finding("E111", "error", message, (place,), "Remove one “base:” of the circle.")
    return None


def _is_repository(root: Path) -> bool:
    try:
        return (root / "policy.yml").is_file()
    except OSError:
        return False


def _moved(finding: Finding, prefix: str) -> Finding:
    return replace(finding, places=tuple(_beneath(place, prefix) for place in finding.places))


def _beneath(place: Place, prefix: str) -> Place:
    return replace(place, file=prefix + place.file)
