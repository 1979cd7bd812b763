"""Whether an agency's repository asks for the version that is running."""

from __future__ import annotations

import re
from pathlib import Path

from policywright import __version__
from policywright.files.yaml import absent, find_conflict, place_at, read_text
from policywright.model.findings import Finding

FILE = "requirements.txt"

_PIN = re.compile(r"^[ \t]*policywright[ \t]*==[ \t]*(?P<version>[^\s;#]+)", re.MULTILINE | re.IGNORECASE)


def check_pin(root: Path) -> list[Finding]:
    """Compare the version that requirements.txt names with the one that runs.

    A pin to a git address is not compared.
    """
    if absent(root / FILE):
        return []
    text, problems = read_text(root / FILE, FILE)
    problems = problems or find_conflict(text, FILE)
    pinned = _PIN.search(text)
    if problems or pinned is None or pinned["version"] == __version__:
        return problems
    place = place_at(text, pinned.start("version"), FILE)
    message = f"This repository asks for Policywright {pinned['version']}, but {__version__} is running."
    fix = "Install what requirements.txt names, or raise the version there in a reviewed change."
    return [Finding("W104", "warning", message, (place,), fix)]


def pinned_version(text: str) -> str:
    """Return the version that the text of a requirements.txt names, or nothing."""
    pinned = _PIN.search(text)
    return pinned["version"] if pinned else ""


def with_pin(text: str, version: str) -> str:
    """Return the text of a requirements.txt that names another version."""
    pinned = _PIN.search(text)
    return text[: pinned.start("version")] + version + text[pinned.end("version") :] if pinned else text
