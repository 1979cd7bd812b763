"""What is in the source archive and in the wheel, and what an index would show of them."""

from __future__ import annotations

import re
import shutil
import tarfile
import zipfile
from email import message_from_string
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

from policywright import __version__
from tests.support.agency_files import ROOT, run
from tests.tools.release import PLACEHOLDER, objections

pytestmark = pytest.mark.slow

STEM = f"policywright-{__version__}"
INCLUDED = ("hooks/policywright/", "content/", "docs/guidance/", "docs/how-to/", "cookiecutter-policy/", "LICENSES/")
ALONE = ("PACKAGE.md", "NOTICE", "pyproject.toml", ".gitignore")
IN_WHEEL = {
    "hooks/policywright/": "policywright/",
    "content/": "policywright/content/",
    "docs/guidance/": "policywright/guidance/",
    "docs/how-to/": "policywright/how-to/",
    "cookiecutter-policy/": "policywright/template/",
    "LICENSES/": f"{STEM}.dist-info/licenses/LICENSES/",
    "NOTICE": f"{STEM}.dist-info/licenses/NOTICE",
}
HIDDEN = {".gitignore", ".gitattributes", ".github", ".gitlab", ".policywright", ".pre-commit-config.yaml", ".vscode"}
"""The names that begin with a dot and belong to the template."""
STRAY = re.compile(r"~$|^#|\.(pyc|swp|orig|rej|bak|tmp|log)$|^(Thumbs\.db|desktop\.ini|__pycache__)$")


class Built(NamedTuple):
    """The two files that a release publishes, and the wheel that somebody makes from the first."""

    sdist: dict[str, bytes]
    wheel: dict[str, bytes]
    again: bytes
    direct: bytes


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("packages")
    (archive,) = SdistBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    with tarfile.open(archive) as tar:
        tar.extractall(folder / "source", filter="data")
    (again,) = WheelBuilder(str(folder / "source" / STEM)).build(directory=str(folder / "again"), versions=["standard"])
    source = folder / "source" / STEM
    texts = {path.relative_to(source).as_posix(): path.read_bytes() for path in source.rglob("*") if path.is_file()}
    with zipfile.ZipFile(wheel) as file:
        packed = {name: file.read(name) for name in file.namelist()}
    return Built(texts, packed, Path(again).read_bytes(), Path(wheel).read_bytes())


def tracked() -> set[str]:
    """Return the files of this checkout that belong to the source archive; a new file need not be in git yet."""
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", cwd=ROOT).stdout
    names = {name for name in listed.split("\0") if name and (ROOT / name).is_file()}
    return {name for name in names if name.startswith(INCLUDED) or name in ALONE}


def test_the_source_archive_holds_what_git_knows_of_the_package_and_nothing_else(built: Built) -> None:
    assert set(built.sdist) == tracked() | {"PKG-INFO"}
    assert all((ROOT / name).read_bytes() == data for name, data in built.sdist.items() if name != "PKG-INFO")


def test_no_file_of_a_system_an_editor_or_a_cache_is_in_the_source_archive(built: Built) -> None:
    parts = {part for name in built.sdist for part in PurePosixPath(name).parts}
    assert not [part for part in parts if STRAY.search(part)]
    assert not {part for part in parts if part.startswith(".")} - HIDDEN


def test_the_wheel_holds_the_same_files_and_is_the_same_from_the_archive(built: Built) -> None:
    expected = {
        made + name.removeprefix(start)
        for name in built.sdist
        for start, made in IN_WHEEL.items()
        if name.startswith(start)
    }
    own = {f"{STEM}.dist-info/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt")}
    assert set(built.wheel) == expected | own
    assert built.again == built.direct
    assert "policywright/py.typed" in built.wheel


def test_the_metadata_say_what_an_index_needs(built: Built) -> None:
    about = message_from_string(built.wheel[f"{STEM}.dist-info/METADATA"].decode())
    pythons = {line.rpartition(" :: ")[2] for line in about.get_all("Classifier", []) if " :: 3." in line}
    assert pythons == {"3.11", "3.12", "3.13", "3.14"}
    assert "Typing :: Typed" in about.get_all("Classifier", [])
    assert about["License-Expression"] == "Apache-2.0 AND MIT"
    assert [one.split(", https://")[0] for one in about.get_all("Project-URL", [])] == ["Source"]
    page = about.get_payload()
    assert isinstance(page, str)
    assert page.startswith("# Policywright\n")
    assert not re.findall(r"\]\((?!https://)|(?:src|href)=\"(?!https://)", page)


def test_the_notice_names_files_that_exist() -> None:
    named = [line for line in (ROOT / "NOTICE").read_text("utf-8").splitlines() if re.match(r"\w+/", line)]
    assert named
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_no_page_asks_to_install_a_name_that_is_not_registered() -> None:
    pages = [ROOT / name for name in ("README.md", "PACKAGE.md", "CONTRIBUTING.md")]
    pages += [path for folder in ("docs", "cookiecutter-policy") for path in (ROOT / folder).rglob("*.md")]
    named = re.compile(r"(install|pipx run|--spec|--from|uvx|uv add|inject) (-\S+ )*['\"]?policywright(?! new)\b")
    assert not [(path.name, found[0]) for path in pages if (found := named.search(path.read_text("utf-8")))]


FILES = {
    "CHANGELOG.md": "## [1.2.0] - 2027-03-01\n",
    "README.md": "Hello\n",
    "RELEASING.md": f"Replace {PLACEHOLDER}\n",
}
OBJECTIONS = {
    "nothing": ({}, []),
    "no date": ({"CHANGELOG.md": "## [1.2.0] - unreleased\n"}, ["CHANGELOG.md: version 1.2.0 has no date."]),
    "another version": ({"CHANGELOG.md": "## [1.1.0] - 2027-03-01\n"}, ["CHANGELOG.md: version 1.2.0 has no date."]),
    "a placeholder": ({"README.md": f"\n<{PLACEHOLDER}>"}, [f"README.md:2: replace {PLACEHOLDER} by the address."]),
}


@pytest.mark.parametrize(("changed", "says"), OBJECTIONS.values(), ids=OBJECTIONS)
def test_the_release_check_names_what_prevents_a_release(changed: dict[str, str], says: list[str]) -> None:
    assert [*objections(FILES | changed, "1.2.0")] == says


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
@pytest.mark.parametrize("target", ["demo", "test", "new", "docs", "bench"])
def test_make_knows_how_to_make_everything_that_a_target_needs(target: str) -> None:
    """The template's files have names that make would take for several."""
    done = run("make", "--dry-run", "--always-make", target, cwd=ROOT)
    assert done.returncode == 0, done.stderr
