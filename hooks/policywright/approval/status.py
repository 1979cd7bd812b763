"""What each status of a policy requires, and what is missing, lapsed or overdue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from policywright.approval.releases import last_release, release_of, version_key
from policywright.approval.reviews import day_after, next_review, review_findings
from policywright.approval.separation import duty_findings
from policywright.approval.sign_offs import Standing, sign_off_findings, standings
from policywright.approval.snapshot import freeze
from policywright.model.agency import Document
from policywright.model.draft import Draft
from policywright.model.findings import Finding, Place

RELEASED = ("approved", "in_force", "superseded")
"""The statuses of a released text."""

_FIELDS = {
    "in_review": ("owner",),
    "approved": ("owner", "version", "dates.adopted"),
    "in_force": ("owner", "version", "dates.adopted", "dates.in_force"),
    "superseded": ("owner", "version"),
}


def status_findings(draft: Draft) -> Iterator[Finding]:
    """Report what the status in policy.yml claims without evidence."""
    status = draft.document.status
    for key in _FIELDS.get(status, ()):
        if not _value(key, draft):
            message = f"The status “{status}” needs “{key.rpartition('.')[2]}:”, which is empty."
            yield _finding(message, f"Fill it in, or go back to the status “{_before(status)}”.", draft, key)
    if status in RELEASED and draft.document.version:
        yield from _text(draft)
    yield from _days(draft)


def _value(key: str, draft: Draft) -> str:
    head, _, tail = key.partition(".")
    return draft.document.dates[tail] if tail else str(getattr(draft.document, head))


def _before(status: str) -> str:
    return "draft" if status == "in_review" else "in_review"


def _text(draft: Draft) -> Iterator[Finding]:
    """Compare the text with the release that policy.yml names."""
    version = draft.document.version
    release = release_of(draft, version)
    if release and release.withdrawn:
        message = f"The status is “{draft.document.status}”, but version {version} was withdrawn on "
        fix = "Go back to the status “in_review”, let the offices sign, and release another version."
        yield _finding(f"{message}{release.withdrawn.date}.", fix, draft, "status", release.withdrawn.place)
    elif release is None:
        message = f"The status is “{draft.document.status}”, but version {version} was never released."
        fix = f"Go back to the status “in_review”, then run “policywright release {version}”."
        yield _finding(message, fix, draft, "version")
    elif release.frozen.fingerprint != freeze(draft).fingerprint:
        message = f"The policy reads differently from version {version}, which was released on {release.date}."
        fix = f"Go back to the status “in_review”, let the offices sign, and release a version after {version}."
        yield _finding(message, f"{fix} Or undo the changes.", draft, "status", release.place)


def _days(draft: Draft) -> Iterator[Finding]:
    status, begins = draft.document.status, draft.document.dates["in_force"]
    if status == "in_force" and draft.today and begins > draft.today:
        message = f"The status is “in_force”, but the policy comes into force on {begins}."
        yield _finding(message, "Write the status “approved” until that day.", draft, "status")
    if status == "approved" and draft.today and "" < begins <= draft.today:
        message = f"The policy came into force on {begins}, and its status is still “approved”."
        fix = "Write the status “in_force”, or a later day under “in_force:”."
        yield Finding("L108", "warning", message, (draft.document.places["status"],), fix)


def future_findings(draft: Draft) -> Iterator[Finding]:
    """Report what claims to have been done on a day that has not come; if today is not known, nothing does."""
    if not draft.today:
        return
    # A machine that builds may be in another time zone than the people who sign, and a day behind them.
    latest = day_after(draft.today, "1 days")
    for what, day, place in _done(draft):
        if day > latest:
            message = f"{what} is dated {day}, which is in the future: today is {draft.today}."
            yield Finding("L109", "blocker", message, (place,), "Correct the date, or wait until then.")


def _done(draft: Draft) -> Iterator[tuple[str, str, Place]]:
    """Yield what was done according to the files: what it is, its day, and its place."""
    yield from (("This sign-off", row.date, row.place) for row in draft.sign_offs)
    decisions = {f.decision.place: f.decision.date for f in draft.findings if f.decision}
    yield from (("This decision", day, place) for place, day in decisions.items())
    yield from ((f"Version {one.version}", one.date, one.place) for one in draft.releases if not one.withdrawn)
    if draft.document.status in RELEASED:
        yield "The adoption", draft.document.dates["adopted"], draft.document.places["dates.adopted"]


def _finding(message: str, fix: str, draft: Draft, key: str, *others: Place) -> Finding:
    return Finding("L103", "blocker", message, (draft.document.places[key], *others), fix)


def version_objection(version: str, draft: Draft) -> str:
    """Return why a version cannot be the next one, or nothing."""
    newest = last_release(draft)
    last = newest.version if newest else ""
    key = version_key(version)
    if key is None:
        how = "Write up to three numbers with dots between them and no leading zeros, such as 1.0 or 1.2.1."
        return f"“{version}” is not a version. {how}"
    if release_of(draft, version):
        return f"Version {version} was already released, and a release never changes."
    if last and key <= (version_key(last) or ()):
        return f"Version {version} is not higher than {last}, the last release."
    return ""


def with_review(draft: Draft) -> Document:
    """Return the document with the date of the next review, if it follows from the last one."""
    due, document = next_review(draft), draft.document
    if due is None or document.dates["review_due"]:
        return document
    dates, places = dict(document.dates), dict(document.places)
    return replace(document, dates=dates | {"review_due": due.date}, places=places | {"dates.review_due": due.place})


def due_standings(draft: Draft) -> list[Standing]:
    """Return the state of every sign-off; nothing while the policy is a draft that nobody has signed."""
    return standings(draft) if draft.sign_offs or draft.document.status != "draft" else []


def life_findings(draft: Draft) -> list[Finding]:
    """Return what a policy lacks for the status that it claims, and what is overdue."""
    found = due_standings(draft)
    return [
        *status_findings(draft),
        *future_findings(draft),
        *sign_off_findings(draft, found),
        *duty_findings(draft, found),
        *review_findings(draft),
    ]
