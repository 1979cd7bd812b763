"""What a published version asked for does not vanish: a step says what became of every name that is gone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from policywright import __version__
from policywright.catalog.reader import read_catalog
from policywright.model.catalog import Catalog
from policywright.model.findings import Finding
from policywright.upgrade.plan import plan_upgrade, preview_upgrade
from tests.support.agency_files import CASES, catalog
from tests.support.toy import lay, pool_catalog
from tests.tools.generated import appended, shipped_by

SHIPPED = {path.stem: json.loads(path.read_text("utf-8")) for path in (CASES / "shipped").glob("*.json")}
DAY = "2027-01-15"
ANSWERS: dict[str, Any] = {"text": "a text", "list": ["a text"], "number": 1, "date": DAY}
DECISION = {"decision": "accepted", "reason": "-", "owner": "-", "date": DAY, "expires": DAY, "fingerprint": "-"}


def answer(asked: Mapping[str, Any], number: int) -> Any:
    """Return the answer of this number to a question; the last one again when there are fewer."""
    values = asked.get("values")
    if asked["type"] == "choices":
        return values
    return values[min(number, len(values) - 1)] if values else ANSWERS[asked["type"]]


def repository(root: Path, asked: Mapping[str, Any], number: int, catalog: str) -> Path:
    """Write an agency that uses these values; the first one also uses every name in its records."""
    files: dict[str, Any] = {"policy.yml": {"agency": {"name": "Town of Exampleton"}, "catalog": catalog}}
    for question, about in asked["questions"].items():
        element, _, name = question.partition(".")
        if "register" in about:
            row = {column: answer(one, number) for column, one in about["columns"].items()}
            files[f"registers/{about['register']}"] = [row]
        else:
            files.setdefault(f"answers/{element}.yml", {})[name] = answer(about, number)
    if number == 0:
        files |= records(asked)
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines(data)) + "\n", "utf-8")
    return root


def records(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return a decision on each rule, a tick at each item, and sign-offs of every clause by every role."""
    signed = {"by": "-", "date": DAY, "elements": asked["elements"]}
    # Alternatives of one clause, which may have become one, are neighbors by name: no row holds two of them, and none
    # holds a clause of which procedures alone may be left with these.
    parts = ([name for name in asked["clauses"] if name.endswith(".p") is steps] for steps in (False, True))
    spread = [dict.fromkeys(names[start::20], "0") for names in parts for start in range(20)]
    rows = [*((role, {}) for role in asked["roles"]), *((asked["roles"][0], provisions) for provisions in spread)]
    return {
        "decisions.yml": [{"rule": rule, **DECISION} for rule in asked["rules"]],
        "checklists.yml": [{"item": item, "date": DAY, "by": "-"} for item in asked["items"]],
        "sign-offs.yml": [{"role": role, **signed, "provisions": provisions} for role, provisions in rows],
    }


def lines(data: Any) -> Iterator[str]:
    """Write each key, or each row, on a separate line."""
    if isinstance(data, list):
        yield from (f"- {json.dumps(row)}" for row in data)
    else:
        yield from (f"{key}: {json.dumps(value)}" for key, value in data.items())


def forgotten(root: Path, asked: Mapping[str, Any], newer: Catalog) -> list[Finding]:
    """Return what an upgrade refuses in a repository that uses every name and every value of an older version."""
    most = max(len(about.get("values", "1")) for about in asked["questions"].values() if about["type"] != "choices")
    found: dict[Finding, None] = {}
    for number in range(most):
        folder = repository(root / str(number), asked, number, newer.id)
        upgrade = plan_upgrade(folder, newer, __version__)
        found |= dict.fromkeys(preview_upgrade(folder, upgrade, newer, "").stops)
    return list(found)


@pytest.mark.slow
@pytest.mark.parametrize("version", SHIPPED)
def test_every_name_of_an_older_version_is_known_or_carried_over(version: str, tmp_path: Path) -> None:
    assert [str(finding) for finding in forgotten(tmp_path, SHIPPED[version], catalog())] == []


def test_the_names_of_this_version_are_kept() -> None:
    assert __version__ in SHIPPED
    asked = shipped_by(catalog())
    assert appended(SHIPPED[__version__], asked) == SHIPPED[__version__], "run: make generated"


def test_writing_the_names_anew_adds_names_and_takes_none_out() -> None:
    before = {"rules": ["A-1", "A-2"], "questions": {"a.b": {"type": "choice", "values": ["x", "y"]}, "a.c": {}}}
    after = {"rules": ["A-0", "A-2"], "questions": {"a.b": {"type": "text", "values": ["y", "z"]}, "a.d": {}}}
    assert appended(before, after) == {
        "rules": ["A-1", "A-2", "A-0"],
        "questions": {"a.b": {"type": "choice", "values": ["x", "y", "z"]}, "a.c": {}, "a.d": {}},
    }
    assert appended({}, after) == after


def test_a_name_that_vanished_without_a_step_is_found(tmp_path: Path) -> None:
    asked = shipped_by(pool_catalog())
    laid = lay(
        tmp_path / "newer",
        {
            "lifeguards/questions.yml": {"fears:": "worries:", "level: {": "grade: {"},
            "water/checklist.yml": {"M-2:": "M-3:"},
            "water/rules.yml": {"WAT-02:": "WAT-03:"},
            "bathers/questions.yml": {"sunday: Sunday": "monday: Monday"},
            "bathers/clauses/BAT-2-shower.md": None,
            "bathers/clauses/BAT-2-wash.md": "---\ncode: BAT-2\ntitle: Wash\nlevel: must\nsources: []\n---\nWash.\n",
        },
    )
    found = forgotten(tmp_path, asked, read_catalog(laid / "pool", laid / "guidance"))
    assert {(finding.code, finding.message.split("“")[1].split("”")[0]) for finding in found} == {
        ("E101", "fears"),
        ("E101", "level"),
        ("E113", "M-2"),
        ("E115", "WAT-02"),
        ("E303", "BAT-2-shower"),
        ("E102", "sunday"),
    }
