"""What the frame of a page that the catalog adds may show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from policywright.model.agency import Answer, Document
from policywright.model.catalog import CatalogPage
from policywright.model.draft import Provision, Task
from policywright.pages.views.adoption import AdoptionBlock, Matters, adoption_block, matters
from policywright.pages.views.overview import staff_lines
from policywright.pages.views.site import AgencySite, View
from policywright.pages.views.tasks import needed_tasks


@dataclass(frozen=True)
class CatalogPageView(View):
    """A page that the catalog adds under `pages:` in catalog.yml."""

    frame: str
    """The id of the page."""
    boost = 1.5
    page: CatalogPage
    document: Document
    answers: Mapping[str, Answer]
    """Question -> its answer."""
    provisions: tuple[Provision, ...]
    """The numbered provisions, in order."""
    tasks: tuple[Task, ...]
    """The tasks of all checklists that are needed, or may be."""
    staff_lines: tuple[Provision, ...]
    """The provisions whose lines are on the staff card, in order."""
    adoption: AdoptionBlock | None
    matters: Matters | None
    """For a page for the authors; None on every other page."""


def catalog_page_view(site: AgencySite, page: CatalogPage) -> CatalogPageView:
    """Show a page that the catalog adds."""
    return CatalogPageView(
        frame=page.id,
        page=page,
        document=site.document,
        answers=site.answers,
        provisions=site.policy.provisions,
        tasks=needed_tasks(site),
        staff_lines=tuple(staff_lines(site.draft)),
        adoption=adoption_block(site.draft),
        matters=matters(site.draft) if page.audience == "authors" and site.working else None,
    )
