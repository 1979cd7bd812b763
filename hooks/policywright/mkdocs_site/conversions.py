"""Remembers what Markdown became: converting it is half of a build, and the same text on the same page gives the same.

MkDocs converts a page with `Page.render`. `remember` puts a method in its place that first looks whether the page
was converted before: with the same text, at the same address, with the same extensions and versions, and with links
to pages that are still where they were.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from multiprocessing.process import BaseProcess
from types import FunctionType
from typing import Any, TypedDict

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink, get_toc

from policywright.mkdocs_site.remembered import forget_oldest, named, recall, remember, with_version

_HELPERS = 3
"""Processes at most that convert ahead of a build."""

_DECIDED_BY = ("mkdocs", "Markdown", "pymdown-extensions", "Pygments")
_OF_MARKDOWN = {
    *("abbr", "admonition", "attr_list", "codehilite", "def_list", "extra", "fenced_code", "footnotes", "md_in_html"),
    *("meta", "nl2br", "sane_lists", "smarty", "tables", "toc", "wikilinks"),
}
_OF_PYMDOWNX = {
    *("arithmatex", "betterem", "caret", "critic", "details", "escapeall", "extra", "fancylists", "highlight"),
    *("inlinehilite", "keys", "magiclink", "mark", "progressbar", "quotes", "saneheaders", "smartsymbols"),
    *("striphtml", "superfences", "tabbed", "tasklist", "tilde"),
}
_KNOWN = {
    *_OF_MARKDOWN,
    *(f"markdown.extensions.{name}" for name in _OF_MARKDOWN),
    *(f"pymdownx.{name}" for name in _OF_PYMDOWNX),
}
"""Extensions whose result depends on nothing but the text and their options: others read files or the network."""
_TRUSTED = ("markdown", "pymdownx")
"""Packages whose functions may be options of an extension: they change only with their versions."""

log = logging.getLogger("mkdocs.structure.pages")


class Conversion(TypedDict):
    """What a page became."""

    content: str
    toc: list[dict[str, Any]]
    title: str | None
    anchors: list[str]
    links: dict[str, dict[str, str]]
    """Uri of a page -> the anchors that this page links to there, each with the link as it is written."""
    found: dict[str, list[str] | None]
    """Each path that the page links to -> the uri and the address of the file there."""


_ATTRIBUTES = {"content", "toc", "_title_from_render", "present_anchor_ids", "links_to_anchors"}
"""What `Page.render` sets. If a version of MkDocs sets anything else, nothing is remembered."""


class Conversions:
    """The conversions of one build.

    A site with an extension that we do not know, or with a function of somebody else, remembers nothing.
    """

    def __init__(self, config: MkDocsConfig) -> None:
        self._settings = _settings(config)
        self._helpers: list[BaseProcess] = []
        self._recalled: dict[str, Conversion] = {}
        self._new = False

    def remember(self, page: Page) -> None:
        """Let a page be converted only if it was not converted before."""
        if self._settings is not None:
            # MkDocs has no event in place of the conversion, and plug-ins put other classes in place of `Page`.
            vars(page)["render"] = partial(self._render, page)

    def begin(self, pages: Mapping[str, str], config: MkDocsConfig, files: Files) -> None:
        """Convert pages (uri -> Markdown without its head) in other processes, from the last one on.

        The build begins with the first one, and finds the work done where the two meet.
        """
        free = _free_processors()
        if self._settings is None or not free:
            return
        missing = [one for one in _in_order(pages, files) if not self._is_recalled(*one, files)]
        number = min(_HELPERS, free, len(missing) // 2)
        for first in range(number):
            work = (missing[::-1][first::number], config, files)
            helper = multiprocessing.get_context("fork").Process(target=self._convert, args=work, daemon=True)
            helper.start()
            self._helpers.append(helper)

    def end(self) -> None:
        """Let no helper go on after the last page."""
        for helper in self._helpers:
            helper.terminate()
            helper.join()
        if self._new or self._helpers:
            forget_oldest()

    def _convert(self, work: Sequence[tuple[File, str]], config: MkDocsConfig, files: Files) -> None:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # so that nothing half-written is left
        logging.getLogger("mkdocs").handlers = [logging.NullHandler()]  # the build says what there is to say
        for file, text in work:
            if self._is_recalled(file, text, files):
                return  # the build has come as far as this
            page = Page(None, file, config)
            page.markdown = text
            self._render(page, config, files)

    def _is_recalled(self, file: File, text: str, files: Files) -> bool:
        name = self._name(file, text)
        found: Conversion | None = recall(name)
        if found is None or any(_at(files.get_file_from_path(path)) != at for path, at in found["found"].items()):
            return False
        self._recalled[name] = found
        return True

    def _render(self, page: Page, config: MkDocsConfig, files: Files) -> None:
        name = self._name(page.file, page.markdown or "")
        if name in self._recalled or self._is_recalled(page.file, page.markdown or "", files):
            _fill(page, self._recalled.pop(name), files)
            return
        made = _converted(page, config, files)
        if made is not None:
            remember(name, made)
            self._new = True

    def _name(self, file: File, text: str) -> str:
        return named(self._settings or "", file.src_uri, file.url, text)


def _fill(page: Page, made: Conversion, files: Files) -> None:
    """Set what `Page.render` sets."""
    page.content = made["content"]
    page.toc = get_toc(made["toc"])  # type: ignore[arg-type] # its type is private
    page._title_from_render = made["title"]  # noqa: SLF001 - there is no other way to it
    page.present_anchor_ids = set(made["anchors"])
    linked = ((files.get_file_from_path(uri), links) for uri, links in made["links"].items())
    page.links_to_anchors = {file: links for file, links in linked if file is not None}


def _converted(page: Page, config: MkDocsConfig, files: Files) -> Conversion | None:
    """Convert a page; return what it became, or None where somebody would miss a message the next time."""
    asked, before = _Asked(files), dict(vars(page))
    messages = _messages(lambda: type(page).render(page, config, asked))
    changed = {name for name, value in vars(page).items() if before.get(name, page) is not value}
    if messages or None in asked.found.values() or not changed <= _ATTRIBUTES:
        return None
    return {
        "content": page.content or "",
        "toc": [_token(entry) for entry in page.toc],
        "title": page._title_from_render,  # noqa: SLF001 - there is no other way to it
        "anchors": sorted(page.present_anchor_ids or ()),
        "links": {file.src_uri: links for file, links in (page.links_to_anchors or {}).items()},
        "found": asked.found,
    }


class _Asked(Files):
    """The files of a site; it notes which of them a page asked for."""

    def __init__(self, files: Files) -> None:
        super().__init__(files)
        self.found: dict[str, list[str] | None] = {}

    def get_file_from_path(self, path: str) -> File | None:
        """Return the file at a path, as `Files` does."""
        file = super().get_file_from_path(path)
        self.found[path] = _at(file)
        return file


def _at(file: File | None) -> list[str] | None:
    return [file.src_uri, file.url] if file and file.inclusion.value > InclusionLevel.DRAFT.value else None


def _messages(action: Callable[[], object]) -> int:
    """Run an action; return how many messages it logged."""
    logged: list[logging.LogRecord] = []

    def note(record: logging.LogRecord) -> bool:
        logged.append(record)
        return True

    loggers = (log, logging.getLogger("MARKDOWN"))
    for logger in loggers:
        logger.addFilter(note)
    try:
        action()
    finally:
        for logger in loggers:
            logger.removeFilter(note)
    return len(logged)


def _token(entry: AnchorLink) -> dict[str, Any]:
    """Return an entry of the table of contents in the form that Markdown's extension gives it."""
    children = [_token(child) for child in entry.children]
    return {"name": entry.title, "id": entry.id, "level": entry.level, "children": children}


def _in_order(pages: Mapping[str, str], files: Files) -> Iterable[tuple[File, str]]:
    """Return the pages as MkDocs comes to them."""
    return ((file, pages[file.src_uri]) for file in files.documentation_pages() if file.src_uri in pages)


def _free_processors() -> int:
    """Return how many processors have nothing to do; none where a copy of this process would not be safe."""
    # Only Linux copies a process safely, and only one without threads.
    if sys.platform != "linux" or threading.active_count() > 1:
        return 0
    processors = os.cpu_count() or 1
    return processors - 1 if os.getloadavg()[0] <= processors else 0


def _settings(config: MkDocsConfig) -> str | None:
    """Return all that decides how a text is converted besides itself, or None if something else could decide too."""
    extensions, options = config.markdown_extensions, config.mdx_configs or {}
    if not all(isinstance(name, str) and name in _KNOWN for name in extensions):
        return None
    decided = {
        "versions": [*map(with_version, _DECIDED_BY)],
        "extensions": list(extensions),
        "options": {name: options.get(name) for name in extensions},
        "validation": config.validation,
        "addresses": config.use_directory_urls,
        "messages": log.getEffectiveLevel(),
    }
    try:
        return json.dumps(decided, default=_said, sort_keys=True)
    except TypeError:
        return None


def _said(value: Any) -> Any:
    """Return how JSON says a value; raise TypeError for one that could mean something else tomorrow."""
    if isinstance(value, partial):
        return ["partial", value.func, value.args, value.keywords]
    if isinstance(value, FunctionType) and value.__closure__ is None and value.__module__.split(".")[0] in _TRUSTED:
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError
