"""Caches a compiled catalog, so that it is read and checked once and not at every start."""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from policywright.catalog.folders import PACKAGE, guidance_folder
from policywright.model.catalog import Catalog


def load_catalog(folder: Path, guidance: Path | None = None) -> Catalog:
    """Read a catalog from its cache, or read and check it and fill the cache.

    The key of the cache is a digest of every file's name and content and of the code that makes a catalog,
    so it is never stale. A cache that cannot be read or written is not an error.
    """
    sources = _source_files(folder, guidance or guidance_folder())
    path = cache_folder() / f"{folder.name}-{_digest(sources)}.pickle"
    kept = _read(path)
    if kept is not None:
        return kept
    from policywright.catalog.reader import read_catalog  # noqa: PLC0415 - most starts find a cache and need no reader

    catalog = read_catalog(folder, guidance)
    _write(catalog, path)
    return catalog


def cache_folder() -> Path:
    """Return the user's cache folder; POLICYWRIGHT_CACHE names another one."""
    named = os.environ.get("POLICYWRIGHT_CACHE")
    if named:
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "policywright/cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "policywright"


def made_folder(name: str) -> str | None:
    """Create a folder of this name in the user's cache; None if that is not possible."""
    folder = cache_folder() / name
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        return None
    owned = not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()
    return str(folder) if owned and os.access(folder, os.W_OK) else None


def _source_files(folder: Path, guidance: Path) -> list[str]:
    wanted = (".yml", ".md", ".jinja")
    files = [os.path.join(root, name) for root, _, names in os.walk(folder) for name in names if name.endswith(wanted)]  # noqa: PTH118 - many files, and Path is slow
    code = [str(path) for part in _CODE for path in (PACKAGE / part).glob("*.py")]
    return sorted([*files, *map(str, guidance.glob("*.md")), *code])


_CODE = ("catalog", "files", "language", "model")
"""The packages that make a catalog; a change in one of their files invalidates every cached catalog."""


def _digest(files: Iterable[str]) -> str:
    digest = hashlib.sha256(f"{sys.version_info[:2]}".encode())
    for path in files:
        with open(path, "rb") as file:  # noqa: PTH123
            data = file.read()
        digest.update(f"{path}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()[:32]


def _read(path: Path) -> Catalog | None:
    try:
        if hasattr(os, "getuid") and path.stat().st_uid != os.getuid():
            return None
        # A pickle can run code, so a file of another user is never loaded. Anyone who can write as this user can
        # already run programs as this user.
        kept = pickle.loads(path.read_bytes())  # noqa: S301 - our own file in the user's own cache folder
    except Exception:
        return None
    return kept if isinstance(kept, Catalog) else None


def _write(catalog: Catalog, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(pickle.dumps(catalog, protocol=pickle.HIGHEST_PROTOCOL))
        Path(file.name).replace(path)
        _forget_others(path)
    except OSError:
        return


def _forget_others(path: Path, keep: int = 8) -> None:
    kept = sorted(path.parent.glob("*.pickle"), key=lambda other: other.stat().st_mtime, reverse=True)
    for old in kept[keep:]:
        old.unlink(missing_ok=True)
