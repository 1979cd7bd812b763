"""Finds the file of a finished site that an address names, and never another file."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from urllib.parse import unquote_to_bytes

# A colon names a drive or a stream on Windows, and a backslash is a slash there.
_NEVER = re.compile(r"[\x00-\x1f\x7f\\:]")


def file_at(site: Path, path: str) -> Path | None:
    """Return the file that the path of an address names, as it was sent; None if there is none.

    A folder is its index page. Hidden files, and links that lead out of the site, are as if they were not there.
    """
    name = _decoded(path)
    if not name.startswith("/") or _NEVER.search(name):
        return None
    parts = name[1:].split("/")
    if any(part.startswith(".") or not part for part in parts[:-1]) or parts[-1].startswith("."):
        return None
    return _inside(site, PurePosixPath(*parts[:-1], parts[-1] or "index.html"))


def _decoded(path: str) -> str:
    try:
        return unquote_to_bytes(path).decode()
    except UnicodeError:
        return ""


def _inside(site: Path, name: PurePosixPath) -> Path | None:
    try:
        file = (site / name).resolve(strict=True)
        within = file.is_relative_to(site.resolve(strict=True))
        return file if within and file.is_file() else None
    except (OSError, RuntimeError):  # nothing there, a name that is too long, or a circle of links
        return None
