"""The folder that an export fills: which of its files an export may replace, and the list of fingerprints."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

SUMS = "SHA256SUMS"
"""The file that lists the SHA-256 of each exported file, in the form that `sha256sum --check` reads."""

_LINE = re.compile(r"^([0-9a-f]{64})  (.+)$", re.MULTILINE)


def in_the_way(made: Mapping[str, bytes], folder: Path) -> list[str]:
    """Return the names of files that would be lost: those that no export wrote, or that changed since."""
    known = _sums(folder)
    there = {name: (folder / name).read_bytes() for name in made if (folder / name).is_file()}
    return [name for name, old in there.items() if old != made[name] and known.get(name) != _digest(old)]


def with_sums(made: Mapping[str, bytes], folder: Path) -> dict[str, bytes]:
    """Add the list of fingerprints; the files of earlier exports that are still there stay in it."""
    kept = {name: digest for name, digest in _sums(folder).items() if (folder / name).is_file()}
    return {**made, SUMS: sums_file(kept | {name: _digest(content) for name, content in made.items()})}


def sums_file(digests: Mapping[str, str]) -> bytes:
    """Return the list of fingerprints: name -> SHA-256."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()


def _sums(folder: Path) -> dict[str, str]:
    path = folder / SUMS
    text = path.read_text("utf-8", errors="replace") if path.is_file() else ""
    return {name: digest for digest, name in _LINE.findall(text)}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
