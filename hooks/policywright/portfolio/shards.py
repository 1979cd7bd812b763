"""Splits a list of agencies among machines: each writes the states of its part, and one joins them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from policywright.files.schema import mapping
from policywright.files.yaml import LARGEST_RECORD, read_text
from policywright.model.findings import Finding, Place, PolicyError
from policywright.portfolio.agencies import Listed
from policywright.portfolio.reading import AgencyState

STATE_FORM = 1
_SHARD = re.compile(r"([1-9]\d{0,3})/([1-9]\d{0,3})")


def part_of_list(agencies: Sequence[Listed], shard: str) -> list[Listed] | None:
    """Return the part of a list that “2/4” names: every fourth agency from the second on; None if it names none."""
    found = _SHARD.fullmatch(shard)
    number, count = (int(found[1]), int(found[2])) if found else (1, 0)
    return list(agencies[number - 1 :: count]) if number <= count else None


def state_files(states: Sequence[AgencyState]) -> dict[str, str]:
    """Return a file for each agency, with everything that the portfolio shows of it: name -> content."""
    return {file_of(state.agency): _written(state) for state in states}


def file_of(agency: Listed) -> str:
    """Return the name of the file of an agency; an id may have signs that a file name cannot have."""
    return "".join(sign if sign.isalnum() or sign in "-_." else f"%{ord(sign):x}" for sign in agency.id) + ".json"


def _written(state: AgencyState) -> str:
    said = {
        "form": STATE_FORM,
        "id": state.agency.id,
        "problem": state.problem,
        "first": list(state.first),
        "data": dict(state.data),
    }
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def joined_state(agency: Listed, folder: Path) -> AgencyState:
    """Return the state that some machine wrote; that there is none, or none that can be read, is its problem."""
    if agency.problem:
        return AgencyState(agency, problem=agency.problem)
    name = file_of(agency)
    if not (folder / name).is_file():
        return AgencyState(agency, problem=f"No part of the pipeline wrote {name}.")
    try:
        said = _read_state(folder / name, name)
    except PolicyError as error:
        return AgencyState(agency, problem=error.findings[0].message)
    return AgencyState(agency, mapping(said.get("data")), str(said.get("problem", "")), _words(said.get("first")))


def _words(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _read_state(path: Path, name: str) -> Mapping[str, Any]:
    text, problems = read_text(path.absolute(), name, LARGEST_RECORD)
    if problems:
        raise PolicyError(problems)
    try:
        said = mapping(json.loads(text))
    except (ValueError, RecursionError):
        said = {}
    if said.get("form") != STATE_FORM:
        message = f"{name} is damaged, or from another version of Policywright."
        raise PolicyError([Finding("E001", "error", message, (Place(name),), "Run its part of the pipeline again.")])
    return said
