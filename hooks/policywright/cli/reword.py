"""The command that gives an agency the catalog's wording of a clause to start from."""

from __future__ import annotations

import re
from pathlib import Path

import click

from policywright.agency.overrides import CLAUSES
from policywright.catalog.folders import catalog_folder
from policywright.cli.completion import CLAUSE
from policywright.cli.terminal import ROOT, exit_refused, read_draft, write
from policywright.clock import this_day
from policywright.draft import make_draft, open_repository
from policywright.drafting.siblings import mark_of, reworded, siblings_of
from policywright.files.edits import Keys, with_values
from policywright.files.line_ends import read_raw
from policywright.files.writing import write_planned
from policywright.model.catalog import PROCEDURES_SUFFIX
from policywright.model.findings import did_you_mean


@click.command()
@click.argument("clause", shell_complete=CLAUSE)
@click.option("--looked-at", is_flag=True, help="Record that you have compared the siblings with your wording.")
@ROOT
def reword(clause: str, root: Path, *, looked_at: bool) -> None:
    """Copy a clause of the catalog, so that you can reword it.

    The copy is in overrides/clauses/. CLAUSE is an id such as CIT-1-comments-all; “policywright explain” and the
    site show the ids. The file has the text of the policy and that of its procedures. Delete the part that you do
    not change.

    “policywright check” names the other texts that rest on the same answers (P102). When you have compared them
    with yours, --looked-at records that in your file; the finding returns when one of these texts or yours
    changes. Exit status: 0 if it was written, 1 if it was refused.
    """
    name = clause.removesuffix(PROCEDURES_SUFFIX)
    file = f"{CLAUSES}/{name}.md"
    if looked_at:
        write_planned(root, (file,), lambda: (None, {file: _marked(root, name, file)}))
        click.echo(f"{file} now says that you have looked at its siblings.")
        return
    draft = read_draft(root)
    known = {one.file_id: one for one in draft.catalog.clauses.values()}
    refused = ""
    if name not in known:
        refused = f"There is no clause “{name}” in the catalog.{did_you_mean(name, known)}"
    elif (root / file).exists():
        refused = f"{file} already exists; nothing was written."
    elif known[name].locked:
        refused = f"{known[name].locked} locks this clause, so it may not be changed here."
    if refused:
        exit_refused(f"{clause} cannot be reworded:", [refused], 1)
    write(root, {file: (catalog_folder(draft.catalog.id) / known[name].place.file).read_text("utf-8")})
    click.echo(f"{file} written. Change its text; “policywright check” says what depends on it.")


_FRONT = re.compile(r"\A(---\r?\n)(.*?)(?=^---\r?$)", re.DOTALL | re.MULTILINE)


def _marked(root: Path, name: str, file: str) -> str:
    """Return the file of a rewording with the mark of its siblings as they read now."""
    repository, catalog = open_repository(root)
    clauses = next((own for own in reworded(repository.overrides, catalog) if own[0].file_id == name), None)
    if clauses is None:
        exit_refused("There is nothing to look at:", [f"{file} has no wording of yours for a clause."], 1)
    policy = make_draft(repository, catalog, this_day()).policy
    values: dict[Keys, str] = {("looked_at",): mark_of(clauses, siblings_of(clauses, policy, catalog))}
    return _FRONT.sub(lambda found: found[1] + with_values(found[2], file, values), read_raw(root / file), count=1)
