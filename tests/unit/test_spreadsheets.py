"""Tables as Excel, LibreOffice and form tools write them: one reading is read, two are refused, nothing is lost."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from policywright.approval.acknowledgements import count, read_acknowledgements, resolved
from policywright.draft import draft_of
from policywright.model.findings import Finding
from policywright.model.versions import Frozen, Release
from policywright.pages.tables import written
from tests.support.agency_files import TOWN_ANSWERS
from tests.support.in_process import run_here
from tests.support.released import draft_in, release

PRINT = "0123456789abcdef"
HEAD = "name,date,version,fingerprint\n"
QUOTES = '","'
ROW = f"Zoë Ångström,2027-03-01,1.0,{PRINT}\n"


def read(content: str | bytes, tmp_path: Path) -> tuple[list[tuple[str, str, str, str]], list[Finding]]:
    path = tmp_path / "table.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    rows, found = read_acknowledgements(path, "table.csv")
    return [(row.name, row.date, row.version, row.fingerprint) for row in rows], found


ONE_READING: dict[str, str | bytes] = {
    "as we write it": HEAD + ROW,
    "with a mark": "\ufeff" + HEAD + ROW,
    "with semicolons": (HEAD + ROW).replace(",", ";"),
    "with tabs": (HEAD + ROW).replace(",", "\t"),
    "with bars": (HEAD + ROW).replace(",", "|"),
    "with a line that names the separator": "sep=;\n" + (HEAD + ROW).replace(",", ";"),
    "with a mark and such a line in quotes": '\ufeff"sep=;"\r\n' + (HEAD + ROW).replace(",", ";"),
    "with a comma in another column's name": f"name;date;version;fingerprint;office, room\n{ROW.replace(',', ';')}",
    "as Excel's Unicode text": (HEAD + ROW).replace(",", "\t").encode("utf-16"),
    "in UTF-16 with the high byte first": b"\xfe\xff" + (HEAD + ROW).encode("utf-16-be"),
    "in UTF-16 without a mark": (HEAD + ROW).encode("utf-16-le"),
    "with line ends of old Macintosh programs": (HEAD + ROW).replace("\n", "\r"),
    "with empty lines above the columns": "\n,,,\n" + HEAD + ROW,
    "with every cell in quotes": "".join(f'"{QUOTES.join(line.split(","))}"\n' for line in (HEAD + ROW).splitlines()),
    "with capitals and blanks in the columns": HEAD.upper().replace(",", " , ") + ROW,
    "with a time": HEAD + ROW.replace("03-01", "03-01T10:22:05"),
    "with a time after a blank": HEAD + ROW.replace("03-01", "03-01 10:22"),
    "with a time and a zone": HEAD + ROW.replace("03-01", "03-01T23:59:59.123+13:00"),
    "with slashes and the year first": HEAD + ROW.replace("2027-03-01", "2027/03/01"),
    "with slashes, no zeros and the year first": HEAD + ROW.replace("2027-03-01", "2027/3/1"),
    "with a fingerprint in capitals": HEAD + ROW.replace(PRINT, PRINT.upper()),
}


@pytest.mark.parametrize("name", ONE_READING)
def test_what_has_one_reading_is_read(name: str, tmp_path: Path) -> None:
    rows, found = read(ONE_READING[name], tmp_path)
    assert not found, [str(one) for one in found]
    assert rows == [("Zoë Ångström", "2027-03-01", "1.0", PRINT)]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        *(("3/13/2028", "2028-03-13"), ("13/3/2028", "2028-03-13"), ("13.03.2028", "2028-03-13")),
        *(("3/3/2028", "2028-03-03"), ("03-31-2028 10:22", "2028-03-31"), ("3/13/2028 1:05:00 PM", "2028-03-13")),
    ],
)
def test_a_day_that_cannot_be_a_month_has_one_reading(cell: str, day: str, tmp_path: Path) -> None:
    rows, found = read(HEAD + ROW.replace("2027-03-01", cell), tmp_path)
    assert ([row[1] for row in rows], found) == ([day], [])


TWO_READINGS = {
    "3/1/2028": "“3/1/2028” in cell B2 can be 2028-03-01 or 2028-01-03",
    "01.03.2028": "“01.03.2028” in cell B2 can be 2028-01-03 or 2028-03-01",
    "3-1-2028 10:22": "“3-1-2028 10:22” in cell B2 can be",
}


@pytest.mark.parametrize("cell", TWO_READINGS)
def test_what_has_two_readings_is_refused_once_with_its_cell_and_how_to_avoid_it(cell: str, tmp_path: Path) -> None:
    rows, found = read(HEAD + ROW.replace("2027-03-01", cell) * 100, tmp_path)
    assert not rows
    (finding,) = found
    assert TWO_READINGS[cell] in finding.message
    assert "99 more rows" in finding.message
    assert "as text" in finding.fix
    assert (finding.places[0].line, len(finding.places)) == (2, 1)


NO_READING = {
    "2028-02-30": "is not a date",
    "2/30/2028": "is not a date",
    "3/13/28": "is not a date",
    "46812": "is not a date",
    "2027-03-01 25:00": "is not a date",
    "31/31/2028": "is not a date",
    "tomorrow": "is not a date",
}


@pytest.mark.parametrize("cell", NO_READING)
def test_what_is_no_date_is_named_once(cell: str, tmp_path: Path) -> None:
    _, found = read(HEAD + ROW.replace("2027-03-01", cell) * 3, tmp_path)
    (finding,) = found
    assert NO_READING[cell] in finding.message
    assert "2 more rows" in finding.message


@pytest.mark.parametrize("cell", ["1.23457E+14", "1,23457E+14", "1E+15"])
def test_a_fingerprint_that_a_spreadsheet_took_for_a_number_is_explained(cell: str, tmp_path: Path) -> None:
    _, found = read(f'name;date;version;fingerprint\nKim;2027-03-01;1.0;"{cell}"\n', tmp_path)
    (finding,) = found
    assert "a spreadsheet changed it to a number" in finding.message
    assert "as text" in finding.fix


DOUBLE = {
    "twice the same": ("name,date,date,version,fingerprint\n", "“date” and “date” (B and C)"),
    "in capitals": ("name,Date,version,fingerprint,date \n", "“Date” and “date” (B and E)"),
    "with tabs": ("name\tname\tdate\tversion\tfingerprint\n", "“name” and “name” (A and B)"),
}


@pytest.mark.parametrize("name", DOUBLE)
def test_two_columns_of_one_name_are_an_error_that_names_both(name: str, tmp_path: Path) -> None:
    head, said = DOUBLE[name]
    rows, (finding,) = read(head + ROW, tmp_path)
    assert (rows, finding.code) == ([], "L204")
    assert said in finding.message


def test_two_further_columns_of_one_name_do_no_harm(tmp_path: Path) -> None:
    rows, found = read(f"note,{HEAD.strip()},note\n,{ROW.strip()},\n", tmp_path)
    assert (len(rows), found) == (1, [])


NAMES = [
    "Zoë Ångström",
    "Zoe\u0308 A\u030angstro\u0308m",
    "ZOË  ÅNGSTRÖM",
    "Zoë\xa0Ångström",
    "Ｚoë Ångström",
    "Zoë\u200b Ångström",
]


def made(version: str, fingerprint: str = PRINT) -> Release:
    text = Frozen("", "", version, (), {}, {}, ())
    return Release(version, "2027-01-01", "", "", "", text, fingerprint, {}, (), (), {}, {}, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NAMES)
def test_one_person_counts_once_however_the_name_is_written(name: str, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(HEAD + ROW + ROW.replace("Zoë Ångström", name), encoding="utf-8")
    rows, found = read_acknowledgements(path, "table.csv")
    assert not found
    assert count(rows, [made("1.0")]) == {"1.0": 1}


OTHER = "f" * 16
VERSIONS = {
    "1 for 1.0": ("1", PRINT, {"1.0": PRINT}, "1.0"),
    "1,0 for 1.0": ("1,0", PRINT, {"1.0": PRINT}, "1.0"),
    "1.1 for 1.10": ("1.1", PRINT, {"1.10": PRINT}, "1.10"),
    "1.1 where 1.10 has that text": ("1.1", PRINT, {"1.1": OTHER, "1.10": PRINT}, "1.10"),
    "1.1 where both have that text": ("1.1", PRINT, {"1.1": PRINT, "1.10": PRINT}, "1.1"),
    "1.1 itself": ("1.1", PRINT, {"1.1": PRINT, "1.10": OTHER}, "1.1"),
    "2 for nothing": ("2", PRINT, {"1.0": PRINT}, "2"),
    "a date": ("Jan 10", PRINT, {"1.10": PRINT}, "Jan 10"),
}


@pytest.mark.parametrize("name", VERSIONS)
def test_a_version_that_became_a_number_is_read_where_one_reading_is_possible(name: str, tmp_path: Path) -> None:
    given, fingerprint, known, wanted = VERSIONS[name]
    path = tmp_path / "table.csv"
    path.write_text(f'{HEAD}Kim,2027-03-01,"{given}",{fingerprint}\n', encoding="utf-8")
    rows, _ = read_acknowledgements(path, "table.csv")
    assert [row.version for row in resolved(rows, [made(*one) for one in known.items()], "")] == [wanted]


# The agency's table


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("lived") / "agency"
    release(root, "1.0", "2026-03-01", TOWN_ANSWERS)
    return root


@pytest.fixture
def agency(lived: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(lived, tmp_path / "agency"))


def acknowledge(agency: Path, name: str = "Zoë") -> subprocess.CompletedProcess[str]:
    given = agency.parent / "given.csv"
    print_ = draft_in(agency).releases[0].fingerprint
    given.write_text(f"{HEAD}{name},2026-03-02T10:00,1,{print_}\n", encoding="utf-8")
    done = run_here("policywright", "acknowledge", given, agency)
    assert "Traceback" not in done.stderr
    return done


OURS = {
    "ours with a mark": "\ufeffname,date,version,fingerprint\nKim,2026-03-02,1.0,PRINT\n",
    "semicolons and other columns": (
        "signed form kept in;Name;Date;Version;Fingerprint;office\r\nroom 1;Kim;2026-03-02;1.0;PRINT;HR\r\n"
    ),
    "a line that names the separator": "sep=;\r\nname;fingerprint;date;version\r\nKim;PRINT;2026-03-02;1.0\r\n",
    "no line end at the end": "name,date,version,fingerprint\nKim,2026-03-02,1.0,PRINT",
    "a number for the version": "name,date,version,fingerprint\nKim,2026-03-02 08:00,1,PRINT\n",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
@pytest.mark.parametrize("name", OURS)
def test_the_agency_s_table_keeps_every_byte_and_gets_a_row(name: str, encoding: str, agency: Path) -> None:
    before = OURS[name].replace("PRINT", draft_in(agency).releases[0].fingerprint)
    if encoding != "utf-8":
        before = "\ufeff" + before.removeprefix("\ufeff")
    (agency / "acknowledgements.csv").write_bytes(before.encode(encoding))
    done = acknowledge(agency)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "1 new, 0 already known; acknowledgements.csv has 2 rows.\n"
    after = (agency / "acknowledgements.csv").read_bytes().decode(encoding)
    assert after.startswith(before)
    assert after.count("\n") == before.rstrip("\r\n").count("\n") + 2
    assert ("\r\n" in after) == ("\r\n" in before)
    assert draft_of(agency).acknowledged == {"1.0": 2}
    assert acknowledge(agency).stdout.startswith("0 new, 1 already known")
    assert (agency / "acknowledgements.csv").read_bytes().decode(encoding) == after


def test_a_new_table_opens_in_excel(agency: Path) -> None:
    assert acknowledge(agency).returncode == 0
    print_ = draft_in(agency).releases[0].fingerprint
    content = (agency / "acknowledgements.csv").read_bytes()
    assert content == f"\ufeff{HEAD}Zoë,2026-03-02,1.0,{print_}\n".encode()


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", '"Kim;=1+1"', '"Kim,=1+1"', '"Kim|@x"', '"Kim;""=1"""']


@pytest.mark.parametrize("name", FORMULAS)
def test_a_name_that_is_a_formula_behind_some_separator_is_refused(name: str, agency: Path) -> None:
    done = acknowledge(agency, name)
    assert done.returncode == 2
    assert "as a formula" in done.stderr
    assert not (agency / "acknowledgements.csv").exists()


# Tables that we write


def formulas(table: str, separator: str) -> Iterator[str]:
    for row in csv.reader(io.StringIO(table.removeprefix("\ufeff"), newline=""), delimiter=separator):
        yield from (cell for cell in row if cell.startswith(("=", "+", "@")))


HIDDEN = ["a;=1+1", "a\t=1+1", "a;+1", "a;@x", 'a";=1', 'a;"=1"', "a\n=1", "a;\n=1", "a\r\n+1"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("cell", HIDDEN)
def test_no_cell_is_a_formula_whatever_the_separator(cell: str, separator: str) -> None:
    table = written(["Title", "Text"], [["x", cell], [cell, "y"]])
    assert not list(formulas(table, separator))


@pytest.mark.parametrize("cell", ["one; two", "a - b", "- item\n- item", "x = 1; y = 2", "1;2", "a;b"])
def test_ordinary_text_stays_as_it_is(cell: str) -> None:
    (_, row) = csv.reader(io.StringIO(written(["Text"], [[f"See {cell}"]]).removeprefix("\ufeff"), newline=""))
    assert row == [f"See {cell}"]
