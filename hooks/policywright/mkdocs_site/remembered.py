"""Remembers what the costly steps of a build made, by all that decided it, in the user's own cache folder."""

from __future__ import annotations

import json
import sys
import zlib
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from policywright.files.kept import keep, kept_names, read_kept, refresh, throw_away

ENDING = ".made"
_MOST = 6000
"""What is kept at most: two for each page, with 10 kB on average."""
_FAST = 1
"""The level of compression: more of it takes longer than it saves."""
_FORM = 1
"""The form of what is kept: with another number, nothing that was kept before is read."""


def named(*decided: str) -> str:
    """Return the name of what all of this decides."""
    text = "\0".join((str(_FORM), *map(str, sys.version_info[:2]), *decided))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest() + ENDING


def recall(name: str) -> Any:
    """Return what was made under a name, or None."""
    kept = read_kept(name)
    if kept is None:
        return None
    refresh(name)
    try:
        return json.loads(zlib.decompress(kept))
    except (zlib.error, ValueError):
        return None


def remember(name: str, made: Any) -> None:
    """Keep what was made; what JSON cannot say becomes text."""
    keep(name, zlib.compress(json.dumps(made, default=str).encode(), _FAST))


def forget_oldest() -> None:
    """Throw away what was not used for the longest time, if there is more than a few sites need."""
    for name in kept_names(ENDING)[:-_MOST]:
        throw_away(name)


@cache
def with_version(package: str) -> str:
    """Return the name of a package with its version, if it is installed."""
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return package
