"""MkDocs events for this project's site; `hooks/guidance.py` imports them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from policywright.cli.reference import commands_page
from policywright.exports.schema_page import schema_files_of_site
from policywright.mkdocs_site.conversions import Conversions
from policywright.mkdocs_site.generated import add_generated, use_assets
from policywright.mkdocs_site.html import accessible, corrected, lost
from policywright.mkdocs_site.search import Entries
from policywright.model.findings import PolicyError
from policywright.pages.manual import make_manual
from policywright.pages.renderer import Book, without_head

__all__ = [
    "on_config",
    "on_env",
    "on_files",
    "on_nav",
    "on_page_content",
    "on_page_markdown",
    "on_post_page",
    "on_post_template",
]

SAMPLE = "docs/sample"


class _Build:
    book: Book | None = None
    conversions: Conversions | None = None


_build = _Build()


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Make the reference pages from the catalog, and the sample agency's pages from its answers."""
    root = Path(config.config_file_path).parent
    try:
        _build.book = make_manual(root / SAMPLE)
    except PolicyError as error:
        raise PluginError(str(error)) from error
    config.watch += [str(root / name) for name in ("content", SAMPLE) if str(root / name) not in config.watch]
    use_assets(config)
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages and assets."""
    assert _build.book is not None
    return add_generated(
        files, config, _build.book, {"reference/commands.md": commands_page(), **schema_files_of_site()}
    )


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
    """Begin to convert the generated pages, now that it is known which files the site has."""
    assert _build.book is not None
    _build.conversions = Conversions(config)
    pages = {uri: without_head(page.text) for uri, page in _build.book.pages.items()}
    _build.conversions.begin(pages, config, files)
    return nav


def on_env(env: Environment, *, config: MkDocsConfig, **_: Any) -> Environment:
    """End what helps to convert, and let the search remember the pages that it reads."""
    assert _build.conversions is not None
    _build.conversions.end()
    _build.conversions.forget_old()
    Entries(config)
    return env


def on_page_markdown(markdown: str, *, page: Page, **_: Any) -> str:
    """Insert a guidance page with its shortcodes expanded."""
    assert _build.book is not None
    assert _build.conversions is not None
    _build.conversions.remember(page)
    own = _build.book.pages.get(page.file.src_uri)
    return without_head(own.text) if own and page.file.generated_by is None else markdown


def on_page_content(html: str, **_: Any) -> str:
    """Make tables accessible."""
    return accessible(html)


def on_post_page(output: str, **_: Any) -> str:
    """Correct Material's HTML."""
    return corrected(output)


def on_post_template(output_content: str, **_: Any) -> str:
    """Correct the 404 page."""
    return lost(output_content)
