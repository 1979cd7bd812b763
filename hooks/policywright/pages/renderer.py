"""Renders one page after another: frames, links between pages, shortcodes."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from policywright.language.comments import Convert
from policywright.model.draft import Provision
from policywright.model.findings import Finding
from policywright.pages.converter import usual
from policywright.pages.helpers import helpers
from policywright.pages.parts import part_about
from policywright.pages.shortcodes import Expander
from policywright.pages.templates import environment
from policywright.pages.terms import Terms
from policywright.pages.views.policy import section_page
from policywright.pages.views.site import AgencySite, Site, View


@dataclass(frozen=True)
class Page:
    """One page as Markdown, before MkDocs sees it."""

    uri: str
    """The path of the Markdown file, such as `guidance/goals.md`."""
    title: str
    text: str
    """Markdown, front matter included."""


@dataclass(frozen=True)
class Book:
    """All pages of a site, with the navigation."""

    pages: Mapping[str, Page]
    navigation: list[Any]
    """In MkDocs' form: [{title: uri}, {title: [{title: uri}, …]}, …]."""
    problems: tuple[Finding, ...]
    """Mistakes in pages that people wrote."""
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    """Other files of the site, such as styles, tables and a calendar: uri -> content."""
    binder: Binder | None = field(default=None, compare=False, repr=False)
    """What rendered the pages; it also expands the agency's pages when their host hands them over."""


class Binder:
    """Renders the pages of a site.

    `moved` maps the usual uri of a page, which frames use, to its uri in this site.
    """

    def __init__(self, site: Site, moved: Mapping[str, str] | None = None) -> None:
        self.site = site
        self.moved = moved or {}
        self.uri = ""
        self.problems: list[Finding] = []
        self.env = environment(site.catalog.frames, helpers(site, self))
        provisions = site.draft.policy.provisions if site.draft else ()
        self.instruments = {provision.page for provision in provisions}
        self.instruments |= {section_page(section) for section in site.catalog.sections}
        defined = {word: provision.page for provision in provisions for word in provision.clause.defines}
        self.terms = Terms(defined, self.link)
        self.absent = site.absent if isinstance(site, AgencySite) else frozenset()

    def page(self, uri: str, title: str, view: View) -> Page:
        """Render a page from its view."""
        self.uri = uri
        return Page(uri, title, page_head(title, view) + self.without_absent(self.render(view)))

    def without_absent(self, text: str) -> str:
        """Return a page with plain words in place of links to pages that its readers do not have."""
        if not self.absent or self.site.working:
            return text
        folder = posixpath.dirname(self.uri)

        def plain(link: re.Match[str]) -> str:
            target = posixpath.normpath(posixpath.join(folder, link[2].partition("#")[0]))
            return link[1] if target in self.absent else link[0]

        return _LINK.sub(plain, text)

    def written(self, uri: str, text: str, file: str, element: str = "", convert: Convert = usual) -> Page:
        """Return a page that somebody wrote, with its shortcodes expanded; mistakes are added to the problems."""
        page, problems = self.expanded(uri, text, file, element, convert)
        self.problems += problems
        return page

    def expanded(
        self, uri: str, text: str, file: str, element: str = "", convert: Convert = usual
    ) -> tuple[Page, list[Finding]]:
        """Return a page that somebody wrote, with its shortcodes expanded, and the mistakes in them."""
        self.uri = uri
        expanded, problems = self._expander().expand(text, file, element, convert)
        return Page(uri, "", expanded), problems

    @property
    def shortcodes(self) -> tuple[str, ...]:
        """The names of the shortcodes."""
        return self._expander().names

    def _expander(self) -> Expander:
        return Expander(self.site.catalog, self.site.draft, self, working=self.site.working)

    def part(self, code: str, subject: Any, element: str) -> str:
        """Return the text of a shortcode about something; `element` is the one whose page it is on, or empty."""
        view = part_about(code, subject, element, self.site)
        return self.render(view) if view else ""

    def render(self, view: View) -> str:
        """Render a view, a whole page or a part of one, with its frame; the frame sees the view's fields."""
        return self.env.get_template(f"{view.frame}.md.jinja").render(vars(view))

    def expand(self, text: str, file: str, element: str) -> str:
        """Replace the shortcodes of a page; mistakes in them become problems with their place."""
        expanded, problems = self._expander().expand(text, file, element)
        self.problems += problems
        return expanded

    def guidance(self, text: str, element: str) -> str:
        """Expand the guidance on an element, without its front matter."""
        return without_head(self.expand(text, f"guidance/{element}.md", element))

    def link(self, target: str) -> str:
        """Return the path from the page being rendered to `target`, which may have an #anchor."""
        path, mark, anchor = target.partition("#")
        path = self.moved.get(path, path)
        if path == self.uri and anchor:
            return f"#{anchor}"
        return relative(path, posixpath.dirname(self.uri)) + mark + anchor

    def linked(self, provision: Provision) -> str:
        """Return a provision's text; in its own instrument, defined words link to their definitions."""
        if self.uri not in self.instruments:
            return provision.text
        return self.terms.linked(provision.text, provision.clause, provision.number.split(".")[0])


def page_head(title: str, view: View) -> str:
    """Return the front matter of a page."""
    # json.dumps: a title with a colon or a quotation mark must not break the front matter.
    wide = "hide: [toc]\n" if view.wide else ""
    first = f"search: {{boost: {view.boost:g}}}\n" if view.searched else "search: {exclude: true}\n"
    return f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\n{wide}{first}---\n\n"


_LINK = re.compile(r"\[([^\[\]\n]*)\]\(([^()\s]+\.md[^()\s]*)\)(?:\{:[^{}\n]*\})?")
"""A link of a frame to a page."""


# A large site has tens of thousands of links between a few hundred pages.
@cache
def relative(path: str, folder: str) -> str:
    """Return the relative path from a folder of the site to a page."""
    return posixpath.relpath(path, folder or ".")


def without_head(text: str) -> str:
    """Return a page's Markdown without its front matter."""
    if text.startswith("---\n") and "\n---\n" in text:
        return text.partition("\n---\n")[2].lstrip()
    return text
