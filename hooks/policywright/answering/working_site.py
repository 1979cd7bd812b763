"""Builds the working site of a repository into a temporary folder, and again in the background after each change."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from policywright.files.locking import runs, this_host
from policywright.files.schema import mapping

SETTINGS = "mkdocs.yml"
_NAME = "policywright-answer-"
_OWNER = "server.json"


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
        self._number = 0
        self._folder = self.home
        self._wanted, self._closed = threading.Event(), threading.Event()
        self._busy = False
        self._child: subprocess.Popen[str] | None = None
        self._worker: threading.Thread | None = None

    @property
    def folder(self) -> Path:
        """The folder of the last finished site."""
        return self._folder

    @property
    def building(self) -> bool:
        """Whether a newer site is on its way."""
        return self._wanted.is_set() or self._busy

    def build(self) -> None:
        """Build the site; raise NotBuilt if that fails, and keep the last one."""
        self._number += 1
        new = self.home / str(self._number) / "site"
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
        """Build the site again in the background, and once more if something changes meanwhile."""
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
            self._busy = True
            self._wanted.clear()
            try:
                self.build()
            except NotBuilt as error:
                if not self._closed.is_set():
                    self._failed(str(error))
            self._busy = False

    def _run(self, site: Path) -> None:
        settings = self._root / SETTINGS
        if not settings.is_file():
            raise NotBuilt(f"There is no {SETTINGS} beside policy.yml, so the site cannot be built.")
        # -P: the folder's own files must not take the place of installed modules.
        words = [sys.executable, "-P", "-m", "mkdocs", "build", "--quiet"]
        self._child = subprocess.Popen(  # noqa: S603 - our own interpreter, and no shell
            [*words, "--config-file", str(settings), "--site-dir", str(site)],
            cwd=self._root,
            env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            # Ctrl-C ends this process, which then ends the build; the build has nothing to say about it.
            start_new_session=True,
        )
        said, _ = self._child.communicate()
        if self._child.returncode:
            raise NotBuilt(said.strip() or "The build of the site ended without a word.")


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
