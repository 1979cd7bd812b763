"""What is shown of the policy itself: its head, its provisions, the other texts, and ways to read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from policywright.approval.sign_offs import Standing
from policywright.model.agency import Answer, Document
from policywright.model.catalog import Clause, Question, Reader, Section, Source
from policywright.model.draft import Chapter, Omission, Provision
from policywright.pages.views.site import AgencySite, Site, View, with_id


@dataclass(frozen=True)
class TitleBlock(View):
    """Who issues the policy, which version it is, and from when it holds."""

    frame = "parts/titleblock"
    document: Document
    review_due: str
    """ISO date of the next review, or empty."""
    overdue: bool
    """Whether that day was over when the site was made; the reader's browser looks again."""


def title_block(site: AgencySite) -> TitleBlock:
    """Show the head of the policy."""
    due = site.review_due
    return TitleBlock(site.document, due, overdue=due < site.draft.today)


@dataclass(frozen=True)
class ProvisionCard:
    """A provision with what is shown below it."""

    provision: Provision
    answers: tuple[Answer, ...]
    """Those on which it depends."""
    sources: tuple[Source, ...]
    signed: tuple[Standing, ...]
    """The sign-offs that hold for it; on a published site none is shown."""

    @property
    def assumed(self) -> bool:
        """Whether it rests on an answer that only the preset gives."""
        return any(answer.origin == "preset" and answer.answered for answer in self.answers)


@dataclass(frozen=True)
class ProvisionsPart(View):
    """Provisions in full, each with what it rests on."""

    frame = "parts/provisions"
    cards: tuple[ProvisionCard, ...]
    title: str
    """What the policy is called."""
    working: bool


def provisions_part(provisions: Iterable[Provision], site: AgencySite) -> ProvisionsPart:
    """Show provisions in full."""
    return ProvisionsPart(tuple(_card(one, site) for one in provisions), site.document.title, site.working)


def _card(provision: Provision, site: AgencySite) -> ProvisionCard:
    signs = site.standings if site.working and site.draft.sign_offs else ()
    return ProvisionCard(
        provision,
        answers=tuple(site.answers[name] for name in provision.questions),
        sources=tuple(site.catalog.sources[key] for key in provision.sources),
        signed=tuple(one for one in signs if provision.clause.id in one.holds),
    )


@dataclass(frozen=True)
class FullChapter:
    """A part of the policy with its provisions in full."""

    number: str
    section: Section
    provisions: ProvisionsPart


@dataclass(frozen=True)
class WaitingClause:
    """A clause that is neither in nor out, and the questions that decide it."""

    clause: Clause
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class PolicyView(View):
    """The policy in full, and what is not in it."""

    frame = "policy"
    document: Document
    title_block: TitleBlock
    chapters: tuple[FullChapter, ...]
    undecided: tuple[WaitingClause, ...]
    out: tuple[Omission, ...]
    working: bool


def policy_view(site: AgencySite, _: str) -> PolicyView:
    """Show the policy."""
    chapters = (FullChapter(c.number, c.section, provisions_part(c.provisions, site)) for c in site.policy.chapters)
    return PolicyView(
        document=site.document,
        title_block=title_block(site),
        chapters=tuple(chapters),
        undecided=tuple(_waiting(omission, site) for omission in site.policy.undecided),
        out=site.policy.out,
        working=site.working,
    )


def _waiting(omission: Omission, site: AgencySite) -> WaitingClause:
    return WaitingClause(omission.clause, tuple(site.answers[name].question for name in omission.questions))


@dataclass(frozen=True)
class TextView(View):
    """A text beside the policy, such as one for the public."""

    frame = "text"
    chapter: Chapter
    working: bool


def text_view(site: AgencySite, key: str) -> TextView:
    """Show a text beside the policy."""
    return TextView(next(text for text in site.policy.texts if text.section.id == key), site.working)


@dataclass(frozen=True)
class TracedProvision:
    """A provision with the answers on which it depends."""

    provision: Provision
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class ProvisionsView(View):
    """The table of all provisions."""

    frame = "provisions"
    wide = True
    provisions: tuple[TracedProvision, ...]
    working: bool


def provisions_view(site: AgencySite, _: str) -> ProvisionsView:
    """Show all provisions in a table."""
    rows = (TracedProvision(one, tuple(site.answers[q] for q in one.questions)) for one in site.policy.provisions)
    return ProvisionsView(tuple(rows), site.working)


@dataclass(frozen=True)
class ReaderPage:
    """A page that a kind of reader reads, and why."""

    uri: str
    title: str
    text: str


@dataclass(frozen=True)
class ReaderView(View):
    """The way of one kind of reader through the site."""

    frame = "reader"
    reader: Reader
    pages: tuple[ReaderPage, ...]
    """Those that this site has."""
    chapters: tuple[Chapter, ...]
    """The parts of the policy that concern the reader most."""


def reader_view(site: AgencySite, key: str) -> ReaderView:
    """Show the way of a kind of reader."""
    reader = with_id(site.catalog.readers, key)
    named = ((f"{reading.page}.md", reading.text) for reading in reader.reads)
    pages = (ReaderPage(uri, site.titles[uri], text) for uri, text in named if uri in site.titles)
    return ReaderView(reader, tuple(pages), tuple(c for c in site.policy.chapters if c.section.id in reader.sections))


@dataclass(frozen=True)
class SourcesPart(View):
    """Sources by their kind."""

    frame = "parts/sources"
    sources: tuple[Source, ...]
    agency: bool
    """Whether there is an agency, of which only the sources that apply are shown."""


def sources_part(site: Site) -> SourcesPart:
    """Show the sources that apply."""
    return SourcesPart(site.sources, site.draft is not None)


@dataclass(frozen=True)
class SourcesView(View):
    """What the policy, the rules and the guidance rest on."""

    frame = "sources"
    document: Document
    sources: SourcesPart


def sources_view(site: AgencySite, _: str) -> SourcesView:
    """Show the sources of an agency's site."""
    return SourcesView(site.document, sources_part(site))
