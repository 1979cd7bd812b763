"""Saves an answers file for the local server, and reports the result."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from policywright.answering.answers_file import AnswersFile, read_answers_file
from policywright.answering.merging import Saved, save
from policywright.answering.offers import Clash
from policywright.answering.server import Desk, Reply
from policywright.answering.working_site import WorkingSite
from policywright.clock import this_day
from policywright.draft import draft_of
from policywright.files.schema import mapping
from policywright.model.findings import Finding, Place, PolicyError


@dataclass(frozen=True)
class Outcome:
    """What the page reads, field by field."""

    message: str
    """For the person."""
    findings: Sequence[dict[str, Any]]
    """What is wrong with the answers, or what is found in the draft now."""
    saved: bool = False
    written: Sequence[str] = ()
    """The files that changed."""
    conflicts: Sequence[dict[str, Any]] = ()
    """The questions that somebody answered differently in the meantime; nothing was written for them."""


PATIENCE = 30.0
"""How many seconds a page waits until it shows what was saved."""
SENT = "answers"
"""What messages call the answers that a page sent."""


def desk_of(root: Path, site: WorkingSite, agency: str) -> Desk:
    """Return what a local server shows and does for a repository."""

    def saved(raw: bytes) -> Reply:
        reply = saved_reply(root, raw)
        if reply[1]["saved"]:
            site.renew()
        return reply

    def folder(path: str) -> Path:
        # A page from before a save would report the person's own answer as somebody else's.
        return site.fresh(PATIENCE) if path.endswith((".html", "/")) else site.folder

    return Desk(folder, saved, lambda: {"agency": agency, "building": site.building})


def saved_reply(root: Path, raw: bytes) -> Reply:
    """Save what a page sent; the reply says what was written, what differs, and what is found now."""
    try:
        file, replace = _read(raw)
        saved = save(root, [file], replace, this_day())
    except PolicyError as error:
        # The page can correct its answers; it cannot correct what is wrong here.
        sent = any(place.file == SENT for finding in error.findings for place in finding.places)
        status = HTTPStatus.BAD_REQUEST if sent else HTTPStatus.CONFLICT
        message = "Nothing was saved. " + " ".join(f"{one.message} {one.fix}".strip() for one in error.findings)
        return status, asdict(Outcome(message, _listed(error.findings)))
    clashes = [_conflict(one) for one in saved.conflicts]
    found = _listed([*saved.notes, *_found(root)])
    outcome = Outcome(_told(saved), found, bool(saved.written) or not clashes, saved.written, clashes)
    return HTTPStatus.OK, asdict(outcome)


def _read(raw: bytes) -> tuple[AnswersFile, list[str]]:
    """Return the answers, and the questions whose different answer in the files is replaced."""
    try:
        data = mapping(json.loads(raw))
    except (ValueError, RecursionError):
        data = {}
    if "replace" not in data:
        return read_answers_file(raw, SENT), []  # which reports what is wrong with it
    replace = data.pop("replace")
    if not isinstance(replace, list) or not all(isinstance(name, str) for name in replace):
        message, fix = "“replace” is not a list of questions.", "Reload the page and save again."
        raise PolicyError([Finding("E401", "error", message, (Place(SENT),), fix)])
    return read_answers_file(json.dumps(data).encode(), SENT), replace


def _found(root: Path) -> Iterable[Finding]:
    try:
        return draft_of(root, this_day()).findings
    except PolicyError as error:
        return error.findings


def _told(saved: Saved) -> str:
    """Return the message for the person."""
    told = []
    if saved.written:
        told.append(f"Saved in {', '.join(saved.written)}.")
    elif not saved.conflicts:
        told.append("The files already say all of this.")
    if saved.conflicts:
        number = len(saved.conflicts)
        many = "1 answer was" if number == 1 else f"{number} answers were"
        told.append(f"{many} not saved, because somebody else has answered differently in the meantime.")
    return " ".join(told)


def _conflict(one: Clash) -> dict[str, Any]:
    return {"question": one.question, "here": one.here, "there": one.there, "message": one.message}


def _listed(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return findings as a page shows them."""
    names = ("code", "severity", "message", "fix", "questions")
    return [{name: getattr(one, name) for name in names} for one in findings]
