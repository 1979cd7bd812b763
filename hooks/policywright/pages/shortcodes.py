"""Shortcodes: comments in a Markdown page that stand for a part of the draft.

    <!-- policy: questions goals -->      <!-- policy: where us --> … <!-- policy: end -->

They work in the guidance pages and in an agency's own pages alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from policywright.agency.settling import settle
from policywright.language.conditions import ConditionError, explain, parse_condition
from policywright.model.catalog import Element, Source, Topic
from policywright.model.findings import Finding, Place, did_you_mean, one_of
from policywright.pages.views.elements import answers_part, law_part, offices_part, questions_part, rules_part
from policywright.pages.views.findings import findings_part, status_part
from policywright.pages.views.home import home_part
from policywright.pages.views.policy import provisions_part
from policywright.pages.views.site import AgencySite, Site, View
from policywright.pages.views.tasks import tasks_part

_CODE = re.compile(r"^<!--\s*policy:\s*([\w-]+)\s*(.*?)\s*-->\s*$")
_INSIDE = re.compile(r"<!--\s*policy:")
_CITATION = re.compile(r"(?<!\])\[([A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*)\](?![(\[:])")
_FENCE = re.compile(r"^\s*(```|~~~)")

INTERNAL = ("answers", "findings")
"""Shortcodes that no published page may use."""


class Pages(Protocol):
    """What renders the page on which shortcodes are used."""

    def render(self, view: View) -> str:
        """Render a part."""

    def link(self, target: str) -> str:
        """Return the path to another page."""


Make = Callable[[str], str]
"""Makes the text of a shortcode from its argument."""


class Expander:
    """Expands the shortcodes of one page.

    Without a draft (this repository's own site) the parts show the catalog alone.
    """

    def __init__(self, site: Site, pages: Pages) -> None:
        self.site = site
        self.catalog = site.catalog
        self.render = pages.render
        self.link = pages.link
        self.problems: list[Finding] = []
        self.codes: dict[str, Make] = {
            "questions": lambda name: self.render(questions_part(self._of(name).questions, site)),
            "rules": lambda name: self.render(rules_part(self._of(name), site)),
            "law": lambda name: self.render(law_part(self._of(name), site)),
            "offices": lambda name: self.render(offices_part(self._of(name))),
        }
        if isinstance(site, AgencySite):
            self.codes |= self._codes_of_an_agency(site)

    def _codes_of_an_agency(self, site: AgencySite) -> dict[str, Make]:
        internal: dict[str, Make] = {
            "answers": lambda name: self.render(answers_part(self._of(name), site)),
            "findings": lambda name: self._findings(name or self.element, site),
        }
        return (internal if site.working else {}) | {
            "home": lambda _: self.render(home_part(site)),
            "status": lambda _: self.render(status_part(site)) if site.working else "",
            "provision": lambda name: self._provision(name, site),
            "checklist": lambda name: self.render(tasks_part(site, self.catalog.checklists[name])),
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
        holds = settle(condition, self.site.draft.answers)[0] if self.site.draft else None
        blocks.append((holds is not False, number))
        if holds is not None:
            return []
        return ["", f"*Where {explain(condition, self.catalog.questions)}:*", ""]

    def _close_block(self, number: int, blocks: list[tuple[bool, int]]) -> None:
        if blocks:
            blocks.pop()
        else:
            self._problem(number, "This “end” closes no “where”.")

    def _part(self, name: str, argument: str, number: int) -> str:
        make = self.codes.get(name)
        if make is None:
            if name in INTERNAL and not self.site.working:
                self._problem(number, f"“{name}” shows what is internal, and this site is published.")
            else:
                self._problem(number, f"There is no shortcode “{name}”.{did_you_mean(name, self.codes)}")
            return f"`policy: {name} {argument}`"
        try:
            return make(argument)
        except KeyError as error:
            self._problem(number, f"“{name}” finds nothing named “{error.args[0]}”.")
            return f"`policy: {name} {argument}`"

    def _of(self, argument: str) -> Element | Topic:
        """Return an element or a topic, the page's own unless another is named, with the questions that can arise."""
        name = argument or self.element
        element = self.catalog.topics.get(name) or self.catalog.elements[name]
        return replace(element, questions=tuple(q for q in element.questions if self.site.possible(q.when)))

    def _findings(self, element: str, site: AgencySite) -> str:
        chosen = [finding for finding in site.draft.findings if not element or finding.element == element]
        return self.render(findings_part(chosen, site.draft))

    def _provision(self, name: str, site: AgencySite) -> str:
        chosen = [p for p in site.policy.everything if name in (p.clause.code, p.clause.id, p.number)]
        if not chosen:
            raise KeyError(name)
        return self.render(provisions_part(chosen, site))


def _title(source: Source) -> str:
    return source.title.replace('"', "&quot;")
