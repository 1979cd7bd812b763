"""A draft becomes the pages of an agency's site: {uri: Markdown}."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policywright.model.draft import Draft
from policywright.pages.feeds import make_files
from policywright.pages.published import published
from policywright.pages.renderer import Binder, Book, Page
from policywright.pages.style import assets
from policywright.pages.tables import tables
from policywright.pages.views import approval, history, overview
from policywright.pages.views.acknowledgement import form

AUDIENCES = ("working", "published")

Plan = Iterator[tuple[str, str, str, dict[str, Any]]]
"""For each page: its uri, its title, its frame, and what the frame sees besides the draft."""

GROUPS = {
    "readers/": "Ways to read it",
    "first-steps/": "First steps",
    "stakeholders/": "Stakeholders",
    "guidance/": "Elements",
    "checklists/": "Checklists",
}


def make_book(
    draft: Draft, audience: str = "working", own: Mapping[str, str] | None = None, *, folders: bool = False
) -> Book:
    """Render every page of an agency's site for an audience.

    `own` are the agency's own pages by uri, shortcodes and all; they replace generated pages of the same uri.
    `folders` says whether the site makes a folder of each page; the files for programs need to know.
    """
    working = audience == "working"
    draft = draft if working else published(draft)
    binder = Binder(draft.catalog, draft, working=working)
    plan = [
        *_plan(draft, working=working),
        *_plan_life(draft, working=working),
        *(_plan_working(draft) if working else ()),
    ]
    binder.shared["pages"] = {uri: title for uri, title, _, _ in plan}
    pages = {uri: binder.page(uri, title, frame, more) for uri, title, frame, more in plan}
    mine = {uri: binder.written(uri, text, f"docs/{uri}") for uri, text in (own or {}).items()}
    files: dict[str, str | bytes] = {**tables(draft, working=working), **assets(draft.document)}
    files |= make_files(draft, working=working, folders=folders)
    return Book(pages | mine, navigation(draft, pages, mine), tuple(binder.problems), files)


def _plan(draft: Draft, *, working: bool) -> Plan:
    catalog = draft.catalog
    yield "index.md", draft.document.title, "home", {}
    yield "policy.md", draft.document.title, "policy", {}
    for chapter in draft.policy.texts:
        yield f"{chapter.section.id}.md", chapter.section.title, "text", {"chapter": chapter}
    yield "guidance/index.md", "Elements", "elements", {}
    for element in catalog.elements.values():
        yield f"guidance/{element.id}.md", element.title, "guidance", {"element": element}
    for topic in catalog.topics.values():
        yield f"guidance/{topic.id}.md", topic.title, "guidance", {"element": topic}
    for page in catalog.extra_pages:
        yield f"{page.id}.md", page.title, page.id, {"page": page}
    if catalog.scenarios:
        yield "scenarios.md", "Scenarios", "scenarios", {}
    yield "checklists/index.md", "Checklists", "checklists", {}
    for checklist in catalog.checklists.values():
        yield f"checklists/{checklist.id}.md", checklist.title, "checklist", {"checklist": checklist}
    for reader in overview.readers(draft, working=working):
        yield f"readers/{reader.id}.md", reader.title, "reader", {"reader": reader}
    yield "provisions.md", "Provisions and sources", "provisions", {}
    yield "sources.md", "Sources", "sources", {}


def _plan_working(draft: Draft) -> Plan:
    catalog = draft.catalog
    steps = list(catalog.steps.values())
    for number, step in enumerate(steps, 1):
        elements = [element for element in catalog.elements.values() if element.step == step.id]
        more = {"step": step, "number": number, "elements": elements, "steps": steps}
        yield f"first-steps/{step.id}.md", step.title, "step", more
    yield "findings.md", "Findings", "findings", {}
    if catalog.coverage:
        yield "existing-policies.md", "Existing policies", "existing", {}
    if draft.overrides or any(answer.origin == "base" for answer in draft.answers.values()):
        yield "reuse.md", "What is inherited", "reuse", {}
    yield from _plan_approval(draft)
    yield "stakeholders/index.md", "Stakeholders", "stakeholders", {}
    yield "stakeholders/agenda.md", "Agenda of the first meeting", "agenda", {}
    for sheet in overview.sheets(draft):
        title = draft.document.offices.get(sheet.role.id) or sheet.role.title
        yield f"stakeholders/{sheet.role.id}.md", title[:1].upper() + title[1:], "sheet", {"sheet": sheet}


def _plan_approval(draft: Draft) -> Plan:
    more = {"approval": approval, "state": approval.approval(draft)}
    if draft.catalog.responsibilities:
        yield "sign-offs.md", "Sign-offs", "sign-offs", more
        yield "sign-off-sheet.md", "Sign-off sheet", "sign-off-sheet", more
    yield "risks.md", "Accepted risks", "risks", more


def _plan_life(draft: Draft, *, working: bool) -> Plan:
    yield "acknowledge.md", "I have read the policy", "acknowledge", {"form": form(draft)}
    if draft.releases or working:
        now = {"since": history.since(draft), "history": history.chart(draft)} if working else {}
        yield "changes.md", "Changes", "changes", {"since": None, "history": "", "steps": history.steps(draft)} | now


def navigation(draft: Draft, pages: Mapping[str, Page], own: Mapping[str, Page]) -> list[Any]:
    """Order the pages; the agency's own pages come last."""
    texts = [f"{chapter.section.id}.md" for chapter in draft.policy.texts]
    texts += [f"{page.id}.md" for page in draft.catalog.extra_pages]
    policy = _entries(["policy.md", *texts, "changes.md", "acknowledge.md"], pages)
    first = [
        {"Home": "index.md"},
        *_group("readers/", pages),
        *_group("first-steps/", pages),
        {"Policy": policy},
    ]
    middle = _entries(["findings.md", "existing-policies.md", "reuse.md"], pages)
    approved = _entries(["sign-offs.md", "risks.md", "sign-off-sheet.md"], pages)
    middle += ([{"Approval": approved}] if approved else []) + _group("stakeholders/", pages)
    last = [*_group("guidance/", pages), *_entries(["scenarios.md"], pages), *_group("checklists/", pages)]
    last += _entries(["provisions.md", "sources.md"], pages)
    return [*first, *middle, *last, *(uri for uri in own if uri not in pages)]


def _group(prefix: str, pages: Mapping[str, Page]) -> list[Any]:
    members = _entries([uri for uri in pages if uri.startswith(prefix)], pages)
    return [{GROUPS[prefix]: members}] if members else []


def _entries(uris: list[str], pages: Mapping[str, Page]) -> list[dict[str, str]]:
    return [{"Overview" if uri.endswith("/index.md") else pages[uri].title: uri} for uri in uris if uri in pages]
