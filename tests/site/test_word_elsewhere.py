"""What other programs make of our Word documents: an auditor of the format, LibreOffice, pandoc."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from openxml_audit import OpenXmlValidator

from policywright.approval.snapshot import freeze
from policywright.exports.blocks import Heading, Listing, Table, words_of
from policywright.exports.papers import Paper
from policywright.exports.word.comments import counsel_comments
from policywright.exports.word.document import docx_of
from policywright.exports.word.redline import lines_in, redline_docx
from policywright.model.versions import Frozen
from tests.support.agency_files import read_case
from tests.support.office import Paragraph, in_office, needs_office, needs_pandoc
from tests.support.papers import SAMPLE, W, draft_named, made_up, numbered, paper_with, papers_named, part_of
from tests.support.shared import Shared

pytestmark = [pytest.mark.slow, pytest.mark.tools]

AGENCIES = ("two-way-city", "uk-council", SAMPLE)
WHOLE = ("uk-council", SAMPLE)
"""Those whose every paper is looked at; of the others only what has numbers."""
NUMBERED = [(agency, paper) for agency in AGENCIES for paper in ("policy", "procedures")]
NUMBERS = read_case("word.yml")["numbers"]
CHANGES = {
    "a release": (SAMPLE, "1.0", SAMPLE, "1.1", "policy"),
    "the procedures of a release": (SAMPLE, "1.0", SAMPLE, "1.1", "procedures"),
    "another country": ("two-way-city", "", "uk-council", "", "policy"),
    "fewer procedures": ("federal-bureau", "", "one-way-town", "", "procedures"),
    "a made-up text": ("", "", "", "", "policy"),
    "a text without numbers": ("one-way-town", "", "nz-ministry", "", "house-rules"),
}
DEEDS = {"new": ".uno:AcceptAllTrackedChanges", "old": ".uno:RejectAllTrackedChanges"}


@pytest.fixture(scope="module")
def files(shared: Shared) -> Path:
    """A folder with every document that these tests look at."""
    return shared("word", _make)


def _make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for agency in AGENCIES:
        for paper in _looked_at(agency):
            (folder / f"{agency}-{paper.name}.docx").write_bytes(docx_of(paper))
        for_counsel = docx_of(papers_named(agency)["policy"], comments=counsel_comments(draft_named(agency)))
        (folder / f"counsel-{agency}.docx").write_bytes(for_counsel)
    for name, numbers in NUMBERS.items():
        (folder / f"numbers-{name}.docx").write_bytes(docx_of(paper_with(numbered(numbers))))
    for name in CHANGES:
        old, new, instrument = _texts(name)
        redline = redline_docx(old, new, instrument, "Ada Marsh", "2026-09-14")
        (folder / f"redline-{name}.docx").write_bytes(redline)


def _looked_at(agency: str) -> list[Paper]:
    papers = papers_named(agency)
    return [*papers.values()] if agency in WHOLE else [papers["policy"], papers["procedures"]]


def _texts(name: str) -> tuple[Frozen, Frozen, str]:
    *texts, instrument = CHANGES[name]
    if not any(texts):
        return *made_up("redline"), instrument
    old, new = (_text(*texts[at : at + 2]) for at in (0, 2))
    return old, new, instrument


def _text(agency: str, version: str) -> Frozen:
    draft = draft_named(agency)
    return next((one.frozen for one in draft.releases if one.version == version), freeze(draft))


@pytest.fixture(scope="module")
def opened(files: Path) -> dict[str, list[Paragraph]]:
    """What LibreOffice reads in the files, by their names; it starts once."""
    plain = (path for path in sorted(files.glob("*.docx")) if not path.stem.startswith(("redline", "counsel")))
    jobs: dict[str, dict[str, Any]] = {path.stem: {"file": str(path)} for path in plain}
    jobs[f"{SAMPLE}-policy"]["save"] = {str(files / "saved.docx"): "MS Word 2007 XML"}
    for name in CHANGES:
        for which, command in DEEDS.items():
            file = str(files / f"redline-{name}.docx")
            jobs[f"{which}-{name}"] = {"file": file, "commands": [command]}
    return dict(zip(jobs, in_office([*jobs.values()]), strict=True))


def test_word_would_open_every_document_without_repairing_it(files: Path) -> None:
    found = {
        path.name: OpenXmlValidator().validate(str(path)).errors
        for path in files.glob("*.docx")
        if path.stem != "saved"
    }
    assert len(found) > 45
    assert not {name: errors for name, errors in found.items() if errors}


@needs_office
@pytest.mark.parametrize(("agency", "paper"), NUMBERED)
def test_libreoffice_counts_the_numbers_of_the_site(
    agency: str, paper: str, opened: dict[str, list[Paragraph]]
) -> None:
    blocks = [one for one in papers_named(agency)[paper].blocks if isinstance(one, Heading)]
    expected = [(one.number, words_of([Heading(1, one.runs)])[0]) for one in blocks]
    assert len(expected) > 100
    assert [
        (label, text) for style, label, text in opened[f"{agency}-{paper}"] if style.startswith("Heading")
    ] == expected


@needs_office
@pytest.mark.parametrize("name", NUMBERS)
def test_libreoffice_counts_numbers_that_jump(name: str, opened: dict[str, list[Paragraph]]) -> None:
    headings = [one for one in opened[f"numbers-{name}"] if one[0].startswith("Heading")]
    found = [label or text.partition("\t")[0] for _, label, text in headings]
    assert found == NUMBERS[name]


@needs_office
@pytest.mark.parametrize("agency", AGENCIES)
def test_libreoffice_reads_every_word(agency: str, opened: dict[str, list[Paragraph]]) -> None:
    for paper in _looked_at(agency):
        lines = [_squeezed(label + text) for _, label, text in opened[f"{agency}-{paper.name}"]]
        said = "".join(lines)
        for line in words_of(paper.blocks):
            assert _squeezed(line) in said, (paper.id, line)


def _squeezed(line: str) -> str:
    """Return words without blanks, lines to write on, and bullets, which LibreOffice does not name."""
    return "".join(line.translate(str.maketrans("", "", "_•☐")).split())


@needs_office
@pytest.mark.parametrize("which", DEEDS)
@pytest.mark.parametrize("name", CHANGES)
def test_accepting_gives_the_new_words_and_rejecting_the_old(
    name: str, which: str, opened: dict[str, list[Paragraph]]
) -> None:
    old, new, instrument = _texts(name)
    expected = lines_in(new if which == "new" else old, instrument)
    found = [text for _, _, text in opened[f"{which}-{name}"]]
    assert len(expected) > 10
    # Each cell of a table is a paragraph.
    assert [line for line in found if line] == [line for line in "\n".join(expected).split("\n") if line]


@needs_office
def test_bookmarks_and_properties_are_there_after_libreoffice_saved(
    files: Path, opened: dict[str, list[Paragraph]]
) -> None:
    before, after = ((files / f"{name}.docx").read_bytes() for name in (f"{SAMPLE}-policy", "saved"))
    assert _bookmarks(before) <= _bookmarks(after)
    kept = {one.get("name"): "".join(one.itertext()) for one in part_of(after, "docProps/custom.xml")}
    assert kept["paper"] == "policy"
    assert kept["fingerprint"] == papers_named(SAMPLE)["policy"].fingerprint


def _bookmarks(file: bytes) -> set[str | None]:
    return {one.get(f"{W}name") for one in part_of(file).iter(f"{W}bookmarkStart")}


@needs_office
def test_libreoffice_reads_the_comments_for_counsel(files: Path, tmp_path: Path) -> None:
    # LibreOffice 7.4 dies if a program loads a document with comments, and not if it converts one.
    command = ["soffice", f"-env:UserInstallation={tmp_path.as_uri()}", "--headless", "--convert-to", "fodt"]
    file = files / f"counsel-{SAMPLE}.docx"
    subprocess.run([*command, "--outdir", str(tmp_path), str(file)], capture_output=True, check=True)
    read = (tmp_path / f"counsel-{SAMPLE}.fodt").read_text("utf-8")
    expected = [comments for anchor, comments in counsel_comments(draft_named(SAMPLE)).items() if _is_in_policy(anchor)]
    assert len(expected) > 80
    assert read.count("<office:annotation ") == len(expected)
    assert "assumed by “Moderated two-way”" in read


def _is_in_policy(anchor: str) -> bool:
    return anchor in {one.anchor for one in papers_named(SAMPLE)["policy"].blocks if isinstance(one, Heading)}


@needs_pandoc
@pytest.mark.parametrize(("agency", "paper"), [*NUMBERED[:2], ("sample", "cover-memo"), ("uk-council", "leavers")])
def test_pandoc_reads_the_structure_back(agency: str, paper: str, files: Path) -> None:
    known = papers_named(agency)[paper]
    file = files / f"{agency}-{known.name}.docx"
    done = subprocess.run(["pandoc", "-t", "json", str(file)], capture_output=True, check=True)
    read = [*_inside(json.loads(done.stdout)["blocks"])]
    headings = [(one["c"][0], _plain(one["c"][2])) for one in read if one.get("t") == "Header"]
    expected = [one for one in known.blocks if isinstance(one, Heading)]
    assert headings[-len(expected) :] == [(one.level, words_of([Heading(1, one.runs)])[0]) for one in expected]
    kinds = Counter(str(one.get("t")) for one in read)
    assert kinds["Note"] == len(known.notes)
    assert kinds["Table"] == sum(isinstance(one, Table) for one in known.blocks)
    assert kinds["BulletList"] + kinds["OrderedList"] == sum(isinstance(one, Listing) for one in known.blocks)
    levels = [0, *(one.level for one in expected)]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def _inside(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _inside(one)


def _plain(inlines: list[dict[str, Any]]) -> str:
    words = {"Space": " ", "SoftBreak": " "}
    known = (one for one in _inside(inlines) if one["t"] in ("Str", *words))
    return "".join(words.get(one["t"], one.get("c", "")) for one in known)
