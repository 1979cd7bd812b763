"""Remembers what the theme's plug-in found on a page, and puts the rules first in the index that it has written."""

from __future__ import annotations

import json
import re
from copy import copy
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page

from policywright.files.kept import is_kept
from policywright.files.writing import write_files
from policywright.mkdocs_site.remembered import memory, named, recall, remember, with_version
from policywright.model.draft import Draft
from policywright.pages import search_words
from policywright.pages.search_index import Found, arranged

INDEX = "search/search_index.json"
SCRIPT = "search/search_index.js"
"""The same index for a site that is opened from a folder, where no script may read a file."""
_BEFORE = "var __index = "
_PLUGIN = "material/search"
_MARK = re.compile(r"\s?data-search-\w+=\"[^\"]+\"")
_EXCLUDED = re.compile(
    r"<(details|p|span)\b[^>]*\sdata-search-exclude\b[^>]*>(?:[^<]|<(?!/?\1\b|h[1-6]\b))*</\1>", re.IGNORECASE
)
"""Blocks that the plug-in would read and then leave out: half of a policy. A heading in one would still be an entry."""
_DECIDED_BY = ("mkdocs-material", "jieba")


class Entries:
    """What the theme's plug-in finds on the pages of one build; it reads a page only if it did not read it before."""

    def __init__(self, config: MkDocsConfig) -> None:
        index = getattr(config.plugins.get(_PLUGIN), "search_index", None)
        self._index: Any = index if hasattr(index, "add_entry_from_context") and hasattr(index, "entries") else None
        self._waiting: list[tuple[int, str, Page]] = []
        """The pages to be read later, each with the number of entries before its own, and the name of its entries."""
        if self._index is not None:
            vars(self._index)["add_entry_from_context"] = self.add

    def are_known(self, page: Page) -> bool:
        """Return whether there is nothing to read on a page."""
        return self._index is None or is_kept(_named(page))

    def add(self, page: Page) -> None:
        """Add the entries of a page to the index; a server reads a page that changed when it has shown it."""
        if self._index is None:
            return
        name = _named(page)
        entries = recall(name)
        if entries is None and memory.used:
            self._waiting.append((len(self._index.entries), name, copy(page)))
        else:
            self._index.entries += self._read(name, page) if entries is None else entries

    def all_of_them(self) -> list[Any] | None:
        """Read the pages that had to wait; return all entries, or None if there was nothing to wait for."""
        if not self._waiting:
            return None
        for place, name, page in reversed(self._waiting):
            self._index.entries[place:place] = self._read(name, page)
        return list(self._index.entries)

    def _read(self, name: str, page: Page) -> list[Any]:
        number, content = len(self._index.entries), page.content
        page.content = _EXCLUDED.sub("", content or "")
        type(self._index).add_entry_from_context(self._index, page)
        page.content = content
        entries: list[Any] = self._index.entries[number:]
        del self._index.entries[number:]
        remember(name, entries)
        return entries


def _named(page: Page) -> str:
    meta = json.dumps(page.meta, default=repr, sort_keys=True)
    return named(*map(with_version, _DECIDED_BY), page.url, str(page.title), meta, page.content or "")


def as_indexed(html: str) -> str:
    """Return HTML as the theme's plug-in leaves it: without its own attributes."""
    return _MARK.sub("", html) if "data-search-" in html else html


def arrange_search(site: Path, draft: Draft, entries: list[Any] | None = None, *, folders: bool) -> None:
    """Arrange the index of a finished site again; a site without the theme's search stays as it is.

    `entries` are what the index should hold, if that is not what the theme has written.
    """
    if not (site / INDEX).is_file():
        return
    name = _name_of_memory(draft)
    texts: dict[str, Found] = dict(recall(name) or {})
    known = {*texts}
    written = json.loads((site / INDEX).read_text("utf-8"))
    written |= {"docs": json.loads(json.dumps(entries, default=str))} if entries else {}
    index = arranged(written, draft, folders=folders, memory=texts)
    if {*texts} != known:
        remember(name, texts)
    text = json.dumps(index, separators=(",", ":"))
    beside = {SCRIPT: _BEFORE + text} if (site / SCRIPT).is_file() else {}
    write_files({INDEX: text, **beside}, site)


def _name_of_memory(draft: Draft) -> str:
    """Return the name of what was found in the texts of a site before, by the same words and the same code."""
    code = Path(search_words.__file__).read_text("utf-8")
    return named("alike", draft.document.agency_name, repr(draft.catalog.search), code)
