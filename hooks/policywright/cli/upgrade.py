"""The command that carries a repository to a newer catalog: upgrade."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policywright import __version__
from policywright.cli.options import TODAY
from policywright.cli.terminal import ROOT, shown

if TYPE_CHECKING:
    from policywright.model.draft import Draft
    from policywright.upgrade.plan import Preview

_TITLES = {
    "renamed": "Questions that have another name now",
    "split": "Questions that are asked as several now",
    "changed": "Answers with another value now",
    "removed": "Questions that are not asked any more",
    "added": "New questions",
    "named": "Other files",
}


@click.command()
@ROOT
@click.option("--write", "really", is_flag=True, help="Write the files. Without it nothing is changed.")
@TODAY
def upgrade(root: Path, really: bool, today: str) -> None:  # noqa: FBT001 - click names it
    """Carry the answers to the catalog of the version that is running, and show what changes in the text.

    No answer is dropped: one that has no place any more goes to answers/_unmapped.yml, with the reason. Comments and
    order stay. Nothing is written without --write.

    Exit status: 0 when nothing is to be done or all was written, 1 when something is to be done, 2 when mistakes must
    be mended first.
    """
    from policywright.draft import catalog_of  # noqa: PLC0415 - check must start fast
    from policywright.upgrade.plan import by_hand, plan_upgrade, preview_upgrade  # noqa: PLC0415
    from policywright.upgrade.writing import write_upgrade  # noqa: PLC0415

    catalog = catalog_of(root)
    plan = plan_upgrade(root, catalog, __version__)
    preview = preview_upgrade(root, plan, catalog, today)
    for line in _report(preview):
        click.echo(line)
    for finding in preview.stops:
        click.echo(shown(finding), err=True)
    if preview.stops:
        click.echo("Mend these first, then run the command again. Nothing was written.", err=True)
        sys.exit(2)
    for finding in by_hand(preview.draft):
        click.echo(f"To be mended afterwards: {shown(finding)}")
    if plan.idle:
        click.echo("Nothing is to be done.")
    elif really:
        write_upgrade(root, preview)
        click.echo("Written. Run “policywright check”, and review the change before it is merged.")
    else:
        click.echo("Nothing was written. To write the files, run the command again with --write.")
        sys.exit(1)


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
    from policywright.approval.redline import compare  # noqa: PLC0415
    from policywright.approval.releases import last_release  # noqa: PLC0415
    from policywright.approval.snapshot import freeze  # noqa: PLC0415
    from policywright.pages.redline_text import as_text  # noqa: PLC0415
    from policywright.upgrade.plan import changed_beneath  # noqa: PLC0415

    release = last_release(draft)
    if release is None:
        yield "There is no release to compare with, so what changes in the text is not shown."
        return
    redline = compare(release.frozen, freeze(draft))
    yield as_text(redline, f"From {release.version} to the text after the upgrade", draft.catalog.questions).rstrip()
    for name in changed_beneath(draft):
        yield f"Your own wording of {name} stands. The catalog's wording, which it replaces, has changed: compare them."
    yield from _lapses(draft)


def _lapses(draft: Draft) -> Iterator[str]:
    from policywright.approval.sign_offs import standings  # noqa: PLC0415

    lapsed = [one for one in standings(draft) if one.state == "lapsed"]
    if lapsed:
        yield "Sign-offs that do not hold for that text:"
    for one in lapsed:
        ids = ", ".join((*one.changed, *one.added, *one.removed)) or "its last day is over"
        yield f"  {draft.catalog.roles[one.role].title}, {draft.catalog.elements[one.element].title}: {ids}"
