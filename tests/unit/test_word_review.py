"""What a Word file that came back proposes: nothing is lost, and everything is placed or listed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from policywright.exports.bookmarks import LONGEST, bookmark_of
from policywright.exports.review.matching import matched, sent_paper
from policywright.exports.review.package import LARGEST_PART
from policywright.exports.review.reading import read_word
from policywright.model.findings import PolicyError
from tests.support.agency_files import catalog, read_case
from tests.support.word import word_file, zipped

SENT: list[dict[str, Any]] = [
    {"text": "Social media policy"},
    {"anchor": "appeals", "text": "Appeals"},
    {"text": "The writer may appeal within 30 days."},
    {"text": "Somebody else decides."},
    {"text": "by letter", "item": True},
    {"text": "by telephone", "item": True},
    {"anchor": "blocking", "text": "Blocking"},
    {"text": "A block lasts 30 days."},
    {"text": "The writer is told."},
    {"anchor": "records", "text": "Records"},
    {"text": "Every comment is kept."},
]
ANCHORS = {bookmark_of(name): name for name in ("appeals", "blocking", "records")}
SENT_PAPER = sent_paper(read_word(word_file(SENT), "policy.docx", ANCHORS))


def _paragraphs(case: dict[str, Any]) -> Iterator[Any]:
    for one in case["paragraphs"]:
        if one == "same":
            yield from SENT
        elif isinstance(one, str) and one.startswith("same until "):
            yield from SENT[: _place(one.removeprefix("same until "))]
        elif isinstance(one, str) and one.startswith("same after "):
            yield from SENT[_place(one.removeprefix("same after ")) + 1 :]
        else:
            yield one


def _place(words: str) -> int:
    return next(at for at, one in enumerate(SENT) if one["text"].startswith(words))


@pytest.mark.parametrize("case", read_case("word_review.yml"), ids=lambda case: case["about"])
def test_each_change_is_found_at_its_provision(case: dict[str, Any]) -> None:
    raw = word_file(_paragraphs(case), case.get("comments", ()), case.get("notes", ()))
    found = matched(SENT_PAPER, read_word(raw, "policy.docx", ANCHORS))
    told = {
        one.anchor: {
            "new": [line.text for line in one.new],
            **({"by": [author.name for author in one.by]} if one.by else {}),
            **{name: True for name in ("untracked", "moved", "headless") if getattr(one, name)},
            **({"comments": [comment.text for comment in one.comments]} if one.comments else {}),
        }
        for one in found.proposed
    }
    assert told == case.get("proposes", {})
    assert [list(one.lines) for one in found.unplaced] == case.get("unplaced", [])


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "not a Word file"),
        (b"PK\x03\x04 broken", "not a Word file"),
        (b"%PDF-1.7", "not a Word file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "encrypted, or from a Word before 2007"),
        (zipped({"xl/workbook.xml": "<a/>"}), "not a Word file"),
        (word_file(SENT, more={"word/vbaProject.bin": b"x"}), "contains macros"),
        (word_file(SENT)[:400], "not a Word file"),
        (zipped({"word/document.xml": "<w:document"}), "is damaged"),
        (zipped({"word/document.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), "not as Word writes it"),
        (zipped({"word/document.xml": b"\0" * (LARGEST_PART + 1)}), "larger than 100 megabytes"),
        (b"x" * 50_000_001, "larger than 50 megabytes"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_file_that_cannot_be_read_is_named_with_the_way_out(raw: bytes, says: str) -> None:
    with pytest.raises(PolicyError) as error:
        read_word(raw, "back.docx", {})
    (finding,) = error.value.findings
    assert says in finding.message
    assert finding.places[0].file == "back.docx"
    assert finding.fix


def test_every_anchor_has_a_bookmark_that_word_takes() -> None:
    anchors = [clause.anchor for clause in catalog().clauses.values()]
    names = [bookmark_of(anchor) for anchor in anchors]
    assert len({name.lower() for name in names}) == len({*anchors})
    assert all(len(name) <= LONGEST and name.replace("_", "").isalnum() and name[0].isalpha() for name in names)
