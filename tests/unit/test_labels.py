"""The label and the text of a choice are read as its key: in answers, in registers, and by an upgrade."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policywright.agency.labels import with_keys
from policywright.approval.snapshot import freeze
from policywright.draft import draft_of
from policywright.model.catalog import Choice, Column, Question
from policywright.model.draft import Draft
from tests.support.agency_files import any_answers, catalog, draft_with
from tests.support.forms import form, take_in

ROWS = [{"title": "Media policy", "kind": "media_relations", "disposition": "reference", "treats": ["content"]}]


def in_words(question: Question | Column, value: Any, field: str) -> Any:
    """Return an answer as somebody writes it who copies what a page shows."""
    if isinstance(value, list):
        return [in_words(question, item, field) for item in value]
    if isinstance(value, dict):
        columns = question.columns if isinstance(question, Question) else {}
        return {key: in_words(columns[key], cell, field) for key, cell in value.items()}
    return getattr(question.choices[value], field).upper() if value in question.choices else value


def said(draft: Draft) -> dict[str, Any]:
    """Return what a draft says, without the places of rows."""
    return {"answers": {name: _plain(answer.value) for name, answer in draft.answers.items()}} | {
        "findings": [(finding.code, finding.message, finding.questions) for finding in draft.findings],
        "text": json.dumps(freeze(draft).fingerprint),
    }


def _plain(value: Any) -> Any:
    rows = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    return [{key: cell for key, cell in row.items() if key != "place"} for row in rows] if rows else value


@pytest.mark.parametrize("field", ["label", "text"])
def test_a_policy_written_in_words_is_the_policy_written_in_keys(field: str, tmp_path: Path) -> None:
    questions = catalog().questions
    keys = {**any_answers(7), "existing.register": ROWS}
    words = {name: in_words(questions[name], value, field) for name, value in keys.items()}
    assert sum(words[name] != keys[name] for name in keys) > 80
    assert said(draft_with(tmp_path / "words", words)) == said(draft_with(tmp_path / "keys", keys))


SHARED = Column(
    help="What?",
    type="choices",
    choices={
        "one": Choice(value="one", label="Some"),
        "two": Choice(value="two", label="Some", text="two of them"),
        "three": Choice(value="three", label="One"),
    },
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Some", "Some"),  # a label that two choices have is not guessed
        ("two of them", "two"),
        ("one", "one"),  # a key, though it is the label of another choice too
        ("ONE", "ONE"),
        (["some", "TWO  of them"], ["some", "two"]),
        (3, 3),
        (None, None),
    ],
)
def test_a_word_becomes_a_key_only_if_it_can_mean_nothing_else(written: Any, read: Any) -> None:
    assert with_keys(SHARED, written) == read


def test_unknown_stays_unknown_though_a_choice_is_called_so() -> None:
    fact = next(question for question in catalog().questions.values() if question.may_be_unknown and question.choices)
    assert with_keys(fact, "unknown") == "unknown"


WRITTEN = {
    "answers/goals.yml": "primary:\n  - warn people in an emergency # first\n",
    "registers/existing-policies.yml": "- {title: Media policy, disposition: Have its owner change it} # theirs\n",
}


def test_what_is_written_in_words_stays_when_somebody_else_adds_to_it(tmp_path: Path) -> None:
    draft_with(tmp_path, {"existing.register": []})
    for name, text in WRITTEN.items():
        (tmp_path / name).write_text(text, "utf-8")
    row = {"title": "Media policy", "disposition": "amend"}
    new = {"title": "Code", "disposition": "adopt"}
    given = {
        "goals.primary": {"value": ["emergency_alerts", "recruitment"], "was": ["emergency_alerts"], "change": "set"},
        "existing.register": {"value": [row, new], "was": [row], "change": "set"},
    }
    saved = take_in(tmp_path, form(given))
    assert not saved.conflicts
    for name, text in WRITTEN.items():
        assert (tmp_path / name).read_text("utf-8").startswith(text), name
    answers = draft_of(tmp_path).answers
    assert answers["goals.primary"].value == ["emergency_alerts", "recruitment"]
    assert [row["title"] for row in answers["existing.register"].value] == ["Media policy", "Code"]
