"""The command line: its commands, each of which is loaded only when it is used, and what they have in common."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from policywright import __version__
from policywright.clock import NotADay
from policywright.model.findings import PolicyError

MODULES = {
    "acknowledge": "compare",
    "answer": "answer",
    "build": "sites",
    "check": "check",
    "confirm": "take",
    "decide": "approve",
    "diff": "compare",
    "explain": "explain",
    "export": "export",
    "new": "new",
    "portfolio": "several",
    "release": "approve",
    "render": "render",
    "review": "review",
    "reword": "reword",
    "schema": "skeleton",
    "sign": "approve",
    "skeleton": "skeleton",
    "take": "take",
    "upgrade": "upgrade",
    "verify": "verify",
}
"""Name of a command, and of the function that is the command -> the module of this package that has it."""


class _Commands(click.Group):
    """A group that loads a command when it is used, and turns every PolicyError into findings and exit status 2."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        """Return the names of the commands, in the order of the help."""
        return [*MODULES]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load a command; None if there is none of this name."""
        return load_command(cmd_name) if cmd_name in MODULES else None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PolicyError as error:
            from policywright.cli.terminal import shown  # noqa: PLC0415 - help and completion must start fast

            for finding in error.findings:
                click.echo(shown(finding), err=True)
            ctx.exit(2)
        except NotADay as error:
            click.echo(str(error), err=True)
            ctx.exit(2)
        # A full disk, a missing permission or a file that disappeared: a sentence, not a traceback.
        except OSError as error:
            click.echo(f"{error.filename or 'A file'}: {(error.strerror or 'the system refused').lower()}.", err=True)
            ctx.exit(2)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="policywright")
def main() -> None:
    """Turn an agency's answers into a social media policy.

    Every command takes the folder of an agency's repository, the one that holds policy.yml; without it, the
    current folder.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Windows consoles often cannot encode “ and ”, and printing must not fail because of them.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def load_command(name: str) -> click.Command:
    """Return a command by its name."""
    command: click.Command = getattr(import_module(f"policywright.cli.{MODULES[name]}"), name)
    return command


def every_command() -> dict[str, click.Command]:
    """Return all commands by name."""
    return {name: load_command(name) for name in MODULES}


if __name__ == "__main__":
    main()
