"""Which day it is: said by the environment, or by the clock where a command may look at it."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

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
