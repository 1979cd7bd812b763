"""A finished site is compared with the draft: each way in which it may say something else is found."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from policywright.model.draft import Draft
from policywright.model.findings import Finding
from policywright.pages.book import make_book, render_book
from policywright.pages.plain_words import plain_markdown
from policywright.pages.renderer import Book, without_head
from policywright.pages.verification import LEAST, QUOTING, Origins, compare_site, finished_page
from policywright.pages.views.overview import every_provision, repeated_provisions
from tests.support.html import as_html
from tests.support.toy import TOY, draft, pool_catalog

Compare = Callable[..., list[str]]
ORIGINS = Origins(functools.cache(as_html))
"""So that each page is converted once, and not for each comparison."""


@pytest.fixture(scope="module")
def village() -> Draft:
    return draft(TOY / "village", pool_catalog())


@pytest.fixture(scope="module")
def book(village: Draft) -> Book:
    return make_book(village)


@pytest.fixture(scope="module")
def site(book: Book) -> Mapping[str, str]:
    """The finished pages of the village: uri -> HTML."""
    return {uri: as_html(without_head(page.text)) for uri, page in book.pages.items()}


@pytest.fixture
def compare(village: Draft, book: Book, site: Mapping[str, str]) -> Compare:
    """Compare the site with the draft, with other pages in place of some; return code and page of each finding."""

    def compared(pages: Mapping[str, str | None], *, published: bool = False, of: Draft = village) -> list[str]:
        found = compare_site(of, book, {**site, **pages}.get, published=published, origins=ORIGINS)
        assert all(finding.severity == "error" and finding.message and finding.fix for finding in found)
        assert all(finding.places[0].file.startswith(("mkdocs.yml", "overrides/")) for finding in found)
        return [f"{finding.code} {page_of(finding)}" for finding in found]

    return compared


def page_of(finding: Finding) -> str:
    """Return the page that a finding is about."""
    found = re.search(r"[\w/-]+\.md", finding.message)
    return found[0] if found else finding.places[0].file


def test_a_site_that_says_what_the_draft_says_has_no_finding(compare: Compare) -> None:
    assert compare({}) == compare({}, published=True) == []


def test_a_word_that_is_missing_on_the_page_of_a_section_is_found(village: Draft) -> None:
    book = render_book(village, "published")
    site = {uri: as_html(without_head(page.text)) for uri, page in book.pages.items()}
    assert compare_site(village, book, site.get, published=True) == []
    provisions = repeated_provisions(village)
    assert len(provisions) > 3
    for uri, provision in provisions:
        word = max(provision.text.split(), key=len)
        other = {**site, uri: site[uri].replace(word, word[1:])}
        found = compare_site(village, book, other.get, published=True, origins=ORIGINS)
        assert {(one.code, page_of(one)) for one in found} == {("V102", uri)}, provision.clause.id


def test_a_page_that_is_not_there_is_found(compare: Compare, book: Book) -> None:
    for uri in book.pages:
        assert f"V101 {uri}" in compare({uri: None})


def test_a_word_that_is_missing_from_any_provision_is_found(
    compare: Compare, village: Draft, site: Mapping[str, str]
) -> None:
    provisions = list(every_provision(village))
    assert len(provisions) > 5
    for uri, provision in provisions:
        word = max(provision.text.split(), key=len)
        assert compare({uri: site[uri].replace(word, word[1:])}).count(f"V102 {uri}") >= 1, provision.clause.id


def rest(village: Draft, book: Book) -> list[str]:
    """Return the pages that hold no provision."""
    return sorted(book.pages.keys() - {uri for uri, _ in every_provision(village)})


def test_a_word_that_is_missing_from_any_other_page_is_found(
    compare: Compare, village: Draft, book: Book, site: Mapping[str, str]
) -> None:
    for uri in rest(village, book):
        paragraph = max(re.findall(r"<(?:p|td|li|h\d)\b[^<>]*>([^<>]{4,})<", site[uri]), key=len)
        word = max(paragraph.split(), key=len)
        assert compare({uri: site[uri].replace(paragraph, paragraph.replace(word, ""))}) == [f"V106 {uri}"], uri
    assert compare({"findings.md": ""}) == ["V106 findings.md"]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda page: page.replace("<p>", "<p class=x>"), []),
        (lambda page: page.replace("</p>", "</p><time>1 March 2027</time>"), []),
        (lambda page: f"<nav>Home</nav><article>{page}<aside>Related</aside></article>", []),
        (lambda page: re.sub(r'="([\w-]+)"', r"=\1", re.sub(r">\s+<", "><", page)), []),
        (lambda page: re.sub(r"<h2.*?</h2>", "", page, count=1, flags=re.DOTALL), ["V106 guidance/water.md"]),
        (lambda page: page.replace("</h2>", " (old)</h2>", 1), []),
        (lambda page: re.sub(r"(<h2[^>]*>\w)", r"\1x", page, count=1), ["V106 guidance/water.md"]),
        (lambda page: page[page.index("<h2") :] + page[: page.index("<h2")], ["V106 guidance/water.md"]),
    ],
)
def test_what_is_added_between_paragraphs_is_no_fault_and_what_is_lost_or_moved_is_one(
    change: Callable[[str], str], found: list[str], compare: Compare, site: Mapping[str, str]
) -> None:
    page = site["guidance/water.md"]
    assert change(page) != page
    assert compare({"guidance/water.md": change(page)}) == found


def test_a_site_without_any_page_of_ours_is_one_fault_that_says_why(village: Draft, book: Book) -> None:
    (found,) = compare_site(village, book, lambda _: None, published=False)
    assert (found.code, found.places[0].file) == ("V101", "mkdocs.yml")
    assert f"None of the {len(book.pages)} pages" in found.message
    assert "Zensical" in found.fix


def test_a_provision_without_words_is_found(compare: Compare, village: Draft) -> None:
    chapter = village.policy.chapters[0]
    empty = replace(chapter, provisions=(replace(chapter.provisions[0], text="** **"), *chapter.provisions[1:]))
    policy = replace(village.policy, chapters=(empty, *village.policy.chapters[1:]))
    assert compare({}, of=replace(village, policy=policy)) == ["V105 mkdocs.yml"]


@pytest.mark.parametrize(
    "mark",
    [
        "{{ agency.name }}",
        "{% if x %}",
        "%}",
        "}}",
        "<!-- policy: home -->",
        "[placeholder]",
        "[object Object]",
        "\n<<<<<<< HEAD",
        "\n&gt;&gt;&gt;&gt;&gt;&gt;&gt; theirs",
    ],
)
def test_what_no_template_filled_is_found(mark: str, compare: Compare, site: Mapping[str, str]) -> None:
    assert compare({"index.md": f"{site['index.md']}<p>{mark}</p>"}) == ["V104 index.md"]


@pytest.mark.parametrize(
    "harmless",
    [
        "<code>{{ agency.name }}</code>",
        "<pre>{% if x %}</pre>",
        "<script>let a = {b: {}}</script>",
        "<style>a { b { c: d }}</style>",
        "<!-- a remark -->",
        "a &lt;&lt;&lt;&lt;&lt;&lt;&lt; b",
    ],
)
def test_code_scripts_and_remarks_may_hold_such_signs(harmless: str, compare: Compare, site: Mapping[str, str]) -> None:
    assert compare({"index.md": f"{site['index.md']}<p>{harmless}</p>"}) == []


LONG = "Guests of the village must take a warm shower of three minutes or more before they come near the water."


def leaving_out(village: Draft, words: str) -> Draft:
    """Return a draft whose first clause that was left out has these words."""
    first, *others = village.policy.out
    changed = replace(first, clause=replace(first.clause, body=(words,)))
    return replace(village, policy=replace(village.policy, out=(changed, *others)))


def test_a_clause_that_was_left_out_is_found_in_a_published_site_but_for_the_pages_that_quote(
    compare: Compare, village: Draft, site: Mapping[str, str]
) -> None:
    judged = leaving_out(village, LONG)
    assert len(plain_markdown(LONG)) >= LEAST
    here = {"index.md": site["index.md"] + as_html(LONG)}
    assert compare(here, of=judged, published=True) == ["V103 index.md"]
    assert compare(here, of=judged) == []
    quoting = next(uri for uri in site if uri.startswith(QUOTING))
    assert compare({quoting: site[quoting] + as_html(LONG)}, of=judged, published=True) == []


def test_a_page_of_a_plug_in_may_repeat_what_the_guidance_quotes_and_nothing_else_that_was_left_out(
    village: Draft, book: Book, site: Mapping[str, str]
) -> None:
    """As the page for the printer does, which holds the whole site."""
    origins, judged = replace(ORIGINS, others=["print_page.md"]), leaving_out(village, LONG)
    quoting = next(uri for uri in site if uri.startswith(QUOTING))
    pages = {**site, "print_page.md": as_html(LONG)}
    (found,) = compare_site(judged, book, pages.get, published=True, origins=origins)
    assert (found.code, page_of(found)) == ("V103", "print_page.md")
    pages[quoting] += as_html(LONG)
    assert compare_site(judged, book, pages.get, published=True, origins=origins) == []


def test_words_that_are_too_few_to_be_told_from_others_are_no_clause_that_was_left_out(
    compare: Compare, village: Draft, site: Mapping[str, str]
) -> None:
    here = {"index.md": site["index.md"] + as_html("Guests must shower.")}
    assert compare(here, of=leaving_out(village, "Guests must shower."), published=True) == []


def test_words_that_another_provision_has_too_were_not_left_out(
    compare: Compare, village: Draft, site: Mapping[str, str]
) -> None:
    chapter = village.policy.chapters[0]
    long = replace(chapter, provisions=(replace(chapter.provisions[0], text=LONG), *chapter.provisions[1:]))
    policy = replace(village.policy, chapters=(long, *village.policy.chapters[1:]))
    here = {"policy.md": site["policy.md"] + as_html(LONG)}
    assert compare(here, of=leaving_out(replace(village, policy=policy), LONG), published=True) == []


@pytest.mark.parametrize("file", ["guidance/water.html", "guidance/water/index.html"])
def test_a_page_is_found_however_its_host_names_files(file: str, tmp_path: Path) -> None:
    assert finished_page(tmp_path, "guidance/water.md") is None
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_bytes(b"<p>W\xe4ter</p>")
    assert finished_page(tmp_path, "guidance/water.md") == "<p>W\ufffdter</p>"
