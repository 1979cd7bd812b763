"""Chooses the tests that `make coverage` runs: the cheapest ones that together reach nearly all that the tests reach.

Run it after big changes: python -m tests.tools.measured. To trace every test would take four times as long as to run
them all; the chosen ones take a minute. The list is tests/cases/measured.txt.
"""

from __future__ import annotations

import heapq
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set

import pytest
from coverage import CoverageData

from tests.support.agency_files import ROOT

LIST = ROOT / "tests" / "cases" / "measured.txt"
DATA = ROOT / "build" / ".coverage"
SECONDS = ROOT / "build" / "seconds.json"
CASES = 3
"""Of a test with more cases, the first, one of the middle and the last are tried."""
ENOUGH = 0.98
"""The part of all arcs at which the choice ends; the rest would take twice as long."""
LEAST = 0.02
"""Seconds that a test takes at least, with what pytest does around it."""

Arc = tuple[str, int, int]

_seconds: defaultdict[str, float] = defaultdict(float)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a few cases of each test."""
    of = defaultdict(list)
    for item in items:
        of[item.nodeid.partition("[")[0]].append(item)
    kept = {id(cases[place * (len(cases) - 1) // (CASES - 1)]) for cases in of.values() for place in range(CASES)}
    items[:] = [item for item in items if id(item) in kept]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note how long a test took."""
    _seconds[report.nodeid] += report.duration


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write how long each test took; of several processes only the first knows all."""
    if not hasattr(session.config, "workerinput"):
        SECONDS.write_text(json.dumps(_seconds), "utf-8")


def reached() -> dict[str, set[Arc]]:
    """Return the arcs that each test reached; under an empty name those of no test, such as imports."""
    data = CoverageData(str(DATA))
    data.read()
    found: dict[str, set[Arc]] = defaultdict(set)
    for context in data.measured_contexts():
        data.set_query_context(context)
        for file in data.measured_files():
            found[context.rpartition("|")[0]] |= {(file, *arc) for arc in data.arcs(file) or ()}
    return found


def chosen(reached: Mapping[str, Set[Arc]], seconds: Mapping[str, float], enough: float = ENOUGH) -> Iterator[str]:
    """Yield tests, each time the one that reaches most that is new for its seconds, until nearly all is reached."""
    everything = set().union(*reached.values())
    got = set(reached.get("", ()))

    def worth(name: str) -> float:
        return len(reached[name] - got) / max(seconds.get(name, 0), LEAST)

    waiting = [(-worth(name), name) for name in reached if name]
    heapq.heapify(waiting)
    while waiting and len(got) < enough * len(everything):
        _, name = heapq.heappop(waiting)
        # What a test adds only ever shrinks, so one that is still the best after a second look is the best.
        now = worth(name)
        if waiting and now < -waiting[0][0]:
            heapq.heappush(waiting, (-now, name))
        elif now:
            got |= reached[name]
            yield name


def main() -> None:
    """Trace a few cases of every test that needs no browser, and write the list."""
    options = ("-q", "-p", "tests.tools.measured", "--numprocesses", "2", "-m", "not browser and not tools")
    coverage = ("--cov", "--cov-context=test", "--cov-report=", "--cov-fail-under=0")
    subprocess.run([sys.executable, "-m", "pytest", *options, *coverage], cwd=ROOT, check=True)
    names = sorted(chosen(reached(), json.loads(SECONDS.read_text("utf-8"))))
    LIST.write_text("".join(f"{name}\n" for name in names), "utf-8")


if __name__ == "__main__":
    main()
