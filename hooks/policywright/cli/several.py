"""Commands about many agencies: what `check` prints for several, and `portfolio`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from policywright.cli.options import TODAY
from policywright.cli.terminal import COLOURS, counted_off, shown
from policywright.model.findings import SEVERITIES

if TYPE_CHECKING:
    from policywright.portfolio.reading import AgencyState

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
    from policywright.portfolio.agencies import listed_in, read_agencies  # noqa: PLC0415
    from policywright.portfolio.reading import read_states  # noqa: PLC0415

    if folders and listed:
        raise click.UsageError("Name folders or a list, not both.")
    agencies, findings = read_agencies(listed) if listed else (listed_in(folders), [])
    for finding in findings:
        click.echo(shown(finding), err=True)
    return counted_off(read_states(agencies, today, collected=collected), len(agencies)), bool(findings)


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
        return f"{row['id']}: {click.style('not read', fg=COLOURS['error'], bold=True)}: {state.problem}"
    said = ", ".join(f"{number} {severity}" for severity, number in state.counts.items())
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
@click.option(
    "--list",
    "listed",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    required=True,
    help="The list of agencies; “Several agencies” describes agencies.yml.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="A new or empty folder, or the portfolio of the last time.",
)
@TODAY
def portfolio(listed: Path, out: Path, today: str) -> None:
    """Build a site that shows the state of many agencies.

    For an agency with a status file, the file is read; otherwise its repository.

    Exit status: 0 if every agency was read, 1 if one was not, and 2 if no site could be built. An agency that was not
    read is in the overview, with the reason.
    """
    from policywright.portfolio.building import build_portfolio, may_be_replaced  # noqa: PLC0415
    from policywright.portfolio.site import portfolio_project  # noqa: PLC0415

    if not may_be_replaced(out):
        raise click.UsageError(f"The folder {out} holds something else. Name a new one, so that nothing is lost.")
    found, flawed = states_of((), listed, today, collected=True)
    states = list(found)
    for state in states:
        if state.problem:
            click.echo(f"{state.agency.id}: not read: {state.problem}", err=True)
    objections = build_portfolio(portfolio_project(states, today), out, today)
    if objections:
        click.echo(objections, err=True)
        sys.exit(2)
    click.echo(f"{len(states)} agencies are in {out / 'index.html'}.")
    sys.exit(1 if flawed or any(state.problem for state in states) else 0)
