"""A paper as a Word document: its words, its structure, and what is inside the file."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.shared import Pt, RGBColor

from policywright.exports.blocks import Block, Heading, Listing, Paragraph, Run, Table, words_of
from policywright.exports.bookmarks import bookmark_of
from policywright.exports.extras import MissingExtra
from policywright.exports.review.matching import WordReview, matched, sent_paper
from policywright.exports.review.reading import read_word
from policywright.exports.word.comments import counsel_comments
from policywright.exports.word.document import docx_of
from policywright.exports.word.links import Links
from policywright.exports.word.template import UnusableTemplate
from tests.support.agency_files import read_case
from tests.support.papers import W, draft_named, lines_of, numbered, paper_with, papers_named, part_of

CASES = read_case("word.yml")


def _squeezed(lines: list[str]) -> str:
    """Return words without blanks, and without the lines on which people write."""
    return "".join("".join(line.replace("_", "").split()) for line in lines)


@pytest.mark.parametrize("name", ["policy", "cover-memo", "sign-off-sheet", "account-request"])
def test_a_document_has_every_word_of_its_paper_in_order(name: str) -> None:
    paper = papers_named("two-way-city")[name]
    # Numbers are counted by Word, see test_word_elsewhere.
    bare = [Heading(one.level, one.runs) if isinstance(one, Heading) else one for one in paper.blocks]
    first = next(at for at, one in enumerate(bare) if isinstance(one, Heading))
    said = _squeezed(lines_of(part_of(docx_of(paper))))
    assert said.startswith(_squeezed([paper.document.agency_name, paper.title, *words_of(bare[:first])]))
    assert said.endswith(_squeezed(words_of(bare[first:])))


def test_a_document_is_the_same_bytes_each_time() -> None:
    paper, comments = papers_named("two-way-city")["policy"], counsel_comments(draft_named("two-way-city"))
    assert docx_of(paper, comments=comments) == docx_of(paper, comments=comments)


def test_each_heading_with_an_anchor_has_a_bookmark_and_links_lead_there() -> None:
    paper = papers_named("two-way-city")["policy"]
    body = part_of(docx_of(paper))
    names = [one.get(f"{W}name") for one in body.iter(f"{W}bookmarkStart")]
    assert len(names) == len(set(names))
    assert {bookmark_of(one.anchor) for one in paper.blocks if isinstance(one, Heading)} <= set(names)
    targets = {one.get(f"{W}anchor") for one in body.iter(f"{W}hyperlink")} - {None}
    assert bookmark_of("term-staff") in targets
    assert targets <= set(names)


def test_a_link_to_nowhere_is_words() -> None:
    body = part_of(docx_of(paper_with([Paragraph((Run("there", link="#nowhere"),))])))
    assert "there" in lines_of(body)
    assert not [*body.iter(f"{W}hyperlink")]


def test_a_document_says_which_paper_and_which_text_it_is() -> None:
    properties = part_of(docx_of(paper_with([])), "docProps/custom.xml")
    said = {one.get("name"): "".join(one.itertext()) for one in properties}
    assert (said["paper"], said["fingerprint"]) == ("policy", "0123456789abcdef")


def test_a_document_that_comes_back_untouched_proposes_nothing() -> None:
    """The review reads each heading by its bookmark, in every paper, with the comments for counsel in it."""
    comments = counsel_comments(draft_named("two-way-city"))
    for paper in papers_named("two-way-city").values():
        anchors = {bookmark_of(one.anchor): one.anchor for one in paper.blocks if isinstance(one, Heading)}
        read = read_word(docx_of(paper, comments=comments), "policy.docx", anchors)
        sent = sent_paper(read)
        assert {part.anchor for part in sent.parts} - {""} == {*anchors.values()}, paper.id
        assert matched(sent, read) == WordReview((), ())


def test_a_provision_names_its_sources_in_a_footnote() -> None:
    paper = papers_named("two-way-city")["policy"]
    file = docx_of(paper)
    marks = [one.get(f"{W}id") for one in part_of(file).iter(f"{W}footnoteReference")]
    notes = {one.get(f"{W}id"): lines_of(one) for one in part_of(file, "word/footnotes.xml")}
    assert len(marks) == len(set(marks)) == len(paper.notes)
    for mark, key in zip(marks, paper.notes, strict=True):
        assert notes[mark] == [" " + "".join(run.text for run in paper.notes[key])]


def test_counsel_reads_the_answer_and_the_reason_beside_each_provision() -> None:
    draft = draft_named("two-way-city")
    paper, comments = papers_named("two-way-city")["policy"], counsel_comments(draft)
    file = docx_of(paper, comments=comments)
    found = {"\n".join(lines_of(one)) for one in part_of(file, "word/comments.xml")}
    expected = [comments[p.clause.anchor][0] for c in draft.policy.chapters for p in c.provisions if p.reason]
    assert expected
    assert set(expected) <= found
    [appeals] = [
        one for one in found if "May people comment on your posts?" in one and "blocked from your pages" in one
    ][:1]
    assert "In the text because" in appeals
    assert "assumed by “Moderated two-way”" in appeals
    [first, *_] = part_of(file, "word/comments.xml")
    assert (first.get(f"{W}author"), first.get(f"{W}date")) == ("Policywright", None)


@pytest.mark.parametrize("case", CASES["hostile"], ids=lambda case: ascii(case["words"]))
def test_words_stay_words(case: dict[str, str]) -> None:
    words, anchor = case["words"], "title"
    runs = (Run(words),)
    blocks: list[Block] = [
        Heading(1, runs, "1", anchor),
        Paragraph(runs),
        Listing(ordered=True, items=((Paragraph(runs),),)),
    ]
    paper = paper_with([*blocks, Table((runs,), ((runs,),)), Paragraph((Run("", note="n"),))], {"n": runs})
    file = docx_of(paper, comments={anchor: [words]})
    shown = case.get("shown", words)
    assert lines_of(part_of(file)).count(shown) == 5
    assert lines_of(part_of(file, "word/footnotes.xml"))[-1] == f" {shown}"
    assert lines_of(part_of(file, "word/comments.xml")) == [shown]
    fields = [one.text for one in part_of(file).iter(f"{W}instrText")]
    assert fields == [' TOC \\o "1-2" \\h \\z \\u ']


@pytest.mark.parametrize("case", CASES["addresses"], ids=lambda case: case["address"])
def test_only_an_address_that_word_accepts_is_a_link(case: dict[str, str]) -> None:
    links = Links()
    assert bool(links.id_of(case["address"])) == bool(case["target"])
    assert [*links.ids] == [one for one in [case["target"]] if one]


@pytest.mark.parametrize(
    ("agency", "language", "width"), [("two-way-city", "en-US", "12240"), ("uk-council", "en-GB", "11906")]
)
def test_a_document_says_its_language_its_title_and_its_paper(agency: str, language: str, width: str) -> None:
    file = docx_of(papers_named(agency)["policy"])
    opened = docx.Document(io.BytesIO(file))
    assert opened.core_properties.language == language
    assert opened.core_properties.title == f"{draft_named(agency).document.agency_name}: Social media policy"
    assert {one.get(f"{W}val") for one in part_of(file, "word/styles.xml").iter(f"{W}lang")} == {language}
    assert {one.get(f"{W}w") for one in part_of(file).iter(f"{W}pgSz")} == {width}


def test_each_page_says_what_it_is_of() -> None:
    file = docx_of(papers_named("sample")["policy"])
    assert lines_of(part_of(file, "word/policy-header.xml")) == [
        "Town of Exampleton · Social media policy\tVersion 1.1"
    ]
    [footer] = lines_of(part_of(file, "word/policy-footer.xml"))
    fingerprint = papers_named("sample")["policy"].fingerprint
    assert footer == f"In review, effective 1 April 2026, text fingerprint {fingerprint}\tPage 1 of 1"
    fields = [one.get(f"{W}instr") for one in part_of(file, "word/policy-footer.xml").iter(f"{W}fldSimple")]
    assert fields == [" PAGE ", " NUMPAGES "]


def test_the_head_of_a_table_repeats_and_pairs_have_heads_beside() -> None:
    words = (Run("a"),)
    body = part_of(docx_of(paper_with([Table((words, words), ((words, words),)), Table((), ((words, words),))])))
    first, second = body.iter(f"{W}tbl")
    assert [bool([*row.iter(f"{W}tblHeader")]) for row in first.iter(f"{W}tr")] == [True, False]
    looks = [next(one.iter(f"{W}tblLook")) for one in (first, second)]
    assert [(look.get(f"{W}firstRow"), look.get(f"{W}firstColumn")) for look in looks] == [("1", "0"), ("0", "1")]
    # Word would make one table of two that touch.
    children = [*next(body.iter(f"{W}body"))]
    assert children.index(second) - children.index(first) == 2


def test_a_line_to_sign_is_a_tab_and_a_gap_in_a_sentence_stays() -> None:
    sign = Paragraph((Run("Name:", strong=True), Run(f" {'_' * 30} "), Run("Date:", strong=True), Run(f" {'_' * 14}")))
    gap = Paragraph((Run("We approve version ______ of this."),))
    body = part_of(docx_of(paper_with([sign, gap])))
    assert "Name: \t Date: \t" in lines_of(body)
    assert "We approve version ______ of this." in lines_of(body)
    stops = [(one.get(f"{W}leader"), int(one.get(f"{W}pos", "0"))) for one in body.iter(f"{W}tab") if one.attrib]
    assert [leader for leader, _ in stops] == ["underscore", "underscore"]
    assert 0 < stops[0][1] < stops[1][1] == 11906 - 2 * 1304


def test_an_agency_may_bring_its_template(tmp_path: Path) -> None:
    template = _template(tmp_path / "agency.dotx")
    opened = docx.Document(io.BytesIO(docx_of(papers_named("two-way-city")["policy"], template=template)))
    assert opened.sections[0].header.paragraphs[0].text == "CITY HALL"
    assert opened.sections[0].footer.paragraphs[0].text.startswith("Draft, text fingerprint")
    assert opened.styles["Heading 1"].font.color.rgb == RGBColor(1, 2, 3)
    assert "Policy Note" in {style.name for style in opened.styles}
    texts = [paragraph.text for paragraph in opened.paragraphs]
    assert "This is the text of the template." not in texts
    assert "Purpose and authority" in texts
    assert opened.sections[0].page_width == Pt(500)


def test_a_template_may_lack_what_a_document_needs(tmp_path: Path) -> None:
    """Such are those of pandoc: no size of paper, no list, no language."""
    made = docx.Document()
    made.element.body.remove(made.element.body[-1])
    made.part.drop_rel(next(key for key, one in made.part.rels.items() if one.reltype.endswith("/numbering")))
    for language in [*made.styles.element.iter(f"{W}lang")]:
        language.getparent().remove(language)
    made.save(str(tmp_path / "bare.docx"))
    file = docx_of(papers_named("two-way-city")["policy"], template=tmp_path / "bare.docx")
    body = part_of(file)
    assert [one.get(f"{W}w") for one in body.iter(f"{W}pgSz")] == ["12240"]
    assert [one.tag.removeprefix(W) for one in next(body.iter(f"{W}sectPr"))][-2:] == ["pgSz", "pgMar"]
    assert len([*part_of(file, "word/numbering.xml").iter(f"{W}num")]) >= 2
    assert {one.get(f"{W}val") for one in part_of(file, "word/styles.xml").iter(f"{W}lang")} == {"en-US"}


def _template(path: Path) -> Path:
    made = docx.Document()
    made.add_paragraph("This is the text of the template.")
    made.sections[0].header.paragraphs[0].text = "CITY HALL"
    made.sections[0].page_width = Pt(500)
    made.styles["Heading 1"].font.color.rgb = RGBColor(1, 2, 3)
    made.save(str(path))
    _change(path, lambda types: types.replace(b"document.main+xml", b"template.main+xml"))
    return path


def _change(path: Path, change: Any) -> None:
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts["[Content_Types].xml"] = change(parts["[Content_Types].xml"])
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)


def test_a_template_with_macros_or_none_at_all_is_refused(tmp_path: Path) -> None:
    paper = paper_with([])
    (tmp_path / "notes.docx").write_text("not a zip archive", "utf-8")
    with pytest.raises(UnusableTemplate, match=r"notes\.docx cannot be read as a \.docx or \.dotx file"):
        docx_of(paper, template=tmp_path / "notes.docx")
    macros = _template(tmp_path / "macros.dotm")
    _change(macros, lambda types: types.replace(b"template.main+xml", b"template.macroEnabledTemplate.main+xml"))
    with pytest.raises(UnusableTemplate, match="has macros"):
        docx_of(paper, template=macros)


def test_without_python_docx_the_command_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    expected = r"Word files need python-docx\. Install it with: python -m pip install python-docx"
    with pytest.raises(MissingExtra, match=expected):
        docx_of(paper_with([]))


def test_a_command_that_exports_nothing_does_not_load_python_docx() -> None:
    script = (
        "import sys, policywright.cli.main, policywright.exports.papers; print([*{'docx', 'lxml'} & {*sys.modules}])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("numbers", CASES["numbers"].values(), ids=CASES["numbers"].keys())
def test_a_number_is_typed_only_if_no_list_can_have_it(numbers: list[str]) -> None:
    lines = lines_of(part_of(docx_of(paper_with(numbered(numbers)))))
    typed = [number for number in numbers if not number.strip("P").replace(".", "").isdigit()]
    headings = lines[-len(numbers) - 1 : -1] if lines[-1] == "" else lines[-len(numbers) :]
    expected = [f"{n}\tTitle {at}" if n in typed else f"Title {at}" for at, n in enumerate(numbers)]
    assert headings == expected


def test_what_belongs_together_stays_on_one_page() -> None:
    """Each of these has the paragraph after it on its page, and so have headings and bases, by their styles."""
    words, sign = (Run("words"),), Paragraph((Run(f"Signature: {'_' * 20}"),))
    items = Listing(ordered=False, items=((Paragraph((Run("first"),)),), (Paragraph((Run("last"),)),)))
    blocks: list[Block] = [
        Heading(1, (Run("Title"),)),
        Paragraph((Run("Carries out 1.1"),), "basis"),
        Paragraph((Run("We approve:"),)),
    ]
    table = Table((words,), (((Run("row"),),), ((Run("last row"),),)))
    body = part_of(docx_of(paper_with([*blocks, items, sign, sign, table, Paragraph(words)])))
    kept = ["".join(lines_of(one)) for one in body.iter(f"{W}p") if [*one.iter(f"{W}keepNext")]]
    assert kept == ["We approve:", "last", "Signature: \t", "words", "row"]


def test_a_box_to_tick_replaces_the_bullet() -> None:
    items = Listing(ordered=False, items=((Paragraph((Run("☐ Tick"),)),), (Paragraph((Run("Read"),)),)))
    file = docx_of(paper_with([items]))
    assert [line for line in lines_of(part_of(file)) if line in ("Tick", "Read")] == ["Tick", "Read"]
    lists = [one.get(f"{W}val") for one in part_of(file).iter(f"{W}numId")]
    signs = [
        next(one.iter(f"{W}lvlText")).get(f"{W}val") for one in part_of(file, "word/numbering.xml").iter(f"{W}lvl")
    ]
    assert len(set(lists)) == 2
    assert {"☐", "•"} <= set(signs)
