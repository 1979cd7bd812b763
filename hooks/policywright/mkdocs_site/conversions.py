"""Remembers what Markdown became: converting it is half of a build, and the same text on the same page gives the same.

MkDocs converts a page with `Page.render`. `remember` puts a method in its place that first looks whether the page
was converted before: with the same text, at the same address, with the same extensions and versions, and with links
to pages that are still where they were.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from functools import partial
from pathlib import Path
from types import FunctionType
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink, get_toc

from policywright.mkdocs_site.ahead import Ahead, free_processors
from policywright.mkdocs_site.parts import SEPARABLE, Conversion, Piece, cut, joined, with_end, without_end
from policywright.mkdocs_site.remembered import forget_oldest, memory, named, recall, remember, with_version

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


_ATTRIBUTES = {"content", "toc", "_title_from_render", "present_anchor_ids", "links_to_anchors"}
"""What `Page.render` sets. If a version of MkDocs sets anything else, nothing is remembered."""


class Conversions:
    """The conversions of one build.

    A site with an extension that we do not know, or with a function of somebody else, remembers nothing.
    """

    def __init__(self, config: MkDocsConfig) -> None:
        self._settings = conversion_settings(config)
        self._separable = {*config.markdown_extensions} <= SEPARABLE
        self._site = str(Path(config.config_file_path).resolve())
        self._ours: Mapping[str, str] = {}
        self._cut: dict[str, list[Piece]] = {}
        self._ahead = Ahead()
        self._recalled: dict[tuple[str, str], Conversion] = {}
        self._new = False

    def remember(self, page: Page) -> None:
        """Let a page be converted only if it was not converted before."""
        if self._settings is not None:
            # MkDocs has no event in place of the conversion, and plug-ins put other classes in place of `Page`.
            vars(page)["render"] = partial(self._render, page)

    def begin(self, pages: Mapping[str, str], config: MkDocsConfig, files: Files) -> None:
        """Convert generated pages (uri -> Markdown without its head) in other processes, from the last one on.

        The build begins with the first one, and finds the work done where the two meet.
        """
        self._ours = pages
        if self._settings is None or not free_processors():
            return

        def convert(one: tuple[File, str]) -> bool:
            file, text = one
            if self._is_recalled(file, text, files):
                return False
            page = Page(None, file, config)
            page.markdown = text
            self._render(page, config, files)
            return True

        self._ahead.begin([one for one in _in_order(pages, files) if not self._is_recalled(*one, files)], convert)

    def end(self) -> None:
        """Let no helper go on after the last page."""
        self._new = self._ahead.end() or self._new

    def forget_old(self) -> None:
        """Throw away what is no longer recalled, if this build added to it."""
        if self._new:
            forget_oldest()

    def _is_recalled(self, file: File, text: str, files: Files) -> bool:
        name = self._name(file, text)
        found: Conversion | None = memory.get(name)  # a server need not even cut the page
        parts = self._parts(file, text) if found is None else []
        if parts:
            last = self._last(file, files)
            known = [made for part in parts if (made := part.raw or last.get(part.text))]
            found = joined(known) if len(known) == len(parts) else None
        found = found or recall(name)
        if found is None or not _holds(found, files):
            return False
        self._recalled[file.src_uri, text] = found
        return True

    def _render(self, page: Page, config: MkDocsConfig, files: Files) -> None:
        file, text = page.file, page.markdown or ""
        if (file.src_uri, text) in self._recalled or self._is_recalled(file, text, files):
            _fill(page, self._recalled.pop((file.src_uri, text)), files)
            return
        self._new = True
        parts = self._parts(file, text)
        made = self._from_parts(page, parts, config, files) if parts else None
        if made is not None:
            _fill(page, made, files)
            if memory.used:
                memory.put(self._name(file, text), made)
            return
        made = _converted(page, config, files)
        if made is not None:
            remember(self._name(file, text), made)

    def _from_parts(self, page: Page, parts: list[Piece], config: MkDocsConfig, files: Files) -> Conversion | None:
        """Return what a page becomes; convert only the parts that are new since it was converted last."""
        file = page.file
        last, now, made = self._last(file, files), dict[str, Conversion](), list[Conversion]()
        for text, raw in parts:
            known = raw or last.get(text) or _alone(text, page, config, files)
            if known is None:
                return None
            made.append(known)
            if raw is None:
                now[text] = known
        remember(self._name_of_parts(file), now)
        return joined(made)

    def _parts(self, file: File, text: str) -> list[Piece]:
        """Return the parts of a page that can be converted one by one: of a large one that no plug-in changed."""
        if not self._separable or self._ours.get(file.src_uri) != text:
            return []
        if file.src_uri not in self._cut:
            self._cut[file.src_uri] = cut(text)
        return self._cut[file.src_uri]

    def _last(self, file: File, files: Files) -> dict[str, Conversion]:
        """Return the parts of a page, as text, and what each became when it was converted last."""
        last: dict[str, Conversion] = recall(self._name_of_parts(file)) or {}
        return {part: made for part, made in last.items() if _holds(made, files)}

    def _name(self, file: File, text: str) -> str:
        return named(self._settings or "", file.src_uri, file.url, text)

    def _name_of_parts(self, file: File) -> str:
        return named("parts", self._settings or "", self._site, file.src_uri, file.url)


def _holds(made: Conversion, files: Files) -> bool:
    """Return whether all that something links to is where it was."""
    return all(_at(files.get_file_from_path(path)) == at for path, at in made["found"].items())


def _alone(part: str, page: Page, config: MkDocsConfig, files: Files) -> Conversion | None:
    """Convert a part of a page; return None if it cannot be converted alone, or only with a message."""
    other = copy(page)  # a new page would take the place of this one
    other.markdown = with_end(part)
    made = _converted(other, config, files, say=False)
    return made and without_end(made)


def _fill(page: Page, made: Conversion, files: Files) -> None:
    """Set what `Page.render` sets."""
    page.content = made["content"]
    page.toc = get_toc(made["toc"])  # type: ignore[arg-type] # its type is private
    page._title_from_render = made["title"]  # noqa: SLF001 - there is no other way to it
    page.present_anchor_ids = set(made["anchors"])
    linked = ((files.get_file_from_path(uri), links) for uri, links in made["links"].items())
    page.links_to_anchors = {file: links for file, links in linked if file is not None}


def _converted(page: Page, config: MkDocsConfig, files: Files, *, say: bool = True) -> Conversion | None:
    """Convert a page; return what it became, or None where somebody would miss a message the next time."""
    asked, before = _Asked(files), dict(vars(page))
    messages = _messages(lambda: type(page).render(page, config, asked), say=say)
    changed = {name for name, value in vars(page).items() if before.get(name, page) is not value}
    if messages or None in asked.found.values() or not changed <= _ATTRIBUTES:
        return None
    return {
        "content": page.content or "",
        "toc": [as_token(entry) for entry in page.toc],
        "title": page._title_from_render,  # noqa: SLF001 - there is no other way to it
        "anchors": sorted(page.present_anchor_ids or ()),
        "links": {file.src_uri: links for file, links in (page.links_to_anchors or {}).items()},
        "found": asked.found,
    }


class _Asked(Files):
    """The files of a site; it notes which of them a page asked for."""

    def __init__(self, files: Files) -> None:
        vars(self).update(vars(files))  # there is one of these for each part of a page, so nothing is copied
        self.found: dict[str, list[str] | None] = {}

    def get_file_from_path(self, path: str) -> File | None:
        """Return the file at a path, as `Files` does."""
        file = super().get_file_from_path(path)
        self.found[path] = _at(file)
        return file


def _at(file: File | None) -> list[str] | None:
    return [file.src_uri, file.url] if file and file.inclusion.value > InclusionLevel.DRAFT.value else None


def _messages(action: Callable[[], object], *, say: bool) -> int:
    """Run an action; return how many messages it logged, or would have logged."""
    logged: list[logging.LogRecord] = []

    def note(record: logging.LogRecord) -> bool:
        logged.append(record)
        return say

    loggers = (log, logging.getLogger("MARKDOWN"))
    for logger in loggers:
        logger.addFilter(note)
    try:
        action()
    finally:
        for logger in loggers:
            logger.removeFilter(note)
    return len(logged)


def as_token(entry: AnchorLink) -> dict[str, Any]:
    """Return an entry of the table of contents in the form that Markdown's extension gives it."""
    children = [as_token(child) for child in entry.children]
    return {"name": entry.title, "id": entry.id, "level": entry.level, "children": children}


def _in_order(pages: Mapping[str, str], files: Files) -> Iterable[tuple[File, str]]:
    """Return the pages as MkDocs comes to them."""
    return ((file, pages[file.src_uri]) for file in files.documentation_pages() if file.src_uri in pages)


def conversion_settings(config: MkDocsConfig) -> str | None:
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
        return json.dumps(decided, default=in_json, sort_keys=True)
    except TypeError:
        return None


def in_json(value: Any) -> Any:
    """Return how JSON says a value; raise TypeError for one that could mean something else tomorrow."""
    if isinstance(value, partial):
        return ["partial", value.func, value.args, value.keywords]
    if isinstance(value, FunctionType) and value.__closure__ is None and value.__module__.split(".")[0] in _TRUSTED:
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError
