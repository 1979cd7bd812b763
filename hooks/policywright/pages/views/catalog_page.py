"""What the frame of a catalog's page may show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from policywright.model.agency import Answer, Document
from policywright.model.catalog import CatalogPage
from policywright.model.draft import Provision, Task
from policywright.pages.views.overview import staff_lines
from policywright.pages.views.site import AgencySite, View, with_id
from policywright.pages.views.tasks import needed


@dataclass(frozen=True)
class CatalogPageView(View):
    """A page of the catalog's, listed under `pages:` in catalog.yml."""

    frame: str
    """The id of the page."""
    page: CatalogPage
    document: Document
    answers: Mapping[str, Answer]
    """Question -> its answer."""
    provisions: tuple[Provision, ...]
    """The numbered ones, in order."""
    tasks: tuple[Task, ...]
    """Those of all checklists that are needed, or may be."""
    staff_lines: tuple[Provision, ...]
    """The provisions whose lines are on the staff card, in order."""


def catalog_page_view(site: AgencySite, key: str) -> CatalogPageView:
    """Show a page of the catalog's."""
    page = with_id(site.catalog.pages, key)
    lines = tuple(staff_lines(site.draft))
    return CatalogPageView(key, page, site.document, site.answers, site.policy.provisions, needed(site), lines)
