"""Runs `mkdocs build` in a separate process, with the settings and the hooks of a repository."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def begin_build(root: Path, *options: str, new_session: bool = False) -> subprocess.Popen[str]:
    """Begin to build the site of a repository; what the build says comes as one text.

    With `new_session`, Ctrl+C does not reach the build.
    """
    return subprocess.Popen(  # noqa: S603 - our own interpreter, and no shell
        # -P: the folder's own files must not take the place of installed modules.
        [sys.executable, "-P", "-m", "mkdocs", "build", "--quiet", *options],
        cwd=root,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONIOENCODING": "utf-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=new_session,
    )
