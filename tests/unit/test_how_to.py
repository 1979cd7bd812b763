"""The how-tos that an agency needs are in its working site, and lead nowhere that it does not have."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

import pytest

from policywright.pages.book import render_book
from policywright.pages.converter import EXTENSIONS, converter
from policywright.pages.renderer import Book
from policywright.pages.views.how_to import FOLDER, how_tos, with_links_to
from tests.support.agency_files import ROOT, TOWN_ANSWERS, catalog, draft_with

CONVERT = converter(EXTENSIONS)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Book]:
    draft = draft_with(tmp_path_factory.mktemp("town"), TOWN_ANSWERS, {"preset": "two_way"})
    return {audience: render_book(draft, audience) for audience in ("working", "published")}


def test_the_working_site_has_them_and_leads_to_them_and_the_published_site_does_neither(
    books: dict[str, Book],
) -> None:
    pages = {page.page: page for page in how_tos(catalog())}
    working, published = books["working"].pages, books["published"].pages
    assert {uri for uri in working if uri.startswith(f"{FOLDER}/")} == {*pages}
    assert all(f"[{page.title}]({uri}): {page.summary}" in working["index.md"].text for uri, page in pages.items())
    for form in ("answer/start.md", "answer/everything.md", "answer/legal.md"):
        assert all(f"[{page.title}](../{uri})" in working[form].text for uri, page in pages.items())
    assert not [uri for uri, page in published.items() if FOLDER in uri or f"{FOLDER}/" in page.text]


def test_they_say_the_same_as_on_this_projects_site_and_link_only_to_pages_that_are_there(
    books: dict[str, Book],
) -> None:
    pages = books["working"].pages
    for one in how_tos(catalog()):
        text = pages[one.page].text
        links = re.findall(r"\]\(([^()\s:#]+)", text)
        assert {posixpath.normpath(posixpath.join(FOLDER, link)) for link in links} <= pages.keys()
        source = (ROOT / "docs" / one.page).read_text("utf-8")
        without = [re.sub(r"\[([^\[\]\n]+)\]\([^()\s]+\)", r"\1", said) for said in (text, source)]
        assert without[0].partition("\n# ")[2].strip() == without[1].partition("\n# ")[2].strip()


def test_a_link_to_a_page_that_is_not_there_is_plain_words_and_any_other_link_stays() -> None:
    text = "See [one](one.md#part), [two](../two.md), [three](three.md) and [the web](https://example.gov/a.md)."
    assert with_links_to(text, {"how-to/one.md", "three.md"}) == (
        "See [one](one.md#part), two, three and [the web](https://example.gov/a.md)."
    )


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / FOLDER).glob("*.md")), ids=lambda path: path.stem)
def test_code_between_the_steps_of_a_list_is_shown_as_code(path: Path) -> None:
    # Markdown does not know a fence inside a list: it makes one line of it, with the language in front.
    html = CONVERT(path.read_text("utf-8"))
    assert not re.findall(r"<code>(?:sh|bat|yaml|text)\n", html)
    assert "```" not in html
