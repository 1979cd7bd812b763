"""Runs commands inside the process of the tests, where that is not what is tested: no start, and coverage sees them."""

from __future__ import annotations

import contextlib
import gc
import io
import logging
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
from click.testing import CliRunner

from policywright.cli.main import main


def run_here(
    *words: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `policywright …`, `mkdocs …` or `cookiecutter …` as `run` does, but in this process; no exception is caught.

    What needs a separate process (a terminal, a pipe, a signal, another hash seed) calls `run`.
    """
    command, *rest = (str(word) for word in words)
    with unchanged_process(), contextlib.chdir(cwd or Path.cwd()):
        os.environ.update({"NO_MKDOCS_2_WARNING": "1", **(env or {})})
        done = CliRunner().invoke(command_of(command), rest, prog_name=command, catch_exceptions=False)
    return subprocess.CompletedProcess([*words], done.exit_code, done.stdout, done.stderr)


def command_of(name: str) -> click.Command:
    """Return the entry point of a command; most tests need neither MkDocs nor cookiecutter, which load slowly."""
    if name == "mkdocs":
        from mkdocs.__main__ import cli  # noqa: PLC0415

        return cli
    if name == "cookiecutter":
        from cookiecutter.__main__ import main as cookiecutter  # noqa: PLC0415

        return cookiecutter  # type: ignore[no-any-return]
    assert name == "policywright", name
    return main


def begin_here(agency: Path) -> tuple[int, str]:
    """Begin a build, up to the draft and its pages as Markdown; return how many warnings there were, and the log."""
    from mkdocs.config import load_config  # noqa: PLC0415
    from mkdocs.utils import CountHandler  # noqa: PLC0415

    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(logging.Formatter("%(levelname)s - %(message)s"))
    counter = CountHandler()
    counter.setLevel(logging.WARNING)  # what --strict counts
    with unchanged_process():
        log = logging.getLogger("mkdocs")
        log.setLevel(logging.INFO)
        log.handlers[:] = [handler, counter]
        config = load_config(str(agency / "mkdocs.yml"))
        config.plugins.on_startup(command="build", dirty=False)
        config.plugins.on_config(config)
    return sum(number for _, number in counter.get_counts()), said.getvalue()


@contextlib.contextmanager
def unchanged_process() -> Iterator[None]:
    """Put back what a command changes for the rest of its process: garbage collection, the environment, logs."""
    collects, thresholds, environment, path = gc.isenabled(), gc.get_threshold(), dict(os.environ), [*sys.path]
    logs = [logging.getLogger(name) for name in ("mkdocs", "cookiecutter")]
    before = [(log, [*log.handlers], log.level, log.propagate) for log in logs]
    try:
        with warnings.catch_warnings():
            yield
    finally:
        gc.unfreeze()
        (gc.enable if collects else gc.disable)()
        gc.set_threshold(*thresholds)
        forget_plug_ins()
        os.environ.clear()
        os.environ.update(environment)
        sys.path[:] = path
        for log, handlers, level, propagates in before:
            log.handlers[:], log.propagate = handlers, propagates
            log.setLevel(level)


def forget_plug_ins() -> None:
    """Let no build of this process take over a plug-in from another: after --dirty, the search keeps what it found."""
    if "mkdocs.config.defaults" in sys.modules:
        for _, option in sys.modules["mkdocs.config.defaults"].MkDocsConfig._schema:
            getattr(option, "plugin_cache", {}).clear()
