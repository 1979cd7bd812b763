"""Builds the sites of many agencies, each only if something that it is made of has changed since the last build."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from policywright.answering.mkdocs_build import begin_build
from policywright.files.writing import write_files
from policywright.model.findings import visible
from policywright.portfolio.agencies import Listed, words_of_ids
from policywright.portfolio.inputs import inputs_of
from policywright.portfolio.reading import usable_cores

BUILT, SAME, FAILED, NOWHERE = "built", "up to date", "not built", "no repository"


@dataclass(frozen=True)
class SiteResult:
    """What became of the site of one agency."""

    agency: Listed
    state: str
    """built | up to date | not built | no repository"""
    problem: str = ""
    """Why it was not built."""


@dataclass(frozen=True)
class _Audience:
    settings: str
    site: str
    options: tuple[str, ...]


_AUDIENCES = {
    False: _Audience("mkdocs.yml", "site", ()),
    # As in the jobs of the template: what warns may not be published.
    True: _Audience("mkdocs.publish.yml", "published", ("--strict",)),
}
"""By whether the published site is wanted: what MkDocs is called with."""


def build_sites(agencies: Sequence[Listed], out: Path, *, published: bool) -> Iterator[SiteResult]:
    """Build the site of each agency into a folder with its id; return what became of each, in the order of the list.

    A site is put in place when it is finished, so one that cannot be built stays as it was.
    """
    build = partial(_result, out=out.absolute(), audience=_AUDIENCES[published])
    with ThreadPoolExecutor(usable_cores()) as pool:
        yield from pool.map(build, agencies, words_of_ids(agencies))


def _result(agency: Listed, word: str, *, out: Path, audience: _Audience) -> SiteResult:
    if agency.problem or not agency.path:
        return SiteResult(agency, FAILED if agency.problem else NOWHERE, agency.problem or "The list names no “path:”.")
    try:
        return _of_folder(agency, agency.path.absolute(), out, word, audience)
    except OSError as error:
        return SiteResult(agency, FAILED, f"{error.filename}: {(error.strerror or 'the system refused').lower()}.")


def _of_folder(agency: Listed, root: Path, out: Path, word: str, audience: _Audience) -> SiteResult:
    if not (root / audience.settings).is_file():
        return SiteResult(agency, FAILED, f"There is no {audience.settings} in {root}.")
    if (out / word / "policy.yml").exists():
        return SiteResult(agency, FAILED, f"{out / word} is the repository of an agency. Name another --out.")
    site, mark = out / word / audience.site, f"{audience.site}.inputs"
    # Before the build: what changes while it runs is built next time.
    inputs = inputs_of(root, audience.settings, out)
    if site.is_dir() and _text_of(out / word / mark) == inputs:
        return SiteResult(agency, SAME)
    problem = _build_one(root, site, audience)
    if problem:
        return SiteResult(agency, FAILED, problem)
    write_files({mark: inputs}, out / word)
    return SiteResult(agency, BUILT)


def _text_of(path: Path) -> str:
    return path.read_text("utf-8", "replace") if path.is_file() else ""


def _build_one(root: Path, site: Path, audience: _Audience) -> str:
    """Build a site with the settings and the hooks of its repository; return why it failed, or nothing."""
    settings = ("--config-file", audience.settings, *audience.options)
    with begin_build(root, *settings, "--site-dir", str(site)) as build:
        said, _ = build.communicate()
    return _reason(said) if build.returncode else ""


def _reason(said: str) -> str:
    """Return on one line why MkDocs stopped: its first error, or else the last thing that it said."""
    lines = [line.strip() for line in said.splitlines() if line.strip()] or ["The build failed without a message."]
    first = next((number for number, line in enumerate(lines) if line.startswith("ERROR")), len(lines) - 1)
    # An error that lists several reasons ends with a colon.
    listed = lines[first + 1 : first + 2] if lines[first].endswith(":") else []
    return visible(" ".join([lines[first].removeprefix("ERROR").lstrip(" -"), *listed]))
