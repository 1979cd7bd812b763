"""policywright reword: the catalog's wording of a clause, as a file that the agency may change."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.agency_files import ROOT, TOWN_ANSWERS, repository_of, write_agency
from tests.support.in_process import run_here
from tests.support.released import draft_in

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
    assert "already exists; nothing was written." in done.stderr
    assert (agency / FILE).read_text("utf-8") == "mine"


@pytest.mark.parametrize("name", ["MGT-2-official-lable", "../../etc/passwd", "MGT-2", ""])
def test_a_name_that_no_clause_has_is_refused(name: str, agency: Path) -> None:
    done = run_here("policywright", "reword", name, agency)
    assert done.returncode == 1
    assert f"There is no clause “{name}” in the catalog." in done.stderr
    assert ("Did you mean “MGT-2-official-label”?" in done.stderr) == (name == "MGT-2-official-lable")
    assert not (agency / "overrides").exists()


SHARED = "MGT-2-inventory-entries"
SHARED_FILE = f"overrides/clauses/{SHARED}.md"
POLICY_PART, *_ = (ROOT / "content/social-media/accounts/clauses" / f"{SHARED}.md").read_text("utf-8").partition("##")


def unread(agency: Path) -> list[str]:
    return [f"{one.places[0]}: {one.message} {one.fix}" for one in draft_in(agency).findings if one.code == "P102"]


def reworded(agency: Path, words: str = "Ours.", line_end: str = "\n") -> Path:
    """Give the clause other words; the procedures keep the catalog's."""
    file = agency / SHARED_FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    front = POLICY_PART.rpartition("---")[0]
    file.write_bytes(f"{front}---\n{words}\n".replace("\n", line_end).encode())
    return file


def test_the_siblings_of_a_reworded_clause_are_named_until_somebody_has_looked(agency: Path) -> None:
    run_here("policywright", "reword", SHARED, agency)
    assert not unread(agency)
    file = reworded(agency, line_end="\r\n")
    (found,) = unread(agency)
    draft = draft_in(agency)
    (own,) = [one for one in draft.policy.everything if one.clause.id == SHARED]
    choices = {name for name in own.questions if draft.catalog.questions[name].kind != "fact"}
    siblings = [one for one in draft.policy.everything if choices & {*one.questions} and one is not own]
    assert siblings
    assert all(one.number in found if one.number else one.clause.title in found for one in siblings)
    assert f"policywright reword {SHARED} --looked-at" in found
    before = file.read_bytes()
    done = run_here("policywright", "reword", SHARED, "--looked-at", agency)
    assert done.returncode == 0, done.stderr
    assert not unread(agency)
    lines = before.splitlines(keepends=True)
    assert [line for line in file.read_bytes().splitlines(keepends=True) if line not in lines] == [
        line for line in file.read_bytes().splitlines(keepends=True) if line.startswith(b"looked_at: ")
    ]
    file.write_bytes(file.read_bytes().replace(b"Ours.", b"Ours again."))
    assert unread(agency)


def test_a_look_at_what_was_not_reworded_is_refused(agency: Path) -> None:
    done = run_here("policywright", "reword", SHARED, "--looked-at", agency)
    assert done.returncode == 1
    assert f"overrides/clauses/{SHARED}.md has no wording of yours" in done.stderr
    run_here("policywright", "reword", SHARED, agency)
    assert run_here("policywright", "reword", SHARED, "--looked-at", agency).returncode == 1
    assert run_here("policywright", "reword", "MGT-2-official-lable", "--looked-at", agency).returncode == 1


def test_a_new_sibling_asks_for_another_look(agency: Path) -> None:
    reworded(agency)
    assert run_here("policywright", "reword", SHARED, "--looked-at", agency).returncode == 0
    own = agency / "overrides" / "clauses" / "MGT-2-another.md"
    condition = next(line for line in POLICY_PART.splitlines() if line.startswith("when: "))
    own.write_text(
        f"---\ncode: MGT-2\ntitle: Another\nlevel: explains\n{condition}\nsources: []\n---\nMore.\n", "utf-8"
    )
    assert unread(agency)


def test_what_a_department_rewords_is_looked_at_there(agency: Path) -> None:
    department = write_agency(agency.parent / "department", {}, {"agency": {"name": "Department of Samples"}})
    reworded(department)
    write_agency(agency, TOWN_ANSWERS, {"preset": "two_way", "base": "../department"})
    assert not unread(agency)
