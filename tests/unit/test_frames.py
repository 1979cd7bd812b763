"""A page frame sees the fields of its view and the helpers, and nothing else."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jinja2 import TemplateAssertionError, UndefinedError, meta, nodes
from jinja2.exceptions import SecurityError

import policywright.portfolio.site  # noqa: F401 - its views are found as subclasses
from policywright.model.catalog import Catalog
from policywright.model.draft import Draft
from policywright.pages.book import AUDIENCES, render_book
from policywright.pages.helpers import helpers
from policywright.pages.manual import REFERENCE
from policywright.pages.plan import NAVIGATION, PAGES, page_names
from policywright.pages.renderer import Binder
from policywright.pages.templates import FRAMES
from policywright.pages.views.catalog_page import CatalogPageView, catalog_page_view
from policywright.pages.views.reference import CatalogView
from policywright.pages.views.site import AgencySite, Site, View
from tests.support.agency_files import ROOT, catalog, draft_with, read_case
from tests.support.frame_types import mistakes, reachable

CATALOG = catalog()
BINDER = Binder(Site(CATALOG, working=True))
OURS = {path.relative_to(FRAMES).as_posix().removesuffix(".md.jinja"): path for path in FRAMES.rglob("*.md.jinja")}
THEIRS = {path.name.removesuffix(".md.jinja"): path for path in (ROOT / "content").glob("*/pages/*.md.jinja")}
WITHOUT_VIEW = {"parts/tasktools"}
"""Frames that others include."""
LONGEST = 120


def views(kind: type[View] = View) -> Iterator[type[View]]:
    for view in kind.__subclasses__():
        yield view
        yield from views(view)


SHARED: dict[type[View], dict[str, Path]] = {
    CatalogPageView: THEIRS,
    CatalogView: {name: OURS[name] for name in (f"reference/{page}" for page in REFERENCE)},
}
"""Views of several frames."""
VIEWS = {view.frame: view for view in views() if view not in SHARED}
ALL: list[tuple[Path, type[View]]] = [(OURS[name], view) for name, view in VIEWS.items()]
ALL += [(path, view) for view, paths in SHARED.items() for path in paths.values()]


def fields(view: type[View]) -> set[str]:
    return {field.name for field in dataclasses.fields(view)}  # type: ignore[arg-type]


def used(source: str) -> set[str]:
    return meta.find_undeclared_variables(BINDER.env.parse(source))


def test_every_frame_has_one_view() -> None:
    assert sorted([*VIEWS, *SHARED[CatalogView]]) == sorted(set(OURS) - WITHOUT_VIEW)
    assert len(VIEWS) == len(list(views())) - len(SHARED)
    assert sorted(THEIRS) == sorted(page.id for page in CATALOG.pages)


@pytest.mark.parametrize("name", VIEWS)
def test_a_frame_uses_every_field_of_its_view_and_no_other_name(name: str) -> None:
    assert used(OURS[name].read_text("utf-8")) == fields(VIEWS[name])


@pytest.mark.parametrize(("path", "view"), [(path, view) for view in SHARED for path in SHARED[view].values()])
def test_a_frame_whose_view_has_others_uses_names_of_the_view_only(path: Path, view: type[View]) -> None:
    assert used(path.read_text("utf-8")) <= fields(view)


@pytest.mark.parametrize("path", [*FRAMES.rglob("*macros.jinja"), *(OURS[name] for name in sorted(WITHOUT_VIEW))])
def test_what_frames_share_uses_no_name_of_a_page(path: Path) -> None:
    assert used(path.read_text("utf-8")) == set()


@pytest.mark.parametrize(("path", "view"), ALL, ids=[view.__name__ for _, view in ALL])
def test_a_frame_looks_only_at_what_the_types_of_its_view_have(path: Path, view: type[View]) -> None:
    assert mistakes(BINDER.env, path.read_text("utf-8"), view) == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ page.titel }}", ["line 1: CatalogPage has no titel"]),
        ("{% for one in provisions if one.clause.titel %}{% endfor %}", ["line 1: Clause has no titel"]),
        ("{% set first = provisions[0] %}\n{{ first.clause.nam }}", ["line 2: Clause has no nam"]),
        ("{% for name, answer in answers.items() %}{{ answer.vale }}{% endfor %}", ["line 1: Answer has no vale"]),
        ("{{ answers['goals.primary'].question.hlep }}", ["line 1: Question has no hlep"]),
        ("{{ page.title }}{% for task in tasks | list %}{{ task.item.id }}{% endfor %}", []),
    ],
)
def test_a_misspelt_attribute_is_found_also_where_no_agency_shows_it(source: str, said: list[str]) -> None:
    assert mistakes(BINDER.env, source, CatalogPageView) == said


def test_no_view_leads_to_a_whole_draft_or_catalog() -> None:
    for view in VIEWS.values():
        assert not reachable(view) & {Draft, Catalog, Site, AgencySite}, view


@pytest.mark.parametrize("path", [*FRAMES.rglob("*.jinja"), *THEIRS.values()], ids=lambda path: path.name)
def test_a_frame_fits_on_a_screen(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    assert {number: line for number, line in enumerate(lines, 1) if len(line) > LONGEST} == {}


def test_the_helpers_are_the_documented_ones() -> None:
    page = (ROOT / "docs" / "project" / "content.md").read_text("utf-8")
    section = page.partition("\n## Page frame\n")[2].partition("\n## ")[0]
    names = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert sorted(names) == sorted(
        {*helpers(BINDER.site, BINDER), "md", "series", *fields(CatalogPageView)} - {"frame"}
    )


@pytest.mark.parametrize("path", [*FRAMES.rglob("*.jinja"), *THEIRS.values()], ids=lambda path: path.name)
def test_a_frame_names_no_office_itself(path: Path) -> None:
    frame = BINDER.env.parse(path.read_text("utf-8"))
    named = [one.node for one in frame.find_all(nodes.Filter) if one.name in ("office", "office_name", "role")]
    named += [item for many in frame.find_all(nodes.List) for item in many.items]
    assert [one for one in named if isinstance(one, nodes.Const) and one.value in CATALOG.roles] == []


# What a catalog's frame cannot do


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> AgencySite:
    case = read_case("golden.yml")["two-way-city"]
    draft = draft_with(tmp_path_factory.mktemp("city"), case["answers"], case["policy"])
    return AgencySite(CATALOG, working=True, draft=draft)


def rendered(source: str, site: AgencySite) -> str:
    """Render a page of the catalog whose frame has this source."""
    [page, *_] = site.catalog.pages
    changed = dataclasses.replace(site.catalog, frames={f"{page.id}.md.jinja": source})
    other = dataclasses.replace(site, catalog=changed)
    return Binder(other).render(catalog_page_view(other, page))


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__ }}",
        "{{ page.__class__.__mro__ }}",
        "{{ page.__init__.__globals__ }}",
        "{{ provisions.__class__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ answers.update({}) }}",
        "{{ catalog }}",
        "{{ draft }}",
        "{{ overview.tally(1) }}",
        "{{ charts }}",
        "{{ page.titel }}",
    ],
)
def test_a_frame_reaches_nothing_but_its_view(source: str, site: AgencySite) -> None:
    with pytest.raises((SecurityError, UndefinedError, AttributeError)):
        rendered(source, site)


def test_a_frame_uses_no_unknown_helper(site: AgencySite) -> None:
    with pytest.raises(TemplateAssertionError, match="No filter named 'offcie'"):
        rendered("{{ 'legal' | offcie }}", site)


def test_what_a_frame_shows_is_escaped_unless_it_is_markdown_of_ours(site: AgencySite) -> None:
    assert rendered("{{ '<b>' }} {{ '<b>' | md }}", site) == "&lt;b&gt; <b>".replace("&lt;", "&#60;").replace(
        "&gt;", "&#62;"
    )


def test_an_office_and_a_link_are_not_kept_from_the_agency_or_the_page_before(tmp_path: Path) -> None:
    """Jinja would run a filter on a constant once, and the compiled frame would keep the result for everybody."""
    own = {"deep/page.md": "<!-- policy: home -->", "page.md": "<!-- policy: home -->"}
    for number, name in enumerate(("the Town Clerk", "the Press Office")):
        draft = draft_with(tmp_path / str(number), {}, {"offices": {"communications": name}})
        pages = render_book(draft, "published", own).pages
        assert f"ask {name}." in pages["staff-card.md"].text
        assert "](../checklists/index.md)" in pages["deep/page.md"].text
        assert "](checklists/index.md)" in pages["page.md"].text


# The plan of pages


def test_every_page_of_a_site_is_in_its_navigation_and_among_the_names_of_the_catalog(site: AgencySite) -> None:
    for audience in AUDIENCES:
        book = render_book(site.draft, audience)
        assert sorted(listed(book.navigation)) == sorted(book.pages)
        assert set(book.pages) <= page_names(CATALOG)
    assert {kind.branch for kind in PAGES} == set(NAVIGATION)


def listed(navigation: list[Any]) -> Iterator[str]:
    for entry in navigation:
        for target in entry.values():
            yield from listed(target) if isinstance(target, list) else [target]
