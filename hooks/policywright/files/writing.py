"""Writes files and keeps what belongs to each: its link, its mode, its group, and its old text if anything fails."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from policywright.files.locking import locked
from policywright.files.yaml import outside
from policywright.model.findings import Finding, Place, PolicyError

Content = str | bytes
Result = TypeVar("Result")

_TRIES = 5


def write_planned(root: Path, names: Iterable[str], plan: Callable[[], tuple[Result, Mapping[str, Content]]]) -> Result:
    """Plan changes and write them while no other command writes here, and return the plan's result.

    `plan` reads the repository, and returns a result and the files to write. If one of the named files changes while
    it does so, for example in an editor, the changes are planned again.
    Raise PolicyError if another command does not finish, or a file may not be written.
    """
    named = list(names)
    with locked(root):
        for _ in range(_TRIES):
            before = contents(root, named)
            result, files = plan()
            now = contents(root, named)
            if now == before:
                write_files(files, root)
                return result
    raise PolicyError([changed_meanwhile(next(name for name in named if now[name] != before[name]))])


def changed_meanwhile(name: str) -> Finding:
    """Report a file that somebody changed after a command had read it."""
    message = "This file was changed while the command was running, so nothing was written."
    return Finding("E021", "error", message, (Place(name),), "Run the command again.")


def contents(root: Path, names: Iterable[str]) -> dict[str, bytes | None]:
    """Return what files say now; None where there is no file."""
    return {name: (root / name).read_bytes() if (root / name).is_file() else None for name in names}


def write_files(files: Mapping[str, Content], folder: Path) -> list[Path]:
    """Write files below a folder, so that none is ever half-written, and return their paths.

    A link stays, and the file behind it is written; mode, group and further attributes stay too.
    Raise PolicyError, and change nothing, if a file is read-only, is no file, or is a link out of the folder.
    """
    targets = {name: _target(folder, name) for name in files}
    made: dict[str, Path] = {}
    try:
        for name, content in files.items():
            with _named(name):
                made[name] = _beside(targets[name], content)
        # All of them are complete before the first takes its place: a full disk changes nothing.
        for name, temporary in made.items():
            with _named(name):
                temporary.replace(targets[name])
    finally:
        for temporary in made.values():
            temporary.unlink(missing_ok=True)
    return [folder / name for name in files]


class _named:  # noqa: N801 - reads as the statement that it is
    """Reports what the system refuses by the name of the file, never by that of a temporary one."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            reason = (error.strerror or "the system refused").lower()
            raise PolicyError([_refusal(self.name, f"This file cannot be written: {reason}.")]) from error


def _refusal(name: str, message: str) -> Finding:
    fix = "Make it writable, or close the program that holds it, then run the command again."
    return Finding("E022", "error", message, (Place(name),), fix)


def _target(folder: Path, name: str) -> Path:
    """Return the file that a name leads to, and refuse one that may not be written."""
    path = folder / name
    try:
        real = path.resolve(strict=path.is_symlink())
    except (OSError, RuntimeError):  # a circle of links, or a link into nothing
        raise PolicyError([outside(name)]) from None
    if not real.is_relative_to(folder.resolve()):
        raise PolicyError([outside(name)])
    if not real.exists():
        return real
    if not real.is_file():
        raise PolicyError([_refusal(name, "This is not an ordinary file, so it is not written.")])
    # The administrator may write everywhere, but a file without any right to write is meant to stay as it is.
    if not os.access(real, os.W_OK) or not real.stat().st_mode & 0o222:
        raise PolicyError([_refusal(name, "This file is read-only, so it is not written.")])
    return real


def _beside(path: Path, content: Content) -> Path:
    """Write a temporary file next to a file, with its mode, group and attributes, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # In the same folder, because replacing a file is atomic only within one file system.
    temporary = path.with_name(f".policywright-{uuid.uuid4().hex}")
    try:
        # Opened with the mode of any new file, so that the user's mask and the folder's group apply.
        with temporary.open("xb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        if path.exists():
            _keep(path, temporary)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _keep(path: Path, temporary: Path) -> None:
    """Give a new file the owner, group, attributes and mode of the one that it replaces, as far as the user may."""
    was = path.stat()
    if hasattr(os, "chown"):
        # Only the administrator may give files away; a member of a group may set that group.
        with suppress(OSError):
            os.chown(temporary, -1, was.st_gid)
        with suppress(OSError):
            os.chown(temporary, was.st_uid, -1)
    # After the owner, because a change of owner takes some mode bits away.
    shutil.copystat(path, temporary)
    os.utime(temporary)
