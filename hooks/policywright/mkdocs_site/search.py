"""Remembers what the theme's plug-in found on a page, and puts the rules first in the index that it has written."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page

from policywright.files.writing import write_files
from policywright.mkdocs_site.remembered import named, recall, remember, with_version
from policywright.model.draft import Draft
from policywright.pages.search_index import arranged

INDEX = "search/search_index.json"
SCRIPT = "search/search_index.js"
"""The same index for a site that is opened from a folder, where no script may read a file."""
_BEFORE = "var __index = "
_PLUGIN = "material/search"
_MARK = re.compile(r"\s?data-search-\w+=\"[^\"]+\"")
_DECIDED_BY = ("mkdocs-material", "jieba")


def remember_entries(config: MkDocsConfig) -> None:
    """Let the theme's plug-in read a page only if it did not read the same page before."""
    index = getattr(config.plugins.get(_PLUGIN), "search_index", None)
    if hasattr(index, "add_entry_from_context") and hasattr(index, "entries"):
        vars(index)["add_entry_from_context"] = partial(_add_entries, index)


def as_indexed(html: str) -> str:
    """Return HTML as the theme's plug-in leaves it: without its own attributes."""
    return _MARK.sub("", html) if "data-search-" in html else html


def _add_entries(index: Any, page: Page) -> None:
    meta = json.dumps(page.meta, default=repr, sort_keys=True)
    name = named(*map(with_version, _DECIDED_BY), page.url, str(page.title), meta, page.content or "")
    entries = recall(name)
    if entries is None:
        number = len(index.entries)
        type(index).add_entry_from_context(index, page)
        remember(name, index.entries[number:])
    else:
        index.entries += entries


def arrange_search(site: Path, draft: Draft, *, folders: bool) -> None:
    """Arrange the index of a finished site again; a site without the theme's search stays as it is."""
    if not (site / INDEX).is_file():
        return
    index = arranged(json.loads((site / INDEX).read_text("utf-8")), draft, folders=folders)
    text = json.dumps(index, separators=(",", ":"))
    beside = {SCRIPT: _BEFORE + text} if (site / SCRIPT).is_file() else {}
    write_files({INDEX: text, **beside}, site)
