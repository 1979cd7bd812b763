"""A draft becomes papers: each instrument, and each sheet that offices fill in, as one document of blocks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from policywright.agency.settling import settle
from policywright.approval.snapshot import freeze
from policywright.exports.blocks import Block, Heading, Listing, Paragraph, Run, Runs, Table, words_in
from policywright.exports.html_blocks import blocks_of_html
from policywright.model.agency import Document
from policywright.model.catalog import Source
from policywright.model.draft import Draft, Provision
from policywright.model.findings import capital
from policywright.pages.book import render_papers
from policywright.pages.converter import usual
from policywright.pages.dates import day
from policywright.pages.helpers import web_address
from policywright.pages.plan import PlannedPage
from policywright.pages.published import published
from policywright.pages.renderer import Page, without_head
from policywright.pages.views.elements import BINDING

LAW = ("law", "regulation", "case")
"""The kinds of sources that people look up by their citation."""
CITED = (*BINDING, "standard")
"""The kinds of sources that a footnote names. What only advises is on the site: nobody adopts a list of guides."""


@dataclass(frozen=True)
class Paper:
    """One document that leaves: an instrument, or a sheet that offices fill in."""

    id: str
    """The path of its page without the ending, such as “policy” or “stakeholders/legal”."""
    title: str
    document: Document
    fingerprint: str
    """Of the text of all instruments; the sign-offs are about it."""
    blocks: tuple[Block, ...]
    """What follows the title."""
    notes: Mapping[str, Runs]
    """Key -> footnote; that of a provision has its anchor for a key, and names its sources."""
    internal: bool
    """Whether it is only for the people who work on the policy."""
    size: Literal["letter", "a4"] = "a4"
    """The paper on which the agency prints."""
    language: str = "en-US"
    """The language of its words, as word processors and screen readers name it."""

    @property
    def name(self) -> str:
        """The name of its file, without an ending."""
        return self.id.replace("/", "-")

    @property
    def date(self) -> str:
        """The day that its first page and its running lines show: of effect or of adoption; empty for a draft."""
        return self.document.dates["in_force"] or self.document.dates["adopted"]

    @property
    def status(self) -> str:
        """The status in words, such as “in review”."""
        return self.document.status.replace("_", " ")

    @property
    def foot(self) -> str:
        """What the foot of each page says: the status, the day of effect or else of adoption, and which text it is."""
        dates = self.document.dates
        days = [f"{word} {day(dates[name])}" for name, word in _DAYS if dates[name]][:1]
        return ", ".join([capital(self.status), *days, f"text fingerprint {self.fingerprint}"])


_DAYS = (("in_force", "effective"), ("adopted", "adopted"))


def make_papers(draft: Draft, *, internal: bool = True) -> list[Paper]:
    """Return every paper of a draft, in the order of the site; without the internal ones only what staff may see.

    What the agency keeps out of its published site is in the papers too: the body adopts the whole text.
    """
    whole = replace(draft, document=replace(draft.document, publish="intranet", keep_out=()))
    papers = list(_papers(whole, published(whole), "published"))
    return [*papers, *(_papers(draft, draft, "working") if internal else ())]


def shown_papers(draft: Draft) -> list[Paper]:
    """Return the papers that the readers of the published site may see."""
    return list(_papers(draft, published(draft), "published"))


def _papers(whole: Draft, known: Draft, audience: str) -> Iterator[Paper]:
    fingerprint = freeze(whole).fingerprint
    for planned, page in render_papers(known, audience):
        yield _paper(planned, page, known, fingerprint)


def _paper(planned: PlannedPage, page: Page, draft: Draft, fingerprint: str) -> Paper:
    blocks, notes = blocks_of_html(usual(without_head(page.text)))
    titles = [one for one in blocks if isinstance(one, Heading) and not one.level]
    cited = {
        one.clause.anchor: one for one in draft.policy.provisions if one.page == planned.uri and _binding(one, draft)
    }
    return Paper(
        id=planned.uri.removesuffix(".md"),
        title=words_in(titles[0].runs) if titles else planned.title,
        document=draft.document,
        fingerprint=fingerprint,
        blocks=tuple(_with_notes([one for one in blocks if one not in titles], cited)),
        notes=notes | {anchor: tuple(_note(one, draft)) for anchor, one in cited.items()},
        internal=planned.kind.audience == "working",
        size=_size(draft),
        language=_language(draft),
    )


def _size(draft: Draft) -> Literal["letter", "a4"]:
    letter = draft.catalog.letter_paper
    return "letter" if letter and settle(letter, draft.answers)[0] else "a4"


def _language(draft: Draft) -> str:
    known = draft.catalog.languages
    return next((name for name, where in known.items() if settle(where, draft.answers)[0]), "en-US")


def _with_notes(blocks: Iterable[Block], cited: Collection[str]) -> Iterator[Block]:
    """Put the mark of a provision's footnote after its first words, as a heading's would be in the contents too."""
    waiting = ""
    for block in blocks:
        if isinstance(block, Heading):
            waiting = block.anchor if block.anchor in cited else ""
            yield block
        elif waiting and not _is_basis(block):
            yield _marked(block, Run("", note=waiting))
            waiting = ""
        else:
            yield block


def _is_basis(block: Block) -> bool:
    return isinstance(block, Paragraph) and block.kind == "basis"


def _marked(block: Block, mark: Run) -> Block:
    if isinstance(block, Paragraph):
        return replace(block, runs=(*block.runs, mark))
    if isinstance(block, Listing) and block.items and block.items[0]:
        (first, *rest), *others = block.items
        return replace(block, items=((_marked(first, mark), *rest), *others))
    if isinstance(block, Table) and block.rows:
        *cells, last = block.rows[0]
        return replace(block, rows=((*cells, (*last, mark)), *block.rows[1:]))
    return block


def _binding(provision: Provision, draft: Draft) -> list[Source]:
    found = (draft.catalog.sources[key] for key in provision.sources)
    return [source for source in found if source.kind in CITED]


def _note(provision: Provision, draft: Draft) -> Iterator[Run]:
    """Yield the words of a footnote: the sources of a provision, each by its citation or by its title."""
    for number, source in enumerate(_binding(provision, draft)):
        if number:
            yield Run("; ")
        law = source.kind in LAW and source.citation
        words = f"{source.title}, {source.citation}" if law else f"{source.title}, {source.issuer}"
        yield Run(words, link=web_address(source.url))
    yield Run(".")
