"""policywright build: the sites of many agencies, each only if something that it is made of has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.agency_files import TOWN_ANSWERS, write_agency
from tests.support.in_process import run_here

pytestmark = pytest.mark.slow

SETTINGS = """\
site_name: x
hooks: [hooks/policy.py]
theme: {name: mkdocs}
plugins: []
markdown_extensions: [admonition, attr_list, footnotes, md_in_html, tables]
"""
HOOK = """\
from dataclasses import replace

from policywright.hook import *
from policywright.mkdocs_site import agency
from policywright.pages.book import make_book
from policywright.pages.views.overview import every_provision


def with_provisions_alone(draft, *rest, **options):
    book = make_book(draft, *rest, **options)
    kept = dict.fromkeys(["index.md", *(uri for uri, _ in every_provision(draft))])
    pages = {uri: book.pages[uri] for uri in kept}
    return replace(book, pages=pages, navigation=[*pages])


agency.make_book = with_provisions_alone
"""
"""Seventy pages take three seconds; what this command does with a site does not depend on their number."""


def write_site(root: Path, **policy: str) -> Path:
    write_agency(root, TOWN_ANSWERS, {"agency": {"name": root.name}, **policy})
    (root / "hooks").mkdir()
    (root / "docs").mkdir()
    (root / "hooks" / "policy.py").write_text(HOOK, "utf-8")
    (root / "mkdocs.yml").write_text(SETTINGS, "utf-8")
    return root


@pytest.fixture
def list_(tmp_path: Path) -> Path:
    """A department, an agency that builds on it, one that does not, one that is not there, and one without a folder."""
    write_agency(tmp_path / "department", {"privacy.notice": "yes"})
    write_site(tmp_path / "lakes", base="../department")
    write_site(tmp_path / "rivers")
    rows = ["{id: lakes, path: lakes}", "{id: RIVERS, path: rivers}", "{id: gone, path: gone}", "{id: far, status: x}"]
    (tmp_path / "agencies.yml").write_text("".join(f"- {row}\n" for row in rows), "utf-8")
    return tmp_path / "agencies.yml"


def build(list_: Path, *words: str) -> tuple[int, dict[str, str], str]:
    """Return the exit status, what became of each agency, and the last line."""
    done = run_here("policywright", "build", "--list", list_, "--out", list_.parent / "sites", *words)
    assert "Traceback" not in done.stderr
    *lines, last = done.stdout.splitlines()
    return done.returncode, dict(line.split(": ", 1) for line in lines), last


def test_a_site_is_built_if_something_that_it_is_made_of_has_changed(list_: Path) -> None:
    root, sites = list_.parent, list_.parent / "sites"
    gone = {"gone": f"not built: There is no mkdocs.yml in {root / 'gone'}.", "far": "no repository: "}
    gone["far"] += "The list names no “path:”."

    status, said, last = build(list_)
    assert (status, said) == (1, {"lakes": "built", "RIVERS": "built", **gone})
    assert last == f"4 agencies in {sites}: 2 built, 1 not built, 1 no repository."
    first = {name: (sites / name / "site/api/status.json").read_bytes() for name in ("lakes", "rivers")}
    assert (sites / "lakes" / "deploy" / "site").is_dir()

    assert build(list_)[1] == {"lakes": "up to date", "RIVERS": "up to date", **gone}

    # The base changes, and the other agency breaks: its last site stays.
    (root / "department/answers/comments.yml").write_text("enabled: all_posts\n", "utf-8")
    (root / "rivers/policy.yml").write_text("agency: {name: rivers}\ncatalog: lost\n", "utf-8")
    status, said, last = build(list_)
    assert (status, said["lakes"]) == (1, "built")
    assert said["RIVERS"] == "not built: policy.yml:2:10: error E011: There is no catalog “lost”."
    assert (sites / "lakes/site/api/status.json").read_bytes() != first["lakes"]
    assert (sites / "rivers/site/api/status.json").read_bytes() == first["rivers"]
    # What could not be built is tried again, even if nothing has changed.
    assert build(list_)[1]["RIVERS"].startswith("not built: policy.yml")


def test_a_site_that_may_not_be_published_says_why_and_no_repository_is_taken_for_the_folder_of_sites(
    list_: Path,
) -> None:
    (list_.parent / "lakes/mkdocs.publish.yml").write_text(
        "INHERIT: mkdocs.yml\nextra: {policywright: {audience: published}}\n", "utf-8"
    )
    status, said, _ = build(list_, "--published")
    assert (status, said["lakes"][:50]) == (1, "not built: This policy may not be published yet: -")
    assert "mkdocs.publish.yml" in said["RIVERS"]
    done = run_here("policywright", "build", "lakes", "--out", ".", cwd=list_.parent)
    assert (done.returncode, "Name another --out." in done.stdout) == (1, True)
    assert not (list_.parent / "lakes/site").exists()
