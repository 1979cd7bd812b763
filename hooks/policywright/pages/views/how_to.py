"""What the pages show that say how to use Policywright: the project's how-tos that a catalog names."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection
from dataclasses import dataclass

from markupsafe import Markup

from policywright.model.catalog import Catalog
from policywright.pages.views.site import AgencySite, View

FOLDER = "how-to"


@dataclass(frozen=True)
class HowTo:
    """A page that walks through one task."""

    id: str
    title: str
    summary: str
    """When it is used: its first sentence."""
    text: str
    """Markdown, with links as they are on this project's site."""

    @property
    def page(self) -> str:
        """The uri of its page."""
        return f"{FOLDER}/{self.id}.md"


def how_tos(catalog: Catalog) -> tuple[HowTo, ...]:
    """Return the how-tos of a catalog, in its order."""
    return tuple(_how_to(name, text) for name, text in catalog.how_tos.items())


_HOW_TO = re.compile(
    r"\A---\ntitle: (?P<title>[^\n]+)\n---\n+(?P<text># [^\n]+\n+(?P<summary>[^\n]+)\n.*)\Z", re.DOTALL
)


def _how_to(name: str, text: str) -> HowTo:
    found = _HOW_TO.match(text)
    assert found, f"docs/how-to/{name}.md does not begin with its title and a sentence that says when to use it"
    return HowTo(name, found["title"], found["summary"], found["text"])


@dataclass(frozen=True)
class HowToView(View):
    """A how-to."""

    frame = "how-to"
    text: Markup
    """Markdown."""


def how_to_view(site: AgencySite, page: HowTo) -> HowToView:
    """Show a how-to; links that lead out of the agency's site are plain words."""
    return HowToView(Markup(with_links_to(page.text, site.titles)))  # noqa: S704 - this project's own page


_LINK = re.compile(r"\[([^\[\]\n]+)\]\(([^()\s:#]+\.md)(#[^()\s]*)?\)")


def with_links_to(text: str, pages: Collection[str]) -> str:
    """Return a how-to with plain words in place of links to pages that are not among these."""

    def linked(link: re.Match[str]) -> str:
        return link[0] if posixpath.normpath(posixpath.join(FOLDER, link[2])) in pages else link[1]

    return _LINK.sub(linked, text)
