"""Shortcodes: comments in a Markdown page that are replaced by a part of the draft.

    <!-- policy: questions goals -->      <!-- policy: where us --> … <!-- policy: end -->

They work in the guidance pages and in an agency's pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from policywright.agency.settling import settle
from policywright.language.comments import (
    CITATION,
    COMMENT,
    OPEN,
    REMARK,
    Convert,
    PageMark,
    find_marks,
    fold,
    ours,
)
from policywright.language.conditions import ConditionError, explain, questions_in
from policywright.language.parsing import parse_condition
from policywright.model.catalog import Element, Question, Source, Topic
from policywright.model.findings import Finding, Place, did_you_mean, one_of
from policywright.pages.converter import usual
from policywright.pages.views.elements import answers_part, law_part, offices_part, questions_part, rules_part
from policywright.pages.views.findings import findings_part, status_part
from policywright.pages.views.home import home_part
from policywright.pages.views.policy import provisions_part
from policywright.pages.views.site import AgencySite, Site, View
from policywright.pages.views.tasks import tasks_part

_CODE = re.compile(r"<!--[ \t]*policy:[ \t]*([\w-]+)([^\n]*)-->")
_LABEL = re.compile(
    r"^ {0,3}(?:\[(\^?[^\]\n]+)\]|\*\[([^\]\n]+)\]):.*(?:\n(?: {4}|\t).*|\n(?=\n(?: {4}|\t)))*\n?", re.MULTILINE
)
"""The definition of a link, a footnote or an abbreviation, with the indented lines that belong to it."""
_END = re.compile(r"[-\\]*>")

INTERNAL = ("answers", "findings")
"""Shortcodes that no published page may use."""


BLOCK = ("where", "end")
_LOOKALIKE = "This looks like a shortcode, but it is not one. Write it as “{}”, on a separate line."
_NESTED = "A comment ends at the first “-->”, so it cannot hold a shortcode."


class Pages(Protocol):
    """What renders the page that contains the shortcodes."""

    def render(self, view: View) -> str:
        """Render a part."""

    def link(self, target: str) -> str:
        """Return the path to another page."""


Make = Callable[[str], str]
"""Makes the text of a shortcode from its argument."""


class Expander:
    """Expands the shortcodes of one page.

    Without a draft, as on this project's site, the parts show only the catalog.
    """

    def __init__(self, site: Site, pages: Pages) -> None:
        self.site = site
        self.catalog = site.catalog
        self.render = pages.render
        self.link = pages.link
        self.problems: list[Finding] = []
        self.kept: list[str] = []
        self.dropped: list[str] = []
        self.blocks: list[tuple[bool, int]] = []
        """The open blocks: whether each is shown, and its line."""
        self.codes: dict[str, Make] = {
            "questions": lambda name: self.render(questions_part(self._asked(name), site)),
            "rules": lambda name: self.render(rules_part(self._of(name), site)),
            "law": lambda name: self.render(law_part(self._of(name), site)),
            "offices": lambda name: self.render(offices_part(self._of(name), questions=self._for_drafters())),
        }
        if isinstance(site, AgencySite):
            self.codes |= self._codes_of_an_agency(site)
        self.names = (*self.codes, *INTERNAL, *BLOCK)

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

    def expand(self, text: str, file: str, element: str, convert: Convert = usual) -> tuple[str, list[Finding]]:
        """Expand a page; an unknown or misplaced shortcode becomes a finding and stays visible as text.

        `convert` is the converter of the site. It decides what is code, where shortcodes stay as they are.
        In a published site comments are left out.
        """
        self.file, self.element, self.text, self.problems = file, element, text, []
        self.kept, self.dropped, self.blocks = [], [], []
        end, line, counted = 0, 1, 0
        for mark in find_marks(text, convert, self.names):
            start, stop = self._span(mark)
            line, counted = line + text.count("\n", counted, mark.start), mark.start
            if start >= end:
                self._put(text[end:start])
                self._replace(mark, line)
                end = stop
        self._put(text[end:])
        for _, number in self.blocks:
            self._problem(number, "This “where” has no “<!-- policy: end -->”.")
        return without_unused("".join(self.kept), "".join(self.dropped)), self.problems

    def _put(self, text: str) -> None:
        """Keep a text, or drop it where it is in a block that does not hold."""
        (self.kept if all(shown for shown, _ in self.blocks) else self.dropped).append(text)

    def _span(self, mark: PageMark) -> tuple[int, int]:
        """Return what is replaced: a comment that is alone with its indentation, and the whole line of a block."""
        if mark.kind != COMMENT or not self._alone(mark):
            return mark.start, mark.end
        start, end = self._line(mark)
        found = _CODE.fullmatch(mark.text)
        if found is None:
            return (mark.start, mark.end) if self.site.working else (start, end)
        return start, min(end + 1, len(self.text)) if found[1] in BLOCK else end

    def _alone(self, mark: PageMark) -> bool:
        start, end = self._line(mark)
        return not (self.text[start : mark.start] + self.text[mark.end : end]).strip()

    def _line(self, mark: PageMark) -> tuple[int, int]:
        """Return where the lines of a mark begin and end."""
        end = self.text.find("\n", mark.end)
        return self.text.rfind("\n", 0, mark.start) + 1, len(self.text) if end < 0 else end

    def _replace(self, mark: PageMark, number: int) -> None:
        """Put what a reader sees in place of a mark on a line."""
        if mark.kind == CITATION:
            known = mark.inner in self.catalog.sources
            self._put(self._citation(mark.inner) if known else mark.text)
        elif mark.kind == COMMENT:
            self._replace_comment(mark, number)
        elif mark.kind == REMARK:
            self._put(mark.text if self.site.working else "")
        elif mark.kind == OPEN:
            self._problem(number, "This comment has no end.", "Write “-->” after it.", code="E202")
            self._put("`<!--`")
        else:
            self._problem(number, _LOOKALIKE.format(meant(self.text.split("\n")[number - 1])))
            self._put(f"`{mark.text}`")

    def _replace_comment(self, mark: PageMark, number: int) -> None:
        found = _CODE.fullmatch(mark.text)
        if found and self._alone(mark):
            self._replace_shortcode(found[1], found[2].strip(), number)
        elif message := self._mistake(mark):
            self._problem(number, message)
            self._put(f"`{' '.join(mark.text.replace('`', ' ').split())}`")
        elif self.site.working:
            self._put(mark.text)

    def _replace_shortcode(self, name: str, argument: str, number: int) -> None:
        if name == "where":
            self._open_block(argument, number)
        elif name == "end":
            self._close_block(number)
        elif all(shown for shown, _ in self.blocks):
            self._put(self._part(name, argument, number))

    def _mistake(self, mark: PageMark) -> str:
        """Return what is wrong with a comment that looks like a shortcode, or nothing."""
        if _CODE.fullmatch(mark.text):
            return "A shortcode must be on a separate line."
        if ours(mark.inner, self.names) or self._condition(mark.inner):
            return _LOOKALIKE.format(meant(mark.text))
        nested = mark.inner.partition("<!--")[2]
        return _NESTED if nested and ours(nested, self.names) else ""

    def _condition(self, words: str) -> bool:
        """Return whether a comment is a block's beginning without its `policy:`."""
        name, _, rest = words.strip().partition(" ")
        if name.casefold() != "where" or not rest.strip():
            return False
        if re.search(r"[=!<>]=|\w\.\w", rest):
            return True
        try:
            return bool(parse_condition(rest, self.catalog.questions, self.catalog.conditions))
        except ConditionError:
            return False

    def _problem(self, line: int, message: str, fix: str = "", code: str = "E201") -> None:
        place = Place(self.file, line)
        fix = fix or f"Shortcodes: {one_of(self.codes)}, where."
        self.problems.append(Finding(code, "error", message, (place,), fix))

    def _citation(self, key: str) -> str:
        """Return the link to a source that `[CTG-8]` becomes."""
        return f'[[{key}]]({self.link(f"sources.md#{key.lower()}")} "{_title(self.catalog.sources[key])}")'

    def _open_block(self, text: str, number: int) -> None:
        try:
            condition = parse_condition(text, self.catalog.questions, self.catalog.conditions)
        except ConditionError as error:
            self._problem(number, error.message)
            # The text of a wrong condition is shown: a mistake must not hide what somebody wrote.
            self.blocks.append((True, number))
            return
        hidden = [name for name in questions_in(condition) if self._hidden(name)]
        if hidden:
            self._problem(number, f"“where” asks for the internal answer {hidden[0]}, and this site is published.")
            self.blocks.append((False, number))
            return
        holds = settle(condition, self.site.draft.answers)[0] if self.site.draft else None
        # An undecided condition shows its text, with the condition above it, so that nothing disappears silently.
        self.blocks.append((holds is not False, number))
        if holds is None:
            self._put(f"\n*Where {explain(condition, self.catalog.questions)}:*\n\n")

    def _hidden(self, name: str) -> bool:
        """Tell whether a page may not depend on an answer, because it would show the answer."""
        internal = self.catalog.questions[name].sensitivity == "internal"
        return internal and self.site.draft is not None and not self.site.working

    def _close_block(self, number: int) -> None:
        if self.blocks:
            self.blocks.pop()
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
        """Return an element or a topic, by default the page's, with the questions that can arise."""
        name = argument or self.element
        element = self.catalog.topics.get(name) or self.catalog.elements[name]
        return replace(element, questions=tuple(q for q in element.questions if self.site.possible(q.when)))

    def _asked(self, argument: str) -> tuple[Question, ...]:
        element = self._of(argument)
        return element.questions if self._for_drafters() else ()

    def _for_drafters(self) -> bool:
        """Tell whether a page shows questions: the guidance of a published site has readers who answer none."""
        return not self.element or self.site.draft is None or self.site.working

    def _findings(self, element: str, site: AgencySite) -> str:
        chosen = [finding for finding in site.draft.findings if not element or finding.element == element]
        return self.render(findings_part(chosen, site.draft))

    def _provision(self, name: str, site: AgencySite) -> str:
        chosen = [p for p in site.policy.everything if name in (p.clause.code, p.clause.id, p.number)]
        if not chosen:
            # Caught in _part, which knows the line.
            raise KeyError(name)
        return self.render(provisions_part(chosen, site))


def _title(source: Source) -> str:
    return source.title.replace('"', "&quot;")


def meant(text: str) -> str:
    """Return the shortcode that somebody probably meant."""
    words = re.sub(r"^[\s\W]*(?:\w{5,7}\s*[:;=.]|policy\b)?\s*", "", fold(text).partition("<")[2], count=1)
    return f"<!-- policy: {_END.split(words)[0].strip(' -!“”')} -->"


def without_unused(kept: str, dropped: str) -> str:
    """Leave out definitions of links, footnotes and abbreviations that only a dropped text used."""

    def unused(found: re.Match[str]) -> bool:
        label, short = found[1], found[2]
        rest = kept[: found.start()] + kept[found.end() :]
        used = f"[{label}]" if label else short
        return used in dropped and used not in rest

    return _LABEL.sub(lambda found: "" if unused(found) else found[0], kept) if dropped else kept
