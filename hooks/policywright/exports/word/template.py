"""What a document begins as: an agency's Word template without its text, or an empty document of ours."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from policywright.exports.extras import needed
from policywright.exports.word.elements import element, root
from policywright.exports.word.parts import MARGIN, WIDTHS
from policywright.exports.word.styles import Styles, asset

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEMPLATE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"
_DOCUMENT = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_UNUSED = ("stylesWithEffects", "customXml", "webSettings", "thumbnail", "extended-properties")
"""What python-docx's empty document has and nobody needs; the first of them makes Word repair some files."""


class UnusableTemplate(Exception):
    """Raised when a Word template cannot be used; the text says why, and what to do."""


def word() -> Any:
    """Return python-docx; raise MissingExtra without it."""
    return needed("docx", "Word files")


def parsed(xml: str) -> Any:
    """Parse the XML of a part."""
    return word().oxml.parse_xml(xml.encode())


def opened(template: Path | None) -> Any:
    """Open a document without text, python-docx's Document; the template keeps its styles and its running lines."""
    docx = word()
    if template is None:
        return docx.Document(io.BytesIO(_empty()))
    document = docx.Document(io.BytesIO(_readable(template)))
    _clear(document.element.body)
    # Ours begin at -1; those of an older Word at 0, and its settings say which are separators.
    _leave_out(document.settings.element, ["footnotePr"])
    # The styles of Word 2010 must be the same twice, and we add some.
    _leave_out(document.part.rels, ["footnotes", "comments", "stylesWithEffects"])
    return document


def _readable(template: Path) -> bytes:
    """Return a template as a document: Word's two kinds of files differ in one word."""
    try:
        with zipfile.ZipFile(template) as file:
            types = file.read("[Content_Types].xml")
            parts = {name: file.read(name) for name in file.namelist()}
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        message = f"The Word template {template} cannot be read as a .docx or .dotx file. Save it in Word again."
        raise UnusableTemplate(message) from error
    if b"macroEnabled" in types or (_TEMPLATE not in types and _DOCUMENT not in types):
        message = f"The Word template {template} has macros or is not a Word document. Save it in Word as .dotx."
        raise UnusableTemplate(message)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as copy:
        for name, content in (parts | {"[Content_Types].xml": types.replace(_TEMPLATE, _DOCUMENT)}).items():
            copy.writestr(name, content)
    return made.getvalue()


def _clear(body: Any) -> None:
    """Leave the last section alone, which holds the paper, the headers and the footers; add one if there is none."""
    sections = body.findall(f"{W}sectPr")[-1:]
    body[:] = sections or [parsed(root("w:sectPr"))]


def _leave_out(part: Any, names: list[str]) -> None:
    """Leave out the elements with some names, or the relations to parts of some kinds."""
    if hasattr(part, "iterchildren"):
        for child in [one for one in part.iterchildren() if one.tag.removeprefix(W) in names]:
            part.remove(child)
    else:
        for key in [key for key, relation in part.items() if relation.reltype.rpartition("/")[2] in names]:
            del part[key]


@cache
def _empty() -> bytes:
    """Return an empty document with our styles, as a file: python-docx's has thirty times as many to read."""
    document = word().Document()
    for relations in (document.part.rels, document.part.package.rels):
        _leave_out(relations, [*_UNUSED])
    for part, name in ((document.styles.element, "styles.xml"), (document.settings.element, "settings.xml")):
        new = parsed(asset(name))
        part[:] = new[:]
    document.part.numbering_part.element[:] = []
    document.element.body[-1][:] = []
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


_BEFORE_PAPER = ("headerReference", "footerReference", "footnotePr", "endnotePr", "type")


def set_paper(document: Any, size: str) -> None:
    """Set the size and the margins of the pages, if the template does not."""
    width, height = WIDTHS[size]
    sides = dict.fromkeys(("w_top", "w_right", "w_bottom", "w_left"), MARGIN) | {"w_header": 624, "w_footer": 567}
    xml = element("w:pgSz", w_w=width, w_h=height) + element("w:pgMar", **sides, w_gutter=0)
    section = document.element.body[-1]
    at = sum(one.tag.removeprefix(W) in _BEFORE_PAPER for one in section)
    for made in parsed(root("w:sectPr", xml))[:]:
        found = section.find(made.tag)
        if found is None:
            section.insert(at, made)
        at = section.index(made if found is None else found) + 1


def line_width(document: Any) -> int:
    """Return how wide the lines of a document are."""
    section = document.sections[-1]
    return int((section.page_width - section.left_margin - section.right_margin) / 635)


def set_language(document: Any, language: str) -> None:
    """Say in which language the words are, for spelling and for screen readers."""
    for found in document.styles.element.iter(f"{W}lang"):
        found.set(f"{W}val", language)
    if not document.styles.element.findall(f"{W}docDefaults//{W}lang"):
        style = document.styles["Normal"].element
        style.get_or_add_rPr().append(parsed(f'<w:lang xmlns:w="{W[1:-1]}" w:val="{language}"/>'))


def add_styles(document: Any, *, ours: bool) -> Styles:
    """Add our styles that a document has none of; return the ids of all."""
    known = document.styles.element
    ids = {_name(one): one.get(f"{W}styleId") for one in known.iter(f"{W}style")}
    for xml in _our_styles():
        name, own_id = _name(xml), xml.get(f"{W}styleId") or ""
        if name not in ids:
            ids[name] = own_id if own_id not in ids.values() else f"{own_id}Policy"
            xml.set(f"{W}styleId", ids[name])
            known.append(_adapted(xml, ids))
    return Styles(ids, ours)


def _our_styles() -> list[ElementTree.Element]:
    return ElementTree.fromstring(asset("styles.xml")).findall(f"{W}style")  # noqa: S314 - our own file


def _name(style: Any) -> str:
    return str(style.find(f"{W}name").get(f"{W}val")).lower()


def _adapted(style: ElementTree.Element, ids: dict[str, str]) -> Any:
    """Return a style of ours that refers to those of a template, by their ids there."""
    names = {one.get(f"{W}styleId"): _name(one) for one in _our_styles()}
    for tag in ("basedOn", "next", "link"):
        for found in style.findall(f"{W}{tag}"):
            name = names.get(found.get(f"{W}val"), "normal")
            found.set(f"{W}val", ids.get(name, str(found.get(f"{W}val"))))
    style.attrib.pop(f"{W}default", None)
    return parsed(ElementTree.tostring(style, encoding="unicode"))


def number_headings(document: Any, styles: Styles, number: int, levels: int) -> list[str]:
    """Let the styles of headings number them, with the list of this id; return their ids."""
    ids = [styles.id_of(f"heading {level}") for level in range(1, levels + 1)]
    for level, style in enumerate(ids):
        after = document.styles.element.find(f"{W}style[@{W}styleId='{style}']/{W}pPr/{W}keepLines")
        numbered = element("w:numPr", element("w:ilvl", w_val=level), element("w:numId", w_val=number))
        after.addnext(parsed(numbered.replace("<w:numPr>", f'<w:numPr xmlns:w="{W[1:-1]}">')))
    return ids


def free_ids(document: Any) -> tuple[int, int]:
    """Return the first free ids of a definition of numbers, and of a list."""
    known = [r.target_part for r in document.part.rels.values() if r.reltype.endswith("/numbering")]
    found = known[0].element if known else []
    definitions = [int(one.get(f"{W}abstractNumId")) for one in found if one.tag == f"{W}abstractNum"]
    lists = [int(one.get(f"{W}numId")) for one in found if one.tag == f"{W}num"]
    return max(definitions, default=0) + 1, max(lists, default=0) + 1
