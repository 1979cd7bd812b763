"""The tutorial, the README and the landing page quote what the commands really say."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from policywright import __version__
from policywright.draft import draft_of
from tests.support.agency_files import ROOT, bake, catalog
from tests.support.in_process import run_here

pytestmark = pytest.mark.slow

DAY = "2026-11-30"
ON_THAT_DAY = {"SOURCE_DATE_EPOCH": "1796040000"}
USED = ("goals.primary", "goals.interaction_model", "comments.enabled")
NUMBERS = {10: "ten", 11: "eleven", 12: "twelve"}
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text("utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def answer(agency: Path, file: str, block: str) -> None:
    """Write an answer of the tutorial in place of the line with its key, or of the current value."""
    key = block.split(":", maxsplit=1)[0]
    path = agency / "answers" / file
    text, count = re.subn(rf"^{key}:.*\n", block.replace("\\", "\\\\"), path.read_text("utf-8"), flags=re.MULTILINE)
    assert count == 1, key
    path.write_text(text, encoding="utf-8")


def checked(agency: Path) -> str:
    return run_here("policywright", "check", "--least", "blocker", cwd=agency).stdout


def form(office: str, answers: dict[str, Any], folder: Path) -> Path:
    """Write the file that the form of an office downloads when it is saved."""
    head = {"format": "policywright answers 1", "catalog": "social-media", "version": __version__}
    file = folder / f"{office}.answers.json"
    file.write_text(
        json.dumps({**head, "agency": "the Town", "office": office, "name": "", "date": DAY, "answers": answers})
    )
    return file


def test_the_forms_of_the_tutorial_lead_to_what_its_files_lead_to(tmp_path: Path) -> None:
    agency = bake(tmp_path)
    files = Path(shutil.copytree(agency, tmp_path / "files"))
    first = {
        "goals.primary": {"value": ["two_way_engagement", "inform_broadcast"], "was": None, "change": "set"},
        "comments.enabled": {"value": "all_posts", "was": None, "change": "set"},
    }
    second = {
        "goals.interaction_model": {"value": "two_way", "was": None, "change": "confirm"},
        "comments.enabled": {"value": "some_posts", "was": "all_posts", "change": "set"},
    }
    for office, answers in (("", first), ("communications", second)):
        taken = run_here("policywright", "take", form(office, answers, tmp_path), "--root", agency, env=ON_THAT_DAY)
        assert taken.returncode == 0, taken.stderr
    primary, model, _, opened = blocks(TUTORIAL, "yaml")
    for name, block in (("goals.yml", primary), ("goals.yml", model), ("comments.yml", opened)):
        answer(files, name, block)
    found = [[(one.code, one.questions) for one in draft_of(root).findings] for root in (agency, files)]
    assert found[0] == found[1]


def test_the_tutorial_names_what_is_on_the_forms() -> None:
    known = catalog()
    start = TUTORIAL.partition("## 3. ")[2].partition("## 4. ")[0]
    office = TUTORIAL.partition("## 4. ")[2].partition("## 5. ")[0]
    rows = {row.question: row.help or known.questions[row.question].help for row in known.start if row.question}
    labels = {name: {one.value: one.label for one in known.questions[name].choices.values()} for name in USED}
    assert all(rows[name] in start for name in ("goals.primary", "comments.enabled"))
    assert all(f"“{labels['goals.primary'][value]}”" in start for value in ("two_way_engagement", "inform_broadcast"))
    assert f"“{labels['comments.enabled']['all_posts']}”" in start
    assert f"{NUMBERS[len(known.start)]} questions" in start
    assert all(f"“{known.questions[name].help}”" in office for name in ("goals.interaction_model", "comments.enabled"))
    assert f"“{labels['goals.interaction_model']['two_way']}”" in office
    assert all(f"“{labels['comments.enabled'][value]}”" in office for value in ("off", "some_posts"))
    assert f"> {''.join(map(str, known.rules['GOAL-01'].message))}" in office
    assert f"“{known.roles['communications'].title}”" in office


def test_the_tutorial_says_what_the_commands_say(tmp_path: Path) -> None:
    agency = bake(tmp_path)
    primary, model, closed, opened = blocks(TUTORIAL, "yaml")
    answer(agency, "goals.yml", primary)
    answer(agency, "goals.yml", model)
    answer(agency, "comments.yml", closed)
    conflict, resolved = blocks(TUTORIAL, "text")
    assert checked(agency) == conflict
    for name in ("README.md", "docs/index.md"):
        quoted = [line for block in blocks((ROOT / name).read_text("utf-8"), "text") for line in block.splitlines()]
        assert quoted
        assert [line for line in quoted if line not in conflict] == [], name
    answer(agency, "comments.yml", opened)
    assert checked(agency) == resolved
