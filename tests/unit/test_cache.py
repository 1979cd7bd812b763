"""A cached catalog is used only while everything that made it is the same."""

from __future__ import annotations

from pathlib import Path

from policywright.catalog import cache
from policywright.catalog.folders import PACKAGE, catalog_folder, guidance_folder


def test_the_cache_looks_at_every_module_that_makes_a_catalog() -> None:
    files = {Path(name) for name in cache._source_files(catalog_folder("social-media"), guidance_folder())}
    for package in ("catalog", "files", "language", "model"):
        modules = set((PACKAGE / package).glob("*.py"))
        assert len(modules) > 1
        assert modules <= files
