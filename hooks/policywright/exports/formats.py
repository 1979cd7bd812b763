"""The formats in which documents and data leave: one entry for each, with what it needs and which files it makes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from policywright.exports.data import (
    answers_json,
    coverage_json,
    csv_files,
    findings_json,
    instrument_json,
    sources_json,
)
from policywright.exports.extras import needed
from policywright.exports.frozen import instruments_in
from policywright.exports.markdown import markdown_of
from policywright.exports.papers import Paper
from policywright.exports.plain_text import plain_text_of
from policywright.exports.report import as_json
from policywright.exports.schemas import data_schema, schema_name
from policywright.model.draft import Draft
from policywright.model.findings import capital
from policywright.model.versions import Frozen


@dataclass(frozen=True)
class Compared:
    """Two texts, of which a redline shows the changes."""

    old: Frozen
    new: Frozen
    names: tuple[str, str]
    """As in the names of files: “1.0” and “now”."""
    day: str
    """The day of the changes, as an ISO date."""


@dataclass(frozen=True)
class Material:
    """What files are made from."""

    draft: Draft
    papers: Sequence[Paper]
    data: str = "whole"
    """What data files may hold: “whole”; “shown” to readers of the published site; “frozen” with a release; or
    “chosen”, which are the papers alone."""
    template: Path | None = None
    """The agency's template for Word files."""
    comments: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Anchor of a provision -> the comments beside it in Word files."""
    redline: Compared | None = None
    """What Word files show instead of a text, if anything."""
    remark: Callable[[str], None] = lambda _: None
    """Gets a sentence about what could not be made as it is, such as a sign that no font has."""
    folders: bool = False
    """Whether a page of the site is a folder; addresses in data depend on it."""


class NotMade(Exception):
    """Raised when a file cannot be made from what the agency gave; the text says why, and what to do."""


@dataclass(frozen=True)
class ExportFile:
    """A file to make."""

    name: str
    title: str
    format: str
    """The id of its format."""
    make: Callable[[], bytes]
    paper: str = ""
    """The id of its paper; empty for data about the whole policy."""


@dataclass(frozen=True)
class Format:
    """A kind of file."""

    id: str
    title: str
    files: Callable[[Material], Iterator[ExportFile]]
    library: tuple[str, str] | None = None
    """The module that it needs, and the files in words, as the subject of a sentence."""


def _documents(id_: str, make: Callable[[Paper, Material], bytes]) -> Callable[[Material], Iterator[ExportFile]]:
    """Return what yields a file for each paper."""

    def one(paper: Paper, material: Material) -> ExportFile:
        return ExportFile(f"{paper.name}.{id_}", paper.title, id_, lambda: make(paper, material), paper.id)

    return lambda material: (one(paper, material) for paper in material.papers)


def _word_files(material: Material) -> Iterator[ExportFile]:
    if material.redline is None:
        return _documents("docx", _word)(material)
    changed = instruments_in(material.redline.old) | instruments_in(material.redline.new)
    return (_redline_file(paper, material, material.redline) for paper in material.papers if paper.id in changed)


def _word(paper: Paper, material: Material) -> bytes:
    from policywright.exports.word.document import docx_of  # noqa: PLC0415 - python-docx is an extra

    with _usable_template():
        return docx_of(paper, template=material.template, comments=material.comments)


def _redline_file(paper: Paper, material: Material, redline: Compared) -> ExportFile:
    old, new = redline.names
    title = f"{paper.title}, from {old} to {new}"
    make = partial(_changes, paper, material, redline)
    return ExportFile(f"{paper.name}-{old}-to-{new}.docx", title, "docx", make, paper.id)


def _changes(paper: Paper, material: Material, redline: Compared) -> bytes:
    from policywright.exports.word.redline import Printing, redline_docx  # noqa: PLC0415 - python-docx is an extra

    printing = Printing(paper.size, paper.language, material.template)
    author = material.draft.document.agency_name
    with _usable_template():
        return redline_docx(redline.old, redline.new, paper.id, author, redline.day, printing=printing)


@contextmanager
def _usable_template() -> Iterator[None]:
    from policywright.exports.word.template import UnusableTemplate  # noqa: PLC0415 - python-docx is an extra

    try:
        yield
    except UnusableTemplate as error:
        raise NotMade(str(error)) from error


def _pdf(paper: Paper, material: Material) -> bytes:
    from policywright.exports.pdf.printing import pdf_of  # noqa: PLC0415 - typst is an extra

    return pdf_of(paper, material.remark)


def _json(material: Material) -> Iterator[ExportFile]:
    made = [*_instruments(material), *_about_all(material)]
    yield from made
    kinds = {"instrument" if file.paper else file.name.removesuffix(".json") for file in made}
    for kind in sorted(kinds):
        title = f"Form of {'the documents' if kind == 'instrument' else f'{kind}.json'}"
        yield _data(schema_name(kind), title, partial(_schema, kind))


def _instruments(material: Material) -> Iterator[ExportFile]:
    draft = material.draft
    pages = {provision.page.removesuffix(".md") for provision in draft.policy.everything}

    def one(paper: Paper) -> ExportFile:
        make = partial(instrument_json, paper, draft, folders=material.folders)
        return _data(f"{paper.name}.json", paper.title, make, paper.id)

    return (one(paper) for paper in material.papers if paper.id in pages)


def _about_all(material: Material) -> Iterator[ExportFile]:
    draft = material.draft
    if material.data == "whole":
        yield _data("answers.json", "Answers", partial(answers_json, draft))
        yield _data("findings.json", "Findings", partial(findings_json, draft))
        yield _data("coverage.json", "Existing policies", partial(coverage_json, draft))
    if material.data in ("whole", "shown"):
        yield _data("sources.json", "Sources", partial(sources_json, draft))


def _data(name: str, title: str, make: Callable[[], str], paper: str = "") -> ExportFile:
    return ExportFile(name, title, "json", lambda: make().encode("utf-8", "replace"), paper)


def _schema(kind: str) -> str:
    return as_json(data_schema(kind))


def _csv(material: Material) -> Iterator[ExportFile]:
    if material.data != "chosen":
        for name, text in csv_files(material.draft, whole=material.data == "whole").items():
            title = capital(re.sub("[-_]", " ", name.removesuffix(".csv")))
            yield ExportFile(name, title, "csv", partial(text.encode, "utf-8", "replace"))


FORMATS: Mapping[str, Format] = {
    one.id: one
    for one in (
        Format("docx", "Word", _word_files, ("docx", "Word files")),
        Format("pdf", "PDF", _documents("pdf", _pdf), ("typst", "PDF files")),
        Format("md", "Markdown", _documents("md", lambda paper, _: markdown_of(paper))),
        Format("txt", "Plain text", _documents("txt", lambda paper, _: plain_text_of(paper))),
        Format("json", "JSON", _json),
        Format("csv", "CSV", _csv),
    )
}
"""In the order in which files are made and listed."""


def files_to_make(material: Material, formats: Collection[str]) -> list[ExportFile]:
    """Return the files to make; raise MissingExtra before any is made if a format needs what is not installed."""
    need_libraries(formats)
    return [file for name, one in FORMATS.items() if name in formats for file in one.files(material)]


def word_template(draft: Draft, root: Path) -> Path | None:
    """Return the template for Word files that policy.yml names."""
    name = draft.document.exports.word_template
    return root / name if name else None


def need_libraries(formats: Collection[str]) -> None:
    """Raise MissingExtra if one of the formats needs what is not installed."""
    for name in formats:
        library = FORMATS[name].library
        if library:
            needed(*library)
