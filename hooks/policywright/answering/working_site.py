"""Builds the working site of a repository into a temporary folder, and again in the background after each change."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from policywright.answering.mkdocs_build import begin_build
from policywright.files.locking import runs, this_host
from policywright.files.schema import mapping
from policywright.repository import KNOWN

_NAME = "policywright-answer-"
_OWNER = "server.json"


_State = frozenset[tuple[str, int, int]]
"""Path, time and size of each file from which a site was built."""


class NotBuilt(Exception):
    """Raised when the site cannot be built; the message is what the build said."""


class WorkingSite:
    """The site as it was last built; nobody else on this machine can read its folder."""

    def __init__(self, root: Path, failed: Callable[[str], None]) -> None:
        """Make the temporary folder. `failed` gets what a build in the background said when it failed."""
        remove_left()
        self._root, self._failed = root.resolve(), failed
        # The system makes it readable for this user only.
        self.home = Path(tempfile.mkdtemp(prefix=_NAME))
        (self.home / _OWNER).write_text(json.dumps({"process": os.getpid(), "host": this_host()}), "utf-8")
        self._folder = self.home
        self._number = 0
        self._built_from = _State()
        self._wanted, self._idle, self._closed = threading.Event(), threading.Event(), threading.Event()
        self._idle.set()
        self._starting = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._worker: threading.Thread | None = None

    @property
    def folder(self) -> Path:
        """The folder of the last finished site."""
        return self._folder

    @property
    def building(self) -> bool:
        """Whether a newer site is on its way."""
        return not self._idle.is_set()

    def fresh(self, patience: float) -> Path:
        """Return the folder of a site that says what the files say now, or the last one after this many seconds."""
        if _files_of(self._root) != self._built_from:
            self.renew()
        self._idle.wait(patience)
        return self._folder

    def build(self) -> None:
        """Build the site; raise NotBuilt if that fails, and keep the last one."""
        self._number += 1
        new = self.home / str(self._number) / "site"
        # Before the build: what changes while it runs is built next time. A failed build is not tried again.
        self._built_from = _files_of(self._root)
        try:
            self._run(new)
        except BaseException:
            shutil.rmtree(new.parent, ignore_errors=True)
            raise
        old, self._folder = self._folder, new
        # The one before stays for pages that are just being sent; the one before that goes.
        for folder in self.home.glob("[0-9]*"):
            if folder not in (old.parent, new.parent):
                shutil.rmtree(folder, ignore_errors=True)

    def renew(self) -> None:
        """Build the site again in the background, and once more if something changes in the meantime."""
        with self._starting:
            self._idle.clear()
            self._wanted.set()
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, daemon=True)
                self._worker.start()

    def close(self) -> None:
        """Stop building, and remove the folder."""
        self._closed.set()
        self._wanted.set()
        if self._child:
            with suppress(OSError):
                self._child.kill()
        if self._worker:
            self._worker.join(10)
        shutil.rmtree(self.home, ignore_errors=True)

    def _work(self) -> None:
        while self._wanted.wait() and not self._closed.is_set():
            self._wanted.clear()
            try:
                self.build()
            except NotBuilt as error:
                if not self._closed.is_set():
                    self._failed(str(error))
            with self._starting:
                if not self._wanted.is_set():
                    self._idle.set()

    def _run(self, site: Path) -> None:
        # Ctrl+C ends this process, which then ends the build; the build has nothing to say about it.
        self._child = begin_build(self._root, "--site-dir", str(site), new_session=True)
        said, _ = self._child.communicate()
        if self._child.returncode:
            raise NotBuilt(said.strip() or "The build of the site failed without a message.")


def _files_of(root: Path) -> _State:
    """Return the state of the files from which the site is built; it changes if one of them does."""
    paths = [path for name in (*KNOWN, "mkdocs.yml") for path in (root / name, *(root / name).rglob("*"))]
    return frozenset(filter(None, map(_state, paths)))


def _state(path: Path) -> tuple[str, int, int] | None:
    # A build writes compiled hooks, and with them changes the time of their folder.
    with suppress(OSError):  # it is not there, or has just been removed
        found = path.stat()
        if stat.S_ISREG(found.st_mode) and path.parent.name != "__pycache__":
            return str(path), found.st_mtime_ns, found.st_size
    return None


def remove_left() -> None:
    """Remove the folders of servers that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_NAME}*"):
        with suppress(OSError, ValueError):
            # The folder for temporary files is everybody's: nothing of another user is even read.
            if hasattr(os, "getuid") and folder.lstat().st_uid != os.getuid():
                continue
            owner = mapping(json.loads((folder / _OWNER).read_text("utf-8")))
            process = owner.get("process")
            if owner.get("host") == this_host() and isinstance(process, int) and not runs(process):
                shutil.rmtree(folder, ignore_errors=True)
