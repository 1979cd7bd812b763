"""The files that policy.yml asks for, as far as the readers of a site may see them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from policywright.exports.extras import MissingExtra
from policywright.exports.folder import SUMS, sums_file
from policywright.exports.formats import (
    FORMATS,
    ExportFile,
    Material,
    NotMade,
    files_to_make,
    need_libraries,
    word_template,
)
from policywright.exports.papers import make_papers, shown_papers
from policywright.model.draft import Draft
from policywright.model.findings import Finding, Place
from policywright.pages.downloads import Download
from policywright.pages.published import published


def make_downloads(
    draft: Draft, root: Path, audience: str, *, folders: bool = False
) -> tuple[list[Download], list[Finding]]:
    """Return the files for the readers of a site, and a finding about each that cannot be made as it should be."""
    found = dict(_missing(draft))
    formats = [name for name in draft.document.exports.formats if name not in found]
    if not formats:
        return [], [*found.values()]
    remarks: list[str] = []
    material = _material_for(draft, audience)
    material = replace(material, template=word_template(draft, root), folders=folders, remark=remarks.append)
    internal = {paper.id for paper in material.papers if paper.internal}
    made, problems = _made(files_to_make(material, formats), internal, draft)
    lacking = (Finding("W122", "advice", remark, (_place(draft),), _FONT) for remark in remarks)
    return _with_list(made), [*found.values(), *problems, *lacking]


def _with_list(made: list[Download]) -> list[Download]:
    """Add the list of fingerprints, if there is anything to list."""
    sums = sums_file({one.name: one.digest for one in made})
    return [*made, Download(SUMS, "Fingerprints of all files", "Plain text", sums)] if made else []


_FONT = "Install a font that has it, or write it in another way."


def _material_for(draft: Draft, audience: str) -> Material:
    if audience == "working":
        return Material(draft, make_papers(draft))
    return Material(published(draft), shown_papers(draft), "shown")


def _made(files: Iterable[ExportFile], internal: Collection[str], draft: Draft) -> tuple[list[Download], list[Finding]]:
    """Make the files; without a usable template, there are no Word files."""
    made: list[Download] = []
    problems: dict[str, Finding] = {}
    for file in files:
        if file.format in problems:
            continue
        try:
            made.append(_download(file, internal=file.paper in internal))
        except NotMade as error:
            place = draft.document.places["exports.word_template"]
            fix = "Name another file, or leave the line empty."
            problems[file.format] = Finding("E125", "error", str(error), (place,), fix)
    return made, [*problems.values()]


def _place(draft: Draft) -> Place:
    return draft.document.places["exports.formats"]


def _download(file: ExportFile, *, internal: bool) -> Download:
    return Download(_name(file), file.title, FORMATS[file.format].title, file.make(), file.paper, internal)


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
            yield name, Finding("W121", "warning", message, (_place(draft),), str(error))
