"""A clause file holds the text of the policy and that of the procedures; each becomes a provision of its instrument."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path

import pytest

from policywright.approval.snapshot import freeze
from policywright.catalog.reader import read_catalog
from policywright.language.levels import level_of
from policywright.model.draft import Draft, Provision
from policywright.pages.book import make_book
from tests.support.toy import TOY, draft, lay

INSTRUMENTS = """instruments:
  policy: {title: Rules, summary: What holds., issued_by: the council, changed_by: the council}
  procedures: {title: Steps, summary: How it is done., issued_by: the mayor, changed_by: the mayor, prefix: P}
sections:
"""
BOTH = """---
code: WAT-1
title: Warm water
procedures_title: The thermometer
level: must
requires: [GRD-1]
staff: Keep the water at {{ water.temperature | text }} degrees.
sources: [BATHING, NORTH-ACT]
---
{{ office.caretaker | start }} must keep the water at {{ water.temperature | text }} degrees.

## Procedures

{{ office.caretaker | start }} should read the thermometer at noon.
"""
ALONE = """---
code: WAT-2
title: The broom
level: must
sources: [BATHING]
---
## Procedures

{{ office.caretaker | start }} must hang up the broom.
"""
CHANGES = {
    "catalog.yml": {"sections:\n": INSTRUMENTS},
    "water/clauses/WAT-1-warm.md": BOTH,
    "water/clauses/WAT-2-broom.md": ALONE,
}


def drafted(folder: Path, overrides: dict[str, str] | None = None) -> Draft:
    laid = lay(folder / "catalog", CHANGES)
    agency = Path(shutil.copytree(TOY / "village", folder / "village"))
    for name, text in (overrides or {}).items():
        file = agency / "overrides" / "clauses" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return draft(agency, read_catalog(laid / "pool", laid / "guidance"))


@pytest.fixture(scope="module")
def split(tmp_path_factory: pytest.TempPathFactory) -> Draft:
    return drafted(tmp_path_factory.mktemp("split"))


def find(draft: Draft, name: str) -> Provision:
    return next(provision for provision in draft.policy.everything if provision.clause.id == name)


def test_both_parts_are_provisions_with_their_own_number_level_title_and_page(split: Draft) -> None:
    policy, steps, alone = (find(split, name) for name in ("WAT-1-warm", "WAT-1-warm.p", "WAT-2-broom.p"))
    assert (policy.number, policy.page, policy.clause.level, policy.clause.anchor) == (
        "2.1",
        "policy.md",
        "must",
        "wat-1-warm",
    )
    assert (steps.number, steps.page, steps.clause.level, steps.clause.anchor) == (
        "P2.1",
        "procedures.md",
        "should",
        "wat-1-warm-p",
    )
    assert (alone.number, alone.clause.title) == ("P2.2", "The broom")
    assert steps.clause.title == "The thermometer"
    assert "thermometer" not in policy.text
    assert "degrees" not in steps.text
    assert (steps.staff, steps.clause.requires) == ("", ())


def test_a_procedure_names_what_it_carries_out(split: Draft) -> None:
    assert split.policy.carried_out_by(find(split, "WAT-1-warm.p")) == (find(split, "WAT-1-warm"),)
    code = [p.clause.id for p in split.policy.carried_out_by(find(split, "WAT-2-broom.p"))]
    assert code == ["WAT-2-cleaning"]
    page = make_book(split, "working").pages["procedures.md"].text
    assert re.search(r"Carries out \[\S+ Warm water\]\(policy.md#wat-1-warm\)", page)
    assert "Issued by the mayor. May be changed by the mayor." in page


def test_every_output_knows_both_instruments(split: Draft) -> None:
    book = make_book(split, "working")
    assert "procedures.md" in book.pages
    assert "thermometer" not in book.pages["policy.md"].text
    rows = list(csv.DictReader(io.StringIO(str(book.files["tables/clauses.csv"]).lstrip("\ufeff"))))
    assert {"2.1": "WAT-1-warm", "P2.1": "WAT-1-warm.p"}.items() <= {row["Number"]: row["Id"] for row in rows}.items()
    api = json.loads(book.files["api/policy.json"])
    assert {p["url"] for p in api["provisions"] if p["id"] == "WAT-1-warm.p"} == {"procedures.html#wat-1-warm-p"}
    frozen = {p.id: p for p in freeze(split).provisions}
    assert frozen["WAT-1-warm"].fingerprint != frozen["WAT-1-warm.p"].fingerprint


def test_an_override_of_one_part_leaves_the_other(tmp_path: Path) -> None:
    head = BOTH.partition("---\n")[2].partition("---\n")[0]
    reworded = drafted(tmp_path, {"WAT-1-warm.md": f"---\n{head}---\nThe water must be warm.\n"})
    assert find(reworded, "WAT-1-warm").text == "The water must be warm."
    assert "at noon" in find(reworded, "WAT-1-warm.p").text
    assert [clause.id for clause in reworded.overrides] == ["WAT-1-warm"]


def test_an_agency_adds_procedures_of_its_own(tmp_path: Path) -> None:
    added = ALONE.replace("The broom", "The bucket").replace("hang up the broom", "empty the bucket")
    own = drafted(tmp_path, {"WAT-2-bucket.md": added})
    assert "empty the bucket" in find(own, "WAT-2-bucket.p").text
    assert find(own, "WAT-2-bucket.p").clause.element == "water"


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("You may go, but you must come.", "must"),
        ("You should come.", "should"),
        ("Mayday is in May.", "explains"),
        ("*Must* is a word and *must not* are two.", "explains"),
        ("It *must* be, and it may be.", "may"),
    ],
)
def test_the_level_of_a_text_is_its_strongest_word(text: str, level: str) -> None:
    assert level_of(text) == level
