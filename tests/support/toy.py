"""The toy catalog about a village's swimming pool, and copies of it that are changed."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from policywright.catalog.reader import read_catalog
from policywright.draft import make_draft
from policywright.model.catalog import Catalog
from policywright.model.draft import Draft
from policywright.repository import read_repository
from tests.support.agency_files import CASES

TOY = CASES / "toy"
SETTLED = {
    "answers/bathers.yml": "allowed: [swimmers]\ndog_day:\nshower: 'no'\nforbidden: [glass]\n",
    "answers/lifeguards.yml": "present: 'yes'\ncount: 2\n",
}
"""Answers of a village that may publish."""


@functools.cache
def pool_catalog() -> Catalog:
    """Return the toy catalog."""
    return read_catalog(TOY / "pool", TOY / "guidance")


def use_pool(patch: pytest.MonkeyPatch) -> None:
    """Let every command and every site take the toy catalog."""
    patch.setattr("policywright.draft.known_catalogs", lambda: ("pool",))
    patch.setattr("policywright.draft.load_catalog", lambda _: pool_catalog())
    patch.setattr("policywright.catalog.cache.KeptCatalog.__call__", lambda *_: pool_catalog())


def draft(root: Path, pool: Catalog) -> Draft:
    return make_draft(read_repository(root, pool), pool)


def lay(folder: Path, changes: Mapping[str, Any]) -> Path:
    """Copy the toy catalog and change it; a change is a whole text, null for no file, or {of: to} for a piece of it."""
    shutil.copytree(TOY / "pool", folder / "pool")
    shutil.copytree(TOY / "guidance", folder / "guidance")
    for name, change in changes.items():
        path = folder / ("" if name.startswith("guidance/") else "pool") / name
        if change is None:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes.fromhex(change["hex"]) if "hex" in change else changed(path, change).encode())
    return folder


def changed(path: Path, change: str | Mapping[str, str]) -> str:
    if isinstance(change, str):
        return change
    text = path.read_text("utf-8")
    for old, new in change.items():
        assert text.count(old) == 1, f"“{old}” stands {text.count(old)} times in {path.name}"
        text = text.replace(old, new)
    return text
