"""The commands of a policy's life: sign, decide, release."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from policywright.agency.decisions import DECISIONS_FILE
from policywright.approval import commands
from policywright.approval.objections import Refused
from policywright.approval.releases import catalog_fingerprint
from policywright.approval.sign_offs import SIGN_OFFS_FILE, standings
from policywright.catalog.folders import catalog_folder
from policywright.cli.options import as_day
from policywright.cli.terminal import ROOT, exit_refused, write
from policywright.clock import this_day
from policywright.draft import draft_of, make_draft, open_repository
from policywright.files.line_ends import read_raw
from policywright.files.schema import line


def _line(_: click.Context, __: click.Parameter, value: str | None) -> str:
    if value is not None and not line(value):
        raise click.BadParameter("There are no words in it.")
    return line(value)


DATE = click.option("--date", callback=as_day, metavar="DATE", help="The day on which it is done; otherwise today.")


@click.command()
@click.option("--role", required=True, metavar="ROLE", help="The office that signs, by its id in the catalog: legal.")
@click.option("--by", required=True, callback=_line, metavar="NAME", help="The person who signs for it.")
@click.option(
    "--elements",
    multiple=True,
    metavar="ID",
    help="Sign these only, as comments,conduct; otherwise all that it decides.",
)
@DATE
@click.option("--until", callback=as_day, metavar="DATE", help="The last day on which the sign-off holds.")
@click.option("--note", callback=_line, metavar="TEXT", help="A remark to keep with it.")
@ROOT
def sign(  # noqa: PLR0913 - one parameter for each option
    *, root: Path, role: str, by: str, elements: Sequence[str], date: str, until: str, note: str
) -> None:
    """Record that an office approves the wording of its provisions.

    The sign-off is a row of sign-offs.yml and lapses as soon as one of these provisions reads differently.
    The wording that was approved is kept in releases/signed.yml, so that the difference can be shown.
    """
    day = date or this_day()
    draft = draft_of(root, day)
    wanted = tuple(name.strip() for part in elements for name in part.split(",") if name.strip())
    try:
        given = commands.Signature(role, by, day, wanted, until, note)
        row, files = commands.sign(draft, given, read_raw(root / SIGN_OFFS_FILE))
    except Refused as refused:
        exit_refused("This cannot be signed off:", refused.reasons, 2)
    write(root, files)
    titles = ", ".join(f"“{draft.catalog.elements[element].title}”" for element in row.elements)
    click.echo(f"{row.by} signed {len(row.provisions)} provisions of {titles} for “{draft.catalog.roles[role].title}”.")
    open_ = {p.clause.id for p in draft.policy.provisions if p.gaps}
    waiting = len(open_ & set(row.provisions))
    if waiting:
        click.echo(f"{waiting} of them still wait for answers; the sign-off lapses when these are given.")
    missing = [one for one in standings(draft) if one.required and one.state == "missing" and one.role != role]
    if missing:
        offices = dict.fromkeys(draft.catalog.roles[one.role].title for one in missing)
        click.echo(f"Still to sign: {', '.join(offices)}.")


@click.command()
@click.argument("code")
@ROOT
@click.option("--accept", "kind", flag_value="accept", help="The risk is accepted.")
@click.option("--plan", "kind", flag_value="plan", help="It will be mended by the last day.")
@click.option("--owner", required=True, callback=_line, metavar="NAME", help="The office or person who answers for it.")
@click.option(
    "--until", required=True, callback=as_day, metavar="DATE", help="The last day on which the decision holds."
)
@click.option("--reason", required=True, callback=_line, metavar="TEXT", help="Why the finding may stand.")
@DATE
def decide(  # noqa: PLR0913 - one parameter for each option
    *, code: str, root: Path, kind: str | None, owner: str, until: str, reason: str, date: str
) -> None:
    """Let the finding of a rule stand by choice, with an owner and a last day.

    CODE is the code of the rule, such as GOAL-03. The decision is a row of decisions.yml; it lapses when an answer on
    which the rule looks changes, or when its last day is over, and then the finding counts again.
    """
    if kind is None:
        raise click.UsageError("Say which: --accept when the risk is accepted, --plan when it will be mended.")
    day = date or this_day()
    draft = draft_of(root, day)
    try:
        chosen = commands.RiskDecision(code, kind, owner, until, reason, day)
        files = commands.decide(draft, chosen, read_raw(root / DECISIONS_FILE))
    except Refused as refused:
        exit_refused("This cannot be decided:", refused.reasons, 2)
    write(root, files)
    done = {"accept": "accepted", "plan": "planned to be mended"}[kind]
    click.echo(f"{code} is {done} until {until}; {owner} answers for it. The decision stands in {DECISIONS_FILE}.")


@click.command()
@click.argument("version")
@ROOT
@click.option("--by", callback=_line, metavar="NAME", help="Who releases it; otherwise the owner of the policy.")
@DATE
def release(version: str, root: Path, by: str, date: str) -> None:
    """Freeze the policy as a version, when nothing stands against it.

    VERSION is a number such as 1.0. The release is a file in releases/ that nobody edits; in policy.yml the version,
    the status and an empty date of adoption are filled in. The status becomes in_force when the day under “in_force:”
    has come, and otherwise approved.

    Exit status: 0 when it was released, 1 when something stands against it, which is listed, 2 when the command could
    not run.
    """
    day = date or this_day()
    repository, catalog = open_repository(root)
    document = repository.document
    plan = commands.plan_release(document.dates, document.review_every, version, day, by or document.owner)
    draft = make_draft(repository.judged_as(**plan.instead), catalog, day)
    begun = commands.unfinished(draft, plan, document, read_raw(root / commands.POLICY_FILE))
    if begun:
        write(root, begun[1])
        click.echo(f"{begun[0].place.file} stands already; {commands.POLICY_FILE} now names version {version} too.")
        return
    try:
        catalog_print = catalog_fingerprint(catalog_folder(catalog.id))
        files = commands.release(draft, plan, catalog_print, read_raw(root / commands.POLICY_FILE))
    except Refused as refused:
        exit_refused("This policy may not be released yet:", refused.reasons, 1)
    for name in write(root, files):
        click.echo(f"{name} written.")
    state = {"in_force": "in force", "approved": "approved"}[plan.status]
    click.echo(f"Version {version} is released and {state}.")


COMMANDS = (sign, decide, release)
