"""What an agency hands down to those that build on it, as a fingerprint: so one can see who has its present state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from policywright.agency.answers import Layer, given_rows
from policywright.agency.bases import Base
from policywright.agency.locks import LOCKS_FILE
from policywright.agency.overrides import CLAUSES
from policywright.files.folders import entries
from policywright.files.yaml import read_text
from policywright.model.agency import AnswerLock, HandedDown
from policywright.model.fingerprints import fingerprint


def handed_down(base: Base, layer: Layer, locks: Sequence[AnswerLock]) -> HandedDown:
    """Return the answers, the locks and the clauses of a repository as one fingerprint.

    Comments, the order of answers, line ends and everything that nobody inherits make no difference.
    """
    said = {
        "answers": {name: given_rows(given.value) for name, given in layer.items()},
        "locks": [_said(lock) for lock in locks if lock.place.file == f"{base.prefix}{LOCKS_FILE}"],
        "clauses": dict(_clauses(base)),
    }
    return HandedDown(base.name, fingerprint(said))


def _said(lock: AnswerLock) -> dict[str, Any]:
    return {key: value for key, value in asdict(lock).items() if key != "place"}


def _clauses(base: Base) -> Iterator[tuple[str, str]]:
    name = f"{base.prefix}{CLAUSES}"
    for path in entries(base.root / CLAUSES, name, []):
        yield path.name, read_text(path, f"{name}/{path.name}")[0]
