"""The commands diff, which compares versions, and acknowledge, which records who has read one."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from policywright.approval import commands
from policywright.approval.acknowledgements import ACKNOWLEDGEMENTS_FILE, decoded, encoding_of, read_acknowledgements
from policywright.approval.redline import compare
from policywright.approval.releases import alike, last_release, release_file, release_of
from policywright.approval.snapshot import freeze
from policywright.cli.terminal import ROOT, read_draft, shown
from policywright.files.writing import write_planned
from policywright.model.draft import Draft
from policywright.model.findings import PolicyError, did_you_mean, one_of
from policywright.model.versions import Frozen, Release
from policywright.pages.redline_text import as_markdown, as_text

NOW = "now"


@click.command()
@click.argument("old", default="")
@click.argument("new", default=NOW)
@click.option(
    "--root", type=click.Path(path_type=Path, file_okay=False), default=".", help="The folder that holds policy.yml."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown"]),
    default="text",
    help="Text for a terminal, or Markdown for a merge request.",
)
@click.option("--exit-code", is_flag=True, help="Exit with status 1 when there is a difference.")
def diff(*, old: str, new: str, root: Path, form: str, exit_code: bool) -> None:
    """Show what changed between two versions, and why.

    OLD and NEW are released versions, such as 1.0; “now” is the current text. Without NEW, OLD is compared with the
    current text; without both, the last release is. Removed words are in [-brackets-], added words in {+braces+}.

    Exit status: 0, or 1 with --exit-code if there is a difference; 2 if the command could not run.
    """
    draft = read_draft(root)
    if not old:
        last = last_release(draft)
        if last is None:
            raise click.UsageError("No version has been released yet, so there is nothing to compare with.")
        old = last.version
    redline = compare(text_of_version(old, draft), text_of_version(new, draft))
    title = f"{draft.document.agency_name}: {draft.document.title}, from {_named(old)} to {_named(new)}"
    questions = draft.catalog.questions
    told = as_markdown(redline, title, questions) if form == "markdown" else as_text(redline, title, questions, painted)
    click.echo(told, nl=False)
    sys.exit(1 if exit_code and redline.changes else 0)


def _named(version: str) -> str:
    return "the current text" if version == NOW else f"version {version}"


def text_of_version(version: str, draft: Draft) -> Frozen:
    """Return the text of a release, or today's for “now”."""
    return freeze(draft) if version == NOW else named_release(version, draft, NOW).frozen


def named_release(version: str, draft: Draft, *others: str) -> Release:
    """Return the release of a version; if there is none, say which there are, and which `others` may be written."""
    release = release_of(draft, version)
    if release:
        return release
    wrong = [finding for finding in draft.findings if finding.places[0].file == release_file(version)]
    if wrong:
        raise click.UsageError(f"Version {version} cannot be read.\n{wrong[0]}")
    known = [one.version for one in draft.releases]
    words = f" Choose one of: {one_of([*known, *others])}." if known else " No version has been released yet."
    same = alike(version, known)
    hint = f" Did you mean “{same}”?" if same else did_you_mean(version, known)
    raise click.UsageError(f"There is no version “{version}”.{hint}{words}")


def painted(kind: str, words: str) -> str:
    """Color insertions and deletions; on a terminal without colors the brackets around the words remain."""
    colors = {"inserted": "green", "added": "green", "deleted": "red", "removed": "red"}
    head = kind not in ("inserted", "deleted")
    return click.style(words, fg=colors.get(kind), bold=head or None, strikethrough=kind == "deleted" or None)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@ROOT
def acknowledge(file: Path, root: Path) -> None:
    """Add people who have read a version to acknowledgements.csv.

    FILE is a table with the columns name, date, version and fingerprint, as a form or a spreadsheet writes it;
    other columns are ignored. The new rows go to the end of the agency's table, in its format. People already on
    record are skipped. If a row has a mistake, nothing is written.
    """
    path = root / ACKNOWLEDGEMENTS_FILE

    def plan() -> tuple[tuple[int, int, int], dict[str, bytes]]:
        here = read_acknowledgements(path, ACKNOWLEDGEMENTS_FILE)
        given = read_acknowledgements(file, file.name)
        raw = path.read_bytes() if path.is_file() else b""
        fresh, files = commands.acknowledge(read_draft(root), here, given, decoded(raw))
        written = {name: text.encode(encoding_of(raw)) for name, text in files.items()}
        return (len(fresh), len(given[0]) - len(fresh), len(here[0]) + len(fresh)), written

    try:
        fresh, known, total = write_planned(root, (ACKNOWLEDGEMENTS_FILE,), plan)
    except PolicyError as error:
        # A table that may not be written has no wrong rows.
        if not {finding.code for finding in error.findings} & {"E012", "E021", "E022"}:
            click.echo("Nothing was written; these rows need a correction:", err=True)
        for finding in error.findings:
            click.echo(shown(finding), err=True)
        sys.exit(2)
    click.echo(f"{fresh} new, {known} already known; {ACKNOWLEDGEMENTS_FILE} has {total} rows.")
