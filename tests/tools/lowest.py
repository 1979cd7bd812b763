"""Prints the lowest versions that pyproject.toml allows, as constraints for pip: python -m tests.tools.lowest."""

from __future__ import annotations

import re
import tomllib

from tests.support.agency_files import ROOT


def lowest() -> list[str]:
    """Return each package that is needed to run, with its lowest version."""
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    return [re.sub(r">=([\d.]+).*", r"==\1", one) for one in needed]


if __name__ == "__main__":
    print("\n".join(lowest()))
