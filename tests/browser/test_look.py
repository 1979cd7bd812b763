"""How a site looks for an agency: its colors, seal, names and edit links, wherever the site is put."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from policywright.agency.colors import NIGHT, PAPER, color_finding, contrast, is_color
from policywright.draft import make_draft
from policywright.model.agency import Document
from policywright.model.findings import Place
from policywright.pages.book import make_book, render_book
from policywright.pages.style import STYLE, assets
from tests.support.agency_files import (
    TOWN_ANSWERS,
    bake,
    catalog,
    draft_with,
    empty,
    kinds,
    read_case,
    repository_of,
    write_agency,
)
from tests.support.chromium import serve
from tests.support.in_process import run_here

CASES = read_case("look.yml")
LONG = CASES["long"]
NAMES = read_case("names.yml")["arrive"]
LIGHT, DARK = "#6b1f2a", "#e9b7a3"
EDIT = CASES["edit"]["GitLab"]["address"]
SEAL = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="18" fill="#fff"/></svg>'
)


@pytest.mark.parametrize("case", CASES["contrast"], ids=lambda case: f"{case['one']} on {case['other']}")
def test_contrast_is_what_others_measure(case: dict[str, Any]) -> None:
    assert contrast(case["one"], case["other"]) == pytest.approx(case["is"], abs=0.005)
    assert contrast(case["other"], case["one"]) == contrast(case["one"], case["other"])


def test_a_color_is_a_sign_and_six_digits() -> None:
    assert [text for text in CASES["colors"] if not is_color(text)] == []
    assert [text for text in CASES["no_colors"] if is_color(text)] == []


@pytest.mark.parametrize(("pale", "dark", "paper"), [("#777777", "#767676", PAPER), ("#7a7a7a", "#888888", NIGHT)])
def test_a_color_is_refused_just_below_the_least_contrast_and_never_with_that_number(
    pale: str, dark: str, paper: str
) -> None:
    place = Place("policy.yml", 3, 11)
    found = color_finding(pale, paper, "on this page", place)
    assert found
    assert re.search(r"has a contrast of [1-4]\.[0-9] to 1 on this page; people need 4\.5 to 1", found.message)
    assert "of 4.5 to 1" not in found.message
    assert color_finding(dark, paper, "on this page", place) is None


@pytest.fixture(scope="module")
def plain_document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return draft_with(tmp_path_factory.mktemp("plain"), {}).document


MARGIN = """styles => styles.map(style => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  const rules = [...sheet.cssRules], head = rules.at(-1).cssRules[0].cssRules[0];
  return {rules: rules.length, name: head.name, content: head.style.getPropertyValue("content")};
})"""


@pytest.mark.browser
def test_the_running_head_says_any_name_and_lets_none_out_of_its_quotes(
    plain_document: Document, browser: Browser
) -> None:
    names = [" ".join(str(name).split()) for name in NAMES.values()]
    names += [
        '"}}} body{display:none} /*',
        "\\",
        "a\\\\22 ",
        "</style>",
        "'",
        "/* */",
        "@import 'x';",
        "\u2028",
        "\x7f",
    ]
    styles = [assets(replace(plain_document, agency_name=name, title=name, version=name))[STYLE] for name in names]
    page = browser.new_page()
    plain, *found = page.evaluate(MARGIN, [assets(plain_document)[STYLE], *styles])
    page.close()
    assert plain["name"] == "top-left"
    for name, margin in zip(names, found, strict=True):
        assert (margin["rules"], margin["name"]) == (plain["rules"], "top-left"), name
        assert unquoted(margin["content"]) == f"{name} · {name} · version {name} · draft"


def unquoted(text: str) -> str:
    """Read a string of CSS as a browser writes it."""
    assert text[0] == text[-1] == '"'
    return re.sub(
        r"\\(?:([0-9a-f]{1,6}) ?|(.))", lambda found: chr(int(found[1], 16)) if found[1] else found[2], text[1:-1]
    )


@pytest.mark.parametrize("case", CASES["edit"].values(), ids=CASES["edit"])
def test_an_answer_links_to_its_line_in_its_file(case: dict[str, str], tmp_path: Path) -> None:
    draft = draft_with(tmp_path, TOWN_ANSWERS | {"goals.audiences": ["Residents"]}, {"edit": case["address"]})
    assert not [finding for finding in draft.findings if finding.severity == "error"]
    (tmp_path / "answers" / "goals.yml").write_text("# Goals\n\naudiences: [Residents]\n", encoding="utf-8")
    book = make_book(make_draft(repository_of(tmp_path), catalog()))
    links = dict(reversed(edit_links(book.pages["guidance/goals.md"].text)))
    assert links["answers/goals.yml:3"] == case["leads"]


def edit_links(text: str) -> list[tuple[str, str]]:
    """Return every link to a file: the place that it shows, and where it leads."""
    found = re.findall(r'<a class="pw-place" href="([^"]*)"[^>]*>([^<]*)</a>', text)
    return [(html.unescape(place), html.unescape(address)) for address, place in found]


def test_every_edit_link_leads_to_a_line_of_the_agency_that_is_there(tmp_path: Path) -> None:
    """Neither the catalog's files nor those of the department below can be edited from this repository."""
    write_agency(tmp_path / "department", {"privacy.notice": "yes"}, {"agency": {"name": "Department of Samples"}})
    town = tmp_path / "town"
    answers = TOWN_ANSWERS | {"comments.enabled": "off", "goals.primary": ["two_way_engagement"]}
    answers["existing.register"] = []
    write_agency(town, answers, {"edit": EDIT, "base": "../department", "preset": "two_way"})
    own = town / "overrides" / "clauses" / "CIT-1-own words.md"
    own.parent.mkdir(parents=True)
    own.write_text("---\ncode: CIT-1\ntitle: Own\nlevel: may\nsources: [CTG-8]\n---\nOur own words.\n", "utf-8")
    draft = make_draft(repository_of(town), catalog())
    pages = make_book(draft).pages
    links = {link for page in pages.values() for link in edit_links(page.text)}
    assert len(links) > 20
    for place, address in links:
        file, _, line = place.rpartition(":")
        assert unquote(address) == EDIT.format(file=file, line=line)
        assert " " not in address
        assert int(line) <= len((town / file).read_text("utf-8").splitlines()), place
    assert f"overrides/clauses/{own.name}" in {place.rpartition(":")[0] for place, _ in links}
    for answer in draft.answers.values():
        if answer.origin == "agency" and not answer.question.register:
            at = answer.place
            assert (f"{at.file}:{at.line}", EDIT.format(file=at.file, line=at.line)) in links
            assert f'"{answer.question.name}"' in (town / at.file).read_text("utf-8").splitlines()[at.line - 1]


def test_a_published_site_has_no_edit_links(tmp_path: Path) -> None:
    book = render_book(draft_with(tmp_path, TOWN_ANSWERS, {"edit": EDIT, "preset": "two_way"}), "published")
    assert not [uri for uri, page in book.pages.items() if "git.example.gov" in page.text or "pw-place" in page.text]
    assert not [uri for uri, text in book.files.items() if "git.example.gov" in str(text)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An agency with a seal, colors, names of an arm's length, and words that run from right to left."""
    agency = bake(tmp_path_factory.mktemp("look"), agency_name="Ministry of Lakes", preset="two_way")
    (agency / "docs" / "assets").mkdir()
    (agency / "docs" / "assets" / "seal.svg").write_text(SEAL, encoding="utf-8")
    empty(agency)
    row = {"title": LONG["words"], "reference": LONG["words"], "owner": LONG["arabic"], "disposition": "amend"}
    answers = {"goals.audiences": [LONG["words"], LONG["arabic"]], "conflicts.escalation_owner": LONG["words"]}
    answers["existing.register"] = [row | {"treats": ["use"], "clauses": ["USE-2"]}] * 3
    policy = {
        "agency": {"name": LONG["agency"], "short_name": LONG["short_name"]},
        "preset": "two_way",
        "owner": LONG["arabic"],
        "version": LONG["words"],
        "offices": {"communications": LONG["words"], "legal": LONG["arabic"]},
        "design": {"logo": "docs/assets/seal.svg", "accent": LIGHT, "accent_dark": DARK},
        "edit": EDIT,
    }
    write_agency(agency, TOWN_ANSWERS | {"comments.enabled": "off"} | answers, policy)
    (agency / "docs" / "own.css").write_text(".theirs{color:#333}", encoding="utf-8")
    with (agency / "mkdocs.yml").open("a", encoding="utf-8") as file:
        file.write("\nextra_css: [own.css]\n")
    done = run_here("mkdocs", "build", cwd=agency)
    assert done.returncode == 0, done.stderr
    return agency / "site"


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "color"), [("light", LIGHT), ("dark", DARK)])
def test_the_pages_wear_the_agency_s_colors_and_seal(scheme: Any, color: str, site: Path, browser: Browser) -> None:
    page = browser.new_page(color_scheme=scheme)
    for name in ("index", "guidance/goals"):
        page.goto(f"{site.as_uri()}/{name}.html")
        link = page.locator("article :is(.pw-door, #what-your-policy-says ~ ul) a").first
        expect(link).to_have_css("color", rgb(color))
        seal = page.locator("header .md-logo img")
        expect(seal).to_be_visible()
        assert seal.evaluate("seal => seal.naturalWidth") == 40
        if scheme == "light":
            expect(page.locator(".md-header")).to_have_css("background-color", rgb(LIGHT))
    page.close()


def rgb(color: str) -> str:
    return f"rgb({', '.join(str(int(color[n : n + 2], 16)) for n in (1, 3, 5))})"


@pytest.mark.slow
@pytest.mark.browser
def test_long_words_and_words_from_right_to_left_fit_a_narrow_window(site: Path, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 800})
    excess = {}
    for name in kinds(site):
        if name == "404.html":
            continue  # it names its style sheets from the top of a server
        page.goto(f"{site.as_uri()}/{name}")
        excess[name] = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    page.goto(f"{site.as_uri()}/existing-policies.html")
    shown = page.locator("article").inner_text()
    page.close()
    assert not {name: pixels for name, pixels in excess.items() if pixels > 0}
    assert LONG["words"] in shown
    assert LONG["arabic"] in shown


class Links(HTMLParser):
    """Collects what a page links to or loads, and the anchors that it has."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.leads: list[str] = []
        self.anchors: set[str] = {""}
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.leads += [value or "" for name, value in attrs if name in ("href", "src")]
        self.anchors |= {value or "" for name, value in attrs if name in ("id", "name")}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["site", "published_site"])
def test_every_link_leads_to_a_file_of_the_site_and_to_a_place_in_it(name: str, request: pytest.FixtureRequest) -> None:
    """The page for wrong addresses is left out: it must name its files from the top of the server."""
    root: Path = request.getfixturevalue(name)
    pages = {path: Links(path) for path in sorted(root.rglob("*.html")) if path.name != "404.html"}
    wrong = [f"{path.relative_to(root)}: {lead}" for path in pages for lead in dead_links(path, root, pages)]
    assert not wrong, "\n".join(wrong[:40])


def dead_links(path: Path, root: Path, pages: dict[Path, Links]) -> Iterator[str]:
    for lead in dict.fromkeys(pages[path].leads):
        parts = urlsplit(lead)
        if parts.scheme or parts.netloc:
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        inside = not parts.path.startswith("/") and target.is_relative_to(root.resolve()) and target.exists()
        known = pages[target].anchors if target in pages else {unquote(parts.fragment)}
        if not inside or unquote(parts.fragment) not in known:
            yield lead


@pytest.fixture(params=["a folder of its own", "a path of a server"])
def moved(request: pytest.FixtureRequest, site: Path, tmp_path: Path) -> Iterator[str]:
    """The address of the site after it went through a zip file to another place."""
    archive = shutil.make_archive(str(tmp_path / "site"), "zip", site)
    if request.param == "a folder of its own":
        shutil.unpack_archive(archive, tmp_path / "Eigene Dateien, ü & ß #1")
        yield f"{(tmp_path / 'Eigene Dateien, ü & ß #1').as_uri()}/"
        return
    shutil.unpack_archive(archive, tmp_path / "server" / "intranet" / "policies" / "town")
    with serve(tmp_path / "server") as address:
        yield f"{address}intranet/policies/town/"


@pytest.mark.slow
@pytest.mark.browser
def test_a_site_that_was_put_elsewhere_works(moved: str, browser: Browser) -> None:
    page = browser.new_page()
    asked: list[str] = []
    failed: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
    page.goto(f"{moved}index.html")
    for name in ("readers/new", "policy", "guidance/goals"):
        follow(page, f"{moved}{name}.html")
    page.locator(".md-search__input").click()
    page.keyboard.type("fakes", delay=5)
    page.locator(".md-search-result__item").first.locator("a[href*='?provision=cnt-4-likeness']").click()
    page.wait_for_url(f"{moved}policy.html?*#cnt-4-likeness")
    expect(page.locator("#cnt-4-likeness")).to_be_in_viewport()
    page.close()
    assert not failed
    assert not [url for url in asked if not url.startswith((moved, "data:", "blob:"))]


def follow(page: Page, address: str) -> None:
    """Press the first link of the page that leads there."""
    links = page.locator("a[href]").evaluate_all("links => links.map(link => link.href)")
    page.locator("a[href]").nth(links.index(address)).evaluate("link => link.click()")
    page.wait_for_url(address)
    page.wait_for_load_state()


@pytest.mark.slow
def test_a_missing_page_says_what_to_do(site: Path) -> None:
    page = (site / "404.html").read_text("utf-8")
    assert "There is no such page" in page
    assert "404 - Not found" not in page


@pytest.mark.slow
def test_a_style_sheet_of_the_agency_comes_after_ours(site: Path) -> None:
    page = (site / "index.html").read_text("utf-8")
    assert page.index("assets/policywright.css") < page.index("own.css")
