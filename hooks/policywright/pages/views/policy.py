"""What pages show of the policy: its head, its provisions, the other texts, and paths for readers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from policywright.approval.sign_offs import Standing
from policywright.model.agency import Document
from policywright.model.catalog import Instrument, Reader, Section, Source
from policywright.model.draft import Chapter, Omission, Provision
from policywright.pages.views.adoption import AdoptionBlock, adoption_block
from policywright.pages.views.law import PlaceLaws, place_laws
from policywright.pages.views.site import AgencySite, Site, View

# Beside policy.md, so that a link in a clause leads to the same file from both.
SECTION_PAGE = "policy-{id}.md"
"""The uri of the page of one part of the policy."""


@dataclass(frozen=True)
class TitleBlock(View):
    """The issuer of the policy, its version, and the day from which it is in force."""

    frame = "parts/titleblock"
    document: Document
    review_due: str
    """ISO date of the next review, or empty."""
    overdue: bool
    """Whether that day was over when the site was built; the reader's browser checks again."""


def title_block(site: AgencySite) -> TitleBlock:
    """Show the head of the policy."""
    due = site.review_due
    # Without a today this is never true, because no text is less than an empty one.
    return TitleBlock(site.document, due, overdue=due < site.draft.today)


@dataclass(frozen=True)
class ProvisionsPart(View):
    """Provisions in full, each with its reasons and sources."""

    frame = "parts/provisions"
    provisions: tuple[Provision, ...]
    signed: tuple[Standing, ...]
    """The valid sign-offs of any of them; empty on a published site."""
    carried_out: Mapping[str, tuple[Provision, ...]]
    """For each procedure, the provisions of the policy that it carries out."""
    title: str
    """The title of the policy."""
    working: bool
    paper: bool
    """Whether what only a site has is left out."""
    first: bool = False
    """Whether their headings are the first below the title of the page."""


def provisions_part(provisions: Iterable[Provision], site: AgencySite, *, first: bool = False) -> ProvisionsPart:
    """Show provisions in full."""
    signed = site.standings if site.working and site.draft.sign_offs else ()
    shown = tuple(provisions)
    carried_out = {p.clause.id: site.policy.carried_out_by(p) for p in shown if p.clause.part == "procedures"}
    return ProvisionsPart(shown, signed, carried_out, site.document.title, site.working, site.paper, first)


@dataclass(frozen=True)
class FullChapter:
    """A part of the policy with its provisions in full."""

    number: str
    section: Section
    provisions: ProvisionsPart

    @property
    def page(self) -> str:
        """The uri of the page that a published site has for it alone."""
        return section_page(self.section)


@dataclass(frozen=True)
class PolicyView(View):
    """The policy in full, and the clauses that are not in it."""

    frame = "policy"
    boost = 3
    document: Document
    title_block: TitleBlock
    chapters: tuple[FullChapter, ...]
    adoption: AdoptionBlock | None
    undecided: tuple[Omission, ...]
    out: tuple[Omission, ...]
    working: bool
    paper: bool


def policy_view(site: AgencySite, _: object) -> PolicyView:
    """Show the policy."""
    return PolicyView(
        document=site.document,
        title_block=title_block(site),
        chapters=full_chapters(site.policy.chapters, site),
        adoption=adoption_block(site.draft),
        undecided=site.policy.undecided,
        out=site.policy.out,
        working=site.working,
        paper=site.paper,
    )


@dataclass(frozen=True)
class SectionView(View):
    """One part of the policy on its own page; the page of the whole policy has it too, and the search finds that."""

    frame = "section"
    searched = False
    document: Document
    chapter: FullChapter
    before: Chapter | None
    after: Chapter | None


def section_page(section: Section) -> str:
    """Return the uri of the page of one part of the policy."""
    return SECTION_PAGE.format(id=section.id)


def section_view(site: AgencySite, section: Section) -> SectionView:
    """Show one part of the policy."""
    chapters = site.policy.chapters
    at = next(number for number, chapter in enumerate(chapters) if chapter.section == section)
    here = chapters[at]
    full = FullChapter(here.number, section, provisions_part(here.provisions, site, first=True))
    before = chapters[at - 1] if at else None
    return SectionView(site.document, full, before, next(iter(chapters[at + 1 : at + 2]), None))


def full_chapters(chapters: Iterable[Chapter], site: AgencySite) -> tuple[FullChapter, ...]:
    """Show chapters with their provisions in full."""
    return tuple(FullChapter(c.number, c.section, provisions_part(c.provisions, site)) for c in chapters)


@dataclass(frozen=True)
class ProceduresView(View):
    """The procedures in full."""

    frame = "procedures"
    boost = 2.5
    instrument: Instrument
    chapters: tuple[FullChapter, ...]
    paper: bool


def procedures_view(site: AgencySite, instrument: Instrument) -> ProceduresView:
    """Show the procedures."""
    return ProceduresView(instrument, full_chapters(site.policy.procedures, site), site.paper)


@dataclass(frozen=True)
class TextView(View):
    """A text in addition to the policy, such as one for the public."""

    frame = "text"
    boost = 2
    chapter: Chapter
    working: bool


def text_view(site: AgencySite, text: Section) -> TextView:
    """Show a text in addition to the policy."""
    return TextView(next(chapter for chapter in site.policy.texts if chapter.section == text), site.working)


@dataclass(frozen=True)
class ProvisionsView(View):
    """All numbered provisions, in a table for each chapter."""

    frame = "provisions"
    searched = False
    wide = True
    chapters: tuple[tuple[str, Chapter], ...]
    """Those of the policy, then those of the procedures, each with its anchor."""
    working: bool


def provisions_view(site: AgencySite, _: object) -> ProvisionsView:
    """Show all provisions in tables."""
    policy = [(chapter.section.id, chapter) for chapter in site.policy.chapters]
    procedures = [(f"{chapter.section.id}-procedures", chapter) for chapter in site.policy.procedures]
    return ProvisionsView((*policy, *procedures), site.working)


@dataclass(frozen=True)
class ReaderPage:
    """A page for a kind of reader, with the reason."""

    uri: str
    title: str
    text: str


@dataclass(frozen=True)
class ReaderView(View):
    """The path of one kind of reader through the site."""

    frame = "reader"
    searched = False
    reader: Reader
    pages: tuple[ReaderPage, ...]
    """The pages that this site has."""
    chapters: tuple[Chapter, ...]
    """The parts of the policy that concern the reader most."""


def reader_view(site: AgencySite, reader: Reader) -> ReaderView:
    """Show the path of a kind of reader."""
    named = ((f"{reading.page}.md", reading.text) for reading in reader.reads)
    # A page can be missing on one site only: a published site has no findings page, for example.
    pages = (ReaderPage(uri, site.titles[uri], text) for uri, text in named if uri in site.titles)
    return ReaderView(reader, tuple(pages), tuple(c for c in site.policy.chapters if c.section.id in reader.sections))


@dataclass(frozen=True)
class SourcesPart(View):
    """Sources by their kind."""

    frame = "parts/sources"
    sources: tuple[Source, ...]
    agency: bool
    """Whether there is an agency; then only the sources that apply are shown."""


def sources_part(site: Site) -> SourcesPart:
    """Show the sources that apply."""
    return SourcesPart(site.sources, site.draft is not None)


@dataclass(frozen=True)
class SourcesView(View):
    """The sources of the policy, the rules and the guidance."""

    frame = "sources"
    boost = 0.2
    sources: SourcesPart
    place: PlaceLaws | None
    """The laws of the agency's state, nation or province."""


def sources_view(site: AgencySite, _: object) -> SourcesView:
    """Show the sources of an agency's site."""
    return SourcesView(sources_part(site), place_laws(site))
