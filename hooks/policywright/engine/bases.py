"""Finds the repositories that an agency builds on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from policywright.engine.document import read_document
from policywright.engine.findings import Finding, Place, short
from policywright.engine.yamlfile import YamlFile, read_yaml


@dataclass(frozen=True)
class Base:
    """A repository whose answers and clauses count for an agency."""

    root: Path
    prefix: str
    """What stands before its file names in places."""
    name: str
    """The agency to which it belongs."""


def find_bases(root: Path, base: str, file: YamlFile, found: list[Finding]) -> list[Base]:
    """Return the repositories that an agency builds on, the nearest first; what is wrong joins the findings.

    `base` is what the agency's policy.yml, read as `file`, says.
    """
    bases: list[Base] = []
    seen = [root.resolve()]
    while base:
        root = root / base
        problem = _objection(root, base, seen, file.place("base"))
        if problem:
            found.append(problem)
            break
        prefix = "base/" * len(seen)
        seen.append(root.resolve())
        document, problems = read_document(root)
        found += [_moved(one, prefix) for one in problems]
        bases.append(Base(root, prefix, document.agency_name))
        file, _ = read_yaml(root / "policy.yml", f"{prefix}policy.yml")
        base = document.base
    return bases


def _objection(root: Path, base: str, seen: list[Path], place: Place) -> Finding | None:
    if not _is_repository(root):
        message = f"The base “{short(base)}” is not an agency's repository: it holds no policy.yml."
        return Finding("E110", "error", message, (place,), "Write its path, relative to this policy.yml.")
    if root.resolve() in seen:
        message = "The bases build on one another in a circle."
        return Finding("E111", "error", message, (place,), "Take one “base:” of the circle out.")
    return None


def _is_repository(root: Path) -> bool:
    try:
        return (root / "policy.yml").is_file()
    except OSError:
        return False


def _moved(finding: Finding, prefix: str) -> Finding:
    places = tuple(Place(prefix + place.file, place.line, place.column) for place in finding.places)
    return replace(finding, places=places)
