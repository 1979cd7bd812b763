"""What a site is made of: which change makes which site old."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from policywright.portfolio import inputs
from policywright.portfolio.inputs import inputs_of
from tests.support.agency_files import TOWN_ANSWERS, read_case, write_agency

CASES = read_case("site_inputs.yml")
NAMES = ("department", "lakes", "rivers")


@pytest.fixture(scope="module")
def agencies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("inputs")
    for name in NAMES:
        base = {"base": "../department"} if name == "lakes" else {}
        write_agency(root / name, TOWN_ANSWERS, {"agency": {"name": name}, **base})
    return root


def all_inputs(root: Path) -> dict[str, str]:
    return {name: inputs_of(root / name, "mkdocs.yml", root / "lakes" / "sites") for name in NAMES}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_change_makes_those_sites_old_that_it_concerns(
    case: tuple[str, str | None, list[str]], agencies: Path, tmp_path: Path
) -> None:
    file, text, old = case
    root = Path(shutil.copytree(agencies, tmp_path / "agencies"))
    before = all_inputs(root)
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text(text, "utf-8") if text is not None else (root / file).unlink()
    after = all_inputs(root)
    assert [name for name in NAMES if before[name] != after[name]] == old


def test_the_same_files_elsewhere_and_later_are_the_same(agencies: Path, tmp_path: Path) -> None:
    shutil.copytree(agencies, tmp_path / "agencies", copy_function=shutil.copyfile)
    assert all_inputs(tmp_path / "agencies") == all_inputs(agencies)


@pytest.mark.skipif(os.name == "nt", reason="Windows lets few people make links")
def test_links_are_followed_once(agencies: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(agencies, tmp_path / "agencies"))
    (root / "shared").mkdir()
    (root / "shared" / "page.md").write_text("One", "utf-8")
    for name, target in (("docs", root / "shared"), ("loop", root / "lakes"), ("nothing", root / "gone")):
        (root / "lakes" / name).symlink_to(target)
    before = all_inputs(root)
    (root / "shared" / "page.md").write_text("Two", "utf-8")
    assert [name for name in NAMES if before[name] != all_inputs(root)[name]] == ["lakes"]


def test_another_day_another_package_or_another_catalog_makes_every_site_old(
    agencies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def seen() -> str:
        inputs.engine_fingerprint.cache_clear()
        return inputs_of(agencies / "rivers", "mkdocs.yml", tmp_path)

    found = [seen(), seen()]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    found.append(seen())
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "other_theme-2.0.dist-info").mkdir()
    found.append(seen())
    (tmp_path / "content").mkdir()
    monkeypatch.setattr("policywright.portfolio.inputs.content_folder", lambda: tmp_path / "content")
    found.append(seen())
    assert found[0] == found[1]
    assert len(set(found)) == 4
    monkeypatch.undo()
    inputs.engine_fingerprint.cache_clear()
