"""The files that policy.yml asks for, as far as the readers of a site may see them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from policywright.exports.extras import MissingExtra
from policywright.exports.folder import SUMS, sums_file
from policywright.exports.formats import FORMATS, ExportFile, Material, files_to_make, need_libraries, word_template
from policywright.exports.papers import make_papers, shown_papers
from policywright.model.draft import Draft
from policywright.model.findings import Finding
from policywright.pages.downloads import Download
from policywright.pages.published import published


def make_downloads(
    draft: Draft, root: Path, audience: str, *, folders: bool = False
) -> tuple[list[Download], list[Finding]]:
    """Return the files for the readers of a site, and a finding for each format whose library is not installed."""
    missing = list(_missing(draft))
    formats = [name for name in draft.document.exports.formats if name not in dict(missing)]
    if not formats:
        return [], [finding for _, finding in missing]
    template = word_template(draft, root)
    if audience == "working":
        material = Material(draft, make_papers(draft), "whole", template, folders=folders)
    else:
        material = Material(published(draft), shown_papers(draft), "shown", template, folders=folders)
    files = files_to_make(material, formats)
    made = [Download(_name(file), file.title, FORMATS[file.format].title, file.make()) for file in files]
    sums = sums_file({one.name: one.digest for one in made})
    return [*made, Download(SUMS, "Fingerprints of all files", "Plain text", sums)], [one for _, one in missing]


def _name(file: ExportFile) -> str:
    """Return the name in the site: a program that builds sites would make a page of a Markdown file."""
    return f"{file.name}.txt" if file.format == "md" else file.name


def _missing(draft: Draft) -> Iterator[tuple[str, Finding]]:
    """Yield each format that cannot be made here, with what to do about it."""
    for name in draft.document.exports.formats:
        try:
            need_libraries([name])
        except MissingExtra as error:
            message = f"The site gets no {FORMATS[name].title} files."
            place = draft.document.places["exports.formats"]
            yield name, Finding("W121", "warning", message, (place,), f"{error}")
