"""The navigation of an agency's site: ours, or one that somebody else made, with a placeholder for our pages."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure import StructureItem
from mkdocs.structure.files import File, Files, InclusionLevel, set_exclusions
from mkdocs.structure.nav import Navigation, Section, get_navigation
from mkdocs.structure.pages import Page

from policywright.mkdocs_site.generated import is_generated
from policywright.mkdocs_site.html import escaped_labels
from policywright.pages.book import with_own
from policywright.pages.own_pages import built_as
from policywright.pages.renderer import Book

PLACEHOLDER = "policywright.md"
"""What a navigation names where our pages shall be; a page of the agency with this name is a page like any other."""
AWESOME = "awesome-nav"
"""A plug-in that replaces every navigation by one that it makes of folders and `.nav.yml`."""


def whole_navigation(files: Files, config: MkDocsConfig, book: Book) -> list[Any]:
    """Return the navigation; an agency's page that replaces a generated one has its place, the others are last."""
    set_exclusions(files, config)
    own = [file.src_uri for file in _listed(files) if not is_generated(file)]
    return _ours(book, files, own)


def our_navigation(files: Files, config: MkDocsConfig, book: Book) -> list[Any]:
    """Return the navigation of the generated pages and of those that replace one."""
    set_exclusions(files, config)
    ours = {built_as(uri) for uri in book.pages}
    return _ours(book, files, [uri for uri in _built(files) if built_as(uri) in ours])


def _ours(book: Book, files: Files, own: Collection[str]) -> list[Any]:
    return escaped_labels(_without(with_own(book.navigation, own), book.pages.keys() - _built(files)))


def _listed(files: Files) -> list[File]:
    pages = files.documentation_pages()
    return [file for file in pages if file.inclusion.value > InclusionLevel.NOT_IN_NAV.value]


def _built(files: Files) -> set[str]:
    # A server shows drafts too, and names them in the navigation.
    return {file.src_uri for file in files.documentation_pages(inclusion=InclusionLevel.is_in_serve)}


def _without(entries: list[Any], uris: Collection[str]) -> list[Any]:
    """Return a navigation without some pages, and without the sections that are then empty."""
    kept: list[Any] = []
    for entry in entries:
        named = entry if isinstance(entry, dict) else {"": entry}
        for title, inner in named.items():
            left = _without(inner, uris) if isinstance(inner, list) else inner
            if left and (isinstance(left, list) or left not in uris):
                kept.append({title: left} if title else left)
    return kept


def with_ours(navigation: Any, ours: list[Any]) -> list[Any]:
    """Put our part in place of the placeholder; pages that the navigation names elsewhere stay there."""
    entries = [{title: inner} for title, inner in navigation.items()] if isinstance(navigation, dict) else navigation
    named = set(_uris(entries))
    return [*_with_ours(entries, _without(ours, named))] if PLACEHOLDER in named else entries


def _with_ours(entries: list[Any], ours: list[Any]) -> Iterator[Any]:
    for entry in entries:
        if entry == PLACEHOLDER:
            yield from ours
        elif isinstance(entry, dict):
            yield {title: _filled(inner, ours) for title, inner in entry.items()}
        else:
            yield entry


def _filled(inner: Any, ours: list[Any]) -> Any:
    if inner == PLACEHOLDER:
        return ours
    return [*_with_ours(inner, ours)] if isinstance(inner, list) else inner


def _uris(entries: list[Any]) -> Iterator[str]:
    for entry in entries:
        for inner in entry.values() if isinstance(entry, dict) else [entry]:
            if isinstance(inner, list):
                yield from _uris(inner)
            elif inner:
                yield str(inner)


def offer_placeholder(files: Files, config: MkDocsConfig) -> None:
    """Let a plug-in that makes the navigation of files see a placeholder and not our pages."""
    set_exclusions(files, config)
    if files.get_file_from_path(PLACEHOLDER):
        return
    for file in _listed(files):
        if is_generated(file):
            file.inclusion = InclusionLevel.NOT_IN_NAV
    placeholder = File.generated(config, PLACEHOLDER, content="# Policy\n")
    placeholder.inclusion = InclusionLevel.INCLUDED
    files.append(placeholder)


def with_ours_placed(navigation: Navigation, config: MkDocsConfig, files: Files, ours: list[Any]) -> Navigation:
    """Return the navigation that a plug-in made, with our part in place of the placeholder it was offered."""
    placeholder = files.get_file_from_path(PLACEHOLDER)
    if placeholder is None or placeholder.abs_src_path:
        return navigation
    files.remove(placeholder)
    elsewhere = {page.file.src_uri for page in navigation.pages}
    part = _navigation_of(_without(ours, elsewhere), config, files)
    items = [*_placed(navigation.items, placeholder, part, None)]
    pages = [*_pages(items)]
    for before, page, after in zip([None, *pages[:-1]], pages, [*pages[1:], None], strict=True):
        page.previous_page, page.next_page = before, after
    return Navigation(items, pages)


def _navigation_of(ours: list[Any], config: MkDocsConfig, files: Files) -> list[StructureItem]:
    uris = {*_uris(ours)}
    part = [file for file in files if file.src_uri in uris and type(file.page) in (Page, type(None))]
    for file in part:
        file.page = None  # MkDocs would keep the page of its first navigation, with another title
    theirs, config.nav = config.nav, ours
    made = get_navigation(Files(part), config)
    config.nav = theirs
    return made.items


def _placed(
    items: list[StructureItem], placeholder: File, part: list[StructureItem], parent: Section | None
) -> Iterator[StructureItem]:
    for item in items:
        if isinstance(item, Section):
            item.children = [*_placed(item.children, placeholder, part, item)]
        if not (isinstance(item, Page) and item.file is placeholder):
            yield item
        elif item.title:
            yield _below(Section(item.title, part), parent)
        else:
            yield from (_below(one, parent) for one in part)


def _below(item: StructureItem, parent: Section | None) -> StructureItem:
    item.parent = parent
    if isinstance(item, Section):
        item.children = [_below(child, item) for child in item.children]
    return item


def _pages(items: list[StructureItem]) -> Iterator[Page]:
    for item in items:
        if isinstance(item, Page):
            yield item
        elif isinstance(item, Section):
            yield from _pages(item.children)
