"""Runs a command in a terminal, as a person does who reads what it says and presses keys."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.systems import open_terminal


@dataclass
class Terminal:
    """The command as it runs in a terminal."""

    process: subprocess.Popen[bytes]
    master: int
    said: str = ""

    def close(self) -> None:
        """Close the window."""
        os.close(self.master)
        self.master = -1

    def press(self, keys: bytes) -> None:
        """Press keys, such as Ctrl-C."""
        os.write(self.master, keys)

    def read_until(self, words: str, seconds: float = 120) -> str:
        """Return everything that was said, once these words are among it."""
        end = time.monotonic() + seconds
        while words not in self.said:
            assert time.monotonic() < end, self.said
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    self.said += os.read(self.master, 10_000).decode("utf-8", "replace").replace("\r\n", "\n")
                except OSError:  # the other end is closed
                    assert words in self.said, self.said
        return self.said


# Only the terminal of a session sends signals for its keys, and when it is closed.
OWN_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


@contextmanager
def in_terminal(root: Path, *options: str, **environment: str) -> Iterator[Terminal]:
    """Run the command in a terminal, as somebody without a display does."""
    """Run `policywright answer` for a repository, on a machine without a browser, until the block ends."""
    master, terminal = open_terminal()
    known = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    process = subprocess.Popen(
        [sys.executable, "-c", OWN_TERMINAL, "-m", "policywright.cli.main", "answer", str(root), *options],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env={**known, "TMPDIR": str(root.parent / "temporary"), "PYTHONIOENCODING": "utf-8", **environment},
        start_new_session=True,
    )
    os.close(terminal)
    here = Terminal(process, master)
    try:
        yield here
    finally:
        process.kill()
        process.wait()
        if here.master >= 0:
            here.close()
