"""Reads agencies.yml: which agencies a department has, and where their repositories and status files are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Any

from policywright.files.schema import MAYBE_TEXT, NOT_BLANK, TEXT, Schema, checked, closed, line, without_empty
from policywright.files.yaml import YamlFile, read_yaml
from policywright.model.findings import Finding, Place, PolicyError
from policywright.pages.helpers import web_address

AGENCIES: Schema = {
    "type": "array",
    "items": closed(
        {
            "id": TEXT | NOT_BLANK,
            "title": MAYBE_TEXT,
            "path": MAYBE_TEXT,
            "status": MAYBE_TEXT,
            "site": MAYBE_TEXT,
            "group": MAYBE_TEXT,
        },
        ["id"],
    ),
}


@dataclass(frozen=True)
class Listed:
    """An agency of a list: who it is, and where its repository, its status file and its site are."""

    id: str
    title: str = ""
    """Empty if the list leaves it to the agency's files."""
    path: Path | None = None
    """The folder of its repository."""
    status: Path | None = None
    """A status.json that somebody collected."""
    site: str = ""
    """The address of its site."""
    group: str = ""
    problem: str = ""
    """Why its row cannot be used; empty if it can."""


def listed_in(folders: Sequence[Path]) -> list[Listed]:
    """Return folders that somebody named as a list of agencies."""
    return [Listed(str(folder), path=folder) for folder in folders]


def read_agencies(path: Path) -> tuple[list[Listed], list[Finding]]:
    """Read a list of agencies; no row is left out, and one that cannot be used says why.

    Raise PolicyError if the file is not a list.
    """
    file, problems = read_yaml(path.absolute(), path.name)
    found = checked(file, problems, AGENCIES)
    if not isinstance(file.value, list) or not file.value:
        raise PolicyError(found or [_empty(file)])
    seen: dict[str, Place] = {}
    agencies = []
    for number, row in enumerate(file.rows):
        wrong = list(_wrong(number, row, file, seen))
        agencies.append(_listed(number, row, path.parent, wrong))
        found += wrong
    return agencies, found


def words_of_ids(agencies: Sequence[Listed]) -> list[str]:
    """Return a word for each agency that no other has, on file systems that ignore case too: for addresses and folders.

    It is made of the id, which may have signs that neither can have.
    """
    taken: dict[str, None] = {}
    for agency in agencies:
        word = re.sub(r"[^a-z0-9]+", "-", agency.id.lower()).strip("-") or "agency"
        # These would be the page of the folder.
        first = f"{word}-agency" if word in ("index", "readme") else word
        names = chain([first], (f"{word}-{number}" for number in count(2)))
        taken[next(name for name in names if name not in taken)] = None
    return [*taken]


def _empty(file: YamlFile) -> Finding:
    message = "There is no agency in this list."
    return Finding("E103", "error", message, (Place(file.name),), "Write “- id: …” and “path: …” for each agency.")


def _wrong(number: int, row: Mapping[str, Any], file: YamlFile, seen: dict[str, Place]) -> Iterator[Finding]:
    """Report what the schema cannot: an id that is there twice, nothing to read, an address that is not one."""
    key, place = line(row.get("id")), file.place(number, "id")
    if key and key in seen:
        message = f"Two agencies of this list have the id “{key}”."
        yield Finding("E104", "error", message, (place, seen[key]), "Give one of them another id.")
    seen.setdefault(key, place)
    if not line(row.get("path")) and not line(row.get("status")):
        message = "This agency has neither “path:” nor “status:”, so there is nothing to read."
        fix = "Write the folder of its repository under “path:”, or its status.json under “status:”."
        yield Finding("E106", "error", message, (file.place(number),), fix)
    site = line(row.get("site"))
    if site and not web_address(site):
        message = f"“{site}” is not the address of a site."
        fix = "Write an address that begins with https:// or http://."
        yield Finding("E102", "error", message, (file.place(number, "site"),), fix)


def _listed(number: int, row: Mapping[str, Any], folder: Path, wrong: Sequence[Finding]) -> Listed:
    said = {key: line(value) for key, value in without_empty(row).items()}
    name = said.get("id", "")
    return Listed(
        id=name or f"row {number + 1}",
        title=said.get("title", ""),
        path=folder / said["path"] if said.get("path") else None,
        status=folder / said["status"] if said.get("status") else None,
        site=web_address(said.get("site", "")),
        group=said.get("group", ""),
        problem=next((f"{one.places[0]}: {one.message}" for one in wrong if one.code != "E102"), ""),
    )
