"""Says what must not be in a release: make release-check."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from policywright import __version__
from tests.support.agency_files import ROOT

PLACEHOLDER = "https://policywright.invalid/"
"""In the place of the address at which this will be published; nobody can register a name that ends like this."""
ABOUT = ("RELEASING.md", "tests/tools/release.py")
"""The files that speak about the placeholder."""


def objections(files: Mapping[str, str], version: str = __version__) -> Iterator[str]:
    """Report what must not be in a release of these files, each with its place."""
    if not re.search(rf"(?m)^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$", files["CHANGELOG.md"]):
        yield f"CHANGELOG.md: version {version} has no date."
    for name, text in files.items():
        lines = enumerate(text.splitlines(), 1) if name not in ABOUT else ()
        yield from (
            f"{name}:{number}: replace {PLACEHOLDER} by the address." for number, line in lines if PLACEHOLDER in line
        )


def tracked() -> dict[str, str]:
    """Return the texts that git knows."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = [name for name in listed.split("\0") if name and PurePosixPath(name).suffix != ".webp"]
    return {name: (ROOT / name).read_text("utf-8") for name in names if (ROOT / name).is_file()}


if __name__ == "__main__":
    found = [*objections(tracked())]
    print("\n".join(found) or f"Nothing prevents the release of {__version__}.")
    sys.exit(1 if found else 0)
