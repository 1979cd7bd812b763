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
from policywright.model.agency import Answer
from policywright.model.catalog import Question, Source
from policywright.model.draft import Provision
from policywright.model.findings import Place, capital
from policywright.pages.dates import day
from policywright.pages.views.site import AgencySite, Site, View
from policywright.pages.wording import in_words, said

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
"""How the places of files that the agency can edit begin."""


class PageBeingMade(Protocol):
    """What helpers need from the page that uses them."""

    def link(self, target: str) -> str:
        """Return the path to another page."""

    def linked(self, provision: Provision) -> str:
        """Return a provision's text, with links to the definitions that are on the page."""

    def render(self, view: View) -> str:
        """Render a view by its frame."""

    def guidance(self, text: str, element: str) -> str:
        """Return a guidance page with its shortcodes expanded."""


def helpers(site: Site, page: PageBeingMade) -> dict[str, Helper]:
    """Return the helpers by name."""
    questions = site.catalog.questions
    return {
        **_ours(page),
        **_nouns(site),
        "capital": capital,
        "change": lambda question: change_address(question, site),
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
        "in_words": in_words,
        "said": said,
        "web": web_address,
    }


def web_address(url: object) -> str:
    """Return an address, or nothing if it is not one: it comes from a file, and “javascript:” must be no link."""
    return str(url) if str(url).startswith(("https://", "http://")) else ""


def _nouns(site: Site) -> dict[str, Helper]:
    """Return the helpers that find a thing by its key."""

    def answer(name: str) -> Answer:
        assert site.draft is not None, "only frames of an agency's site show answers"
        return site.draft.answers[name]

    def question(name: str) -> Question:
        return site.catalog.questions[name]

    def source(key: str) -> Source:
        return site.catalog.sources[key]

    return {"answer": answer, "question": question, "source": source}


def _ours(page: PageBeingMade) -> dict[str, Helper]:
    """Return the helpers whose result is our Markdown, which must not be escaped again."""
    return {
        "guidance": lambda text, element: Markup(page.guidance(text, element)),  # noqa: S704 - the catalog's own page
        "link": lambda target: Markup(page.link(target)),  # noqa: S704 - our own uris
        "linked": lambda provision: Markup(page.linked(provision)),  # noqa: S704 - escaped when it was filled
        "part": lambda view: Markup(page.render(view).removesuffix("\n")),  # noqa: S704 - escaped by its own frame
    }


def change_address(question: Question, site: Site) -> str:
    """Return the place of a question in the form of the office that answers it, or nothing if the site has none."""
    page = f"answer/{question.owner}.md"
    there = isinstance(site, AgencySite) and site.working and page in site.titles and site.possible(question.when)
    return f"{page}#{question.anchor}" if there else ""


def edit_address(place: Place, site: Site) -> str:
    """Return the address for editing a file of the agency, or nothing."""
    address = site.draft.document.edit if site.draft and site.working else ""
    # Places in a base, a preset or the catalog are not in this repository, so they have no address here.
    if not address or place.file.split("/")[0] not in OWN:
        return ""
    return address.format(file=quote(place.file, errors="surrogateescape"), line=place.line)
