"""Which pages an agency's site has: each kind of page is declared here, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from policywright.model.catalog import Catalog
from policywright.pages.views.acknowledgement import acknowledge_view
from policywright.pages.views.approval import risks_view, sign_off_sheet, sign_offs_view
from policywright.pages.views.catalog_page import catalog_page_view
from policywright.pages.views.elements import elements_view, guidance_view, scenarios_view
from policywright.pages.views.existing import existing_view, reuse_view
from policywright.pages.views.findings import findings_view, step_view
from policywright.pages.views.history import changes_view
from policywright.pages.views.home import home_view, readers
from policywright.pages.views.offices import agenda_view, office_sheet_view, stakeholders_view
from policywright.pages.views.overview import sheet_of
from policywright.pages.views.policy import policy_view, provisions_view, reader_view, sources_view, text_view
from policywright.pages.views.site import AgencySite, View, with_id
from policywright.pages.views.tasks import checklist_view, checklists_view

AUDIENCES = ("working", "published")
"""For whom a site is built, the people who see the most first."""


@dataclass(frozen=True, eq=False)
class Branch:
    """A branch of the navigation; pages of one without a title are listed beside the other branches."""

    title: str = ""


HOME = Branch()
READERS = Branch("Ways to read it")
STEPS = Branch("First steps")
POLICY = Branch("Policy")
OPEN = Branch()
APPROVAL = Branch("Approval")
OFFICES = Branch("Stakeholders")
ELEMENTS = Branch("Elements")
SCENARIOS = Branch()
CHECKLISTS = Branch("Checklists")
SOURCES = Branch()

NAVIGATION = (HOME, READERS, STEPS, POLICY, OPEN, APPROVAL, OFFICES, ELEMENTS, SCENARIOS, CHECKLISTS, SOURCES)
"""In the order in which a reader meets them."""

Title = str | Callable[[AgencySite, str], str]
ONE = ("",)
"""The ids of a kind of which there is one page."""


@dataclass(frozen=True)
class PageKind:
    """A page of the site, or a page for each of several things, such as elements.

    The functions get the id of the thing, or an empty one where there is one page.
    """

    uri: str
    """Path of the Markdown file; {id} stands for the id of the thing."""
    title: Title
    view: Callable[[AgencySite, str], View]
    """Makes what the page's frame shows; the view names the frame."""
    branch: Branch
    audience: str = "published"
    """Who sees it, besides all who see more; see AUDIENCES."""
    ids: Callable[[Catalog], Iterable[str]] = lambda _: ONE
    """The things that have a page by this catalog, whatever an agency answers."""
    shown: Callable[[AgencySite, str], object] = lambda _site, _id: True
    """Whether this agency's site has the page."""
    label: str = ""
    """What the navigation calls it, where that is not its title."""
    last: bool = False
    """Whether it comes after the other pages of its branch."""

    def pages(self, site: AgencySite) -> Iterator[PlannedPage]:
        """Yield the pages of this kind that an agency's site has."""
        for key in self.ids(site.catalog):
            if self.shown(site, key):
                title = self.title if isinstance(self.title, str) else self.title(site, key)
                yield PlannedPage(self.uri.format(id=key), title, self, key)


@dataclass(frozen=True)
class PlannedPage:
    """One page of one agency's site."""

    uri: str
    title: str
    kind: PageKind
    key: str
    """The id of the thing that the page is about, or empty."""

    @property
    def label(self) -> str:
        """What the navigation calls it."""
        return self.kind.label or self.title

    def view(self, site: AgencySite) -> View:
        """Make what the page's frame shows."""
        return self.kind.view(site, self.key)


def _policy_title(site: AgencySite, _: str) -> str:
    return site.document.title


def _element_title(site: AgencySite, key: str) -> str:
    return (site.catalog.elements.get(key) or site.catalog.topics[key]).title


def _inherits(site: AgencySite, _: str) -> bool:
    return bool(site.draft.overrides) or any(answer.origin == "base" for answer in site.answers.values())


PAGES = (
    PageKind("index.md", _policy_title, home_view, HOME, label="Home"),
    PageKind("policy.md", _policy_title, policy_view, POLICY),
    PageKind(
        "{id}.md",
        lambda site, key: with_id(site.catalog.texts, key).title,
        text_view,
        POLICY,
        ids=lambda catalog: [text.id for text in catalog.texts],
        shown=lambda site, key: any(text.section.id == key for text in site.policy.texts),
    ),
    PageKind("guidance/index.md", "Elements", elements_view, ELEMENTS, label="Overview"),
    PageKind(
        "guidance/{id}.md",
        _element_title,
        guidance_view,
        ELEMENTS,
        ids=lambda catalog: [*catalog.elements, *catalog.topics],
    ),
    PageKind(
        "{id}.md",
        lambda site, key: with_id(site.catalog.pages, key).title,
        catalog_page_view,
        POLICY,
        ids=lambda catalog: [page.id for page in catalog.pages],
    ),
    PageKind(
        "scenarios.md",
        "Scenarios",
        scenarios_view,
        SCENARIOS,
        ids=lambda catalog: ONE if catalog.scenarios else (),
    ),
    PageKind("checklists/index.md", "Checklists", checklists_view, CHECKLISTS, label="Overview"),
    PageKind(
        "checklists/{id}.md",
        lambda site, key: site.catalog.checklists[key].title,
        checklist_view,
        CHECKLISTS,
        ids=lambda catalog: catalog.checklists,
    ),
    PageKind(
        "readers/{id}.md",
        lambda site, key: with_id(site.catalog.readers, key).title,
        reader_view,
        READERS,
        ids=lambda catalog: [reader.id for reader in catalog.readers],
        shown=lambda site, key: any(reader.id == key for reader in readers(site)),
    ),
    PageKind("provisions.md", "Provisions and sources", provisions_view, SOURCES),
    PageKind("sources.md", "Sources", sources_view, SOURCES),
    PageKind("acknowledge.md", "I have read the policy", acknowledge_view, POLICY, last=True),
    PageKind(
        "changes.md",
        "Changes",
        changes_view,
        POLICY,
        shown=lambda site, _: site.working or site.draft.releases,
    ),
    PageKind(
        "first-steps/{id}.md",
        lambda site, key: site.catalog.steps[key].title,
        step_view,
        STEPS,
        "working",
        ids=lambda catalog: catalog.steps,
    ),
    PageKind("findings.md", "Findings", findings_view, OPEN, "working"),
    PageKind(
        "existing-policies.md",
        "Existing policies",
        existing_view,
        OPEN,
        "working",
        ids=lambda catalog: ONE if catalog.coverage else (),
    ),
    PageKind("reuse.md", "What is inherited", reuse_view, OPEN, "working", shown=_inherits),
    PageKind(
        "sign-offs.md",
        "Sign-offs",
        sign_offs_view,
        APPROVAL,
        "working",
        ids=lambda catalog: ONE if catalog.responsibilities else (),
    ),
    PageKind(
        "sign-off-sheet.md",
        "Sign-off sheet",
        sign_off_sheet,
        APPROVAL,
        "working",
        ids=lambda catalog: ONE if catalog.responsibilities else (),
        last=True,
    ),
    PageKind("risks.md", "Accepted risks", risks_view, APPROVAL, "working"),
    PageKind("stakeholders/index.md", "Stakeholders", stakeholders_view, OFFICES, "working", label="Overview"),
    PageKind("stakeholders/agenda.md", "Agenda of the first meeting", agenda_view, OFFICES, "working"),
    PageKind(
        "stakeholders/{id}.md",
        lambda site, key: site.office(key),
        office_sheet_view,
        OFFICES,
        "working",
        ids=lambda catalog: catalog.roles,
        shown=lambda site, key: sheet_of(site.catalog.roles[key], site.draft).needed,
    ),
)
"""Every kind of page, in the order in which the pages are made. To add a page, add it here."""


def plan(site: AgencySite, audience: str) -> Iterator[PlannedPage]:
    """Yield the pages that an agency's site has for an audience."""
    for kind in PAGES:
        if AUDIENCES.index(audience) <= AUDIENCES.index(kind.audience):
            yield from kind.pages(site)


def page_names(catalog: Catalog) -> set[str]:
    """Return the uris of all pages that sites of a catalog can have, whatever an agency answers."""
    return {kind.uri.format(id=key) for kind in PAGES for key in kind.ids(catalog)}
