"""Who has read which version: acknowledgements.csv, a table that any spreadsheet can open."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from policywright.files.schema import date_or_nothing
from policywright.files.yaml import absent, find_conflict, read_text
from policywright.model.findings import Finding, Place, did_you_mean, first_of, short
from policywright.model.versions import Release

ACKNOWLEDGEMENTS_FILE = "acknowledgements.csv"
COLUMNS = ("name", "date", "version", "fingerprint")
LARGEST = 8_000_000
"""Bytes; a row has about 60."""

_FORMULA = re.compile(r"[=+@\t-]")
"""How a formula begins for a spreadsheet."""
_FINGERPRINT = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Acknowledgement:
    """One row of the table: somebody has read a version."""

    name: str
    date: str
    """ISO date."""
    version: str
    fingerprint: str
    """The fingerprint of the text that was read; see Frozen.fingerprint."""
    place: Place

    @property
    def key(self) -> tuple[str, str, str]:
        """Two rows with this key are the same acknowledgement, whatever the case of the name and the date."""
        # The date is not part of the key: a second confirmation of the same text adds nothing.
        return (self.name.casefold(), self.version, self.fingerprint)


Rows = Sequence[Acknowledgement]


def read_acknowledgements(path: Path, name: str) -> tuple[list[Acknowledgement], list[Finding]]:
    """Read a table; a missing file has no rows, and a row with a mistake becomes a finding and is left out.

    Columns are separated by commas or semicolons; columns that are not in COLUMNS are ignored.
    """
    if absent(path):
        return [], []
    text, problems = read_text(path, name, LARGEST)
    problems = problems or find_conflict(text, name)
    return ([], problems) if problems else _parsed(text, name)


def _parsed(text: str, name: str) -> tuple[list[Acknowledgement], list[Finding]]:
    head = text.partition("\n")[0]
    # Spreadsheets in many countries write semicolons, because the comma is their decimal sign.
    reader = csv.reader(io.StringIO(text), delimiter=";" if ";" in head and "," not in head else ",")
    rows: list[Acknowledgement] = []
    found: list[Finding] = []
    try:
        columns = [cell.strip().lower() for cell in next(reader, [])]
        found += _missing_columns(columns, name)
        for cells in reader if not found else ():
            _take(dict(zip(columns, cells, strict=False)), Place(name, reader.line_num), rows, found)
    except csv.Error:
        message = "This table cannot be read from here on."
        found.append(_wrong(message, Place(name, reader.line_num), "Save it as CSV in your spreadsheet."))
    return rows, first_of(found)


def _missing_columns(columns: Sequence[str], name: str) -> list[Finding]:
    missing = [column for column in COLUMNS if column not in columns]
    if not missing:
        return []
    hints = "".join(did_you_mean(column, columns) for column in missing[:1])
    message = f"The column “{missing[0]}” is missing in the first line.{hints}"
    fix = f"The first line names the columns: {','.join(COLUMNS)}."
    return [Finding("L204", "error", message, (Place(name),), fix)]


def _take(cells: Mapping[str, str], place: Place, rows: list[Acknowledgement], found: list[Finding]) -> None:
    """Add a valid row to `rows`, or its mistake to `found`; skip an empty row."""
    values = {column: " ".join(cells.get(column, "").split()) for column in COLUMNS}
    mistake = _mistake(values, place) if any(values.values()) else None
    if mistake:
        found.append(mistake)
    elif any(values.values()):
        rows.append(Acknowledgement(**values, place=place))


def _mistake(values: Mapping[str, str], place: Place) -> Finding | None:
    """Return what is wrong with a row; the message must not name the person."""
    empty = [column for column, value in values.items() if not value]
    if empty:
        return _wrong(f"This row has no {empty[0]}.", place, "Fill it in, or delete the row.")
    # People fill in forms, and officers open the table in a spreadsheet, which would run the formula.
    if _FORMULA.match(values["name"]):
        message = "A spreadsheet would take the name in this row for a formula."
        return _wrong(message, place, "Begin the name with a letter.")
    if not date_or_nothing(values["date"]):
        message = f"“{short(values['date'])}” is not a date."
        return _wrong(message, place, "Write year, month and day: 2027-03-01.")
    if not _FINGERPRINT.fullmatch(values["fingerprint"]):
        message = f"“{short(values['fingerprint'])}” is not a fingerprint."
        return _wrong(message, place, "Copy it from the form: 16 digits and letters from a to f.")
    return None


def _wrong(message: str, place: Place, fix: str) -> Finding:
    return Finding("L203", "warning", message, (place,), fix)


def misplaced(rows: Rows, releases: Iterable[Release], version: str) -> Iterator[Finding]:
    """Report rows about a version or a text that does not exist; `version` is the one that is being drafted."""
    known = {release.version: release.fingerprint for release in releases}
    for row in rows:
        if row.version in known and row.fingerprint != known[row.version]:
            message = f"This person read another text than the one that was released as version {row.version}."
            fix = "Ask for a new acknowledgement; the row does not count."
            yield Finding("L202", "warning", message, (row.place,), fix)
        elif row.version not in known and row.version != version:
            message = f"There is no version “{short(row.version)}”.{did_you_mean(row.version, known)}"
            yield Finding("L201", "warning", message, (row.place,), "Correct the version, or delete the row.")


def count(rows: Rows, releases: Iterable[Release]) -> dict[str, int]:
    """Return how many people acknowledged each release: version -> people; releases without any are left out."""
    people = {one.version: {row.name.casefold() for row in rows if _is_of(row, one)} for one in releases}
    return {version: len(names) for version, names in people.items() if names}


def _is_of(row: Acknowledgement, release: Release) -> bool:
    return (row.version, row.fingerprint) == (release.version, release.fingerprint)


def new_rows(rows: Rows, more: Rows) -> list[Acknowledgement]:
    """Return the rows of `more` that are not in `rows` yet, each once."""
    known = {row.key for row in rows}
    fresh: dict[tuple[str, str, str], Acknowledgement] = {}
    for row in more:
        if row.key not in known:
            fresh.setdefault(row.key, row)
    return list(fresh.values())


def table_text(rows: Rows) -> str:
    """Write rows as a table."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([row.name, row.date, row.version, row.fingerprint] for row in rows)
    return out.getvalue()
