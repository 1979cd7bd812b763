"""Builds a folder next to where it belongs, and moves it there when it is finished."""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from policywright.files.locking import runs

_HOST = socket.gethostname().replace("-", "_")
_LONGEST = 3600
"""Seconds after which a build on another computer is treated as killed."""


def begin(target: Path, *, keep: bool) -> Path:
    """Return the folder in which to build what will take the place of `target`.

    It is beside `target`, because only within one file system a folder is put in place at once; where nothing may be
    written there, it is in the folder for temporary files. It has the hidden files of `target`, as people keep
    settings of web servers there, and with `keep` all its files.
    """
    _recover(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = _beside(target, "new")
        folder.mkdir()
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="policywright-"))
    if target.is_dir():
        shutil.copytree(target, folder, dirs_exist_ok=True, symlinks=True, ignore=None if keep else _visible_in(target))
    return folder


def _visible_in(folder: Path) -> Callable[[str, list[str]], set[str]]:
    return lambda path, names: {name for name in names if path == str(folder) and not name.startswith(".")}


def put_in_place(folder: Path, target: Path) -> None:
    """Let a finished folder take the place of `target`.

    A reader finds the old folder, the new one or, for a moment, none. If the old one cannot be moved, for example
    because it is a mounted disk or a file in it is open on Windows, the files are replaced one by one.
    """
    try:
        _swap(folder, target)
    except OSError:
        _fill(folder, target)
    shutil.rmtree(folder, ignore_errors=True)


def _swap(folder: Path, target: Path) -> None:
    old = _beside(target, "old")
    if not target.exists():
        folder.rename(target)
        return
    _dress(folder, target)
    target.rename(old)
    try:
        folder.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _dress(folder: Path, model: Path) -> None:
    """Give a folder the mode and the group of another: a web server reads it by them."""
    state = model.stat()
    with contextlib.suppress(OSError, AttributeError):  # Windows has no groups, and not everybody may give one away
        os.chown(folder, -1, state.st_gid)
    folder.chmod(state.st_mode & 0o7777)


def _fill(folder: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    new = {path.relative_to(folder) for path in folder.rglob("*")}
    for path in sorted(new):
        if (folder / path).is_dir():
            (target / path).mkdir(exist_ok=True)
        else:
            shutil.copy2(folder / path, target / path)
    for path in sorted(target.rglob("*"), reverse=True):
        if path.relative_to(target) not in new:
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


def _beside(target: Path, kind: str) -> Path:
    return target.with_name(f".{target.name}.{kind}-{_HOST}-{os.getpid()}")


def _recover(target: Path) -> None:
    """Put back or remove what a killed build left beside `target`."""
    for old in _left(target, "old"):
        if not target.exists():
            old.rename(target)
    for path in (*_left(target, "old"), *_left(target, "new")):
        if not _in_use(path):
            shutil.rmtree(path, ignore_errors=True)


def _left(target: Path, kind: str) -> list[Path]:
    return sorted(target.parent.glob(f".{glob.escape(target.name)}.{kind}-*-*")) if target.parent.is_dir() else []


def _in_use(path: Path) -> bool:
    """Return whether the build that made this folder may still run."""
    _, host, process = path.name.rsplit("-", 2)
    # Where nobody can say whether a process runs, its age decides.
    if os.name == "nt" or host != _HOST:
        return time.time() - path.stat().st_mtime < _LONGEST
    return process.isdecimal() and int(process) != os.getpid() and runs(int(process))
