"""What docs/project/ says about the code is true of the code: paths exist, and every package is described."""

from __future__ import annotations

import re

import pytest

from tests.support.agency_files import ROOT

PROJECT = sorted((ROOT / "docs" / "project").glob("*.md"))
ARCHITECTURE = (ROOT / "docs" / "project" / "architecture.md").read_text("utf-8")
ROOTS = ("content/", "cookiecutter-policy/", "docs/", "hooks/", "tests/")
"""Where a path begins that is one of this repository, and not of an agency's."""
ENTRY_POINT = "hooks/policy.py"
"""An agency's file that begins like ours."""
CHANGES = 11


def section(title: str) -> str:
    return ARCHITECTURE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [row for row in lines[1:] if not set(row[0]) <= {"-"}]


def paths(text: str) -> list[str]:
    return [path for path in re.findall(r"`([\w<>*./-]+)`", text) if path.startswith(ROOTS) and path != ENTRY_POINT]


def missing(named: list[str]) -> list[str]:
    """Return the paths that do not exist; a word in angle brackets is any name."""
    return [path for path in named if not any(ROOT.glob(re.sub(r"<\w+>", "*", path.rstrip("/"))))]


@pytest.mark.parametrize("page", PROJECT, ids=lambda page: page.stem)
def test_every_path_of_this_repository_exists(page: object) -> None:
    assert missing(paths(page.read_text("utf-8"))) == []  # type: ignore[attr-defined]


def test_where_do_i_change_names_one_or_two_files_for_each_change() -> None:
    changes = rows(section("Where do I change …?"))
    assert len(changes) == CHANGES
    for change, files in changes:
        named = paths(files)
        assert 1 <= len(set(named)) <= 2, change
        assert missing(named) == [], change


def test_the_table_of_packages_is_complete() -> None:
    described = [row[0].strip("`/") for row in rows(section("The packages"))]
    package = ROOT / "hooks" / "policywright"
    there = [path.stem for path in package.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()]
    assert sorted(described) == sorted(name for name in there if not name.startswith("_"))


def test_every_promise_about_security_names_tests_that_exist() -> None:
    promises = rows(
        (ROOT / "SECURITY.md").read_text("utf-8").split("\n## Promises and their tests\n")[1].split("\n## ")[0]
    )
    assert len(promises) > 10
    for promise, tests in promises:
        assert paths(tests), promise
        assert missing(paths(tests)) == [], promise
