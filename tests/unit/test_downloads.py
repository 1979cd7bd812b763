"""The downloads of a site: what policy.yml asks for, no more than its readers may see, listed with its fingerprint."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from policywright.exports.downloads import make_downloads
from policywright.exports.folder import SUMS
from policywright.exports.formats import FORMATS, ExportFile, Format, Material
from policywright.model.agency import Exports
from policywright.model.draft import Draft
from policywright.model.findings import Place
from policywright.pages.book import make_book, render_book
from policywright.pages.downloads import Download
from tests.support.agency_files import NOTE, draft_with, golden_draft, settled_answers, write_agency
from tests.support.in_process import run_here

TEXTS = ("md", "txt", "json", "csv")


def draft_of_town(*formats: str, **document: Any) -> Draft:
    draft = golden_draft("two-way-city")
    places = {**draft.document.places, "exports.formats": Place("policy.yml")}
    return replace(draft, document=replace(draft.document, exports=Exports(formats), places=places, **document))


def made(draft: Draft, audience: str) -> dict[str, Download]:
    downloads, missing = make_downloads(draft, Path(), audience)
    assert missing == []
    return {one.name: one for one in downloads}


def test_without_exports_there_are_no_downloads_and_no_page() -> None:
    draft = draft_of_town()
    assert made(draft, "working") == {}
    assert "downloads.md" not in make_book(draft).pages


def test_the_page_lists_each_file_with_its_format_size_and_fingerprint() -> None:
    draft = draft_of_town("md", "csv")
    files = made(draft, "working")
    book = make_book(draft, downloads=[*files.values()])
    text = book.pages["downloads.md"].text
    assert {"policy.md.txt", "cover-memo.md.txt", "clauses.csv", SUMS} <= files.keys()
    for one in files.values():
        digest = hashlib.sha256(one.content).hexdigest()
        # The format is in the link too: links with the same words would lead to different files.
        link = f'[{one.title}<span class="pw-hidden">, {one.format}</span>](downloads/{one.name})'
        assert f"| {link} | {one.format} | {one.size} | `{digest[:16]}` |" in text
        assert book.files[f"downloads/{one.name}"] == one.content
    assert {"Downloads": "downloads.md"} in [page for entry in book.navigation for page in members(entry)]


def test_the_files_of_a_document_are_together_and_internal_ones_apart() -> None:
    book = make_book(draft_of_town(), downloads=[*made(draft_of_town("md", "txt", "csv"), "working").values()])
    parts = re.split(r"^## (.+?) \{", book.pages["downloads.md"].text, flags=re.MULTILINE)
    listed = {
        title: re.findall(r"\(downloads/([^)]+)\)", text) for title, text in zip(parts[1::2], parts[2::2], strict=True)
    }
    assert [title for title in listed if listed[title]] == ["Documents", "Internal documents", "Data"]
    assert listed["Documents"][:4] == ["policy.md.txt", "policy.txt", "procedures.md.txt", "procedures.txt"]
    assert {"cover-memo.md.txt", "sign-off-sheet.txt"} <= {*listed["Internal documents"]}
    assert {"clauses.csv", SUMS} <= {*listed["Data"]}


def test_a_published_site_has_the_page_without_internal_documents() -> None:
    draft = draft_of_town("md", publish="web")
    text = render_book(draft, "published", downloads=[*made(draft, "published").values()]).pages["downloads.md"].text
    assert "(downloads/policy.md.txt)" in text
    assert "Internal documents" not in text


def members(entry: Any) -> list[Any]:
    return [entry, *(one for value in entry.values() if isinstance(value, list) for one in value)]


def test_no_download_is_a_page_of_the_site() -> None:
    assert not [name for name in made(draft_of_town(*TEXTS), "working") if name.endswith((".md", ".html"))]


@pytest.mark.parametrize(("publish", "gone"), [("intranet", set()), ("web", {"procedures", "staff-card", "leavers"})])
def test_readers_of_the_published_site_get_what_they_may_see(publish: str, gone: set[str]) -> None:
    files = made(draft_of_town("md", "json", "csv", publish=publish), "published")
    papers = {name.removesuffix(".md.txt") for name in files if name.endswith(".md.txt")}
    assert {"policy", "house-rules"} <= papers
    assert not papers & {"cover-memo", "sign-off-sheet", "stakeholders-legal", *gone}
    assert (papers >= {"procedures", "staff-card"}) == (publish == "intranet")
    others = {name for name in files if not name.endswith(".md.txt")}
    assert not others & {"answers.json", "findings.json", "coverage.json", "coverage.csv", "who-decides-what.csv"}
    assert {"policy.json", "sources.json", "clauses.csv", SUMS} <= others


@pytest.mark.parametrize("part", ["staff-card", "procedures", "house-rules"])
def test_what_the_agency_keeps_out_is_in_no_download(part: str) -> None:
    draft = draft_of_town(*TEXTS, keep_out=(part,))
    files = made(draft, "published")
    assert not [name for name in files if name.startswith(part)]
    kept_out = [one.text for one in draft.policy.everything if one.page == f"{part}.md"]
    rows = json.dumps([json.loads(one.content) for one in files.values() if one.name.endswith(".json")])
    assert not [text for text in kept_out if json.dumps(text)[1:-1] in rows and len(text) > 80]


def test_no_published_download_holds_an_internal_note(tmp_path: Path) -> None:
    policy = {"preset": "two_way", "exports": {"formats": [*TEXTS]}}
    draft = draft_with(tmp_path, settled_answers(), policy)
    published = b"".join(one.content for one in made(draft, "published").values())
    working = b"".join(one.content for one in made(draft, "working").values())
    assert NOTE.encode() in working
    assert NOTE.encode() not in published


@pytest.mark.parametrize("number", [0, 1, 999, 1000, 57_400, 1_250_000])
def test_a_size_is_said_in_the_unit_that_fits(number: int) -> None:
    said = {0: "0 bytes", 1: "1 byte", 999: "999 bytes", 1000: "1 kB", 57_400: "57 kB", 1_250_000: "1.2 MB"}
    assert Download("x", "X", "Text", b"x" * number).size == said[number]


def test_a_missing_library_is_a_finding_and_the_other_files_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    draft = draft_with(tmp_path, {}, {"preset": "two_way", "exports": {"formats": ["pdf", "md"]}})
    downloads, [finding] = make_downloads(draft, tmp_path, "working")
    assert (finding.code, finding.severity, finding.message) == ("W121", "warning", "The site gets no PDF files.")
    assert "Install it with: python -m pip install typst" in finding.fix
    assert finding.places[0].file == "policy.yml"
    assert {one.format for one in downloads} == {"Markdown", "Plain text"}


def test_a_sign_that_no_font_has_is_a_remark_and_no_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    def marked(material: Material) -> Iterator[ExportFile]:
        def make() -> bytes:
            material.remark("The file spells out one sign.")
            return b"x"

        yield ExportFile("policy.txt", "Policy", "txt", make)

    monkeypatch.setitem(cast("dict[str, Format]", FORMATS), "txt", Format("txt", "Plain text", marked))
    downloads, [finding] = make_downloads(draft_of_town("txt"), Path(), "working")
    assert (finding.code, finding.severity, finding.message) == ("W122", "advice", "The file spells out one sign.")
    assert [one.name for one in downloads] == ["policy.txt", SUMS]


def test_a_plain_site_has_them_too(tmp_path: Path) -> None:
    root = write_agency(tmp_path / "agency", {}, {"preset": "two_way", "exports": {"formats": ["txt"]}})
    done = run_here("policywright", "render", root, "--out", tmp_path / "plain")
    assert done.returncode == 0, done.stderr
    docs = tmp_path / "plain" / "docs"
    sums = (docs / "downloads" / SUMS).read_text("utf-8")
    assert f"{hashlib.sha256((docs / 'downloads' / 'policy.txt').read_bytes()).hexdigest()}  policy.txt\n" in sums
    assert "(downloads/policy.txt)" in (docs / "downloads.md").read_text("utf-8")
