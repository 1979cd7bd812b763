"""What pages show of elements and topics: their questions, rules, law, offices, answers and scenarios."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policywright.drafting.alternatives import Alternative
from policywright.drafting.rules import applicable
from policywright.language.conditions import questions_in
from policywright.model.agency import Answer
from policywright.model.catalog import (
    MANY_CHOICES,
    Catalog,
    Choice,
    Clause,
    Element,
    Question,
    Rule,
    Scenario,
    Source,
    Topic,
)
from policywright.model.draft import Provision
from policywright.pages.views.law import PlaceLaws, place_laws
from policywright.pages.views.overview import answering
from policywright.pages.views.site import AgencySite, Site, View

BINDING = ("law", "regulation", "case", "directive")
"""The kinds of sources that bind somebody."""


@dataclass(frozen=True)
class QuestionCard:
    """A question with the content of its card."""

    question: Question
    answer: Answer | None
    """None if there is no agency."""
    alternatives: tuple[Alternative, ...]
    waits: tuple[str, ...]
    """The open questions, in quotes, that decide whether it is asked."""
    choices: tuple[Choice, ...]
    """The choices that can concern the agency."""
    long: bool
    """Whether there are so many that they are only named."""


@dataclass(frozen=True)
class QuestionsPart(View):
    """The questions of an element, each with its reason and its choices."""

    frame = "parts/questions"
    cards: tuple[QuestionCard, ...]
    working: bool


def questions_part(questions: Iterable[Question], site: Site) -> QuestionsPart:
    """Show questions."""
    return QuestionsPart(tuple(_question_card(question, site) for question in questions), site.working)


def _question_card(question: Question, site: Site) -> QuestionCard:
    answer = site.draft.answers[question.id] if site.draft else None
    undecided = answer is not None and answer.asked is None
    waits = site.waits(question.when) if undecided else ()
    choices = tuple(choice for choice in question.choices.values() if site.possible(choice.when))
    return QuestionCard(question, answer, site.alternatives(question), waits, choices, len(choices) > MANY_CHOICES)


@dataclass(frozen=True)
class RuleCard:
    """A rule, and whether it holds."""

    rule: Rule
    state: str
    """In words; empty if there is no agency, or if its findings are not shown."""


@dataclass(frozen=True)
class RulesPart(View):
    """The conflicts that the rules look for in an element."""

    frame = "parts/rules"
    cards: tuple[RuleCard, ...]


def rules_part(element: Element | Topic, site: Site) -> RulesPart:
    """Show the rules of an element or a topic that can concern the agency."""
    rules = [rule for rule in rules_of(element, site.catalog) if site.possible(rule.when)]
    return RulesPart(tuple(RuleCard(rule, _rule_state(rule.code, site)) for rule in rules))


def _rule_state(code: str, site: Site) -> str:
    # A published site must not show which conflicts were found.
    if site.draft is None or not site.working:
        return ""
    if any(finding.code == code for finding in site.draft.findings):
        return "Found here."
    return "Undecided." if any(rule.code == code for rule in site.draft.undecided) else "Not found here."


@dataclass(frozen=True)
class LawPart(View):
    """The law behind an element."""

    frame = "parts/law"
    sources: tuple[Source, ...]
    place: PlaceLaws | None
    """The law of the agency's state, nation or province that the element treats."""
    agency: bool
    """Whether there is an agency; then only the law that applies is shown."""


def law_part(element: Element | Topic, site: Site) -> LawPart:
    """Show the law that an element or a topic rests on."""
    keys = cited_by(element, site.catalog)
    keys = applicable(keys, site.catalog, site.draft.answers) if site.draft else keys
    sources = (site.catalog.sources[key] for key in keys)
    place = place_laws(site, element.id) if isinstance(element, Element) else None
    return LawPart(tuple(source for source in sources if is_law(source)), place, site.draft is not None)


@dataclass(frozen=True)
class OfficesPart(View):
    """Which office is asked what."""

    frame = "parts/offices"
    asked: Mapping[str, tuple[Question, ...]]
    """Office -> its questions; empty where the page does not show them."""


def offices_part(element: Element | Topic, *, questions: bool = True) -> OfficesPart:
    """Show who is asked the questions of an element or a topic, with or without the questions."""
    keys = dict.fromkeys(key for question in element.questions for key in question.asked_of)
    shown = element.questions if questions else ()
    return OfficesPart({key: tuple(q for q in shown if key in q.asked_of) for key in keys})


@dataclass(frozen=True)
class AnswersPart(View):
    """The answers to the questions of an element."""

    frame = "parts/answers"
    answers: tuple[Answer, ...]


def answers_part(element: Element | Topic, site: AgencySite) -> AnswersPart:
    """Show the answers to the questions of an element or a topic that can concern the agency."""
    return AnswersPart(tuple(site.answers[q.id] for q in element.questions if site.possible(q.when)))


@dataclass(frozen=True)
class ElementsView(View):
    """The list of all elements and topics."""

    frame = "elements"
    searched = False
    wide = True
    elements: tuple[Element, ...]
    topics: tuple[Topic, ...]


def elements_view(site: Site, _: object = None) -> ElementsView:
    """Show every element and every topic."""
    return ElementsView(tuple(site.catalog.elements.values()), tuple(site.catalog.topics.values()))


@dataclass(frozen=True)
class GuidanceView(View):
    """The guidance on an element, and what the policy says about it."""

    frame = "guidance"
    boost = 0.3
    element: Element | Topic
    text: str | None
    """The guidance page with its shortcodes; None if there is none."""
    questions: QuestionsPart
    """Shown if there is no guidance."""
    provisions: tuple[Provision, ...]


def guidance_view(site: AgencySite, element: Element | Topic) -> GuidanceView:
    """Show the guidance on an element or a topic."""
    text = site.catalog.guidance.get(element.id)
    questions = questions_part(element.questions if text is None and site.working else (), site)
    return GuidanceView(element, text, questions, tuple(p for p in site.policy.provisions if _treats(element, p)))


def _treats(element: Element | Topic, provision: Provision) -> bool:
    clause = provision.clause
    return clause.element == element.id if isinstance(element, Element) else clause.code in element.clauses


@dataclass(frozen=True)
class AnsweredAsk:
    """What a person asks in a scenario, and the provisions that answer."""

    question: str
    provisions: tuple[tuple[str, Provision], ...]
    """Each with its page; empty for a gap."""


@dataclass(frozen=True)
class ScenarioCard:
    """A scenario with the policy's answers."""

    scenario: Scenario
    asks: tuple[AnsweredAsk, ...]


@dataclass(frozen=True)
class ScenariosView(View):
    """The policy's answers for situations that agencies meet."""

    frame = "scenarios"
    boost = 1.5
    groups: tuple[tuple[Element, tuple[ScenarioCard, ...]], ...]
    working: bool


def scenarios_view(site: AgencySite, _: object) -> ScenariosView:
    """Show the scenarios that can occur, by element."""
    apply = [one for one in site.catalog.scenarios.values() if site.applies(one.when)]
    groups = [
        (element, tuple(_scenario(one, site) for one in apply if one.topic == element.id))
        for element in site.catalog.elements.values()
    ]
    return ScenariosView(tuple(group for group in groups if group[1]), site.working)


def _scenario(scenario: Scenario, site: AgencySite) -> ScenarioCard:
    asks = [AnsweredAsk(ask.question, tuple(answering(ask, site.draft))) for ask in scenario.asks]
    # On a published site a question without an answer would only show what the policy lacks.
    return ScenarioCard(scenario, tuple(ask for ask in asks if ask.provisions or site.working))


def is_law(source: Source) -> bool:
    """Return whether a source binds somebody, or is tied to a place."""
    return source.kind in BINDING or source.when is not None


def cited_by(element: Element | Topic, catalog: Catalog) -> Sequence[str]:
    """Return the keys of all sources that an element's or a topic's questions, rules, clauses and tasks rest on."""
    rows: list[Any] = [*element.questions, *rules_of(element, catalog), *clauses_of(element, catalog)]
    if isinstance(element, Element):
        rows = [element, *rows, *(item for item in catalog.items.values() if item.element == element.id)]
    return list(dict.fromkeys(key for row in rows for key in row.sources))


def rules_of(element: Element | Topic, catalog: Catalog) -> list[Rule]:
    """Return the rules of an element, or those that touch a topic's questions."""
    if isinstance(element, Element):
        return [rule for rule in catalog.rules.values() if rule.element == element.id]
    own = {question.id for question in element.questions}
    return [rule for rule in catalog.rules.values() if own & set(questions_in(rule.when))]


def clauses_of(element: Element | Topic, catalog: Catalog) -> list[Clause]:
    """Return the clauses of an element, or those of a topic's codes."""
    if isinstance(element, Element):
        return [clause for clause in catalog.clauses.values() if clause.element == element.id]
    return [clause for clause in catalog.clauses.values() if clause.code in element.clauses]
