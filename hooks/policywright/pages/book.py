"""A draft becomes the pages of an agency's site: {uri: Markdown}."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any

from policywright.approval.objections import publication_objections, refuse
from policywright.model.draft import Draft
from policywright.model.findings import Finding
from policywright.pages.downloads import Download
from policywright.pages.feeds import make_files
from policywright.pages.own_pages import Docs, built_as, without_head_remarks
from policywright.pages.plan import AUDIENCES, NAVIGATION, PlannedPage, page_names, plan
from policywright.pages.published import published
from policywright.pages.renderer import Binder, Book, Page
from policywright.pages.style import assets
from policywright.pages.tables import tables
from policywright.pages.views.site import AgencySite

__all__ = ["AUDIENCES", "make_book", "navigation", "page_names"]

Rendered = tuple[Page, list[Finding]]
"""A page, and the mistakes in what it shows."""
InTurn = Callable[[Callable[[PlannedPage], Rendered], Sequence[PlannedPage]], Iterable[Rendered]]
"""Renders each of some pages, and returns them in their order, as `map` does."""

PAGES_LISTED = 100
PAGES_IN_GROUP = 50


def make_book(  # noqa: PLR0913 - what a caller knows of an agency beside its draft
    draft: Draft,
    audience: str = "working",
    own: Mapping[str, str] | None = None,
    *,
    folders: bool = False,
    docs: Docs | None = None,
    problems: Sequence[Finding] = (),
    downloads: Sequence[Download] = (),
    in_turn: InTurn = map,
) -> Book:
    """Render every page of an agency's site for an audience; see `render_book`.

    `problems` are mistakes in pages that the caller expands later.
    Raise Refused with every reason why a book for the public may not be published.
    """
    book = render_book(draft, audience, own, folders=folders, docs=docs, downloads=downloads, in_turn=in_turn)
    book = replace(book, problems=(*book.problems, *problems))
    # Here and not in the adapter, so that “render --published” and every other caller refuses too.
    if audience != "working":
        refuse([*publication_objections(draft), *map(str, book.problems)])
    return book


def render_book(  # noqa: PLR0913 - as `make_book`
    draft: Draft,
    audience: str = "working",
    own: Mapping[str, str] | None = None,
    *,
    folders: bool = False,
    docs: Docs | None = None,
    downloads: Sequence[Download] = (),
    in_turn: InTurn = map,
) -> Book:
    """Render every page of an agency's site for an audience, even if it may not be published.

    `own` are the agency's pages by uri, shortcodes included; they replace generated pages that are built as the same
    page. `docs` is the folder that they are in.
    `folders` says whether the site has a folder per page; the files for programs contain addresses.
    `downloads` are documents that the readers of this site may see; a page lists them.
    `in_turn` may render pages in other processes.
    """
    working = audience == "working"
    draft = draft if working else published(draft)
    site, planned = _planned(AgencySite(draft.catalog, working, draft, downloads=(*downloads,)), audience)
    binder = Binder(site)
    docs = docs or Docs(Path("docs"))
    mine = {uri: _written(binder, uri, text, docs) for uri, text in (own or {}).items()}
    replaced = {built_as(uri) for uri in mine}
    made = [page for page in planned if built_as(page.uri) not in replaced]

    def render(page: PlannedPage) -> Rendered:
        number = len(binder.problems)
        done = binder.page(page.uri, page.title, page.view(site))
        found = binder.problems[number:]
        del binder.problems[number:]
        return done, found

    pages: dict[str, Page] = {}
    for page, found in in_turn(render, made):
        pages[page.uri] = page
        binder.problems += found
    files: dict[str, str | bytes] = {**tables(draft, working=working), **assets(draft.document, working=working)}
    files |= make_files(draft, working=working, folders=folders) | {one.uri: one.content for one in downloads}
    return Book(pages | mine, navigation(planned, mine), tuple(binder.problems), files, binder)


def _planned(site: AgencySite, audience: str) -> tuple[AgencySite, list[PlannedPage]]:
    """Return a site that knows its pages, and the pages."""
    planned = list(plan(site, audience))
    # Views link to other pages only if the site has them, so all titles must be known before the first page is
    # rendered.
    titles = {page.uri: page.title for page in planned}
    absent = frozenset(page_names(site.catalog) - set(titles))
    return replace(site, titles=titles, absent=absent), planned


def render_papers(draft: Draft, audience: str) -> Iterator[tuple[PlannedPage, Page]]:
    """Render each page that leaves as a document, without what only a site has.

    For the audience “working” these are the pages that a published site does not have: the others are the same text
    for everybody, and `draft` says what their readers may know; see `published`.
    """
    working = audience == "working"
    site, planned = _planned(AgencySite(draft.catalog, working, draft, paper=True), audience)
    binder = Binder(site)
    for page in planned:
        if page.kind.paper and (page.kind.audience == "working") == working:
            yield page, binder.page(page.uri, page.title, page.view(site))


def _written(binder: Binder, uri: str, text: str, docs: Docs) -> Page:
    page = binder.written(uri, text, docs.place(uri).file, convert=docs.convert)
    return page if binder.site.working else replace(page, text=without_head_remarks(page.text))


def navigation(planned: Sequence[PlannedPage], own: Iterable[str]) -> list[Any]:
    """Return the navigation in MkDocs' form, by branch; the agency's pages come last."""
    entries: list[Any] = []
    for branch in NAVIGATION:
        members = [page for page in planned if page.kind.branch is branch]
        listed = [{page.label: page.uri} for page in sorted(members, key=lambda page: page.kind.last)]
        entries += [{branch.title: listed}] if branch.title and listed else listed
    return with_own(entries, own)


def with_own(entries: Sequence[Any], own: Iterable[str]) -> list[Any]:
    """Add the agency's pages to a navigation; one that replaces a generated page takes its place."""
    instead = {built_as(uri): uri for uri in own}
    placed = [_with_own(entry, instead) for entry in entries]
    return [*placed, *_grouped([*instead.values()])]


def _with_own(entry: Any, instead: dict[str, str]) -> Any:
    if isinstance(entry, str):
        return instead.pop(built_as(entry), entry)
    return {
        title: [_with_own(one, instead) for one in inner] if isinstance(inner, list) else _with_own(inner, instead)
        for title, inner in entry.items()
    }


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
