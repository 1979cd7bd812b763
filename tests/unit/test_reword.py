"""policywright reword: the catalog's wording of a clause, as a file that the agency may change."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.agency_files import ROOT, TOWN_ANSWERS, repository_of, write_agency
from tests.support.in_process import run_here

CLAUSE = "MGT-2-official-label"
FILE = f"overrides/clauses/{CLAUSE}.md"


@pytest.fixture
def agency(tmp_path: Path) -> Path:
    return write_agency(tmp_path / "agency", TOWN_ANSWERS, {"preset": "two_way"})


@pytest.mark.parametrize("name", [CLAUSE, f"{CLAUSE}.p"])
def test_the_catalog_s_file_is_written_and_changes_nothing_yet(name: str, agency: Path) -> None:
    done = run_here("policywright", "reword", name, agency)
    assert done.returncode == 0, done.stderr
    assert f"{FILE} written." in done.stdout
    assert (agency / FILE).read_text("utf-8") == (
        ROOT / "content" / "social-media" / "accounts" / "clauses" / f"{CLAUSE}.md"
    ).read_text("utf-8")
    own = repository_of(agency).overrides
    assert set(own) == {CLAUSE, f"{CLAUSE}.p"}
    assert not [one for one in repository_of(agency).findings if one.severity == "error"]


def test_a_wording_that_is_there_stays(agency: Path) -> None:
    assert run_here("policywright", "reword", CLAUSE, agency).returncode == 0
    (agency / FILE).write_text("mine", encoding="utf-8")
    done = run_here("policywright", "reword", CLAUSE, agency)
    assert (done.returncode, done.stdout) == (1, "")
    assert "is there already; nothing was written." in done.stderr
    assert (agency / FILE).read_text("utf-8") == "mine"


@pytest.mark.parametrize("name", ["MGT-2-official-lable", "../../etc/passwd", "MGT-2", ""])
def test_a_name_that_no_clause_has_is_refused(name: str, agency: Path) -> None:
    done = run_here("policywright", "reword", name, agency)
    assert done.returncode == 1
    assert f"There is no clause “{name}” in the catalog." in done.stderr
    assert ("Did you mean “MGT-2-official-label”?" in done.stderr) == (name == "MGT-2-official-lable")
    assert not (agency / "overrides").exists()
