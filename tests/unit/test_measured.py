"""The choice of the tests whose coverage is measured, and that the list names tests that exist."""

from __future__ import annotations

from tests.support.agency_files import ROOT
from tests.tools.measured import LIST, chosen


def arcs(*numbers: int) -> set[tuple[str, int, int]]:
    return {("one.py", number, number + 1) for number in numbers}


REACHED = {"": arcs(0), "slow": arcs(1, 2, 3, 4), "quick": arcs(1, 2, 3), "rest": arcs(4), "again": arcs(2)}


def test_the_cheapest_tests_that_reach_everything_are_chosen() -> None:
    assert list(chosen(REACHED, {"slow": 9.0, "quick": 1.0, "rest": 1.0, "again": 0.5}, 1)) == ["quick", "rest"]
    assert list(chosen(REACHED, {"slow": 1.0, "quick": 1.0, "rest": 1.0, "again": 1.0}, 1)) == ["slow"]


def test_the_choice_ends_when_enough_is_reached() -> None:
    assert list(chosen(REACHED, {"slow": 9.0, "quick": 1.0, "rest": 1.0, "again": 0.5}, 0.8)) == ["quick"]


def test_every_file_of_the_list_is_there() -> None:
    names = LIST.read_text("utf-8").splitlines()
    assert names == sorted(names)
    assert not [name for name in names if not (ROOT / name.partition("::")[0]).is_file()]
