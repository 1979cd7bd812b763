"""MkDocs events for an agency's site; `policywright.hook` exports them."""

from __future__ import annotations

import gc
import io
import logging
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.utils import CountHandler

from policywright.approval.objections import Refused
from policywright.clock import NO_DAY, NotADay, given_day
from policywright.draft import draft_of
from policywright.files.placing import begin, put_in_place
from policywright.files.writing import write_files
from policywright.mkdocs_site.generated import add_generated
from policywright.mkdocs_site.html import (
    accessible,
    corrected,
    escaped,
    escaped_labels,
    lost,
    without_comments,
    without_tags,
)
from policywright.model.draft import Draft
from policywright.model.findings import Finding, PolicyError, at_or_above, unsettled
from policywright.pages.book import AUDIENCES, make_book
from policywright.pages.error_page import error_page
from policywright.pages.feeds import pages_file
from policywright.pages.own_pages import own_pages
from policywright.pages.renderer import Book, without_head
from policywright.pages.server_settings import server_settings
from policywright.pages.style import SCRIPT, STYLE
from policywright.pages.templates import CompiledTemplates
from policywright.pages.verification import compare_site

__all__ = [
    "on_config",
    "on_env",
    "on_files",
    "on_page_content",
    "on_page_markdown",
    "on_post_build",
    "on_post_page",
    "on_post_template",
    "on_shutdown",
    "on_startup",
]

log = logging.getLogger("mkdocs.plugins.policywright")

TOOLTIPS = "content.tooltips"
RECORDS = ("checklists.yml", "decisions.yml", "sign-offs.yml", "reviews.yml", "acknowledgements.csv")
WATCHED = ("policy.yml", "answers", "registers", "overrides", "releases", *RECORDS)

PAGES_PRINTED = 200
"""Up to so many pages the theme prints the whole navigation on each of them; then only what is near the open page."""


class _Build:
    """The state of one build; MkDocs calls the events one after the other."""

    def __init__(self) -> None:
        self.serving = False
        self.dirty = False
        self.beside: Path | None = None
        """The folder in which the site is built, until it is put in place."""
        self.target = ""
        """Its place."""
        self.start()

    def start(self, book: Book | None = None) -> None:
        """Forget the previous build."""
        self.draft: Draft | None = None
        self.book = book
        self.published = False
        self.html: dict[str, str] = {}


_build = _Build()


def on_startup(*, command: str, dirty: bool = False, **_: Any) -> None:
    """Remember whether MkDocs serves: then a broken file becomes an error page and does not end the process."""
    _build.serving, _build.dirty = command == "serve", dirty
    _print_on_any_terminal()
    # MkDocs itself reads the variable, for the site map, and fails with a traceback.
    try:
        given_day()
    except NotADay as error:
        raise PluginError(str(error)) from None
    if not os.environ.get("SOURCE_DATE_EPOCH", "").strip():
        os.environ.pop("SOURCE_DATE_EPOCH", None)
    # Without a date from outside, two builds of the same text must be byte for byte the same.
    os.environ.setdefault("SOURCE_DATE_EPOCH", NO_DAY)
    if not _build.serving:
        # A build makes many small objects and few reference cycles, and then the process ends. Without the search
        # for cycles it is about 5 % faster.
        gc.disable()


def _print_on_any_terminal() -> None:
    """Let a terminal without “ and ”, as on Windows or in the C locale, get other signs and not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Draft the policy, log the findings, and set the navigation."""
    root = Path(config.config_file_path).parent
    audience = audience_of(config)
    watched = [str(root / name) for name in WATCHED if (root / name).exists()]
    config.watch += [path for path in watched if path not in config.watch]
    _build.start()
    if not _build.serving:  # what MkDocs serves is in a temporary folder
        build_beside(config)
    try:
        draft = draft_of(root, given_day())
        own = own_pages(Path(config.docs_dir))
        book = make_book(draft, audience, own, folders=config.use_directory_urls)
    except PolicyError as error:
        if not _build.serving:
            raise PluginError(str(error)) from error
        log.error("%s", error)
        _build.start(error_page(error))
        return config
    except Refused as refused:
        report(draft, ())
        lines = "\n".join(f"- {reason}" for reason in refused.reasons)
        raise PluginError(f"This policy may not be published yet:\n{lines}") from refused
    report(draft, book.problems)
    _build.draft, _build.book, _build.published = draft, book, audience == "published"
    adopt(config, draft, book)
    return config


def audience_of(config: MkDocsConfig) -> str:
    """Return the audience of the site; raise PluginError if the setting is not an audience."""
    settings = config.extra.get("policywright") or {}
    audience = settings.get("audience", "working") if isinstance(settings, dict) else settings
    if not isinstance(settings, dict) or audience not in AUDIENCES:
        file, allowed = Path(config.config_file_path).name, ", ".join(AUDIENCES)
        raise PluginError(f"{file}: extra.policywright.audience is “{audience}”; write one of: {allowed}.")
    return str(audience)


def adopt(config: MkDocsConfig, draft: Draft, book: Book) -> None:
    """Take the site's name, its navigation and its style from the draft."""
    config.site_name = escaped(f"{draft.document.agency_name}: {draft.document.title}")
    if config.nav is None:
        config.nav = escaped_labels(book.navigation)
    features = config.theme.setdefault("features", [])
    if len(book.pages) > PAGES_PRINTED and "navigation.prune" not in features:
        features.append("navigation.prune")
    if draft.document.design.logo:
        config.theme["logo"] = draft.document.design.logo
    # Material's tooltips read a title as HTML after the browser has decoded it, so an escaped name would run.
    if TOOLTIPS in features:
        features.remove(TOOLTIPS)
    if STYLE not in config.extra_css:
        config.extra_css.insert(0, STYLE)  # an agency's style sheets come later, so they take precedence
        config.extra_javascript.append(SCRIPT)


def report(draft: Draft, problems: tuple[Finding, ...]) -> None:
    """Log the findings; errors and blockers are logged as warnings, so that MkDocs' `--strict` fails on them."""
    found = (*draft.findings, *problems)
    for finding in at_or_above(unsettled(found), "blocker"):
        log.warning("%s", finding)
    for finding in found:
        if finding.severity not in ("error", "blocker"):
            log.debug("%s", finding)
    counts = {**draft.counts, "error": draft.counts["error"] + len(problems)}
    log.info(
        "Findings: %s. “policywright check” lists them all.", ", ".join(f"{n} {name}" for name, n in counts.items())
    )


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages and assets."""
    assert _build.book is not None
    for file in [file for file in files if file.abs_src_path and not _inside(file.abs_src_path, config)]:
        log.error("docs/%s is a link that leads out of the repository, so it is not in the site.", file.src_uri)
        files.remove(file)
    left = {file.src_uri for file in files if file.inclusion is InclusionLevel.EXCLUDED}
    _build.book = replace(_build.book, pages={uri: p for uri, p in _build.book.pages.items() if uri not in left})
    return add_generated(files, config, _build.book)


def _inside(path: str, config: MkDocsConfig) -> bool:
    """Return whether a file really is below docs/ of this repository, or in the theme."""
    docs = config.docs_dir
    root = os.path.realpath(Path(config.config_file_path).parent)
    return not path.startswith(docs) or Path(os.path.realpath(path)).is_relative_to(root)


def on_env(env: Environment, **_: Any) -> Environment:
    """Cache the theme's compiled templates, so that they are not compiled at every build."""
    env.bytecode_cache = CompiledTemplates()
    return env


def on_page_markdown(markdown: str, *, page: Page, **_: Any) -> str:
    """Insert the agency's page with its shortcodes expanded, and escape the title, which themes print unescaped."""
    if page.meta.get("title"):
        page.meta["title"] = escaped(str(page.meta["title"]))
    book = _build.book
    own = book.pages.get(page.file.src_uri) if book and page.file.generated_by is None else None
    return without_head(own.text) if own else markdown


def on_page_content(html: str, *, page: Page, **_: Any) -> str:
    """Make tables accessible; remove comments from a published site, because people write them for colleagues."""
    # A page without a title and a heading is titled by its file name, which themes print unescaped.
    page.title = without_tags(page.title or "")
    return accessible(without_comments(html) if _build.published else html)


def on_post_page(output: str, *, page: Page, **_: Any) -> str:
    """Correct Material's HTML, and keep the page for the final check."""
    finished = corrected(output)
    _build.html[page.file.src_uri] = finished
    return finished


def on_post_template(output_content: str, **_: Any) -> str:
    """Correct the 404 page."""
    return lost(output_content)


@event_priority(-1000)  # after the plug-ins, which write their files into the folder
def on_post_build(config: MkDocsConfig) -> None:
    """Compare the finished site with the draft, list its pages, and put it in its place."""
    if _build.draft is None or _build.book is None:
        return
    found = compare_site(_build.draft, _build.book, _build.html.get, published=_build.published)
    if found and not _build.serving:
        raise PluginError("\n".join(str(finding) for finding in found))
    for finding in found:
        log.error("%s", finding)
    site = Path(config.site_dir)
    write_files(pages_file(_build.book.pages, _build.html, folders=config.use_directory_urls), site)
    if not _build.serving and not (config.strict and warned()):
        others = [path.read_text("utf-8") for path in site.glob("*.html") if path.name == "404.html"]
        settings = server_settings([*_build.html.values(), *others])
        leave_beside(config)
        write_server_settings(settings, Path(config.site_dir))


def build_beside(config: MkDocsConfig) -> None:
    """Let MkDocs build beside the folder of the site, so that the last site stays until this one is finished."""
    _build.target = config.site_dir
    _build.beside = begin(Path(config.site_dir).resolve(), keep=_build.dirty)
    config.site_dir = str(_build.beside)


def leave_beside(config: MkDocsConfig) -> None:
    """Put the finished site in its place."""
    if _build.beside:
        put_in_place(_build.beside, Path(_build.target).resolve())
        config.site_dir, _build.beside = _build.target, None
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


def on_shutdown(**_: Any) -> None:
    """Remove what a failed build left."""
    if _build.beside:
        shutil.rmtree(_build.beside, ignore_errors=True)
        _build.beside = None
