"""Folders that one process of a test run makes and every process reads: a finished site takes seconds to build."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

Shared = Callable[[str, Callable[[Path], object]], Path]
"""Name of a folder and what fills it -> the folder; whoever comes later waits and finds it filled."""


def made_once(base: Path, name: str, fill: Callable[[Path], object]) -> Path:
    """Return the folder of this name below `base`; if nobody filled it yet, fill it."""
    base.mkdir(exist_ok=True)
    folder, filled = base / name, base / f"{name}.filled"
    with FileLock(base / f"{name}.lock"):
        if not filled.exists():
            shutil.rmtree(folder, ignore_errors=True)  # another process may have failed in the middle
            folder.mkdir()
            fill(folder)
            filled.touch()
    return folder
