"""Reads policy.yml: what the document is and who issues it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from string import Formatter
from typing import Any

from policywright.agency.colours import NIGHT, PAPER, colour_finding
from policywright.files.schema import (
    MAYBE_DATE,
    MAYBE_TEXT,
    NOT_BLANK,
    TEXT,
    Schema,
    checked,
    closed,
    date_or_nothing,
    is_address,
    is_period,
    line,
    mapping,
    table,
)
from policywright.files.yaml import YamlFile, leads_out, read_yaml
from policywright.model.agency import Design, Document
from policywright.model.catalog import Catalog
from policywright.model.findings import Finding, NoProject, Place, short, unknown

STATUSES = ("draft", "in_review", "approved", "in_force", "superseded")
DATES = ("adopted", "in_force", "review_due")


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
        fix = "Change into the folder that holds policy.yml, or name it, or scaffold one with cookiecutter."
        raise NoProject([Finding("E010", "error", message, (Place("policy.yml"),), fix)])
    file, findings = read_yaml(path, "policy.yml")
    findings = checked(file, findings, POLICY)
    design = _design(root, file, findings)
    edit = _edit(file, findings)
    return replace(_document(mapping(file.value), file), design=design, edit=edit), findings


def _design(root: Path, file: YamlFile, findings: list[Finding]) -> Design:
    """Return the usable part of the design, and report the rest."""
    given = {key: line(value) for key, value in mapping(mapping(file.value).get("design")).items()}
    papers = {"accent": (PAPER, "on white"), "accent_dark": (NIGHT, "on the dark page")}
    wrong = {
        key: finding
        for key, paper in papers.items()
        if given.get(key) and (finding := colour_finding(given[key], *paper, file.place("design", key)))
    }
    logo = given.get("logo", "")
    if logo and not _is_picture(root, logo):
        wrong["logo"] = Finding(
            "E116", "error", f"There is no picture “{short(logo)}”.", (file.place("design", "logo"),), _LOGO
        )
    findings += wrong.values()
    kept = {key: given.get(key, "") for key in ("accent", "accent_dark") if key not in wrong}
    return Design(logo="" if "logo" in wrong else logo.removeprefix("docs/"), **kept)


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
        dates={key: date_or_nothing(mapping(data.get("dates")).get(key)) for key in DATES},
        offices={key: line(value) for key, value in mapping(data.get("offices")).items() if line(value)},
        place=file.place("catalog"),
        review_every=_period(data.get("review_every")),
        acknowledge_to=_address(data.get("acknowledge_to")),
        drafted_by=_names(data.get("drafted_by")),
        places=_places(file),
    )


_PLACED = ("status", "version", "owner", "preset", "base", "review_every", "drafted_by")
_NAMED = "name of offices."


def _places(file: YamlFile) -> dict[str, Place]:
    keys = {key: file.place(key) for key in _PLACED}
    offices = mapping(mapping(file.value).get("offices"))
    keys |= {f"offices.{role}": file.place("offices", role) for role in offices}
    keys |= {f"{_NAMED}{role}": file.key_place("offices", role) for role in offices}
    return keys | {f"dates.{key}": file.place("dates", key) for key in DATES}


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
    return found
