"""A draft becomes the pages of an agency's site: {uri: Markdown}."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from policywright.approval.objections import publication_objections, refuse
from policywright.model.draft import Draft
from policywright.pages.feeds import make_files
from policywright.pages.plan import AUDIENCES, NAVIGATION, PlannedPage, page_names, plan
from policywright.pages.renderer import Binder, Book
from policywright.pages.style import assets
from policywright.pages.tables import tables
from policywright.pages.views.site import AgencySite

__all__ = ["AUDIENCES", "make_book", "navigation", "page_names"]


def make_book(
    draft: Draft, audience: str = "working", own: Mapping[str, str] | None = None, *, folders: bool = False
) -> Book:
    """Render every page of an agency's site for an audience; see `render_book`.

    Raise Refused with every reason why a book for the public may not be published.
    """
    book = render_book(draft, audience, own, folders=folders)
    if audience != "working":
        refuse([*publication_objections(draft), *map(str, book.problems)])
    return book


def render_book(
    draft: Draft, audience: str = "working", own: Mapping[str, str] | None = None, *, folders: bool = False
) -> Book:
    """Render every page of an agency's site for an audience, even if it may not be published: to look at, to compare.

    `own` are the agency's own pages by uri, shortcodes and all; they replace generated pages of the same uri.
    `folders` says whether the site makes a folder of each page; the files for programs need to know.
    """
    working = audience == "working"
    site = AgencySite(draft.catalog, working, draft)
    planned = list(plan(site, audience))
    site = replace(site, titles={page.uri: page.title for page in planned})
    binder = Binder(site)
    pages = {page.uri: binder.page(page.uri, page.title, page.view(site)) for page in planned}
    mine = {uri: binder.written(uri, text, f"docs/{uri}") for uri, text in (own or {}).items()}
    files: dict[str, str | bytes] = {**tables(draft, working=working), **assets(draft.document)}
    files |= make_files(draft, working=working, folders=folders)
    return Book(pages | mine, navigation(planned, mine), tuple(binder.problems), files)


def navigation(planned: Sequence[PlannedPage], own: Iterable[str]) -> list[Any]:
    """Order the pages by the branches of the navigation, in MkDocs' form; the agency's own pages come last."""
    entries: list[Any] = []
    for branch in NAVIGATION:
        members = [page for page in planned if page.kind.branch is branch]
        listed = [{page.label: page.uri} for page in sorted(members, key=lambda page: page.kind.last)]
        entries += [{branch.title: listed}] if branch.title and listed else listed
    made = {page.uri for page in planned}
    return [*entries, *(uri for uri in own if uri not in made)]
