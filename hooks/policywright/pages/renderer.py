"""Renders one page after another: frames, links between pages, shortcodes."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from policywright.agency.policy_file import facts
from policywright.agency.settling import settle, value_of
from policywright.approval.reviews import next_review
from policywright.drafting.alternatives import Alternative, Pivots
from policywright.language.conditions import evaluate, explain
from policywright.language.texts import outline
from policywright.model.catalog import Catalog
from policywright.model.draft import Draft, Provision
from policywright.model.findings import SEVERITIES, Finding, Place
from policywright.pages import charts
from policywright.pages import redline_text as changes
from policywright.pages.dates import day
from policywright.pages.shortcodes import Expander
from policywright.pages.templates import environment
from policywright.pages.terms import Terms
from policywright.pages.views import overview
from policywright.pages.views.approval import signed_off
from policywright.pages.wording import said

POLICY = "policy.md"
WIDE = ("home", "findings", "provisions", "stakeholders", "existing", "elements", "sign-offs", "risks")
"""Frames whose tables and columns need the room of the table of contents."""
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
    """Renders pages from a catalog, and from an agency's draft when there is one.

    `moved` says where pages lie that a frame names by its usual uri.
    """

    def __init__(
        self, catalog: Catalog, draft: Draft | None, *, working: bool, moved: Mapping[str, str] | None = None
    ) -> None:
        self.catalog = catalog
        self.draft = draft
        self.working = working
        self.moved = moved or {}
        self.uri = ""
        self.problems: list[Finding] = []
        self.env = environment(catalog.frames, self._filters())
        self.shared: dict[str, Any] = {"catalog": catalog, "draft": draft, "working": working, "SEVERITIES": SEVERITIES}
        self.shared |= {"overview": overview, "charts": charts}
        if draft:
            self.shared |= {"document": draft.document, "policy": draft.policy, "answers": draft.answers}
            self.pivots = Pivots(draft)
            due = next_review(draft)
            self.shared |= {"review_due": due.date if due else "", "signed": signed_off(draft) if working else {}}
            self.terms = Terms(provision.clause for provision in draft.policy.provisions)
            names = facts(draft.document, catalog)
            self.shared["office"] = lambda key: names[f"office.{key}"]

    def page(self, uri: str, title: str, frame: str, more: Mapping[str, Any]) -> Page:
        """Render a page from its frame."""
        self.uri = uri
        wide = "hide: [toc]\n" if frame in WIDE else ""
        head = f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\n{wide}---\n\n"
        return Page(uri, title, head + self.render(frame, more))

    def written(self, uri: str, text: str, file: str, element: str = "") -> Page:
        """Take a page that somebody wrote, and expand its shortcodes."""
        self.uri = uri
        return Page(uri, "", self.expand(text, file, element))

    def render(self, frame: str, more: Mapping[str, Any]) -> str:
        """Render a frame or a part of one."""
        return self.env.get_template(f"{frame}.md.jinja").render(self.shared, uri=self.uri, **more)

    def expand(self, text: str, file: str, element: str) -> str:
        """Replace the shortcodes of a page; what is wrong with them becomes a problem with its place."""
        expander = Expander(self.catalog, self.draft, self)
        expanded, problems = expander.expand(text, file, element)
        self.problems += problems
        return expanded

    def link(self, target: str) -> str:
        """Return the path from the page being rendered to `target`, which may carry an #anchor."""
        path, mark, anchor = target.partition("#")
        path = self.moved.get(path, path)
        if path == self.uri and anchor:
            return f"#{anchor}"
        return relative(path, posixpath.dirname(self.uri)) + mark + anchor

    def _filters(self) -> dict[str, Callable[..., Any]]:
        questions = self.catalog.questions
        return {
            "link": lambda target: Markup(self.link(target)),  # noqa: S704 - our own uris
            "expand": lambda text, element: Markup(  # noqa: S704 - the catalog's own page
                without_head(self.expand(text, f"guidance/{element}.md", element))
            ),
            "said": said,
            "reason": lambda condition: explain(condition, questions),
            "outline": lambda text: outline(text, questions),
            "applies": self._applies,
            "possible": self.possible,
            "waits": self._waits,
            "role": lambda key: self.catalog.roles[key].title,
            "office": self._office,
            "web": lambda url: url if str(url).startswith(("https://", "http://")) else "",
            "day": day,
            "rule_state": self._rule_state,
            "edit": self._edit,
            "linked": self._linked,
            "alternatives": self._alternatives,
            "inherited_said": lambda answer: said(replace(answer, value=answer.inherited)),
            **changes.filters(questions, working=self.working),
        }

    def _applies(self, thing: Any) -> bool:
        return self.draft is None or settle(thing.when, self.draft.answers)[0] is True

    def possible(self, thing: Any) -> bool:
        """Whether a question or a rule can concern this agency at all, given what it is.

        What an agency is, it says to the prompts of the template; what can never hold for such an agency, such as
        another country's rule, is not shown to it.
        """
        if self.draft is None or thing.when is None:
            return True
        known = {name: value_of(self.draft.answers, name) for name in self.catalog.scaffold.values()}
        return evaluate(thing.when, known.get) is not False

    def _waits(self, thing: Any) -> list[str]:
        """Return the open questions that decide whether something holds, each in quotes."""
        needs = settle(thing.when, self.draft.answers)[1] if self.draft else ()
        return [f"“{self.catalog.questions[name].help}”" for name in needs]

    def _office(self, key: str) -> str:
        own = self.draft.document.offices.get(key) if self.draft else None
        return own[:1].upper() + own[1:] if own else self.catalog.roles[key].title

    def _edit(self, place: Place) -> str:
        """Return the address at which a file of the agency's own is edited, or nothing."""
        address = self.draft.document.edit if self.draft and self.working else ""
        if not address or place.file.split("/")[0] not in OWN:
            return ""
        return address.format(file=quote(place.file), line=place.line)

    def _linked(self, provision: Provision) -> Markup:
        """Return a provision's text; in the policy itself its defined words lead to their definitions."""
        if self.uri != POLICY:
            return Markup(provision.text)  # noqa: S704 - escaped when it was filled
        chapter = provision.number.split(".")[0]
        return Markup(self.terms.linked(provision.text, provision.clause, chapter))  # noqa: S704 - the same

    def _alternatives(self, name: str) -> tuple[Alternative, ...]:
        """Return what other answers to a pivotal question would change."""
        wanted = self.draft is not None and self.working and name in self.catalog.pivotal
        return self.pivots.alternatives(name) if wanted else ()

    def _rule_state(self, code: str) -> str:
        """Say in words whether a rule holds for these answers."""
        assert self.draft is not None
        if any(finding.code == code for finding in self.draft.findings):
            return "Found here."
        return "Undecided." if any(rule.code == code for rule in self.draft.undecided) else "Not found here."


@cache
def relative(path: str, folder: str) -> str:
    """Return the way from a folder of the site to a page."""
    return posixpath.relpath(path, folder or ".")


def without_head(text: str) -> str:
    """Return a page's Markdown without its front matter."""
    if text.startswith("---\n") and "\n---\n" in text:
        return text.partition("\n---\n")[2].lstrip()
    return text
