"""Answers files as forms make them, and a repository that can be changed line by line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from policywright import __version__
from policywright.answering.answers_file import AnswersFile, read_answers_file
from policywright.answering.merging import Saved, save

DAY = "2026-11-30"


def answers(**values: Any) -> dict[str, Any]:
    """Return answers to open questions; a key is the id of a question, with two underscores for the dot."""
    return {name.replace("__", "."): {"value": value, "was": None, "change": "set"} for name, value in values.items()}


def form_bytes(given: Mapping[str, Any], **fields: Any) -> bytes:
    """Return the bytes of an answers file of Counsel in the town; `fields` replaces keys."""
    data = {
        "format": "policywright answers 1",
        "catalog": "social-media",
        "version": __version__,
        "agency": "the Town",
        "office": "legal",
        "name": "A. Person",
        "date": DAY,
        "answers": given,
    }
    return json.dumps(data | fields).encode()


def form(given: Mapping[str, Any], **fields: Any) -> AnswersFile:
    """Return an answers file as it is read."""
    office = fields.get("office", "legal") or "everything"
    return read_answers_file(form_bytes(given, **fields), f"{office}.answers.json")


def take_in(root: Path, *files: AnswersFile, replace: tuple[str, ...] = ()) -> Saved:
    """Take answers files on the usual day."""
    return save(root, files, replace, DAY, "take")


def contents_of(root: Path) -> dict[str, bytes]:
    """Return what every file of a repository says."""
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
