"""Which day it is: from the environment, or from the clock for commands."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, date, datetime

# A zip file cannot hold dates before 1980, so tools that build archives take this as their earliest date.
NO_DAY = "315532800"
"""The SOURCE_DATE_EPOCH of a build that is given no day: 1 January 1980."""


class NotADay(Exception):
    """Raised when SOURCE_DATE_EPOCH is set to something that is not a day."""


def given_day() -> str:
    """Return the day that SOURCE_DATE_EPOCH names, in UTC, or nothing; a build never looks at the clock.

    Raise NotADay if it names none.
    """
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "").strip()
    # The adapter sets NO_DAY itself to make builds reproducible; it must not be taken for a day that somebody gave.
    if seconds in ("", NO_DAY):
        return ""
    with suppress(ValueError, OverflowError, OSError):  # a day that is too far away; OSError on Windows
        if seconds.isdecimal():
            return datetime.fromtimestamp(int(seconds), UTC).date().isoformat()
    allowed = "Write a number of seconds since 1970, for example 1799539200 for 10 January 2027, or unset it."
    raise NotADay(f"The variable SOURCE_DATE_EPOCH is “{seconds}”. {allowed}")


def this_day() -> str:
    """Return the given day, or else the day of the clock; for commands, which report what is true now."""
    return given_day() or date.today().isoformat()
