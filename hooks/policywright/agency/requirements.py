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
_NAME = re.compile(
    r"policywright(?![\w.-])[ \t]*(?:\[[^\]\n]*\])?[ \t]*(?P<at>@)?(?:={2,3}[ \t]*(?P<version>[^\s;,\\]+))?",
    re.IGNORECASE,
)
_WHEEL = re.compile(r"(?P<path>(?:\S*[/\\])?policywright-(?P<version>[^-/\\\s]+)-[^/\\\s]+\.whl)(?=\s|$)")
_ADDRESS = re.compile(r"\S+[#&]egg=policywright(?![\w.-])")


@dataclass(frozen=True)
class _Requirement:
    """The requirement that names Policywright."""

    text: str
    """All of it, without a comment."""
    start: int
    """Where it begins in the file."""
    version: str
    """Empty where it names none, as a git address does."""
    version_start: int
    wheel: str
    """The path of the wheel that it names, or empty."""
    address: bool

    @property
    def hashed(self) -> bool:
        """Whether pip can check what it installs."""
        return "--hash" in self.text


def check_pin(root: Path) -> list[Finding]:
    """Report a requirement that is not the running version, or that pip cannot check against a hash."""
    if absent(root / FILE):
        return []
    text, problems = read_text(root / FILE, FILE)
    problems = problems or find_conflict(text, FILE)
    wanted = _find(text)
    return problems if problems or wanted is None else [*_unchecked(wanted, text, root), *_other(wanted, text)]


def _find(text: str) -> _Requirement | None:
    for line in _LINE.finditer(text):
        for form in (_NAME, _WHEEL, _ADDRESS):
            found = form.match(line[1])
            if found:
                parts = {"version": "", "path": "", "at": ""} | {k: v or "" for k, v in found.groupdict().items()}
                at = line.start(1) + (found.start("version") if parts["version"] else 0)
                address = bool(parts["at"]) or form is _ADDRESS
                return _Requirement(line[1].rstrip(), line.start(1), parts["version"], at, parts["path"], address)
    return None


def _other(wanted: _Requirement, text: str) -> Iterator[Finding]:
    if wanted.version and wanted.version != __version__:
        place = place_at(text, wanted.version_start, FILE)
        message = f"This repository asks for Policywright {wanted.version}, but {__version__} is running."
        fix = "Install what requirements.txt names, or raise the version there in a reviewed change."
        yield Finding("W104", "warning", message, (place,), fix)


def _unchecked(wanted: _Requirement, text: str, root: Path) -> Iterator[Finding]:
    place = (place_at(text, wanted.start, FILE),)
    path = wanted.wheel.removeprefix("./")
    if path and "://" not in path and not (root / path).is_file():
        message = "This wheel is not there, so pip cannot install Policywright here."
        yield Finding("W107", "warning", message, place, "Put it there. The comments in the file say how to build it.")
    elif path and not wanted.hashed:
        message = "This wheel has no hash, so pip does not install it."
        fix = f"Write at the end of the line what “python -m pip hash {path}” prints."
        yield Finding("W107", "warning", message, place, fix)
    elif wanted.address and not wanted.hashed:
        message = "pip cannot check a git address against a hash."
        fix = (
            f"Build the wheel once with “python -m pip wheel --no-deps --wheel-dir {WHEELHOUSE}” and the address, "
            "and write the path of the wheel and its hash here."
        )
        yield Finding("W107", "warning", message, place, fix)
    elif not wanted.hashed:
        message = "This requirement is without a hash, so pip installs any package of that name that an index offers."
        fix = (
            f"Put the wheel of Policywright into {WHEELHOUSE}/, and write its path here, and behind it what "
            "“python -m pip hash” prints for it."
        )
        yield Finding("E016", "error", message, place, fix)


def pinned_version(text: str) -> str:
    """Return the version that the text of a requirements.txt names, or nothing."""
    wanted = _find(text)
    return wanted.version if wanted else ""


def with_pin(text: str, version: str, root: Path) -> str:
    """Return the text of a requirements.txt with another version.

    If the wheel of that version is in the wheelhouse, the new requirement names it and its hash. Otherwise a
    requirement with a hash stays as it is: the hash of the other version is not known.
    """
    wanted = _find(text)
    wheel = next((root / WHEELHOUSE).glob(f"policywright-{version}-*.whl"), None)
    if wanted is None:
        return text
    if wheel:
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        line = f"./{WHEELHOUSE}/{wheel.name} --hash=sha256:{digest}"
        return text[: wanted.start] + line + text[wanted.start + len(wanted.text) :]
    if wanted.hashed or not wanted.version:
        return text
    return text[: wanted.version_start] + version + text[wanted.version_start + len(wanted.version) :]
