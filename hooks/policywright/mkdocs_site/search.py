"""Puts the rules first in the search index that the theme's plug-in has written."""

from __future__ import annotations

import json
from pathlib import Path

from policywright.files.writing import write_files
from policywright.model.draft import Draft
from policywright.pages.search_index import arranged

INDEX = "search/search_index.json"
SCRIPT = "search/search_index.js"
"""The same index for a site that is opened from a folder, where no script may read a file."""
_BEFORE = "var __index = "


def arrange_search(site: Path, draft: Draft, *, folders: bool) -> None:
    """Arrange the index of a finished site again; a site without the theme's search stays as it is."""
    if not (site / INDEX).is_file():
        return
    index = arranged(json.loads((site / INDEX).read_text("utf-8")), draft, folders=folders)
    text = json.dumps(index, separators=(",", ":"))
    beside = {SCRIPT: _BEFORE + text} if (site / SCRIPT).is_file() else {}
    write_files({INDEX: text, **beside}, site)
