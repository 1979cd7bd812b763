"""The end of a build: the finished site is compared with the draft, and put in its place."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from time import sleep

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import InclusionLevel
from mkdocs.utils import CountHandler

from policywright.files.placing import begin, put_in_place
from policywright.files.writing import write_files
from policywright.mkdocs_site.build_state import BuildState
from policywright.mkdocs_site.remembered import memory
from policywright.mkdocs_site.search import arrange_search
from policywright.model.findings import Finding, PolicyError
from policywright.pages.verification import Origins, compare_site

log = logging.getLogger("mkdocs.plugins.policywright")

_SECONDS_TO_SHOW = 0.1
"""For so long, what runs beside the server leaves the interpreter to it."""


def pages_of(build: BuildState) -> dict[str, str]:
    """Return the pages that this site has: uri -> path in the site."""
    return {file.src_uri: file.dest_uri for file in build.files.documentation_pages(inclusion=inclusion(build))}


def inclusion(build: BuildState) -> Callable[[InclusionLevel], bool]:
    """Return what decides whether a page is in this site: while somebody edits, MkDocs shows drafts."""
    return InclusionLevel.is_in_serve if build.serving else InclusionLevel.is_included


def reader(build: BuildState, site: Path, pages: Mapping[str, str]) -> Callable[[str], str | None]:
    """Return what reads a finished page by its uri; `pages` is what `pages_of` returns."""

    def read(uri: str) -> str | None:
        # “mkdocs build --dirty” leaves pages that did not change as they are, so they are only on the disk.
        path = site / pages.get(uri, "")
        return build.html.get(uri) or (path.read_text("utf-8") if path.is_file() else None)

    return read


def found_in(build: BuildState, config: MkDocsConfig, pages: Mapping[str, str]) -> list[Finding]:
    """Return what a build refuses: what should be hidden and is not, and where the site says something else."""
    if build.draft is None or build.book is None:
        return []
    book = replace(build.book, pages={uri: page for uri, page in build.book.pages.items() if uri in pages})
    read, origins = reader(build, Path(config.site_dir), pages), _origins(build, config)
    return [*build.hidden, *compare_site(build.draft, book, read, published=build.published, origins=origins)]


def _origins(build: BuildState, config: MkDocsConfig) -> Origins:
    """Return where the pages of this build came from."""
    settings = Path(config.config_file_path).name
    ours = build.book.pages if build.book else {}
    others = [uri for uri in build.html if uri not in ours]
    # “mkdocs build --dirty” hands over no page that did not change, so its text is not known.
    replaced = {uri: (build.docs.place(uri).file, "") for uri in ours if uri not in build.made}
    return Origins(build.docs.convert, {**replaced, **build.written}, others, settings, build.converted)


def check_served(build: BuildState, config: MkDocsConfig, pages: Mapping[str, str]) -> None:
    """Arrange the search, and log what a build would refuse, while the site is shown already."""
    sleep(_SECONDS_TO_SHOW)
    try:
        if build.draft is not None:
            entries = build.printing.entries() if build.printing else None
            arrange_search(Path(config.site_dir), build.draft, entries, folders=config.use_directory_urls)
        memory.write()
        if build.conversions is not None:
            build.conversions.forget_old()
        found = found_in(build, config, pages)
    except PolicyError as error:
        found = [*error.findings]
    for finding in found:
        log.error("%s", finding)


def others_in(site: Path, pages: Collection[str]) -> Iterator[str]:
    """Yield the HTML files that are no page of MkDocs: the theme's 404.html, and what plug-ins wrote."""
    for path in sorted(site.rglob("*.html")):
        if path.relative_to(site).as_posix() not in pages:
            yield path.read_text("utf-8", errors="replace")


def build_beside(build: BuildState, config: MkDocsConfig) -> None:
    """Let MkDocs build beside the folder of the site, so that the last site stays until this one is finished."""
    build.target = config.site_dir
    build.beside = begin(Path(config.site_dir).resolve(), keep=build.dirty)
    config.site_dir = str(build.beside)


def leave_beside(build: BuildState, config: MkDocsConfig) -> None:
    """Put the finished site in its place."""
    if build.beside:
        put_in_place(build.beside, Path(build.target).resolve())
        config.site_dir, build.beside = build.target, None
        log.info("The site is finished and in %s", config.site_dir)


def warned() -> bool:
    """Return whether MkDocs has counted a warning, on which a strict build fails after the last event."""
    counters = [handler for handler in logging.getLogger("mkdocs").handlers if isinstance(handler, CountHandler)]
    return any(counter.get_counts() for counter in counters)


def write_server_settings(settings: Mapping[str, str], site: Path) -> None:
    """Write the settings for web servers beside the site; a site elsewhere may be where nothing may be written."""
    try:
        write_files(settings, site.parent / "deploy" / site.name)
    except PolicyError as error:
        log.warning("The settings for web servers could not be written beside %s: %s", site, error)
