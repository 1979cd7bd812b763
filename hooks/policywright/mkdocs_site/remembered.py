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


class Memory:
    """What the builds of a process made and recalled, if it builds one site again and again.

    It holds what the last two builds asked for.
    """

    def __init__(self) -> None:
        self.used = False
        self._before: dict[str, Any] = {}
        self._now: dict[str, Any] = {}
        self._unwritten: list[str] = []

    def next_build(self) -> None:
        """Forget what the last build did not need."""
        self._before, self._now = self._now, {}

    def get(self, name: str) -> Any:
        """Return what was made under a name, or None."""
        made = self._now.get(name) or self._before.get(name)
        if made is not None:
            self._now[name] = made
        return made

    def put(self, name: str, made: Any, *, new: bool = False) -> None:
        """Remember what was made; what is new is not in the user's folder yet."""
        self._now[name] = made
        if new:
            self._unwritten.append(name)

    def write(self) -> None:
        """Keep what is new in the user's folder too."""
        for name in self._unwritten:
            made = self.get(name)
            if made is not None:  # builds that ended early wrote nothing, and what they made may be forgotten
                _keep(name, made)
        self._unwritten.clear()


memory = Memory()


def recall(name: str) -> Any:
    """Return what was made under a name, or None; nobody may change it."""
    made = memory.get(name)
    if made is not None:
        return made
    kept = read_kept(name)
    if kept is None:
        return None
    refresh(name)
    try:
        made = json.loads(zlib.decompress(kept))
    except (zlib.error, ValueError):
        return None
    if memory.used:
        memory.put(name, made)
    return made


def remember(name: str, made: Any) -> None:
    """Keep what was made; what JSON cannot say becomes text."""
    if memory.used:
        memory.put(name, made, new=True)
    else:
        _keep(name, made)


def _keep(name: str, made: Any) -> None:
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
