"""Which pages an agency's site has: each kind of page is declared here, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from policywright.model.agency import Document
from policywright.model.catalog import Catalog, CatalogPage, Element, Instrument, Role, Section, Topic
from policywright.pages.views.acknowledgement import acknowledge_view
from policywright.pages.views.approval import risks_view, sign_off_sheet, sign_offs_view
from policywright.pages.views.catalog_page import catalog_page_view
from policywright.pages.views.downloads import downloads_view
from policywright.pages.views.elements import elements_view, guidance_view, scenarios_view
from policywright.pages.views.existing import existing_view, reuse_view
from policywright.pages.views.findings import findings_view, step_view
from policywright.pages.views.forms import answers_something, office_form_view, start_view, whole_form_view
from policywright.pages.views.history import changes_view
from policywright.pages.views.home import has_reader, home_view
from policywright.pages.views.how_to import how_to_view, how_tos
from policywright.pages.views.offices import agenda_view, office_sheet_view, stakeholders_view
from policywright.pages.views.overview import sheet_of
from policywright.pages.views.policy import (
    SECTION_PAGE,
    policy_view,
    procedures_view,
    provisions_view,
    reader_view,
    section_view,
    sources_view,
    text_view,
)
from policywright.pages.views.site import AgencySite, View
from policywright.pages.views.tasks import checklist_view, checklists_view

AUDIENCES = ("working", "published")
"""The audiences of a site; the first one sees the most."""


# Branches without a title are equal in their fields, but not the same place in the navigation.
@dataclass(frozen=True, eq=False)
class Branch:
    """A branch of the navigation; pages of a branch without a title are listed at the top level."""

    title: str = ""


HOME = Branch()
ANSWERS = Branch("Answer")
HOW_TO = Branch("How-to")
READERS = Branch("Ways to read it")
STEPS = Branch("First steps")
POLICY = Branch("Policy")
SECTIONS = Branch("Policy by section")
OPEN = Branch()
APPROVAL = Branch("Approval")
OFFICES = Branch("Stakeholders")
ELEMENTS = Branch("Elements")
SCENARIOS = Branch()
CHECKLISTS = Branch("Checklists")
SOURCES = Branch()

NAVIGATION = (
    HOME,
    ANSWERS,
    READERS,
    STEPS,
    POLICY,
    SECTIONS,
    OPEN,
    APPROVAL,
    OFFICES,
    ELEMENTS,
    SCENARIOS,
    CHECKLISTS,
    SOURCES,
    HOW_TO,
)
"""In the order of the navigation."""


class Titled(Protocol):
    """A thing of the catalog that has a page."""

    @property
    def id(self) -> str:
        """The permanent name, which is part of the page's path."""

    @property
    def title(self) -> str:
        """The title of the page, unless the kind of page has one."""


T = TypeVar("T", bound=Titled)


@dataclass(frozen=True)
class Single:
    """Used instead of a thing if the kind has a single page."""

    id: str = ""
    title: str = ""


ONE = (Single(),)


def _one(_: Catalog) -> Any:
    return ONE


@dataclass(frozen=True)
class PageKind(Generic[T]):
    """A page of the site, or a page for each of several things of the catalog, such as elements."""

    uri: str
    """The path of the Markdown file; {id} is replaced by the id of the thing."""
    view: Callable[[AgencySite, T], View]
    """Makes the view of the page; the view names its frame."""
    branch: Branch
    title: str | Callable[[AgencySite, T], str] = ""
    """Empty if the page has the title of its thing."""
    audience: str = "published"
    """The audience with the least access that sees it; see AUDIENCES."""
    things: Callable[[Catalog], Iterable[T]] = _one
    """The things with a page in this catalog, independent of an agency's answers."""
    shown: Callable[[AgencySite, T], bool] = lambda _site, _thing: True
    """Whether this agency's site has the page."""
    web: bool = False
    """Whether the public sees it on the web too; everything else that is published is for the staff."""
    label: str = ""
    """Its name in the navigation, if that is not its title."""
    last: bool = False
    """Whether it comes last in its branch."""
    paper: bool = False
    """Whether it leaves as a document too: an instrument, or a sheet that offices fill in."""

    def pages(self, site: AgencySite) -> Iterator[PlannedPage]:
        """Yield the pages of this kind that an agency's site has."""
        for thing in self.things(site.catalog):
            if self.shown(site, thing):
                title = self.title if isinstance(self.title, str) else self.title(site, thing)
                yield PlannedPage(self.uri.format(id=thing.id), title or thing.title, self, thing)


@dataclass(frozen=True)
class PlannedPage:
    """One page of one agency's site."""

    uri: str
    title: str
    kind: PageKind[Any]
    thing: Titled

    @property
    def label(self) -> str:
        """Its name in the navigation."""
        return self.kind.label or self.title

    def view(self, site: AgencySite) -> View:
        """Make the view of the page."""
        return self.kind.view(site, self.thing)


def _policy_title(site: AgencySite, _: Single) -> str:
    return site.document.title


def _procedures(catalog: Catalog) -> Iterable[Instrument]:
    return [instrument for name, instrument in catalog.instruments.items() if name == "procedures"]


def _has_procedures(site: AgencySite, _: Instrument) -> bool:
    return bool(site.policy.procedures)


def _for_readers(catalog: Catalog) -> Iterable[CatalogPage]:
    return [page for page in catalog.pages if page.audience != "authors"]


def _for_authors(catalog: Catalog) -> Iterable[CatalogPage]:
    return [page for page in catalog.pages if page.audience == "authors"]


def _once_adopted(site: AgencySite, page: CatalogPage) -> bool:
    return site.working or not page.once_adopted or bool(site.document.dates["adopted"])


def _read_alone(site: AgencySite, section: Section) -> bool:
    """Return whether a part of the policy has a page; its authors work on the whole text."""
    return not site.working and any(chapter.section == section for chapter in site.policy.chapters)


def _numbered(site: AgencySite, section: Section) -> str:
    number = next(chapter.number for chapter in site.policy.chapters if chapter.section == section)
    return f"{number} {section.title}"


def _has_text(site: AgencySite, text: Section) -> bool:
    return any(chapter.section == text for chapter in site.policy.texts)


def _has_changes(site: AgencySite, _: Single) -> bool:
    return site.working or bool(site.draft.releases)


def _has_downloads(site: AgencySite, _: Single) -> bool:
    return bool(site.downloads)


def _inherits(site: AgencySite, _: Single) -> bool:
    return bool(site.draft.overrides or site.draft.locks) or any(
        answer.origin == "base" for answer in site.answers.values()
    )


def _is_office(site: AgencySite, role: Role) -> bool:
    return sheet_of(role, site.draft).needed


def _decides(catalog: Catalog) -> Iterable[Single]:
    return ONE if catalog.responsibilities else ()


def _subjects(catalog: Catalog) -> Iterable[Element | Topic]:
    return (*catalog.elements.values(), *catalog.topics.values())


_PAGES = (
    PageKind("index.md", home_view, HOME, _policy_title, web=True, label="Home"),
    PageKind("policy.md", policy_view, POLICY, _policy_title, web=True, paper=True),
    PageKind(
        SECTION_PAGE,
        section_view,
        SECTIONS,
        _numbered,
        things=lambda catalog: catalog.sections,
        shown=_read_alone,
        web=True,
    ),
    PageKind("{id}.md", procedures_view, POLICY, things=_procedures, shown=_has_procedures, paper=True),
    PageKind("{id}.md", text_view, POLICY, things=lambda catalog: catalog.texts, shown=_has_text, web=True, paper=True),
    PageKind("guidance/index.md", elements_view, ELEMENTS, "Elements", label="Overview"),
    PageKind("guidance/{id}.md", guidance_view, ELEMENTS, things=_subjects),
    PageKind("{id}.md", catalog_page_view, POLICY, things=_for_readers, shown=_once_adopted, web=True, paper=True),
    PageKind("scenarios.md", scenarios_view, SCENARIOS, "Scenarios", things=lambda c: ONE if c.scenarios else ()),
    PageKind("checklists/index.md", checklists_view, CHECKLISTS, "Checklists", label="Overview"),
    PageKind("checklists/{id}.md", checklist_view, CHECKLISTS, things=lambda catalog: catalog.checklists.values()),
    PageKind("readers/{id}.md", reader_view, READERS, things=lambda catalog: catalog.readers, shown=has_reader),
    PageKind("provisions.md", provisions_view, SOURCES, "Provisions and sources"),
    PageKind("sources.md", sources_view, SOURCES, "Sources"),
    PageKind("downloads.md", downloads_view, POLICY, "Downloads", shown=_has_downloads, web=True, last=True),
    PageKind("acknowledge.md", acknowledge_view, POLICY, "I have read the policy", last=True),
    PageKind("changes.md", changes_view, POLICY, "Changes", shown=_has_changes),
    PageKind(
        "answer/start.md",
        start_view,
        ANSWERS,
        "Start",
        "working",
        things=lambda catalog: ONE if catalog.start else (),
    ),
    PageKind(
        "answer/{id}.md",
        office_form_view,
        ANSWERS,
        lambda site, role: site.office(role.id),
        "working",
        things=lambda catalog: catalog.roles.values(),
        shown=answers_something,
    ),
    PageKind("answer/everything.md", whole_form_view, ANSWERS, "Everything", "working", last=True),
    PageKind("how-to/{id}.md", how_to_view, HOW_TO, audience="working", things=how_tos),
    PageKind("first-steps/{id}.md", step_view, STEPS, audience="working", things=lambda c: c.steps.values()),
    PageKind("findings.md", findings_view, OPEN, "Findings", "working"),
    PageKind(
        "existing-policies.md",
        existing_view,
        OPEN,
        "Existing policies",
        "working",
        things=lambda catalog: ONE if catalog.coverage else (),
    ),
    PageKind("reuse.md", reuse_view, OPEN, "What is inherited", "working", shown=_inherits),
    PageKind("sign-offs.md", sign_offs_view, APPROVAL, "Sign-offs", "working", things=_decides),
    PageKind(
        "sign-off-sheet.md",
        sign_off_sheet,
        APPROVAL,
        "Sign-off sheet",
        "working",
        things=_decides,
        last=True,
        paper=True,
    ),
    PageKind("{id}.md", catalog_page_view, APPROVAL, audience="working", things=_for_authors, paper=True),
    PageKind("risks.md", risks_view, APPROVAL, "Accepted risks", "working"),
    PageKind("stakeholders/index.md", stakeholders_view, OFFICES, "Stakeholders", "working", label="Overview"),
    PageKind("stakeholders/agenda.md", agenda_view, OFFICES, "Agenda of the first meeting", "working"),
    PageKind(
        "stakeholders/{id}.md",
        office_sheet_view,
        OFFICES,
        lambda site, role: site.office(role.id),
        "working",
        things=lambda catalog: catalog.roles.values(),
        shown=_is_office,
        paper=True,
    ),
)
# Two names, so that mypy checks for each entry above that its functions take the things that it yields.
PAGES: tuple[PageKind[Any], ...] = _PAGES
"""Every kind of page, in the order in which pages are rendered. To add a page, add it to the entries above."""


def plan(site: AgencySite, audience: str) -> Iterator[PlannedPage]:
    """Yield the pages that an agency's site has for an audience."""
    for kind in PAGES:
        if AUDIENCES.index(audience) <= AUDIENCES.index(kind.audience):
            yield from (page for page in kind.pages(site) if site.working or _is_shown(page, site.document))


def _is_shown(page: PlannedPage, document: Document) -> bool:
    """Return whether the readers of the published site may see a page: the staff, or everybody."""
    kept = page.uri.removesuffix(".md") in document.keep_out
    staff_only = not page.kind.web or getattr(page.thing, "audience", "public") == "staff"
    return not kept and not (document.publish == "web" and staff_only)


def page_names(catalog: Catalog) -> set[str]:
    """Return the uris of all pages that sites of a catalog can have, independent of an agency's answers."""
    return {kind.uri.format(id=thing.id) for kind in PAGES for thing in kind.things(catalog)}
