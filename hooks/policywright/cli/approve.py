"""The commands for approval: sign, decide, release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from policywright.agency.decisions import DECISIONS_FILE
from policywright.approval import commands
from policywright.approval.objections import Refused
from policywright.approval.releases import WITHDRAWN_FILE, WORDINGS_FILE, catalog_fingerprint, release_file
from policywright.approval.sign_offs import SIGN_OFFS_FILE, standings
from policywright.catalog.folders import catalog_folder
from policywright.cli.completion import ELEMENTS, RULE
from policywright.cli.options import as_day, as_line, names_in, offices_option, some_offices
from policywright.cli.terminal import ROOT, exit_refused
from policywright.clock import this_day
from policywright.draft import draft_of, make_draft, open_repository
from policywright.files.line_ends import read_raw
from policywright.files.writing import write_planned
from policywright.model.draft import Draft
from policywright.model.versions import SignOff

DATE = click.option("--date", callback=as_day, metavar="DATE", help="The day on which it is done; by default, today.")


@click.command()
@offices_option("The office that signs", required=True)
@click.option("--by", required=True, callback=as_line, metavar="NAME", help="The person who signs for it.")
@click.option(
    "--elements",
    multiple=True,
    metavar="ID",
    shell_complete=ELEMENTS,
    help="Sign only these, such as comments,conduct; by default, all that the office decides.",
)
@DATE
@click.option("--until", callback=as_day, metavar="DATE", help="The last day on which the sign-off is valid.")
@click.option("--note", callback=as_line, metavar="TEXT", help="A note to keep with it.")
@ROOT
def sign(  # noqa: PLR0913 - one parameter for each option
    *, root: Path, offices: Sequence[str], by: str, elements: Sequence[str], date: str, until: str, note: str
) -> None:
    """Record that offices approve the wording of their provisions.

    Each sign-off is a row of sign-offs.yml and lapses as soon as the wording of one of its provisions changes. The
    approved wording is kept in releases/signed.yml, so that later changes can be shown. An office also signs for
    offices that do not exist here, if it answers for them. If one of several offices is refused, nothing is
    written.
    """
    day = date or this_day()
    wanted = names_in(elements)

    def plan() -> tuple[tuple[Draft, Sequence[SignOff]], commands.Files]:
        draft = draft_of(root, this_day())
        roles = some_offices(offices, draft.catalog.roles, draft.document)
        given = commands.Signature(roles, by, day, wanted, until, note)
        rows, files = commands.sign(draft, given, read_raw(root / SIGN_OFFS_FILE))
        return (draft, rows), files

    try:
        draft, rows = write_planned(root, (WORDINGS_FILE, SIGN_OFFS_FILE), plan)
    except Refused as refused:
        exit_refused("This cannot be signed off:", refused.reasons, 2)
    for row in rows:
        click.echo(_signed(row, draft))
    open_ = {p.clause.id for p in draft.policy.provisions if p.gaps}
    waiting = len(open_ & {name for row in rows for name in row.provisions})
    if waiting:
        click.echo(f"Clauses that wait for answers: {waiting}. Once these are given, the sign-off lapses.")
    done = {row.role for row in rows}
    missing = [one for one in standings(draft) if one.required and one.state == "missing" and one.role not in done]
    if missing:
        titles = dict.fromkeys(draft.catalog.roles[one.role].title for one in missing)
        click.echo(f"Still to sign: {', '.join(titles)}.")


def _signed(row: SignOff, draft: Draft) -> str:
    titles = ", ".join(f"“{draft.catalog.elements[element].title}”" for element in row.elements)
    number = "1 provision" if len(row.provisions) == 1 else f"{len(row.provisions)} provisions"
    role = draft.catalog.roles[row.role]
    there = "" if role.id not in draft.document.missing else ", which does not exist here"
    return f"{row.by} signed {number} of {titles} for “{role.title}”{there}."


@click.command()
@click.argument("code", shell_complete=RULE)
@ROOT
@click.option("--accept", "kind", flag_value="accept", help="The risk is accepted.")
@click.option("--plan", "kind", flag_value="plan", help="It will be fixed by the last day.")
@click.option(
    "--owner", required=True, callback=as_line, metavar="NAME", help="The office or person who answers for it."
)
@click.option(
    "--until", required=True, callback=as_day, metavar="DATE", help="The last day on which the decision is valid."
)
@click.option(
    "--reason", required=True, callback=as_line, metavar="TEXT", help="Why the finding is accepted or planned."
)
@DATE
def decide(  # noqa: PLR0913 - one parameter for each option
    *, code: str, root: Path, kind: str | None, owner: str, until: str, reason: str, date: str
) -> None:
    """Accept a finding, or plan to fix it.

    CODE is the code of the rule, such as GOAL-03. The decision, with an owner and a last day, is a row of
    decisions.yml. It lapses if an answer that the rule depends on changes, or if its last day has passed; then the
    finding blocks again.
    """
    if kind is None:
        raise click.UsageError("Add --accept if the risk is accepted, or --plan if it will be fixed.")
    day = date or this_day()
    chosen = commands.RiskDecision(code, kind, owner, until, reason, day)

    def plan() -> tuple[None, commands.Files]:
        return None, commands.decide(draft_of(root, this_day()), chosen, read_raw(root / DECISIONS_FILE))

    try:
        write_planned(root, (DECISIONS_FILE,), plan)
    except Refused as refused:
        exit_refused("This cannot be decided:", refused.reasons, 2)
    done = {"accept": "accepted", "plan": "planned to be fixed"}[kind]
    click.echo(f"{code} is {done} until {until}; {owner} answers for it. The decision is in {DECISIONS_FILE}.")


@click.command()
@click.argument("version")
@ROOT
@click.option("--by", callback=as_line, metavar="NAME", help="Who releases it; by default, the owner of the policy.")
@click.option("--withdraw", is_flag=True, help="Withdraw this release, which was a mistake; needs --reason and --by.")
@click.option("--reason", callback=as_line, metavar="TEXT", help="Why it is withdrawn.")
@DATE
@click.option("--adopted", callback=as_day, metavar="DATE", help="The day on which the policy was adopted.")
@click.option("--effective", callback=as_day, metavar="DATE", help="The day on which it takes effect.")
@click.option("--number", callback=as_line, metavar="N", help="The number of the act that adopts it, such as 2027-14.")
def release(  # noqa: PLR0913 - one parameter for each option
    *,
    version: str,
    root: Path,
    by: str,
    withdraw: bool,
    reason: str,
    date: str,
    adopted: str,
    effective: str,
    number: str,
) -> None:
    """Freeze the policy as a version, or list what prevents that.

    VERSION is a number such as 1.0. The release is a file in releases/ that nobody edits. The command also writes
    the version, the status and the values of --adopted, --effective and --number into policy.yml. Give the day of
    adoption with --adopted unless policy.yml has it. The status becomes in_force if the day under “in_force:” has
    come, and otherwise approved.

    Use --withdraw for a release that was a mistake. It stays in releases/ and is shown as withdrawn,
    releases/withdrawn.yml says who withdrew it, when and why, and policy.yml is in review again.

    Exit status: 0 if it was released, 1 if something prevents it, which is listed, 2 if the command could not run.
    """
    day = date or this_day()
    facts = commands.AdoptionFacts(adopted, effective, number)
    if withdraw:
        if facts != commands.AS_WRITTEN:
            raise click.UsageError("Leave out --adopted, --effective and --number: a withdrawal adopts nothing.")
        _withdraw(root, commands.WithdrawalRequest(version, by, reason, day))
        return
    if reason:
        raise click.UsageError("Add --withdraw to withdraw this release; otherwise leave out --reason.")

    def plan() -> tuple[list[str], commands.Files]:
        return _release(root, version, day, by, facts)

    try:
        said = write_planned(root, (release_file(version), commands.POLICY_FILE), plan)
    except Refused as refused:
        exit_refused("This policy may not be released yet:", refused.reasons, 1)
    click.echo("\n".join(said))


def _withdraw(root: Path, asked: commands.WithdrawalRequest) -> None:
    """Withdraw a release, and say what that means."""
    for option, value in (("--reason", asked.reason), ("--by", asked.by)):
        if not value:
            raise click.UsageError(f"Add {option}, so that everybody can see who withdrew it, and why.")

    def plan() -> tuple[list[str], commands.Files]:
        raws = (read_raw(root / WITHDRAWN_FILE), read_raw(root / commands.POLICY_FILE))
        files = commands.withdraw(draft_of(root, this_day()), asked, *raws)
        return list(files), files

    try:
        written = write_planned(root, (WITHDRAWN_FILE, commands.POLICY_FILE), plan)
    except Refused as refused:
        exit_refused("This cannot be withdrawn:", refused.reasons, 2)
    click.echo(f"Version {asked.version} is withdrawn. The reason is in {WITHDRAWN_FILE}.")
    if commands.POLICY_FILE in written:
        click.echo(f"{commands.POLICY_FILE} is in review again. Correct its day of adoption if it was wrong.")


def _release(
    root: Path, version: str, day: str, by: str, facts: commands.AdoptionFacts
) -> tuple[list[str], commands.Files]:
    """Return what to say after a release, and its files."""
    repository, catalog = open_repository(root)
    document = repository.document
    plan = commands.plan_release(document, version, day, by, facts)
    draft = make_draft(repository.judged_as(**plan.instead), catalog, day)
    plan = replace(plan, by=by or draft.document.owner)
    raw = read_raw(root / commands.POLICY_FILE)
    begun = commands.unfinished(draft, plan, document, raw)
    if begun:
        said = f"{begun[0].place.file} already exists; {commands.POLICY_FILE} now names version {version} too."
        return [said], begun[1]
    files = commands.release(draft, plan, catalog_fingerprint(catalog_folder(catalog.id)), raw, this_day())
    state = {"in_force": "in force", "approved": "approved"}[plan.status]
    return [*(f"{name} written." for name in files), f"Version {version} is released and {state}."], files
