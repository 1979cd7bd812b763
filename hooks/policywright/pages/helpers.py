"""The helpers that every frame may use, as Jinja filters: `{{ 'policy.md' | link }}`.

`md` and `series` come with the environment; see `pages/templates.py`. docs/project/content.md lists them all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import quote

from markupsafe import Markup

from policywright.language.conditions import explain
from policywright.language.texts import outline
from policywright.model.draft import Provision
from policywright.model.findings import Place
from policywright.pages.dates import day
from policywright.pages.views.site import Site, View
from policywright.pages.wording import said

Helper = Callable[..., Any]

OWN = (
    "policy.yml",
    "answers",
    "registers",
    "overrides",
    "docs",
    "checklists.yml",
    "decisions.yml",
    "sign-offs.yml",
    "reviews.yml",
)
"""What lies in an agency's repository: the beginnings of places that it can edit."""


class PageBeingMade(Protocol):
    """What helpers ask of the page on which they are used."""

    def link(self, target: str) -> str:
        """Return the path to another page."""

    def linked(self, provision: Provision) -> str:
        """Return a provision's text, with links to the definitions of its words where they are on the page."""

    def render(self, view: View) -> str:
        """Render a view by its frame."""

    def guidance(self, text: str, element: str) -> str:
        """Return a guidance page with its shortcodes expanded."""


def helpers(site: Site, page: PageBeingMade) -> dict[str, Helper]:
    """Return the helpers by name."""
    questions = site.catalog.questions
    return {
        **_ours(page),
        "cited": site.cited,
        "day": day,
        "edit": lambda place: edit_address(place, site),
        "element": lambda key: site.catalog.elements[key].title,
        "office": site.office,
        "office_name": site.office_name,
        "outline": lambda text: outline(text, questions),
        "possible": lambda question: site.possible(question.when),
        "reason": lambda condition: explain(condition, questions),
        "role": lambda key: site.catalog.roles[key].title,
        "said": said,
        "web": lambda url: url if str(url).startswith(("https://", "http://")) else "",
    }


def _ours(page: PageBeingMade) -> dict[str, Helper]:
    """Return the helpers whose result is Markdown of ours, which is not escaped again."""
    return {
        "guidance": lambda text, element: Markup(page.guidance(text, element)),  # noqa: S704 - the catalog's own page
        "link": lambda target: Markup(page.link(target)),  # noqa: S704 - our own uris
        "linked": lambda provision: Markup(page.linked(provision)),  # noqa: S704 - escaped when it was filled
        "part": lambda view: Markup(page.render(view).removesuffix("\n")),  # noqa: S704 - escaped by its own frame
    }


def edit_address(place: Place, site: Site) -> str:
    """Return the address at which a file of the agency's own is edited, or nothing."""
    address = site.draft.document.edit if site.draft and site.working else ""
    if not address or place.file.split("/")[0] not in OWN:
        return ""
    return address.format(file=quote(place.file), line=place.line)
