"""A paper becomes a Word document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from policywright import __version__
from policywright.exports.blocks import Block, Heading, Run, runs_of
from policywright.exports.bookmarks import bookmark_of
from policywright.exports.papers import Paper
from policywright.exports.word.body import blocks_xml
from policywright.exports.word.bookmarks import Bookmarks
from policywright.exports.word.contents import contents_xml
from policywright.exports.word.links import Links
from policywright.exports.word.notes import comments_part, footnotes_part
from policywright.exports.word.numbering import Numbering, depth_of
from policywright.exports.word.package import About, Written, put_together
from policywright.exports.word.paragraphs import paragraph_xml, styled
from policywright.exports.word.parts import Parts
from policywright.exports.word.running import footer_part, header_part, top_words
from policywright.exports.word.runs import runs_xml
from policywright.exports.word.template import (
    add_styles,
    free_ids,
    line_width,
    number_headings,
    opened,
    set_language,
    set_paper,
)

_NO_COMMENTS: Mapping[str, Sequence[str]] = {}


def docx_of(
    paper: Paper, *, template: Path | None = None, comments: Mapping[str, Sequence[str]] = _NO_COMMENTS
) -> bytes:
    """Return a paper as a Word document, with comments at the headings with some anchors.

    The document begins as the agency's template: its styles, headers, footers and pictures stay.
    Raise MissingExtra without python-docx, UnusableTemplate for a template that cannot be used.
    """
    document = opened(template)
    set_paper(document, paper.size)
    set_language(document, paper.language)
    headings = [one for one in paper.blocks if isinstance(one, Heading)]
    bookmarks = Bookmarks({anchor: bookmark_of(anchor) for anchor in _anchors(paper.blocks)})
    styles = add_styles(document, ours=template is None)
    numbering = Numbering(*free_ids(document))
    levels = max((depth_of(one.number) for one in headings), default=0)
    if template is None and levels:
        numbering.styles = number_headings(document, styles, numbering.first_number, levels)
    parts = Parts(styles, bookmarks, numbering, line_width(document), comments)
    return put_together(document, _written(paper, headings, parts), _about(paper))


def _written(paper: Paper, headings: Sequence[Heading], parts: Parts) -> Written:
    body = "".join([*_front(paper, headings, parts), *blocks_xml(_rest(paper), parts, paper.title)])
    beside = replace(parts, links=Links())
    return Written(
        body=body + ("" if body.endswith("</w:p>") else paragraph_xml("")),
        header=header_part(*top_words(paper), beside),
        footer=footer_part(paper.foot, beside),
        numbering=parts.numbering,
        links=parts.links,
        footnotes=footnotes_part(parts.noted, paper.notes, beside),
        note_links=beside.links,
        comments=comments_part(parts) if parts.commented else "",
    )


def _front(paper: Paper, headings: Sequence[Heading], parts: Parts) -> Iterator[str]:
    """Yield the agency, the title, the title block if the paper has one, and the contents if it is numbered."""
    yield _line("Subtitle", paper.document.agency_name, parts)
    yield _line("Title", paper.title, parts)
    yield from blocks_xml(_title_block(paper), parts, paper.title)
    if any(one.number for one in headings):
        yield contents_xml(headings, parts)


def _title_block(paper: Paper) -> Sequence[Block]:
    """Return what comes before the first heading."""
    first = next((at for at, one in enumerate(paper.blocks) if isinstance(one, Heading)), 0)
    return paper.blocks[:first]


def _rest(paper: Paper) -> Sequence[Block]:
    return paper.blocks[len(_title_block(paper)) :]


def _line(style: str, words: str, parts: Parts) -> str:
    return paragraph_xml(runs_xml([Run(words)], parts), styled(style, parts))


def _about(paper: Paper) -> About:
    document = paper.document
    more = {
        "paper": paper.id,
        "fingerprint": paper.fingerprint,
        "catalog": document.catalog,
        "Policywright": __version__,
    }
    return About(f"{document.agency_name}: {paper.title}", document.agency_name, paper.language, paper.date, more)


def _anchors(blocks: Iterable[Block]) -> Iterator[str]:
    """Yield each place to which links may lead."""
    for block in blocks:
        if isinstance(block, Heading) and block.anchor:
            yield block.anchor
        yield from (run.anchor for run in runs_of(block) if run.anchor)
