"""Writes an upgrade, unless something must be fixed first."""

from __future__ import annotations

from pathlib import Path

from policywright.files.locking import locked
from policywright.files.writing import changed_meanwhile, contents, write_files
from policywright.model.findings import PolicyError
from policywright.upgrade.plan import Preview


def write_upgrade(root: Path, preview: Preview) -> None:
    """Write an upgrade in an order in which a killed run loses nothing and a second run completes it.

    Raise PolicyError and write nothing if anything prevents it.
    """
    if preview.stops:
        raise PolicyError(preview.stops)
    upgrade = preview.upgrade
    with locked(root):
        now = contents(root, upgrade.before)
        changed = [name for name, content in upgrade.before.items() if now[name] != content]
        if changed:
            raise PolicyError([changed_meanwhile(name) for name in changed])
        # First what gains, then what loses, then what is deleted, and the pin last: whenever a run is killed, each
        # answer is in at least one place, and a second run finds what is left to do.
        for files in (upgrade.gains, upgrade.files):
            write_files(files, root)
        for name in upgrade.gone:
            (root / name).unlink()
        write_files(upgrade.last, root)
