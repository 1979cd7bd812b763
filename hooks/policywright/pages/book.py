"""A draft becomes the pages of an agency's site: {uri: Markdown}."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from policywright.approval.objections import publication_objections, refuse
from policywright.model.draft import Draft
from policywright.pages.feeds import make_files
from policywright.pages.plan import AUDIENCES, NAVIGATION, PlannedPage, page_names, plan
from policywright.pages.published import published
from policywright.pages.renderer import Binder, Book
from policywright.pages.style import assets
from policywright.pages.tables import tables
from policywright.pages.views.site import AgencySite

__all__ = ["AUDIENCES", "make_book", "navigation", "page_names"]

PAGES_LISTED = 100
PAGES_IN_GROUP = 50


def make_book(
    draft: Draft, audience: str = "working", own: Mapping[str, str] | None = None, *, folders: bool = False
) -> Book:
    """Render every page of an agency's site for an audience; see `render_book`.

    Raise Refused with every reason why a book for the public may not be published.
    """
    book = render_book(draft, audience, own, folders=folders)
    # Here and not in the adapter, so that “render --published” and every other caller refuses too.
    if audience != "working":
        refuse([*publication_objections(draft), *map(str, book.problems)])
    return book


def render_book(
    draft: Draft, audience: str = "working", own: Mapping[str, str] | None = None, *, folders: bool = False
) -> Book:
    """Render every page of an agency's site for an audience, even if it may not be published.

    `own` are the agency's pages by uri, shortcodes included; they replace generated pages with the same uri.
    `folders` says whether the site has a folder per page; the files for programs contain addresses.
    """
    working = audience == "working"
    draft = draft if working else published(draft)
    site = AgencySite(draft.catalog, working, draft)
    planned = list(plan(site, audience))
    # Views link to other pages only if the site has them, so all titles must be known before the first page is
    # rendered.
    site = replace(site, titles={page.uri: page.title for page in planned})
    binder = Binder(site)
    pages = {page.uri: binder.page(page.uri, page.title, page.view(site)) for page in planned}
    mine = {uri: binder.written(uri, text, f"docs/{uri}") for uri, text in (own or {}).items()}
    files: dict[str, str | bytes] = {**tables(draft, working=working), **assets(draft.document)}
    files |= make_files(draft, working=working, folders=folders)
    return Book(pages | mine, navigation(planned, mine), tuple(binder.problems), files)


def navigation(planned: Sequence[PlannedPage], own: Iterable[str]) -> list[Any]:
    """Return the navigation in MkDocs' form, by branch; the agency's pages come last."""
    entries: list[Any] = []
    for branch in NAVIGATION:
        members = [page for page in planned if page.kind.branch is branch]
        listed = [{page.label: page.uri} for page in sorted(members, key=lambda page: page.kind.last)]
        entries += [{branch.title: listed}] if branch.title and listed else listed
    # A page that replaces a generated one keeps the place of that page.
    made = {page.uri for page in planned}
    return [*entries, *_grouped([uri for uri in own if uri not in made])]


def _grouped(uris: Sequence[str]) -> list[Any]:
    """Return the agency's pages one by one, or in groups if there are many.

    A theme prints the group of the page that is open and the names of the others. Without groups it prints every page
    on every page: a thousand pages took 23 seconds, five thousand 431.
    """
    if len(uris) <= PAGES_LISTED:
        return [*uris]
    groups = [uris[start : start + PAGES_IN_GROUP] for start in range(0, len(uris), PAGES_IN_GROUP)]
    names = [[PurePath(uri).stem for uri in (group[0], group[-1])] for group in groups]
    return [
        {"More pages": [{f"{first} to {last}": [*group]} for (first, last), group in zip(names, groups, strict=True)]}
    ]
