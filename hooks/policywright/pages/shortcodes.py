"""Shortcodes: comments in a Markdown page that are replaced by a part of the draft.

    <!-- policy: questions goals -->      <!-- policy: where us --> … <!-- policy: end -->

They work in the guidance pages and in an agency's pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Protocol

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
from policywright.model.catalog import Catalog, Element, Source, Topic
from policywright.model.draft import Draft, Provision
from policywright.model.fields import Condition
from policywright.model.findings import Finding, Place, did_you_mean, one_of
from policywright.pages.converter import usual

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
    """What writes the page that contains the shortcodes."""

    def part(self, code: str, subject: Any, element: str) -> str:
        """Return the text of a shortcode about something; `element` is the one whose page it is on, or empty."""

    def link(self, target: str) -> str:
        """Return the path to another page."""


class Expander:
    """Expands the shortcodes of one page.

    Without a draft, as on this project's site, the parts show only the catalog.
    """

    def __init__(self, catalog: Catalog, draft: Draft | None, pages: Pages, *, working: bool) -> None:
        self.catalog = catalog
        self.draft = draft
        self.pages = pages
        self.working = working
        self.problems: list[Finding] = []
        self.kept: list[str] = []
        self.dropped: list[str] = []
        self.blocks: list[tuple[bool, int]] = []
        """The open blocks: whether each is shown, and its line."""
        self.codes: dict[str, Callable[[str], Any]] = dict.fromkeys(("questions", "rules", "law", "offices"), self._of)
        """What each shortcode is about, by its argument; `pages/parts.py` says what it shows."""
        if draft is not None:
            self.codes |= self._codes_of_an_agency(draft)
        self.names = (*self.codes, *INTERNAL, *BLOCK)

    def _codes_of_an_agency(self, draft: Draft) -> dict[str, Callable[[str], Any]]:
        internal = {"answers": self._of, "findings": lambda name: name or self.element}
        return (internal if self.working else {}) | {
            "home": lambda _: None,
            "status": lambda _: None,
            "provision": lambda name: _provisions(name, draft),
            "checklist": lambda name: self.catalog.checklists[name],
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
            return (mark.start, mark.end) if self.working else (start, end)
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
            self._put(mark.text if self.working else "")
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
        elif self.working:
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
            return bool(self._parsed(rest))
        except ConditionError:
            return False

    def _parsed(self, text: str) -> Condition:
        from policywright.language.parsing import parse_condition  # noqa: PLC0415 - Jinja's parser is slow to load

        return parse_condition(text, self.catalog.questions, self.catalog.conditions)

    def _problem(self, line: int, message: str, fix: str = "", code: str = "E201") -> None:
        place = Place(self.file, line)
        fix = fix or f"Shortcodes: {one_of(self.codes)}, where."
        self.problems.append(Finding(code, "error", message, (place,), fix))

    def _citation(self, key: str) -> str:
        """Return the link to a source that `[CTG-8]` becomes."""
        return f'[[{key}]]({self.pages.link(f"sources.md#{key.lower()}")} "{_title(self.catalog.sources[key])}")'

    def _open_block(self, text: str, number: int) -> None:
        try:
            condition = self._parsed(text)
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
        holds = settle(condition, self.draft.answers)[0] if self.draft else None
        # An undecided condition shows its text, with the condition above it, so that nothing disappears silently.
        self.blocks.append((holds is not False, number))
        if holds is None:
            self._put(f"\n*Where {explain(condition, self.catalog.questions)}:*\n\n")

    def _hidden(self, name: str) -> bool:
        """Tell whether a page may not depend on an answer, because it would show the answer."""
        internal = self.catalog.questions[name].sensitivity == "internal"
        return internal and self.draft is not None and not self.working

    def _close_block(self, number: int) -> None:
        if self.blocks:
            self.blocks.pop()
        else:
            self._problem(number, "This “end” closes no “where”.")

    def _part(self, name: str, argument: str, number: int) -> str:
        find = self.codes.get(name)
        if find is None:
            if name in INTERNAL and not self.working:
                self._problem(number, f"“{name}” shows what is internal, and this site is published.")
            else:
                self._problem(number, f"There is no shortcode “{name}”.{did_you_mean(name, self.codes)}")
            return f"`policy: {name} {argument}`"
        try:
            subject = find(argument)
        except KeyError as error:
            self._problem(number, f"“{name}” finds nothing named “{error.args[0]}”.")
            return f"`policy: {name} {argument}`"
        return self.pages.part(name, subject, self.element)

    def _of(self, argument: str) -> Element | Topic:
        """Return an element or a topic, by default the page's."""
        name = argument or self.element
        return self.catalog.topics.get(name) or self.catalog.elements[name]


def _provisions(name: str, draft: Draft) -> list[Provision]:
    chosen = [p for p in draft.policy.everything if name in (p.clause.code, p.clause.id, p.number)]
    if not chosen:
        # Caught in _part, which knows the line.
        raise KeyError(name)
    return chosen


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
