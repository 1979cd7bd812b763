"""The comparison of builds names what differs, and fails only then."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest

from tests.tools.compare_builds import report

ASKED = Namespace(quiet=True, diff=True, only=None)


def written(folder: Path, **files: str) -> Path:
    (folder / "town").mkdir(parents=True)
    for name, text in files.items():
        (folder / "town" / name).write_text(text, encoding="utf-8")
    return folder


def test_the_same_files_are_no_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = (written(tmp_path / side, page="one\n") for side in ("before", "after"))
    assert report(before, after, ASKED) == 0
    assert capsys.readouterr().out.startswith("1 files before, 1 after, 0 differ.")


def test_every_difference_is_named_with_its_first_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = written(tmp_path / "before", page="one\ntwo\n", old="x", same="y")
    after = written(tmp_path / "after", page="one\nthree\n", new="x", same="y")
    assert report(before, after, ASKED) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[:5] == [
        "only after: town/new",
        "only before: town/old",
        "differs: town/page",
        "  @@ -2 +2 @@",
        "  -two",
    ]
    assert said[6].startswith("3 files before, 3 after, 3 differ.")
