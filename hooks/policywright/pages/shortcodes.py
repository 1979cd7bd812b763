"""Shortcodes: comments in a Markdown page that stand for a part of the draft.

    <!-- policy: questions goals -->      <!-- policy: where us --> … <!-- policy: end -->

They work in the guidance pages and in an agency's own pages alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from policywright.agency.settling import settle
from policywright.drafting.rules import applicable
from policywright.language.conditions import ConditionError, explain, parse_condition, questions_in
from policywright.model.catalog import Catalog, Clause, Element, Rule, Source
from policywright.model.draft import Draft
from policywright.model.findings import Finding, Place, did_you_mean, one_of

_CODE = re.compile(r"^<!--\s*policy:\s*([\w-]+)\s*(.*?)\s*-->\s*$")
_INSIDE = re.compile(r"<!--\s*policy:")
_CITATION = re.compile(r"(?<!\])\[([A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*)\](?![(\[:])")
_FENCE = re.compile(r"^\s*(```|~~~)")

INTERNAL = ("answers", "findings")
"""Shortcodes that no published page may use."""
BINDING = ("law", "regulation", "case", "directive")


class Pages(Protocol):
    """What renders the page in which shortcodes stand."""

    working: bool
    """Whether the page may show what is internal."""

    def render(self, frame: str, more: Mapping[str, Any]) -> str:
        """Render a part."""

    def link(self, target: str) -> str:
        """Return the path to another page."""

    def possible(self, thing: Any) -> bool:
        """Tell whether a question or a rule can concern this agency at all."""


class Expander:
    """Expands the shortcodes of one page.

    Without a draft (this repository's own site) the parts show the catalog alone.
    """

    def __init__(self, catalog: Catalog, draft: Draft | None, pages: Pages) -> None:
        self.catalog = catalog
        self.draft = draft
        self.pages = pages
        self.render = pages.render
        self.link = pages.link
        self.possible = pages.possible
        self.problems: list[Finding] = []
        self.codes: dict[str, Callable[[str], str]] = {
            "questions": self._questions,
            "rules": self._rules,
            "law": self._law,
            "offices": self._offices,
        }
        if draft and pages.working:
            self.codes |= {"answers": self._answers, "findings": self._findings}
        if draft:
            self.codes |= {
                "home": lambda _: self.render("parts/home", {}),
                "status": lambda _: self.render("parts/status", {}),
                "provision": self._provision,
                "checklist": self._checklist,
            }

    def expand(self, text: str, file: str, element: str) -> tuple[str, list[Finding]]:
        """Expand a page; an unknown or misplaced shortcode becomes a finding and stays visible as text."""
        self.file, self.element, self.problems = file, element, []
        lines: list[str] = []
        blocks: list[tuple[bool, int]] = []
        fenced = False
        for number, line in enumerate(text.split("\n"), 1):
            fenced ^= bool(_FENCE.match(line))
            found = None if fenced else _CODE.match(line.strip())
            if found is None:
                if not fenced and _INSIDE.search(line):
                    self._problem(number, "A shortcode stands on a line of its own.")
                if all(shown for shown, _ in blocks):
                    lines.append(line if fenced else self._cite(line))
            elif found[1] == "where":
                lines += self._open_block(found[2], number, blocks)
            elif found[1] == "end":
                self._close_block(number, blocks)
            elif all(shown for shown, _ in blocks):
                lines.append(self._part(found[1], found[2], number))
        for _, number in blocks:
            self._problem(number, "This “where” has no “<!-- policy: end -->”.")
        return "\n".join(lines), self.problems

    def _problem(self, line: int, message: str, fix: str = "") -> None:
        place = Place(self.file, line)
        self.problems.append(
            Finding("E201", "error", message, (place,), fix or f"Shortcodes: {one_of(self.codes)}, where.")
        )

    def _cite(self, line: str) -> str:
        """Turn `[CTG-8]` into a link to the source."""
        return _CITATION.sub(lambda m: self._citation(m[1]) if m[1] in self.catalog.sources else m[0], line)

    def _citation(self, key: str) -> str:
        return f'[[{key}]]({self.link(f"sources.md#{key.lower()}")} "{_title(self.catalog.sources[key])}")'

    def _open_block(self, text: str, number: int, blocks: list[tuple[bool, int]]) -> list[str]:
        try:
            condition = parse_condition(text, self.catalog.questions, self.catalog.conditions)
        except ConditionError as error:
            self._problem(number, error.message)
            blocks.append((True, number))
            return []
        hidden = [name for name in questions_in(condition) if self._hidden(name)]
        if hidden:
            self._problem(number, f"“where” asks for the internal answer {hidden[0]}, and this site is published.")
            blocks.append((False, number))
            return []
        holds = settle(condition, self.draft.answers)[0] if self.draft else None
        blocks.append((holds is not False, number))
        if holds is not None:
            return []
        return ["", f"*Where {explain(condition, self.catalog.questions)}:*", ""]

    def _hidden(self, name: str) -> bool:
        """Tell whether a page may not depend on an answer, because it would show the answer."""
        internal = self.catalog.questions[name].sensitivity == "internal"
        return internal and self.draft is not None and not self.pages.working

    def _close_block(self, number: int, blocks: list[tuple[bool, int]]) -> None:
        if blocks:
            blocks.pop()
        else:
            self._problem(number, "This “end” closes no “where”.")

    def _part(self, name: str, argument: str, number: int) -> str:
        make = self.codes.get(name)
        if make is None:
            if name in INTERNAL and not self.pages.working:
                self._problem(number, f"“{name}” shows what is internal, and this site is published.")
            else:
                self._problem(number, f"There is no shortcode “{name}”.{did_you_mean(name, self.codes)}")
            return f"`policy: {name} {argument}`"
        try:
            return make(argument)
        except KeyError as error:
            self._problem(number, f"“{name}” finds nothing named “{error.args[0]}”.")
            return f"`policy: {name} {argument}`"

    def _of(self, argument: str) -> Any:
        name = argument or self.element
        element = self.catalog.topics.get(name) or self.catalog.elements[name]
        return replace(element, questions=tuple(q for q in element.questions if self.possible(q)))

    def _questions(self, argument: str) -> str:
        return self.render("parts/questions", {"element": self._of(argument)})

    def _rules(self, argument: str) -> str:
        element = self._of(argument)
        rules = [rule for rule in rules_of(element, self.catalog) if self.possible(rule)]
        return self.render("parts/rules", {"element": element, "rules": rules})

    def _law(self, argument: str) -> str:
        keys = cited_by(self._of(argument), self.catalog)
        keys = applicable(keys, self.catalog, self.draft.answers) if self.draft else keys
        sources = [self.catalog.sources[key] for key in keys]
        return self.render("parts/law", {"sources": [source for source in sources if is_law(source)]})

    def _offices(self, argument: str) -> str:
        element = self._of(argument)
        asked = {
            role: [q for q in element.questions if role in q.asked_of] for q in element.questions for role in q.asked_of
        }
        return self.render("parts/offices", {"asked": asked})

    def _answers(self, argument: str) -> str:
        return self.render("parts/answers", {"element": self._of(argument)})

    def _findings(self, argument: str) -> str:
        assert self.draft is not None
        element = argument or self.element
        chosen = [f for f in self.draft.findings if not element or f.element == element]
        return self.render("parts/findings", {"findings": chosen})

    def _provision(self, argument: str) -> str:
        assert self.draft is not None
        chosen = [p for p in self.draft.policy.everything if argument in (p.clause.code, p.clause.id, p.number)]
        if not chosen:
            raise KeyError(argument)
        return self.render("parts/provisions", {"provisions": chosen})

    def _checklist(self, argument: str) -> str:
        return self.render("parts/tasks", {"checklist": self.catalog.checklists[argument]})


def _title(source: Source) -> str:
    return source.title.replace('"', "&quot;")


def is_law(source: Source) -> bool:
    """Whether a source binds somebody, or is tied to a place."""
    return source.kind in BINDING or source.when is not None


def cited_by(element: Element, catalog: Catalog) -> Sequence[str]:
    """Return the keys of all sources that an element's or a topic's questions, rules, clauses and tasks rest on."""
    rows: list[Any] = [element, *element.questions, *rules_of(element, catalog), *clauses_of(element, catalog)]
    rows += [item for item in catalog.items.values() if item.element == element.id]
    return list(dict.fromkeys(key for row in rows for key in row.sources))


def rules_of(element: Element, catalog: Catalog) -> list[Rule]:
    """Return the rules of an element, or those that touch a topic's questions."""
    own = {question.id for question in element.questions}
    if element.id in catalog.elements:
        return [rule for rule in catalog.rules.values() if rule.element == element.id]
    return [rule for rule in catalog.rules.values() if own & set(questions_in(rule.when))]


def clauses_of(element: Element, catalog: Catalog) -> list[Clause]:
    """Return the clauses of an element, or those of a topic's codes."""
    return [c for c in catalog.clauses.values() if c.element == element.id or c.code in element.clauses]
