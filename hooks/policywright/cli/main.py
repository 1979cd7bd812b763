"""The command line: check, render, explain, schema, skeleton, and the commands of other modules."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from policywright import __version__
from policywright.agency.settling import settle
from policywright.approval.objections import Refused
from policywright.approval.reviews import overdue as overdue_days
from policywright.catalog.blank_answers import answer_files, missing, register_files
from policywright.cli.answer import answer
from policywright.cli.approve import COMMANDS
from policywright.cli.compare import acknowledge, diff
from policywright.cli.completion import EXPLAINED
from policywright.cli.export import export
from policywright.cli.listing import KINDS, listing, of_kinds
from policywright.cli.new import new
from policywright.cli.options import TODAY, office_option, one_office
from policywright.cli.review import review
from policywright.cli.reword import reword
from policywright.cli.several import check_several, portfolio
from policywright.cli.sites import build
from policywright.cli.take import COMMANDS as TAKING
from policywright.cli.terminal import ROOT, exit_refused, read_draft, shown, write
from policywright.cli.upgrade import upgrade
from policywright.cli.verify import verify
from policywright.clock import NotADay
from policywright.editor_schemas import schema_files
from policywright.exports.report import as_json, report_data
from policywright.language.conditions import explain as in_words
from policywright.language.conditions import questions_in
from policywright.model.agency import Answer, Confirmation
from policywright.model.catalog import Clause
from policywright.model.draft import Draft
from policywright.model.fields import Condition
from policywright.model.findings import SEVERITIES, Finding, PolicyError, at_or_above, did_you_mean, unsettled
from policywright.pages.own_pages import own_files, own_pages, own_problems, strays
from policywright.pages.site_settings import docs_of, with_site_findings
from policywright.pages.views.overview import decider


class _Commands(click.Group):
    """A group that turns every PolicyError into findings on standard error and exit status 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PolicyError as error:
            for finding in error.findings:
                click.echo(shown(finding), err=True)
            ctx.exit(2)
        except NotADay as error:
            click.echo(str(error), err=True)
            ctx.exit(2)
        # A full disk, a missing permission or a file that disappeared: a sentence, not a traceback.
        except OSError as error:
            click.echo(f"{error.filename or 'A file'}: {(error.strerror or 'the system refused').lower()}.", err=True)
            ctx.exit(2)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="policywright")
def main() -> None:
    """Turn an agency's answers into a social media policy.

    Every command takes the folder of an agency's repository, the one that holds policy.yml; without it, the
    current folder.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Windows consoles often cannot encode “ and ”, and printing must not fail because of them.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


@main.command()
@click.argument("roots", nargs=-1, type=click.Path(path_type=Path), metavar="[ROOT]...")
@click.option(
    "--list",
    "listed",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Check every agency of this list; “Several agencies” describes agencies.yml.",
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to write the findings."
)
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="blocker",
    show_default=True,
    help="The least severity that makes the exit status 1.",
)
@click.option(
    "--least", type=click.Choice(SEVERITIES), default="advice", help="Leave out what is less severe than this."
)
@click.option(
    "--only",
    type=click.Choice([*KINDS]),
    multiple=True,
    help="List only this kind; conflicts are warnings and advice. More than one is possible.",
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
    """List every error and conflict with file, line and remedy, and how many answers each office still has to give.

    Errors and blockers come first, then warnings and advice, then gaps.

    Exit status: 0 if nothing is at or above --fail-on, 1 if something is, 2 if the command could not run.
    Findings that a valid decision accepts are listed, but do not affect the exit status.

    With several folders, or a list, there is one line for each agency, and the exit status is that of the worst: 2 if
    one was not read, whatever the others say.
    """
    if listed or len(roots) > 1:
        if least != SEVERITIES[-1] or only or office or verbose:
            raise click.UsageError("--least, --only, --office and --verbose list the findings of one agency.")
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


@main.command()
@ROOT
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="A new or empty folder.")
@click.option("--published", is_flag=True, help="Only what may be published, and only if nothing prevents it.")
def render(root: Path, out: Path, published: bool) -> None:
    """Write the site's pages as plain Markdown, for any site generator.

    The folder gets `docs/` with the pages and a plain `mkdocs.yml` without hooks.
    """
    from policywright.exports.downloads import make_downloads  # noqa: PLC0415
    from policywright.files.writing import write_files  # noqa: PLC0415
    from policywright.pages.book import make_book  # noqa: PLC0415 - check must start fast
    from policywright.pages.plain_site import plain_site  # noqa: PLC0415

    if out.exists() and any(out.iterdir()):
        raise click.UsageError(f"The folder {out} is not empty. Name a new one, so that nothing is lost.")
    audience = "published" if published else "working"
    draft, docs = read_draft(root), docs_of(root, audience)
    if out.resolve().is_relative_to(docs.folder.resolve()):
        raise click.UsageError(
            f"The folder {out} is in {docs.folder.name}/, so its pages would be in the next site too."
        )
    try:
        problems = [problem for problem in own_problems(docs, draft) if problem.code == "E203"]
        downloads, missing = make_downloads(draft, root, audience)
        book = make_book(draft, audience, own_pages(docs), docs=docs, problems=problems, downloads=downloads)
    except Refused as refused:
        exit_refused("This policy may not be published yet:", refused.reasons, 1)
    for problem in (*book.problems, *strays(docs), *missing):
        click.echo(shown(problem), err=True)
    written = write_files(plain_site(draft, book), out) + write_files(own_files(docs), out / "docs")
    click.echo(f"{len(written)} files are in {out}. Build them with: mkdocs build -f {out / 'mkdocs.yml'}")
    sys.exit(1 if book.problems else 0)


@main.command()
@click.argument("name", shell_complete=EXPLAINED)
@ROOT
def explain(name: str, root: Path) -> None:
    """Explain where an answer comes from, why a clause is in or out, or when a rule holds.

    NAME is a question (goals.primary), a rule (GOAL-01), a clause (CIT-2-grounds-closed, or CIT-2 for all of its
    kind), or a provision by its number (4.2, or P4.2 in the procedures), its title or its anchor.
    """
    draft = read_draft(root)
    lines = _explained(name, draft)
    if not lines:
        known = [*draft.answers, *draft.catalog.rules, *draft.policy.clauses, *_names_of_provisions(draft)]
        raise click.UsageError(f"Nothing is named “{name}”.{did_you_mean(name, known)}")
    click.echo("\n".join(lines))


@main.command()
@ROOT
def schema(root: Path) -> None:
    """Write the JSON Schema of every answer file and register, for editors that complete and check YAML."""
    for name in write(root, schema_files(read_draft(root).catalog)):
        click.echo(f"{name} written.")


@main.command()
@ROOT
@click.option("--print", "only_print", is_flag=True, help="Print every file instead of writing the missing ones.")
def skeleton(root: Path, only_print: bool) -> None:
    """Write an empty file for each element and register that has none. Existing files are never touched."""
    catalog = read_draft(root).catalog
    files = answer_files(catalog) | register_files(catalog)
    if only_print:
        click.echo("\n".join(f"# --- {name}\n{text}" for name, text in files.items()))
        return
    lacking = missing(files, [name for name in files if os.path.lexists(root / name)])
    for name in write(root, lacking):
        click.echo(f"{name} written.")
    if not lacking:
        click.echo("Every element and register has its file already; nothing was written.")


def _of_office(word: str | None, draft: Draft, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    if not word:
        return findings
    try:
        office = one_office(word, draft.catalog.roles, draft.document)
    except Refused as refused:
        raise click.UsageError(" ".join(refused.reasons)) from None
    return tuple(finding for finding in findings if decider(finding, draft) == office)


def _explained(name: str, draft: Draft) -> list[str]:
    if name in draft.answers:
        return _explain_answer(name, draft)
    if name in draft.catalog.rules:
        rule = draft.catalog.rules[name]
        return [
            f"{name}: {rule.severity}, holds when {in_words(rule.when, draft.catalog.questions)}.",
            *_verdict(rule.when, draft),
        ]
    clauses = [clause for clause in draft.policy.clauses.values() if name in (clause.id, clause.code)]
    return [line for clause in clauses or _meant(name, draft) for line in _explain_clause(clause, draft)]


def _meant(name: str, draft: Draft) -> list[Clause]:
    """Return the clauses of the provisions that have this number, title or anchor, as on the pages."""
    word = " ".join(name.casefold().split()).removeprefix("#")
    numbers = {provision.clause.id: provision.number for provision in draft.policy.provisions}
    return [
        clause
        for clause in draft.policy.clauses.values()
        if word in (clause.anchor, clause.title.casefold(), numbers.get(clause.id, "").casefold())
    ]


def _names_of_provisions(draft: Draft) -> list[str]:
    provisions = draft.policy.provisions
    return [name for one in provisions for name in (one.number, one.clause.title)]


def _explain_answer(name: str, draft: Draft) -> list[str]:
    answer = draft.answers[name]
    question = answer.question
    users = [p.clause.id for p in draft.policy.everything if name in p.questions]
    rules = [rule.code for rule in draft.catalog.rules.values() if name in questions_in(rule.when)]
    lines = [f"{name}: {question.help}", f"  why: {question.why}"]
    lines += [f"  where to find it: {question.found_in}"] if question.found_in else []
    lines += [f"  choices: {', '.join(question.choices)}"] if question.choices else []
    lines += [f"  asked when: {in_words(question.when, draft.catalog.questions)}"] if question.when else []
    value = "unanswered" if answer.value is None else f"{answer.value!r}, from {answer.said_by or answer.origin}"
    lines += [
        f"  answer: {value} ({answer.place})",
        f"  status: {_status(answer, draft)}",
        f"  rules: {', '.join(rules) or 'none'}",
    ]
    return [*lines, f"  provisions: {', '.join(users) or 'none'}"]


def _status(answer: Answer, draft: Draft) -> str:
    """Return the status of an answer, with who confirmed it and who else has seen it."""
    confirmed = f" by {_who(answer.confirmed, draft)}" if answer.confirmed else ""
    seen = "; ".join(_who(one, draft) for one in answer.also_seen_by)
    return f"{answer.status.replace('_', ' ')}{confirmed}{f'; also seen by {seen}' if seen else ''}"


def _who(one: Confirmation, draft: Draft) -> str:
    role = draft.catalog.roles.get(one.office)
    return ", ".join(filter(None, [draft.document.office_title(role) if role else one.office, one.name, one.date]))


def _explain_clause(clause: Clause, draft: Draft) -> list[str]:
    number = next((p.number for p in draft.policy.provisions if p.clause.id == clause.id), "")
    words = in_words(clause.when, draft.catalog.questions) if clause.when else "always"
    lines = [f"{clause.id}{f' ({number})' if number else ''}: {clause.title}", f"  holds when: {words}"]
    return lines + [f"  {line}" for line in _verdict(clause.when, draft)]


def _verdict(when: Condition | None, draft: Draft) -> list[str]:
    result, needs = settle(when, draft.answers)
    if result is None:
        return [f"Undecided: waits for {', '.join(needs)}."]
    return ["It holds." if result else "It does not hold."]


for _command in (
    new,
    *COMMANDS,
    answer,
    *TAKING,
    upgrade,
    diff,
    acknowledge,
    reword,
    review,
    export,
    portfolio,
    build,
    verify,
):
    main.add_command(_command)

if __name__ == "__main__":
    main()
