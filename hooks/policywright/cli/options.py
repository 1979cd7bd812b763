"""Options that several commands share: --today."""

from __future__ import annotations

import click

from policywright.clock import this_day
from policywright.files.schema import is_date


def as_day(_: click.Context, __: click.Parameter, value: str | None) -> str:
    """Return the date that an option gives, or nothing; refuse anything that is not a date."""
    if value is not None and not is_date(value):
        raise click.BadParameter(f"“{value}” is not a date. Write year, month and day: 2027-03-01.")
    return value or ""


def _today(context: click.Context, option: click.Parameter, value: str | None) -> str:
    return as_day(context, option, value) or this_day()


TODAY = click.option(
    "--today", callback=_today, metavar="DATE", help="Take this for today, as 2027-03-01; otherwise the clock is asked."
)
