"""Caches a compiled catalog, so that it is read and checked once and not at every start."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import sys
from collections.abc import Iterable
from dataclasses import is_dataclass
from pathlib import Path

from policywright.catalog.folders import PACKAGE, guidance_folder, how_to_folder
from policywright.files.kept import keep, kept_names, read_kept, throw_away
from policywright.model import catalog
from policywright.model.catalog import Catalog
from policywright.model.findings import Place

_ENDING = ".catalog"
_MOST = 8
"""Catalogs that are kept: one for each version and place from which this user runs."""


def load_catalog(folder: Path, guidance: Path | None = None) -> Catalog:
    """Read a catalog from its cache, or read and check it and fill the cache.

    The key of the cache is a digest of every file's name and content and of the code that makes a catalog,
    so it is never stale. A cache that cannot be read or written is not an error.
    """
    return _load(folder, guidance, _name(folder, guidance))


class KeptCatalog:
    """Loads catalogs as `load_catalog` does, for a process that loads the same one again and again."""

    def __init__(self) -> None:
        self._name = ""
        self._catalog: Catalog | None = None

    def __call__(self, folder: Path) -> Catalog:
        """Return a catalog; the last one again, unless one of its files changed."""
        name = _name(folder, None)
        if self._catalog is None or name != self._name:
            self._name, self._catalog = name, _load(folder, None, name)
        return self._catalog


def _name(folder: Path, guidance: Path | None) -> str:
    return f"{folder.name}-{_digest(_source_files(folder, guidance or guidance_folder()))}{_ENDING}"


def _load(folder: Path, guidance: Path | None, name: str) -> Catalog:
    kept = _read(name)
    if kept is not None:
        return kept
    from policywright.catalog.reader import read_catalog  # noqa: PLC0415 - most starts find a cache and need no reader

    made = read_catalog(folder, guidance)
    _write(made, name)
    return made


def _source_files(folder: Path, guidance: Path) -> list[str]:
    wanted = (".yml", ".md", ".jinja")
    files = [os.path.join(root, name) for root, _, names in os.walk(folder) for name in names if name.endswith(wanted)]  # noqa: PTH118 - many files, and Path is slow
    code = [str(path) for part in _CODE for path in (PACKAGE / part).glob("*.py")]
    pages = [*guidance.glob("*.md"), *how_to_folder().glob("*.md")]
    return sorted([*files, *map(str, pages), *code])


_CODE = ("catalog", "files", "language", "model")
"""The packages that make a catalog; a change in one of their files invalidates every cached catalog."""


def _digest(files: Iterable[str]) -> str:
    digest = hashlib.sha256(f"{sys.version_info[:2]}".encode())
    for path in files:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123
            data = file.read()
        digest.update(f"{path}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()[:32]


def _read(name: str) -> Catalog | None:
    kept = read_kept(name)
    if kept is None:
        return None
    try:
        found = _Unpickler(io.BytesIO(kept)).load()
    except Exception:  # a pickle of something else can raise anything
        found = None
    if isinstance(found, Catalog):
        return found
    throw_away(name)
    return None


class _Unpickler(pickle.Unpickler):
    """Makes nothing but the nouns of a catalog, so that no pickle can call anything else."""

    def find_class(self, module: str, name: str) -> type:
        return _NOUNS[module, name]


_NOUNS = {
    (noun.__module__, noun.__name__): noun
    for noun in (*vars(catalog).values(), Place)
    if isinstance(noun, type) and is_dataclass(noun)
}


def _write(made: Catalog, name: str) -> None:
    from pickletools import optimize  # noqa: PLC0415 - most starts find a cache

    # A pickle remembers every object in case another one needs it again; without this it is read a sixth faster.
    keep(name, optimize(pickle.dumps(made, protocol=pickle.HIGHEST_PROTOCOL)))
    for old in kept_names(_ENDING)[:-_MOST]:
        throw_away(old)
