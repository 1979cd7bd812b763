"""A page is converted once, and again whenever anything that decides what it becomes is another."""

from __future__ import annotations

import copy
import logging
import os
import time
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import markdown
import pymdownx.slugs  # type: ignore[import-untyped]
import pytest
from material.plugins.search.plugin import SearchIndex  # type: ignore[import-untyped]
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, set_exclusions
from mkdocs.structure.pages import Page

from policywright.files.kept import keep, kept_names, read_kept
from policywright.mkdocs_site import parts, remembered
from policywright.mkdocs_site.conversions import Conversions
from policywright.mkdocs_site.remembered import forget_oldest, named, recall, remember
from policywright.mkdocs_site.search import _EXCLUDED, Entries
from policywright.pages.book import make_book
from policywright.pages.renderer import without_head
from tests.support.agency_files import golden_draft

TEXT = "# Title\n\nA [link](other.md#there) and [here](#part).\n\n## Part {: #part }\n\n### Below\n\nWords.\n"


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICYWRIGHT_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def conversions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that Markdown converts."""
    converted: list[str] = []
    convert = markdown.Markdown.convert

    def noted(self: markdown.Markdown, source: str) -> str:
        converted.append(source)
        return str(convert(self, source))

    monkeypatch.setattr(markdown.Markdown, "convert", noted)
    return converted


class Site:
    """A site of a few pages."""

    def __init__(self, folder: Path, texts: dict[str, str], **settings: Any) -> None:
        for name, text in texts.items():
            (folder / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "docs" / name).write_text(text, "utf-8")
        (folder / "mkdocs.yml").write_text("site_name: Site\n", "utf-8")
        # MkDocs empties what it is given.
        extensions = copy.deepcopy(settings.pop("markdown_extensions", ["attr_list", "toc"]))
        self.config: MkDocsConfig = load_config(
            str(folder / "mkdocs.yml"), markdown_extensions=extensions, plugins=[], **settings
        )
        addresses = self.config.use_directory_urls
        self.files = Files([File(name, str(folder / "docs"), str(folder / "site"), addresses) for name in texts])
        set_exclusions(self.files, self.config)
        self.texts = texts

    def page(self, name: str = "index.md", *, fresh: bool = False, generated: bool = False) -> Page:
        """Convert a page as MkDocs does, or with what is remembered; a generated one in parts."""
        file = self.files.get_file_from_path(name)
        assert file is not None
        page = Page(None, file, self.config)
        page.markdown = self.texts[name]
        if not fresh:
            conversions = Conversions(self.config)
            if generated:
                conversions.begin({name: self.texts[name]}, self.config, self.files)
            conversions.remember(page)
        page.render(self.config, self.files)
        assert file.page is page
        return page


def facts(page: Page) -> dict[str, Any]:
    """Return all that MkDocs knows about a page when it is converted."""
    links = {file.src_uri: found for file, found in (page.links_to_anchors or {}).items()}
    return {
        "content": page.content,
        "toc": str(page.toc),
        "levels": [(one.level, one.title, one.url, getattr(one, "active", None)) for one in page.toc],
        "title": page.title,
        "anchors": page.present_anchor_ids,
        "links": links,
    }


def test_a_page_that_did_not_change_is_not_converted_again(tmp_path: Path, conversions: list[str]) -> None:
    texts = {"index.md": TEXT, "other.md": "# Other\n"}
    fresh = facts(Site(tmp_path, texts).page(fresh=True))
    first = facts(Site(tmp_path, texts).page())
    number = len(conversions)
    again = facts(Site(tmp_path, texts).page())
    assert first == again == fresh
    assert (number, len(conversions)) == (2, 2)
    assert fresh["links"] == {"other.md": {"there": "other.md#there"}, "index.md": {"part": "#part"}}


CHANGES: dict[str, Callable[[], dict[str, Any]]] = {
    "its text": lambda: {"texts": {"index.md": TEXT + "\nMore.\n", "other.md": "# Other\n"}},
    "its address": lambda: {"use_directory_urls": False},
    "an extension": lambda: {"markdown_extensions": ["attr_list", "toc", "admonition"]},
    "an option": lambda: {"markdown_extensions": ["attr_list", {"toc": {"permalink": True}}]},
    "a function": lambda: {
        "markdown_extensions": ["attr_list", {"toc": {"slugify": pymdownx.slugs.slugify(case="lower")}}]
    },
    "what MkDocs says about links": lambda: {"validation": {"links": {"anchors": "warn"}}},
}


@pytest.mark.parametrize("changed", CHANGES)
def test_a_page_is_converted_again_with_another(changed: str, tmp_path: Path, conversions: list[str]) -> None:
    texts = {"index.md": TEXT, "other.md": "# Other\n"}
    Site(tmp_path / "a", texts).page()
    change = {"texts": texts, **CHANGES[changed]()}
    expected = facts(Site(tmp_path / "b", **change).page(fresh=True))
    conversions.clear()
    assert facts(Site(tmp_path / "c", **change).page()) == expected
    assert conversions
    conversions.clear()
    assert facts(Site(tmp_path / "d", **change).page()) == expected
    assert not conversions


def test_a_page_is_converted_again_when_what_it_links_to_is_elsewhere(tmp_path: Path, conversions: list[str]) -> None:
    texts = {"index.md": TEXT, "other.md": "# Other\n"}
    Site(tmp_path / "a", texts).page()
    excluded = {"texts": texts, "exclude_docs": "other.md\n"}
    for change in ({"texts": {"index.md": TEXT}}, excluded):
        fresh = facts(Site(tmp_path / "b", **change).page(fresh=True))
        conversions.clear()
        assert facts(Site(tmp_path / "c", **change).page()) == fresh
        assert conversions


def test_a_message_about_a_page_is_given_in_every_build(
    tmp_path: Path, conversions: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    texts = {"index.md": "[nowhere](nowhere.md) and [absolute](/absolute)\n"}
    for _ in range(2):
        caplog.clear()
        with caplog.at_level(logging.INFO, "mkdocs"):
            Site(tmp_path, texts).page()
        assert "nowhere.md" in caplog.text
        assert "absolute" in caplog.text
    assert len(conversions) == 2


UNKNOWN: dict[str, Any] = {
    "an extension that reads files": "pymdownx.snippets",
    "a function of somebody else": {"toc": {"slugify": lambda text, separator: text}},
    "a function in a function": {"toc": {"slugify": partial(print)}},
}


@pytest.mark.parametrize("what", UNKNOWN)
def test_with_an_extension_that_nobody_knows_nothing_is_remembered(
    what: str, tmp_path: Path, conversions: list[str]
) -> None:
    for _ in range(2):
        Site(tmp_path, {"index.md": "Text.\n"}, markdown_extensions=[UNKNOWN[what]]).page()
    assert len(conversions) == 2
    assert not kept_names(".made")


def test_what_is_damaged_is_made_again(tmp_path: Path, conversions: list[str]) -> None:
    site = Site(tmp_path, {"index.md": TEXT, "other.md": ""})
    fresh = facts(site.page())
    (name,) = kept_names(".made")
    for damaged in (b"", b"not packed", zlib.compress(b"{")):
        keep(name, damaged)
        conversions.clear()
        assert facts(site.page()) == fresh
        assert conversions


def test_pages_are_converted_ahead_in_another_process(
    tmp_path: Path, conversions: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    a_processor_is_free(monkeypatch)
    texts = {f"page-{number}.md": f"# Page {number}\n\nText.\n" for number in range(6)}
    site = Site(tmp_path, texts)
    ahead = Conversions(site.config)
    ahead.begin(texts, site.config, site.files)
    for helper in ahead._ahead._helpers:
        helper.join(60)
    ahead.end()
    assert len(kept_names(".made")) == len(texts)
    assert not conversions
    assert [facts(site.page(name)) for name in texts] == [facts(site.page(name, fresh=True)) for name in texts]


def test_the_oldest_are_forgotten_and_what_is_used_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "_MOST", 2)
    names = [named(str(number)) for number in range(3)]
    for number, name in enumerate(names):
        remember(name, number)
        _age(name, 100 - number)
    assert recall(names[0]) == 0
    forget_oldest()
    assert [recall(name) for name in names] == [0, None, 2]


def test_a_server_writes_later_what_it_made_and_still_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = remembered.Memory()
    mine.used = True
    monkeypatch.setattr(remembered, "memory", mine)
    names = [named(str(number)) for number in range(3)]
    for number, name in enumerate(names):
        mine.next_build()  # the first builds end early, as with a page that cannot be read
        remember(name, [number])
    assert not kept_names(".made")
    mine.write()
    assert {*kept_names(".made")} == {*names[1:]}
    mine.used = False
    assert [recall(name) for name in names[1:]] == [[1], [2]]


def _age(name: str, seconds: int) -> None:
    path = Path(os.environ["POLICYWRIGHT_CACHE"]) / name
    os.utime(path, (time.time() - seconds,) * 2)


def test_the_search_reads_a_page_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    class Index:
        def __init__(self) -> None:
            self.entries: list[Any] = [{"location": "before/"}]

        def add_entry_from_context(self, page: Page) -> None:
            read.append(page.url)
            self.entries += [{"location": page.url, "title": page.title, "text": page.content}]

    site = Site(tmp_path, {"index.md": TEXT, "other.md": "# Other\n"})
    page = site.page()
    found = []
    for title in ("Title", "Title", "Another"):
        page.title, plugin = title, Index()
        monkeypatch.setitem(site.config.plugins, "material/search", type("P", (), {"search_index": plugin})())
        Entries(site.config)
        plugin.add_entry_from_context(page)
        found.append(plugin.entries)
    assert found[0] == found[1] != found[2]
    assert len(read) == 2
    assert read_kept("nothing.made") is None


def a_processor_is_free(monkeypatch: pytest.MonkeyPatch, number: int = 1) -> None:
    for module in ("ahead", "conversions", "printing"):
        monkeypatch.setattr(f"policywright.mkdocs_site.{module}.free_processors", lambda: number)


EXTENSIONS = ["admonition", "attr_list", "footnotes", "md_in_html", {"toc": {"permalink": "¶"}}]
"""Those of the template."""


@pytest.mark.parametrize("name", ["one-way-town", "federal-bureau", "nz-ministry"])
def test_a_generated_page_in_parts_is_the_same(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_processor_is_free(monkeypatch, 0)
    book = make_book(golden_draft(name))
    texts = {uri: without_head(page.text) for uri, page in book.pages.items()}
    site = Site(tmp_path, texts | dict.fromkeys(book.files, ""), markdown_extensions=EXTENSIONS)
    monkeypatch.setattr(parts, "_LARGE", 1_000)
    cut = {uri: len(parts.cut(text)) for uri, text in texts.items()}
    assert len([uri for uri, number in cut.items() if number > 1]) > len(texts) / 2
    assert cut["policy.md"] > 50
    for uri in texts:
        fresh = facts(site.page(uri, fresh=True))
        assert facts(site.page(uri, generated=True)) == fresh, uri
        assert facts(site.page(uri, generated=True)) == fresh, uri


SECTIONS = [f"## Section {number} {{: #s{number} }}\n\nSome [words](other.md#a{number}).\n" for number in range(9)]
FORM = '<form id="ask">\n\n<p id="one">Text</p>\n\n</form>\n'


def in_sections(*more: str) -> dict[str, str]:
    """Return a site whose page has sections, and more of them."""
    anchors = "".join(f'<p id="a{number}"></p>\n' for number in range(9))
    return {"index.md": "\n".join(["# Title\n", *SECTIONS, *more]), "other.md": anchors}


@pytest.fixture
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_LARGE", 100)
    a_processor_is_free(monkeypatch, 0)


@pytest.mark.usefixtures("_short")
def test_only_the_part_that_changed_is_converted_again(tmp_path: Path, conversions: list[str]) -> None:
    Site(tmp_path, in_sections(FORM)).page(generated=True)
    assert len(conversions) == 10
    conversions.clear()
    changed = in_sections(FORM)
    changed["index.md"] = changed["index.md"].replace("## Section 4", "## Another")
    found = facts(Site(tmp_path, changed).page(generated=True))
    assert [text.partition(" {")[0] for text in conversions] == ["## Another"]
    assert found == facts(Site(tmp_path, changed).page(fresh=True))


WHOLE = {
    "a note": ("Text.[^1]\n", "[^1]: Note.\n"),
    "a link that is defined elsewhere": ("A [word][w].\n", "[w]: other.md\n"),
    "code": ("```\n\n## Not a heading\n\n```\n",),
    "a block that is not closed": ("<div>\n\n## Heading\n",),
    "two headings with the same anchor": ("## Twice\n\nOne.\n", "## Twice\n\nTwo.\n"),
    "an anchor of a heading and of a block": ('<p id="twice">One.</p>\n', "## Twice\n\nTwo.\n"),
    "a table of contents": ("[TOC]\n",),
    "a message": ("## Wrong\n\n[nowhere](nowhere.md)\n",),
}


@pytest.mark.usefixtures("_short")
@pytest.mark.parametrize("what", WHOLE)
def test_a_page_whose_parts_depend_on_each_other_is_converted_whole(
    what: str, tmp_path: Path, conversions: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    site = Site(tmp_path, in_sections(*WHOLE[what]), markdown_extensions=EXTENSIONS)
    fresh = facts(site.page(fresh=True))
    conversions.clear()
    for _ in range(2):
        caplog.clear()
        assert facts(site.page(generated=True)) == fresh
        assert caplog.text.count("contains a link") == (what == "a message")
    assert conversions.count(site.texts["index.md"]) == 1 + (what == "a message")


@pytest.mark.usefixtures("_short")
def test_a_page_that_a_plug_in_changed_is_converted_whole(tmp_path: Path, conversions: list[str]) -> None:
    site = Site(tmp_path, in_sections())
    site.page()
    assert conversions == [site.texts["index.md"]]


def test_with_an_extension_that_counts_a_page_is_converted_whole(tmp_path: Path, conversions: list[str]) -> None:
    site = Site(tmp_path, in_sections(), markdown_extensions=["attr_list", "pymdownx.tabbed"])
    site.page(generated=True)
    assert conversions == [site.texts["index.md"]]


def test_what_is_not_searched_is_left_out_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The entries are those that the theme's plug-in finds itself."""
    book = make_book(golden_draft("one-way-town"))
    texts = {uri: without_head(page.text) for uri, page in book.pages.items()}
    texts["own.md"] = (
        "<p data-search-exclude>Not this.</p>\n\nBut <span data-search-exclude>not</span> this.\n\n"
        '<details data-search-exclude>\n<h2 id="inner">Heading</h2>\n<p>Text</p>\n</details>\n\n'
        '<div data-search-exclude><p>Not <b>this</b></p></div>\n\n<p title="data-search-exclude">This.</p>\n'
    )
    site = Site(tmp_path, texts | dict.fromkeys(book.files, ""), markdown_extensions=EXTENSIONS)
    left_out = 0
    for uri in texts:
        page = site.page(uri, fresh=True)
        theirs, ours = (SearchIndex(lang=["en"], separator="", pipeline=[], fields={}) for _ in range(2))
        theirs.add_entry_from_context(page)
        plugin = type("Plugin", (), {"search_index": ours})()
        monkeypatch.setitem(site.config.plugins, "material/search", plugin)
        Entries(site.config).add(page)
        assert ours.entries == theirs.entries, uri
        left_out += len(_EXCLUDED.findall(page.content or ""))
    assert left_out > 200
