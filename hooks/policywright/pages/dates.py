"""Dates in words."""

from __future__ import annotations

_MONTHS = ("January February March April May June July August September October November December").split()  # noqa: SIM905 - reads better than twelve quotes


def day(date: str) -> str:
    """Write an ISO date as “1 March 2027”."""
    year, month, number = date.split("-")
    return f"{int(number)} {_MONTHS[int(month) - 1]} {year}"
