"""The commands schema and skeleton, which write files that follow from the catalog."""

from __future__ import annotations

import os
from pathlib import Path

import click

from policywright.catalog.blank_answers import answer_files, missing, register_files
from policywright.cli.terminal import ROOT, read_draft, write
from policywright.editor_schemas import schema_files


@click.command()
@ROOT
def schema(root: Path) -> None:
    """Write the JSON Schemas of the answer files and registers.

    Editors that check YAML use them to complete answers and to mark mistakes.
    """
    for name in write(root, schema_files(read_draft(root).catalog)):
        click.echo(f"{name} written.")


@click.command()
@ROOT
@click.option("--print", "only_print", is_flag=True, help="Print every file instead of writing the missing ones.")
def skeleton(*, root: Path, only_print: bool) -> None:
    """Write the answer files and registers that are missing.

    They are empty. Existing files are never touched.
    """
    catalog = read_draft(root).catalog
    files = answer_files(catalog) | register_files(catalog)
    if only_print:
        click.echo("\n".join(f"# --- {name}\n{text}" for name, text in files.items()))
        return
    lacking = missing(files, [name for name in files if os.path.lexists(root / name)])
    for name in write(root, lacking):
        click.echo(f"{name} written.")
    if not lacking:
        click.echo("Every element and register already has its file; nothing was written.")
