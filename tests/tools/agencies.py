"""Writes a department with any number of fictional agencies, and measures them: python -m tests.tools.agencies 10 100.

Every agency has other answers, a third deviate from the department, and one in a hundred is broken.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from policywright.draft import draft_of
from policywright.pages.status_data import status_data
from tests.support.agency_files import TOOLS, catalog, settled_answers, values, write_agency
from tests.tools.bench import peak_memory

TODAY = "2027-06-01"
NAMES = {"towns": "Town", "counties": "County", "districts": "District", "departments": "Department"}
KINDS = tuple(NAMES)
LEFT = 40
"""How many answers an agency leaves to the department."""
DIFFERENT = 3
"""How many answers of the department a deviating agency changes."""
LOCKS = """\
security.mfa:
  allow: [required_app_or_key]
  authority: Ministerial Order 5
  reason: A stolen password must not be enough.
"""


def write_department(
    folder: Path, number: int, *, deviating: Collection[int] | None = None, broken: Collection[int] | None = None
) -> Path:
    """Write a department, its agencies and their list, and return the list.

    `deviating` and `broken` are numbers of agencies, from 0; without them a third deviate, and one in a hundred is
    broken.
    """
    write_agency(folder / "department", _shared(), {"agency": {"name": "Department of Samples"}})
    (folder / "department" / "locks.yml").write_text(LOCKS, "utf-8")
    deviating = range(0, number, 3) if deviating is None else deviating
    broken = range(99, number, 100) if broken is None else broken
    rows = []
    for one in range(number):
        root = _write(folder, one, deviates=one in deviating)
        if one in broken:
            (root / "policy.yml").write_text("agency: {name: Lost, short_name: we}\ncatalog: lost\n", "utf-8")
        rows.append({"id": root.name, "path": root.name, "group": _group(one)})
    list_ = folder / "agencies.yml"
    list_.write_text(json.dumps(rows, indent=1), "utf-8")
    return list_


def _group(number: int) -> str:
    return KINDS[number % len(KINDS)]


def _write(folder: Path, number: int, *, deviates: bool) -> Path:
    chance = random.Random(number)
    left = chance.sample(sorted(_shared()), LEFT)
    answers = {name: value for name, value in settled_answers().items() if name not in left}
    if deviates:
        answers |= dict(_different(chance))
    group = _group(number)
    name = f"{NAMES[group]} {number} of Exampleton"
    policy = {"agency": {"name": name, "short_name": "we"}, "base": "../department", "preset": "two_way"}
    return write_agency(folder / f"{group}-{number}", answers, policy)


@cache
def _shared() -> dict[str, Any]:
    """Return what the department answers: everything but what an agency is."""
    own = ("agency.", "existing.")
    return {name: value for name, value in settled_answers().items() if not name.startswith(own)}


def _different(chance: random.Random) -> Iterator[tuple[str, Any]]:
    """Yield other answers than the department's to a few questions."""
    questions = [catalog().questions[name] for name in sorted(_shared())]
    for question in chance.sample([one for one in questions if one.type == "choice"], DIFFERENT):
        yield question.id, chance.choice([value for value in values(question) if value != _shared()[question.id]])


def measure(number: int) -> None:
    """Print how long `check` over so many agencies takes in a cold process, how much memory, and the same of a site.

    The time on all processors is compared with that of as many warm drafts: it depends less on what else runs.
    """
    with tempfile.TemporaryDirectory() as name:
        list_ = write_department(Path(name), number)
        drafts = [_processor_time(lambda: _draft(list_.parent / "towns-0")) for _ in range(10)]
        took, used, memory = _cold("check", "--list", list_, "--today", TODAY)
        collected = _collect(list_)
        site = _cold("portfolio", "--list", collected, "--today", TODAY, "--out", list_.parent / "site")
    warm = statistics.median(drafts)
    ratio = f"× {used / (number * warm):.2f} of warm drafts of {warm * 1000:.0f} ms"
    print(f"{number:5} agencies, load {os.getloadavg()[0]:.1f}")
    print(f"  check {took:.1f} s, {used:.1f} s on all processors, {ratio}; {memory} MB")
    print(f"  portfolio from status files {site[0]:.1f} s, {site[1]:.1f} s on all processors; {site[2]} MB", flush=True)


def _cold(*words: str | Path) -> tuple[float, float, int]:
    """Return the seconds, the seconds on all processors and the largest process in MB of a command."""
    import resource  # noqa: PLC0415 - Windows has none, and writes agencies all the same

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    memory = peak_memory(TOOLS / "policywright", *words)
    took = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, memory


def _collect(list_: Path) -> Path:
    """Write a status file for each agency, all with the state of the first one, and return a list of them."""
    root = list_.parent / "towns-0"
    data = json.dumps(status_data(draft_of(root, TODAY, lambda _: catalog()), working=True))
    folder = list_.parent / "collected"
    folder.mkdir()
    rows = json.loads(list_.read_text("utf-8"))
    for row in rows:
        (folder / f"{row['id']}.json").write_text(data, "utf-8")
    listed = [{"id": row["id"], "title": row["id"], "status": f"{row['id']}.json"} for row in rows]
    (folder / "agencies.yml").write_text(json.dumps(listed, indent=1), "utf-8")
    return folder / "agencies.yml"


def _processor_time(action: Callable[[], object]) -> float:
    start = time.process_time()
    action()
    return time.process_time() - start


def _draft(root: Path) -> None:
    draft_of(root, TODAY, lambda _: catalog())


if __name__ == "__main__":
    for word in sys.argv[1:]:
        measure(int(word))
