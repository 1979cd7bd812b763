"""The supply chain: every package that is needed is pinned with hashes, and listed in the bill of materials."""

from __future__ import annotations

import importlib.metadata
import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from policywright import __version__
from tests.support.agency_files import ROOT
from tests.tools.supply import BILL, LOCK, SETTINGS, bill, pins, with_hash

LOCKED = LOCK.read_text("utf-8")
PINS = pins(LOCKED)
NAMES = {canonicalize_name(pin["name"]) for pin in PINS}


def needed() -> set[str]:
    """Return every package that the installed Policywright needs to run, directly or not."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    waiting, seen = [Requirement(text) for text in project["dependencies"]], set[str]()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in seen or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        seen.add(name)
        waiting += [Requirement(text) for text in importlib.metadata.requires(name) or []]
    return seen


def test_every_package_that_is_needed_is_pinned() -> None:
    assert needed() <= NAMES


def test_every_pin_suits_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = {canonicalize_name(r.name): r for r in map(Requirement, project["dependencies"])}
    versions = [(asked[name], pin) for pin in PINS if (name := canonicalize_name(pin["name"])) in asked]
    assert len(versions) >= len(asked)
    assert all(requirement.specifier.contains(pin["version"]) for requirement, pin in versions)


def test_every_pin_has_hashes_and_no_line_names_a_host() -> None:
    assert all(pin["hashes"] for pin in PINS)
    assert not re.search(r"https?:|--index|--find-links|@", LOCKED)


def test_the_bill_of_materials_is_made_from_the_pins() -> None:
    kept, made = json.loads(BILL.read_text("utf-8")), json.loads(bill(LOCKED))
    for data in (kept, made):
        for component in data["components"]:
            component.pop("licenses", None)  # what this environment has installed may state another license
    assert kept == made
    assert kept["metadata"]["component"]["version"] == __version__


def test_the_bill_names_a_license_for_nearly_every_package() -> None:
    components = json.loads(BILL.read_text("utf-8"))["components"]
    without = {c["name"] for c in components if "licenses" not in c}
    # The first two are installed on Windows alone; cookiecutter states its license in a file only.
    assert without <= {"colorama", "tzdata", "cookiecutter"}


def test_the_hash_of_a_released_wheel_is_recorded_and_nothing_else_changes(tmp_path: Path) -> None:
    before, wheel = SETTINGS.read_text("utf-8"), tmp_path / f"policywright-{__version__}-py3-none-any.whl"
    wheel.write_bytes(b"released")
    after = json.loads(with_hash(before, wheel))
    digest = "d29eae1372c396247daf62745d10c3513eb46f9f232b4527e0f5298e5dca5cd0"
    assert after == json.loads(before) | {"_policywright_hash": digest}


def test_the_hash_of_another_version_is_not_recorded(tmp_path: Path) -> None:
    wheel = tmp_path / "policywright-0.0.9-py3-none-any.whl"
    wheel.write_bytes(b"released")
    with pytest.raises(SystemExit, match=r"is not the wheel of version"):
        with_hash(SETTINGS.read_text("utf-8"), wheel)
