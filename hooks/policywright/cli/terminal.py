"""What the commands share: the folder argument, the progress line, and the output of findings."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, TypeVar

import click

from policywright.clock import this_day
from policywright.draft import draft_of
from policywright.model.draft import Draft
from policywright.model.findings import Finding

Item = TypeVar("Item")

COLORS = {"error": "red", "blocker": "red", "gap": "magenta", "warning": "yellow", "advice": "cyan"}

ROOT = click.argument("root", type=click.Path(path_type=Path, file_okay=False), default=".")


def read_draft(root: Path, today: str = "") -> Draft:
    """Draft the policy of a repository on the given day, or else on the current one."""
    # What is read stays until the command ends, so that no search for cycles of objects needs to look at it: not while
    # it grows, and not when Python ends, which alone would be a twentieth of the time.
    gc.disable()
    try:
        with _progress("Reading the answers and the catalog …"):
            return draft_of(root, today or this_day())
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def _progress(words: str) -> Iterator[None]:
    """Show a line on a terminal while something runs, and remove it afterwards."""
    with progress_line() as show:
        show(words)
        yield


@contextmanager
def progress_line() -> Iterator[Callable[[str], None]]:
    """Yield what shows words on one line of a terminal, each in place of the last; the line is removed at the end."""
    width = 0

    def show(words: str) -> None:
        nonlocal width
        if sys.stderr.isatty():
            click.echo(f"{words.ljust(width)}\r", nl=False, err=True)
            width = len(words)

    try:
        yield show
    finally:
        show("")


def counted_off(items: Iterable[Item], total: int) -> Iterator[Item]:
    """Yield items, and show on a terminal how many of them are there."""
    items = iter(items)
    for number in range(total):
        with _progress(f"{number} of {total} agencies …"):
            item = next(items)
        yield item


def write(root: Path, files: Mapping[str, str]) -> list[str]:
    """Write files below a folder and return their names."""
    from policywright.files.writing import write_files  # noqa: PLC0415 - check must start fast

    write_files(files, root)
    return list(files)


def shown(finding: Finding) -> str:
    """Return a finding as text, with a colored severity on a terminal."""
    colored = click.style(finding.severity, fg=COLORS[finding.severity], bold=True)
    return str(finding).replace(f": {finding.severity} ", f": {colored} ", 1)


def exit_refused(title: str, reasons: Iterable[str], status: int) -> NoReturn:
    """Print why something is refused, and end the command with an exit status."""
    click.echo("\n".join([title, *(f"- {reason}" for reason in reasons)]), err=True)
    sys.exit(status)
