"""Charts say in words what they draw, and carry nothing that a strict security policy would refuse."""

from __future__ import annotations

import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policywright.pages.charts import WIDTH, lines, progress, timeline

settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

ODD = 'A <b>"bold"</b> | {{ name }}\nword & more'
DAYS = [((date(2026, 1, 31) + timedelta(days=40 * n)).isoformat(), f"Event {n}") for n in range(8)]
CHARTS = {
    "a bar of parts": progress([("given", 8, "done"), ("assumed", 2, "assumed"), (ODD, 1, ODD)], ODD, legend=True),
    "an empty bar": progress([("given", 0, "done")], "Goals", legend=True),
    "a line of time": timeline([*DAYS, ("2026-01-31", ODD)], ODD, "2026-06-30"),
    "lines": lines(["1.0", ODD, "2.0"], [("provisions", [80, 81, 90]), (ODD, [4, 0, 2])], ODD),
    "lines of one point": lines(["1.0"], [("provisions", [0])], "History"),
}


def parsed(chart: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<p>{chart}</p>")


def numbers(chart: str, tag: str, attribute: str) -> list[float]:
    return [float(shape.get(attribute, "0")) for shape in parsed(chart).iter(tag)]


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_one_line_of_well_formed_html_without_styles_scripts_or_ids(name: str) -> None:
    chart = CHARTS[name]
    assert "\n" not in chart
    assert not re.search(r"[{}|]", chart)
    for element in parsed(chart).iter():
        assert element.tag not in ("style", "script", "b")
        assert not {"style", "id"} & set(element.keys())


@pytest.mark.parametrize("name", CHARTS)
def test_every_drawing_is_named_in_words_or_stands_beside_its_number(name: str) -> None:
    for drawing in parsed(CHARTS[name]).iter("svg"):
        named = drawing.get("role") == "img" and drawing.get("aria-label")
        assert named or drawing.get("aria-hidden") == "true"


def test_a_bar_tells_every_part_that_is_there_and_its_parts_fill_it() -> None:
    chart = progress([("given", 3, "done"), ("open", 0, "open"), ("assumed", 1, "assumed")], "Goals")
    assert parsed(chart)[0].get("aria-label") == "Goals: 3 given, 1 assumed"
    assert [shape.get("class") for shape in parsed(chart).iter("rect")][1:] == [
        "pw-part pw-part--done",
        "pw-part pw-part--assumed",
    ]
    assert numbers(chart, "rect", "width")[1:] == [149, 49]


@given(st.lists(st.integers(0, 10**6), max_size=9))
def test_the_parts_of_a_bar_never_leave_it(counts: list[int]) -> None:
    chart = progress([("part", count, "part") for count in counts], "Whole")
    ends = zip(numbers(chart, "rect", "x"), numbers(chart, "rect", "width"), strict=True)
    assert all(start + width <= 201 for start, width in ends)


def test_a_line_of_time_lists_its_events_in_order_and_says_which_are_past() -> None:
    chart = timeline([("2027-03-01", "Review due"), ("2024-02-29", "Adopted")], today="2026-10-10")
    items = ["".join(item.itertext()) for item in parsed(chart).iter("li")]
    assert items == ["29 February 2024: Adopted (past)", "1 March 2027: Review due"]
    assert [when.get("datetime") for when in parsed(chart).iter("time")] == ["2024-02-29", "2027-03-01"]
    assert "past" not in timeline([("2024-02-29", "Adopted")])


@given(st.lists(st.dates(), min_size=1, max_size=30))
def test_no_mark_on_a_line_of_time_covers_another_or_leaves_the_drawing(days: list[date]) -> None:
    chart = timeline([(day.isoformat(), "Event") for day in days])
    places = list(zip(numbers(chart, "circle", "cx"), numbers(chart, "circle", "cy"), strict=True))
    height = next(parsed(chart).iter("svg")).get("height")
    assert all(10 <= x <= WIDTH - 10 and 10 <= y <= float(height or 0) for x, y in places)
    for number, (x, y) in enumerate(places):
        assert all(abs(x - a) > 20 or abs(y - b) > 20 for a, b in places[:number])


def test_a_line_of_no_events_and_a_history_of_nothing_are_nothing() -> None:
    assert timeline([]) == lines([], [], "History") == ""


def test_lines_differ_in_dashes_and_shape_and_their_table_tells_every_number() -> None:
    chart = lines(["1.0", "1.1"], [("provisions", [80, 90]), ("open findings", [4, 0])], "History")
    drawn = [path for path in next(parsed(chart).iter("svg")).iter("path") if path.get("stroke-dasharray")]
    assert len({path.get("stroke-dasharray") for path in drawn}) == 2
    rows = [[(cell.text or "") for cell in row] for row in parsed(chart).iter("tr")]
    assert rows[1:] == [["1.0", "80", "4"], ["1.1", "90", "0"]]
