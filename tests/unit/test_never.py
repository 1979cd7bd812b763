"""Never a traceback, never a hang: files, names and settings that nobody expects."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from policywright.draft import make_draft, open_repository
from policywright.model.findings import Finding, Place
from policywright.pages.book import make_book
from tests.support.in_process import run_here
from tests.support.signed import write_town
from tests.support.systems import make_pipe

SIGN = ("sign", "--role", "communications", "--by", "Pat")
DECIDE = ("decide", "GOAL-01", "--accept", "--owner", "Pat", "--until", "2099-01-01", "--reason", "Known")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("sign-offs.yml", SIGN),
        ("decisions.yml", DECIDE),
        ("policy.yml", ("release", "1.0")),
        ("acknowledgements.csv", ("check",)),
        ("releases/signed.yml", SIGN),
    ],
)
@pytest.mark.parametrize("kind", ["pipe", "folder", "another encoding"])
def test_a_file_that_is_none_is_named_and_no_command_waits_for_it(
    kind: str, name: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    path = write_town(tmp_path) / name
    path.parent.mkdir(exist_ok=True)
    text = path.read_bytes() if path.exists() else b""
    path.unlink(missing_ok=True)
    if kind == "pipe":
        make_pipe(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.write_bytes(text + "\n# café".encode("latin-1"))
    done = run_here("policywright", *words, cwd=tmp_path)
    assert done.returncode in (1, 2)
    assert f"{name}:" in done.stdout + done.stderr
    assert "error E00" in done.stdout + done.stderr


@pytest.mark.parametrize(
    "name", [b"answers/a\xff.yml", b"docs/a\xff.md", b"overrides/clauses/CIT-2-\xff.md", b"a\xff.bak"]
)
@pytest.mark.parametrize("command", ["check", "render"])
def test_a_name_that_is_not_utf_8_is_shown_and_stops_nothing(command: str, name: bytes, tmp_path: Path) -> None:
    root = write_town(tmp_path / "town")
    path = root / os.fsdecode(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("---\ncode: CIT-2\ntitle: Own\nlevel: must\nsources: []\n---\nWords.\n", encoding="utf-8")
    done = run_here("policywright", command, *(("--out", tmp_path / "out") if command == "render" else ()), cwd=root)
    assert done.returncode in (0, 1, 2)
    assert command == "render" or "\\udcff" in done.stdout or b".bak" in name
    assert not [path for path in (tmp_path / "out").rglob("*.md") if "\udcff" in path.read_text("utf-8")]


@pytest.mark.parametrize("seconds", ["soon", "-1", "1e9", "99999999999999999", "9" * 400])
def test_a_day_of_the_build_that_is_none_is_refused_with_a_sentence(seconds: str, tmp_path: Path) -> None:
    root = write_town(tmp_path)
    done = run_here("policywright", "check", cwd=root, env={"SOURCE_DATE_EPOCH": seconds})
    assert done.returncode == 2
    assert "SOURCE_DATE_EPOCH" in done.stderr
    assert "seconds since 1970" in done.stderr
    (root / "mkdocs.yml").write_text("site_name: Town\nhooks: [hooks/policy.py]\n", "utf-8")
    (root / "hooks").mkdir()
    (root / "hooks" / "policy.py").write_text("from policywright.hook import *\n", "utf-8")
    (root / "docs").mkdir()
    built = run_here("mkdocs", "build", cwd=root, env={"SOURCE_DATE_EPOCH": seconds})
    assert built.returncode == 1
    assert "seconds since 1970" in built.stderr


def test_findings_of_one_kind_are_cut_with_their_number_everywhere(tmp_path: Path) -> None:
    repository, known = open_repository(write_town(tmp_path))
    found = [
        Finding(code, severity, f"Row {number} is wrong.", (Place("acknowledgements.csv", number),), "Correct it.")
        for code, severity, most in (("L203", "warning", 180_000), ("E104", "error", 101), ("E105", "error", 100))
        for number in range(1, most + 1)
    ]
    draft = make_draft(replace(repository, findings=(*repository.findings, *found)), known)
    for code, listed in (("L203", 101), ("E104", 101), ("E105", 100)):
        kept = [finding for finding in draft.findings if finding.code == code]
        assert len(kept) == listed
    last = [finding for finding in draft.findings if finding.code == "L203"][-1]
    assert last.message == "179,900 more findings of this kind are not listed."
    assert str(last.places[0]) == "acknowledgements.csv:101:1"
    assert "179,900 more findings" in make_book(draft).pages["findings.md"].text
