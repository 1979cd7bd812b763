"""Undoes the last take, confirm or save, byte for byte, unless its files have changed since then."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policywright.approval.objections import Refused
from policywright.files.locking import locked
from policywright.files.schema import mapping
from policywright.files.writing import contents, write_files

UNDO_FILE = ".policywright/undo.json"
"""In a folder that git ignores, because it is about this copy of the repository only."""

_OURS = re.compile(r"(answers|registers)/[^/\\]+\.yml|(confirmations|policy)\.yml")


@dataclass(frozen=True)
class Undone:
    """What was undone."""

    deed: str
    """take | confirm | save"""
    date: str
    files: tuple[str, ...]
    """The files that are as they were before."""


def undo_record(deed: str, date: str, before: Mapping[str, bytes | None], after: Mapping[str, str]) -> str:
    """Return the record of what files said before a change, and the digest of what they say after it."""
    files = {name: {"before": _packed(before[name]), "after": _digest(text.encode())} for name, text in after.items()}
    return json.dumps({"form": 1, "deed": deed, "date": date, "files": files}, indent=1) + "\n"


def _packed(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


def _digest(data: bytes | None) -> str:
    return "" if data is None else hashlib.sha256(data).hexdigest()


def undo(root: Path) -> Undone:
    """Put the files back as they were before the last change.

    Raise Refused, and change nothing, if there is nothing to undo or a file has changed since then.
    """
    with locked(root):
        data = _read(root)
        before = {name: _unpacked(file["before"]) for name, file in data["files"].items()}
        now = contents(root, before)
        changed = [
            f"{name} has changed since then. Undo the change by hand, or with Git."
            for name, file in data["files"].items()
            if now[name] != before[name] and _digest(now[name]) != file["after"]
        ]
        if changed:
            raise Refused(changed)
        write_files({name: content for name, content in before.items() if content is not None}, root)
        for name in (name for name, content in before.items() if content is None):
            (root / name).unlink(missing_ok=True)
        (root / UNDO_FILE).unlink()
    return Undone(data["deed"], data["date"], tuple(before))


def _unpacked(data: str | None) -> bytes | None:
    return None if data is None else base64.b64decode(data, validate=True)


def _read(root: Path) -> dict[str, Any]:
    path = root / UNDO_FILE
    if not path.is_file():
        raise Refused(["There is nothing to undo: this copy has no take, confirm or save on record."])
    try:
        data = dict(mapping(json.loads(path.read_bytes())))
        for name, file in data["files"].items():
            _checked(name, file)
        return {"deed": str(data["deed"]), "date": str(data["date"]), "files": dict(data["files"])}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        reason = f"{UNDO_FILE} is damaged, so it cannot undo anything. Use Git instead, and delete this file."
        raise Refused([reason]) from None


def _checked(name: str, file: Mapping[str, Any]) -> None:
    """Raise ValueError for a file that none of our changes can have written."""
    if not _OURS.fullmatch(name) or not isinstance(file["after"], str):
        raise ValueError
    _unpacked(file["before"])
