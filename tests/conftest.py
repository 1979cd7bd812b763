"""What several test files share: the browser, and finished sites, each built once in a test run."""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from policywright.catalog.cache import load_catalog
from tests.support.agency_files import CASES, ROOT, bake, empty, run, settled_answers, write_agency
from tests.support.chromium import open_browser
from tests.support.in_process import run_here
from tests.support.shared import Shared, made_once
from tests.tools.agencies import TODAY, write_department


@pytest.fixture(scope="session", autouse=True)
def one_catalog() -> Iterator[None]:
    """Read the catalog from its cache once, and not for each of the thousand drafts of a test run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("policywright.draft.load_catalog", functools.cache(load_catalog))
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    """Folders that all processes of this test run share."""
    base = tmp_path_factory.getbasetemp()
    whole_run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return functools.partial(made_once, whole_run / "shared")


@pytest.fixture(scope="session")
def scaffold(shared: Shared) -> Path:
    """The repository of a town as cookiecutter makes it; a test that writes copies it."""
    return shared("scaffold", bake) / "exampleton"


@pytest.fixture(scope="session")
def working_site(shared: Shared) -> Path:
    """The sample agency under a department, with a wrong answer: it shows every severity and every origin."""
    return shared("working", _working) / "exampleton" / "site"


def _working(folder: Path) -> None:
    write_agency(folder / "department", {"privacy.notice": "yes"}, {"agency": {"name": "Department of Samples"}})
    agency = bake(folder)
    shutil.copytree(CASES / "town", agency, dirs_exist_ok=True)
    _replace(agency / "policy.yml", "\ncatalog:", "\nbase: ../department\ncatalog:")
    _replace(agency / "answers" / "comments.yml", "\ndisable_when:", "\ndisable_when: sometimes")
    _build(agency)


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(old) == 1, file
    file.write_text(text.replace(old, new), "utf-8")


@pytest.fixture(scope="session")
def calm_site(shared: Shared) -> Path:
    """The site that the people of an agency without findings see."""
    return shared("calm", lambda folder: _build(_settled(folder))) / "exampleton" / "site"


@pytest.fixture(scope="session")
def published_site(shared: Shared) -> Path:
    """The site that an agency without findings publishes."""
    options = ("--config-file", "mkdocs.publish.yml", "--strict")
    return shared("published", lambda folder: _build(_settled(folder), *options)) / "exampleton" / "published"


def _settled(folder: Path) -> Path:
    """Scaffold an agency that has answered everything and has no finding at all."""
    agency = bake(folder)
    empty(agency)
    return write_agency(agency, settled_answers(), {"preset": "two_way"})


def _build(agency: Path, *options: str) -> None:
    done = run_here("mkdocs", "build", *options, cwd=agency)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def own_site(shared: Shared) -> Path:
    """This repository's own site, built by command and without a warning."""
    return shared("own", _own) / "site"


def _own(folder: Path) -> None:
    done = run("mkdocs", "build", "--strict", "--site-dir", folder / "site", cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def portfolio_site(shared: Shared) -> Path:
    """The portfolio of a department: twelve agencies of four kinds, three that deviate, one that is broken."""
    return shared("portfolio", _portfolio) / "site"


def _portfolio(folder: Path) -> None:
    list_ = write_department(folder, 12, deviating={0, 4, 8}, broken={7})
    words = ("--base", folder / "department", "--out", folder / "site", "--today", TODAY)
    done = run_here("policywright", "portfolio", "--list", list_, *words)
    assert done.returncode == 1, done.stdout + done.stderr
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["departments-7"]
