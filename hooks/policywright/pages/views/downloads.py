"""What the page of downloads shows."""

from __future__ import annotations

from dataclasses import dataclass

from policywright.pages.downloads import Download
from policywright.pages.views.site import AgencySite, View

SHOWN = 16
"""The first signs of a fingerprint, which are enough to compare by eye."""


@dataclass(frozen=True)
class DownloadGroup:
    """Files for the same readers."""

    title: str
    anchor: str
    files: tuple[Download, ...]


@dataclass(frozen=True)
class DownloadsView(View):
    """The documents and data files of a site."""

    frame = "downloads"
    boost = 0.5
    groups: tuple[DownloadGroup, ...]
    shown: int
    """How many signs of a fingerprint are shown."""


def downloads_view(site: AgencySite, _: object) -> DownloadsView:
    """List the files of each document together, then those about all of them."""
    first = list(dict.fromkeys(file.document for file in site.downloads))
    ordered = sorted(site.downloads, key=lambda file: first.index(file.document))
    groups = (
        DownloadGroup("Documents", "documents", tuple(f for f in ordered if f.document and not f.internal)),
        DownloadGroup("Internal documents", "internal", tuple(f for f in ordered if f.internal)),
        DownloadGroup("Data", "data", tuple(f for f in ordered if not f.document)),
    )
    return DownloadsView(tuple(group for group in groups if group.files), SHOWN)
