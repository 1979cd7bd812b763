"""A newer catalog reaches an agency: what moves, what stays byte by byte, and that no answer is ever lost."""

from __future__ import annotations

import functools
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policywright.catalog.blank_answers import SCHEMA_FOLDER
from policywright.catalog.reader import read_catalog
from policywright.editor_schemas import schema_files
from policywright.files.yaml import parse_yaml
from policywright.model.catalog import Catalog, Question
from policywright.model.findings import PolicyError
from policywright.upgrade.plan import Preview, Upgrade, plan_upgrade, preview_upgrade
from policywright.upgrade.writing import write_upgrade
from tests.support.agency_files import read_case
from tests.support.toy import changed, lay, pool_catalog

CASES = read_case("upgrade.yml")
VERSION = "0.2.0"

Files = dict[str, bytes]


def changes(case: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a case changes in the catalog, which it may share with others."""
    said = case.get("catalog", {})
    shared: Mapping[str, Any] = CASES["catalogs"][said] if isinstance(said, str) else said
    return shared


def newer(case: Mapping[str, Any]) -> Catalog:
    """Return the toy catalog as it is after the changes of a case."""
    return _newer(json.dumps([changes(case), case.get("folders", {}), case.get("everywhere", {})]))


@functools.cache
def _newer(said: str) -> Catalog:
    """Read a changed catalog; many cases share one."""
    files, folders, everywhere = json.loads(said)
    with tempfile.TemporaryDirectory() as folder:
        laid = lay(Path(folder) / "newer", files)
        for old, new in folders.items():
            (laid / "pool" / old).rename(laid / "pool" / new)
        for path in (path for path in (laid / "pool").rglob("*") if path.is_file() and path.name != "migrations.yml"):
            text = path.read_text("utf-8")
            for old, new in everywhere.items():
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
    return plan_upgrade(root, catalog, VERSION)


def previewed(root: Path, catalog: Catalog) -> Preview:
    return preview_upgrade(root, plan(root, catalog), catalog, "")


def expected(before: Files, case: Mapping[str, Any], root: Path) -> Files:
    edited = {name: changed(root / name, edits) for name, edits in case.get("edits", {}).items()}
    becomes = {**before, **{name: text.encode() for name, text in edited.items()}}
    becomes |= {name: text if text is None else text.encode() for name, text in case["becomes"].items()}
    return {name: text for name, text in becomes.items() if text is not None}


@pytest.mark.parametrize("name", CASES["cases"])
def test_an_upgrade_changes_these_lines_and_no_others(name: str, tmp_path: Path) -> None:
    case = CASES["cases"][name]
    root, catalog = village(tmp_path, case), newer(case)
    before = files(root)
    preview = previewed(root, catalog)
    assert not [str(one) for one in preview.stops]
    said = [f"{change.place}: {change.said}" for change in preview.upgrade.changes]
    assert all(any(words in line for line in said) for words in case.get("says", [])), said
    assert files(root) == before, "planning wrote something"
    wanted = expected(before, case, root)
    write_upgrade(root, preview)
    after = files(root)
    assert {name: text.decode() for name, text in after.items()} == {k: v.decode() for k, v in wanted.items()}
    assert plan(root, catalog).idle


def test_an_upgrade_renews_the_schemas_of_a_repository_that_has_them(tmp_path: Path) -> None:
    case: dict[str, Any] = {
        "catalog": "moved",
        "files": {f"{SCHEMA_FOLDER}/{name}.json": "{}" for name in ("a", "water")},
    }
    root, catalog = village(tmp_path, case), newer(case)
    assert plan(root, catalog).gone == (f"{SCHEMA_FOLDER}/a.json",)
    write_upgrade(root, previewed(root, catalog))
    made = {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in root.rglob("*.json")}
    assert made == schema_files(catalog)
    for name, text in made.items():
        (root / name).write_bytes(text.replace("\n", "\r\n").encode())
    assert plan(root, catalog).idle


@pytest.mark.parametrize("name", CASES["refused"])
def test_an_upgrade_is_refused_while_mistakes_stand(name: str, tmp_path: Path) -> None:
    case = CASES["refused"][name]
    root, catalog = village(tmp_path, case), newer(case)
    before = files(root)
    preview = previewed(root, catalog)
    found = preview.stops
    assert sorted((one.code, str(one.places[0])) for one in found) == sorted(
        next(iter(row.items())) for row in case["finds"]
    )
    assert all(one.message.endswith((".", "?", "?”")) and one.fix.endswith(".") for one in found)
    with pytest.raises(PolicyError) as refused:
        write_upgrade(root, preview)
    assert list(refused.value.findings) == found
    assert files(root) == before


def moments(upgrade: Upgrade) -> Iterator[Upgrade]:
    """Yield what of an upgrade is done when it is killed after each write."""
    nothing = replace(upgrade, gains={}, files={}, gone=(), last={})
    for field in ("gains", "files", "last"):
        names = list(getattr(upgrade, field))
        for count in range(len(names)):
            part = {name: getattr(upgrade, field)[name] for name in names[: count + 1]}
            done: dict[str, dict[str, Any]] = {
                "gains": {"gains": part},
                "files": {"gains": upgrade.gains, "files": part},
            }
            yield replace(nothing, **done.get(field, {"gains": upgrade.gains, "files": upgrade.files, "last": part}))
    for count in range(len(upgrade.gone)):
        yield replace(upgrade, gone=upgrade.gone[: count + 1], last={})


@pytest.mark.parametrize("name", CASES["cases"])
def test_an_upgrade_that_is_killed_after_any_write_is_completed_by_the_next(name: str, tmp_path: Path) -> None:
    case = CASES["cases"][name]
    root, catalog = village(tmp_path, case), newer(case)
    before = files(root)
    preview = previewed(root, catalog)
    wanted = expected(before, case, root)
    for killed in moments(preview.upgrade):
        shutil.rmtree(root)
        village(tmp_path, case)
        write_upgrade(root, replace(preview, upgrade=killed))
        again = previewed(root, catalog)
        assert not again.stops
        write_upgrade(root, again)
        assert files(root) == wanted


MOVING = {name: case for name, case in CASES["cases"].items() if "migrations.yml" in changes(case)}
"""The cases in which a step moves something."""


LETTERS = st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"))
LINES = st.text(LETTERS, min_size=1, max_size=20).filter(str.strip)
TEXTS = st.lists(LINES, min_size=1, max_size=3).map("\n".join)
POOL = pool_catalog()
ASKED = [question for question in POOL.questions.values() if question.type != "records"]


def values(question: Question) -> st.SearchStrategy[Any]:
    """Return answers that a question may get."""
    words = st.sampled_from(list(question.choices)) if question.choices else TEXTS
    if question.type in ("choices", "list"):
        return st.lists(words, unique=True, max_size=3)
    return {"number": st.integers(0, 40), "date": st.dates().map(str)}.get(question.type, words)


@st.composite
def sheets(draw: st.DrawFn, element: str) -> tuple[str, dict[str, Any], list[str]]:
    """Return an answer file as somebody may write it, what it says, and the remarks in it."""
    text, said, remarks = "", {}, []
    for question in draw(st.permutations([question for question in ASKED if question.element == element])):
        text += draw(st.sampled_from(["", "\n", "\n# A remark between.\n\n"]))
        if draw(st.booleans()):
            remarks.append(f"# A remark at {question.id}.")
            text += f"{remarks[-1]}\n"
        said[question.id] = draw(st.none() | values(question))
        text += f"{question.name}:{written(said[question.id], draw)}\n"
    return text, said, remarks


def written(value: Any, draw: st.DrawFn) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and value and draw(st.booleans()):
        return "".join(f"\n  - {json.dumps(item, ensure_ascii=False)} # item" for item in value)
    plain = isinstance(value, str) and value.isidentifier() and value not in ("yes", "no")
    return f" {value}" if plain and draw(st.booleans()) else f" {json.dumps(value, ensure_ascii=False)}"


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in leaves(part)]
    return [leaf for part in value for leaf in leaves(part)] if isinstance(value, list) else [value]


def said_in(root: Path) -> dict[str, Any]:
    """Return what every answer file says, those that wait included."""
    read = {path.stem: parse_yaml(path.read_text("utf-8"), path.name) for path in (root / "answers").glob("*.yml")}
    assert not [finding for _, findings in read.values() for finding in findings]
    return {name: file.value for name, (file, _) in read.items()}


def images(leaf: Any, name: str, catalog: Catalog) -> list[Any]:
    """Return what may replace a value in the upgrade: itself, or what the steps make of it."""
    found = [leaf]
    for step in catalog.migrations:
        found += [new[leaf] for new in step.into.values() if step.old == name and new and new.get(leaf)]
    return found


@settings(deadline=None, derandomize=True, max_examples=150)
@given(data=st.data())
def test_no_value_and_no_remark_is_ever_lost(data: st.DataObject) -> None:
    catalog = newer(MOVING[data.draw(st.sampled_from(list(MOVING)))])
    written_sheets = {element: data.draw(sheets(element)) for element in POOL.elements}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "answers").mkdir()
        (root / "policy.yml").write_text(CASES["agency"]["policy.yml"], "utf-8")
        for element, (text, _, _) in written_sheets.items():
            (root / "answers" / f"{element}.yml").write_text(text, "utf-8")
        preview = previewed(root, catalog)
        assert not preview.stops, [str(finding) for finding in preview.stops]
        write_upgrade(root, preview)
        after = leaves(said_in(root))
        whole = "".join(path.read_text("utf-8") for path in (root / "answers").glob("*.yml"))
        assert plan(root, catalog).idle
    for _, said, remarks in written_sheets.values():
        for question, value in said.items():
            assert all(any(image in after for image in images(leaf, question, catalog)) for leaf in leaves(value))
        assert all(remark in whole for remark in remarks)
