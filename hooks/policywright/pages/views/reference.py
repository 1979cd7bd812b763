"""What the reference pages of this project's site show: a catalog without an agency."""

from __future__ import annotations

from dataclasses import dataclass, replace

from markupsafe import Markup

from policywright.model.agency import Answer, Confirmation
from policywright.model.catalog import (
    Checklist,
    ChecklistItem,
    Clause,
    Element,
    Preset,
    Rule,
    Section,
)
from policywright.model.codes import CODES, Code
from policywright.model.findings import Decision, Place
from policywright.pages.charts import lines, progress, timeline
from policywright.pages.views.policy import SourcesPart, sources_part
from policywright.pages.views.site import Site, View


@dataclass(frozen=True)
class CatalogView(View):
    """The content of a catalog; each reference page shows one kind of it."""

    frame: str
    title: str
    """The sections of the catalog."""
    elements: tuple[Element, ...]
    sections: tuple[Section, ...]
    """The sections of the policy, then the other texts."""
    clauses: tuple[Clause, ...]
    rules: tuple[Rule, ...]
    checklists: tuple[Checklist, ...]
    items: tuple[ChecklistItem, ...]
    presets: tuple[Preset, ...]
    codes: tuple[Code, ...]
    """The finding codes except those of rules."""
    sources: SourcesPart


def catalog_view(site: Site, name: str) -> CatalogView:
    """Show the reference page of this name."""
    catalog = site.catalog
    return CatalogView(
        f"reference/{name}",
        title=catalog.title,
        elements=tuple(catalog.elements.values()),
        sections=(*catalog.sections, *catalog.texts),
        clauses=tuple(catalog.clauses.values()),
        rules=tuple(catalog.rules.values()),
        checklists=tuple(catalog.checklists.values()),
        items=tuple(catalog.items.values()),
        presets=tuple(catalog.presets.values()),
        codes=tuple(CODES.values()),
        sources=sources_part(site),
    )


@dataclass(frozen=True)
class ComponentsView(View):
    """Every component of the pages, in all its states."""

    frame = "reference/components"
    origins: tuple[Answer, ...]
    """An answer in each status, by each origin."""
    decisions: tuple[Decision, ...]
    """A decision in each state."""
    progress: Markup
    timeline: Markup
    lines: Markup


def components_view(site: Site) -> ComponentsView:
    """Show every component, with sample data."""
    question = next(iter(site.catalog.questions.values()))
    place = question.place
    answered = [Answer(question, "yes", name, place, place, said_by="the Department") for name in _ANSWERED]
    return ComponentsView(
        origins=(
            *answered,
            replace(answered[0], confirmations=(Confirmation(question.id, "", question.asked_of[0], "", "", place),)),
            Answer(question, None, "unanswered", place, place),
            Answer(question, None, "agency", place, place, unknown=True),
        ),
        decisions=tuple(replace(_DECISION, state=state) for state in ("valid", "changed", "expired")),
        progress=progress(
            [("given", 8, "done"), ("assumed", 3, "assumed"), ("open", 2, "open")], _ANSWERS, legend=True
        ),
        timeline=timeline(_DAYS, "Dates of a policy", "2027-06-01"),
        lines=lines(["1.0", "1.1", "2.0"], _SERIES, "From version to version"),
    )


_ANSWERED = ("agency", "base", "preset")
_ANSWERS = "Essential answers"
_DAYS = (("2027-03-01", "Adopted"), ("2027-04-01", "In force"), ("2028-03-01", "Review due"))
_SERIES = (("Provisions", [160, 164, 181]), ("Open findings", [9, 4, 2]))
_DECISION = Decision(
    kind="accepted",
    reason="Two accounts only.",
    owner="the Council",
    date="2026-11-02",
    expires="2027-11-02",
    fingerprint="",
    place=Place("decisions.yml"),
)
