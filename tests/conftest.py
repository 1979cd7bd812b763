"""What several test files share: the browser, and finished sites, each built once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.agency_files import ROOT, bake, run, settled_answers, write_agency
from tests.support.chromium import open_browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def working_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample agency under a department, with a wrong answer: every severity and every origin stand on it."""
    folder = tmp_path_factory.mktemp("working")
    write_agency(folder / "department", {"privacy.notice": "yes"}, {"agency": {"name": "Department of Samples"}})
    agency = bake(folder)
    shutil.copytree(ROOT / "docs" / "sample", agency, dirs_exist_ok=True)
    _replace(agency / "policy.yml", "\ncatalog:", "\nbase: ../department\ncatalog:")
    _replace(agency / "answers" / "comments.yml", "\ndisable_when:", "\ndisable_when: sometimes")
    return _built(agency, "site")


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(old) == 1, file
    file.write_text(text.replace(old, new), "utf-8")


@pytest.fixture(scope="session")
def settled_agency(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An agency that has answered everything and has no finding at all."""
    folder = tmp_path_factory.mktemp("settled")
    agency = bake(folder)
    shutil.rmtree(agency / "answers")
    answers = {**settled_answers(), "existing.peer_policies_reviewed": "several"}
    return write_agency(agency, answers, {"preset": "two_way"})


@pytest.fixture(scope="session")
def calm_site(settled_agency: Path) -> Path:
    """The site that the people of an agency without findings see."""
    return _built(settled_agency, "site")


@pytest.fixture(scope="session")
def published_site(settled_agency: Path) -> Path:
    """The site that an agency without findings publishes."""
    return _built(settled_agency, "published", "--config-file", "mkdocs.publish.yml", "--strict")


@pytest.fixture(scope="session")
def own_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository's own site."""
    site = tmp_path_factory.mktemp("own") / "site"
    done = run("mkdocs", "build", "--site-dir", site, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    return site


def _built(agency: Path, folder: str, *options: str) -> Path:
    done = run("mkdocs", "build", *options, cwd=agency)
    assert done.returncode == 0, done.stdout + done.stderr
    return agency / folder
