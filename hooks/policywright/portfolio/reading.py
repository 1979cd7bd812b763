"""Reads the state of many agencies, on all cores; an agency that cannot be read is named and hides no other."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

from policywright.agency.requirements import FILE, pinned_version
from policywright.approval.reviews import DUE
from policywright.catalog.cache import load_catalog
from policywright.draft import draft_of
from policywright.files.yaml import absent, read_text
from policywright.model.catalog import Catalog
from policywright.model.draft import Draft
from policywright.model.findings import SEVERITIES, Finding, PolicyError, unsettled, visible
from policywright.pages.site_settings import with_site_findings
from policywright.pages.status_data import status_data
from policywright.portfolio.agencies import Listed
from policywright.portfolio.status_file import read_status

FIRST = 3
"""How many findings of an agency are named; its own site and “policywright check” list all."""
FEW = 3
"""Up to this many agencies are read in this process, because starting others takes longer."""
LARGEST_CHUNK = 16
"""The most agencies that a process is given at once."""


@dataclass(frozen=True)
class AgencyState:
    """The state of one agency: what its status file or its repository says, or why neither can be read."""

    agency: Listed
    data: Mapping[str, Any] = field(default_factory=dict)
    """See `status_data`; empty if it cannot be read."""
    problem: str = ""
    """Why it cannot be read; empty if it can."""
    first: tuple[str, ...] = ()
    """Its most serious findings, if its repository was read."""

    @property
    def title(self) -> str:
        """The name of the agency."""
        return str(self.agency.title or self.data.get("agency") or self.agency.id)

    @property
    def counts(self) -> Mapping[str, int]:
        """Severity -> how many findings; empty if nobody knows, as in the status file of a published site."""
        return dict(self.data.get("counts", {}))

    def has(self, severity: str) -> bool:
        """Return whether there is a finding of this severity or a more serious one."""
        return any(self.counts.get(one) for one in SEVERITIES[: SEVERITIES.index(severity) + 1])

    def overdue(self, today: str) -> list[Mapping[str, str]]:
        """Return the days that are past and asked for something: a review, a sign-off or a decision."""
        return [day for day in self.data.get("days", ()) if day["kind"] in DUE and day["date"] < today]


def read_states(
    agencies: Sequence[Listed], today: str, *, collected: bool, cores: int | None = None
) -> Iterator[AgencyState]:
    """Return the state of each agency, in the order of the list.

    `collected` says whether a status file goes before the repository, if an agency has both.
    """
    read = partial(read_state, today=today, collected=collected)
    workers = min(cores or usable_cores(), len(agencies))
    if workers < 2 or len(agencies) <= FEW:
        yield from map(read, agencies)
        return
    done = 0
    try:
        for state in _in_processes(agencies, read, workers):
            done += 1
            yield state
    except BrokenProcessPool:
        # One repository ended the process that read it. The others are still read, each in a separate process.
        yield from (_read_alone(agency, read) for agency in agencies[done:])


def _in_processes(agencies: Sequence[Listed], read: partial[AgencyState], workers: int) -> Iterator[AgencyState]:
    pool = ProcessPoolExecutor(workers, initializer=_leave_interrupts)
    try:
        yield from pool.map(read, agencies, chunksize=_chunk(len(agencies), workers))
    finally:
        # If the command ends early, for example with Ctrl-C, nobody waits for the rest.
        pool.shutdown(cancel_futures=True)


def _leave_interrupts() -> None:
    """Let the process that asked handle Ctrl-C, which a terminal sends to all of them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def usable_cores() -> int:
    """Return how many cores this process may use; a container often has fewer than the machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _chunk(number: int, workers: int) -> int:
    return max(1, min(LARGEST_CHUNK, number // (workers * 4)))


def _read_alone(agency: Listed, read: partial[AgencyState]) -> AgencyState:
    try:
        with ProcessPoolExecutor(1) as pool:
            return pool.submit(read, agency).result()
    except BrokenProcessPool:
        return AgencyState(agency, problem="The process that read it ended without a result.")


def read_state(agency: Listed, *, today: str, collected: bool) -> AgencyState:
    """Return the state of one agency; whatever goes wrong is its problem."""
    if agency.problem:
        return AgencyState(agency, problem=agency.problem)
    try:
        if agency.status and (collected or not agency.path):
            return AgencyState(agency, read_status(agency.status))
        assert agency.path, "a row without both is a problem"
        return _of_repository(agency, agency.path, today)
    except PolicyError as error:
        # The last one is why reading ended; those before it were found on the way.
        return AgencyState(agency, problem=_said(error.findings[-1]))
    except OSError as error:
        return AgencyState(agency, problem=f"It cannot be read: {(error.strerror or 'the system refused').lower()}.")
    except Exception as error:  # a mistake of ours that one repository brings to light must not hide the others
        said = visible(f"{type(error).__name__}: {error}")
        return AgencyState(agency, problem=f"Policywright failed to read it ({said}).")


@cache
def _catalog(folder: Path) -> Catalog:
    """Return a catalog that is read once in each process."""
    catalog = load_catalog(folder)
    # It stays until the process ends. Without this every search for cycles looks at all of it again, a tenth of the
    # time.
    gc.freeze()
    return catalog


def _of_repository(agency: Listed, root: Path, today: str) -> AgencyState:
    draft = with_site_findings(draft_of(root, today, _catalog), root)
    data = status_data(draft, working=True) | _engine(root)
    return AgencyState(agency, data, first=tuple(map(_said, _most_serious(draft))))


def _engine(root: Path) -> dict[str, str]:
    """Return the version that a repository asks for, which may not be the one that runs here."""
    text = "" if absent(root / FILE) else read_text(root / FILE, FILE)[0]
    pinned = pinned_version(text)
    return {"engine": pinned} if pinned else {}


def _most_serious(draft: Draft) -> Iterable[Finding]:
    serious = (finding for finding in unsettled(draft.findings) if finding.severity != "gap")
    return sorted(serious, key=lambda finding: finding.rank)[:FIRST]


def _said(finding: Finding) -> str:
    return visible(f"{finding.places[0]}: {finding.severity} {finding.code}: {finding.message}")
