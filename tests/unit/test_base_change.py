"""policywright upgrade --base: what a newer state of the department's repository changes for an agency."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.agency_files import TOWN_ANSWERS, write_agency
from tests.support.in_process import run_here
from tests.support.signed import let_sign, roles_of


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """An agency whose offices have signed, and a copy of its department's repository."""
    department = write_agency(
        tmp_path / "department", {"comments.enabled": "all_posts"}, {"agency": {"name": "Department of Lakes"}}
    )
    agency = write_agency(tmp_path / "agency", TOWN_ANSWERS, {"base": "../department", "preset": "two_way"})
    let_sign(agency, roles_of(agency), "Ada Marsh")
    new = tmp_path / "new"
    shutil.copytree(department, new)
    return agency, new


def files_in(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_base_changes_nothing(places: tuple[Path, Path]) -> None:
    agency, new = places
    done = run_here("policywright", "upgrade", agency, "--base", new)
    assert (done.returncode, done.stdout, done.stderr) == (0, "Nothing changes here.\n", "")


def test_what_changes_in_text_sign_offs_and_findings_is_shown_and_nothing_is_written(
    places: tuple[Path, Path],
) -> None:
    agency, new = places
    write_agency(new, {"comments.enabled": "off"}, {"agency": {"name": "Department of Lakes"}})
    before = files_in(agency)
    done = run_here("policywright", "upgrade", agency, "--base", new)
    assert (done.returncode, done.stderr) == (1, "")
    assert "Answers of the base:\n  comments.enabled: all_posts → off" in done.stdout
    assert "Sign-offs that lapse:\n  " in done.stdout
    assert "New findings:\n  " in done.stdout
    assert "From the text with your base to that with the new one: " in done.stdout
    assert "Nothing was written." in done.stdout
    assert files_in(agency) == before


def test_an_agency_without_a_base_is_told_so(tmp_path: Path) -> None:
    agency = write_agency(tmp_path / "agency", TOWN_ANSWERS)
    done = run_here("policywright", "upgrade", agency, "--base", agency)
    assert (done.returncode, done.stdout) == (2, "")
    assert "This agency has no base" in done.stderr
