"""Which day it is: from the environment, or from the clock for commands."""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime

# A zip file cannot hold dates before 1980, so tools that build archives take this as their earliest date.
NO_DAY = "315532800"
"""The SOURCE_DATE_EPOCH of a build that is given no day: 1 January 1980."""
LAST = 253_402_300_799
"""The last second that has a date."""


class WrongDay(ValueError):
    """Raised when SOURCE_DATE_EPOCH is not a number of seconds, or is too large for a date."""


def given_day() -> str:
    """Return the day that SOURCE_DATE_EPOCH names, in UTC, or nothing; a build never looks at the clock.

    Raise WrongDay if it names none.
    """
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    # The adapter sets NO_DAY itself to make builds reproducible; it must not be taken for a day that somebody gave.
    if seconds in ("", NO_DAY):
        return ""
    # The last second of the year 9999 has twelve digits.
    if not re.fullmatch(r"[0-9]{1,12}", seconds) or int(seconds) > LAST:
        shown = seconds if len(seconds) < 20 else f"{seconds[:20]}…"
        raise WrongDay(f"SOURCE_DATE_EPOCH is “{shown}”; it must be a number of seconds since 1970, or not be set.")
    return datetime.fromtimestamp(int(seconds), UTC).date().isoformat()


def this_day() -> str:
    """Return the given day, or else the day of the clock; for commands, which report what is true now."""
    return given_day() or date.today().isoformat()
