"""Keeps what can be made again in the user's own cache folder, and reads nothing that others could have put there.

Another user who can write to the folder, or put a link or another folder in its place, could choose what is read.
So could a disk that flips bits, and a damaged catalog or template can crash Python. Whatever does not pass is deleted.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
from pathlib import Path

_PLAIN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Follow no link, and do not wait for somebody to write into a pipe."""
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_LENGTH = hashlib.sha256().digest_size


def read_kept(name: str) -> bytes | None:
    """Return what was kept under a name; None when nothing was, or when it is damaged or not certainly ours."""
    folder = _own_folder()
    if folder is None:
        return None
    try:
        sealed = _read_own(folder / name)
    except FileNotFoundError:
        return None
    except OSError:
        sealed = b""
    data = sealed[_LENGTH:]
    if sealed[:_LENGTH] == _seal(name, data):
        return data
    throw_away(name)
    return None


def keep(name: str, data: bytes) -> None:
    """Keep bytes under a name. If they cannot be kept, that is not an error."""
    folder = _own_folder()
    if folder is None:
        return
    import tempfile  # noqa: PLC0415 - most starts find what they need and keep nothing

    with contextlib.suppress(OSError):
        number, made = tempfile.mkstemp(dir=folder)  # only this user may read it
        try:
            with os.fdopen(number, "wb") as file:
                file.write(_seal(name, data) + data)
            Path(made).replace(folder / name)
        finally:
            Path(made).unlink(missing_ok=True)


def is_kept(name: str) -> bool:
    """Return whether something is kept under a name; it may still turn out to be damaged."""
    folder = _own_folder()
    return folder is not None and (folder / name).is_file()


def refresh(name: str) -> None:
    """Note that something is still used: `kept_names` lists what was not used for the longest time first."""
    folder = _own_folder()
    if folder is not None:
        with contextlib.suppress(OSError):
            os.utime(folder / name, follow_symlinks=False)


def throw_away(name: str) -> None:
    """Delete what was kept under a name."""
    folder = _own_folder()
    if folder is None:
        return
    path = folder / name
    with contextlib.suppress(OSError):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


def kept_names(ending: str) -> list[str]:
    """Return the names with this ending under which something is kept, the oldest first."""
    folder = _own_folder()
    used: dict[str, float] = {}
    for path in folder.glob(f"*{ending}") if folder else ():
        with contextlib.suppress(FileNotFoundError):  # another process has just thrown it away
            used[path.name] = path.lstat().st_mtime
    return sorted(used, key=used.__getitem__)


def _seal(name: str, data: bytes) -> bytes:
    """Bind bytes to their name, so that one kept file cannot take another's place."""
    digest = hashlib.sha256(name.encode() + b"\0")
    digest.update(data)
    return digest.digest()


def _read_own(path: Path) -> bytes:
    """Return a file's bytes; none when it is not an ordinary file of this user that no other user may write to."""
    with os.fdopen(os.open(path, _PLAIN), "rb") as file:
        about = os.fstat(file.fileno())
        ours = not hasattr(os, "getuid") or (about.st_uid == os.getuid() and not about.st_mode & _OTHERS_WRITE)
        return file.read() if ours and stat.S_ISREG(about.st_mode) else b""


def _own_folder() -> Path | None:
    """Return the cache folder, and make it when it is missing; None when others could decide what it holds."""
    try:
        folder = _wanted().absolute()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder if _is_own(folder) else None
    except (OSError, RuntimeError):  # RuntimeError: this user has no home
        return None


def _wanted() -> Path:
    named = os.environ.get("POLICYWRIGHT_CACHE")
    if named:
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "policywright/cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "policywright"


def _is_own(folder: Path) -> bool:
    """Whether no other user may write to a folder, or put another one in its place."""
    if not hasattr(os, "getuid"):  # Windows lets only the user write to the user's profile
        return folder.resolve().is_relative_to(Path.home().resolve())
    for step in (*reversed(folder.parents), folder):
        about = step.lstat()
        if about.st_uid not in (0, os.getuid()):
            return False
        if stat.S_ISLNK(about.st_mode):
            return _is_own((step.parent / step.readlink() / folder.relative_to(step)).absolute())
        # In a folder with the sticky bit, such as /tmp, users replace nothing but their own.
        if about.st_mode & stat.S_IWOTH and not about.st_mode & stat.S_ISVTX:
            return False
    return about.st_uid == os.getuid() and not about.st_mode & _OTHERS_WRITE
