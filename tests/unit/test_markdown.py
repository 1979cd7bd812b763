"""A paper as Markdown and as plain text: another program reads the same blocks and the same words back."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from policywright.exports.blocks import Block, Heading, Listing, Paragraph, Run, Table, words_in, words_of
from policywright.exports.markdown import DEEPEST, markdown_of
from policywright.exports.papers import Paper, make_papers
from policywright.exports.plain_text import WIDTH, plain_text_of
from tests.support.agency_files import golden_draft, read_case
from tests.support.pandoc import read_back

HOSTILE: list[str] = read_case("markdown.yml")["hostile"]
FORMS = ("gfm", "markdown-smart-task_lists", "commonmark_x-smart")
"""The dialects that a file must mean the same in.

“smart” would change quotation marks, and pandoc's own dialect makes a box of “[x]” even where it is escaped."""
SITES = ("two-way-city", "uk-council")
needs_pandoc = pytest.mark.skipif(not shutil.which("pandoc"), reason="pandoc is not installed")


def paper_of(*blocks: Block, title: str = "Title", **notes: str) -> Paper:
    some = make_papers(golden_draft("two-way-city"))[0]
    return replace(some, title=title, blocks=blocks, notes={key: (Run(words),) for key, words in notes.items()})


def expected(blocks: Any) -> list[Any]:
    """Return blocks as pandoc should read them; the paragraphs of one note are one quotation."""
    found: list[Any] = []
    for block in blocks:
        if isinstance(block, Paragraph) and block.kind == "note" and found and found[-1][0] == "note":
            found[-1][1].append(("words", words_in(block.runs)))
        else:
            found.append(_expected(block))
    return found


def _expected(block: Block) -> Any:
    if isinstance(block, Heading):
        number = f"{block.number} " if block.number else ""
        return "heading", min(block.level + 1, DEEPEST), number + words_in(block.runs)
    if isinstance(block, Paragraph):
        words = words_in(block.runs)
        if block.kind == "code":
            return "code", words
        return ("note", [("words", words)]) if block.kind else ("words", words)
    if isinstance(block, Listing):
        return "list", block.ordered, [expected(item) for item in block.items]
    rows = [*([block.head] if block.head else []), *block.rows]
    width = max(map(len, rows))
    return "table", [[*map(words_in, row), *[""] * (width - len(row))] for row in rows]


def compared(paper: Paper, form: str) -> tuple[list[Any], list[Any]]:
    read, _ = read_back(markdown_of(paper), form)
    wanted = [("heading", 1, paper.title), *expected(paper.blocks)]
    return [_without_empty_head(one) for one in read], wanted


def _without_empty_head(block: Any) -> Any:
    if block[0] == "table" and not any(block[1][0]):
        return "table", block[1][1:]
    return block


@needs_pandoc
@pytest.mark.slow
@pytest.mark.tools
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", SITES)
def test_pandoc_reads_the_blocks_of_every_paper_back(name: str, form: str) -> None:
    for paper in make_papers(golden_draft(name)):
        read, wanted = compared(paper, form)
        assert read == wanted, paper.id


def runs(words: str) -> tuple[Run, ...]:
    return (Run(words),)


def one_item(words: str) -> Listing:
    return Listing(ordered=False, items=((Paragraph(runs(words)),),))


def everywhere(words: str) -> tuple[Block, ...]:
    """Return blocks with the same words in each place where words can be."""
    return (
        Heading(1, runs(words), "4.1"),
        Heading(2, runs(words)),
        Paragraph(runs(words)),
        Paragraph((Run("Before "), Run(words, strong=True), Run(" between "), Run(words, emphasis=True), Run("."))),
        Paragraph((Run(words, link="https://example.gov/a?b=(c)"), Run(" and "), Run(words, code=True))),
        Paragraph((Run(f"First line\n{words}\nlast line"),)),
        Paragraph(runs(words), "note title"),
        Paragraph(runs(words), "note"),
        Listing(ordered=False, items=((Paragraph(runs(words)),), (Paragraph(runs(words)), Paragraph(runs(words))))),
        Listing(
            ordered=True, items=((Paragraph(runs(words)), Listing(ordered=False, items=((Paragraph(runs(words)),),))),)
        ),
        Table((runs(words), runs("Head")), ((runs(words), (Run(words, code=True),)), (runs("x"), runs(words)))),
        Table((), ((runs("Name"), runs(words)),)),
        Paragraph(runs(words)),
    )


@needs_pandoc
@pytest.mark.slow
@pytest.mark.tools
@pytest.mark.parametrize("form", FORMS)
def test_hostile_words_come_back_as_words(form: str) -> None:
    blocks = tuple(block for words in HOSTILE for block in everywhere(words))
    read, wanted = compared(paper_of(*blocks, title=HOSTILE[0]), form)
    for one, two in zip(read, wanted, strict=True):
        assert one == two


def looking(words: str, look: Collection[str]) -> Run:
    return Run(words, strong="strong" in look, emphasis="emphasis" in look, code="code" in look)


@needs_pandoc
@pytest.mark.slow
@pytest.mark.tools
@pytest.mark.parametrize("form", FORMS)
def test_random_signs_come_back_as_words(form: str) -> None:
    chance = random.Random(15)
    signs = [*"*_`[](){}<>#+-.!|~^$:=@&\\\"'/1ab ", " ", "é", "--", "**", "](", "![", "[^1]", "](x)"]
    texts = (" ".join("".join(chance.choices(signs, k=12)).split()) for _ in range(400))
    looks: tuple[tuple[str, ...], ...] = ((), ("strong",), ("emphasis",), ("strong", "emphasis"), ("code",))
    blocks = [
        Paragraph(tuple(looking(words, chance.choice(looks)) for words in (one, " x ", two) if words))
        for one, two in zip(texts, texts, strict=True)
    ]
    read, wanted = compared(paper_of(*blocks), form)
    for one, two in zip(read, wanted, strict=True):
        assert one == two


@needs_pandoc
@pytest.mark.slow
@pytest.mark.tools
@pytest.mark.parametrize("form", FORMS)
def test_footnotes_are_read_behind_their_marks(form: str) -> None:
    blocks = (Paragraph((Run("One"), Run("", note="b"))), Paragraph((Run("Two!"), Run("", note="a"), Run(": more"))))
    paper = paper_of(*blocks, a="The *first* key.", b="The second key.")
    read, notes = read_back(markdown_of(paper), form)
    assert read[1:] == [("words", "One"), ("words", "Two!: more")]
    assert notes == [[("words", "The second key.")], [("words", "The *first* key.")]]


def test_a_link_inside_the_document_leads_to_a_heading_that_is_there() -> None:
    here, gone = Run("here", link="#cit-1"), Run("gone", link="#cit-2")
    text = markdown_of(paper_of(Heading(1, runs("Comments"), "4", "cit-1"), Paragraph((here, Run(" "), gone)))).decode()
    assert text == '# Title\n\n## <a id="cit-1"></a>4 Comments\n\n[here](#cit-1) gone\n'


@pytest.mark.parametrize("name", SITES)
def test_plain_text_has_every_word_in_lines_that_fit(name: str) -> None:
    for paper in make_papers(golden_draft(name)):
        text = plain_text_of(paper).decode()
        said = "".join(text.split())
        for block in paper.blocks:
            if not isinstance(block, Table):
                for line in words_of([block]):
                    assert plain(line) in unmarked(said), (paper.id, line)
        assert all(len(line) <= WIDTH or " " not in line.strip() for line in text.splitlines())


def plain(words: str) -> str:
    return unmarked("".join(words.split()))


def unmarked(words: str) -> str:
    """Return words without the marks that plain text adds: of footnotes, notes and underlining."""
    return re.sub(r"\[\d+\]|[|=-]", "", words)


def test_a_terminal_is_not_told_anything_by_plain_text() -> None:
    text = plain_text_of(paper_of(Paragraph(runs("Red \x1b[31mwords\x07 and \u202eturned")))).decode()
    assert "\x1b" not in text
    assert "\\x1b[31mwords\\x07 and \\u202eturned" in text
