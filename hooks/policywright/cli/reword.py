"""The command that gives an agency the catalog's wording of a clause to start from."""

from __future__ import annotations

from pathlib import Path

import click

from policywright.agency.overrides import CLAUSES
from policywright.catalog.folders import catalog_folder
from policywright.cli.terminal import ROOT, exit_refused, read_draft, write
from policywright.model.findings import did_you_mean


@click.command()
@click.argument("clause")
@ROOT
def reword(clause: str, root: Path) -> None:
    """Write a clause of the catalog into overrides/clauses/, so that you can word it differently.

    CLAUSE is an id such as CIT-1-comments-all; “policywright explain” and the site show the ids.
    The file holds the text of the policy and that of its procedures. Delete the part that you do not change.
    Exit status: 0 if it was written, 1 if it was refused.
    """
    draft = read_draft(root)
    name = clause.removesuffix(".p")
    known = {one.file_id: one for one in draft.catalog.clauses.values()}
    file = f"{CLAUSES}/{name}.md"
    refused = ""
    if name not in known:
        refused = f"There is no clause “{name}” in the catalog.{did_you_mean(name, known)}"
    elif (root / file).exists():
        refused = f"{file} is there already; nothing was written."
    elif known[name].locked:
        refused = f"{known[name].locked} locks this clause, so it may not be changed here."
    if refused:
        exit_refused(f"{clause} cannot be reworded:", [refused], 1)
    write(root, {file: (catalog_folder(draft.catalog.id) / known[name].place.file).read_text("utf-8")})
    click.echo(f"{file} written. Change its text; “policywright check” says what depends on it.")
