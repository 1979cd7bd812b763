"""Makes agencies that have released versions of their policy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from policywright.approval.releases import release_file, release_text
from policywright.draft import make_draft
from policywright.model.draft import Draft
from tests.support.agency_files import TOWN_ANSWERS, catalog, repository_of, write_agency

POLICY = {"preset": "two_way", "owner": "the Communications Office"}


def draft_in(root: Path) -> Draft:
    """Draft the policy of a repository."""
    return make_draft(repository_of(root), catalog())


def release(root: Path, version: str, day: str, answers: Mapping[str, Any] | None = None, **policy: Any) -> Draft:
    """Write an agency with these answers and freeze its text as a version, despite any objection."""
    write_agency(root, TOWN_ANSWERS | dict(answers or {}), POLICY | {"version": version} | policy)
    draft = draft_in(root)
    path = root / release_file(version)
    path.parent.mkdir(exist_ok=True)
    path.write_text(release_text(draft, day, "Pat Example", "0" * 16), encoding="utf-8")
    return draft_in(root)
