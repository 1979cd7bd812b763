"""The commands take, which merges answers from forms, and confirm, which accepts the answers of offices."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import click

from policywright.answering.answers_file import AnswersFile, read_answers_file
from policywright.answering.confirmations import accepted
from policywright.answering.merging import Saved, planned, said_in, save
from policywright.answering.policy_answers import ABOUT_POLICY
from policywright.answering.undo import undo
from policywright.approval.objections import Refused
from policywright.cli.completion import QUESTION
from policywright.cli.options import as_line, each, names_in, offices_option, some_offices
from policywright.cli.terminal import ROOT, exit_refused, shown
from policywright.clock import this_day
from policywright.draft import catalog_of
from policywright.files.yaml import LARGEST_RECORD
from policywright.model.catalog import Catalog
from policywright.model.findings import Finding, PolicyError, did_you_mean, visible
from policywright.repository import Repository

_UNDO = click.option("--undo", "back", is_flag=True, help="Undo the last take, confirm or save exactly.")


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE...")
@click.option(
    "--replace",
    multiple=True,
    metavar="ID",
    shell_complete=QUESTION,
    help="Take the new answer to this question, such as comments.enabled, even if there is another one.",
)
@_UNDO
@click.option(
    "--root", type=click.Path(path_type=Path, file_okay=False), default=".", help="The folder that holds policy.yml."
)
def take(*, files: Sequence[Path], replace: Sequence[str], back: bool, root: Path) -> None:
    """Write the answers that offices gave in forms into the files.

    Each FILE is a download of a form, such as legal.answers.json. Your files keep their comments, order and line
    ends. An answer that contradicts another file, or that has changed since the form was built, is listed and not
    written, unless --replace names its question. If two files disagree, --replace takes the answer of the office
    that decides about the question. Who answered what, and when, is recorded in confirmations.yml.

    Exit status: 0 if everything was taken, 1 if there are conflicts, 2 if a file is wrong and nothing was written.
    """
    if back:
        _undo(root, [*map(str, files), *replace])
        return
    if not files:
        raise click.UsageError("Name the files to take, such as legal.answers.json.")
    catalog = catalog_of(root)
    known = [*catalog.questions, *ABOUT_POLICY]
    wanted = names_in(replace)
    for name in wanted:
        if name not in known:
            raise click.UsageError(f"There is no question “{name}”.{did_you_mean(name, known)}")
    saved = save(root, _read(files), wanted, this_day(), "take")
    _report(saved, catalog)
    if saved.conflicts:
        names = ",".join(dict.fromkeys(one.question for one in saved.conflicts))
        click.echo(f"Discuss these answers. To take the new ones, add: --replace {names}")
    sys.exit(1 if saved.conflicts else 0)


def _read(paths: Sequence[Path]) -> list[AnswersFile]:
    """Read every file before anything is written, and report everything that is wrong with any of them."""
    read, found = [], list[Finding]()
    for path in paths:
        with path.open("rb") as file:
            raw = file.read(LARGEST_RECORD + 1)
        try:
            read.append(read_answers_file(raw, path.name))
        except PolicyError as error:
            found += error.findings
    if found:
        raise PolicyError(found)
    return read


@click.command()
@offices_option("The office that accepts its answers")
@click.option("--name", callback=as_line, metavar="NAME", help="The person who accepts for it; may be left out.")
@_UNDO
@ROOT
def confirm(*, offices: Sequence[str], name: str, back: bool, root: Path) -> None:
    """Accept the answers of an office or of several.

    These are the answers that the preset assumes, and those that were given. The assumed ones are written into the
    answer files, so that a later change of the preset does not change them. Each confirmation is a row of
    confirmations.yml and lapses when the answer changes. Facts are left out, because somebody must look them up,
    and so are the answers of a base. An office also accepts for offices that do not exist here, if it answers for
    them. If one of several offices is refused, nothing is written; --undo undoes all of them.

    Exit status: 0 if it was written or there is nothing to confirm, 2 if the command could not run.
    """
    if back:
        _undo(root, [*offices, name])
        return
    if not offices:
        raise click.UsageError("Say which office accepts its answers: --office legal.")
    today = this_day()

    def give(repository: Repository, catalog: Catalog) -> list[AnswersFile]:
        roles = some_offices(offices, catalog.roles, repository.document)
        return [*chain(*each(roles, lambda role: accepted(repository, catalog, role, name, today)))]

    try:
        saved = planned(root, give, (), today, "confirm")
    except Refused as refused:
        exit_refused("This cannot be confirmed:", refused.reasons, 2)
    _report(saved, catalog_of(root))


def _undo(root: Path, others: Sequence[str]) -> None:
    if any(others):
        raise click.UsageError("Use --undo alone: it undoes the whole of the last take, confirm or save.")
    try:
        undone = undo(root)
    except Refused as refused:
        exit_refused("This cannot be undone:", refused.reasons, 2)
    click.echo(f"The {undone.deed} of {undone.date} is undone. Restored: {', '.join(undone.files)}.")


def _report(saved: Saved, catalog: Catalog) -> None:
    for line in _lines(saved, catalog):
        click.echo(line)
    for note in saved.notes:
        click.echo(shown(note), err=True)


def _lines(saved: Saved, catalog: Catalog) -> Iterator[str]:
    for name, value in saved.taken.items():
        yield visible(f"{name}: {said_in(name, value, catalog)}")
    for clash in saved.conflicts:
        yield visible(f"{clash.question}: not taken. {clash.message}")
    counts = {
        "written": len(saved.taken),
        "confirmed": len(saved.confirmed),
        "already there": len(saved.same),
        "in conflict": len({clash.question for clash in saved.conflicts}),
    }
    yield f"Answers: {', '.join(f'{number} {word}' for word, number in counts.items())}."
    yield f"Changed: {', '.join(saved.written)}." if saved.written else "No file changed."
