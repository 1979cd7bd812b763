"""A book as a plain MkDocs project without hooks, with the settings of the template's site."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from policywright.model.draft import Draft
from policywright.pages.converter import EXTENSIONS
from policywright.pages.feeds import pages_file
from policywright.pages.renderer import Book, Page
from policywright.pages.style import SCRIPT, SEARCH_LATER, STYLE

SETTINGS: dict[str, Any] = {
    "theme": {
        "name": "material",
        "font": False,
        "features": ["navigation.indexes", "navigation.top", "toc.follow", "search.highlight"],
        "palette": [
            {
                "media": "(prefers-color-scheme: light)",
                "scheme": "default",
                "toggle": {"icon": "material/weather-night", "name": "Switch to the dark scheme"},
            },
            {
                "media": "(prefers-color-scheme: dark)",
                "scheme": "slate",
                "toggle": {"icon": "material/weather-sunny", "name": "Switch to the light scheme"},
            },
        ],
    },
    "markdown_extensions": EXTENSIONS,
    "plugins": ["search", "offline"],
    "extra": {"generator": False, "polyfills": ["assets/iframe-worker.js", SEARCH_LATER]},
}


def plain_settings(command: str, name: str, navigation: list[Any], **more: Any) -> str:
    """Return the mkdocs.yml that a command writes for a site with our look.

    Themes print the site's name and the titles in its navigation unescaped, so they are escaped for HTML here.
    """
    settings = {
        "site_name": escape(name),
        **SETTINGS,
        "extra_css": [STYLE],
        "extra_javascript": [SCRIPT],
        "nav": _escaped(navigation),
        **more,
    }
    # JSON is also YAML, and json.dumps needs no rules for quoting.
    return f"# Written by “{command}”.\n{json.dumps(settings, ensure_ascii=False, indent=2)}\n"


def plain_site(draft: Draft, book: Book) -> dict[str, str | bytes]:
    """Return the files of a project that any MkDocs can build: path -> content.

    Themes print page titles unescaped, so they are escaped for HTML here.
    """
    name = f"{draft.document.agency_name}: {draft.document.title}"
    config = plain_settings("policywright render", name, book.navigation)
    beside: dict[str, str | bytes] = {page.uri: titled(page) for page in book.pages.values()}
    beside |= {**book.files, **pages_file(book.pages, book.pages, folders=False)}
    return {"mkdocs.yml": config, **{f"docs/{uri}": content for uri, content in beside.items()}}


def _escaped(navigation: list[Any]) -> list[Any]:
    entries = [entry if isinstance(entry, dict) else {"": entry} for entry in navigation]
    pairs = [(escape(title), target) for entry in entries for title, target in entry.items()]
    nested = [(title, _escaped(target) if isinstance(target, list) else target) for title, target in pairs]
    return [{title: target} if title else target for title, target in nested]


def titled(page: Page) -> str:
    """Return a page whose title in the front matter is escaped for HTML."""
    title = json.dumps(page.title, ensure_ascii=False)
    return page.text.replace(f"title: {title}\n", f"title: {escape(title, quote=False)}\n", 1)
