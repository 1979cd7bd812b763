"""Writes an upgrade, unless something must be fixed first."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from policywright.files.writing import write_files
from policywright.model.findings import PolicyError
from policywright.upgrade.plan import Preview


def write_upgrade(root: Path, preview: Preview) -> None:
    """Write an upgrade so that a run that is killed loses nothing, and a second run completes it.

    Raise PolicyError, and write nothing, while anything stops it.
    """
    if preview.stops:
        raise PolicyError(preview.stops)
    upgrade = preview.upgrade
    for files in (upgrade.gains, upgrade.files):
        write_files(_behind_links(root, files), root)
    for name in upgrade.gone:
        (root / name).unlink()
    write_files(_behind_links(root, upgrade.last), root)


def _behind_links(root: Path, files: Mapping[str, bytes]) -> dict[str, str | bytes]:
    """Name the file behind a link, so that the link stays one."""
    real = root.resolve()
    return {(real / name).resolve().relative_to(real).as_posix(): content for name, content in files.items()}
