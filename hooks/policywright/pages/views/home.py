"""What the home page shows: the state of the policy, what to do next, and paths for readers."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from policywright.approval.reviews import dates, law_days
from policywright.model.agency import Document
from policywright.model.catalog import CatalogPage, Instrument, Reader, Step
from policywright.model.draft import Chapter, Draft
from policywright.model.findings import SEVERITIES
from policywright.pages.charts import progress, timeline
from policywright.pages.views.adoption import adoption_block
from policywright.pages.views.findings import FindingCard, StatusPart, finding_cards, status_part
from policywright.pages.views.forms import NextStep, next_step
from policywright.pages.views.how_to import HowTo, how_tos
from policywright.pages.views.overview import ElementState, OfficeState, by_element, every_office
from policywright.pages.views.policy import FullChapter, TitleBlock, full_chapters, title_block
from policywright.pages.views.site import AgencySite, View


@dataclass(frozen=True)
class ElementRow:
    """The progress of one element, in numbers and as a bar."""

    state: ElementState
    counts: tuple[tuple[str, int], ...]
    """Severity -> the number of findings, without severities that do not occur."""

    @property
    def missing(self) -> int:
        """The number of essential questions that nobody answered."""
        return self.state.asked - self.state.own - self.state.assumed

    @property
    def bar(self) -> Markup:
        """The answers as a chart; empty if nothing essential is asked."""
        state = self.state
        parts = [("given", state.own, "done"), ("assumed", state.assumed, "assumed"), ("open", self.missing, "open")]
        return progress(parts, state.element.title) if state.asked else Markup()


@dataclass(frozen=True)
class Work:
    """What the people who write the policy see on the home page."""

    next: NextStep | None
    """None if every office has answered."""
    status: StatusPart
    stops: tuple[FindingCard, ...]
    """Errors and blockers that no decision accepts."""
    gaps: int
    """The number of essential answers that are open or only assumed."""
    waiting: int
    """The number of rules that could block and wait for answers."""
    offices: tuple[OfficeState, ...]
    steps: tuple[Step, ...]
    how_tos: tuple[HowTo, ...]
    elements: tuple[ElementRow, ...]
    severities: Markup
    """A chart of the findings; empty without any."""
    dates: Markup
    """A timeline; empty without a date."""


@dataclass(frozen=True)
class LinksPart(View):
    """Links into the site: by kind of reader, and on a published site by text."""

    frame = "parts/links"
    readers: tuple[Reader, ...]
    title: str
    """The title of the policy."""
    instruments: tuple[Instrument, ...]
    """What is issued beside the policy, such as its procedures."""
    texts: tuple[Chapter, ...]
    pages: tuple[CatalogPage, ...]
    """Those that this site has."""
    checklists: bool
    """Whether the site has them."""
    working: bool


@dataclass(frozen=True)
class HomePart(View):
    """The home page without its title, for a page that the agency writes."""

    frame = "parts/home"
    title_block: TitleBlock
    document: Document
    work: Work | None
    """None on a published site."""
    opening: FullChapter | None
    """The first part of the policy, with which a published site begins."""
    chapters: tuple[Chapter, ...]
    """The parts of the policy; on a published site each has a page."""
    adoption: int | None
    """The number of the last part of the whole policy, which says how it was adopted; None if it has none."""
    links: LinksPart | None
    """None if there is nothing to show."""


@dataclass(frozen=True)
class HomeView(View):
    """The home page."""

    frame = "home"
    wide = True
    document: Document
    body: HomePart


def home_view(site: AgencySite, _: object) -> HomeView:
    """Show the home page."""
    return HomeView(site.document, home_part(site))


def home_part(site: AgencySite) -> HomePart:
    """Show the home page without its title."""
    chapters = site.policy.chapters
    opening = next(iter(full_chapters(chapters[:1], site)), None)
    return HomePart(
        title_block=title_block(site),
        document=site.document,
        work=_work(site) if site.working else None,
        opening=None if site.working else opening,
        chapters=chapters,
        adoption=len(chapters) + 1 if adoption_block(site.draft) else None,
        links=_links(site),
    )


def has_reader(site: AgencySite, reader: Reader) -> bool:
    """Return whether a site has a path for a kind of reader; authors read the working site only."""
    return site.working or (reader.audience != "authors" and site.document.publish == "intranet")


def _links(site: AgencySite) -> LinksPart | None:
    known = tuple(reader for reader in site.catalog.readers if has_reader(site, reader))
    if site.working and not known:
        return None
    catalog = site.catalog
    beside = tuple(one for name, one in catalog.instruments.items() if name != "policy" and f"{name}.md" in site.titles)
    # A published site has neither the pages for the authors nor, before the adoption, the act that adopts.
    pages = tuple(page for page in catalog.pages if f"{page.id}.md" in site.titles)
    lists = "checklists/index.md" in site.titles
    texts = tuple(text for text in site.policy.texts if f"{text.section.id}.md" in site.titles)
    return LinksPart(known, site.document.title, beside, texts, pages, lists, site.working)


def _work(site: AgencySite) -> Work:
    draft = site.draft
    stops = (one for one in draft.findings if one.severity in ("error", "blocker") and not one.settled)
    return Work(
        next=next_step(site),
        status=status_part(site),
        stops=finding_cards(stops, draft),
        gaps=draft.counts["gap"],
        waiting=sum(draft.catalog.rules[one.code].severity == "blocker" for one in draft.undecided),
        offices=tuple(every_office(draft)),
        steps=tuple(site.catalog.steps.values()),
        how_tos=how_tos(site.catalog),
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
