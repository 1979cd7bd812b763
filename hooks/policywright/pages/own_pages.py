"""What an agency put into docs/: its pages and other files, as far as a site may hold them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from policywright.files.folders import is_litter
from policywright.files.yaml import outside, parse_yaml, read_text
from policywright.language.comments import Convert
from policywright.model.draft import Draft
from policywright.model.findings import Finding, Place, PolicyError
from policywright.pages.converter import usual
from policywright.pages.shortcodes import Expander
from policywright.repository import KNOWN

if TYPE_CHECKING:
    from pathspec.gitignore import GitIgnoreSpec

ENDINGS = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")
"""The endings of the files that MkDocs takes for pages."""
_ALWAYS_OUT = (".*", "/templates/")
"""What MkDocs leaves out of every site, as patterns of git."""
_DATA = ("answers", "registers", "overrides", "releases")
_INTERNAL = (
    *(name for name in KNOWN if name != "docs"),
    *("mkdocs.yml", "mkdocs.publish.yml", "readme.md", "constraints.txt", "wheelhouse", "site", "published", "deploy"),
)
_BACKUP = re.compile(
    r".*~|#.*#|\.#.*|.*\.(orig|rej|bak|old|tmp|temp|swp|swo|lock|lck|part|crdownload)|icon\r", re.IGNORECASE
)


@dataclass(frozen=True)
class Docs:
    """The folder of an agency's pages, and what the settings of its site say about it."""

    folder: Path
    name: str = "docs"
    """Its path from the repository's root."""
    left_out: tuple[GitIgnoreSpec, ...] = ()
    """`exclude_docs` and `draft_docs` of mkdocs.yml."""
    excluded: tuple[re.Pattern[str], ...] = ()
    """What the plug-in mkdocs-exclude leaves out, from the start of a uri."""
    convert: Convert = field(default=usual, compare=False)

    @cached_property
    def out(self) -> GitIgnoreSpec:
        """What no site of these settings holds; the patterns together, because a later one may take back another."""
        from pathspec.gitignore import GitIgnoreSpec  # noqa: PLC0415 - most settings leave out nothing

        specs = (GitIgnoreSpec.from_lines(_ALWAYS_OUT), *self.left_out)
        return GitIgnoreSpec([pattern for spec in specs for pattern in spec.patterns])

    @property
    def root(self) -> Path:
        """The agency's repository."""
        return self.folder.parents[len(PurePosixPath(self.name).parts) - 1]

    def place(self, uri: str, line: int = 1) -> Place:
        """Return a place in a file below this folder."""
        return Place(f"{self.name}/{uri}", line)


def own_pages(docs: Docs) -> dict[str, str]:
    """Read the agency's Markdown pages: uri -> text; raise PolicyError if one cannot be read."""
    pages, findings = _read(docs)
    if findings:
        raise PolicyError(findings)
    return pages


def own_files(docs: Docs) -> dict[str, bytes]:
    """Read the other files in docs/, such as images, by path."""
    kept = ((uri, path) for uri, path in _walk(docs) if not uri.endswith(ENDINGS))
    return {uri: path.read_bytes() for uri, path in kept if path.is_file() and not stray(path, uri, docs)}


def own_problems(docs: Docs, draft: Draft, *, working: bool = True) -> list[Finding]:
    """Return the mistakes in the agency's pages, without rendering them."""
    pages, findings = _read(docs)
    findings += [finding for finding in strays(docs) if finding not in findings]
    expander = Expander(draft.catalog, draft, Unwritten(), working=working)
    for uri, text in pages.items():
        findings += expander.expand(text, f"{docs.name}/{uri}", "", docs.convert)[1]
        findings += unread_head(text, docs.place(uri))
    return findings


def strays(docs: Docs) -> list[Finding]:
    """Report links below docs/ whose targets may not be published: outside the repository, or internal."""
    found = []
    for folder, inner, names in _folders(docs):
        for name in (*inner, *names):
            path = Path(folder, name)
            uri = path.relative_to(docs.folder).as_posix()
            if path.is_symlink() and (finding := stray(path, uri, docs)):
                found.append(finding)
    return sorted(found, key=lambda finding: finding.places)


def stray(path: Path, uri: str, docs: Docs) -> Finding | None:
    """Return why a file that is reached through a link may not be published, or None if it may."""
    real, home = Path(os.path.realpath(path)), Path(os.path.realpath(docs.folder))
    if real == home / uri or (real.is_relative_to(home) and real != home):
        return None
    root = Path(os.path.realpath(docs.root))
    if not real.is_relative_to(root):
        return outside(f"{docs.name}/{uri}")
    parts = [part.casefold() for part in real.relative_to(root).parts]
    internal = not parts or real in home.parents or parts[0] in _INTERNAL or set(parts) & {*_DATA}
    if not internal and not any(part.startswith(".") for part in parts):
        return None
    message = "This is a link to an internal part of the repository, so it is in no site."
    return Finding("E012", "error", message, (docs.place(uri),), "Delete the link, and write what readers need.")


def left_out(uri: str, docs: Docs) -> bool:
    """Return whether the settings of a site leave a file out."""
    out = docs.out.match_file(uri) if docs.left_out else _always_out(uri)
    return out or any(pattern.match(uri) for pattern in docs.excluded)


def _always_out(uri: str) -> bool:
    """Return what _ALWAYS_OUT says about a file."""
    return uri.startswith("templates/") or any(part.startswith(".") for part in uri.split("/"))


def moved(uri: str) -> bool:
    """Return whether a page is a post of a blog: plug-ins give it an address by its date."""
    return "posts" in PurePosixPath(uri).parts[:-1]


def withheld(uri: str) -> bool:
    """Return whether no site may hold a file because of its name: litter, backups, and pages that begin with `_`."""
    parts = PurePosixPath(uri).parts
    # A name with a dot is left out by MkDocs, unless its settings say otherwise, as for “.well-known”.
    litter = any(_is_litter(part) for part in parts)
    systems = any(part.casefold() in (".ds_store", ".trash", ".obsidian", ".git") for part in parts)
    return litter or systems or (uri.endswith(ENDINGS) and any(part.startswith("_") for part in parts))


def unread_head(text: str, place: Place) -> list[Finding]:
    """Report front matter that MkDocs does not read, and prints on the page instead."""
    found = re.match(r"---[ \t]*\n(?=[\w-]+:)(.*?\n)(?:---|\.\.\.)[ \t]*\n", text, re.DOTALL)
    if not found:
        return []
    file, problems = parse_yaml(found[1], place.file)
    problems = [problem for problem in problems if problem.code == "E003"]
    if isinstance(file.value, dict) and not problems:
        return []
    message = "The lines between “---” are not YAML, so they would be printed on the page."
    return [Finding("E203", "error", message, (place,), "Put a value that contains “: ” in quotes.")]


def _is_litter(name: str) -> bool:
    return bool(_BACKUP.fullmatch(name)) or (is_litter(name) and not re.fullmatch(r"\.[a-z].*", name))


def built_as(uri: str) -> str:
    """Return what a page is built as, without an ending; README.md and index.md of one folder replace each other."""
    path = PurePosixPath(uri).with_suffix("")
    return str(path.with_name("index") if path.name == "README" else path)


def without_head_remarks(text: str) -> str:
    """Return a page without the comments in its front matter."""
    head = re.match(r"---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*\n", text, re.DOTALL)
    if not head:
        return text
    return (
        "".join(line for line in head[0].splitlines(keepends=True) if not line.lstrip().startswith("#"))
        + text[head.end() :]
    )


def _walk(docs: Docs) -> Iterator[tuple[str, Path]]:
    """Return the files that MkDocs would take, in order, without those that no site may hold."""
    for folder, _, names in _folders(docs):
        for name in sorted(names):
            uri = Path(folder, name).relative_to(docs.folder).as_posix()
            if not left_out(uri, docs) and not withheld(uri):
                yield uri, Path(folder, name)


def _folders(docs: Docs) -> Iterator[tuple[str, list[str], list[str]]]:
    """Walk docs/ and the folders that are linked there, but no folder inside itself."""
    for folder, inner, names in os.walk(docs.folder, followlinks=True):
        yield folder, sorted(inner), names
        above = os.path.realpath(folder)
        inner[:] = [name for name in sorted(inner) if not _above(Path(folder, name), above)]


def _above(path: Path, folder: str) -> bool:
    return path.is_symlink() and f"{folder}/".startswith(f"{os.path.realpath(path)}/")


def _read(docs: Docs) -> tuple[dict[str, str], list[Finding]]:
    pages: dict[str, str] = {}
    findings: list[Finding] = []
    for uri, path in _walk(docs):
        if not uri.endswith(ENDINGS) or stray(path, uri, docs):
            continue
        pages[uri], problems = read_text(path, docs.place(uri).file)
        findings += problems
    return dict(sorted(pages.items())), findings


class Unwritten:
    """A host for shortcodes when only their mistakes are needed."""

    def part(self, code: str, subject: Any, element: str) -> str:  # noqa: ARG002 - the signature is the binder's
        """Return nothing."""
        return ""

    def link(self, target: str) -> str:
        """Return the target as it is."""
        return target
