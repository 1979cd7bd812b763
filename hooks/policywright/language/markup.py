"""What the Markdown of a clause may not contain: whatever a browser would run, or load from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policywright.language.clause_html import Unfit

# Without any of these signs Markdown gives neither a tag, an attribute nor a link; escaped names have only numbers.
_SUSPICIOUS = re.compile(r"<|\{[^{}\n]*=|\]\(|\]:|!\[|\]\[")


def unfit(text: str) -> Unfit | None:
    """Return the first piece of a text that a browser would run, or load from elsewhere; None if there is none."""
    if not _SUSPICIOUS.search(text):
        return None
    from policywright.language.clause_html import first_unfit  # noqa: PLC0415 - most texts need no converter

    return first_unfit(text)


def each_unfit(*texts: str) -> Iterator[Unfit]:
    """Yield what is unfit in each of several texts."""
    return (found for text in texts if (found := unfit(text)))
