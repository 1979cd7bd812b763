"""Folders that people edit: their content without system files, and names with small mistakes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path, PurePath

from policywright.files.yaml import absent, leads_out, outside
from policywright.model.findings import Finding, Place, short

# Hidden files are never read. The others are written by file managers, office programs and network storage;
# nobody can keep them out of a shared folder, so they must not block a release.
_LITTER = re.compile(
    r"\..*|~\$.*|(eh)?thumbs\.db|desktop\.ini|@eadir|\$recycle\.bin|__macosx|lost\+found", re.IGNORECASE
)
_COPY = re.compile(r"[ _-]*(\(\d+\)|\d+|copy|kopie|copie|backup|old|new)?[ _-]*(\(\d+\))?", re.IGNORECASE)
_OTHER_ENDINGS = {".yml": (".yaml", ".json", ".txt"), ".csv": (".xls", ".xlsx", ".ods", ".tsv", ".txt")}


def is_litter(name: str) -> bool:
    """Return whether a file or folder is hidden, or was left by a file manager, an office program or a share."""
    return bool(_LITTER.fullmatch(name))


def entries(folder: Path, name: str, found: list[Finding]) -> list[Path]:
    """Return the content of a folder, sorted; empty if there is no such folder.

    `name` is its path from the repository's root. A file in its place, or a folder that cannot be read, is a finding,
    because skipping it silently would lose the agency's words.
    """
    if absent(folder):
        return []
    if leads_out(folder, name):
        found.append(outside(name))
        return []
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        found.append(_unreadable(folder, name, error))
        return []
    return [path for path in paths if not _LITTER.fullmatch(path.name)]


def _unreadable(folder: Path, name: str, error: OSError) -> Finding:
    reason = f"{(error.strerror or 'the system refused').lower()}"
    if folder.is_file():
        reason = "it is a file, but a folder belongs here"
    elif not folder.exists():
        reason = "it is a link that leads nowhere"
    elif not folder.is_dir():
        reason = "it is not a folder, but a folder belongs here"
    fix = "Put a folder of this name back, or delete it if there should be none."
    return Finding("E001", "error", f"This folder cannot be read: {reason}.", (Place(name),), fix)


def near_misses(root: Path, prefix: str, known: Sequence[str]) -> list[Finding]:
    """Report names at the root of a repository that resemble the name of a file or folder that we read."""
    paths = [path for path in sorted(root.iterdir()) if not _LITTER.fullmatch(path.name) and path.name not in known]
    found = []
    for path in paths:
        meant = _meant(path.name, known)
        place = Place(prefix + path.name)
        if meant and path.is_file() and (root / meant).is_file() and _is_copy(path.name, meant):
            message = f"Nothing reads “{short(path.name)}”; it looks like a copy of “{meant}”."
            found.append(Finding("W106", "warning", message, (place,), "Delete it; the history keeps older versions."))
        elif meant:
            message = f"Nothing reads “{short(path.name)}”. Did you mean “{meant}”?"
            fix = f"Rename it to “{meant}”, or give it a less similar name."
            found.append(Finding("E015", "error", message, (place,), fix))
    return found


def _meant(name: str, known: Iterable[str]) -> str:
    """Return the known name that a name resembles, or nothing."""
    for target in known:
        if _is_copy(name, target):
            return target
    ending = PurePath(name).suffix.lower()
    alike = {_plain(PurePath(target).stem): target for target in known if _fits(ending, PurePath(target).suffix)}
    # A high cutoff: a wrong “Did you mean” for a file that has nothing to do with us would block a release.
    close = get_close_matches(_plain(PurePath(name).stem), list(alike), n=1, cutoff=0.82)
    return alike[close[0]] if close else ""


def _plain(stem: str) -> str:
    return re.sub(r"[ _-]", "", stem.casefold())


def _fits(ending: str, wanted: str) -> bool:
    return ending == wanted or ending in _OTHER_ENDINGS.get(wanted, ())


def _is_copy(name: str, target: str) -> bool:
    """Return whether a name is a known one with an addition, as editors and file managers name copies."""
    if not PurePath(target).suffix or name.endswith(".rej"):
        return False
    if name.startswith(f"{target}.") or name == f"{target}~":
        return True
    stem, ending = PurePath(target).stem, PurePath(target).suffix
    middle = name[len(stem) : -len(ending)]
    return name.startswith(stem) and name.endswith(ending) and bool(middle) and bool(_COPY.fullmatch(middle))
