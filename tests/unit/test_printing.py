"""What the theme prints around a page is remembered, and printed again whenever anything in it is another."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig

from policywright.files.kept import keep, kept_names
from policywright.mkdocs_site import ahead
from policywright.mkdocs_site.ahead import shared
from policywright.mkdocs_site.printing import PrintedPages

PAGES = {
    "index.md": "# Home\n\nSome words about [rules](rules.md).\n",
    "rules.md": "# Rules\n\n## First\n\nSome words about rules.\n",
    "more/index.md": "Words without a heading.\n",
    "more/last.md": "---\nhide: [toc]\n---\n# Last\n\nThe end of it.\n",
}
SETTINGS: dict[str, Any] = {
    "site_name": "Site",
    "theme": {"name": "material", "font": False},
    "plugins": ["search", "offline"],
}


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICYWRIGHT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that the theme prints."""
    uris: list[str] = []
    render = jinja2.Template.render

    def noted(self: jinja2.Template, *args: Any, **kwargs: Any) -> str:
        page = args[0].get("page") if args else None
        uris.extend([page.file.src_uri] if page else [])
        return render(self, *args, **kwargs)

    monkeypatch.setattr(jinja2.Template, "render", noted)
    return uris


class Site:
    """Builds a site with PrintedPages or without it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def built(
        self, pages: dict[str, str] | None = None, *, with_printing: bool = True, begin: bool = False, **settings: Any
    ) -> dict[str, str]:
        """Return the pages of the site: path -> HTML."""
        docs, site = self.folder / "docs", self.folder / "site"
        for uri, text in (PAGES if pages is None else pages).items():
            (docs / uri).parent.mkdir(parents=True, exist_ok=True)
            (docs / uri).write_text(text, "utf-8")
        (self.folder / "mkdocs.yml").write_text("site_name: Site\n", "utf-8")
        config = load_config(str(self.folder / "mkdocs.yml"), **{**SETTINGS, "site_dir": str(site), **settings})
        if with_printing:
            _add(config, begin=begin)
        build(config)
        return {path.relative_to(site).as_posix(): path.read_text("utf-8") for path in site.rglob("*.html")}


def _add(config: MkDocsConfig, *, begin: bool) -> None:
    navs: list[Any] = []

    def on_nav(nav: Any, **_: Any) -> Any:
        navs.append(nav)
        return nav

    def on_env(env: Any, *, config: MkDocsConfig, files: Any) -> Any:
        printing = PrintedPages(env, config, navs[0])
        if begin:
            printing.begin(files.documentation_pages())
            for helper in printing._ahead._helpers:
                helper.join(60)
        return env

    config.plugins._register_event("nav", on_nav)
    config.plugins._register_event("env", on_env)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    (tmp_path / "here").mkdir()
    return Site(tmp_path / "here")


def test_a_page_is_printed_once(site: Site, printed: list[str]) -> None:
    plain = site.built(with_printing=False)
    printed.clear()
    assert site.built() == plain
    assert set(printed) == set(PAGES)
    printed.clear()
    assert site.built() == plain
    assert not printed


def test_other_words_between_the_same_headings_need_no_printing(site: Site, printed: list[str]) -> None:
    site.built()
    printed.clear()
    changed = PAGES | {"rules.md": PAGES["rules.md"].replace("about rules", "about *comments*")}
    other = site.built(changed)
    assert not printed
    assert "<em>comments</em>" in other["rules.html"]
    assert other == site.built(changed, with_printing=False)


CHANGES: dict[str, Callable[[], dict[str, Any]]] = {
    "the title of a page": lambda: {"pages": PAGES | {"rules.md": PAGES["rules.md"].replace("# Rules", "# Duties")}},
    "a heading": lambda: {"pages": PAGES | {"rules.md": PAGES["rules.md"].replace("## First", "## Second")}},
    "a setting of a page": lambda: {
        "pages": PAGES | {"more/last.md": "---\nhide: [navigation]\n---\n# Last\n\nEnd.\n"}
    },
    "whether a page has a title": lambda: {"pages": PAGES | {"more/index.md": "# Index\n\nWords.\n"}},
    "a further page": lambda: {"pages": PAGES | {"further.md": "# Further\n\nWords.\n"}},
    "the navigation": lambda: {"nav": [{"Rules": "rules.md"}, {"Home": "index.md"}, "more/index.md", "more/last.md"]},
    "the name of the site": lambda: {"site_name": "Another"},
    "the address of the site": lambda: {"site_url": "https://example.org/"},
    "a feature of the theme": lambda: {"theme": {**SETTINGS["theme"], "features": ["navigation.tabs"]}},
    "the language": lambda: {"theme": {**SETTINGS["theme"], "language": "fr"}},
    "a style": lambda: {"extra_css": ["own.css"]},
    "a script": lambda: {"extra_javascript": ["own.js"]},
    "what the theme is told": lambda: {"extra": {"generator": False}},
    "an option of Markdown": lambda: {"markdown_extensions": [{"toc": {"title": "Contents"}}]},
    "an option of the search": lambda: {"plugins": [{"search": {"lang": "fr"}}, "offline"]},
    "addresses": lambda: {"plugins": ["search"]},
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_page_is_printed_again_with_another(what: str, site: Site, printed: list[str]) -> None:
    site.built()
    printed.clear()
    changed = site.built(**CHANGES[what]())
    assert printed
    printed.clear()
    assert site.built(**CHANGES[what]()) == changed
    assert not printed
    assert changed == site.built(**CHANGES[what](), with_printing=False)


def unknown(site: Site, what: str) -> dict[str, Any]:
    """Return settings with which something that we do not know could print."""
    (site.folder / "overrides").mkdir()
    hook = site.folder / "hook.py"
    hook.write_text("def on_page_context(context, **_):\n    return context\n", "utf-8")
    settings: dict[str, dict[str, Any]] = {
        "templates": {"theme": {**SETTINGS["theme"], "custom_dir": str(site.folder / "overrides")}},
        "a hook": {"hooks": [str(hook)]},
        "a plug-in": {"plugins": ["search", "offline", "tags"]},
        "another theme": {"theme": {"name": "mkdocs"}, "plugins": []},
        "an extension": {"markdown_extensions": ["pymdownx.snippets"]},
    }
    return settings[what]


@pytest.mark.parametrize("what", ["templates", "a hook", "a plug-in", "another theme", "an extension"])
def test_with_something_that_nobody_knows_nothing_is_remembered(what: str, site: Site, printed: list[str]) -> None:
    settings = unknown(site, what)
    site.built(**settings)
    number = len(printed)
    site.built(**settings)
    assert len(printed) == 2 * number > 0


def test_a_page_whose_content_is_twice_in_it_is_printed_each_time(site: Site, printed: list[str]) -> None:
    for _ in range(2):
        built = site.built({"index.md": "Words\n"}, site_description="<p>Words</p>")
        assert built["index.html"].count("<p>Words</p>") == 2
    assert printed == ["index.md"] * 2


def test_what_is_damaged_is_printed_again(site: Site, printed: list[str]) -> None:
    plain = site.built()
    for name in kept_names(".made"):
        keep(name, b"not packed")
    printed.clear()
    assert site.built() == plain
    assert set(printed) == set(PAGES)


def test_pages_are_printed_ahead_in_another_process(
    site: Site, printed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = site.built(with_printing=False)
    for module in ("ahead", "printing"):
        monkeypatch.setattr(f"policywright.mkdocs_site.{module}.free_processors", lambda: 1)
    printed.clear()
    assert site.built(begin=True) == plain
    assert not printed


def test_work_is_shared_and_what_was_made_stays_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "free_processors", lambda: 1)
    numbers = [*range(60)]

    def slowly(number: int) -> tuple[int, int]:
        time.sleep(0.002)
        return number, os.getpid()

    made = [*shared(slowly, numbers)]
    assert [number for number, _ in made] == numbers
    assert len({process for _, process in made}) == 2


def test_work_that_fails_in_another_process_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "free_processors", lambda: 1)
    here = os.getpid()

    def do(number: int) -> int:
        time.sleep(0.002)
        if os.getpid() != here:
            raise ValueError
        return number

    assert [*shared(do, range(60))] == [*range(60)]


def test_a_mistake_in_shared_work_is_reported_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "free_processors", lambda: 1)

    def do(number: int) -> int:
        return 1 // (number - 59)

    with pytest.raises(ZeroDivisionError):
        [*shared(do, range(60))]
