"""policywright review: what came back is listed with the three ways, and each way writes what it says."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from policywright.exports.blocks import Block, Heading, Listing, Paragraph, Table, words_in, words_of
from policywright.exports.bookmarks import bookmark_of
from policywright.exports.papers import Paper, make_papers
from policywright.exports.review.matching import sent_paper
from policywright.exports.review.reading import read_word
from policywright.exports.review.sent import read_sent, sent_files
from tests.support.agency_files import TOWN_ANSWERS, with_facts, write_agency
from tests.support.in_process import run_here
from tests.support.released import draft_in
from tests.support.word import word_file

APPEAL = "CIT-3-appeal-written"
BLOCK = "CIT-5-block-ladder"


@pytest.fixture
def agency(tmp_path: Path) -> Path:
    """A town that has sent its policy to counsel."""
    root = write_agency(tmp_path / "agency", with_facts(TOWN_ANSWERS), {"preset": "two_way"})
    draft = draft_in(root)
    paper = _policy(root)
    anchors = {bookmark_of(one.clause.anchor): one.clause.anchor for one in draft.policy.everything}
    read = read_word(word_file(_paragraphs(paper.blocks)), "policy.docx", anchors)
    for name, text in sent_files(draft, "2026-03-02", "counsel", {"policy": sent_paper(read)}).items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return root


def _policy(root: Path) -> Paper:
    return next(paper for paper in make_papers(draft_in(root)) if paper.id == "policy")


def _paragraphs(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for one in blocks:
        if isinstance(one, Heading):
            found.append({"anchor": one.anchor, "style": f"Heading{one.level}", "text": words_in(one.runs)})
        elif isinstance(one, Paragraph):
            found.append({"text": words_in(one.runs)})
        elif isinstance(one, Listing):
            found += [part | {"item": True} for item in one.items for part in _paragraphs(item)]
        else:
            assert isinstance(one, Table)
            found += [{"text": words_in(cell), "table": True} for row in (one.head, *one.rows) for cell in row]
    return found


def came_back(agency: Path, changes: dict[str, Any], comments: tuple[str, ...] = ()) -> Path:
    """Write the policy as somebody changed it: the beginning of a paragraph -> the paragraph instead of it."""
    paragraphs: list[Any] = []
    for one in _paragraphs(_policy(agency).blocks):
        keys = [key for key in changes if one["text"].startswith(key)]
        paragraphs.append(one | changes[keys[0]] if keys else one)
        assert len(keys) < 2
    file = agency / "policy-counsel.docx"
    file.write_bytes(word_file(paragraphs, comments))
    return file


def test_an_unchanged_file_proposes_nothing(agency: Path) -> None:
    done = run_here("policywright", "review", came_back(agency, {}), agency)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "policy-counsel.docx was sent on 2026-03-02. 0 proposals.\n"


def _provision(agency: Path, name: str) -> Any:
    return next(one for one in draft_in(agency).policy.everything if one.clause.id == name)


def _any_changed(agency: Path) -> tuple[Any, str]:
    """Return a provision of one sentence that rests on a choice, and its text."""
    draft = draft_in(agency)
    for one in (p for chapter in draft.policy.chapters for p in chapter.provisions):
        kinds = {draft.catalog.questions[name].kind for name in one.questions}
        if "choice" in kinds and one.text.count("\n") <= 1 and "*" not in one.text and "&" not in one.text:
            return one, one.text.strip()
    raise AssertionError


def test_a_proposal_is_listed_with_its_author_and_its_three_ways(agency: Path) -> None:
    provision, text = _any_changed(agency)
    change = {"text": [{"del": text}, {"ins": "Counsel says otherwise."}], "comment": 0}
    file = came_back(agency, {text: change}, ("Why so strict?",))
    done = run_here("policywright", "review", file, agency)
    assert (done.returncode, done.stderr) == (1, "")
    assert f"{provision.number} {provision.clause.title}" in done.stdout
    assert "{+Counsel says otherwise.+}" in done.stdout
    assert "Changed by Lee Ford on 2026-03-04." in done.stdout
    assert "Comment by Lee Ford on 2026-03-04: “Why so strict?”" in done.stdout
    assert f"Reword: --reword {provision.clause.id}    Discuss: --discuss {provision.clause.id}" in done.stdout
    (told,) = json.loads(run_here("policywright", "review", file, agency, "--format", "json").stdout)["proposals"]
    assert told["provision"] == provision.clause.id
    assert told["new"][-1] == "Counsel says otherwise."
    assert {row["question"] for row in told["answers"]} <= {*provision.questions}
    assert told["answers"]
    for row in told["answers"]:
        resting = [p.clause.id for p in draft_in(agency).policy.everything if row["question"] in p.questions]
        assert sorted([*row["also_rest_on_it"], provision.clause.id]) == sorted(resting)


def test_no_name_and_no_day_is_told_if_nobody_wants_it(agency: Path) -> None:
    _, text = _any_changed(agency)
    file = came_back(agency, {text: {"text": [{"del": text}, {"ins": "No."}], "comment": 0}}, ("Why?",))
    done = run_here("policywright", "review", file, agency, "--anonymous")
    assert "Lee Ford" not in done.stdout
    assert "2026-03-04" not in done.stdout
    assert "Comment: “Why?”" in done.stdout
    name = _any_changed(agency)[0].clause.id
    run_here("policywright", "review", file, agency, "--anonymous", "--discuss", name)
    assert "Lee" not in (agency / "open-points.yml").read_text("utf-8")


def _said_answer(agency: Path) -> tuple[Any, Any, str, str]:
    """Return a provision, a choice that it says in words, its paragraph and these words."""
    draft, here = draft_in(agency), None
    provisions = {one.clause.anchor: one for one in draft.policy.everything}
    for one in _paragraphs(_policy(agency).blocks):
        here = provisions.get(one["anchor"]) if "anchor" in one else here
        for answer in (draft.answers[name] for name in (here.questions if here else ())):
            choice = answer.question.choices.get(str(answer.value))
            if choice and len(choice.text) > 12 and choice.text in one["text"] and "anchor" not in one:
                return here, answer, one["text"], choice.text
    raise AssertionError


def test_words_that_are_an_answer_name_the_answer(agency: Path) -> None:
    provision, answer, paragraph, words = _said_answer(agency)
    start, _, end = paragraph.partition(words)
    change = {"text": [start, {"del": words}, {"ins": "once in a while"}, end]}
    done = run_here("policywright", "review", came_back(agency, {paragraph: change}), agency)
    assert f"Answer: These words are the answer to {answer.question.id} ({answer.home}): “" in done.stdout
    assert "once in a while" in done.stdout
    assert f"{provision.number} {provision.clause.title}" in done.stdout


def test_reworded_words_stand_in_the_policy_and_what_rests_on_the_same_answers_is_named(agency: Path) -> None:
    provision, text = _any_changed(agency)
    new = "The Town decides. It *may* ask <counsel> for {{ words }}; 1. never [all](https://x.example)."
    file = came_back(agency, {text: {"text": new}})
    done = run_here("policywright", "review", file, agency, "--reword", provision.clause.id)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"overrides/clauses/{provision.clause.file_id}.md has the proposed words." in done.stdout
    assert not [one for one in draft_in(agency).findings if one.severity == "error"]
    (paper,) = [one for one in make_papers(draft_in(agency)) if one.id == "policy"]
    assert new in [words_in(one.runs) for one in paper.blocks if isinstance(one, Paragraph)]
    again = run_here("policywright", "review", file, agency, "--reword", provision.clause.id)
    assert again.returncode == 2
    assert "the text here is no longer the one that was sent" in again.stderr


def test_a_point_to_discuss_stands_in_the_cover_memo_and_in_no_published_page(agency: Path) -> None:
    provision, text = _any_changed(agency)
    file = came_back(agency, {text: {"text": [{"del": text}, {"ins": "Twice a year."}], "comment": 0}}, ("Too often.",))
    done = run_here("policywright", "review", file, agency, "--discuss", "all")
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 points are in open-points.yml and in the cover memo." in done.stdout
    memo = next(paper for paper in make_papers(draft_in(agency)) if paper.id == "cover-memo")
    said = " ".join(words_of(memo.blocks))
    assert f"{provision.number} {provision.clause.title}: Lee Ford proposes “" in said
    assert "Twice a year.”" in said
    assert "Lee Ford comments: “Too often.” (4 March 2026)" in said
    for paper in make_papers(draft_in(agency), internal=False):
        assert "Lee Ford" not in str(paper.blocks)


def test_what_is_unknown_or_locked_or_deleted_is_refused_and_nothing_is_written(agency: Path) -> None:
    provision, text = _any_changed(agency)
    heading = {"text": [{"del": provision.clause.title}], "end": "del"}
    changes = {text: {"text": [{"del": text}], "end": "del"}, provision.clause.title: heading}
    file = came_back(agency, changes)
    done = run_here("policywright", "review", file, agency, "--reword", f"{provision.clause.id},CIT-99")
    assert done.returncode == 2
    assert "The file proposes nothing for “CIT-99”." in done.stderr
    assert "all of it was deleted. Only another answer takes a provision out" in done.stderr
    assert not (agency / "overrides").exists()
    assert "All of it was deleted." in run_here("policywright", "review", file, agency).stdout


def test_a_file_from_elsewhere_is_refused(agency: Path) -> None:
    file = agency / "letter.docx"
    file.write_bytes(word_file(["Dear Sir,", "thank you."]))
    done = run_here("policywright", "review", file, agency)
    assert done.returncode == 2
    assert "E503: This file is not one of the documents that sent/ lists" in done.stderr
    assert "policywright export --to docx --for counsel" in done.stderr


def test_what_was_sent_is_read_back_as_it_was_and_a_change_of_it_is_an_error(agency: Path) -> None:
    read, found = read_sent(agency)
    assert not found
    (sent,) = read
    assert sent.text.fingerprint == sent.text.frozen.fingerprint
    assert sent.papers["policy"].parts[0].anchor == ""
    (file,) = (agency / "sent").iterdir()
    file.write_text(file.read_text("utf-8").replace("counsel", "nobody"), "utf-8")
    read, (finding,) = read_sent(agency)
    assert (read, finding.code) == ([], "E301")
