"""A fact that nobody knows yet: it decides nothing, names who can find out, and stops only what depends on it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from policywright.approval.objections import publication_objections
from policywright.catalog.answer_schema import answers_schema
from policywright.catalog.reader import read_catalog
from policywright.model.catalog import Catalog
from policywright.model.draft import Draft
from policywright.model.findings import BrokenCatalog
from policywright.pages.book import make_book
from tests.support.toy import TOY, draft, lay

TEMPERATURE = "  help: How warm do you keep the water, in degrees Celsius?\n"
CLIMATE = "  help: How cold is it where you are?\n"
FACTS = {
    "water/questions.yml": {TEMPERATURE: f"{TEMPERATURE}  kind: fact\n", CLIMATE: f"{CLIMATE}  kind: fact\n"},
    "presets/family.yml": {"temperature: 24, ": ""},
}


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    laid = lay(tmp_path_factory.mktemp("pool"), FACTS)
    return read_catalog(laid / "pool", laid / "guidance")


def drafted(folder: Path, pool: Catalog, changes: dict[str, str]) -> Draft:
    agency = Path(shutil.copytree(TOY / "village", folder / "village"))
    file = agency / "answers" / "water.yml"
    for old, new in changes.items():
        text = file.read_text("utf-8")
        assert text.count(old) == 1
        file.write_text(text.replace(old, new), "utf-8")
    return draft(agency, pool)


def find(draft: Draft, code: str) -> list[Any]:
    return [(str(f.places[0]), f.severity, f.message, f.fix) for f in draft.findings if f.code == code]


def test_an_unknown_fact_keeps_a_blocker_undecided_and_stops_a_release(tmp_path: Path, pool: Catalog) -> None:
    village = drafted(tmp_path, pool, {"temperature: 18.5": "temperature: unknown"})
    assert [one.code for one in village.undecided] == ["WAT-01"]
    assert not find(village, "WAT-01")
    assert find(village, "G103") == [
        (
            "answers/water.yml:2:14",
            "gap",
            "Nobody knows yet: “How warm do you keep the water, in degrees Celsius?”",
            "Ask Mr Brook, and write the answer here.",
        )
    ]
    assert any("G103" in reason for reason in publication_objections(village))
    assert not find(village, "E102")


def test_an_unknown_fact_on_which_no_blocker_depends_is_advice_and_stops_nothing(tmp_path: Path, pool: Catalog) -> None:
    warm = {"temperature: 18.5": "temperature: 24", "climate: cold": "climate: unknown"}
    village = drafted(tmp_path, pool, warm)
    assert [one.code for one in village.undecided] == ["WAT-02"]
    assert [(place, severity) for place, severity, *_ in find(village, "G104")] == [
        ("answers/water.yml:1:10", "advice")
    ]
    assert not [reason for reason in publication_objections(village) if "climate" in reason]
    assert not village.policy.undecided


@pytest.mark.parametrize("value", ["", "none", "Unknown"])
def test_only_the_word_unknown_says_that_nobody_knows(value: str, tmp_path: Path, pool: Catalog) -> None:
    village = drafted(tmp_path, pool, {"climate: cold": f"climate: {value}"})
    assert not find(village, "G103")
    assert not find(village, "G104")
    assert bool(find(village, "E102")) == bool(value)


def test_a_choice_may_not_be_unknown(tmp_path: Path, pool: Catalog) -> None:
    village = drafted(tmp_path, pool, {"cleaning: weekly": "cleaning: unknown"})
    assert [place for place, *_ in find(village, "E102")] == ["answers/water.yml:4:11"]


def test_an_editor_offers_unknown_for_facts_alone(pool: Catalog) -> None:
    asked = answers_schema("Water", [q for q in pool.questions.values() if q.element == "water"])["properties"]
    assert asked["climate"]["enum"] == ["cold", "warm", "unknown", None]
    assert asked["cleaning"]["enum"] == ["daily", "weekly", "none", None]
    assert asked["temperature"]["if"] == {"const": "unknown"}


def test_a_preset_that_answers_a_fact_is_refused(tmp_path: Path) -> None:
    laid = lay(tmp_path, {"water/questions.yml": FACTS["water/questions.yml"]})
    with pytest.raises(
        BrokenCatalog, match=r"presets/family.yml:4:11: error C212: “water.temperature” asks for a fact"
    ):
        read_catalog(laid / "pool", laid / "guidance")


def test_the_home_page_does_not_say_that_nothing_blocks_while_a_blocker_is_undecided(
    tmp_path: Path, pool: Catalog
) -> None:
    village = drafted(tmp_path, pool, {"temperature: 18.5": "temperature: unknown"})
    home = make_book(village, "working").pages["index.md"].text
    assert "No conflict is known yet, but 1 rule that could block waits for answers." in home
    assert "There are no conflicts that block" not in home
