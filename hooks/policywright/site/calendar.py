"""Which day it is: said by whoever runs a command or a build, or by the clock where a command may look at it."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

import click

from policywright.engine.schema import is_date

NO_DAY = "315532800"
"""What SOURCE_DATE_EPOCH is set to where nobody says which day it is: 1 January 1980."""


def given_day() -> str:
    """Return the day that SOURCE_DATE_EPOCH names, in UTC, or nothing: a build never looks at the clock."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not seconds.isdecimal() or seconds == NO_DAY:
        return ""
    return datetime.fromtimestamp(int(seconds), UTC).date().isoformat()


def this_day() -> str:
    """Return the given day, or else that of the clock; for commands, which say what holds now."""
    return given_day() or date.today().isoformat()


def as_day(_: click.Context, __: click.Parameter, value: str | None) -> str:
    """Return the date that an option gives, or nothing; refuse what is no date."""
    if value is not None and not is_date(value):
        raise click.BadParameter(f"“{value}” is not a date. Write year, month and day: 2027-03-01.")
    return value or ""


def _today(context: click.Context, option: click.Parameter, value: str | None) -> str:
    return as_day(context, option, value) or this_day()


TODAY = click.option(
    "--today", callback=_today, metavar="DATE", help="Take this for today, as 2027-03-01; otherwise the clock is asked."
)
