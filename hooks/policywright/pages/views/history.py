"""What the page of changes shows: the releases with their changes, and how the numbers developed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from policywright.approval.redline import Redline, compare
from policywright.approval.releases import last_release, state_of, with_predecessors
from policywright.approval.snapshot import freeze
from policywright.model.draft import Draft
from policywright.model.versions import Release
from policywright.pages.charts import lines
from policywright.pages.views.redlines import RedlinePart, redline_part
from policywright.pages.views.site import AgencySite, View


@dataclass(frozen=True)
class ReleaseStep:
    """One release and what it changed."""

    release: Release
    anchor: str
    state: str
    """The status that it was released with, superseded, or withdrawn."""
    redline: RedlinePart | None
    """Its changes; None for the first release."""


def steps(site: AgencySite) -> list[ReleaseStep]:
    """Return the releases, the newest first, each compared with the one before it that holds."""
    made = [_step(old, release, site) for old, release in with_predecessors(site.draft)]
    return made[::-1]


def _step(old: Release | None, release: Release, site: AgencySite) -> ReleaseStep:
    name = anchor(release.version)
    redline = redline_part(compare(old.frozen, release.frozen), name, site) if old else None
    return ReleaseStep(release, name, state_of(release, site.draft), redline)


def since(draft: Draft) -> Redline | None:
    """Compare the last release with the current text; None without a release or without a change."""
    last = last_release(draft)
    redline = compare(last.frozen, freeze(draft)) if last else None
    return redline if redline and redline.changes else None


def chart(draft: Draft) -> Markup:
    """Draw provisions, open findings and done tasks over the releases and now; nothing without a release."""
    releases = [release for release in draft.releases if not release.withdrawn]
    if not releases:
        return Markup("")
    provisions = [len(release.frozen.provisions) for release in releases]
    findings = [_open(release.counts) for release in releases]
    done = [len(release.tasks["done"]) for release in releases]
    series = [
        ("provisions", [*provisions, len(freeze(draft).provisions)]),
        ("open findings", [*findings, _open(draft.counts)]),
        ("tasks done", [*done, sum(task.state == "done" for task in draft.tasks)]),
    ]
    names = [*(release.version for release in releases), "now"]
    return lines(names, series, "Provisions, open findings and done tasks")


def _open(counts: Mapping[str, int]) -> int:
    """Return the number of findings that somebody must deal with; advice is left out."""
    return sum(number for severity, number in counts.items() if severity != "advice")


def anchor(version: str) -> str:
    """Return the anchor of a version on the page of changes."""
    return f"v{re.sub('[^0-9a-z]', '-', version.lower())}"


@dataclass(frozen=True)
class ChangesView(View):
    """What changed from release to release, and since the last one."""

    frame = "changes"
    steps: tuple[ReleaseStep, ...]
    """The newest first."""
    last: Release | None
    """The newest release that holds."""
    since: RedlinePart | None
    """None if nothing changed since, and on a published site."""
    chart: Markup
    """The numbers over time; empty without a release, and on a published site."""
    working: bool


def changes_view(site: AgencySite, _: object) -> ChangesView:
    """Show the changes; changes that are not released are shown on the working site only."""
    now = since(site.draft) if site.working else None
    return ChangesView(
        steps=tuple(steps(site)),
        last=last_release(site.draft),
        since=redline_part(now, "now", site) if now else None,
        chart=chart(site.draft) if site.working else Markup(),
        working=site.working,
    )
