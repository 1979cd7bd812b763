"""Finds the wheel of the running Policywright, which a new repository takes along and records with its hash."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from policywright import __version__
from policywright.catalog.folders import template_folder

WHEEL_NAME = f"policywright-{__version__}-py3-none-any.whl"


def find_own_wheel() -> Path | None:
    """Return the wheel that was built beside the template, or from which this package was installed; None if unknown.

    A file that changed after the installation is another wheel.
    """
    installed = _installed_from()
    return next((path for path in (template_folder().parent / "dist" / WHEEL_NAME, *installed) if path.is_file()), None)


def is_own_wheel(path: Path) -> bool:
    """Return whether a file is a wheel of the running version, by its name and by what it says inside."""
    try:
        with zipfile.ZipFile(path) as wheel:
            about = wheel.read(f"policywright-{__version__}.dist-info/METADATA")
    except (OSError, KeyError, zipfile.BadZipFile):
        return False
    return path.name == WHEEL_NAME and f"\nVersion: {__version__}\n".encode() in about


def own_source() -> str:
    """Return what pip builds the wheel of this version from: an address or a folder, or nothing if nobody knows."""
    origin = _origin()
    url, git = str(origin.get("url", "")), origin.get("vcs_info")
    if isinstance(git, dict):
        return f"{git.get('vcs', 'git')}+{url}@{git.get('commit_id', '')}"
    return str(_local(url)) if url.startswith("file:") else url


def _installed_from() -> list[Path]:
    """Return the wheel file that pip, pipx or uv recorded, if it is still the same."""
    origin = _origin()
    path = _local(str(origin.get("url", "")))
    if path.name != WHEEL_NAME or not path.is_file():
        return []
    archive = origin.get("archive_info")
    hashes = archive.get("hashes") if isinstance(archive, dict) else None
    recorded = hashes.get("sha256") if isinstance(hashes, dict) else None
    same = not recorded or hashlib.sha256(path.read_bytes()).hexdigest() == recorded
    return [path] if same else []


def _local(url: str) -> Path:
    return Path(url2pathname(urlsplit(url).path))


def _origin() -> dict[str, Any]:
    """Return what the installer recorded about where this package came from (PEP 610); empty for one of an index."""
    try:
        text = importlib.metadata.distribution("policywright").read_text("direct_url.json")
    except importlib.metadata.PackageNotFoundError:
        return {}
    try:
        origin = json.loads(text or "{}")
    except ValueError:
        return {}
    return origin if isinstance(origin, dict) else {}
