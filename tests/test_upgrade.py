"""A newer catalog reaches an agency: what moves, what stays byte by byte, and that no answer is ever lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agency_files import read_case
from policywright.engine.catalog import read_catalog
from policywright.engine.model import Catalog
from policywright.engine.upgrade import Upgrade, plan_upgrade, preview, refusals
from policywright.press.skeleton import blanks
from policywright.site.upgrading import write_upgrade
from test_toy import changed, lay

CASES = read_case("upgrade.yml")
VERSION = "0.2.0"

Files = dict[str, bytes]


def newer(folder: Path, case: Mapping[str, Any]) -> Catalog:
    """Return the toy catalog as it is after the changes of a case."""
    changes = case.get("catalog", {})
    laid = lay(folder / "newer", CASES["catalogs"][changes] if isinstance(changes, str) else changes)
    for old, new in case.get("folders", {}).items():
        (laid / "pool" / old).rename(laid / "pool" / new)
    for path in (path for path in (laid / "pool").rglob("*") if path.is_file() and path.name != "migrations.yml"):
        text = path.read_text("utf-8")
        for old, new in case.get("everywhere", {}).items():
            text = text.replace(old, new)
        path.write_text(text, "utf-8")
    return read_catalog(laid / "pool", laid / "guidance")


def village(folder: Path, case: Mapping[str, Any]) -> Path:
    root = folder / "village"
    for name, content in {**CASES["agency"], **case.get("files", {})}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes.fromhex(content["hex"]) if isinstance(content, dict) else content.encode())
    return root


def files(root: Path) -> Files:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def plan(root: Path, catalog: Catalog) -> Upgrade:
    return plan_upgrade(root, catalog, blanks(catalog), VERSION)


def expected(before: Files, case: Mapping[str, Any], root: Path) -> Files:
    edited = {name: changed(root / name, edits) for name, edits in case.get("edits", {}).items()}
    becomes = {**before, **{name: text.encode() for name, text in edited.items()}}
    becomes |= {name: text if text is None else text.encode() for name, text in case["becomes"].items()}
    return {name: text for name, text in becomes.items() if text is not None}


@pytest.mark.parametrize("name", CASES["cases"])
def test_an_upgrade_changes_these_lines_and_no_others(name: str, tmp_path: Path) -> None:
    case = CASES["cases"][name]
    root, catalog = village(tmp_path, case), newer(tmp_path, case)
    before = files(root)
    upgrade = plan(root, catalog)
    draft = preview(root, upgrade, catalog, "")
    assert not [str(one) for one in refusals(upgrade, draft)]
    said = [f"{change.place}: {change.said}" for change in upgrade.changes]
    assert all(any(words in line for line in said) for words in case.get("says", [])), said
    assert files(root) == before, "planning wrote something"
    wanted = expected(before, case, root)
    write_upgrade(root, upgrade)
    after = files(root)
    assert {name: text.decode() for name, text in after.items()} == {k: v.decode() for k, v in wanted.items()}
    assert plan(root, catalog).idle


@pytest.mark.parametrize("name", CASES["refused"])
def test_an_upgrade_is_refused_while_mistakes_stand(name: str, tmp_path: Path) -> None:
    case = CASES["refused"][name]
    root, catalog = village(tmp_path, case), newer(tmp_path, case)
    before = files(root)
    upgrade = plan(root, catalog)
    found = refusals(upgrade, preview(root, upgrade, catalog, ""))
    assert sorted((one.code, str(one.places[0])) for one in found) == sorted(
        next(iter(row.items())) for row in case["finds"]
    )
    assert all(one.message.endswith((".", "?", "?”")) and one.fix.endswith(".") for one in found)
    assert files(root) == before


def moments(upgrade: Upgrade) -> Iterator[Upgrade]:
    """Yield what of an upgrade is done when it is killed after each write."""
    nothing = replace(upgrade, gains={}, files={}, gone=(), last={})
    for field in ("gains", "files", "last"):
        names = list(getattr(upgrade, field))
        for count in range(len(names)):
            part = {name: getattr(upgrade, field)[name] for name in names[: count + 1]}
            done = {"gains": {"gains": part}, "files": {"gains": upgrade.gains, "files": part}}
            yield replace(nothing, **done.get(field, {"gains": upgrade.gains, "files": upgrade.files, "last": part}))
    for count in range(len(upgrade.gone)):
        yield replace(upgrade, gone=upgrade.gone[: count + 1], last={})


@pytest.mark.parametrize("name", CASES["cases"])
def test_an_upgrade_that_is_killed_after_any_write_is_completed_by_the_next(name: str, tmp_path: Path) -> None:
    case = CASES["cases"][name]
    root, catalog = village(tmp_path, case), newer(tmp_path, case)
    before = files(root)
    upgrade = plan(root, catalog)
    wanted = expected(before, case, root)
    for killed in moments(upgrade):
        shutil.rmtree(root)
        village(tmp_path, case)
        write_upgrade(root, killed)
        again = plan(root, catalog)
        assert not refusals(again, preview(root, again, catalog, ""))
        write_upgrade(root, again)
        assert files(root) == wanted
