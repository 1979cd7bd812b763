"""Who has followed a base: compares what each agency has of its bases with what these hand down now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from policywright.portfolio.agencies import Listed
from policywright.portfolio.reading import AgencyState, read_state

FOLLOWS, BEHIND, OTHER = "follows", "behind", "other"
NONE, LOST, NOT_SAID = "none", "not found", "not said"

Present = Mapping[str, set[str]]
"""Name of an agency -> the fingerprints of what it hands down now: one, unless agencies share the name."""


def bases_of_list(listed: Path, folders: Iterable[Path], today: str) -> list[AgencyState]:
    """Return the state of the bases that somebody named; otherwise of the repository that holds the list, if one does.

    A department keeps the list of its agencies in its repository, and is itself no agency of the list.
    """
    beside = listed.absolute().parent
    named = [*folders] or ([beside] if (beside / "policy.yml").is_file() else [])
    return [read_state(Listed(str(folder), path=folder), today=today, collected=False) for folder in named]


def present_bases(bases: Sequence[AgencyState], states: Iterable[AgencyState]) -> Present:
    """Return what each agency hands down now.

    A repository that was read as a base goes before an agency of the list, whose status file may be old. Of a base of
    a base that nobody read, the one that builds on it is the measure.
    """
    above = [(one["name"], one["fingerprint"]) for base in bases for one in base.data.get("bases", ())]
    return _by_name(above) | _by_name(_own(states)) | _by_name(_own(bases))


def _own(states: Iterable[AgencyState]) -> Iterator[tuple[str, str]]:
    return ((state.data["agency"], state.data["hands_down"]) for state in states if "hands_down" in state.data)


def _by_name(marks: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, mark in marks:
        found.setdefault(name, set()).add(mark)
    return found


def followed(data: Mapping[str, Any], present: Present) -> str:
    """Return in a word whether an agency has the present state of all its bases."""
    if "bases" not in data:
        return NOT_SAID
    if data.get("base") is None:
        return NONE
    return max((_one(base, present) for base in data["bases"]), key=_RANKS.index, default=LOST)


_RANKS = (FOLLOWS, OTHER, BEHIND)
"""The worse the later: what is said of several bases is the worst."""


def _one(base: Mapping[str, str], present: Present) -> str:
    marks = present.get(base["name"])
    return OTHER if marks is None else FOLLOWS if base["fingerprint"] in marks else BEHIND
