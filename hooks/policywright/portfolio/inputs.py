"""What a site is made of, as one fingerprint: if it is the same as at the last build, the site would be too."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from pathlib import Path

from policywright import __version__
from policywright.agency.bases import Base, find_bases
from policywright.agency.locks import LOCKS_FILE
from policywright.agency.policy_file import read_document
from policywright.catalog.folders import PACKAGE, content_folder, guidance_folder, how_to_folder
from policywright.files.folders import near_misses
from policywright.model.findings import PolicyError
from policywright.repository import KNOWN

_INHERITED = ("policy.yml", "answers", "registers", "overrides", LOCKS_FILE)
"""What a site takes from a base; the rest of the base's repository makes no difference."""
_NEVER = (".git", ".venv", "site", "published", "deploy")
"""At the root of a repository: what no site is made of, and what builds write."""
_WRITTEN = ("__pycache__", ".policywright")
"""The beginnings of names of what Python and Policywright write, in any folder."""
_LARGE = 1_000_000
"""Bytes; a larger file, such as a wheel, counts by its size and time, because reading it would take too long."""


def inputs_of(root: Path, settings: str, out: Path) -> str:
    """Return the fingerprint of everything from which a repository's site is built.

    `settings` is the name of MkDocs' settings; `out` is the folder of finished sites, which may be in the repository.
    """
    digest = hashlib.sha256(f"{engine_fingerprint()}\0{settings}\0".encode())
    _feed(digest, _files(root, [out.resolve(), *(root / name for name in _NEVER)]), root)
    for base in _bases(root):
        # The site shows where an inherited answer is, line by line, so a comment in a base makes a difference too.
        _feed(digest, (path for name in _INHERITED for path in _files(base.root / name, ())), base.root)
        digest.update(f"{base.prefix}\0{near_misses(base.root, base.prefix, KNOWN)}\0".encode())
    return digest.hexdigest()


def _bases(root: Path) -> list[Base]:
    try:
        return find_bases(root, read_document(root)[0], [])
    except PolicyError:
        return []


@cache
def engine_fingerprint() -> str:
    """Return the fingerprint of what builds: Policywright, its catalogs, the installed packages, Python and the day."""
    installed = sorted(path.name for folder in sys.path for path in Path(folder).glob("*.dist-info"))
    day = os.environ.get("SOURCE_DATE_EPOCH", "")
    digest = hashlib.sha256("\0".join([__version__, sys.version, day, *installed]).encode())
    for folder in dict.fromkeys((PACKAGE, content_folder(), guidance_folder(), how_to_folder())):
        _feed(digest, _files(folder, ()), folder)
    return digest.hexdigest()


def _files(place: Path, without: Collection[Path]) -> Iterator[Path]:
    """Yield a file, or every file below a folder, in an order that is always the same; links are followed once."""
    if place.is_file():
        yield place
    seen: set[str] = set()
    for folder, folders, names in os.walk(place, followlinks=True):
        real = os.path.realpath(folder)
        stop = real in seen
        seen.add(real)
        folders[:] = [] if stop else sorted(n for n in folders if not _left_out(Path(folder) / n, without))
        yield from (Path(folder) / name for name in ([] if stop else sorted(names)) if not name.startswith(_WRITTEN))


def _left_out(path: Path, without: Collection[Path]) -> bool:
    return path.name.startswith(_WRITTEN) or path in without or path.resolve() in without


def _feed(digest: hashlib._Hash, paths: Iterable[Path], root: Path) -> None:
    for path in paths:
        name = os.fsencode(path.relative_to(root))
        said = _said_by(path)
        digest.update(b"%d\0%s%d\0%s" % (len(name), name, len(said), said))


def _said_by(path: Path) -> bytes:
    try:
        state = path.stat()
        return path.read_bytes() if state.st_size <= _LARGE else f"{state.st_size} {state.st_mtime_ns}".encode()
    except OSError as error:  # such as a link to nothing: the build says so, and it may be right next time
        return f"{error.errno}".encode()
