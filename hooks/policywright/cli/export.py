"""The command export: documents and data for people and programs outside of the site."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from policywright.cli.compare import NOW, named_release, text_of_version
from policywright.cli.options import TODAY, names_in
from policywright.cli.terminal import ROOT, exit_refused, progress_line, read_draft, write
from policywright.exports.extras import MissingExtra
from policywright.exports.folder import SUMS, in_the_way, with_sums
from policywright.exports.formats import (
    Compared,
    ExportFile,
    Material,
    NotMade,
    files_to_make,
    need_libraries,
    word_template,
)
from policywright.exports.frozen import frozen_papers, thawed
from policywright.exports.papers import Paper, make_papers
from policywright.exports.review.sent import read_sent
from policywright.exports.sending import kept_for_review
from policywright.exports.word.comments import counsel_comments
from policywright.files.writing import write_files
from policywright.model.agency import EXPORT_FORMATS
from policywright.model.draft import Draft
from policywright.model.findings import did_you_mean, one_of
from policywright.model.versions import Frozen
from policywright.pages.site_settings import docs_of

SENT = "sent"
"""The text that was last sent to counsel, among the versions of a redline."""


def _formats(_: click.Context, __: click.Parameter, value: str) -> tuple[str, ...]:
    """Return the formats of an option such as “docx,pdf”."""
    names = names_in([value])
    unknown = next((name for name in names if name not in EXPORT_FORMATS), None)
    if unknown or not names:
        hint = did_you_mean(unknown, EXPORT_FORMATS) if unknown else ""
        raise click.BadParameter(f"There is no format “{unknown or ''}”.{hint} Choose from: {one_of(EXPORT_FORMATS)}.")
    return names


@click.command()
@ROOT
@click.option(
    "--to",
    "formats",
    required=True,
    callback=_formats,
    metavar="FORMATS",
    help=f"The formats, separated by commas: {', '.join(EXPORT_FORMATS)}.",
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="The folder to fill.")
@click.option(
    "--release", metavar="VERSION", help="Export the text of a release, such as 1.0, instead of the current text."
)
@click.option(
    "--instrument",
    "instruments",
    multiple=True,
    metavar="NAME",
    help="Only this document, such as policy or procedures. Repeat the option for more.",
)
@click.option(
    "--for",
    "reader",
    type=click.Choice(["counsel"]),
    help="For counsel, Word files have the answer and the reason behind each provision as comments, and sent/ keeps"
    " what was sent.",
)
@click.option(
    "--redline",
    "versions",
    metavar="OLD[..NEW]",
    help="Word files with the changes from one release to another, or to the current text, as tracked changes."
    f" “{SENT}” is the text that was last sent to counsel.",
)
@click.option("--force", is_flag=True, help="Also replace files that no export wrote, or that were changed since then.")
@TODAY
def export(  # noqa: PLR0913 - one parameter for each option
    *,
    root: Path,
    formats: tuple[str, ...],
    out: Path,
    release: str | None,
    instruments: tuple[str, ...],
    reader: str | None,
    versions: str | None,
    force: bool,
    today: str,
) -> None:
    """Write the documents as Word, PDF or text files, and the data.

    The policy, the procedures and each sheet become files, including internal ones such as the cover memo. JSON
    and CSV also hold the answers, the findings, the coverage and the sources, unless --release or --instrument
    asks for less. Every JSON file has its JSON Schema next to it, and SHA256SUMS lists the fingerprint of each
    file.

    You can export into the same folder again. A file that somebody has changed since then, for example a document
    with comments, is only replaced with --force.
    """
    _refuse_combination(formats, release, reader, versions)
    try:
        need_libraries(formats)
    except MissingExtra as missing:
        click.echo(str(missing), err=True)
        sys.exit(2)
    draft = read_draft(root, today)
    _refuse_docs(out, root)
    with progress_line() as show:
        show("Laying out the documents …")
        material = _of_instruments(_material(draft, root, release, reader, versions), instruments)
        remarks: list[str] = []
        files = files_to_make(replace(material, template=word_template(draft, root), remark=remarks.append), formats)
        _refuse_nothing(files, formats, instruments)
        made = _made(files, show)
    for remark in remarks:
        click.echo(remark, err=True)
    _write(made, out, force=force)
    if reader:
        _keep(draft, reader, material.papers, made, root)


def _keep(draft: Draft, reader: str, papers: Sequence[Paper], made: Mapping[str, bytes], root: Path) -> None:
    for name in write(root, kept_for_review(draft, reader, papers, made)):
        click.echo(f"{name} keeps what {reader} gets. Compare a file that comes back with: policywright review FILE")


def _refuse_combination(
    formats: Collection[str], release: str | None, reader: str | None, versions: str | None
) -> None:
    if reader and "docx" not in formats:
        raise click.UsageError("Only Word files have comments for counsel. Add docx to --to, or leave --for out.")
    if reader and release:
        raise click.UsageError("A release does not keep the reasons. Leave --for or --release out.")
    if versions and (release or reader or {*formats} != {"docx"}):
        raise click.UsageError("A redline is a Word file of two texts. Write --to docx, without --release and --for.")


def _refuse_docs(out: Path, root: Path) -> None:
    """Refuse the folder of the site's pages, because the next site would publish internal documents."""
    docs = docs_of(root, "working")
    if out.resolve().is_relative_to(docs.folder.resolve()):
        raise click.UsageError(f"The folder {out} is in {docs.folder.name}/, so its files would be in the next site.")


def _material(draft: Draft, root: Path, release: str | None, reader: str | None, versions: str | None) -> Material:
    if release:
        frozen = named_release(release, draft)
        return Material(thawed(frozen, draft), frozen_papers(frozen, draft), "frozen")
    redline = _redline(versions, draft, root) if versions else None
    return Material(draft, make_papers(draft), comments=_comments(draft) if reader else {}, redline=redline)


def _redline(versions: str, draft: Draft, root: Path) -> Compared:
    """Return the two texts of words such as “1.0..1.1” or “1.0”."""
    old, _, new = versions.partition("..")
    names = (old, new or NOW)
    newer = None if names[1] == NOW else named_release(names[1], draft, NOW)
    older = _last_sent(root) if old == SENT else text_of_version(old, draft)
    return Compared(older, text_of_version(names[1], draft), names, newer.date if newer else draft.today)


def _last_sent(root: Path) -> Frozen:
    sent, problems = read_sent(root)
    if not sent:
        why = f"\n{problems[0]}" if problems else ""
        raise click.UsageError(f"Nothing has been sent to counsel from here yet.{why}")
    return sent[-1].text.frozen


def _of_instruments(material: Material, instruments: Sequence[str]) -> Material:
    if not instruments:
        return material
    return replace(material, papers=_chosen(instruments, material.papers), data="chosen")


def _made(files: Sequence[ExportFile], show: Callable[[str], None]) -> dict[str, bytes]:
    made = {}
    for number, file in enumerate(files, 1):
        show(f"Making {file.name} ({number} of {len(files)}) …")
        try:
            made[file.name] = file.make()
        except NotMade as error:
            raise click.UsageError(str(error)) from None
    return made


def _comments(draft: Draft) -> dict[str, list[str]]:
    return counsel_comments(draft)


def _chosen(instruments: Sequence[str], papers: Sequence[Paper]) -> list[Paper]:
    """Return the papers that are named, by the path of the page or by the name of the file."""
    names = names_in(instruments)
    known = [paper.name for paper in papers]
    for name in names:
        if name not in {*known, *(paper.id for paper in papers)}:
            hint = did_you_mean(name, known)
            raise click.UsageError(f"There is no document “{name}”.{hint} Choose from: {one_of(known)}.")
    return [paper for paper in papers if {paper.name, paper.id} & {*names}]


def _refuse_nothing(files: Sequence[ExportFile], formats: Sequence[str], instruments: Sequence[str]) -> None:
    empty = [name for name in formats if name not in {file.format for file in files}]
    if empty:
        raise click.UsageError(
            f"There is nothing about {one_of(names_in(instruments))} to write as {one_of(empty)}."
            " Leave it out of --to, or leave --instrument out."
        )


def _write(made: dict[str, bytes], out: Path, *, force: bool) -> None:
    lost = [] if force else in_the_way(made, out)
    if lost:
        exit_refused(
            f"Nothing was written. These files in {out} were changed since then, or no export wrote them."
            " To replace them, add --force:",
            lost,
            2,
        )
    write_files(with_sums(made, out), out)
    files = "1 file is" if len(made) == 1 else f"{len(made)} files are"
    click.echo(f"{files} in {out}. The fingerprints are in {SUMS}.")
