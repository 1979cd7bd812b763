"""Finds the wheel of the running Policywright, which a new repository takes along and records with its hash."""

from __future__ import annotations

import csv
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

_ABOUT = f"policywright-{__version__}.dist-info"


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
            about = wheel.read(f"{_ABOUT}/METADATA")
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
    """Return the wheel file that pip, pipx or uv installed, if it still holds just what is installed."""
    path = _local(str(_origin().get("url", "")))
    if not is_own_wheel(path):
        return []
    with zipfile.ZipFile(path) as wheel:
        packed = _recorded(wheel.read(f"{_ABOUT}/RECORD").decode())
    return [path] if packed <= _recorded(_of_installation("RECORD")) else []


def _recorded(record: str) -> set[tuple[str, ...]]:
    """Return each file of a RECORD with its hash and size."""
    return {tuple(row) for row in csv.reader(record.splitlines()) if len(row) == 3 and row[1]}


def _of_installation(name: str) -> str:
    """Return a file that the installer wrote about this package, or nothing."""
    try:
        return importlib.metadata.distribution("policywright").read_text(name) or ""
    except importlib.metadata.PackageNotFoundError:
        return ""


def _local(url: str) -> Path:
    return Path(url2pathname(urlsplit(url).path))


def _origin() -> dict[str, Any]:
    """Return what the installer recorded about where this package came from (PEP 610); empty for one of an index."""
    try:
        origin = json.loads(_of_installation("direct_url.json") or "{}")
    except ValueError:
        return {}
    return origin if isinstance(origin, dict) else {}
