"""The tutorial, the README and the landing page quote what the commands really say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.agency_files import ROOT, bake
from tests.support.in_process import run_here

pytestmark = pytest.mark.slow

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
