"""The form by which somebody says that they have read the policy: on paper or by mail, and without a server."""

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
    """What the form says."""

    version: str
    fingerprint: str
    """Of the very text that stands on the site."""
    released: bool
    """Whether this text is the last release, word for word."""
    mail: str
    """The address of a ready letter, to be opened by a mail program."""


def form(draft: Draft) -> Form:
    """Make the form for the text as it stands."""
    now, last = freeze(draft).fingerprint, last_release(draft)
    released = last is not None and last.fingerprint == now
    version = last.version if last and released else draft.document.version
    return Form(version, now, released, _mail(draft, version, now))


def _mail(draft: Draft, version: str, now: str) -> str:
    document = draft.document
    named = f"{document.title}, version {version}" if version else document.title
    lines = [
        f"I have read this policy of {document.agency_name}: {named}, fingerprint {now}.",
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
    """The form, and on the working site how many people handed it in."""

    frame = "acknowledge"
    document: Document
    form: Form
    read: tuple[tuple[Release, int], ...]
    """Each release, the newest first, and how many people have acknowledged it."""
    working: bool


def acknowledge_view(site: AgencySite, _: str) -> AcknowledgeView:
    """Show the form."""
    people = site.draft.acknowledged
    read = tuple((release, people.get(release.version, 0)) for release in reversed(site.draft.releases))
    return AcknowledgeView(site.document, form(site.draft), read, site.working)
