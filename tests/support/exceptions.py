"""Holds what a test finds against tests/cases/exceptions.yml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.agency_files import read_case

EXCEPTIONS = read_case("exceptions.yml")


def check(part: str, kind: str, found: Mapping[str, Any]) -> None:
    """Hold what was found against the exceptions of this kind; neither may be without the other."""
    allowed = EXCEPTIONS[part].get(kind, {})
    assert {name: said for name, said in found.items() if name not in allowed} == {}
    assert sorted(set(allowed) - set(found)) == [], "exceptions that nothing needs any more"
