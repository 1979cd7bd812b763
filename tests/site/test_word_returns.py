"""A Word file that LibreOffice has changed and saved: what was changed is found at its provision, or listed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.agency_files import ROOT, read_case
from tests.support.in_process import run_here
from tests.support.office import in_office, needs_office

pytestmark = [pytest.mark.slow, pytest.mark.tools, needs_office]

CASES = {case["about"]: case for case in read_case("word_returns.yml")}


@pytest.fixture(scope="module")
def returned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository that has sent its policy, and the files that came back, all of them edited in one start."""
    folder = tmp_path_factory.mktemp("returned")
    shutil.copytree(ROOT / "docs" / "sample", folder / "agency")
    options = ("--to", "docx", "--instrument", "policy", "--for", "counsel", "--today", "2026-11-30")
    done = run_here("policywright", "export", folder / "agency", "--out", folder / "out", *options)
    assert done.returncode == 0, done.stderr
    # LibreOffice 7.4 dies if a program loads a document with comments; without them the document is the same.
    plain = ("--to", "docx", "--instrument", "policy", "--today", "2026-11-30")
    assert run_here("policywright", "export", folder / "agency", "--out", folder / "plain", *plain).returncode == 0
    jobs = [
        {
            "file": str(folder / "plain" / "policy.docx"),
            "edits": case["edits"],
            "track": case.get("track", False),
            "save": {str(folder / f"{number}.docx"): "MS Word 2007 XML"},
        }
        for number, case in enumerate(CASES.values())
    ]
    in_office(jobs)
    return folder


def told(returned: Path, about: str) -> dict[str, Any]:
    file = returned / f"{list(CASES).index(about)}.docx"
    done = run_here("policywright", "review", file, returned / "agency", "--format", "json")
    assert done.stderr == ""
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.mark.parametrize("about", CASES)
def test_what_somebody_changed_is_found_at_its_provision_or_listed(about: str, returned: Path) -> None:
    case, said = CASES[about], told(returned, about)
    found = {one["title"]: one for one in said["proposals"]}
    assert sorted(found) == sorted(case.get("proposes", {})), said
    assert [line for one in said["elsewhere"] for line in one["new"] if line not in one["old"]] == case.get(
        "elsewhere", []
    )
    assert [line for one in said["unplaced"] for line in one["lines"]] == case.get("unplaced", [])
    for title, expected in case.get("proposes", {}).items():
        assert_proposed(found[title], expected)


def assert_proposed(one: dict[str, Any], expected: dict[str, Any]) -> None:
    assert expected.get("says", "") in " ".join(one["new"])
    assert len(one["new"]) == expected.get("lines", len(one["new"]))
    assert bool(one["by"]) == expected.get("by", bool(one["by"]))
    assert one["untracked"] == expected.get("untracked", one["untracked"])
    assert one["moved"] == expected.get("moved", False)
    assert one["heading_deleted"] == expected.get("headless", False)
    assert [comment["text"] for comment in one["comments"]] == expected.get("comments", [])
