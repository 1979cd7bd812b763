"""Builds the site of a portfolio with MkDocs, and puts it in place only when it is finished."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from policywright.files.placing import begin, put_in_place
from policywright.files.writing import write_files
from policywright.portfolio.site import DATA


def may_be_replaced(folder: Path) -> bool:
    """Return whether nothing is lost if a portfolio takes the place of a folder: it is new, empty, or a portfolio."""
    return not folder.exists() or (folder / DATA).is_file() or (folder.is_dir() and not any(folder.iterdir()))


def build_portfolio(project: Mapping[str, str | bytes], out: Path, today: str) -> str:
    """Build a project and put the site in place; return what MkDocs objects to, or nothing.

    `today` is the date of the files; without it each build would differ.
    """
    with tempfile.TemporaryDirectory(prefix="policywright-") as folder:
        write_files(project, Path(folder))
        site = begin(out.absolute(), keep=False)
        # With -P, and in a folder of ours: Python must not find modules in the folder of the command.
        words = (sys.executable, "-P", "-m", "mkdocs", "build", "--quiet", "--config-file", "mkdocs.yml")
        done = subprocess.run(  # noqa: S603 - our own words, and no shell
            [*words, "--site-dir", str(site)],
            cwd=folder,
            env=_environment(today),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            put_in_place(site, out.absolute())
        else:
            shutil.rmtree(site, ignore_errors=True)
    return "" if done.returncode == 0 else done.stderr + done.stdout


def _environment(today: str) -> dict[str, str]:
    seconds = int(datetime.fromisoformat(today).replace(tzinfo=UTC).timestamp())
    return {**os.environ, "SOURCE_DATE_EPOCH": str(seconds), "NO_MKDOCS_2_WARNING": "1", "PYTHONIOENCODING": "utf-8"}
