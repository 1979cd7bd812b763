"""The command build, which builds the sites of many agencies."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import click

from policywright.cli.options import ROOTS, list_option
from policywright.cli.several import listed_agencies
from policywright.cli.terminal import COLORS, counted_off
from policywright.portfolio.sites import FAILED, build_sites


@click.command()
@ROOTS
@list_option("Build the site of every agency of this list")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The folder of the sites; each is in a folder with the agency's id, or with the name of its repository.",
)
@click.option("--published", is_flag=True, help="Build the published sites, with mkdocs.publish.yml.")
def build(*, roots: tuple[Path, ...], listed: Path | None, out: Path, published: bool) -> None:
    """Build the sites of all agencies whose files have changed.

    A site is built again after a change in the agency's repository, in the answers, locks and clauses of its
    bases, in Policywright, or in the installed packages. Several sites are built at once. A site that cannot be
    built stays as it was.

    A build runs the hooks and settings of each repository, as “mkdocs build” does.

    Exit status: 0 if every site is up to date, 1 if one could not be built.
    """
    agencies, flawed = listed_agencies(roots or (() if listed else (Path(),)), listed)
    if not listed:
        agencies = [replace(agency, id=(agency.path or Path()).resolve().name) for agency in agencies]
    counts = Counter[str]()
    for result in counted_off(build_sites(agencies, out, published=published), len(agencies)):
        counts[result.state] += 1
        state = click.style(result.state, fg=COLORS["error"], bold=True) if result.state == FAILED else result.state
        click.echo(f"{result.agency.id}: {state}{result.problem and f': {result.problem}'}")
    said = ", ".join(f"{number} {state}" for state, number in counts.items())
    click.echo(f"{len(agencies)} {'agency' if len(agencies) == 1 else 'agencies'} in {out}: {said}.")
    sys.exit(1 if flawed or counts[FAILED] else 0)
