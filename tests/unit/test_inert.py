"""What people wrote runs nowhere: releases whose text somebody forged, and the lines of a log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policywright.approval.releases import WORDINGS_FILE, release_file
from policywright.files.schema import check, closed
from policywright.files.yaml import parse_yaml
from policywright.model.findings import Finding, Place, PolicyError
from policywright.model.fingerprints import fingerprint
from policywright.pages.book import make_book
from tests.support.agency_files import TOWN_ANSWERS, write_agency
from tests.support.released import POLICY, draft_in, release

SCRIPT = "<script>alert(1)</script>"


def forge(root: Path, field: str, value: Any) -> None:
    """Change a field of the first provision of a release, and seal the release again."""
    path = root / release_file("1.0")
    data = json.loads(path.read_text("utf-8"))
    del data["seal"]
    data["provisions"][0][field] = value
    body = json.dumps(data, ensure_ascii=False, indent=1)
    path.write_text(f'{body[:-2]},\n "seal": "{fingerprint(body)}"\n}}\n', "utf-8")


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("text", [f"We decide. {SCRIPT}"], "<script>"),
        ("staff", ["Ask *first*{: onclick=alert(1) }."], "onclick"),
        ("text", ["[goals]: javascript:alert(1)"], "javascript:alert(1)"),
        ("id", 'x" onclick="alert(1)', "x"),
    ],
)
def test_a_forged_release_with_what_a_browser_would_run_is_left_out(
    field: str, value: Any, word: str, tmp_path: Path
) -> None:
    release(tmp_path, "1.0", "2026-11-02")
    forge(tmp_path, field, value)
    draft = draft_in(tmp_path)
    assert not draft.releases
    found = next(one for one in draft.findings if one.code in ("E301", "E302"))
    assert word in found.message or field == "id"
    assert "alert(1)" not in make_book(draft).pages["changes.md"].text


def test_the_level_of_a_forged_release_is_shown_as_words(tmp_path: Path) -> None:
    release(tmp_path, "1.0", "2026-11-02")
    forge(tmp_path, "level", "<img src=x onerror=alert(1)>")
    text = make_book(draft_in(tmp_path)).pages["changes.md"].text
    assert "Weight" in text
    assert "<img" not in text


def test_a_forged_wording_with_what_a_browser_would_run_is_left_out(tmp_path: Path) -> None:
    write_agency(tmp_path, TOWN_ANSWERS, POLICY)
    row: dict[str, Any] = {"id": "CIT-1-x", "title": "Own", "level": "must", "text": [SCRIPT], "staff": []}
    key = fingerprint([row["id"], row["title"], row["level"], SCRIPT, ""])
    path = tmp_path / WORDINGS_FILE
    path.parent.mkdir()
    path.write_text(json.dumps({key: row}), "utf-8")
    draft = draft_in(tmp_path)
    assert not draft.wordings
    assert any(one.code == "E301" and "<script>" in one.message for one in draft.findings)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('"a\\n::error::b": 1', r"“a\n::error::b”"),
        ('"\\e[31mred\\r": 1', r"“\x1b[31mred\r”"),
        ('"\\u202egnp": 1', r"“\u202egnp”"),
        ('"\\x85::debug::": 1', r"“\x85::debug::”"),
        ('"\\u2028::stop-commands::x": 1', r"“\u2028::stop-commands::x”"),
    ],
)
def test_a_finding_prints_no_signs_that_a_terminal_or_a_log_obeys(text: str, shown: str) -> None:
    file, _ = parse_yaml(text, "answers/goals.yml")
    found = check(file, closed({}))
    assert shown in found[0].message
    assert shown in str(found[0])


def test_a_file_name_cannot_begin_a_line_of_a_log() -> None:
    finding = Finding("E107", "error", "Nothing reads this file.", (Place("answers/a\n::error::b.yml"),), "Rename it.")
    assert not [line for line in str(finding).split("\n") if line.strip().startswith("::")]
    assert r"answers/a\n::error::b.yml:1:1: error" in str(PolicyError([finding]))
