"""The formats of texts in our JSON Schemas: dates, periods and addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PERIOD = re.compile(r"[1-9][0-9]{0,3} (day|week|month|year)s?")
_ADDRESS = re.compile(r"""[^\s@<>"',;?&]+@[^\s@<>"',;?&]+""")


def is_date(value: object) -> bool:
    """Return whether a text is a date such as 2027-03-01; True for anything that is not a text."""
    try:
        return not isinstance(value, str) or bool(_DAY.fullmatch(value) and date.fromisoformat(value))
    except ValueError:
        return False


def is_period(value: object) -> bool:
    """Return whether a text is a period such as “12 months”; True for anything that is not a text."""
    return not isinstance(value, str) or bool(_PERIOD.fullmatch(value))


def is_address(value: object) -> bool:
    """Return whether a text may be an email address; True for anything that is not a text."""
    return not isinstance(value, str) or not value or bool(_ADDRESS.fullmatch(value))


FORMATS: Mapping[str, Callable[[object], bool]] = {"date": is_date, "period": is_period, "address": is_address}
"""What `format` means in our schemas; any other format is not checked."""

PATTERNS = {"period": f"^({_PERIOD.pattern})$", "address": f"^({_ADDRESS.pattern})?$"}
"""The formats that other programs do not know, as patterns that they do."""
