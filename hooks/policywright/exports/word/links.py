"""Where the links of a part lead: web addresses are not in its text but in a list beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

LONGEST_ADDRESS = 2000
"""Word refuses a document with a longer one."""
_SAFE = "%/:=&?~#+!$,;'@()*[]-._"
_WEB = re.compile(r"(?:https?://[^/?#]|mailto:|tel:)")


@dataclass
class Links:
    """The web addresses of one part, each with the id by which its text names it."""

    ids: dict[str, str] = field(default_factory=dict)

    def id_of(self, address: str) -> str:
        """Return the id of an address; nothing if Word would refuse it, and then its words are not a link."""
        target = _checked(address)
        return self.ids.setdefault(target, f"link{len(self.ids) + 1}") if target else ""


def _checked(address: str) -> str:
    target = quote(address, safe=_SAFE, errors="replace")
    try:
        parts = urlsplit(target)
        _ = parts.port
    except ValueError:
        return ""
    brackets = "[" in target or "]" in target
    fits = _WEB.match(target) and len(target) <= LONGEST_ADDRESS and not brackets
    return target if fits and target.count("#") < 2 else ""
