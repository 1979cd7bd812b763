"""Parses the two small languages of the catalog, conditions and texts, with Jinja's parser.

Everything else of Jinja is refused, over a closed list of its nodes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.parser import Parser

from policywright.language.between import CLOSE, OPEN, bracketed
from policywright.language.conditions import ConditionError
from policywright.language.texts import FILTERS
from policywright.model.catalog import Question
from policywright.model.fields import Condition, Text
from policywright.model.findings import did_you_mean, one_of

_ENVIRONMENT = Environment(autoescape=False)  # noqa: S701 - only its parser is used
_COMPARISONS = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">=", "in": "in", "notin": "not in"}
_ORDERS = ("<", "<=", ">", ">=")
_TESTS = {"answered": "is answered", "empty": "is empty"}
# Templates that an author may try, because Jinja has them. They would otherwise show up in the policy as text.
_STRAY = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")


def parse_condition(text: str, questions: Mapping[str, Question], named: Mapping[str, Condition]) -> Condition:
    """Parse and check a condition; raise ConditionError if it is not valid."""
    if not isinstance(text, str):
        raise ConditionError("A condition is a text such as comments.enabled == 'off'.")
    try:
        return _Walker(questions, named).truth(parse_expression(text))
    except RecursionError as error:
        raise ConditionError("This condition is nested too deep.") from error


def parse_expression(text: str) -> nodes.Expr:
    """Parse one Jinja expression; raise ConditionError on a syntax error."""
    try:
        # Jinja has no public function for a single expression. “state” starts its lexer inside {{ … }}, and the check
        # for the end of the stream refuses text after a complete expression, such as “a == 'b' c”.
        parser = Parser(_ENVIRONMENT, text, state="variable")
        expression = parser.parse_expression()
        if not parser.stream.eos:
            rest = str(parser.stream.current.value)
            raise ConditionError(f"“{rest}” is not expected here.", rest)
    except TemplateSyntaxError as error:
        raise ConditionError(f"This cannot be read as a condition: {error.message}.") from error
    # Python refuses integers of more than 4,300 digits, and Jinja lets that error through.
    except ValueError as error:
        raise ConditionError("This number is too long.") from error
    except RecursionError as error:
        raise ConditionError("This condition is nested too deep.") from error
    return expression


def dotted_name(node: nodes.Node) -> str:
    """Return `element.question` for a name or an attribute, or an empty string for anything else."""
    words: list[str] = []
    while isinstance(node, nodes.Getattr):
        words.append(node.attr)
        node = node.node
    return ".".join([node.name, *reversed(words)]) if isinstance(node, nodes.Name) else ""


class _Walker:
    """Converts Jinja's nodes into our tree, over a closed list of nodes."""

    def __init__(self, questions: Mapping[str, Question], named: Mapping[str, Condition]) -> None:
        self.questions = questions
        self.named = named

    def truth(self, node: nodes.Node) -> Condition:
        if isinstance(node, nodes.And):
            return self.joined("and", node)
        if isinstance(node, nodes.Or):
            return self.joined("or", node)
        if isinstance(node, nodes.Not):
            return ("not", self.truth(node.node))
        if isinstance(node, nodes.Compare):
            return self.comparison(node)
        if isinstance(node, nodes.Test):
            return self.test(node)
        if isinstance(node, nodes.Name):
            return self.condition(node.name)
        name = dotted_name(node)
        if name in self.questions:
            hint = "compare it with a value, as in " + _example(self.questions[name])
            raise ConditionError(f"“{name}” alone is neither true nor false; {hint}.", name)
        raise ConditionError(f"“{_kind(node)}” is not part of the language of conditions.", name)

    def joined(self, word: str, node: nodes.And | nodes.Or) -> Condition:
        parts = [self.truth(node.left), self.truth(node.right)]
        # “a and b and c” is one flat tuple and not two nested ones, so that its explanation needs no brackets.
        flat = [piece for part in parts for piece in (part[1:] if part[0] == word else (part,))]
        return (word, *flat)

    def condition(self, name: str) -> Condition:
        if name not in self.named:
            known = [*self.named, *self.questions]
            message = f"There is no condition named “{name}”.{did_you_mean(name, known)}"
            raise ConditionError(f"{message} Known conditions: {one_of(self.named)}.", name)
        # The tree contains the whole named condition, so that evaluating and explaining need no lookup.
        return ("named", name, self.named[name])

    def comparison(self, node: nodes.Compare) -> Condition:
        # Jinja allows “1 < a < 3”, which would need another form in the explanation.
        if len(node.ops) != 1:
            raise ConditionError("Compare two things at a time, and join comparisons with “and”.")
        operator = _COMPARISONS[node.ops[0].op]
        left, right = self.operand(node.expr), self.operand(node.ops[0].expr)
        self.check_types(operator, left, right)
        return (operator, left, right)

    def test(self, node: nodes.Test) -> Condition:
        if node.name not in _TESTS or node.args or node.kwargs:
            raise ConditionError(f"“is {node.name}” is not known; use “is answered” or “is empty”.", node.name)
        operand = self.operand(node.node)
        if operand[0] != "answer":
            raise ConditionError(f"“is {node.name}” goes after a question.", node.name)
        if node.name == "empty" and self.questions[operand[1]].type not in ("choices", "list", "records", "text"):
            raise ConditionError(
                f"“{operand[1]}” is a single value, which is never empty; use “is answered”.", operand[1]
            )
        return (_TESTS[node.name], operand)

    def operand(self, node: nodes.Node) -> Condition:
        if isinstance(node, nodes.Const):
            return ("value", node.value)
        if isinstance(node, nodes.List):
            return ("list", *(self.literal(item) for item in node.items))
        if isinstance(node, nodes.Neg) and isinstance(node.node, nodes.Const) and _is_number(node.node.value):
            return ("value", -node.node.value)
        if isinstance(node, nodes.Filter):
            return self.filtered(node)
        return ("answer", self.question(node))

    def filtered(self, node: nodes.Filter) -> Condition:
        if node.name != "count" or node.node is None or node.args or node.kwargs:
            raise ConditionError(f"“|{node.name}” is not known in conditions; only “|count” is.", node.name)
        name = self.question(node.node)
        if self.questions[name].type not in ("choices", "list", "records"):
            raise ConditionError(f"“{name}” is not a list, so it cannot be counted.", name)
        return ("count", ("answer", name))

    def literal(self, node: nodes.Node) -> Any:
        if not isinstance(node, nodes.Const):
            raise ConditionError("A list in a condition has quoted values only.", dotted_name(node))
        return node.value

    def question(self, node: nodes.Node) -> str:
        name = dotted_name(node)
        if name in self.questions:
            return name
        if not name:
            raise ConditionError(f"“{_kind(node)}” is not part of the language of conditions.")
        hint = did_you_mean(name, self.questions)
        quote = "" if "." in name else f" Put a value in quotes: '{name}'."
        raise ConditionError(f"There is no question “{name}”.{hint or quote}", name)

    def check_types(self, operator: str, left: Condition, right: Condition) -> None:
        if operator in ("in", "not in"):
            self.check_membership(left, right)
        elif left[0] == "answer":
            self.check_value(operator, self.questions[left[1]], right)
        elif right[0] == "answer":
            self.check_value(operator, self.questions[right[1]], left)
        elif left[0] == "count":
            if right[0] != "value" or not _is_number(right[1]) or right[1] != int(right[1]):
                raise ConditionError("A count is compared with a whole number.", left[1][1])
        else:
            raise ConditionError("One side of a comparison must be a question.")

    def check_membership(self, left: Condition, right: Condition) -> None:
        if left[0] == "answer" and right[0] == "list":
            question = self.questions[left[1]]
            if question.type in ("choices", "list", "records"):
                raise ConditionError(f"“{question.id}” is a list; write 'value' in {question.id}.", question.id)
            for value in right[1:]:
                self.check_literal(question, value)
        elif left[0] == "value" and right[0] == "answer":
            question = self.questions[right[1]]
            if question.type not in ("choices", "list"):
                message = f"“{question.id}” is a single value; write {question.id} == '{left[1]}'."
                raise ConditionError(message, question.id)
            self.check_literal(question, left[1])
        else:
            raise ConditionError("“in” goes between a question and a list of values, or a value and a question.")

    def check_value(self, operator: str, question: Question, other: Condition) -> None:
        if question.type in ("choices", "list", "records"):
            raise ConditionError(f"“{question.id}” is a list; use “in”, “is empty” or “|count”.", question.id)
        if other[0] != "value":
            raise ConditionError(f"“{question.id}” is compared with one value.", question.id)
        if operator in _ORDERS and question.type not in ("number", "date"):
            raise ConditionError(f"“{question.id}” has no order, so “{operator}” has no meaning.", question.id)
        self.check_literal(question, other[1])

    def check_literal(self, question: Question, value: Any) -> None:
        if question.choices and value not in question.choices:
            hint = did_you_mean(str(value), question.choices)
            message = f"“{value}” is not a choice of {question.id}.{hint} Choices: {one_of(question.choices)}."
            raise ConditionError(message, str(value))
        if not (_is_number(value) if question.type == "number" else isinstance(value, str)):
            raise ConditionError(f"{question.id} is a {question.type}; “{value}” is something else.", str(value))


# True and False are integers for Python, and Jinja reads “1e999” as infinity; neither is a number in an answer.
def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _kind(node: nodes.Node) -> str:
    return type(node).__name__.lower()


def _example(question: Question) -> str:
    first = next(iter(question.choices), "value")
    if question.type == "choices":
        return f"'{first}' in {question.id}"
    return f"{question.id} == '{first}'"


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
