"""A PDF says what its paper says, to readers, to programs that read aloud and to those that check it."""

from __future__ import annotations

import functools
import io
import re
import shutil
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import page
import pikepdf
import pytest
import typst

from policywright.draft import draft_of
from policywright.exports.blocks import Block, Heading, Listing, Paragraph, Run, Table, words_in, words_of
from policywright.exports.extras import MissingExtra
from policywright.exports.html_blocks import blocks_of_html
from policywright.exports.papers import Paper, make_papers
from policywright.exports.pdf import pdf_of
from policywright.exports.pdf.breaks import stays_with_next
from policywright.exports.pdf.nodes import paper_data
from tests.support.agency_files import ROOT, golden_draft, read_case, run

SITES = ("two-way-city", "uk-council", "sample")
OWN = typst.Fonts(include_system_fonts=False)

needs_pdftotext = pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext of poppler-utils is missing")


@functools.cache
def _papers(name: str) -> list[Paper]:
    return make_papers(draft_of(ROOT / "docs" / "sample", "2026-11-30") if name == "sample" else golden_draft(name))


def _paper(*blocks: Block, name: str = "sample") -> Paper:
    return replace(next(one for one in _papers(name) if one.id == "staff-card"), blocks=blocks, notes={})


@functools.cache
def _printed(name: str) -> list[tuple[Paper, bytes]]:
    return [(paper, pdf_of(paper)) for paper in _papers(name)]


@functools.cache
def _open(name: str) -> dict[str, tuple[Paper, pikepdf.Pdf]]:
    return {paper.id: (paper, pikepdf.open(io.BytesIO(pdf))) for paper, pdf in _printed(name)}


def _text(pdf: bytes) -> str:
    """Return the text in the order in which it is drawn."""
    told = subprocess.run(
        ["pdftotext", "-raw", "-nopgbrk", "-enc", "UTF-8", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return told.stdout.decode()


def _tags(pdf: pikepdf.Pdf) -> list[str]:
    """Return the tags in reading order."""
    return [str(one.S)[1:] for one in _elements(pdf.Root.StructTreeRoot.K)]


def _elements(kid: Any) -> Iterator[Any]:
    if isinstance(kid, pikepdf.Array):
        for one in kid:
            yield from _elements(one)
    elif isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
        yield kid
        yield from _elements(kid.get("/K"))


def _flat(blocks: tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        yield block
        for item in block.items if isinstance(block, Listing) else ():
            yield from _flat(item)


@pytest.mark.parametrize("case", read_case("pdf_breaks.yml"), ids=lambda case: case["about"])
def test_what_belongs_together_stays_on_a_page(case: dict[str, Any]) -> None:
    blocks, _ = blocks_of_html(case["html"])
    pairs = [(blocks[at - 1] if at else None, block, blocks[at + 1 :]) for at, block in enumerate(blocks)]
    kept = [words_of([block])[0] for before, block, after in pairs if stays_with_next(before, block, after)]
    assert kept == case["stay"]


def test_a_list_to_tick_has_a_box_for_its_mark_and_a_form_has_room_to_write() -> None:
    blocks, _ = blocks_of_html("<ul><li>☐ One</li><li>☐ Two</li></ul>")
    (listing,) = paper_data(_paper(*blocks))["nodes"]
    assert listing["mark"] == "☐"
    assert [item[0]["pieces"][0]["text"] for item in listing["items"]] == ["One", "Two"]
    form = Table(((Run("To do"),), (Run("Done on"),), (Run("By"),)), (((Run("Devices are returned"),), (), ()),))
    (table,) = paper_data(_paper(form))["nodes"]
    assert (table["form"], table["widths"]) == (True, [20, 30, 30])


@pytest.mark.parametrize("name", SITES)
def test_every_paper_conforms_to_pdf_ua(name: str) -> None:
    for paper, pdf in _printed(name):
        report = page.validate_pdf_bytes(pdf, profile="ua1")
        assert report.is_compliant, (paper.id, [failure.message for failure in report.failures])


def test_the_check_finds_a_file_without_tags() -> None:
    plain = typst.compile(b"Hello", font_paths=OWN, pdf_tags=False)
    assert not page.is_pdf_compliant_bytes(plain, profile="ua1")


@pytest.mark.parametrize("name", SITES)
def test_a_paper_names_itself_and_its_language(name: str) -> None:
    for paper, pdf in _open(name).values():
        assert str(pdf.docinfo.Title) == paper.title
        assert str(pdf.docinfo.Author) == paper.document.agency_name
        assert "/CreationDate" not in pdf.docinfo
        assert str(pdf.Root.Lang) == ("en-GB" if name == "uk-council" else "en-US")
        assert pdf.Root.ViewerPreferences.DisplayDocTitle


@pytest.mark.parametrize("name", SITES)
def test_headings_lists_tables_and_footnotes_are_tagged(name: str) -> None:
    for paper, pdf in _open(name).values():
        blocks, tags = [*_flat(paper.blocks)], _tags(pdf)
        levels = [f"H{block.level}" for block in blocks if isinstance(block, Heading)]
        assert [tag for tag in tags if re.fullmatch(r"H\d", tag)][-len(levels) :] == levels, paper.id
        tables = [block for block in blocks if isinstance(block, Table)]
        headed = [table for table in tables if table.head]
        counts = Counter(tags)
        assert counts["Table"] == len(headed)
        assert counts["TH"] == sum(len(table.head) for table in headed)
        assert counts["TR"] == sum(len(table.rows) + 1 for table in headed)
        listed = sum(len(block.items) for block in blocks if isinstance(block, Listing))
        assert counts["LI"] == listed + sum(len(table.rows) for table in tables if not table.head), paper.id
        assert counts["Note"] == len(paper.notes)


@pytest.mark.parametrize("name", SITES)
def test_the_outline_has_every_heading_with_its_number(name: str) -> None:
    for paper, pdf in _open(name).values():
        with pdf.open_outline() as outline:
            shown = [str(one.title).strip() for one in _outlined(outline.root)]
        expected = [words_of([block])[0] for block in paper.blocks if isinstance(block, Heading)]
        assert [" ".join(one.split()) for one in shown if one != "Contents"] == expected


def _outlined(items: list[pikepdf.OutlineItem]) -> Iterator[pikepdf.OutlineItem]:
    for item in items:
        yield item
        yield from _outlined(item.children)


@pytest.mark.parametrize("name", SITES)
def test_every_font_is_in_the_file(name: str) -> None:
    for _, pdf in _open(name).values():
        fonts = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/FontName" in one]
        assert fonts
        assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(one.keys()) for one in fonts)


def test_an_agency_prints_on_the_paper_of_its_country() -> None:
    def sheet(name: str) -> list[int]:
        return [round(side) for side in _open(name)["policy"][1].pages[0].MediaBox]

    assert sheet("two-way-city") == [0, 0, 612, 792]
    assert sheet("uk-council") == [0, 0, 595, 842]


def test_a_link_leads_to_its_place_and_one_without_a_place_is_plain() -> None:
    runs = [Run("there", link="#a"), Run("nowhere", link="#b"), Run("out", link="https://example.gov/a b")]
    blocks = (Heading(1, (Run("A"),), anchor="a"), Heading(1, (Run("Again"),), anchor="a"), Paragraph(tuple(runs)))
    pdf = pikepdf.open(io.BytesIO(pdf_of(_paper(*blocks))))
    links = [one for one in pdf.pages[0].Annots if one.Subtype == "/Link"]
    assert [str(one.A.URI) for one in links if "/A" in one and "/URI" in one.A] == ["https://example.gov/a b"]
    assert len(links) == 2
    assert all(one.Contents for one in links)


def test_a_place_within_a_paragraph_can_be_linked_to() -> None:
    words = Paragraph((Run("Staff", strong=True, anchor="staff"), Run(" are people."), Run("See", link="#staff")))
    pdf = pikepdf.open(io.BytesIO(pdf_of(_paper(words, words))))
    assert len(pdf.pages[0].Annots) == 2


def test_same_paper_same_bytes() -> None:
    for paper, pdf in _printed("sample"):
        assert pdf_of(paper) == pdf, paper.id


@needs_pdftotext
@pytest.mark.tools
@pytest.mark.slow
@pytest.mark.parametrize("name", SITES)
def test_a_pdf_has_every_word_of_its_paper_in_order(name: str) -> None:
    for paper, pdf in _printed(name):
        told, at = "".join(_text(pdf).split()), 0
        words = [word for line in words_of(paper.blocks) for word in re.sub("_{4,}", " ", line).split()]
        for word in words:
            found = told.find(word, at)
            assert found >= 0, (paper.id, word, told[at : at + 100])
            at = found + len(word)
        if not paper.notes:
            # What is there besides is the title, running lines and the marks of lists, so that no word is there twice.
            assert len(told) - sum(map(len, words)) < 300 * told.count("fingerprint") + 3 * len(words)


@needs_pdftotext
@pytest.mark.tools
@pytest.mark.slow
def test_footnotes_name_the_sources() -> None:
    paper = next(one for one in _papers("sample") if one.id == "policy")
    told = "".join(_text(pdf_of(paper)).split())
    for note in paper.notes.values():
        assert "".join(words_in(note).split()) in told


@needs_pdftotext
@pytest.mark.tools
@pytest.mark.slow
def test_the_running_lines_name_the_paper_and_its_state() -> None:
    paper = next(one for one in _papers("sample") if one.id == "sign-off-sheet")
    told = _text(pdf_of(paper))
    pages = re.findall(r"Page (\d+) of (\d+)", told)
    assert pages == [(str(number), str(len(pages))) for number in range(1, len(pages) + 1)]
    assert told.count("Town of Exampleton: Sign-off sheet Version 1.1\n") == len(pages) - 1 > 1
    state = f"In review, effective 1 April 2026, text fingerprint {paper.fingerprint}"
    assert told.count(state) == len(pages)


@needs_pdftotext
@pytest.mark.tools
@pytest.mark.slow
@pytest.mark.parametrize("case", read_case("pdf_signs.yml"), ids=lambda case: case["about"])
def test_what_an_agency_writes_comes_out_as_text(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policywright.exports.pdf.printing._fonts", lambda *_, **__: OWN)
    text, remarks = Run(case["text"]), list[str]()
    everywhere = (
        Heading(1, (text,), case["text"], case["text"]),
        Paragraph((text, Run(" "), replace(text, strong=True), Run(" "), replace(text, code=True))),
        Listing(ordered=True, items=((Paragraph((replace(text, link=f"https://example.gov/{case['text']}"),)),),)),
        Table(((text,), (text,)), (((text,), (text,)),)),
        Table((), (((text,), (text,)),)),
        Paragraph((text,), "note"),
        Paragraph((text,), "code"),
    )
    paper = _paper(*everywhere)
    named = replace(paper, title=case["text"], document=replace(paper.document, agency_name=case["text"]))
    pdf = pdf_of(named, remarks.append)
    assert page.is_pdf_compliant_bytes(pdf, profile="ua1")
    said, told = case.get("said", case["text"]), _joined(_text(pdf))
    for part in said.split() if case.get("turned") else [said]:
        assert told.count(_joined(part)) >= 14
    assert [remark.rpartition("install a font for ")[2] for remark in remarks] == (
        [f"{case['lacks']}, for example from the Noto family."] if "lacks" in case else []
    )


def _joined(text: str) -> str:
    """Leave out white space, as lines end anywhere, and signs without a picture."""
    return "".join(sign for sign in text if not sign.isspace() and unicodedata.category(sign) != "Cf")


@pytest.mark.parametrize("text", ["half \ud800 of a pair", "\x00", "\u202eturned around", "x" * 10_000, "_" * 500])
def test_no_text_stops_a_pdf(text: str) -> None:
    runs = (Run(text, anchor=text), Run(text, link=f"#{text}"), Run(text, link=f"https://{text}"))
    pdf = pdf_of(_paper(Heading(1, (Run(text),), text, text), Paragraph(runs), Table((), ((runs, runs),))))
    assert page.is_pdf_compliant_bytes(pdf, profile="ua1")


@needs_pdftotext
@pytest.mark.tools
@pytest.mark.slow
def test_a_word_longer_than_a_line_is_broken_and_loses_nothing() -> None:
    word = "".join(f"{number}x" for number in range(2500))
    pdf = pdf_of(_paper(Paragraph((Run(word),))))
    told = "".join(line for line in _text(pdf).splitlines() if re.fullmatch(r"[\dx]+", line))
    assert told == word
    assert len(_text(pdf).splitlines()) > 100


def test_a_remark_names_the_signs_and_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policywright.exports.pdf.printing._fonts", lambda *_, **__: OWN)
    remarks = list[str]()
    pdf_of(_paper(Paragraph((Run("市 ok 😀"),))), remarks.append)
    named = "市 (U+5E02), 😀 (U+1F600 grinning face)"
    fonts = "a font for Chinese, Japanese and Korean, symbols and emoji, for example from the Noto family"
    (remark,) = remarks
    assert remark == (
        f"The PDF of “Staff card” spells out {named}, because no font on this machine has them."
        f" To print them, install {fonts}."
    )


def test_without_typst_the_command_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(MissingExtra) as missing:
        pdf_of(_papers("sample")[0])
    assert str(missing.value) == "PDF files need typst. Install it with: python -m pip install typst"


def test_typst_is_loaded_only_to_print() -> None:
    code = "import sys; import policywright.cli.main, policywright.exports.pdf; print('typst' in sys.modules)"
    assert run(sys.executable, "-c", code).stdout.strip() == "False"
