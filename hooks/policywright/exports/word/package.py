"""Puts a document together from its parts, always with the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from policywright.exports.word.elements import element, root, text_of
from policywright.exports.word.links import Links
from policywright.exports.word.numbering import Numbering
from policywright.exports.word.template import W, parsed, word

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KINDS = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_NO_LINKS = Links()
_ANY_DAY = (1980, 1, 1, 0, 0, 0)
"""What a zip archive calls the day of each file; every export has the same, or no two would be equal."""
_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
"""What Office calls properties that anybody may add."""


@dataclass(frozen=True)
class Written:
    """The parts of a document as text, before they are put together."""

    body: str
    header: str
    footer: str
    numbering: Numbering
    links: Links
    footnotes: str
    note_links: Links
    """The links in the footnotes."""
    comments: str = ""


@dataclass(frozen=True)
class About:
    """What the properties of a document say."""

    title: str
    agency: str
    language: str
    day: str
    """ISO date, or empty."""
    more: Mapping[str, str]
    """What says which document came back: its paper and the fingerprint of its text; see exports/review."""


def put_together(document: Any, written: Written, about: About) -> bytes:
    """Fill an open document with its parts; return it as a file."""
    _fill(document, written)
    _add_numbering(document, written.numbering)
    _add_part(document, "footnotes", written.footnotes, written.note_links)
    if written.comments:
        _add_part(document, "comments", written.comments)
    for kind, text in (("header", written.header), ("footer", written.footer)):
        _add_running(document, kind, text)
    _set_properties(document, about)
    made = io.BytesIO()
    document.save(made)
    return _same_bytes(made.getvalue())


def _fill(document: Any, written: Written) -> None:
    for address, number in written.links.ids.items():
        document.part.rels.add_relationship(f"{_RELATIONS}/hyperlink", address, number, is_external=True)
    section = document.element.body[-1]
    for block in parsed(root("w:body", written.body)):
        section.addprevious(block)


def _add_numbering(document: Any, numbering: Numbering) -> None:
    known = [one.target_part for one in document.part.rels.values() if one.reltype == f"{_RELATIONS}/numbering"]
    definitions, lists = (parsed(root("w:numbering", *some)) for some in (numbering.definitions, numbering.lists))
    if not known:
        text = root("w:numbering", *numbering.definitions, *numbering.lists)
        _add_part(document, "numbering", text)
        return
    # All definitions come before all lists.
    there = known[0].element
    first = next((one for one in there if one.tag == f"{W}num"), None)
    for one in definitions:
        there.append(one) if first is None else first.addprevious(one)
    last = next((one for one in there if one.tag == f"{W}numIdMacAtCleanup"), None)
    for one in lists:
        there.append(one) if last is None else last.addprevious(one)


def _add_part(document: Any, name: str, text: str, links: Links = _NO_LINKS, kind: str = "") -> str:
    """Add a part beside the body; return the id by which the body names it."""
    docx = word()
    address = docx.opc.packuri.PackURI(f"/word/{name}.xml")
    part = docx.opc.part.Part(address, f"{_KINDS}.{kind or name}+xml", text.encode(), document.part.package)
    for target, number in links.ids.items():
        part.rels.add_relationship(f"{_RELATIONS}/hyperlink", target, number, is_external=True)
    return str(document.part.relate_to(part, f"{_RELATIONS}/{kind or name}"))


def _add_running(document: Any, kind: str, text: str) -> None:
    """Add a header or a footer, unless the template has one with words or a picture."""
    section = document.element.body[-1]
    for reference in section.findall(f"{W}{kind}Reference[@{W}type='default']"):
        if _says_something(document.part.rels[reference.get(f"{{{_RELATIONS}}}id")].target_part):
            return
        section.remove(reference)
    number = _add_part(document, f"policy-{kind}", text, kind=kind)
    made = root("w:sectPr", element(f"w:{kind}Reference", w_type="default", r_id=number))
    # Headers and footers come first, in any order.
    section.insert(0, parsed(made)[0])


def _says_something(part: Any) -> bool:
    content = parsed(part.blob.decode())
    return any(content.iter(f"{W}drawing", f"{W}pict")) or bool("".join(content.itertext()).strip())


def _set_properties(document: Any, about: About) -> None:
    known = document.core_properties
    known.title, known.author, known.last_modified_by = about.title[:255], about.agency[:255], about.agency[:255]
    known.language, known.comments, known.keywords, known.revision = about.language, "", "", 1
    package = document.part.package
    core = package.part_related_by(
        "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
    )
    for child in [one for one in core.element if one.tag.rpartition("}")[2] in ("created", "modified")]:
        core.element.remove(child)
    if about.day:
        known.created = known.modified = datetime.fromisoformat(about.day)
    _add_custom(package, about.more)


def _add_custom(package: Any, more: Mapping[str, str]) -> None:
    """Add our properties to those that a template has, such as the label of its secrecy."""
    docx, kind = word(), f"{_RELATIONS}/custom-properties"
    known = [one.target_part for one in package.rels.values() if one.reltype == kind]
    there = parsed(known[0].blob.decode()) if known else parsed(_NO_PROPERTIES)
    for number, (name, value) in enumerate(more.items(), 2 + len(there)):
        there.append(parsed(_property(number, name, value)))
    blob = docx.opc.oxml.serialize_part_xml(there)
    for key in [key for key, one in package.rels.items() if one.reltype == kind]:
        del package.rels[key]
    address = docx.opc.packuri.PackURI("/docProps/custom.xml")
    content = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
    package.relate_to(docx.opc.part.Part(address, content, blob, package), kind)


_PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_NO_PROPERTIES = f'<Properties xmlns="{_PROPERTIES}" xmlns:vt="{_VALUES}"/>'


def _property(number: int, name: str, value: str) -> str:
    inner = element("vt:lpwstr", text_of(value))
    made = element("property", inner, fmtid=_FORMAT, pid=number, name=name)
    return made.replace("<property", f'<property xmlns="{_PROPERTIES}" xmlns:vt="{_VALUES}"', 1)


def _same_bytes(file: bytes) -> bytes:
    """Return an archive without the time at which it was made."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for one in sorted(old.infolist(), key=lambda one: (one.filename != "[Content_Types].xml", one.filename)):
            entry = zipfile.ZipInfo(one.filename, _ANY_DAY)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            new.writestr(entry, old.read(one))
    return made.getvalue()
