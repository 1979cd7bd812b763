"""What the tests of sites share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from policywright.model.draft import Draft
from policywright.pages.book import make_book
from policywright.pages.renderer import Book
from policywright.pages.views.overview import every_provision


@pytest.fixture
def short_book(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a site hold only its home page and the pages of provisions: the other seventy take three seconds."""

    def short(draft: Draft, *rest: Any, **options: Any) -> Book:
        book = make_book(draft, *rest, **options)
        kept = dict.fromkeys(["index.md", *(uri for uri, _ in every_provision(draft))])
        return replace(book, pages={uri: book.pages[uri] for uri in kept}, navigation=[*kept])

    monkeypatch.setattr("policywright.mkdocs_site.agency.make_book", short)
