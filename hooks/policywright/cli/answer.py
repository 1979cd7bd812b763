"""The command answer: the forms of the working site in a browser, whose answers go into the files."""

from __future__ import annotations

import getpass
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from policywright.approval.objections import Refused
from policywright.cli.options import office_option, one_office
from policywright.cli.terminal import ROOT, exit_refused, read_draft
from policywright.model.draft import Draft
from policywright.model.findings import one_of

if TYPE_CHECKING:
    from policywright.answering.server import AnswerServer, Desk

START, EVERYTHING = "start", "everything"
"""The pages that belong to no office."""
FEW = 12
"""An agency with at most this many answers is sent to the page of the first questions."""

_SECRET = "Keep this address to yourself: anyone who has it can read the draft and save answers."  # noqa: S105 - no secret
_ELSEWHERE = """
If your browser is on another computer, run this there, and open the same address there:

  ssh -L {port}:127.0.0.1:{port} {user}@{host}

Without ssh: “mkdocs build” writes the same pages into a folder, which you can open anywhere. Answer there, choose
“Download the answers”, and add the file here with “policywright take”.
"""
_END = "Press Ctrl-C to stop. The command also stops after an hour without a request."


@dataclass(frozen=True)
class _Wish:
    """What the person asked for."""

    root: Path
    page: str
    """The name of the page in answer/."""
    port: int
    opens: bool
    """Whether a browser is opened."""
    idle: float | None = None
    """Seconds without a request after which it stops, instead of an hour; for tests."""


@click.command()
@ROOT
@office_option("Open the page of this office: its id, its title, or its name here, such as legal or Counsel.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="The port to listen on; by default, any free one."
)
@click.option("--idle", type=float, hidden=True, help="Stop after this many seconds without a request.")
def answer(*, root: Path, office: str | None, no_browser: bool, port: int, idle: float | None) -> None:
    """Answer the questions in a browser and save the answers.

    The command builds the working site into a temporary folder, opens it in your browser, and writes what you save
    into the YAML files. It answers on this computer only, and only to a browser that has the key in the address.

    Press Ctrl-C to stop it. It also stops after an hour in which nobody opened a page or saved. The build runs the
    hooks that mkdocs.yml names, as “mkdocs build” does.
    """
    from policywright.answering.opening import has_browser  # noqa: PLC0415 - help loads every command

    draft = read_draft(root)
    wish = _Wish(root, _page(draft, office), port, not no_browser and has_browser(os.environ), idle)
    if not wish.opens and _terminal() is None:
        raise click.UsageError("The address has a key in it, so it is only printed in a terminal. Run it in one.")
    with _ended_by_signals():
        _answer(wish, draft)


def _page(draft: Draft, office: str | None) -> str:
    """Return the name of the page to open."""
    if office is None:
        given = sum(answer.origin == "agency" and answer.value is not None for answer in draft.answers.values())
        return START if given <= FEW else EVERYTHING
    try:
        return one_office(office, draft.catalog.roles, draft.document)
    except Refused as refused:
        exit_refused("This page cannot be opened:", refused.reasons, 2)


def _answer(wish: _Wish, draft: Draft) -> None:
    """Build the site, and serve it until the end; then remove it."""
    from policywright.answering.saving import desk_of  # noqa: PLC0415 - help loads every command
    from policywright.answering.working_site import NotBuilt, WorkingSite  # noqa: PLC0415

    site = WorkingSite(wish.root, _not_renewed)
    with ExitStack() as at_end:
        at_end.callback(site.close)
        try:
            server = _server(desk_of(wish.root, site, draft.document.short_name), wish)
            at_end.callback(server.close)
            click.echo("Building the working site …", err=True)
            site.build()
            _serve(server, wish, _path(site.folder, wish.page))
        except NotBuilt as error:
            click.echo(f"The working site cannot be built.\n{error}", err=True)
            sys.exit(2)
        except KeyboardInterrupt:
            with suppress(OSError):  # the terminal may be gone
                click.echo("\nStopped. Everything you saved is in the files.", err=True)


def _not_renewed(said: str) -> None:
    click.echo(f"The answers are saved, but the pages cannot be built again.\n{said}", err=True)


def _server(desk: Desk, wish: _Wish) -> AnswerServer:
    from policywright.answering.server import AnswerServer, Limits  # noqa: PLC0415 - help loads every command

    try:
        return AnswerServer(desk, wish.port, Limits(idle=wish.idle) if wish.idle else Limits())
    except OSError as error:
        reason = (error.strerror or "the system refused").lower()
        message = f"Port {wish.port} cannot be used: {reason}. Choose another one, or leave out --port."
        raise click.UsageError(message) from error


def _path(site: Path, page: str) -> str:
    """Return the path of a page in the finished site."""
    pages = (EVERYTHING,) if page == START else ()
    for name in (page, *pages):
        for path in (f"answer/{name}.html", f"answer/{name}/"):
            if (site / path).exists():
                return path
    if page in (START, EVERYTHING):
        return ""
    offices = [path.stem for path in sorted(site.glob("answer/*")) if path.stem not in (START, EVERYTHING, "index")]
    choose = f" Choose one of: {one_of(offices)}." if offices else ""
    raise click.UsageError(f"No question is asked of the office “{page}”.{choose}")


def _serve(server: AnswerServer, wish: _Wish, path: str) -> None:
    """Print the address, open the browser, and serve."""
    from policywright.answering.opening import open_in_browser  # noqa: PLC0415 - help loads every command

    address = server.address(path)
    _print(address, server.port, opens=wish.opens)
    if wish.opens:
        open_in_browser(address, server.entered)
    if server.run():
        click.echo("Stopped, because nobody opened a page in the last hour.", err=True)


def _print(address: str, port: int, *, opens: bool) -> None:
    """Print the address in the terminal, and nowhere else: a file or a log may have other readers."""
    to_errors = _terminal()
    if to_errors is None:
        click.echo("The page opens in your browser. Its address is only printed in a terminal.", err=True)
        return
    elsewhere = "" if opens else _ELSEWHERE.format(port=port, user=_user(), host=socket.gethostname())
    for words in ("Answer in your browser at this address:", f"\n  {address}\n", _SECRET, elsewhere, _END):
        click.echo(words, err=to_errors, nl=bool(words))


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container whose user has no name
        return "USER"


def _terminal() -> bool | None:
    """Return whether standard error is the terminal, and not standard output; None if neither is."""
    if sys.stdout.isatty():
        return False
    return True if sys.stderr.isatty() else None


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let the end of a terminal, and a request to end, remove the temporary folder as Ctrl-C does."""
    names = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(name, _interrupt) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt
