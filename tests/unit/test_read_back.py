"""What a form says while somebody answers is what is in the files, and what check finds, after it was taken."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from policywright.agency.answers import own_value
from policywright.agency.confirmations import comparable
from policywright.answering.answers_file import read_answers_file
from policywright.answering.merging import save
from policywright.draft import draft_of
from policywright.model.draft import Draft
from policywright.pages.form_data import form_data
from tests.support.agency_files import catalog
from tests.support.forms import DAY, form_bytes
from tests.support.judged import needs_node, said_by_python, said_by_script, some_answers

pytestmark = needs_node


def some_changes(shown: list[str], chance: random.Random) -> dict[str, Any]:
    """Return other answers to some questions of a form; some are emptied."""
    answers = some_answers(chance, 0.3)
    changes = {name: chance.choice([None, *[answers[name]] * 5]) for name in shown if name in answers}
    return {name: _as_a_form_has_it(value) for name, value in changes.items()}


def _as_a_form_has_it(value: Any) -> Any:
    """Return a value without what a form cannot say: an empty cell of a register, and no register that is empty."""
    if isinstance(value, list):
        rows = [{k: v for k, v in row.items() if v is not None} if isinstance(row, dict) else row for row in value]
        return [row for row in rows if row]
    return value


def page_file(given: Mapping[str, Any], said: Mapping[str, Any], draft: Draft) -> bytes:
    """Return what the page of everything downloads: its changes to questions that arise, see answer.js.

    A place that is not in the agency's country is left out: the script does not take it, and check reports it.
    """
    taken = {name: value for name, value in given.items() if value is None or said["values"][name][1] == "agency"}
    arising = {name: value for name, value in taken.items() if said["asked"][name] is not False}
    was = {name: own_value(draft.answers[name]) for name in arising}
    answers = {name: {"value": value, "was": was[name], "change": "set"} for name, value in arising.items()}
    return form_bytes(json.loads(json.dumps(answers)), office="", name="")


def test_what_a_form_said_is_in_the_files_and_is_what_check_finds(scaffold: Path, tmp_path: Path) -> None:
    chance, found = random.Random(14), set[str]()
    for number in range(3):
        root = Path(shutil.copytree(scaffold, tmp_path / str(number)))
        # The second time some answers are changed and some are emptied.
        for _ in range(2):
            draft = draft_of(root, DAY)
            data = form_data(draft, questions=[name for name in catalog().questions if name not in NOT_IN_FORMS])
            given = some_changes(data["shown"], chance)
            [[said]] = said_by_script([(data, [given])])
            file = read_answers_file(page_file(given, said, draft), "everything.answers.json")
            saved = save(root, [file], [], DAY)
            now = draft_of(root, DAY)
            assert not saved.conflicts
            for name, one in file.answers.items():
                answer = now.answers[name]
                assert comparable(answer.question, own_value(answer)) == comparable(answer.question, one.value), name
            assert said_by_python(now, [])["findings"] == said["findings"]
            found |= {*said["findings"]}
    assert len(found) > 80


NOT_IN_FORMS = {*catalog().scaffold.values()}
"""What the agency is, without which a form would need every law."""
