"""Catalog texts: Jinja's notation `{{ answer | filter }}`, and nothing else of Jinja.

A parsed text is a tuple of parts: plain strings, ("show", name, (filter, …)), and the marks of `language.between`.
We walk the parts ourselves, so a text cannot call, loop or reach into anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from jinja2 import nodes

from policywright.language.between import CLOSE, OPEN, bracketed, has_brackets, plain_name, with_others, without_gaps
from policywright.language.conditions import ConditionError, dotted_name, label_of, parse_expression
from policywright.model.catalog import Question
from policywright.model.existing import ExistingPolicy, existing_policy
from policywright.model.fields import Text
from policywright.model.findings import capital, did_you_mean, one_of, visible

FILTERS = ("label", "text", "series", "bullets", "instruments", "start")

TO_BE_DECIDED = "**[to be decided: {}]**"
"""What a text has in place of an answer that is open."""
NOTHING, AND = "none", " and "
"""The words for an empty list, and between its last two items."""

_BLANK_LINES = re.compile(r"\n{3,}")
# Templates that an author may try, because Jinja has them. They would otherwise show up in the policy as text.
_STRAY = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")


def parse_text(text: str, questions: Mapping[str, Question], names: Sequence[str]) -> Text:
    """Parse a catalog text.

    `names` are the further names that may be shown, such as `agency.name`.
    Raise ConditionError if a part is not valid.
    """
    parts: list[Any] = []
    for piece, acting in bracketed(text):
        inner = _parts(piece, questions, names)
        parts += inner if acting is None else [(OPEN, acting, ()), *inner, (CLOSE, "", ())]
    return tuple(parts)


def _parts(text: str, questions: Mapping[str, Question], names: Sequence[str]) -> list[Any]:
    parts: list[Any] = []
    end = 0
    # A pattern would look for the closing mark from each opening one, which takes the square of the length.
    while (start := text.find("{{", end)) >= 0 and (close := text.find("}}", start + 2)) >= 0:
        parts += [_plain(text[end:start]), _shown(text[start + 2 : close], questions, names)]
        end = close + 2
    parts.append(_plain(text[end:]))
    return [part for part in parts if part != ""]


def _plain(text: str) -> str:
    stray = _STRAY.search(text)
    if stray:
        message = f"“{stray[0]}” is no placeholder. A text may only show answers, as in {{{{ agency.short_name }}}}."
        raise ConditionError(message, stray[0])
    return text


def _shown(text: str, questions: Mapping[str, Question], names: Sequence[str]) -> tuple[Any, ...]:
    node: nodes.Node = parse_expression(text)
    filters: list[str] = []
    while isinstance(node, nodes.Filter) and node.node is not None:
        if node.name not in FILTERS or node.args or node.kwargs:
            hint = did_you_mean(node.name, FILTERS)
            message = f"The filter “{node.name}” is not known.{hint} Filters: {one_of(FILTERS)}."
            raise ConditionError(message, node.name)
        filters.insert(0, node.name)
        node = node.node
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        return ("value", node.value, tuple(filters))
    name = dotted_name(node)
    if name not in questions and name not in names:
        hint = did_you_mean(name, [*questions, *names])
        raise ConditionError(f"There is nothing named “{name or text.strip()}” to show.{hint}", name or text.strip())
    return ("show", name, tuple(filters))


def questions_shown(text: Text, questions: Mapping[str, Question]) -> tuple[str, ...]:
    """Return the ids of the questions whose answers a text shows, without duplicates."""
    shown = (part[1] for part in text if isinstance(part, tuple) and part[0] == "show")
    # “agency.place.public_records” shows what the answer to agency.place says about one subject.
    names = (name if name in questions else name.rpartition(".")[0] for name in shown)
    return tuple(dict.fromkeys(name for name in names if name in questions))


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
