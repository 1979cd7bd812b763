"""MkDocs events for an agency's site; `policywright.hook` exports them."""

from __future__ import annotations

import gc
import io
import logging
import os
import shutil
import sys
from pathlib import Path
from threading import Thread
from typing import Any

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as Page_

from policywright.approval.objections import Refused
from policywright.clock import NO_DAY, NotADay, given_day
from policywright.draft import draft_of
from policywright.exports.downloads import make_downloads
from policywright.files.writing import write_files
from policywright.language.comments import line_of
from policywright.mkdocs_site.ahead import aside, shared
from policywright.mkdocs_site.build_state import BuildState
from policywright.mkdocs_site.conversions import Conversions
from policywright.mkdocs_site.finishing import (
    build_beside,
    check_served,
    found_in,
    inclusion,
    leave_beside,
    others_in,
    pages_of,
    reader,
    warned,
    write_server_settings,
)
from policywright.mkdocs_site.generated import add_generated, is_generated, use_assets, without_replaced
from policywright.mkdocs_site.html import (
    accessible,
    corrected,
    escaped,
    lost,
    without_comments,
    without_tags,
)
from policywright.mkdocs_site.navigation import (
    AWESOME,
    offer_placeholder,
    our_navigation,
    whole_navigation,
    with_ours,
    with_ours_placed,
)
from policywright.mkdocs_site.printing import PrintedPages
from policywright.mkdocs_site.remembered import memory
from policywright.mkdocs_site.search import arrange_search, as_indexed
from policywright.mkdocs_site.sources import in_file, with_included
from policywright.model.draft import Draft
from policywright.model.findings import Finding, Place, PolicyError, at_or_above, in_numbers, unsettled
from policywright.pages.book import AUDIENCES, make_book
from policywright.pages.converter import Converter
from policywright.pages.error_page import error_page
from policywright.pages.feeds import pages_file
from policywright.pages.own_pages import Docs, own_problems, stray, withheld
from policywright.pages.renderer import Page, without_head
from policywright.pages.server_settings import server_settings
from policywright.pages.site_settings import excluded_by_plugin
from policywright.pages.templates import CompiledTemplates
from policywright.pages.verification import hidden_finding, hidden_in

__all__ = [
    "on_config",
    "on_env",
    "on_files",
    "on_nav",
    "on_page_content",
    "on_page_markdown",
    "on_post_build",
    "on_post_page",
    "on_post_template",
    "on_serve",
    "on_shutdown",
    "on_startup",
]

log = logging.getLogger("mkdocs.plugins.policywright")

TOOLTIPS = "content.tooltips"
RECORDS = ("checklists.yml", "decisions.yml", "sign-offs.yml", "reviews.yml", "acknowledgements.csv")
WATCHED = ("policy.yml", "answers", "registers", "overrides", "releases", *RECORDS)

FIRST, LAST = 1000, -100
"""The priorities of our events before and after those of plug-ins."""
AFTER_AWESOME = 90
"""awesome-nav makes the navigation at 100; plug-ins that look at it come later."""

DATES = ("git_revision_date_localized", "git_creation_date_localized")
"""What a plug-in calls the dates of a page."""
NO_LANGUAGES = (
    "Remove the plug-in “i18n”. It builds a site for each language from the files in docs/, without the generated"
    " pages. Write translations as separate pages in docs/."
)
SECONDS_BETWEEN_LOOKS = 0.1
"""How often the server looks for changed files; MkDocs' own half a second is longer than most of a build."""
SECONDS_WITHOUT_CHANGE = 0.02
"""How long the server waits for more changes before it builds."""
OBJECTS_BETWEEN_SEARCHES = 100_000
FEW_PAGES = 200
"""Up to this many pages, the server looks for changes often, and the theme prints the whole navigation on each.

Beyond it, the theme prints only what is near the open page.
"""


_build = BuildState()


def on_startup(*, command: str, dirty: bool = False, **_: Any) -> None:
    """Remember whether MkDocs serves: then a broken file becomes an error page and does not end the process."""
    _build.command, _build.dirty = command, dirty
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
    if _build.serving:
        # It builds again and again, so cycles must be found, but not a few times in each build.
        gc.set_threshold(OBJECTS_BETWEEN_SEARCHES)
    else:
        # A build makes many small objects and few reference cycles, and then the process ends. Without the search
        # for cycles it is about 5 % faster.
        gc.disable()


@event_priority(FIRST)  # plug-ins tell the server what else to watch
def on_serve(server: LiveReloadServer, /, *, config: MkDocsConfig, **_: Any) -> LiveReloadServer:
    """Look for changes more often, and watch for records that come into being later, such as decisions.yml."""
    _build.server = server
    # Not before, as helpers of the first build write into the user's folder; and with --dirty, the theme's search puts
    # together what several builds found.
    memory.used = not _build.dirty
    server.build_delay = SECONDS_WITHOUT_CHANGE
    if len(_build.files.documentation_pages()) <= FEW_PAGES:  # to look at thousands of files takes long itself
        paths = (config.docs_dir, config.config_file_path, *config.theme.dirs)
        watched = [path for path in paths if _unwatched(server, path)]
        server.observer = type(server.observer)(timeout=SECONDS_BETWEEN_LOOKS)
        for path in watched:
            server.watch(path)
    server.watch(str(Path(config.config_file_path).parent), recursive=False)
    return server


def _unwatched(server: LiveReloadServer, path: str) -> bool:
    """Let the server no longer watch a path; return whether it did."""
    try:
        server.unwatch(path)
    except KeyError:
        return False
    return True


def _print_on_any_terminal() -> None:
    """Let a terminal without “ and ”, as on Windows or in the C locale, get other signs and not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@event_priority(FIRST)  # plug-ins remember the folder of the site
def _take_folder(config: MkDocsConfig) -> None:
    """Let MkDocs and its plug-ins build beside the folder of the site."""
    refuse_publication(audience_of(config))
    if "i18n" in config.plugins:
        raise PluginError(f"{Path(config.config_file_path).name}: {NO_LANGUAGES}")
    # What MkDocs serves is in a temporary folder, and mike only reads where the finished site will be.
    if _build.command in ("build", "gh-deploy"):
        build_beside(_build, config)


def _draft_site(config: MkDocsConfig) -> MkDocsConfig:
    """Draft the policy and log the findings."""
    root = Path(config.config_file_path).parent
    audience = audience_of(config)
    watched = [str(root / name) for name in WATCHED if (root / name).exists()]
    added = [path for path in watched if path not in config.watch]
    config.watch += added
    for path in added if _build.server else ():
        _build.server.watch(path)  # a folder that came into being after the server began
    if _build.afterwards is not None:
        _build.afterwards.join()
    _build.start()
    memory.next_build()
    _build.converter = Converter(config.markdown_extensions, config.mdx_configs or {})
    _build.docs = docs_in(config, root, _build.converter)
    try:
        draft = draft_of(root, given_day(), _build.load if _build.serving else None)
        problems = or_unreadable(own_problems(_build.docs, draft, working=audience == "working"))
        links = [problem for problem in problems if problem.code == "E012"]
        problems = [problem for problem in problems if problem not in links]
        folders = config.use_directory_urls
        # Somebody who edits waits for each build, and reads no documents.
        downloads, missing = ([], []) if _build.serving else make_downloads(draft, root, audience, folders=folders)
        book = make_book(
            draft,
            audience,
            folders=folders,
            docs=_build.docs,
            problems=problems,
            downloads=downloads,
            in_turn=shared,
        )
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
    # Links that may not be followed are only left out, because they change no page.
    report(draft, (*book.problems, *links))
    for finding in missing:
        log.log(logging.INFO if finding.severity == "advice" else logging.WARNING, "%s", finding)
    _build.draft, _build.book, _build.published = draft, book, audience == "published"
    _build.known = {*book.problems}
    adopt(config, draft)
    return config


on_config = CombinedEvent(_take_folder, _draft_site)


def audience_of(config: MkDocsConfig) -> str:
    """Return the audience of the site; raise PluginError if the setting is not an audience."""
    settings = config.extra.get("policywright") or {}
    audience = settings.get("audience", "working") if isinstance(settings, dict) else settings
    if not isinstance(settings, dict) or audience not in AUDIENCES:
        file, allowed = Path(config.config_file_path).name, ", ".join(AUDIENCES)
        raise PluginError(f"{file}: extra.policywright.audience is “{audience}”; write one of: {allowed}.")
    return str(audience)


def refuse_publication(audience: str) -> None:
    """Raise PluginError where the working site would become public: on a pages branch, or in a job that publishes."""
    named = {"CI_JOB_NAME": ("pages",), "POLICYWRIGHT_AUDIENCE": ("published",)}
    in_job = any(os.environ.get(name) in words for name, words in named.items()) or "MIKE_DOCS_VERSION" in os.environ
    if audience == "working" and (_build.command == "gh-deploy" or in_job):
        raise PluginError(
            "This would publish the working site, with its findings, sign-offs and internal answers. Publish the other"
            f" one: mkdocs {_build.command} -f mkdocs.publish.yml"
        )


def docs_in(config: MkDocsConfig, root: Path, convert: Converter) -> Docs:
    """Return the folder of the agency's pages as this build sees it."""
    folder = Path(config.docs_dir)
    name = folder.relative_to(root).as_posix() if folder.is_relative_to(root) else folder.name
    # While somebody edits, MkDocs shows drafts.
    plugin = config.plugins.get("exclude")
    excluded = excluded_by_plugin(plugin.config) if plugin else ()
    specs = (config.exclude_docs, None if _build.serving else config.draft_docs)
    return Docs(folder, name, tuple(spec for spec in specs if spec), excluded, convert)


def or_unreadable(problems: list[Finding]) -> list[Finding]:
    """Return the mistakes in pages; raise PolicyError if a page cannot be read at all."""
    unread = [problem for problem in problems if problem.code in ("E001", "E002")]
    if unread:
        raise PolicyError(unread)
    return problems


def adopt(config: MkDocsConfig, draft: Draft) -> None:
    """Take the site's name, and its style from the draft."""
    config.site_name = escaped(f"{draft.document.agency_name}: {draft.document.title}")
    if draft.document.design.logo:
        config.theme["logo"] = draft.document.design.logo
    # Material's tooltips read a title as HTML after the browser has decoded it, so an escaped name would run.
    features = config.theme.setdefault("features", [])
    if TOOLTIPS in features:
        features.remove(TOOLTIPS)
    use_assets(config)


def report(draft: Draft, problems: tuple[Finding, ...]) -> None:
    """Log the findings; errors and blockers are logged as warnings, so that MkDocs' `--strict` fails on them."""
    found = (*draft.findings, *problems)
    for finding in at_or_above(unsettled(found), "blocker"):
        log.warning("%s", finding)
    for finding in found:
        if finding.severity not in ("error", "blocker"):
            log.debug("%s", finding)
    counts = {**draft.counts, "error": draft.counts["error"] + len(problems)}
    log.info("Findings: %s. “policywright check” lists them all.", in_numbers(counts))


@event_priority(FIRST)  # so that plug-ins see our pages as they see every page
def _add_pages(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages and assets."""
    assert _build.book is not None
    files = add_generated(_without_strays(files, config), config, _build.book)
    if config.nav is None and _build.draft is not None and AWESOME not in config.plugins:
        # A plug-in that finds none makes one; another that has one for the whole site still replaces it.
        config.nav = _build.navigation = our_navigation(files, config, _build.book)
    return files


@event_priority(LAST)  # so that the files of plug-ins are seen too
def _settle_pages(files: Files, config: MkDocsConfig) -> Files:
    """Leave out what no site may hold and what is replaced, and complete the navigation."""
    book = _build.book
    assert book is not None
    _build.files = files = without_replaced(_without_strays(files, config))
    _build.made = {file.src_uri for file in files if file.src_uri in book.pages and is_generated(file)}
    if config.nav is not None:
        ours = config.nav == _build.navigation
        part = whole_navigation if ours else our_navigation
        config.nav = part(files, config, book) if ours else with_ours(config.nav, part(files, config, book))
    elif _build.draft is not None and AWESOME in config.plugins:
        offer_placeholder(files, config)
    print_few(files, config)
    return files


on_files = CombinedEvent(_add_pages, _settle_pages)


@event_priority(AFTER_AWESOME)
def _place_pages(nav: Navigation, /, *, config: MkDocsConfig, files: Files) -> Navigation:
    """Put the generated pages into a navigation that a plug-in made of files."""
    if _build.book is None or AWESOME not in config.plugins:
        return nav
    return with_ours_placed(nav, config, files, our_navigation(files, config, _build.book))


@event_priority(LAST)
def _convert_ahead(nav: Navigation, /, *, config: MkDocsConfig, files: Files) -> Navigation:
    """Begin to convert the pages, now that it is known which files the site has."""
    assert _build.book is not None
    _build.nav = nav
    _build.conversions = Conversions(config)
    _build.conversions.begin({uri: without_head(_build.book.pages[uri].text) for uri in _build.made}, config, files)
    return nav


on_nav = CombinedEvent(_place_pages, _convert_ahead)


def print_few(files: Files, config: MkDocsConfig) -> None:
    """Let the theme of a large site print only a part of the navigation on each page."""
    features = config.theme.setdefault("features", [])
    if len(files.documentation_pages()) > FEW_PAGES and "navigation.prune" not in features:
        features.append("navigation.prune")


def _without_strays(files: Files, config: MkDocsConfig) -> Files:
    for file in [file for file in files if _agency_s(file, config)]:
        finding = stray(Path(file.abs_src_path or ""), file.src_uri, _build.docs)
        if finding or withheld(file.src_uri):
            files.remove(file)
    return files


def _agency_s(file: File, config: MkDocsConfig) -> bool:
    """Return whether a file is in docs/, and not in the theme or made by a plug-in."""
    return bool(file.abs_src_path) and Path(file.abs_src_path or "").is_relative_to(config.docs_dir)


def _check_before(env: Environment, /, **_: Any) -> Environment:
    """Stop before anything is written if a page that is published has a mistake; cache the theme's templates."""
    if _build.conversions is not None:
        _build.conversions.end()
    if _build.published and _build.problems and not _build.serving:
        raise PluginError("\n".join(str(problem) for problem in _build.problems))
    env.bytecode_cache = CompiledTemplates()
    return env


@event_priority(LAST)  # so that the templates are as plug-ins leave them
def _print_ahead(env: Environment, /, *, config: MkDocsConfig, files: Files) -> Environment:
    """Begin to print the pages, now that all are converted."""
    if _build.nav is not None:
        _build.printing = PrintedPages(env, config, _build.nav)
        _build.printing.begin(files.documentation_pages(inclusion=inclusion(_build)))
    return env


on_env = CombinedEvent(_check_before, _print_ahead)


@event_priority(FIRST)
def _close_page(markdown: str, /, *, page: Page_, **_: Any) -> str:
    """Keep plug-ins from taking a generated page for a template of theirs."""
    if page.file.src_uri in _build.made:
        page.meta["render_macros"] = False  # mkdocs-macros reads “{#” in a heading as a comment of Jinja
    return markdown


@event_priority(LAST)  # so that a plug-in's work is neither undone nor unread
def _expand_page(markdown: str, /, *, page: Page_, **_: Any) -> str:
    """Expand the shortcodes of the agency's page, and escape the title, which themes print unescaped."""
    if page.meta.get("title"):
        page.meta["title"] = escaped(str(page.meta["title"]))
    if _build.conversions is not None:
        _build.conversions.remember(page)
    book, uri = _build.book, page.file.src_uri
    if book is not None and book.binder is None and uri in book.pages:
        return without_head(book.pages[uri].text)  # the error page takes the place of the agency's first page
    if uri in _build.made and book is not None:
        return as_made(markdown, page, book.pages[uri])
    if book is None or book.binder is None or _build.converter is None:
        return markdown
    name, source = _source(page.file)
    markdown = with_included(markdown, _build.converter, book.binder.shortcodes)
    expanded, problems = book.binder.expanded(uri, markdown, name, convert=_build.converter)
    for problem in [in_file(problem, markdown, source) for problem in problems]:
        if problem not in _build.known:
            log.warning("%s", problem)
            _build.problems.append(problem)
    _build.own[uri], _build.written[uri] = expanded, (name, source)
    return expanded.text


on_page_markdown = CombinedEvent(_close_page, _expand_page)


def as_made(markdown: str, page: Page_, made: Page) -> str:
    """Return a generated page as plug-ins left it, without the day of the build for its date: it has no history."""
    for name in [name for name in page.meta if name.startswith(DATES)]:
        del page.meta[name]
    if markdown.strip() == without_head(made.text).strip():
        _build.untouched.add(made.uri)
    return markdown


def _source(file: File) -> tuple[str, str]:
    """Return the name and the text of a page's file; a page that a plug-in made has only its text."""
    try:
        return _build.docs.place(file.src_uri).file, file.content_string.removeprefix("\ufeff")
    except (OSError, UnicodeError):
        return _build.docs.place(file.src_uri).file, ""


@event_priority(FIRST)
def _remember_page(html: str, /, *, page: Page_, **_: Any) -> str:
    """Remember what MkDocs made of a generated page, before plug-ins see it."""
    if page.file.src_uri in _build.untouched:
        _build.converted[page.file.src_uri] = html
    return html


@event_priority(LAST)  # so that nothing is added after the last look
def _finish_page(html: str, /, *, page: Page_, **_: Any) -> str:
    """Look for what should have been hidden, and only then remove comments; make tables accessible."""
    book = _build.book
    if book and book.binder and ("<!" in html or "&lt;" in html):
        name, source = _build.written.get(page.file.src_uri, ("mkdocs.yml", ""))
        for words in hidden_in(html, book.binder.shortcodes):
            place = Place(name, line_of(source, max(source.find(words), 0)))
            _build.hidden.append(hidden_finding(words, place))
    # A page without a title and a heading is titled by its file name, which themes print unescaped.
    page.title = without_tags(page.title or "")
    finished = accessible(without_comments(html) if _build.published else html)
    if _build.converted.get(page.file.src_uri) == html:
        # The last check is a short one where this is in the page.
        _build.converted[page.file.src_uri] = as_indexed(finished)
    return finished


on_page_content = CombinedEvent(_remember_page, _finish_page)


@event_priority(FIRST)  # a plug-in that shortens HTML leaves nothing to correct
def _correct_page(output: str, **_: Any) -> str:
    """Correct Material's HTML."""
    return corrected(output)


@event_priority(LAST)
def _keep_page(output: str, *, page: Page_, **_: Any) -> str:
    """Keep the page for the final check."""
    # The comments of a theme or of another hook are for colleagues too.
    finished = without_comments(output) if _build.published else output
    _build.html[page.file.src_uri] = finished
    return finished


on_post_page = CombinedEvent(_correct_page, _keep_page)


@event_priority(FIRST)
def on_post_template(output_content: str, **_: Any) -> str:
    """Correct the 404 page."""
    return lost(output_content)


@event_priority(-1000)  # after the plug-ins, which write their files into the folder
def on_post_build(config: MkDocsConfig) -> None:
    """Compare the finished site with the draft, list its pages, and put it in its place."""
    if _build.printing is not None:
        _build.printing.end()
    if _build.draft is None or _build.book is None:
        return
    site, pages = Path(config.site_dir), pages_of(_build)
    listed = {uri: page for uri, page in {**_build.book.pages, **_build.own}.items() if uri in pages}
    write_files(pages_file(listed, listed, folders=config.use_directory_urls), site)
    if _build.serving:
        # Somebody waits for the page.
        _build.afterwards = Thread(target=check_served, args=(_build, config, pages), daemon=True)
        _build.afterwards.start()
        return
    read = reader(_build, site, pages)
    differences = aside(lambda: found_in(_build, config, pages))
    arrange_search(site, _build.draft, folders=config.use_directory_urls)
    found = differences()
    if found:
        raise PluginError("\n".join(str(finding) for finding in found))
    if not (config.strict and warned()):
        settings = server_settings([*filter(None, map(read, pages)), *others_in(site, pages.values())])
        leave_beside(_build, config)
        write_server_settings(settings, Path(config.site_dir))
    if _build.conversions is not None:
        _build.conversions.forget_old()


def on_shutdown(**_: Any) -> None:
    """Remove what a failed build left, when a server has done its last work."""
    if _build.afterwards is not None:
        _build.afterwards.join()
    if _build.beside:
        shutil.rmtree(_build.beside, ignore_errors=True)
        _build.beside = None
