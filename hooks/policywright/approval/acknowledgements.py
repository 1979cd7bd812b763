"""Who has read which version: acknowledgements.csv, a table that any spreadsheet can open and write."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from policywright.approval.separation import person
from policywright.files.line_ends import MARK, ended, newline_of, with_ends
from policywright.files.spreadsheets import readings
from policywright.files.yaml import absent, find_conflict, read_text
from policywright.model.findings import Finding, Place, did_you_mean, short
from policywright.model.versions import Release

ACKNOWLEDGEMENTS_FILE = "acknowledgements.csv"
COLUMNS = ("name", "date", "version", "fingerprint")
LARGEST = 8_000_000
"""Bytes; a row has about 60."""

_FORMULA = re.compile(r"(?:^|[,;|\t])[\"']?[=+@\t-]")
"""How a formula begins in a spreadsheet, including one that separates cells by a different character."""
_FINGERPRINT = re.compile(r"[0-9a-f]{16}")
_NUMBER = re.compile(r"[0-9]([.,][0-9]+)?e[+-]?[0-9]+", re.IGNORECASE)
_SEPARATORS = ",;\t|"
_NAMED_SEPARATOR = re.compile(r'"?sep=(.)"?[;,]*\r?\n?', re.IGNORECASE)
_AS_TEXT = "To keep a spreadsheet from changing it, format the column as text before you open or type the table."


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
        """Two rows with this key are the same acknowledgement, however the name is written, whatever the date."""
        # The date is not part of the key: a second confirmation of the same text adds nothing.
        return (person(self.name), self.version, self.fingerprint)


Rows = Sequence[Acknowledgement]


def read_acknowledgements(path: Path, name: str) -> tuple[list[Acknowledgement], list[Finding]]:
    """Read a table; a missing file has no rows, and a row with a mistake becomes a finding and is left out.

    It may be written as any spreadsheet or form writes it; columns that are not in COLUMNS are ignored. A mistake is
    reported once, with the number of rows that have it.
    """
    if absent(path):
        return [], []
    text, problems = read_text(path, name, LARGEST)
    if not problems or problems[0].code == "E002":
        raw = path.read_bytes()
        encoding = encoding_of(raw)
        if encoding != "utf-8":
            text, problems = with_ends(decoded(raw), "\n"), []
    problems = problems or find_conflict(text, name)
    return ([], problems) if problems else _parsed(text.removeprefix(MARK), name)


def encoding_of(raw: bytes) -> str:
    """Return utf-8, utf-16-le or utf-16-be, by the mark or by the empty halves of the first letters."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16-le" if raw[0] == 0xFF else "utf-16-be"
    if len(raw) % 2 == 0 and raw[:4].count(0) == 2:
        return {b"\0": "utf-16-le"}.get(raw[1:2], "utf-16-be")
    return "utf-8"


def decoded(raw: bytes) -> str:
    """Return the text of a table with its mark and line ends; bytes that are not text are replaced."""
    encoding = encoding_of(raw)
    return raw.decode(encoding, "surrogateescape" if encoding == "utf-8" else "replace")


@dataclass(frozen=True)
class _Head:
    """How a table is written."""

    separator: str
    columns: tuple[str, ...]
    """As they are written."""
    first: int
    """The lines above the first row."""

    @property
    def names(self) -> list[str]:
        return [_plain(column) for column in self.columns]


def _plain(column: str) -> str:
    return " ".join(column.split()).casefold()


def _head(text: str) -> _Head:
    """Find the separator and the columns; the separator is the one with which most of our columns are found."""
    lines = text.splitlines(keepends=True)
    named = _NAMED_SEPARATOR.fullmatch(lines[0]) if lines else None
    first = 1 if named else 0
    while first < len(lines) and not lines[first].strip(f" \n\r{_SEPARATORS}"):
        first += 1
    line = lines[first] if first < len(lines) else ""
    heads = [_Head(sign, _cells(line, sign), first + 1) for sign in (named[1] if named else _SEPARATORS)]
    return max(heads, key=lambda head: len({*head.names} & {*COLUMNS}))


def _cells(line: str, separator: str) -> tuple[str, ...]:
    try:
        return tuple(next(csv.reader([line], delimiter=separator), []))
    except csv.Error:
        return ()


def _parsed(text: str, name: str) -> tuple[list[Acknowledgement], list[Finding]]:
    head = _head(text)
    problems = _wrong_columns(head, name)
    if problems:
        return [], problems
    below = "".join(text.splitlines(keepends=True)[head.first :])
    reader = csv.reader(io.StringIO(below, newline=""), delimiter=head.separator)
    rows: list[Acknowledgement] = []
    found: list[_Mistake] = []
    try:
        for number, cells in enumerate(reader, head.first + 1):
            place = Place(name, head.first + reader.line_num)
            _take(dict(zip(head.names, cells, strict=False)), place, number, head, rows, found)
    except csv.Error:
        message = "This table cannot be read from here on."
        place = Place(name, head.first + reader.line_num)
        found.append(_Mistake("csv", message, "Save it as CSV in your spreadsheet.", place))
    return rows, list(_each_kind_once(found))


def _wrong_columns(head: _Head, name: str) -> list[Finding]:
    place = Place(name, max(head.first, 1))
    missing = [column for column in COLUMNS if column not in head.names]
    if missing:
        hints = "".join(did_you_mean(column, head.names) for column in missing[:1])
        message = f"The column “{missing[0]}” is missing in the first line.{hints}"
        fix = f"The first line names the columns: {','.join(COLUMNS)}."
        return [Finding("L204", "error", message, (place,), fix)]
    for column in COLUMNS:
        at = [index for index, one in enumerate(head.names) if one == column]
        if len(at) > 1:
            names = " and ".join(f"“{' '.join(head.columns[index].split())}”" for index in at[:2])
            letters = " and ".join(_letters(index) for index in at[:2])
            message = f"Two columns have one name: {names} ({letters})."
            return [Finding("L204", "error", message, (place,), "Rename one of them, or delete it.")]
    return []


def _letters(index: int) -> str:
    """Return the name that a spreadsheet gives to a column: A, B … Z, AA."""
    above, rest = divmod(index, 26)
    return (_letters(above - 1) if above else "") + chr(ord("A") + rest)


@dataclass(frozen=True)
class _Mistake:
    """What is wrong with a row."""

    kind: str
    """Rows with one kind of mistake are reported together."""
    message: str
    fix: str
    place: Place


def _each_kind_once(found: Iterable[_Mistake]) -> Iterator[Finding]:
    kinds: dict[str, list[_Mistake]] = {}
    for mistake in found:
        kinds.setdefault(mistake.kind, []).append(mistake)
    for first, *others in kinds.values():
        message = f"{first.message}{_more([one.place for one in others])}"
        yield Finding("L203", "warning", message, (first.place,), first.fix)


def _more(places: Sequence[Place]) -> str:
    if not places:
        return ""
    rows = "1 more row" if len(places) == 1 else f"{len(places)} more rows"
    return f" The same problem is in {rows}, the next on line {places[0].line}."


def _take(
    cells: Mapping[str, str],
    place: Place,
    number: int,
    head: _Head,
    rows: list[Acknowledgement],
    found: list[_Mistake],
) -> None:
    """Add a valid row to `rows`, or its mistake to `found`; skip an empty row."""
    values = {column: " ".join(cells.get(column, "").split()) for column in COLUMNS}
    if not any(values.values()):
        return
    days = readings(values["date"])
    cell = f"{_letters(head.names.index('date'))}{number}"
    mistake = _mistake(values, days, cell, place)
    if mistake:
        found.append(mistake)
    else:
        print_ = values["fingerprint"].lower()
        rows.append(Acknowledgement(values["name"], days[0], values["version"], print_, place))


def _mistake(values: Mapping[str, str], days: Sequence[str], cell: str, place: Place) -> _Mistake | None:
    """Return what is wrong with a row; the message must not name the person."""
    empty = [column for column, value in values.items() if not value]
    if empty:
        return _Mistake(f"no {empty[0]}", f"This row has no {empty[0]}.", "Fill it in, or delete the row.", place)
    # People fill in forms, and officers open the table in a spreadsheet, which would run the formula.
    if _FORMULA.search(values["name"]):
        message = "A spreadsheet would treat the name in this row as a formula."
        return _Mistake("formula", message, "Begin the name with a letter.", place)
    return _wrong_day(values["date"], days, cell, place) or _wrong_print(values["fingerprint"].lower(), place)


def _wrong_day(word: str, days: Sequence[str], cell: str, place: Place) -> _Mistake | None:
    if len(days) > 1:
        message = f"“{short(word)}” in cell {cell} can be {days[0]} or {days[1]}; a spreadsheet has changed it."
        return _Mistake("two days", message, f"Write year, month and day: {days[0]}. {_AS_TEXT}", place)
    if not days:
        message = f"“{short(word)}” is not a date."
        return _Mistake("day", message, "Write year, month and day: 2027-03-01.", place)
    return None


def _wrong_print(word: str, place: Place) -> _Mistake | None:
    if _NUMBER.fullmatch(word):
        message = f"“{short(word)}” is not a fingerprint; a spreadsheet changed it to a number."
        return _Mistake("number", message, f"Copy it from the form again. {_AS_TEXT}", place)
    if not _FINGERPRINT.fullmatch(word):
        message = f"“{short(word)}” is not a fingerprint."
        return _Mistake("print", message, "Copy it from the form: 16 digits and letters from a to f.", place)
    return None


def resolved(rows: Rows, releases: Sequence[Release], version: str) -> list[Acknowledgement]:
    """Return rows with the versions that were meant: a spreadsheet turns 1.0 into 1, and 1.10 into 1.1.

    `version` is the one that is being drafted. A version with two readings stays as it is.
    """
    known = {version: "", **{release.version: release.fingerprint for release in releases}}
    return [replace(row, version=_meant(row, known)) for row in rows]


def _meant(row: Acknowledgement, known: Mapping[str, str]) -> str:
    alike = [one for one in known if one and _as_number(one) == _as_number(row.version)]
    exact = [one for one in alike if known[one] == row.fingerprint]
    if row.version in (*exact, "") or (row.version in known and not exact):
        return row.version
    # The fingerprint names the text, whatever became of the number.
    found = exact or alike
    return found[0] if len(found) == 1 else row.version


def _as_number(version: str) -> str:
    """Return what is left of a version if a spreadsheet reads it as a number."""
    whole, point, rest = version.replace(",", ".").partition(".")
    if "." in rest or not point:
        return whole if not point else version
    return f"{whole}.{rest}".rstrip("0").removesuffix(".")


def misplaced(rows: Rows, releases: Iterable[Release], version: str) -> Iterator[Finding]:
    """Report rows about a version or a text that does not exist; `version` is the one that is being drafted.

    Rows about the same version are reported together.
    """
    known = {release.version: release.fingerprint for release in releases}
    others: dict[str, list[Place]] = {}
    strange: dict[str, list[Place]] = {}
    for row in rows:
        if row.version in known and row.fingerprint != known[row.version]:
            others.setdefault(row.version, []).append(row.place)
        elif row.version not in known and row.version != version:
            strange.setdefault(row.version, []).append(row.place)
    for name, (first, *more) in others.items():
        message = f"This person read a different text from the one released as version {name}.{_more(more)}"
        fix = "Ask for a new acknowledgement; the row is ignored."
        yield Finding("L202", "warning", message, (first,), fix)
    for name, (first, *more) in strange.items():
        message = f"There is no version “{short(name)}”.{did_you_mean(name, known)}{_more(more)}"
        yield Finding("L201", "warning", message, (first,), "Correct the version, or delete the row.")


def count(rows: Rows, releases: Iterable[Release]) -> dict[str, int]:
    """Return how many people acknowledged each release: version -> people; releases without any are left out."""
    people = {one.version: {person(row.name) for row in rows if _is_of(row, one)} for one in releases}
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
    """Write rows as a new table, with the mark that spreadsheets need to read names rightly."""
    return MARK + _lines([COLUMNS, *(_row(row, COLUMNS) for row in rows)], ",", "\n")


def with_acknowledgements(raw: str, rows: Rows) -> str:
    """Return a table with more rows at its end, in its separator, order of columns and line ends.

    `raw` is the table with its mark and line ends, which has no mistakes; every character of it stays. An empty text
    becomes a new table.
    """
    if not raw.strip(MARK).strip():
        return table_text(rows)
    head, newline = _head(raw.removeprefix(MARK)), newline_of(raw)
    return ended(raw, newline) + _lines((_row(row, head.names) for row in rows), head.separator, newline)


def _row(row: Acknowledgement, columns: Iterable[str]) -> list[str]:
    """Return the cells of a row; columns that are not ours stay empty."""
    return [getattr(row, column) if column in COLUMNS else "" for column in columns]


def _lines(rows: Iterable[Sequence[str]], separator: str, newline: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=newline).writerows(rows)
    return out.getvalue()
