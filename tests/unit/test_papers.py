"""A paper says what the page of the site says: every word of every provision, once and in order."""

from __future__ import annotations

from typing import Any

import pytest

from policywright.exports.blocks import Heading, Listing, Paragraph, Run, words_in, words_of
from policywright.exports.html_blocks import blocks_of_html
from policywright.exports.papers import Paper, make_papers
from policywright.model.draft import Draft
from policywright.pages.converter import usual
from policywright.pages.plain_words import plain_html
from tests.support.agency_files import golden_draft, read_case

SITES = ("two-way-city", "uk-council")


@pytest.mark.parametrize("case", read_case("html_blocks.yml"), ids=lambda case: case["about"])
def test_blocks_hold_every_word_that_a_reader_sees(case: dict[str, Any]) -> None:
    blocks, _ = blocks_of_html(case["html"])
    assert words_of(blocks) == case["lines"]


def test_a_footnote_of_an_own_text_is_kept() -> None:
    blocks, notes = blocks_of_html(usual("Read it.[^1] Then sign.\n\n[^1]: In the code of conduct."))
    (paragraph,) = blocks
    assert isinstance(paragraph, Paragraph)
    (mark,) = [run for run in paragraph.runs if run.note]
    assert words_in(notes[mark.note]).strip() == "In the code of conduct."


@pytest.mark.parametrize("name", SITES)
def test_each_instrument_has_each_of_its_provisions_word_for_word(name: str) -> None:
    draft = golden_draft(name)
    papers = {paper.id: paper for paper in make_papers(draft)}
    for provision in draft.policy.everything:
        paper = papers[provision.page.removesuffix(".md")]
        said = "".join("".join(line.split()) for line in words_of(_under(provision.clause.anchor, paper)))
        expected = f"{provision.number}{provision.clause.title}{usual(provision.text)}"
        assert plain_html(said).startswith(plain_html(expected)), provision.clause.id
    assert [one.number for one in _headings(papers["policy"]) if one.level == 2] == _numbers(draft)


def _under(anchor: str, paper: Paper) -> list[Any]:
    at = next(n for n, one in enumerate(paper.blocks) if isinstance(one, Heading) and one.anchor == anchor)
    after = (n for n, one in enumerate(paper.blocks) if isinstance(one, Heading) and n > at)
    # “Carries out …” is between the title of a procedure and its text.
    return [one for one in paper.blocks[at : next(after, None)] if not words_of([one])[0].startswith("Carries out ")]


def _headings(paper: Paper) -> list[Heading]:
    return [one for one in paper.blocks if isinstance(one, Heading)]


def _numbers(draft: Draft) -> list[str]:
    return [provision.number for chapter in draft.policy.chapters for provision in chapter.provisions]


def test_every_mark_of_a_footnote_has_its_footnote_and_the_other_way_round() -> None:
    for paper in make_papers(golden_draft("two-way-city")):
        marks = [run.note for one in paper.blocks for run in _runs(one) if run.note]
        assert sorted(marks) == sorted(paper.notes), paper.id


def _runs(block: Any) -> list[Run]:
    if isinstance(block, Listing):
        return [run for item in block.items for one in item for run in _runs(one)]
    if isinstance(block, (Heading, Paragraph)):
        return list(block.runs)
    return [run for row in block.rows for cell in row for run in cell]


def test_only_internal_papers_know_findings_and_names() -> None:
    draft = golden_draft("two-way-city")
    everything = make_papers(draft)
    assert {paper.id for paper in everything if paper.internal} >= {
        "cover-memo",
        "sign-off-sheet",
        "stakeholders/legal",
    }
    assert [paper for paper in everything if not paper.internal] == make_papers(draft, internal=False)
