"""The form for confirming that one has read the policy, on paper or by mail, without a server."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from policywright.approval.releases import last_release
from policywright.approval.snapshot import freeze
from policywright.model.agency import Document
from policywright.model.draft import Draft
from policywright.model.versions import Release
from policywright.pages.views.site import AgencySite, View


@dataclass(frozen=True)
class Form:
    """The content of the form."""

    version: str
    fingerprint: str
    """The fingerprint of the text on the site."""
    released: bool
    """Whether the text is exactly that of the last release."""
    mail: str
    """The mailto address of a prepared letter."""


def form(draft: Draft) -> Form:
    """Return the form for the current text."""
    now, last = freeze(draft).fingerprint, last_release(draft)
    released = last is not None and last.fingerprint == now
    version = last.version if last and released else draft.document.version
    return Form(version, now, released, _mail(draft, version, now))


def _mail(draft: Draft, version: str, now: str) -> str:
    document = draft.document
    named = f"{document.title}, version {version}" if version else document.title
    lines = [
        f"I have read this policy: {document.agency_name}, {named}, fingerprint {now}.",
        "",
        "Name: ",
        "Office: ",
        "Date: ",
    ]
    words = {"subject": f"Read: {named}", "body": "\r\n".join(lines)}
    asked = "&".join(f"{key}={quote(text, safe='')}" for key, text in words.items())
    return f"mailto:{quote(document.acknowledge_to, safe='@')}?{asked}"


@dataclass(frozen=True)
class AcknowledgeView(View):
    """The form, and on the working site the number of people who handed it in."""

    frame = "acknowledge"
    document: Document
    form: Form
    read: tuple[tuple[Release, int], ...]
    """Each release, the newest first, with the number of people who have acknowledged it."""
    working: bool


def acknowledge_view(site: AgencySite, _: object) -> AcknowledgeView:
    """Show the form."""
    people = site.draft.acknowledged
    read = tuple((release, people.get(release.version, 0)) for release in reversed(site.draft.releases))
    return AcknowledgeView(site.document, form(site.draft), read, site.working)
