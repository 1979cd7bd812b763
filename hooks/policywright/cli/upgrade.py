"""The command upgrade, which moves a repository to a newer catalog."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from policywright import __version__
from policywright.approval.objections import Refused
from policywright.approval.redline import Redline, compare
from policywright.approval.releases import last_release
from policywright.approval.sign_offs import Standing, standings
from policywright.approval.snapshot import freeze
from policywright.cli.options import TODAY
from policywright.cli.terminal import ROOT, exit_refused, shown
from policywright.draft import catalog_of
from policywright.model.draft import Draft
from policywright.pages.redline_text import as_text
from policywright.upgrade.base import base_change, changed_answers
from policywright.upgrade.plan import Preview, by_hand, changed_beneath, plan_upgrade, preview_upgrade
from policywright.upgrade.writing import write_upgrade

_TITLES = {
    "renamed": "Renamed questions",
    "split": "Split questions",
    "changed": "Renamed values",
    "removed": "Removed questions",
    "added": "New questions",
    "named": "Other files",
}


@click.command()
@ROOT
@click.option("--write", "really", is_flag=True, help="Write the files. Without it nothing is changed.")
@click.option(
    "--base",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A folder with a newer version of your base: show what it would change here. Nothing is written.",
)
@TODAY
def upgrade(*, root: Path, really: bool, base: Path | None, today: str) -> None:
    """Move the answers to the catalog of the running version.

    The command also shows what changes in the text. No answer is lost: one that no longer has a place goes to
    answers/_unmapped.yml, with the reason. Comments and order are kept. Nothing is written without --write.

    With --base, show what changes in your text with a newer version of the repository that you build on, which
    sign-offs lapse and which findings are new.

    Exit status: 0 if there is nothing to do or all was written, 1 if there is something to do, 2 if mistakes must
    be fixed first.
    """
    if base:
        _show_base(root, base, today)
        return
    catalog = catalog_of(root)
    plan = plan_upgrade(root, catalog, __version__)
    preview = preview_upgrade(root, plan, catalog, today)
    for line in _report(preview):
        click.echo(line)
    for finding in preview.stops:
        click.echo(shown(finding), err=True)
    if preview.stops:
        click.echo("Fix these first, then run the command again. Nothing was written.", err=True)
        sys.exit(2)
    for finding in by_hand(preview.draft):
        click.echo(f"Fix this afterwards: {shown(finding)}")
    if plan.idle:
        click.echo("Nothing to do.")
    elif really:
        write_upgrade(root, preview)
        click.echo("Written. Run “policywright check”, and review the change before it is merged.")
    else:
        click.echo("Nothing was written. To write the files, run the command again with --write.")
        sys.exit(1)


def _show_base(root: Path, base: Path, today: str) -> None:
    try:
        change = base_change(root, base, today)
    except Refused as refused:
        exit_refused("The base cannot be compared:", refused.reasons, 2)
    lines = [f"  {name}: {old} → {new}" for name, old, new in changed_answers(change)]
    found = [f"  {shown(one)}" for one in change.new_findings]
    lapsed = list(_lapse_lines(change.lapses, change.after))
    for title, said in (("Answers of the base:", lines), ("New findings:", found), ("Sign-offs that lapse:", lapsed)):
        if said:
            click.echo("\n".join([title, *said]))
    redline = change.redline
    _echo_text(redline, change.after)
    idle = not (lines or found or lapsed or redline.changes)
    click.echo("Nothing changes here." if idle else "Nothing was written. To follow, update the folder of your base.")
    sys.exit(0 if idle else 1)


def _echo_text(redline: Redline, draft: Draft) -> None:
    if redline.changes:
        click.echo(as_text(redline, "From the text with your base to that with the new one", draft.catalog.questions))


def _report(preview: Preview) -> Iterator[str]:
    plan = preview.upgrade
    if plan.pinned and plan.pinned != __version__:
        yield f"From Policywright {plan.pinned} to {__version__}."
    for kind, title in _TITLES.items():
        changes = [change for change in plan.changes if change.kind == kind]
        if changes:
            yield f"{title}:"
            yield from (f"  {change.place}: {change.said}" for change in changes)
    names = sorted({*plan.written, *plan.gone})
    if names:
        yield f"Files that change: {', '.join(names)}."
        yield from _text(preview.draft)


def _text(draft: Draft) -> Iterator[str]:
    """Show what changes in the text since the last release."""
    release = last_release(draft)
    if release is None:
        yield "There is no release to compare with, so what changes in the text is not shown."
        return
    redline = compare(release.frozen, freeze(draft))
    yield as_text(redline, f"From {release.version} to the text after the upgrade", draft.catalog.questions).rstrip()
    for name in changed_beneath(draft):
        yield f"Your wording of {name} is kept. The catalog's wording, which it replaces, has changed: compare them."
    yield from _lapses(draft)


def _lapses(draft: Draft) -> Iterator[str]:
    lapsed = [one for one in standings(draft) if one.state == "lapsed"]
    if lapsed:
        yield "Sign-offs that lapse with that text:"
    yield from _lapse_lines(lapsed, draft)


def _lapse_lines(lapsed: Iterable[Standing], draft: Draft) -> Iterator[str]:
    for one in lapsed:
        ids = ", ".join((*one.changed, *one.added, *one.removed)) or "its last day has passed"
        yield f"  {draft.catalog.roles[one.role].title}, {draft.catalog.elements[one.element].title}: {ids}"
