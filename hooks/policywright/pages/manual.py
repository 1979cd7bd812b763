"""The pages of this repository's own site: guidance, reference, and a sample agency's whole site."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from policywright.catalog.cache import load_catalog
from policywright.catalog.folders import catalog_folder
from policywright.draft import draft_of
from policywright.model.catalog import Catalog
from policywright.model.findings import BrokenCatalog
from policywright.pages.book import make_book
from policywright.pages.readings import check_readings
from policywright.pages.renderer import Binder, Book, Page
from policywright.pages.style import assets
from policywright.pages.views import reference
from policywright.pages.views.elements import elements_view
from policywright.pages.views.site import Site, View

MOVED = {"sources.md": "reference/sources.md"}

REFERENCE: dict[str, tuple[str, Callable[[Site], View]]] = {
    "questions": ("Questions", reference.questions_reference),
    "rules": ("Rules", reference.rules_reference),
    "clauses": ("Clauses", reference.clauses_reference),
    "checklists": ("Checklists", reference.checklists_reference),
    "presets": ("Presets", reference.presets_reference),
    "codes": ("Error codes", reference.codes_reference),
    "sources": ("Sources", reference.sources_reference),
    "components": ("Components", reference.components_reference),
}
"""The pages below `reference/`: name -> title, and what makes the view."""


def make_manual(sample: Path, catalog_name: str = "social-media") -> Book:
    """Render the manual of a catalog; `sample` is the repository of a fictional agency.

    Raise PolicyError when the catalog or the sample cannot be read, or when the catalog sends a reader to a page that
    no site has.
    """
    folder = catalog_folder(catalog_name)
    catalog = load_catalog(folder)
    lost = check_readings(catalog, folder)
    if lost:
        raise BrokenCatalog(lost)
    binder = Binder(Site(catalog, working=True), MOVED)
    pages = {page.uri: page for page in (*_guidance(binder, catalog), *_reference(binder))}
    town = _sample(sample)
    return Book(pages | dict(town.pages), [], tuple(binder.problems), assets() | dict(town.files))


def _guidance(binder: Binder, catalog: Catalog) -> list[Page]:
    index = binder.page("guidance/index.md", "Guidance", elements_view(binder.site))
    written = [
        binder.written(f"guidance/{element}.md", text, f"docs/guidance/{element}.md", element)
        for element, text in catalog.guidance.items()
    ]
    return [index, *written]


def _reference(binder: Binder) -> list[Page]:
    return [binder.page(f"reference/{name}.md", title, view(binder.site)) for name, (title, view) in REFERENCE.items()]


def _sample(folder: Path) -> Book:
    """Render the whole working site of a fictional agency below `sample/`."""
    draft = draft_of(folder)
    book = make_book(draft, "working")
    title = json.dumps(draft.document.agency_name, ensure_ascii=False)
    pages = {f"sample/{uri}": replace(page, uri=f"sample/{uri}") for uri, page in book.pages.items()}
    files = {f"sample/{uri}": text for uri, text in book.files.items() if not uri.startswith("assets/")}
    home = pages["sample/index.md"]
    head = f"---\ntitle: {title}\n---\n"
    return replace(
        book, pages=pages | {home.uri: replace(home, text=head + home.text.partition("\n---\n")[2])}, files=files
    )
