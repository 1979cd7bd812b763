"""Renders one page after another: frames, links between pages, shortcodes."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from policywright.model.draft import Provision
from policywright.model.findings import Finding
from policywright.pages.helpers import helpers
from policywright.pages.shortcodes import Expander
from policywright.pages.templates import environment
from policywright.pages.terms import Terms
from policywright.pages.views.site import Site, View

POLICY = "policy.md"


@dataclass(frozen=True)
class Page:
    """One page before any host has seen it."""

    uri: str
    """Path of the Markdown file, such as `guidance/goals.md`."""
    title: str
    text: str
    """Markdown, front matter included."""


@dataclass(frozen=True)
class Book:
    """All pages of a site, and the order in which a reader meets them."""

    pages: Mapping[str, Page]
    navigation: list[Any]
    """In MkDocs' form: [{title: uri}, {title: [{title: uri}, …]}, …]."""
    problems: tuple[Finding, ...]
    """What is wrong in pages that people wrote."""
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    """What lies beside the pages, such as styles, tables and a calendar: uri -> content."""


class Binder:
    """Renders the pages of a site.

    `moved` says where pages lie that a frame names by its usual uri.
    """

    def __init__(self, site: Site, moved: Mapping[str, str] | None = None) -> None:
        self.site = site
        self.moved = moved or {}
        self.uri = ""
        self.problems: list[Finding] = []
        self.env = environment(site.catalog.frames, helpers(site, self))
        provisions = site.draft.policy.provisions if site.draft else ()
        self.terms = Terms(provision.clause for provision in provisions)

    def page(self, uri: str, title: str, view: View) -> Page:
        """Render a page from its view."""
        self.uri = uri
        wide = "hide: [toc]\n" if view.wide else ""
        head = f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\n{wide}---\n\n"
        return Page(uri, title, head + self.render(view))

    def written(self, uri: str, text: str, file: str, element: str = "") -> Page:
        """Take a page that somebody wrote, and expand its shortcodes."""
        self.uri = uri
        return Page(uri, "", self.expand(text, file, element))

    def render(self, view: View) -> str:
        """Render a view, a whole page or a part of one, by its frame: the frame sees the view's fields."""
        return self.env.get_template(f"{view.frame}.md.jinja").render(vars(view))

    def expand(self, text: str, file: str, element: str) -> str:
        """Replace the shortcodes of a page; what is wrong with them becomes a problem with its place."""
        expanded, problems = Expander(self.site, self).expand(text, file, element)
        self.problems += problems
        return expanded

    def guidance(self, text: str, element: str) -> str:
        """Expand the guidance on an element, without its front matter."""
        return without_head(self.expand(text, f"guidance/{element}.md", element))

    def link(self, target: str) -> str:
        """Return the path from the page being rendered to `target`, which may carry an #anchor."""
        path, mark, anchor = target.partition("#")
        path = self.moved.get(path, path)
        if path == self.uri and anchor:
            return f"#{anchor}"
        return relative(path, posixpath.dirname(self.uri)) + mark + anchor

    def linked(self, provision: Provision) -> str:
        """Return a provision's text; in the policy itself its defined words lead to their definitions."""
        if self.uri != POLICY:
            return provision.text
        return self.terms.linked(provision.text, provision.clause, provision.number.split(".")[0])


@cache
def relative(path: str, folder: str) -> str:
    """Return the way from a folder of the site to a page."""
    return posixpath.relpath(path, folder or ".")


def without_head(text: str) -> str:
    """Return a page's Markdown without its front matter."""
    if text.startswith("---\n") and "\n---\n" in text:
        return text.partition("\n---\n")[2].lstrip()
    return text
