"""What the page of downloads shows."""

from __future__ import annotations

from dataclasses import dataclass

from policywright.model.agency import Document
from policywright.pages.downloads import Download
from policywright.pages.views.site import AgencySite, View

SHOWN = 16
"""The first signs of a fingerprint, which are enough to compare by eye."""


@dataclass(frozen=True)
class DownloadsView(View):
    """The documents and data files of a site."""

    frame = "downloads"
    boost = 0.5
    document: Document
    files: tuple[Download, ...]
    shown: int
    """How many signs of a fingerprint are shown."""


def downloads_view(site: AgencySite, _: object) -> DownloadsView:
    """List the files in the order of the formats."""
    return DownloadsView(site.document, site.downloads, SHOWN)
