"""What only some systems have: a test that needs it is skipped elsewhere, and never fails to load."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def make_pipe(path: Path) -> None:
    """Put a named pipe at a path; Windows has none."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("named pipes exist on POSIX systems only")
    os.mkfifo(path)


def open_terminal() -> tuple[int, int]:
    """Return both ends of a pseudo-terminal; Windows has none."""
    return pytest.importorskip("pty", exc_type=ImportError).openpty()  # type: ignore[no-any-return]
