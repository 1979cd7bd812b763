"""Runs a host of sites in a separate process, where the toy catalog is the only one."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.agency_files import ROOT
from tests.support.toy import use_pool


def command_of(*words: str) -> list[str]:
    """Return the command of a host that is a Python package, such as properdocs."""
    return [sys.executable, "-m", "tests.support.hosts", *words]


def environment() -> dict[str, str]:
    """Return an environment in which the host finds this checkout."""
    path = os.pathsep.join([str(ROOT / "hooks"), str(ROOT)])
    return {**os.environ, "PYTHONPATH": path, "NO_MKDOCS_2_WARNING": "1", "PYTHONIOENCODING": "utf-8"}


def run_host(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of a host to its end."""
    command, env = command_of(*words), environment()
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, encoding="utf-8", check=False)


def main(name: str, *words: str) -> None:
    """Run a host in this process."""
    host = importlib.import_module(f"{name}.__main__")
    with pytest.MonkeyPatch.context() as patch:
        use_pool(patch)
        host.cli([*words], prog_name=name)


if __name__ == "__main__":
    main(*sys.argv[1:])
