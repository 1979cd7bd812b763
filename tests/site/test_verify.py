"""The finished site is compared with the draft, word for word."""

from __future__ import annotations

import functools
import re
from dataclasses import replace
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


def compared(
    town: Path, draft: Draft, book: Book, page: str, finished: str | None, *, published: bool = False
) -> list[str]:
    """Compare another finished page with the draft, and no other page; return code and page of each finding."""
    book = replace(book, pages={page: book.pages[page]})
    found = compare_site(draft, book, lambda _: finished, published=published, origins=ORIGINS)
    assert all((town / finding.places[0].file).is_file() for finding in found), "a file that a person can open"
    return [f"{finding.code} {page_of(finding.message)}" for finding in found]


def with_other_words(town: Path, page: str, old: str, new: str) -> str:
    before = finished_page(town / "site", page)
    assert before
    assert old in before
    return before.replace(old, new)


def page_of(message: str) -> str:
    """Return the page that a finding is about."""
    found = re.search(r"[\w/-]+\.md", message)
    assert found, message
    return found[0]


def test_every_provision_is_looked_for_in_its_own_page(town: Path, draft: Draft, book: Book) -> None:
    for uri, provision in [*every_provision(draft)][::12]:
        word = max(re.findall(r"[A-Za-z]{5,}", provision.text.partition("\n")[0]), key=len)
        assert f"V102 {uri}" in compared(town, draft, book, uri, with_other_words(town, uri, word, word[:-1])), (
            provision.clause.id
        )


def test_a_changed_provision_is_reported_by_the_command(town: Path, draft: Draft) -> None:
    first = draft.policy.provisions[0]
    status, output = changed(town, "policy.html", max(first.text.split(), key=len), "nothing")
    assert status == 1
    assert re.search(
        rf"mkdocs\.yml:1:1: error V102: The provision {first.number} .* is not on the page policy\.md", output
    )


@pytest.mark.parametrize("marker", ["{{ agency.name }}", "{% if x %}", "<!-- policy: home -->", "[placeholder]"])
def test_a_marker_left_in_a_page_is_found(town: Path, draft: Draft, book: Book, marker: str) -> None:
    page = with_other_words(town, "findings.md", "</article>", f"<p>{marker}</p></article>")
    left = compared(town, draft, book, "findings.md", page)
    assert left == ["V104 findings.md"]


def test_a_missing_page_is_found(town: Path, draft: Draft, book: Book) -> None:
    assert compared(town, draft, book, "house-rules.md", None) == ["V101 house-rules.md"]


def test_a_site_built_without_the_hook_is_caught(town: Path, tmp_path: Path) -> None:
    config = (town / "mkdocs.yml").read_text("utf-8").replace("hooks:\n  - hooks/policy.py\n", "")
    (town / "without.yml").write_text(config.replace("    - assets/iframe-worker.js\n", "    - x.js\n"), "utf-8")
    run_here("mkdocs", "build", "--config-file", "without.yml", "--site-dir", tmp_path, cwd=town)
    (town / "without.yml").unlink()
    done = run_here("policywright", "verify", tmp_path, ".", cwd=town)
    assert done.returncode == 1
    assert "V101" in done.stdout
    assert "docs/index.md:9:1: error V104" in done.stdout


def test_left_out_words_in_a_published_site_are_found(town: Path, draft: Draft, book: Book) -> None:
    omission = next(o for o in draft.policy.out if isinstance(o.clause.body[0], str) and len(o.clause.body[0]) > 120)
    page = with_other_words(town, "sources.md", "</article>", f"<p>{omission.clause.body[0]}</p></article>")
    assert compared(town, draft, book, "sources.md", page) == []
    assert compared(town, draft, book, "sources.md", page, published=True) == ["V103 sources.md"]
