"""The style sheet and the scripts of every page, in an agency's colors."""

from __future__ import annotations

from pathlib import Path

from policywright.model.agency import Document
from policywright.pages.dates import day

STYLE = "assets/policywright.css"
"""The uri of the style sheet that every page needs."""
SCRIPT = "assets/policywright.js"
"""The uri of the script that adds filters and copy buttons; every page can be read without it."""
SEARCH_LATER = "assets/search-later.js"
"""The uri of the script that lets the index of the search wait; it has to run before the theme's."""
ASSETS = Path(__file__).parent / "assets"
FORMS = ("answer.js", "rules.js")
"""The scripts of forms, which only a working site has."""


def assets(document: Document | None = None, *, working: bool = True) -> dict[str, str]:
    """Return the style sheets and scripts of the pages: uri -> text; a document adds its colors and print header."""
    paths = [path for path in sorted(ASSETS.iterdir()) if working or path.name not in FORMS]
    files = {f"assets/{path.name}": path.read_text("utf-8") for path in paths}
    return files | ({STYLE: files[STYLE] + _colors(document) + _running_head(document)} if document else {})


def _colors(document: Document) -> str:
    """Return the CSS rules that replace the default colors by the agency's."""
    design = document.design
    light = f":root{{--pw-accent:{design.accent};--pw-brand:{design.accent}}}\n" if design.accent else ""
    dark = f"[data-md-color-scheme=slate]{{--pw-accent:{design.accent_dark}}}\n" if design.accent_dark else ""
    return light + dark


def _running_head(document: Document) -> str:
    """Return the CSS rule that prints the policy's name, version and date at the top of every page."""
    version = f"version {document.version}" if document.version else ""
    since = f"in force from {day(document.dates['in_force'])}" if document.dates.get("in_force") else ""
    words = [document.agency_name, document.title, version, document.status.replace("_", " "), since]
    text = _quoted(" · ".join(word for word in words if word))
    return f"@media print{{@page{{@top-left{{content:{text};font:9pt sans-serif}}}}}}\n"


def _quoted(text: str) -> str:
    """Write a text as a CSS string; every character that could end it is written as its number."""
    # An allow list, because the name of an agency ends up inside a style sheet: a quote or a backslash would end the
    # text.
    return '"' + "".join(c if c.isalnum() or c in " .,:·-" else f"\\{ord(c):x} " for c in text) + '"'
