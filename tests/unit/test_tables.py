"""What accompanies the text: tables for a spreadsheet, defined words, other answers, paths for readers."""

from __future__ import annotations

import csv
import io
import posixpath
import re
from collections import Counter
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policywright.draft import draft_of, make_draft
from policywright.drafting.alternatives import Pivots
from policywright.model.catalog import Clause
from policywright.model.draft import Draft
from policywright.model.findings import Place
from policywright.pages.book import make_book
from policywright.pages.tables import CLAUSES, COVERAGE, DECIDES, tables, written
from policywright.pages.terms import Terms
from policywright.pages.views.overview import every_provision
from tests.support.agency_files import (
    CASES,
    TOWN_ANSWERS,
    catalog,
    draft_with,
    read_case,
    repository_of,
    settled_answers,
    write_agency,
)

TERMS = read_case("terms.yml")
HOSTILE = read_case("texts.yml")["hostile"]
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""The signs with which a spreadsheet begins a formula, or which it takes away before one."""


def read(table: str) -> list[list[str]]:
    """Read a table as a spreadsheet does."""
    assert table[0] == "\ufeff"
    return list(csv.reader(io.StringIO(table[1:], newline="")))


def guarded(cell: str) -> str:
    inner = re.sub(r'([;\t\r\n]"?)(?=[=+@]|-(?! ))', r"\1'", cell)
    return f"'{inner}" if cell.startswith(FORMULAS) else inner


CELL = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    [*HOSTILE, "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", 'a";=1', "a,b", '"', "", " ", "'=1", "\x00"]
)


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(CELL, min_size=n, max_size=n), min_size=1)))
def test_every_cell_arrives_and_no_cell_is_a_formula(rows: list[list[str]]) -> None:
    table = written(rows[0], rows[1:])
    assert read(table) == [[guarded(cell) for cell in row] for row in rows]
    assert not [cell for row in read(table) for cell in row if cell.startswith(FORMULAS)]


def test_a_row_ends_as_spreadsheets_want_it() -> None:
    assert written(["Ä", "b"], [["1", "2,3"]]).encode() == b'\xef\xbb\xbf\xc3\x84,b\r\n1,"2,3"\r\n'


def test_the_agency_s_words_stand_in_the_tables_as_they_are_and_never_as_formulas(tmp_path: Path) -> None:
    formula = '=HYPERLINK("https://example.gov/?"&A1,"Rules")'
    titles = [formula, *(" ".join(text.split()) for text in HOSTILE)]
    register = [{"title": title, "disposition": "amend", "treats": ["use"], "extent": "partly"} for title in titles]
    answers = {"existing.register": register, "goals.audiences": [formula]}
    made = tables(draft_with(tmp_path, TOWN_ANSWERS | answers, {"preset": "two_way"}), working=True)
    assert read(made[COVERAGE])[0] == ["Element", *map(guarded, titles)]
    assert formula in made[CLAUSES].replace('""', '"')
    cells = [cell for table in made.values() for row in read(table) for cell in row]
    assert not [cell for cell in cells if cell.startswith(FORMULAS)]


class Tables(HTMLParser):
    """Reads the tables of a page: rows of cells, each as a reader sees it."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.cell = False
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self.cell = True

    def handle_endtag(self, tag: str) -> None:
        self.cell = self.cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.cell:
            self.tables[-1][-1][-1] += data

    def headed(self, *first: str) -> list[list[str]]:
        """Return the table whose head begins with these words; several of them become one."""
        found = [rows for rows in self.tables if tuple(rows[0][: len(first)]) == first]
        lines = [found[0][0], *(row for rows in found for row in rows[1:])]
        return [[" ".join(cell.split()) for cell in row] for row in lines]


def table_of(site: Path, name: str) -> list[list[str]]:
    return read((site / name).read_bytes().decode("utf-8"))


@pytest.mark.slow
def test_the_page_and_the_table_agree_on_who_decides_what(working_site: Path) -> None:
    shown = Tables(working_site / "stakeholders" / "index.html").headed("What", "Executive sponsor")
    head, *rows = table_of(working_site, DECIDES)
    assert shown[0] == [head[0], *head[2:]]
    codes = [[re.findall(r"[A-Z0-9]+-\d+", row[0]), row[1:]] for row in shown[1:]]
    assert codes == [[row[1].split(), row[2:]] for row in rows]
    assert all(line[0].startswith(row[0]) for line, row in zip(shown[1:], rows, strict=True))
    assert all(re.search("A", "".join(row[2:])) for row in rows)


@pytest.mark.slow
def test_the_page_and_the_table_agree_on_coverage(working_site: Path) -> None:
    draft = draft_of(CASES / "town")
    rows = table_of(working_site, COVERAGE)
    assert rows == Tables(working_site / "existing-policies.html").headed("Element", draft.existing_policies[0].title)
    extents = Counter(one.extent.value for one in draft.existing_policies if one.extent for _ in one.elements)
    assert Counter(cell for row in rows[1:] for cell in row[1:] if cell) == extents


@pytest.mark.slow
@pytest.mark.parametrize("name", ["working_site", "published_site"])
def test_the_page_and_the_table_agree_on_the_provisions(name: str, request: pytest.FixtureRequest) -> None:
    site: Path = request.getfixturevalue(name)
    shown = Tables(site / "provisions.html").headed("Provision", "Level")
    head, *rows = table_of(site, CLAUSES)
    numbered = [row for row in rows if row[0]]
    assert [line[0] for line in shown[1:]] == [f"{row[0]} {row[3]} {row[1]}" for row in numbered]
    assert [line[-1].replace(",", "") for line in shown[1:]] == [row[6] for row in numbered]
    assert ("Answers" in head, "Answers" in shown[0]) == (name == "working_site",) * 2
    assert len({row[2] for row in rows}) == len(rows) > 150


@pytest.mark.slow
def test_a_published_site_has_no_table_of_what_is_internal(published_site: Path, working_site: Path) -> None:
    def files(site: Path) -> set[str]:
        return {path.relative_to(site).as_posix() for path in site.rglob("*.csv")}

    assert files(published_site) == {CLAUSES}
    assert files(working_site) == {CLAUSES, COVERAGE, DECIDES}


def clause(name: str, *defines: str) -> Clause:
    place = Place("x.md")
    row: dict[str, Any] = {"id": name, "code": "WAT-1", "title": name, "element": "water", "defines": defines}
    return Clause(**row, level="must", body=(), sources=(), place=place)


@pytest.mark.parametrize("case", TERMS.values(), ids=TERMS)
def test_a_defined_word_is_linked_where_it_stands_first(case: dict[str, Any]) -> None:
    terms = Terms(dict.fromkeys(case["defines"], "policy.md"), lambda target: target.removeprefix("policy.md"))
    for one in case["provisions"]:
        assert terms.linked(one["text"], clause("text"), one["chapter"]) == one["gives"]


def test_a_definition_has_an_anchor_and_no_links() -> None:
    words = clause("words", "Official account", "Post")
    terms = Terms(dict.fromkeys(words.defines, "policy.md"), str)
    text = "- **Official account:** one that may post.\n- **Post:** what an official account says."
    assert terms.linked(text, words, "1") == text.replace(
        "**Official account:**", "**Official account:**{: #term-official-account }"
    ).replace("**Post:**", "**Post:**{: #term-post }")


TERM = r'href="([^"#]*)#(term-[^"]+)"'


@pytest.mark.slow
@pytest.mark.parametrize("name", ["working_site", "published_site"])
def test_every_defined_word_of_the_policy_leads_to_its_definition(name: str, request: pytest.FixtureRequest) -> None:
    site: Path = request.getfixturevalue(name)
    texts = {page: (site / page).read_text("utf-8") for page in ("policy.html", "procedures.html")}
    anchors = Counter((page, found) for page, text in texts.items() for found in re.findall(r'id="(term-[^"]+)"', text))
    assert set(anchors.values()) == {1}
    assert len({word for _, word in anchors}) == len(anchors), "a word has one definition"
    assert {page for page, _ in anchors} == set(texts)
    for page, text in texts.items():
        leads = {(path or page, word) for path, word in re.findall(TERM, text)}
        assert len(leads) > 12
        assert leads <= set(anchors)
        assert {path for path, _ in leads} == set(texts), "words of both instruments are linked"
        for chapter in text.split('class="pw-chapter"')[1:]:
            assert set(Counter(re.findall(TERM, chapter)).values()) <= {1}
        links = re.findall(r'<a class="pw-term" href="[^"#]*#term-([^"]+)">([^<]+)</a>', text)
        assert {words.lower().replace(" ", "-") for _, words in links} <= {w + s for w, _ in links for s in ("", "s")}
        assert not re.search(
            r"<(h\d|a|code|strong)\b[^>]*>(?:(?!</\1>).)*pw-term", text.replace('<a class="pw-term"', "pw-term")
        )


OWN = """---
code: CIT-1
title: Our own words on comments
when: comments.enabled == 'off'
level: may
sources: [CTG-8]
---
Nobody comments here.
"""
AGENCIES: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, ""),
    "a preset whose assumptions follow from answers": (TOWN_ANSWERS, "one_way"),
    "another preset": (TOWN_ANSWERS, "two_way"),
    "everything": ({}, "settled"),
}


@pytest.mark.parametrize(("answers", "preset"), AGENCIES.values(), ids=AGENCIES)
def test_another_answer_changes_exactly_what_was_announced(
    answers: dict[str, Any], preset: str, tmp_path: Path
) -> None:
    given = settled_answers() if preset == "settled" else answers
    policy = {"preset": preset} if preset in catalog().presets else {}
    own = tmp_path / "agency" / "overrides" / "clauses" / "CIT-1-own.md"
    own.parent.mkdir(parents=True)
    own.write_text(OWN, "utf-8")

    def drafted(more: dict[str, Any]) -> Draft:
        return make_draft(repository_of(write_agency(tmp_path / "agency", {**given, **more}, policy)), catalog())

    now = drafted({})
    pivots = Pivots(now)
    tried = 0
    for name in catalog().pivotal:
        for other in pivots.alternatives(name):
            then = drafted({name: other.choice.value})
            announced = [{one.id for one in part} for part in (other.enters, other.leaves, other.undecided)]
            assert announced == changes(now, then), f"{name}: {other.choice.value}"
            tried += 1
        chosen = now.answers[name]
        others = [choice for choice in chosen.question.choices if choice != chosen.value]
        assert chosen.asked is False or [other.choice.value for other in pivots.alternatives(name)] == others
    assert tried > 20


def changes(now: Draft, then: Draft) -> list[set[str]]:
    """Return the clauses that entered, those that left, and those that were out and now wait."""
    before, after = included(now), included(then)
    out = {omission.clause.id for omission in now.policy.out}
    return [after - before, before - after, {o.clause.id for o in then.policy.undecided} & out]


def included(draft: Draft) -> set[str]:
    return {provision.clause.id for _, provision in every_provision(draft)}


@pytest.mark.parametrize("audience", ["working", "published"])
def test_every_way_to_read_leads_to_pages_and_provisions_that_are_there(audience: str, tmp_path: Path) -> None:
    draft = draft_with(tmp_path, settled_answers(), {"preset": "two_way"})
    pages = make_book(draft, audience).pages
    ways = [uri for uri in pages if uri.startswith("readers/")]
    assert len(ways) == len(catalog().readers) or audience == "published"
    assert ways
    for uri in ways:
        links = re.findall(r"\]\(([^)#]+)(?:#([^)]+))?\)", unescape(pages[uri].text))
        assert len(links) > 3, uri
        for path, anchor in links:
            target = posixpath.normpath(posixpath.join("readers", path))
            assert target in pages, f"{uri} leads to {target}"
            assert not anchor or f"#{anchor}" in pages[target].text, f"{uri} leads to {target}#{anchor}"


def test_a_published_site_leads_to_no_page_of_the_working_site(tmp_path: Path) -> None:
    draft = draft_with(tmp_path, settled_answers(), {"preset": "two_way"})
    working, published = make_book(draft).pages, make_book(draft, "published").pages
    inner = set(working) - set(published)
    assert {"findings.md", "stakeholders/index.md"} <= inner
    for uri, page in published.items():
        leads = re.findall(r"(?:\]\(|href=\")([^)\"#]+\.md)", unescape(page.text))
        assert not inner & {posixpath.normpath(posixpath.join(posixpath.dirname(uri), lead)) for lead in leads}, uri
