"""The finished site is compared with the draft, word for word."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest

from policywright.draft import make_draft
from policywright.model.draft import Draft
from policywright.pages.book import make_book
from policywright.pages.converter import usual
from policywright.pages.renderer import Book
from policywright.pages.verification import Origins, compare_site, finished_page
from policywright.pages.views.overview import every_provision
from tests.support.agency_files import bake, catalog, repository_of
from tests.support.in_process import run_here

pytestmark = pytest.mark.slow

ORIGINS = Origins(functools.cache(usual), {"index.md": ("docs/index.md", "")})
"""Each page is converted once, and not for each comparison; the home page is the agency's."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    agency = bake(tmp_path_factory.mktemp("verified"))
    done = run_here("mkdocs", "build", cwd=agency)
    assert done.returncode == 0, done.stdout + done.stderr
    return agency


@pytest.fixture(scope="module")
def draft(town: Path) -> Draft:
    return make_draft(repository_of(town), catalog())


def verified(town: Path, *options: str) -> tuple[int, str]:
    done = run_here("policywright", "verify", "site", ".", *options, cwd=town)
    return done.returncode, done.stdout


def changed(town: Path, name: str, old: str, new: str) -> tuple[int, str]:
    """Verify a site in which one page was changed, and put the page back."""
    page = town / "site" / name
    before = page.read_text("utf-8")
    assert old in before
    page.write_text(before.replace(old, new), "utf-8")
    try:
        return verified(town)
    finally:
        page.write_text(before, "utf-8")


def test_an_untouched_site_says_what_the_draft_says(town: Path) -> None:
    status, output = verified(town)
    assert status == 0, output
    assert "0 problems" in output


@pytest.fixture(scope="module")
def book(draft: Draft) -> Book:
    return make_book(draft)


def compared(town: Path, draft: Draft, book: Book, page: str, old: str, new: str) -> list[str]:
    """Compare a site of which one page was changed; return code and page of each finding."""
    before = finished_page(town / "site", page)
    assert before
    assert old in before
    pages = {page: before.replace(old, new)}

    def read(uri: str) -> str | None:
        return pages.get(uri) or finished_page(town / "site", uri)

    found = compare_site(draft, book, read, published=False, origins=ORIGINS)
    assert all((town / finding.places[0].file).is_file() for finding in found), "a file that a person can open"
    return [f"{finding.code} {page_of(finding.message)}" for finding in found]


def page_of(message: str) -> str:
    """Return the page that a finding is about."""
    found = re.search(r"[\w/-]+\.md", message)
    assert found, message
    return found[0]


def test_every_provision_is_looked_for_in_its_own_page(town: Path, draft: Draft, book: Book) -> None:
    for uri, provision in [*every_provision(draft)][::12]:
        word = max(re.findall(r"[A-Za-z]{5,}", provision.text.partition("\n")[0]), key=len)
        assert f"V102 {uri}" in compared(town, draft, book, uri, word, word[:-1]), provision.clause.id


def test_a_changed_provision_is_reported_by_the_command(town: Path, draft: Draft) -> None:
    first = draft.policy.provisions[0]
    status, output = changed(town, "policy.html", max(first.text.split(), key=len), "nothing")
    assert status == 1
    assert re.search(
        rf"mkdocs\.yml:1:1: error V102: The provision {first.number} .* is not on the page policy\.md", output
    )


@pytest.mark.parametrize("marker", ["{{ agency.name }}", "{% if x %}", "<!-- policy: home -->", "[placeholder]"])
def test_a_marker_left_in_a_page_is_found(town: Path, draft: Draft, book: Book, marker: str) -> None:
    left = compared(town, draft, book, "findings.md", "</article>", f"<p>{marker}</p></article>")
    assert left == ["V104 findings.md"]


def test_a_missing_page_is_found(town: Path) -> None:
    page = town / "site" / "house-rules.html"
    before = page.read_bytes()
    page.unlink()
    status, output = verified(town)
    page.write_bytes(before)
    assert status == 1
    assert "mkdocs.yml:1:1: error V101: The page house-rules.md is missing" in output


def test_a_site_built_without_the_hook_is_caught(town: Path, tmp_path: Path) -> None:
    config = (town / "mkdocs.yml").read_text("utf-8").replace("hooks:\n  - hooks/policy.py\n", "")
    (town / "without.yml").write_text(config.replace("    - assets/iframe-worker.js\n", "    - x.js\n"), "utf-8")
    run_here("mkdocs", "build", "--config-file", "without.yml", "--site-dir", tmp_path, cwd=town)
    (town / "without.yml").unlink()
    done = run_here("policywright", "verify", tmp_path, ".", cwd=town)
    assert done.returncode == 1
    assert "V101" in done.stdout
    assert "docs/index.md:9:1: error V104" in done.stdout


def test_left_out_words_in_a_published_site_are_found(town: Path, draft: Draft) -> None:
    omission = next(o for o in draft.policy.out if isinstance(o.clause.body[0], str) and len(o.clause.body[0]) > 120)
    words = omission.clause.body[0].strip()
    page = town / "site" / "sources.html"
    before = page.read_text("utf-8")
    page.write_text(before.replace("</article>", f"<p>{words}</p></article>"), "utf-8")
    _, output = verified(town, "--published")
    page.write_text(before, "utf-8")
    assert f"({omission.clause.id}) is left out, but stands in sources.md" in output
