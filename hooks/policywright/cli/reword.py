"""The command that gives an agency the catalog's wording of a clause to start from."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from policywright.agency.overrides import CLAUSES
from policywright.catalog.folders import catalog_folder
from policywright.cli.terminal import ROOT, exit_refused, read_draft, write
from policywright.model.draft import Draft
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
    refused = _refusal(draft, name, root)
    if refused:
        exit_refused(f"{clause} cannot be reworded:", [refused], 1)
    source = next(one for one in draft.catalog.clauses.values() if one.file_id == name)
    text = (catalog_folder(draft.catalog.id) / source.place.file).read_text("utf-8")
    (written,) = write(root, {f"{CLAUSES}/{name}.md": text})
    click.echo(f"{written} written. Change its text; “policywright check” says what depends on it.")
    sys.exit(0)


def _refusal(draft: Draft, name: str, root: Path) -> str:
    known = {clause.file_id: clause for clause in draft.catalog.clauses.values()}
    if name not in known:
        return f"There is no clause “{name}” in the catalog.{did_you_mean(name, known)}"
    file = f"{CLAUSES}/{name}.md"
    if (root / file).exists():
        return f"{file} is there already; nothing was written."
    locked = known[name].locked
    return f"{locked} locks this clause, so it may not be changed here." if locked else ""
