"""Releases: a policy frozen on a day, written once, sealed, and never edited."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from policywright import __version__
from policywright.approval.sign_offs import holding, standings
from policywright.approval.snapshot import beneath, freeze
from policywright.files.folders import entries
from policywright.files.schema import (
    DATE,
    NOT_BLANK,
    TEXT,
    Schema,
    checked,
    closed,
    date_or_nothing,
    line,
    mapping,
)
from policywright.files.yaml import LARGEST_RECORD, absent, find_conflict, read_text, read_yaml
from policywright.language.markup import each_unfit
from policywright.model.draft import Draft
from policywright.model.findings import Finding, Place, short
from policywright.model.fingerprints import LENGTH, fingerprint
from policywright.model.versions import Frozen, FrozenProvision, Release, SignOff, Withdrawal

FOLDER = "releases"
WORDINGS_FILE = f"{FOLDER}/signed.yml"
"""The file with the exact wordings that were signed off, each under its fingerprint."""

WITHDRAWN_FILE = f"{FOLDER}/withdrawn.yml"
"""The releases that were a mistake, each with who withdrew it, when and why; the releases themselves never change."""

WITHDRAWALS: Schema = {
    "type": ["array", "null"],
    "items": closed(
        {
            "version": TEXT,
            "fingerprint": TEXT,
            "date": DATE,
            "by": TEXT | NOT_BLANK,
            "reason": TEXT | NOT_BLANK,
        },
        ["version", "fingerprint", "date", "by", "reason"],
    ),
}

NOTE = "Frozen by policywright release. Do not edit: a changed file is an error."
WORDINGS_NOTE = "Written by policywright sign. Do not edit: a changed wording is an error."

# Without zeros in front: 1.1 and 01.1 would be two names of one number.
_VERSION = re.compile(r"(0|[1-9][0-9]{0,3})(\.(0|[1-9][0-9]{0,3})){0,2}")
_SEAL = re.compile(rf',\n "seal": "([0-9a-f]{{{LENGTH}}})"\n}}\n*\Z')
_NAME = re.compile(r"[\w-]+(\.p)?")
_TEXTS = ("version", "date", "by", "engine", "policy", "previous")
_PROVISION = ("id", "code", "section", "number", "title", "level", "element")


def version_key(version: str) -> tuple[int, ...] | None:
    """Return the sort key of a version such as 1.0 or 1.2.1, or None if it is not a version."""
    if not _VERSION.fullmatch(version):
        return None
    numbers = [int(part) for part in version.split(".")]
    return tuple([*numbers, 0, 0][:3])


def alike(version: str, known: Iterable[str]) -> str:
    """Return the known version that has the same number, such as 1.0 for 1, v1.0 or 1.00; or nothing."""
    parts = [str(int(part)) for part in version.removeprefix("v").split(".") if part.isdecimal()]
    key = version_key(".".join(parts))
    return next((one for one in known if key and version_key(one) == key), "")


def release_file(version: str) -> str:
    """Return the path of a release in the agency's repository."""
    return f"{FOLDER}/{version}.yml"


def read_releases(root: Path) -> tuple[tuple[Release, ...], list[Finding]]:
    """Read every release, the oldest first; a changed or unreadable one becomes a finding and is left out."""
    found: list[Finding] = []
    if (root / FOLDER).is_file():
        message = "This is a file, but a folder belongs here, with a file for each release."
        return (), [Finding("E302", "error", message, (Place(FOLDER),), "Rename it, or move it elsewhere.")]
    paths = entries(root / FOLDER, FOLDER, found)
    names = [path.name for path in paths if f"{FOLDER}/{path.name}" not in (WORDINGS_FILE, WITHDRAWN_FILE)]
    read = [one for one in (_read(root, name, found) for name in names) if one]
    ended = _withdrawals(root, read, found)
    held = (replace(one, withdrawn=ended.get(one.version)) for one in read)
    return tuple(sorted(held, key=lambda one: version_key(one.version) or ())), found


def _withdrawals(root: Path, releases: Sequence[Release], found: list[Finding]) -> dict[str, Withdrawal]:
    """Read which releases were withdrawn: version -> who, when and why."""
    if absent(root / WITHDRAWN_FILE):
        return {}
    file, problems = read_yaml(root / WITHDRAWN_FILE, WITHDRAWN_FILE)
    found += checked(file, problems, WITHDRAWALS)
    prints = {release.version: release.fingerprint for release in releases}
    ended: dict[str, Withdrawal] = {}
    for number, row in enumerate(file.rows):
        said = {key: line(row.get(key)) for key in ("version", "fingerprint", "by", "reason")}
        day = date_or_nothing(row.get("date"))
        if not day or not all(said.values()):
            continue
        if prints.get(said["version"]) == said["fingerprint"]:
            ended.setdefault(said["version"], Withdrawal(day, said["by"], said["reason"], file.place(number)))
        else:
            found.append(_nothing_to_withdraw(said["version"], prints, file.place(number, "version")))
    return ended


def _nothing_to_withdraw(version: str, known: Mapping[str, str], place: Place) -> Finding:
    fix = "Restore the release and this file from the Git history."
    if version in known:
        message = f"This row withdraws a different text from the one released as version {version}."
        return Finding("E301", "error", message, (place,), fix)
    message = f"This row withdraws version “{short(version)}”, which was never released."
    return Finding("E302", "error", message, (place,), fix)


def _read(root: Path, name: str, found: list[Finding]) -> Release | None:
    place = Place(f"{FOLDER}/{name}")
    if not name.endswith(".yml") or version_key(name.removesuffix(".yml")) is None:
        message = "Nothing reads this file: the name of a release is its version, such as 1.0.yml."
        found.append(Finding("E302", "error", message, (place,), "Rename it, or move it elsewhere."))
        return None
    text, problems = read_text(root / FOLDER / name, place.file, LARGEST_RECORD)
    release, broken = (None, []) if problems else sealed_in(text, place)
    problems = [*problems, *broken]
    # A copy of a release under another name has a valid seal.
    if not problems and (release is None or release.version != name.removesuffix(".yml")):
        message = "This file is not a release of the version that its name says."
        fix = "Restore the file from the Git history, or delete it if it was never released."
        problems = [Finding("E302", "error", message, (place,), fix)]
    found += problems
    return None if problems else release


def sealed_in(text: str, place: Place) -> tuple[Release | None, list[Finding]]:
    """Return what a text in the form of a release says; None if somebody changed it or it has a different form."""
    problems = _broken_seal(text, place)
    release = None if problems else _release(text, place)
    return release, problems or _unfit(release.frozen.provisions if release else (), place)


def _unfit(provisions: Iterable[FrozenProvision], place: Place) -> list[Finding]:
    """Report text that no command has written, because no clause may have it; anybody can calculate a seal."""
    for provision in provisions:
        for found in each_unfit(provision.text, provision.staff):
            message = (
                f"“{short(found.words)}” is in the text of {short(provision.id)}, and a browser would run or load it."
            )
            return [Finding("E301", "error", message, (place,), "Restore the file from the Git history.")]
    return []


def _broken_seal(text: str, place: Place) -> list[Finding]:
    """Compare a release with the seal on its last line."""
    seal = _SEAL.search(text)
    # The seal was calculated over the text without the line of the seal; the closing brace is put back.
    if seal and fingerprint(f"{text[: seal.start()]}\n}}") == seal[1]:
        return []
    # A merge conflict also breaks the seal, but “was changed” would send people in the wrong direction.
    conflicts = find_conflict(text, place.file)
    if conflicts:
        return conflicts
    message = "This release was changed after it was written, so it does not show what was released."
    fix = "Restore the file from the Git history. To change the policy, change the answers and release a new version."
    return [Finding("E301", "error", message, (place,), fix)]


def _release(text: str, place: Place) -> Release | None:
    """Return the content of a release, or None if it does not have the form of one."""
    try:
        data = mapping(json.loads(text))
    except (ValueError, RecursionError):
        return None
    return _from(data, place) if _formed(data) else None


# Checked by hand and not by a JSON Schema: a release has thousands of values, and every command reads every release.
def _formed(data: Mapping[str, Any]) -> bool:
    document, tasks, counts = (mapping(data.get(key)) for key in ("document", "tasks", "findings"))
    return (
        all(isinstance(data.get(key), str) for key in _TEXTS)
        and bool(date_or_nothing(data["date"]))
        and all(isinstance(data.get(key), dict) for key in ("sections", "answers", "catalog", "document", "tasks"))
        and all(_rows(data.get(key)) for key in ("provisions", "sign_offs", "decisions"))
        and all(map(_formed_provision, data["provisions"]))
        and all(isinstance(document.get(key), str) for key in ("agency", "title", "status"))
        and all(_words(words) for words in (data.get("own"), tasks.get("done"), tasks.get("open")))
        and all(isinstance(number, int) for number in counts.values())
    )


def _formed_provision(row: Mapping[str, Any]) -> bool:
    lists = all(_words(row.get(key)) for key in ("questions", "text", "staff"))
    named = isinstance(row.get("id"), str) and bool(_NAME.fullmatch(row["id"]))
    return lists and named and all(isinstance(row.get(key), str) for key in _PROVISION)


def _rows(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def _words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def _from(data: Mapping[str, Any], place: Place) -> Release:
    frozen = Frozen(
        title=data["document"]["title"],
        agency=data["document"]["agency"],
        version=data["version"],
        provisions=tuple(map(_provision, data["provisions"])),
        sections=data["sections"],
        answers=data["answers"],
        own=tuple(data["own"]),
    )
    return Release(
        version=data["version"],
        date=data["date"],
        by=data["by"],
        previous=data["previous"],
        engine=data["engine"],
        frozen=frozen,
        fingerprint=data["policy"],
        document=data["document"],
        sign_offs=tuple(data["sign_offs"]),
        decisions=tuple(data["decisions"]),
        tasks={key: tuple(data["tasks"][key]) for key in ("done", "open")},
        counts=mapping(data.get("findings")),
        beneath={name: str(word) for name, word in mapping(data.get("beneath")).items()},
        place=place,
    )


def _provision(row: Mapping[str, Any]) -> FrozenProvision:
    return FrozenProvision(
        **{key: row[key] for key in _PROVISION},
        text="\n".join(row["text"]),
        staff="\n".join(row["staff"]),
        questions=tuple(row["questions"]),
    )


def release_text(
    draft: Draft, day: str, by: str, catalog_print: str, more: Mapping[str, Any] = MappingProxyType({})
) -> str:
    """Write a draft as a release: JSON, which is also YAML, with one sentence per line and the seal at the end.

    The draft's document already has the version, the status and the dates of the release. `more` is kept with it.
    """
    frozen, last = freeze(draft), last_release(draft)
    data = {
        "note": NOTE,
        "version": draft.document.version,
        "date": day,
        "by": by,
        "engine": __version__,
        "catalog": {"id": draft.catalog.id, "fingerprint": catalog_print},
        "policy": frozen.fingerprint,
        "previous": last.version if last else "",
        "document": _document(draft),
        "sections": dict(frozen.sections),
        "provisions": [_kept(provision) for provision in frozen.provisions],
        "answers": dict(frozen.answers),
        "own": list(frozen.own),
        "beneath": beneath(draft),
        "sign_offs": [_signed(row) for row in holding(draft, standings(draft))],
        "decisions": list(_decisions(draft)),
        "tasks": {state: [task.item.id for task in draft.tasks if task.state == state] for state in ("done", "open")},
        "findings": draft.counts,
        **more,
    }
    body = json.dumps(data, ensure_ascii=False, indent=1)
    return f'{body[:-2]},\n "seal": "{fingerprint(body)}"\n}}\n'


def _document(draft: Draft) -> dict[str, Any]:
    document = draft.document
    return {
        "agency": document.agency_name,
        "short_name": document.short_name,
        "title": document.title,
        "owner": document.owner,
        "status": document.status,
        "dates": dict(document.dates),
    }


def _kept(provision: FrozenProvision) -> dict[str, Any]:
    words = {key: getattr(provision, key) for key in _PROVISION}
    return words | {
        "questions": list(provision.questions),
        "fingerprint": provision.fingerprint,
        **_lines(provision),
    }


def _lines(provision: FrozenProvision) -> dict[str, list[str]]:
    """Return the texts of a provision by lines, so that a difference between two files is easy to read."""
    staff = provision.staff.split("\n") if provision.staff else []
    return {"text": provision.text.split("\n"), "staff": staff}


def _signed(row: SignOff) -> dict[str, Any]:
    until = {"until": row.until} if row.until else {}
    said = {"role": row.role, "by": row.by, "date": row.date, "elements": list(row.elements)}
    return said | until | {"provisions": len(row.provisions)}


def _decisions(draft: Draft) -> Iterator[dict[str, str]]:
    for finding in draft.findings:
        if finding.settled and finding.decision:
            decision = finding.decision
            kept = {key: getattr(decision, key) for key in ("reason", "owner", "date", "expires")}
            yield {"rule": finding.code, "decision": decision.kind} | kept


def last_release(draft: Draft) -> Release | None:
    """Return the newest release that was not withdrawn, or None."""
    return next((one for one in reversed(draft.releases) if not one.withdrawn), None)


def with_predecessors(draft: Draft) -> list[tuple[Release | None, Release]]:
    """Return each release after the one that it follows; a withdrawn one has no successor."""
    found: list[tuple[Release | None, Release]] = []
    before: Release | None = None
    for release in draft.releases:
        found.append((before, release))
        before = before if release.withdrawn else release
    return found


def release_of(draft: Draft, version: str) -> Release | None:
    """Return the release of a version, or None."""
    return next((one for one in draft.releases if one.version == version), None)


def state_of(release: Release, draft: Draft) -> str:
    """Return the status that a release has now: withdrawn, superseded by one in force, or as it was released."""
    if release.withdrawn:
        return "withdrawn"
    forced = [one for one in draft.releases if one.document["status"] == "in_force" and not one.withdrawn]
    later = forced[-1] if forced else None
    older = later and (version_key(release.version) or ()) < (version_key(later.version) or ())
    return "superseded" if older else str(release.document["status"])


def catalog_fingerprint(folder: Path) -> str:
    """Return the fingerprint of every file of a catalog, independent of its folder and its line ends."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix in (".yml", ".md", ".jinja"))
    return fingerprint([[path.relative_to(folder).as_posix(), _text(path)] for path in paths])


def _text(path: Path) -> str:
    # Git may check out other line ends on Windows; the catalog is the same.
    return path.read_text("utf-8", errors="replace").replace("\r\n", "\n")


def read_wordings(root: Path) -> tuple[dict[str, FrozenProvision], list[Finding]]:
    """Read the wordings that were signed off: fingerprint -> provision, with only the fields that were signed."""
    path = root / WORDINGS_FILE
    if absent(path):
        return {}, []
    text, problems = read_text(path, WORDINGS_FILE, LARGEST_RECORD)
    problems = problems or find_conflict(text, WORDINGS_FILE)
    if problems:
        return {}, problems
    try:
        rows = mapping(json.loads(text))
    except (ValueError, RecursionError):
        rows = {"": None}
    kept = {key: _wording(row) for key, row in rows.items() if key != "note"}
    changed = [key for key, wording in kept.items() if wording is None or wording.fingerprint != key]
    found = [_changed_wording(changed[0])] if changed else []
    unfit = [key for key, wording in kept.items() if wording and _unfit([wording], Place(WORDINGS_FILE))]
    found += _unfit([wording for wording in kept.values() if wording], Place(WORDINGS_FILE))
    changed += unfit
    return {key: wording for key, wording in kept.items() if wording and key not in changed}, found


_NO_PLACE = {"code": "", "section": "", "number": "", "element": "", "questions": []}
"""What is not known of a wording: where in a policy it was."""


def _wording(row: object) -> FrozenProvision | None:
    data = mapping(row) | _NO_PLACE
    return _provision(data) if _formed_provision(data) else None


def _changed_wording(key: str) -> Finding:
    what = f"The wording under “{short(key)}” was changed" if key else "This file was changed"
    message = f"{what} after it was signed off, so it does not show what was signed."
    return Finding("E301", "error", message, (Place(WORDINGS_FILE),), "Restore the file from the Git history.")


def wordings_text(wordings: Mapping[str, FrozenProvision]) -> str:
    """Write signed wordings as JSON, which is also YAML.

    Each is one line, and the note comes last, so that a merge may keep the lines of both sides.
    """
    rows = {
        key: {"id": wording.id, "title": wording.title, "level": wording.level} | _lines(wording)
        for key, wording in sorted(wordings.items())
    }
    lines = (json.dumps({key: row}, ensure_ascii=False)[1:-1] for key, row in {**rows, "note": WORDINGS_NOTE}.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def with_numbers(wording: FrozenProvision, now: FrozenProvision | None) -> FrozenProvision:
    """Give a signed wording the place of its provision in the current policy, so that the two can be compared."""
    if now is None:
        return wording
    return replace(
        wording, code=now.code, section=now.section, number=now.number, element=now.element, questions=now.questions
    )
