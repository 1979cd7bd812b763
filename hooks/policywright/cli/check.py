"""The command check: lists what is wrong or open in one agency, or in many."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from policywright.approval.objections import Refused
from policywright.approval.reviews import overdue as overdue_days
from policywright.cli.listing import KINDS, listing, of_kinds
from policywright.cli.options import ROOTS, TODAY, list_option, office_option, one_office
from policywright.cli.terminal import read_draft
from policywright.drafting.progress import decider
from policywright.exports.report import as_json, report_data
from policywright.model.draft import Draft
from policywright.model.findings import SEVERITIES, Finding, at_or_above, unsettled
from policywright.pages.site_settings import with_site_findings


@click.command()
@ROOTS
@list_option("Check every agency of this list")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="The format of the output.")
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="blocker",
    show_default=True,
    help="The least severity that makes the exit status 1.",
)
@click.option(
    "--least",
    type=click.Choice(SEVERITIES),
    default="advice",
    help="Leave out findings that are less severe than this.",
)
@click.option(
    "--only",
    type=click.Choice([*KINDS]),
    multiple=True,
    help="List only this kind; conflicts are warnings and advice. Repeat the option for more.",
)
@office_option("List only what this office can settle: the findings about answers that it decides about.")
@click.option("--verbose", "-v", is_flag=True, help="List each gap in full, instead of one line for each office.")
@click.option(
    "--overdue",
    is_flag=True,
    help="Exit with 1 if a review, a sign-off or a decision is overdue, whatever the severity.",
)
@TODAY
def check(  # noqa: PLR0913 - one parameter for each option
    *,
    roots: tuple[Path, ...],
    listed: Path | None,
    form: str,
    fail_on: str,
    least: str,
    only: tuple[str, ...],
    office: str | None,
    verbose: bool,
    overdue: bool,
    today: str,
) -> None:
    """List errors and conflicts, and the answers still to give.

    Each error and conflict is listed with its file, its line and the way to fix it. Errors and blockers come first,
    then warnings and advice, then the number of answers that each office still has to give.

    Exit status: 0 if nothing is at or above --fail-on, 1 if something is, 2 if the command could not run.
    Findings that a valid decision accepts are listed, but do not affect the exit status.

    With several folders, or a list, there is one line for each agency, and the exit status is that of the worst: 2
    if one could not be read, whatever the others say.
    """
    if listed or len(roots) > 1:
        if least != SEVERITIES[-1] or only or office or verbose:
            raise click.UsageError("--least, --only, --office and --verbose list the findings of one agency.")
        from policywright.cli.several import check_several  # noqa: PLC0415 - one agency must be checked fast

        sys.exit(check_several(roots, listed, form, fail_on, today, overdue=overdue))
    root = next(iter(roots), Path())
    draft = with_site_findings(read_draft(root, today), root)
    found = of_kinds(_of_office(office, draft, at_or_above(draft.findings, least)), only)
    click.echo(
        as_json(report_data(draft, found)).rstrip() if form == "json" else listing(draft, found, verbose=verbose)
    )
    late = overdue_days(draft) if overdue else []
    for due in late:
        click.echo(f"Overdue since {due.date}: {due.title} ({due.place}).", err=form == "json")
    # --least, --only and --office only hide findings from the list; the exit status is about all of them.
    sys.exit(1 if late or at_or_above(unsettled(draft.findings), fail_on) else 0)


def _of_office(word: str | None, draft: Draft, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    if not word:
        return findings
    try:
        office = one_office(word, draft.catalog.roles, draft.document)
    except Refused as refused:
        raise click.UsageError(" ".join(refused.reasons)) from None
    return tuple(finding for finding in findings if decider(finding, draft) == office)
