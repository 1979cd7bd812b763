"""An agency's site: what the real `mkdocs build` and `mkdocs serve` make of answers, good and bad."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from agency_files import bake, read_case, run, write_agency

pytestmark = pytest.mark.slow

CASES = read_case("site.yml")
TOWN = {"agency.jurisdiction": "us_local", "agency.type": "municipal_general", "agency.has_elected_officials": "yes"}
NOTE = "The union will object to this, says Ms Quagga"

Make = Callable[..., Path]


@pytest.fixture(scope="module")
def scaffold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town that answered what cookiecutter asks, and nothing else."""
    return bake(tmp_path_factory.mktemp("scaffold"))


@pytest.fixture
def make(scaffold: Path, tmp_path: Path) -> Make:
    """Write an agency's whole repository with these answers."""

    def made(answers: Mapping[str, Any] | None = None, policy: Mapping[str, Any] | None = None) -> Path:
        shutil.copytree(scaffold, tmp_path / "agency", ignore=shutil.ignore_patterns("answers"))
        return write_agency(tmp_path / "agency", answers, policy)

    return made


def build(agency: Path, *options: str | Path) -> Any:
    return run("mkdocs", "build", *options, cwd=agency)


def lay(agency: Path, files: Mapping[str, str | None]) -> None:
    """Write files into a repository; None deletes one."""
    for name, text in files.items():
        path = agency / name
        path.unlink(missing_ok=True)
        if text is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def contents(folder: Path, *without: str) -> dict[str, bytes]:
    """Return the files of a folder, but not what lies in these folders of it."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    names = {path.relative_to(folder): path for path in paths}
    return {name.as_posix(): path.read_bytes() for name, path in names.items() if name.parts[0] not in without}


class Html(HTMLParser):
    """The text of a page's article as a reader sees it, and the addresses that the page loads by itself."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.loads: list[str] = []
        self.inside = False
        self.hidden = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside |= tag == "article"
        self.hidden = tag in ("script", "style")
        if tag != "a":
            self.loads += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "data", "action")]

    def handle_endtag(self, tag: str) -> None:
        self.inside &= tag != "article" or "article" in self.rawdata[self.rawdata.rfind("</article", 0, 0) :]
        self.hidden = False

    def handle_data(self, data: str) -> None:
        if self.inside and not self.hidden:
            self.words += data.split()
