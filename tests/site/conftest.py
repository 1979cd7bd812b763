"""What the tests of sites share."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from policywright.model.draft import Draft
from policywright.pages.book import make_book
from policywright.pages.renderer import Book
from policywright.pages.views.overview import every_provision
from tests.support.agency_files import bake, empty
from tests.support.shared import Shared
from tests.support.toy import TOY, use_pool


@pytest.fixture
def short_book(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a site hold only its home page and the pages of provisions: the other seventy take three seconds."""

    def short(draft: Draft, *rest: Any, **options: Any) -> Book:
        book = make_book(draft, *rest, **options)
        kept = dict.fromkeys(["index.md", *(uri for uri, _ in every_provision(draft))])
        return replace(book, pages={uri: book.pages[uri] for uri in kept}, navigation=[*kept])

    monkeypatch.setattr("policywright.mkdocs_site.agency.make_book", short)


@pytest.fixture(scope="session")
def baked_village(shared: Shared) -> Path:
    return shared("village", _village) / "exampleton"


def _village(folder: Path) -> None:
    agency = bake(folder)
    empty(agency)
    shutil.copytree(TOY / "village", agency, dirs_exist_ok=True)


@pytest.fixture
def village(baked_village: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The repository of a village with a pool: its site has a fifth of the pages of a real one."""
    use_pool(monkeypatch)
    return Path(shutil.copytree(baked_village, tmp_path / "exampleton"))
