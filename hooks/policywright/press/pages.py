"""A draft becomes the pages of an agency's site: {uri: Markdown}."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from policywright.engine.answers import settle
from policywright.engine.expressions import explain, label_of
from policywright.engine.findings import SEVERITIES, Finding
from policywright.engine.model import Answer, Catalog, Draft, Question, Role
from policywright.engine.texts import outline
from policywright.press import overview
from policywright.press.shortcodes import Expander
from policywright.press.templates import environment

AUDIENCES = ("working", "published")


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
    """What is wrong in the agency's own pages."""


def make_book(draft: Draft, audience: str = "working", own: Mapping[str, str] | None = None) -> Book:
    """Render every page of an agency's site for an audience.

    `own` are the agency's own pages by uri, shortcodes and all; they replace generated pages of the same uri.
    """
    return _Binder(draft, audience, own or {}).bind()


class _Binder:
    def __init__(self, draft: Draft, audience: str, own: Mapping[str, str]) -> None:
        self.draft = draft
        self.catalog = draft.catalog
        self.working = audience == "working"
        self.own = own
        self.uri = ""
        self.problems: list[Finding] = []
        self.env = environment(self.catalog.pages, filters(self))
        self.shared = {
            "draft": draft,
            "catalog": draft.catalog,
            "document": draft.document,
            "policy": draft.policy,
            "answers": draft.answers,
            "working": self.working,
            "overview": overview,
            "SEVERITIES": SEVERITIES,
            "deciding_roles": [role for role in self.catalog.roles.values() if takes_part(role, self.catalog)],
        }

    def bind(self) -> Book:
        pages = {uri: self.page(uri, title, frame, more) for uri, title, frame, more in self.plan()}
        for uri, text in self.own.items():
            self.uri = uri
            pages[uri] = Page(uri, "", self.expand(text, uri, f"docs/{uri}", ""))
        return Book(pages, self.navigation(pages), tuple(self.problems))

    def plan(self) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
        """Name every generated page: uri, title, frame, and what its frame sees besides the draft."""
        catalog = self.catalog
        yield "index.md", self.draft.document.title, "home", {}
        yield "policy.md", self.draft.document.title, "policy", {}
        for chapter in self.draft.policy.texts:
            yield f"{chapter.section.id}.md", chapter.section.title, "text", {"chapter": chapter}
        if self.working:
            yield from self.plan_working()
        yield "guidance/index.md", "Guidance", "elements", {}
        for element in catalog.elements.values():
            yield f"guidance/{element.id}.md", element.title, "guidance", {"element": element}
        yield "checklists/index.md", "Checklists", "checklists", {}
        for checklist in catalog.checklists.values():
            yield f"checklists/{checklist.id}.md", checklist.title, "checklist", {"checklist": checklist}
        yield "sources.md", "Sources", "sources", {}

    def plan_working(self) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
        catalog = self.catalog
        for number, step in enumerate(catalog.steps.values(), 1):
            elements = [element for element in catalog.elements.values() if element.step == step.id]
            more = {"step": step, "number": number, "elements": elements, "steps": list(catalog.steps.values())}
            yield f"first-steps/{step.id}.md", step.title, "step", more
        yield "findings.md", "Findings", "findings", {}
        if catalog.coverage:
            yield "existing-policies.md", "Existing policies", "existing", {}
        yield "stakeholders.md", "Stakeholders", "stakeholders", {}

    def page(self, uri: str, title: str, frame: str, more: dict[str, Any]) -> Page:
        self.uri = uri
        head = f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\n---\n\n"
        return Page(uri, title, head + self.render(frame, more))

    def render(self, frame: str, more: Mapping[str, Any]) -> str:
        return self.env.get_template(f"{frame}.md.jinja").render(self.shared, uri=self.uri, **more)

    def navigation(self, pages: Mapping[str, Page]) -> list[Any]:
        """Order the pages; the agency's own pages that are not otherwise named come last."""
        groups: dict[str, list[str]] = {"first-steps/": [], "guidance/": [], "checklists/": []}
        flat = [page for page in pages if not page.startswith(tuple(groups)) and page not in self.own]
        for prefix, members in groups.items():
            members += [uri for uri in pages if uri.startswith(prefix) and uri not in self.own]
        titles = {"first-steps/": "First steps", "guidance/": "Elements", "checklists/": "Checklists"}
        tree: list[Any] = [{"Home": "index.md"}]
        tree += [{titles["first-steps/"]: self.entries(groups["first-steps/"], pages)}] if groups["first-steps/"] else []
        tree += [{"Policy": self.entries(["policy.md", *self.text_uris()], pages)}] if self.text_uris() else [{"Policy": "policy.md"}]
        tree += [{pages[uri].title: uri} for uri in flat if uri not in ("index.md", "policy.md", "sources.md", *self.text_uris())]
        tree += [{titles[prefix]: self.entries(groups[prefix], pages)} for prefix in ("guidance/", "checklists/")]
        tree += [{"Sources": "sources.md"}]
        return tree + [uri for uri in sorted(self.own) if uri != "index.md"]

    def text_uris(self) -> list[str]:
        return [f"{chapter.section.id}.md" for chapter in self.draft.policy.texts]

    def entries(self, uris: list[str], pages: Mapping[str, Page]) -> list[dict[str, str]]:
        return [{"Overview" if uri.endswith("/index.md") else pages[uri].title: uri} for uri in uris]

    def expand(self, text: str, uri: str, file: str, element: str) -> str:
        """Replace the shortcodes of a page; what is wrong with them becomes a problem with its place."""
        expander = Expander(self.catalog, self.draft, self.render, lambda to: self.link(to))
        expanded, problems = expander.expand(text, file, element)
        self.problems += problems
        return expanded

    def link(self, target: str) -> str:
        """Return the path from the page being rendered to `target`, which may carry an #anchor."""
        path, mark, anchor = target.partition("#")
        if path == self.uri and anchor:
            return f"#{anchor}"
        return posixpath.relpath(path, posixpath.dirname(self.uri) or ".") + mark + anchor


def filters(binder: _Binder) -> dict[str, Callable[..., Any]]:
    """Return what frames may call: links, labels, conditions in words."""
    catalog, draft = binder.catalog, binder.draft
    return {
        "link": lambda target: Markup(binder.link(target)),  # noqa: S704 - our own uris
        "expand": lambda text, element: Markup(_demoted(binder.expand(text, binder.uri, binder.uri, element))),  # noqa: S704
        "said": lambda answer: said(answer),
        "reason": lambda condition: explain(condition, catalog.questions),
        "applies": lambda thing: settle(thing.when, draft.answers)[0] is True,
        "role": lambda key: role_title(catalog, key),
        "office": lambda key: draft.document.offices.get(key) or catalog.roles[key].title,
        "web": lambda url: url if str(url).startswith(("https://", "http://")) else "",
        "places": lambda items: [str(item) for item in items],
        "day": day,
        "outline": lambda text: outline(text, catalog.questions),
        "rule_state": lambda rule: rule_state(rule.code, draft),
    }


def _demoted(text: str) -> str:
    """Leave out a page's own front matter: the frame has written one already."""
    if text.startswith("---\n"):
        return text.partition("\n---\n")[2].lstrip()
    return text


def takes_part(role: Role, catalog: Catalog) -> bool:
    """Whether a role stands anywhere in the table of who decides what."""
    rows = catalog.responsibilities
    return any(role.id in (row.accountable, *row.responsible, *row.consulted, *row.informed) for row in rows)


def rule_state(code: str, draft: Draft) -> str:
    """Say in words whether a rule holds for these answers."""
    if any(finding.code == code for finding in draft.findings):
        return "Found here."
    return "Undecided." if any(waiting.code == code for waiting in draft.undecided) else "Not found here."


def role_title(catalog: Catalog, key: str) -> str:
    """Return the title of a role, or its key when the catalog does not name it."""
    role: Role | None = catalog.roles.get(key)
    return role.title if role else key


def said(answer: Answer) -> str:
    """Return an answer in words: its labels, or its own text; nothing when there is none."""
    question: Question = answer.question
    if answer.value is None:
        return ""
    if question.type == "records":
        return f"{len(answer.value)} entries" if len(answer.value) != 1 else "1 entry"
    values = answer.value if isinstance(answer.value, list) else [answer.value]
    return "; ".join(label_of(question, value) for value in values) or "none"


_MONTHS = "January February March April May June July August September October November December".split()


def day(date: str) -> str:
    """Write an ISO date as “1 March 2027”."""
    year, month, number = date.split("-")
    return f"{int(number)} {_MONTHS[int(month) - 1]} {year}"
