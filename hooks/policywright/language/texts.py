"""Catalog texts: Jinja's notation `{{ answer | filter }}`, and nothing else of Jinja.

A parsed text is a tuple of parts: plain strings, ("show", name, (filter, …)), and the marks of `language.between`.
We walk the parts ourselves, so a text cannot call, loop or reach into anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from policywright.language.between import CLOSE, OPEN, has_brackets, plain_name, with_others, without_gaps
from policywright.language.conditions import label_of, questions_in
from policywright.model.catalog import Catalog, Clause, Question
from policywright.model.existing import ExistingPolicy, existing_policy
from policywright.model.fields import Text
from policywright.model.findings import capital, visible

FILTERS = ("label", "text", "series", "bullets", "instruments", "start")

TO_BE_DECIDED = "**[to be decided: {}]**"
"""What a text has in place of an answer that is open."""
NOTHING, AND = "none", " and "
"""The words for an empty list, and between its last two items."""

_BLANK_LINES = re.compile(r"\n{3,}")


def questions_shown(text: Text, questions: Mapping[str, Question]) -> tuple[str, ...]:
    """Return the ids of the questions whose answers a text shows, without duplicates."""
    shown = (part[1] for part in text if isinstance(part, tuple) and part[0] == "show")
    # “agency.place.public_records” shows what the answer to agency.place says about one subject.
    names = (name if name in questions else name.rpartition(".")[0] for name in shown)
    return tuple(dict.fromkeys(name for name in names if name in questions))


def clause_questions(clause: Clause, catalog: Catalog) -> tuple[str, ...]:
    """Return every question that a clause depends on, through its condition or its text."""
    named = questions_in(clause.when) if clause.when else ()
    shown = (*questions_shown(clause.body, catalog.questions), *questions_shown(clause.staff, catalog.questions))
    return tuple(dict.fromkeys((*named, *shown)))


def outline(text: Text, questions: Mapping[str, Question]) -> str:
    """Return a text without any agency's answers: an ellipsis in place of each answer."""
    return "".join(part if isinstance(part, str) else _outlined(part, questions) for part in text).strip()


def _outlined(part: tuple[Any, ...], questions: Mapping[str, Question]) -> str:
    if part[0] == "show":
        return "…"
    if part[0] in (OPEN, CLOSE):
        return ""
    return next((q.choices[part[1]].label for q in questions.values() if part[1] in q.choices), str(part[1]))


class Filler:
    """Fills texts with one agency's answers.

    `look` gives the value of a question or None, `facts` the value of every further name.
    `escape` makes an agency's words harmless in the target format; the catalog's words are not escaped.
    """

    def __init__(
        self,
        questions: Mapping[str, Question],
        look: Callable[[str], Any],
        facts: Mapping[str, str],
        escape: Callable[[str], str] = str,
    ) -> None:
        self.questions = questions
        self.look = look
        self.facts = facts
        self.escape = escape

    def with_facts(self, facts: Mapping[str, str]) -> Filler:
        """Return a filler that knows more facts."""
        return Filler(self.questions, self.look, {**self.facts, **facts}, self.escape)

    def fill(self, text: Text, involved: Sequence[str] = ()) -> str:
        """Fill a text; the label of a quoted value is looked up in the questions `involved`."""
        parts = with_others(text, self._office) if has_brackets(text) else text
        filled = "".join(part if isinstance(part, str) else self._part(part, involved) for part in parts)
        return _BLANK_LINES.sub("\n\n", without_gaps(filled))

    def _office(self, name: str) -> str:
        return plain_name(self.facts[name])

    def _part(self, part: tuple[Any, ...], involved: Sequence[str]) -> str:
        form, name, filters = part
        if form == "value":
            words = next(self._labels(name, involved), name)
        elif name in self.questions:
            words = self._answer(self.questions[name], filters)
        else:
            words = self.escape(self.facts[name])
        return capital(words) if "start" in filters else words

    def _labels(self, value: str, involved: Sequence[str]) -> Iterator[str]:
        for question_id in (*involved, *self.questions):
            question = self.questions[question_id]
            if value in question.choices:
                yield question.choices[value].label

    def _answer(self, question: Question, filters: Sequence[str]) -> str:
        value = self.look(question.id)
        if value is None:
            return TO_BE_DECIDED.format(question.help)
        values = value if isinstance(value, list) else [value]
        if "instruments" in filters:
            return self._instruments(question, values)
        words = [self._words(question, item, filters) for item in values]
        if "bullets" in filters:
            return "\n" + "".join(f"\n- {word}" for word in words) + "\n" if words else NOTHING
        return series(words)

    def _words(self, question: Question, value: Any, filters: Sequence[str]) -> str:
        choice = question.choices.get(value) if isinstance(value, str) else None
        if choice is None:
            return self.escape(label_of(question, value))
        return choice.label if "label" in filters else choice.text

    def _instruments(self, question: Question, rows: Sequence[Mapping[str, Any]]) -> str:
        policies = [existing_policy(row, question) for row in rows]
        return "\n" + "".join(f"\n- {self._instrument(policy)}" for policy in policies) + "\n" if rows else NOTHING

    def _instrument(self, policy: ExistingPolicy) -> str:
        reference = f" ({self.escape(policy.reference)})" if policy.reference else ""
        disposition = f": {policy.disposition.text}" if policy.disposition else ""
        return f"{self.escape(policy.title)}{reference}{disposition}."


def series(words: Sequence[str]) -> str:
    """Write a list as a phrase: “a, b and c”."""
    if not words:
        return NOTHING
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])}{AND}{words[-1]}"


_MARKS = str.maketrans({mark: f"&#{ord(mark)};" for mark in '\\`*_{}[]|~^=<>&"#'})
# Signs that start a list, a quotation or a definition, but only at the beginning of a line.
_LEADING = re.compile(r"^([-+:.!]|\d+[.)])")
# Markdown's autolink extensions and browsers turn these into links; an agency's name must never become one.
_LINKS = re.compile(r"://|www\.|:(?=[\w+-]+:)|@(?=\w)")


# The same names and answers are escaped in hundreds of provisions.
@lru_cache(maxsize=16_384)
def escape_markdown(words: str) -> str:
    """Escape words so that Markdown and its HTML show exactly these words on one line.

    The result is also safe inside a double-quoted HTML attribute.
    """
    line = visible(" ".join(words.split())).translate(_MARKS)
    line = _LINKS.sub(lambda found: _entities(found[0]), line)
    return _LEADING.sub(lambda found: _entities(found[0]), line)


def _entities(words: str) -> str:
    return "".join(f"&#{ord(letter)};" for letter in words)
