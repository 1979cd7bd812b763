"""What an agency's repository installs: the version of Policywright, and whether pip can check it against a hash."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from policywright import __version__
from policywright.files.yaml import absent, find_conflict, place_at, read_text
from policywright.model.findings import Finding

FILE = "requirements.txt"
WHEELHOUSE = "wheelhouse"

_LINE = re.compile(r"^[ \t]*([^\s#](?:\\\r?\n|(?<=\S)#|[^\n#])*)", re.MULTILINE)
"""A line with the lines that continue it, and without its comment."""
_EDITABLE = r"(?:(?:-e|--editable)(?:[ \t]+|=))?"
_EXTRAS = r"(?:\[[\w,. \t-]*\])?"
_NAME = re.compile(
    rf"policywright(?![\w./\\-])[ \t]*{_EXTRAS}[ \t]*"
    r"(?:@[ \t]*(?P<address>\S+)|(?:={2,3}[ \t]*(?P<version>[\w.!+*-]+))?)",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"(?P<address>(?:\S*[/\\])?policywright-(?P<version>[^-/\\\s]+?)(?:-[^/\\\s]+?)?\.(?:whl|tar\.\w+|zip))(?=[\s#]|$)",
    re.IGNORECASE,
)
_FOLDER = re.compile(
    rf"{_EDITABLE}(?P<address>\S*[/\\]policywright(?:\.git)?[/\\]?(?:@[^\s/\\]*)?{_EXTRAS}(?:[#?]\S*)?)(?=\s|$)",
    re.IGNORECASE,
)
_EGG = re.compile(rf"{_EDITABLE}(?P<address>\S+[#&]egg=policywright(?![\w.-]))", re.IGNORECASE)
_FORMS = (_NAME, _FILE, _FOLDER, _EGG)
_HASHES = re.compile(r"(?:\s--hash(?:=|[ \t]+)|#)(?P<kind>sha256|sha384|sha512)[:=](?P<digest>\w+)")
"""The kinds that pip takes: behind a requirement, or in an address."""


@dataclass(frozen=True)
class _Requirement:
    """A requirement that names Policywright."""

    text: str
    """All of it, without a comment."""
    start: int
    """Where it begins in the file."""
    version: str
    """Empty where it names none, as a git address does."""
    version_start: int
    address: str
    """The path or the address that it names, or empty where it names a package of an index."""

    @property
    def hashes(self) -> list[tuple[str, str]]:
        """The hashes that pip compares, each with its kind."""
        return _HASHES.findall(self.text)

    @property
    def wheel(self) -> bool:
        """Whether the address is that of a wheel."""
        return self.address.partition("#")[0].endswith(".whl")

    @property
    def local(self) -> bool:
        """Whether the address is a path, rather than one that pip asks for over the network."""
        return not re.match(r"\w\w+[:+]", self.address)


def check_pin(root: Path) -> list[Finding]:
    """Report requirements that are not the running version, or that pip cannot check against a hash."""
    if absent(root / FILE):
        return []
    text, problems = read_text(root / FILE, FILE)
    problems = problems or find_conflict(text, FILE)
    if problems:
        return problems
    return [finding for wanted in _find(text) for finding in (*_unchecked(wanted, text, root), *_other(wanted, text))]


def _find(text: str) -> Iterator[_Requirement]:
    for line in _LINE.finditer(text):
        found = next((found for form in _FORMS if (found := form.match(line[1]))), None)
        if found:
            parts = {"version": "", "address": ""} | {k: v or "" for k, v in found.groupdict().items()}
            at = line.start(1) + (found.start("version") if parts["version"] else 0)
            yield _Requirement(line[1].rstrip(), line.start(1), parts["version"], at, parts["address"])


def _other(wanted: _Requirement, text: str) -> Iterator[Finding]:
    if wanted.version and wanted.version != __version__:
        place = place_at(text, wanted.version_start, FILE)
        message = f"This repository asks for Policywright {wanted.version}, but {__version__} is running."
        fix = "Install what requirements.txt names, or raise the version there in a reviewed change."
        yield Finding("W104", "warning", message, (place,), fix)


def _unchecked(wanted: _Requirement, text: str, root: Path) -> Iterator[Finding]:
    """Report what pip would install without a check as an error, and what it refuses to install as a warning."""
    code, message, fix = _objection(wanted, root)
    if code:
        severity = "error" if code == _UNSAFE else "warning"
        yield Finding(code, severity, message, (place_at(text, wanted.start, FILE),), fix)


_UNSAFE, _REFUSED = "E016", "W107"
_BUILD = f"“python -m pip wheel --no-deps --wheel-dir {WHEELHOUSE}”"
_RECORD = f"Build its wheel once with {_BUILD} and this address, and write the path of the wheel and its hash here."


def _objection(wanted: _Requirement, root: Path) -> tuple[str, str, str]:
    """Return code, message and fix, all empty if pip can check the requirement."""
    if not wanted.address:
        return ("", "", "") if wanted.hashes else (_UNSAFE, *_BARE)
    archive = re.search(r"\.(tar\.\w+|zip)$", wanted.address.partition("#")[0])
    if archive:
        return _UNSAFE, "To install from this archive, pip fetches packages that nothing checks.", _RECORD
    if wanted.wheel and wanted.local:
        return _wheel_objection(wanted, root)
    if wanted.hashes:
        return "", "", ""
    if wanted.wheel:
        fix = "Add the hash at the end of the line: “python -m pip hash” prints it for a file that you have checked."
        return _UNSAFE, "This wheel has no hash, so pip installs what the address serves.", fix
    return _REFUSED, "pip cannot check a folder or a git address against a hash.", _RECORD


_BARE = (
    "This requirement is without a hash, so pip installs any package of that name that an index offers.",
    f"Put the wheel of Policywright into {WHEELHOUSE}/, and write its path here and what “python -m pip hash” prints.",
)


def _wheel_objection(wanted: _Requirement, root: Path) -> tuple[str, str, str]:
    path = wanted.address.partition("#")[0].removeprefix("./")
    found = _digests(root / path, {kind for kind, _ in wanted.hashes})
    if found is None:
        fix = f"Put it there, or build it with {_BUILD} and the folder or git address of Policywright."
        return _REFUSED, "This wheel is not there, so pip cannot install Policywright here.", fix
    if "--hash" not in wanted.text and not wanted.hashes:
        fix = f"Write at the end of the line what “python -m pip hash {path}” prints."
        return _REFUSED, "This wheel has no hash, so pip does not install it.", fix
    if any(pair in found for pair in wanted.hashes):
        return "", "", ""
    message = "This wheel is not the file whose hash is here, so pip does not install it."
    fix = f"Ask who changed it. If you expect this file, write what “python -m pip hash {path}” prints."
    return _REFUSED, message, fix


def _digests(path: Path, kinds: set[str]) -> list[tuple[str, str]] | None:
    """Return a file's hashes, each with its kind; None if it is not there, is not a file or cannot be read."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return [(kind, hashlib.file_digest(file, kind).hexdigest()) for kind in sorted(kinds) if not file.seek(0)]
    except OSError:
        return None


def pinned_version(text: str) -> str:
    """Return the version that the text of a requirements.txt names, or nothing."""
    wanted = next(_find(text), None)
    return wanted.version if wanted else ""


def with_pin(text: str, version: str) -> str:
    """Return the text of a requirements.txt with another version.

    A requirement with a hash stays as it is. A person who knows the file of the other version writes its hash: to take
    that of the file in the wheelhouse would vouch for whatever somebody put there.
    """
    wanted = next(_find(text), None)
    if wanted is None or wanted.hashes or not wanted.version:
        return text
    return text[: wanted.version_start] + version + text[wanted.version_start + len(wanted.version) :]
