"""Commands about many agencies: what `check` prints for several, and `portfolio`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from policywright.cli.options import TODAY, list_option
from policywright.cli.terminal import COLORS, counted_off, shown
from policywright.files.writing import write_files
from policywright.model.findings import SEVERITIES, in_numbers
from policywright.portfolio.agencies import Listed, listed_in, read_agencies
from policywright.portfolio.building import build_portfolio, may_be_replaced
from policywright.portfolio.following import bases_of_list
from policywright.portfolio.pipelines import jobs_of
from policywright.portfolio.reading import AgencyState, read_states
from policywright.portfolio.shards import joined_state, part_of_list, state_files
from policywright.portfolio.site import portfolio_project

# The modules of portfolio/ are loaded when there are several agencies: “check” of one must start fast.


def check_several(
    folders: Sequence[Path], listed: Path | None, form: str, fail_on: str, today: str, *, overdue: bool
) -> int:
    """Print one line for each agency, and return the exit status of the worst."""
    states, flawed = states_of(folders, listed, today, collected=False)
    worst = 2 if flawed else 0
    rows = []
    for state in states:
        worst = max(worst, _status(state, fail_on, today if overdue else ""))
        rows.append(_row(state, today))
        if form == "text":
            click.echo(_line(state, rows[-1]))
    click.echo(_dump(rows) if form == "json" else _sum(rows))
    return worst


def states_of(
    folders: Sequence[Path], listed: Path | None, today: str, *, collected: bool
) -> tuple[Iterator[AgencyState], bool]:
    """Return the state of each agency as it is read, and whether the list has mistakes, which are printed."""
    agencies, flawed = listed_agencies(folders, listed)
    return counted_off(read_states(agencies, today, collected=collected), len(agencies)), flawed


def listed_agencies(folders: Sequence[Path], listed: Path | None) -> tuple[list[Listed], bool]:
    """Return the agencies of a list or of folders, and whether the list has mistakes, which are printed."""
    if folders and listed:
        raise click.UsageError("Name folders or a list, not both.")
    agencies, findings = read_agencies(listed) if listed else (listed_in(folders), [])
    for finding in findings:
        click.echo(shown(finding), err=True)
    return agencies, bool(findings)


def _status(state: AgencyState, fail_on: str, late_on: str) -> int:
    if state.problem:
        return 2
    return 1 if state.has(fail_on) or (late_on and state.overdue(late_on)) else 0


def _row(state: AgencyState, today: str) -> dict[str, Any]:
    """Return what is kept of an agency: a few words, so that a thousand take little memory."""
    return {
        "id": state.agency.id,
        "title": state.title,
        "group": state.agency.group,
        "problem": state.problem,
        **{key: state.data.get(key) for key in ("status", "version", "counts", "undecided", "locks")},
        "overdue": len(state.overdue(today)),
        "first": state.first,
    }


def _line(state: AgencyState, row: dict[str, Any]) -> str:
    if state.problem:
        return f"{row['id']}: {click.style('not read', fg=COLORS['error'], bold=True)}: {state.problem}"
    said = in_numbers(state.counts)
    version = f" {row['version']}" if row["version"] else ""
    late = f"; {row['overdue']} overdue" if row["overdue"] else ""
    unknown = "the status file of a published site names no findings"
    return f"{row['id']}: {row['status']}{version}: {said or unknown}{late}"


def _sum(rows: Sequence[dict[str, Any]]) -> str:
    unread = sum(bool(row["problem"]) for row in rows)
    stopped = sum(bool(row["counts"] and (row["counts"]["error"] or row["counts"]["blocker"])) for row in rows)
    return f"{len(rows)} agencies; {unread} not read, {stopped} with errors or blockers."


def _dump(rows: Sequence[dict[str, Any]]) -> str:
    totals = {severity: _total(severity, rows) for severity in SEVERITIES}
    return json.dumps({"agencies": rows, "counts": totals}, ensure_ascii=False, indent=2)


def _total(severity: str, rows: Iterable[dict[str, Any]]) -> int:
    return sum(row["counts"][severity] for row in rows if row["counts"])


@click.command()
@list_option("The list of agencies", required=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="A new or empty folder, or the last portfolio.",
)
@click.option("--shard", metavar="N/M", help="Read only every M-th agency from the N-th on, and write its state.")
@click.option(
    "--states",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of the states: with --shard it is written, with --out it is read instead of the agencies.",
)
@click.option(
    "--jobs",
    "forge",
    type=click.Choice(["gitlab", "github"]),
    help="Print the jobs of a forge that read the agencies on several machines, and join them.",
)
@click.option(
    "--base",
    "bases",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    multiple=True,
    help="A repository that agencies build on, to show who has its present state; otherwise the one that holds the"
    " list. Repeat the option for more.",
)
@TODAY
def portfolio(  # noqa: PLR0913 - one parameter for each option
    *,
    listed: Path,
    out: Path | None,
    shard: str | None,
    folder: Path | None,
    forge: str | None,
    bases: tuple[Path, ...],
    today: str,
) -> None:
    """Build a site that shows the state of many agencies.

    For an agency with a status file, the file is read; otherwise its repository.

    Several machines can share the work: each writes its part with --shard 2/4 --states FOLDER, and one builds the
    site from all parts with --states FOLDER --out SITE. The site is the same as one that was built in one go.

    Exit status: 0 if every agency and every base was read, 1 if one was not, and 2 if nothing could be built. An
    agency that was not read is in the overview, with the reason.
    """
    if [bool(forge), bool(shard), bool(out)].count(True) != 1 or (shard and not folder) or (forge and folder):
        raise click.UsageError("Write --out SITE, or --shard N/M with --states FOLDER, or --jobs with a forge.")
    if forge:
        _print_jobs(listed, forge)
    elif shard and folder:
        _write_part(listed, shard, folder, today)
    elif out:
        _build(listed, out, folder, bases, today)


def _print_jobs(listed: Path, forge: str) -> None:
    click.echo(jobs_of(forge, listed.name, len(read_agencies(listed)[0])), nl=False)


def _write_part(listed: Path, shard: str, folder: Path, today: str) -> None:
    part = part_of_list(read_agencies(listed)[0], shard)
    if part is None:
        raise click.UsageError(f"“{shard}” is not a part of a list. Write 2/4 for the second of four.")
    states = list(counted_off(read_states(part, today, collected=True), len(part)))
    folder.mkdir(parents=True, exist_ok=True)
    write_files(state_files(states), folder)
    _name_unread(states)
    click.echo(f"The states of {len(states)} agencies are in {folder}.")


def _build(listed: Path, out: Path, folder: Path | None, bases: Sequence[Path], today: str) -> None:
    if not may_be_replaced(out):
        raise click.UsageError(f"The folder {out} has other files in it. Name a new one, so that nothing is lost.")
    states, flawed = _joined(listed, folder) if folder else _read_all(listed, today)
    below = bases_of_list(listed, bases, today)
    _name_unread([*below, *states])
    objections = build_portfolio(portfolio_project(states, today, below), out, today)
    if objections:
        click.echo(objections, err=True)
        sys.exit(2)
    click.echo(f"{len(states)} agencies are in {out / 'index.html'}.")
    sys.exit(1 if flawed or any(state.problem for state in (*below, *states)) else 0)


def _read_all(listed: Path, today: str) -> tuple[list[AgencyState], bool]:
    found, flawed = states_of((), listed, today, collected=True)
    return list(found), flawed


def _joined(listed: Path, folder: Path) -> tuple[list[AgencyState], bool]:
    agencies, flawed = listed_agencies((), listed)
    return [joined_state(agency, folder) for agency in agencies], flawed


def _name_unread(states: Iterable[AgencyState]) -> None:
    for state in states:
        if state.problem:
            click.echo(f"{state.agency.id}: not read: {state.problem}", err=True)
