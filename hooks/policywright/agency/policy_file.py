"""Reads policy.yml: what the document is and who issues it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from string import Formatter
from typing import Any

from policywright.agency.colors import NIGHT, PAPER, color_finding
from policywright.files.formats import is_address, is_period
from policywright.files.schema import (
    MAYBE_DATE,
    MAYBE_TEXT,
    NOT_BLANK,
    TEXT,
    Schema,
    checked,
    closed,
    date_or_nothing,
    line,
    mapping,
    table,
)
from policywright.files.yaml import YamlFile, leads_out, read_yaml
from policywright.model.agency import EXPORT_FORMATS, Adoption, Design, Document, Exports
from policywright.model.catalog import Catalog
from policywright.model.findings import Finding, NoProject, Place, short, unknown

STATUSES = ("draft", "in_review", "approved", "in_force", "superseded")
DATES = ("adopted", "in_force", "review_due")
ADOPTION = ("body", "kind", "number", "authority", "administrator", "may_amend_procedures")
SAME_DAY = {"adopted": "adopted", "effective": "in_force"}
"""The days that people may also write under `adoption:`, and their names under `dates:`."""
PUBLISH = ("intranet", "web")

POLICY: Schema = closed(
    {
        "agency": closed({"name": TEXT | NOT_BLANK, "short_name": MAYBE_TEXT}, ["name"]),
        "catalog": MAYBE_TEXT,
        "title": MAYBE_TEXT,
        "version": MAYBE_TEXT,
        "status": {"enum": [*STATUSES, None]},
        "owner": MAYBE_TEXT,
        "preset": MAYBE_TEXT,
        "base": MAYBE_TEXT,
        "dates": closed(dict.fromkeys(DATES, MAYBE_DATE)) | {"type": ["object", "null"]},
        "offices": table(MAYBE_TEXT) | {"type": ["object", "null"]},
        "design": closed(dict.fromkeys(("logo", "accent", "accent_dark"), MAYBE_TEXT)) | {"type": ["object", "null"]},
        "edit": MAYBE_TEXT,
        "review_every": MAYBE_TEXT | {"format": "period"},
        "acknowledge_to": MAYBE_TEXT | {"format": "address"},
        "adoption": closed(dict.fromkeys(ADOPTION, MAYBE_TEXT) | dict.fromkeys(SAME_DAY, MAYBE_DATE))
        | {"type": ["object", "null"]},
        "publish": {"enum": [*PUBLISH, None]},
        "keep_out": {"type": ["array", "null"], "items": TEXT | NOT_BLANK, "uniqueItems": True},
        "exports": closed(
            {
                "formats": {"type": ["array", "null"], "items": {"enum": [*EXPORT_FORMATS]}, "uniqueItems": True},
                "word_template": MAYBE_TEXT,
            }
        )
        | {"type": ["object", "null"]},
        "drafted_by": {"type": ["array", "null"], "items": TEXT | NOT_BLANK, "uniqueItems": True},
    },
    ["agency"],
)


def read_document(root: Path) -> tuple[Document, list[Finding]]:
    """Read policy.yml; raise NoProject if there is none.

    Mistakes are returned as findings, and the document gets defaults for them.
    """
    path = root / "policy.yml"
    if not path.exists():
        message = "There is no policy.yml here, so this is not an agency's repository."
        fix = "Change to the folder that has policy.yml, name that folder, or make one with “policywright new”."
        raise NoProject([Finding("E010", "error", message, (Place("policy.yml"),), fix)])
    file, findings = read_yaml(path, "policy.yml")
    findings = checked(file, findings, POLICY)
    design = _design(root, file, findings)
    edit = _edit(file, findings)
    exports = _exports(root, file, findings)
    document = replace(_document(mapping(file.value), file), design=design, edit=edit, exports=exports)
    return document, [*findings, *_contrary_days(document, file)]


def _contrary_days(document: Document, file: YamlFile) -> list[Finding]:
    """Report days that contradict one another: in the wrong order, or two days for one."""
    given, found = mapping(mapping(file.value).get("adoption")), []
    for key, name in SAME_DAY.items():
        day = date_or_nothing(given.get(key))
        if day and day != document.dates[name]:
            message = f"Under “adoption” the day is {day}, and under “dates” it is {document.dates[name]}."
            places = (file.place("adoption", key), file.place("dates", name))
            found.append(Finding("E120", "error", message, places, "Write one of the two days, and only once."))
    adopted, effective = document.dates["adopted"], document.dates["in_force"]
    if "" < effective < adopted:
        message = f"The policy would take effect on {effective}, before it is adopted on {adopted}."
        places = (_day_place(document, file, "in_force"), _day_place(document, file, "adopted"))
        found.append(Finding("E120", "error", message, places, "Correct the day that is wrong."))
    review = document.dates["review_due"]
    if "" < review < effective:
        message = f"The review would be due on {review}, before the policy takes effect on {effective}."
        places = (document.places["dates.review_due"], _day_place(document, file, "in_force"))
        found.append(Finding("E120", "error", message, places, "Correct the day that is wrong."))
    return found


def _day_place(document: Document, file: YamlFile, name: str) -> Place:
    other = next(key for key, same in SAME_DAY.items() if same == name)
    written = mapping(mapping(file.value).get("dates")).get(name)
    return document.places[f"dates.{name}"] if written else file.place("adoption", other)


def _design(root: Path, file: YamlFile, findings: list[Finding]) -> Design:
    """Return the usable part of the design, and report the rest."""
    given = {key: line(value) for key, value in mapping(mapping(file.value).get("design")).items()}
    papers = {"accent": (PAPER, "on white"), "accent_dark": (NIGHT, "on the dark page")}
    wrong = {
        key: finding
        for key, paper in papers.items()
        if given.get(key) and (finding := color_finding(given[key], *paper, file.place("design", key)))
    }
    logo = given.get("logo", "")
    if logo and not _is_picture(root, logo):
        wrong["logo"] = Finding(
            "E116", "error", f"There is no picture “{short(logo)}”.", (file.place("design", "logo"),), _LOGO
        )
    findings += wrong.values()
    kept = {key: given.get(key, "") for key in ("accent", "accent_dark") if key not in wrong}
    return Design(logo="" if "logo" in wrong else logo.removeprefix("docs/"), **kept)


_TEMPLATE = "Put a .docx file into the repository and write its path, such as templates/letter.docx."


def _exports(root: Path, file: YamlFile, findings: list[Finding]) -> Exports:
    """Return the usable part of the exports, and report a template that is not one."""
    given = mapping(mapping(file.value).get("exports"))
    formats, template = _names(given.get("formats")), line(given.get("word_template"))
    if template and not _is_word_file(root, template):
        message = f"There is no Word template “{short(template)}” in this repository."
        place = file.place("exports", "word_template")
        findings.append(Finding("E125", "error", message, (place,), _TEMPLATE))
        template = ""
    return Exports(tuple(name for name in formats if name in EXPORT_FORMATS), template)


def _is_word_file(root: Path, name: str) -> bool:
    path = root / name
    inside = not {"", ".", ".."} & {*name.split("/")} and not leads_out(path, name)
    return inside and path.suffix.lower() == ".docx" and path.is_file()


_PLAIN_PATH = re.compile(r"""docs(/[^/\\:?#%"'<>&]+)+""")
_LOGO = "Put an SVG or PNG file below docs/ and write its path, such as docs/assets/seal.svg."


def _is_picture(root: Path, name: str) -> bool:
    path = root / name
    # The logo is copied into the published site, so it may not come from outside of docs/, even through a link.
    # Two slashes, a colon or a backslash would make a browser ask another host for it.
    plain = _PLAIN_PATH.fullmatch(name) and not {".", ".."} & set(name.split("/"))
    inside = plain and not leads_out(path, name)
    return bool(inside) and path.suffix.lower() in (".svg", ".png", ".webp") and path.is_file()


def _edit(file: YamlFile, findings: list[Finding]) -> str:
    address = line(mapping(file.value).get("edit"))
    # str.format would also accept {file.__class__} or {line:>9}; only the plain names are allowed.
    names = {f"{name}{form}{how or ''}" for _, name, form, how in _fields(address) if name is not None}
    if address and (
        not address.startswith(("https://", "http://", "file:///")) or not {"file"} <= names <= {"file", "line"}
    ):
        message = f"“{short(address)}” is not an address for editing: it has no “{{file}}” in it, or cannot be opened."
        fix = "Write an address that begins with https://, http:// or file:/// and holds {file}, and perhaps {line}."
        findings.append(Finding("E117", "error", message, (file.place("edit"),), fix))
        return ""
    return address


def _fields(address: str) -> list[tuple[str, str | None, str | None, str | None]]:
    try:
        return list(Formatter().parse(address))
    except ValueError:
        return []


def _document(data: dict[str, Any], file: YamlFile) -> Document:
    agency = mapping(data.get("agency"))
    name = line(agency.get("name")) or "the agency"
    return Document(
        agency_name=name,
        short_name=line(agency.get("short_name")) or name,
        catalog=line(data.get("catalog")) or "social-media",
        title=line(data.get("title")),
        version=line(data.get("version")),
        status=data["status"] if data.get("status") in STATUSES else "draft",
        owner=line(data.get("owner")),
        preset=line(data.get("preset")),
        base=line(data.get("base")),
        dates=_dates(data),
        offices={key: line(value) for key, value in mapping(data.get("offices")).items() if line(value)},
        place=file.place("catalog"),
        review_every=_period(data.get("review_every")),
        acknowledge_to=_address(data.get("acknowledge_to")),
        drafted_by=_names(data.get("drafted_by")),
        adoption=Adoption(**{key: line(mapping(data.get("adoption")).get(key)) for key in ADOPTION}),
        publish=data["publish"] if data.get("publish") in PUBLISH else PUBLISH[0],
        keep_out=_names(data.get("keep_out")),
        places=_places(file),
    )


_PLACED = ("status", "version", "owner", "preset", "base", "review_every", "drafted_by", "keep_out")
_NAMED = "name of offices."


def _places(file: YamlFile) -> dict[str, Place]:
    keys = {key: file.place(key) for key in _PLACED}
    offices = mapping(mapping(file.value).get("offices"))
    keys |= {f"offices.{role}": file.place("offices", role) for role in offices}
    keys |= {f"{_NAMED}{role}": file.key_place("offices", role) for role in offices}
    keys |= {f"exports.{key}": file.place("exports", key) for key in ("formats", "word_template")}
    keys |= {f"adoption.{key}": file.place("adoption", key) for key in ADOPTION}
    return keys | {f"dates.{key}": file.place("dates", key) for key in DATES}


def _dates(data: dict[str, Any]) -> dict[str, str]:
    """Return the days under `dates:`, and those under `adoption:` where nothing else is written."""
    dates = {key: date_or_nothing(mapping(data.get("dates")).get(key)) for key in DATES}
    others = {name: date_or_nothing(mapping(data.get("adoption")).get(key)) for key, name in SAME_DAY.items()}
    return {key: day or others.get(key, "") for key, day in dates.items()}


def _period(value: Any) -> str:
    return value if isinstance(value, str) and is_period(value) else ""


def _address(value: Any) -> str:
    return value if isinstance(value, str) and is_address(value) else ""


def _names(value: Any) -> tuple[str, ...]:
    names = [line(name) for name in value] if isinstance(value, list) else []
    return tuple(dict.fromkeys(name for name in names if name))


def facts(document: Document, catalog: Catalog) -> dict[str, str]:
    """Return what texts may show in addition to answers: facts about the document, and the names of offices."""
    offices = {f"office.{role.id}": document.office(role) for role in catalog.roles.values()}
    return offices | {
        "agency.name": document.agency_name,
        "agency.short_name": document.short_name,
        "policy.title": document.title or catalog.title,
        "policy.version": document.version,
        "policy.owner": document.owner or "[to be decided: Who owns this policy?]",
    }


def check_names(document: Document, catalog: Catalog) -> list[Finding]:
    """Report a preset or a role in policy.yml that the catalog does not have."""
    found = []
    if document.preset and document.preset not in catalog.presets:
        found.append(unknown("preset", document.preset, catalog.presets, document.places["preset"], "E112"))
    named = {key.removeprefix(_NAMED): place for key, place in document.places.items() if key.startswith(_NAMED)}
    found += [
        unknown("role", role, catalog.roles, named[role], "E112")
        for role in document.offices
        if role not in catalog.roles
    ]
    form = document.adoption.kind
    if form and form not in catalog.forms:
        found.append(unknown("form of adoption", form, catalog.forms, document.places["adoption.kind"], "E112"))
    parts = parts_of_site(catalog)
    found += [
        unknown("part of the published site", name, parts, document.places["keep_out"], "E112")
        for name in document.keep_out
        if name not in parts
    ]
    return found


def parts_of_site(catalog: Catalog) -> dict[str, str]:
    """Return what `keep_out` may name, each with its title."""
    sections = (*catalog.sections, *catalog.texts)
    titles = {one.id: one.title for one in catalog.instruments.values()} | {one.id: one.title for one in sections}
    return titles | {page.id: page.title for page in catalog.pages}
