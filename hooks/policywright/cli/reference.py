"""The reference page of the command line, built from the help of the commands."""

from __future__ import annotations

import click

from policywright.cli.main import every_command, main


def commands_page() -> str:
    """Return the page in Markdown: each command with its help."""
    context = click.Context(main, info_name="policywright", max_content_width=100)
    parts = ["---\ntitle: Commands\n---\n\n# Commands\n", _help(main, context)]
    for name, command in every_command().items():
        inner = click.Context(command, info_name=name, parent=context, max_content_width=100)
        parts.append(f"## policywright {name} {{: #{name} }}\n\n{_help(command, inner)}")
    return "\n".join(parts)


def _help(command: click.Command, context: click.Context) -> str:
    return f"```text\n{command.get_help(context)}\n```\n"
