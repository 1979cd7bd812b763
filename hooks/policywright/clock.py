"""Which day it is: from the environment, or from the clock for commands."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

# A zip file cannot hold dates before 1980, so tools that build archives take this as their earliest date.
NO_DAY = "315532800"
"""The SOURCE_DATE_EPOCH of a build that is given no day: 1 January 1980."""


def given_day() -> str:
    """Return the day that SOURCE_DATE_EPOCH names, in UTC, or nothing; a build never looks at the clock."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    # The adapter sets NO_DAY itself to make builds reproducible; it must not be taken for a day that somebody gave.
    if not seconds.isdecimal() or seconds == NO_DAY:
        return ""
    return datetime.fromtimestamp(int(seconds), UTC).date().isoformat()


def this_day() -> str:
    """Return the given day, or else the day of the clock; for commands, which report what is true now."""
    return given_day() or date.today().isoformat()
