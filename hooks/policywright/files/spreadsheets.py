"""What spreadsheets make of dates, and how a cell is kept from becoming a formula."""

from __future__ import annotations

import re

from policywright.files.formats import is_date

_CLOCK = r"(?P<hour>\d{1,2}):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?"
_TIME = rf"(?:(?:T| +){_CLOCK}(?: ?[AaPp]\.?[Mm]\.?)?(?:Z| ?[+-]\d\d:?\d\d)?)?"
_YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}})([-/.])(?P<month>\d{{1,2}})\2(?P<day>\d{{1,2}}){_TIME}", re.ASCII)
_YEAR_LAST = re.compile(rf"(?P<one>\d{{1,2}})([-/.])(?P<two>\d{{1,2}})\2(?P<year>\d{{4}}){_TIME}", re.ASCII)

_FORMULA = re.compile(r"^(?=[=+\-@\t\r\n])|((?:[;\t]|\r\n?|\n)\"?)(?=[=+@]|-(?! ))")
"""Where a formula can begin: in a cell, and after what another program reads as the end of one.

A blank behind a dash makes an item of a list, which is no formula."""


def readings(cell: str) -> list[str]:
    """Return the dates that a cell can mean, as ISO dates; a time after it is left out.

    Years come first or last; with the year last, day and month have two orders unless one is above twelve.
    """
    found = _YEAR_FIRST.fullmatch(cell)
    if found:
        days = [_iso(found["year"], found["month"], found["day"])]
    else:
        found = _YEAR_LAST.fullmatch(cell)
        if not found:
            return []
        days = [_iso(found["year"], found["one"], found["two"]), _iso(found["year"], found["two"], found["one"])]
    if int(found["hour"] or 0) > 24:
        return []
    return list(dict.fromkeys(day for day in days if is_date(day)))


def _iso(year: str, month: str, day: str) -> str:
    return f"{year}-{month:0>2}-{day:0>2}"


def harmless(cell: str) -> str:
    """Return a cell with an apostrophe before everything that a spreadsheet would run as a formula.

    Where semicolons or tabs separate cells, a formula can begin in the middle of what is one cell for us.
    """
    return _FORMULA.sub(r"\1'", cell)
