"""Writes an upgrade, unless something must be fixed first."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from policywright.files.writing import write_files
from policywright.model.findings import PolicyError
from policywright.upgrade.plan import Preview


def write_upgrade(root: Path, preview: Preview) -> None:
    """Write an upgrade in an order in which a killed run loses nothing and a second run completes it.

    Raise PolicyError and write nothing if anything prevents it.
    """
    if preview.stops:
        raise PolicyError(preview.stops)
    upgrade = preview.upgrade
    # First what gains, then what loses, then what is deleted, and the pin last: whenever a run is killed, each answer
    # is in at least one place, and a second run finds what is left to do.
    for files in (upgrade.gains, upgrade.files):
        write_files(_behind_links(root, files), root)
    for name in upgrade.gone:
        (root / name).unlink()
    write_files(_behind_links(root, upgrade.last), root)


def _behind_links(root: Path, files: Mapping[str, bytes]) -> dict[str, str | bytes]:
    """Replace a link by the file behind it, so that the link itself is kept."""
    real = root.resolve()
    return {(real / name).resolve().relative_to(real).as_posix(): content for name, content in files.items()}
