"""What the reference pages of this repository's own site show: a catalog without an agency."""

from __future__ import annotations

from dataclasses import dataclass, replace

from markupsafe import Markup

from policywright.language.conditions import label_of
from policywright.model.agency import Answer
from policywright.model.catalog import (
    Assumption,
    Catalog,
    Checklist,
    ChecklistItem,
    Clause,
    Element,
    Preset,
    Question,
    Rule,
    Section,
)
from policywright.model.codes import CODES, Code
from policywright.model.findings import Decision, Place
from policywright.pages.charts import lines, progress, timeline
from policywright.pages.views.policy import SourcesPart, sources_part
from policywright.pages.views.site import Site, View


@dataclass(frozen=True)
class QuestionsReference(View):
    """Every question, by element."""

    frame = "reference/questions"
    title: str
    """Of the catalog."""
    count: int
    elements: tuple[Element, ...]


def questions_reference(site: Site) -> QuestionsReference:
    """Show every question."""
    catalog = site.catalog
    return QuestionsReference(catalog.title, len(catalog.questions), tuple(catalog.elements.values()))


@dataclass(frozen=True)
class RulesReference(View):
    """Every rule, by element."""

    frame = "reference/rules"
    count: int
    groups: tuple[tuple[Element, tuple[Rule, ...]], ...]


def rules_reference(site: Site) -> RulesReference:
    """Show every rule."""
    catalog = site.catalog
    groups = ((e, tuple(r for r in catalog.rules.values() if r.element == e.id)) for e in catalog.elements.values())
    return RulesReference(len(catalog.rules), tuple(group for group in groups if group[1]))


@dataclass(frozen=True)
class ClausesReference(View):
    """Every clause, by section."""

    frame = "reference/clauses"
    count: int
    groups: tuple[tuple[Section, tuple[Clause, ...]], ...]


def clauses_reference(site: Site) -> ClausesReference:
    """Show every clause."""
    sections = (*site.catalog.sections, *site.catalog.texts)
    groups = tuple((section, _clauses_of(section, site.catalog)) for section in sections)
    return ClausesReference(len(site.catalog.clauses), groups)


def _clauses_of(section: Section, catalog: Catalog) -> tuple[Clause, ...]:
    return tuple(clause for clause in catalog.clauses.values() if clause.code in section.clauses)


@dataclass(frozen=True)
class ChecklistsReference(View):
    """Every item of every checklist."""

    frame = "reference/checklists"
    groups: tuple[tuple[Checklist, tuple[ChecklistItem, ...]], ...]


def checklists_reference(site: Site) -> ChecklistsReference:
    """Show every checklist."""
    items = site.catalog.items.values()
    lists = site.catalog.checklists.values()
    return ChecklistsReference(tuple((one, tuple(item for item in items if item.list == one.id)) for one in lists))


@dataclass(frozen=True)
class ExplainedAssumption:
    """What a preset assumes, in words."""

    assumption: Assumption
    question: Question
    labels: tuple[str, ...]


@dataclass(frozen=True)
class PresetsReference(View):
    """Every preset with what it assumes."""

    frame = "reference/presets"
    groups: tuple[tuple[Preset, tuple[ExplainedAssumption, ...]], ...]


def presets_reference(site: Site) -> PresetsReference:
    """Show every preset."""
    presets = site.catalog.presets.values()
    groups = ((preset, tuple(_explained(one, site.catalog) for one in preset.assumptions)) for preset in presets)
    return PresetsReference(tuple(groups))


def _explained(assumption: Assumption, catalog: Catalog) -> ExplainedAssumption:
    question, value = catalog.questions[assumption.question], assumption.value
    values = value if isinstance(value, list) else [value]
    return ExplainedAssumption(assumption, question, tuple(label_of(question, one) for one in values))


@dataclass(frozen=True)
class CodesReference(View):
    """Every code that is not a rule's own."""

    frame = "reference/codes"
    codes: tuple[Code, ...]


def codes_reference(_: Site) -> CodesReference:
    """Show every code."""
    return CodesReference(tuple(CODES.values()))


@dataclass(frozen=True)
class SourcesReference(View):
    """Every source."""

    frame = "reference/sources"
    sources: SourcesPart


def sources_reference(site: Site) -> SourcesReference:
    """Show every source."""
    return SourcesReference(sources_part(site))


@dataclass(frozen=True)
class ComponentsReference(View):
    """What pages are made of, each in all its states."""

    frame = "reference/components"
    origins: tuple[Answer, ...]
    """An answer of each origin."""
    decisions: tuple[Decision, ...]
    """A decision in each state."""
    progress: Markup
    timeline: Markup
    lines: Markup


def components_reference(site: Site) -> ComponentsReference:
    """Show every component, with sample data."""
    question = next(iter(site.catalog.questions.values()))
    place = question.place
    answered = [Answer(question, "yes", name, place, place, said_by="the Department") for name in _ANSWERED]
    return ComponentsReference(
        origins=(*answered, Answer(question, None, "unanswered", place, place)),
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
