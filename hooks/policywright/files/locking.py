"""Lets one command at a time write to a repository, also on a network share that several machines use."""

from __future__ import annotations

import json
import os
import platform
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from policywright.files.schema import mapping
from policywright.model.findings import Finding, Place, PolicyError, short

LOCK = ".policywright.lock"
PATIENCE = 60.0
"""Seconds for which a command waits for others; each of them takes one or two."""
LONGEST = 600.0
"""Seconds after which a lock is treated as that of a killed command, wherever that ran."""
_PAUSE = 0.05


@contextmanager
def locked(root: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the lock of a repository; raise PolicyError (E021) if another command does not release it in time."""
    # A folder that is missing has nothing to lose; what the command then reports names the mistake better.
    if not root.is_dir():
        yield
        return
    lock, ours = root / LOCK, _said()
    end = time.monotonic() + patience
    while not _taken(lock, ours):
        text = _text(lock)
        if _stale(lock, text):
            _remove(lock, text)
        elif time.monotonic() > end:
            raise PolicyError([_busy(text)])
        else:
            time.sleep(_PAUSE)
    try:
        yield
    finally:
        _remove(lock, ours)


def this_host() -> str:
    """Return the name of this machine, and of the container that numbers its processes for itself."""
    # Two containers may have one name and two processes of one number.
    with suppress(OSError):
        return f"{platform.node()} {Path('/proc/self/ns/pid').stat().st_ino}"
    return platform.node()


def _said() -> str:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return json.dumps({"process": os.getpid(), "host": this_host(), "time": now, "id": uuid.uuid4().hex})


def _taken(lock: Path, ours: str) -> bool:
    """Create the lock unless it is there; creating a file that must not exist is atomic on network shares too."""
    try:
        handle = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
    except FileExistsError:
        return False
    except PermissionError as error:
        # Windows refuses the name of a file that is just being deleted.
        if lock.exists():
            return False
        raise PolicyError([_closed()]) from error
    except OSError as error:
        raise PolicyError([_closed((error.strerror or "the system refused").lower())]) from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(ours)
    return True


def _text(lock: Path) -> str:
    with suppress(OSError):
        return lock.read_bytes()[:1000].decode(errors="replace")
    return ""


def _stale(lock: Path, text: str) -> bool:
    """Return whether a lock is that of a command that was killed."""
    data = _data(text)
    process = data.get("process")
    if data.get("host") == this_host() and isinstance(process, int) and not runs(process):
        return True
    try:
        made = lock.stat().st_mtime
    except OSError:
        return False
    # A network share may have another clock than this machine, so its own is asked before a lock is taken away.
    return time.time() - made > LONGEST and _clock_of(lock) - made > LONGEST


def _clock_of(lock: Path) -> float:
    """Return the time by the clock of the file system."""
    probe = lock.with_name(f"{LOCK}-{uuid.uuid4().hex}")
    with suppress(OSError):
        probe.touch()
        now = probe.stat().st_mtime
        probe.unlink()
        return now
    return 0.0


def _data(text: str) -> dict[str, object]:
    try:
        return dict(mapping(json.loads(text)))
    except (ValueError, RecursionError):
        return {}


def runs(process: int) -> bool:
    """Return whether a process of this machine still runs; yes if that is not known."""
    # On Windows, os.kill would end the process; there only the age of the lock counts.
    if os.name == "nt" or process <= 0:
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def _remove(lock: Path, text: str) -> None:
    """Remove the lock with this content; a lock that another command has made since then is put back."""
    aside = lock.with_name(f"{LOCK}-{uuid.uuid4().hex}")
    with suppress(OSError):
        lock.rename(aside)
        if _text(aside) == text or lock.exists():
            aside.unlink()
        else:
            aside.rename(lock)


def _busy(text: str) -> Finding:
    data = _data(text)
    host, process, since = (short(str(data.get(key, "?"))) for key in ("host", "process", "time"))
    who = f"process {process} on {host.partition(' ')[0]}, since {since}"
    fix = f"Run the command again in a moment. If no command is running any longer, delete {LOCK}."
    return Finding("E021", "error", f"Another command is writing here ({who}).", (Place(LOCK),), fix)


def _closed(reason: str = "permission denied") -> Finding:
    message = f"Nothing can be written into this folder: {reason}."
    return Finding(
        "E022", "error", message, (Place("policy.yml"),), "Ask for permission to write, then run the command again."
    )
