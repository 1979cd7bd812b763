"""What the first page shows: how far the policy is, what to do next, and ways to read it."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from policywright.approval.reviews import dates, law_days
from policywright.model.agency import Document
from policywright.model.catalog import CatalogPage, Reader, Step
from policywright.model.draft import Chapter, Draft
from policywright.model.findings import SEVERITIES
from policywright.pages.charts import progress, timeline
from policywright.pages.views.findings import FindingCard, StatusPart, finding_cards, status_part
from policywright.pages.views.overview import ElementState, OfficeState, by_element, by_office
from policywright.pages.views.policy import TitleBlock, title_block
from policywright.pages.views.site import AgencySite, View


@dataclass(frozen=True)
class ElementRow:
    """How far one element is, in numbers and as a bar."""

    state: ElementState
    counts: tuple[tuple[str, int], ...]
    """Severity -> how many findings, as far as there are any."""

    @property
    def missing(self) -> int:
        """How many essential questions nobody answered."""
        return self.state.asked - self.state.own - self.state.assumed

    @property
    def bar(self) -> Markup:
        """The answers as a chart; empty when nothing essential is asked."""
        state = self.state
        parts = [("given", state.own, "done"), ("assumed", state.assumed, "assumed"), ("open", self.missing, "open")]
        return progress(parts, state.element.title) if state.asked else Markup()


@dataclass(frozen=True)
class Work:
    """What the people who write the policy see on the first page."""

    status: StatusPart
    stops: tuple[FindingCard, ...]
    """Errors and blockers that no decision lets stand."""
    gaps: int
    """How many essential answers are open or only assumed."""
    offices: tuple[OfficeState, ...]
    steps: tuple[Step, ...]
    elements: tuple[ElementRow, ...]
    severities: Markup
    """A chart of the findings; empty without any."""
    dates: Markup
    """A line of time; empty without a date."""


@dataclass(frozen=True)
class DoorsPart(View):
    """Ways into the site: by kind of reader, and on a published site by text."""

    frame = "parts/doors"
    readers: tuple[Reader, ...]
    title: str
    """What the policy is called."""
    texts: tuple[Chapter, ...]
    pages: tuple[CatalogPage, ...]
    working: bool


@dataclass(frozen=True)
class HomePart(View):
    """The first page without its title, for a page that the agency writes."""

    frame = "parts/home"
    title_block: TitleBlock
    work: Work | None
    """None on a published site."""
    doors: DoorsPart | None
    """None where there is nothing to show."""


@dataclass(frozen=True)
class HomeView(View):
    """The first page."""

    frame = "home"
    wide = True
    document: Document
    body: HomePart


def home_view(site: AgencySite, _: str) -> HomeView:
    """Show the first page."""
    return HomeView(site.document, home_part(site))


def home_part(site: AgencySite) -> HomePart:
    """Show the first page without its title."""
    return HomePart(title_block(site), _work(site) if site.working else None, _doors(site))


def readers(site: AgencySite) -> tuple[Reader, ...]:
    """Return the kinds of readers for whom a site has a way; people who write the policy read the working site."""
    return tuple(reader for reader in site.catalog.readers if site.working or reader.audience != "authors")


def _doors(site: AgencySite) -> DoorsPart | None:
    known, pages = readers(site), site.catalog.pages
    if site.working and not known:
        return None
    return DoorsPart(known, site.document.title, site.policy.texts, pages, site.working)


def _work(site: AgencySite) -> Work:
    draft = site.draft
    stops = (one for one in draft.findings if one.severity in ("error", "blocker") and not one.settled)
    return Work(
        status=status_part(site),
        stops=finding_cards(stops, draft),
        gaps=draft.counts["gap"],
        offices=tuple(by_office(draft)),
        steps=tuple(site.catalog.steps.values()),
        elements=tuple(_row(state) for state in by_element(draft)),
        severities=_severities(draft),
        dates=timeline([(due.date, due.title) for due in (*dates(draft), *law_days(draft))], _DATES, draft.today),
    )


_DATES = "Dates of this policy"


def _row(state: ElementState) -> ElementRow:
    found = [finding.severity for finding in state.findings]
    return ElementRow(state, tuple((name, found.count(name)) for name in SEVERITIES if name in found))


def _severities(draft: Draft) -> Markup:
    parts = [(name, count, name) for name, count in draft.counts.items() if name != "gap" and count]
    return progress(parts, "Findings by severity", legend=True) if parts else Markup()
