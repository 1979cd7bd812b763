"""The `when:` language: parse, check, evaluate in three values, explain.

A parsed condition is a tree of tuples, which is also its JSON form:

    ("and", a, b, …)  ("or", a, b, …)  ("not", a)  ("named", name, a)
    ("==", a, b)  and likewise !=  <  <=  >  >=  in  not in
    ("is answered", answer)  ("is empty", answer)  ("count", answer)
    ("answer", question_id)  ("value", literal)  ("list", literal, …)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sized
from functools import lru_cache
from math import isfinite
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.parser import Parser

from policywright.model.catalog import Asked, Question
from policywright.model.fields import Condition
from policywright.model.findings import did_you_mean, one_of

Lookup = Callable[[str], Any]
"""Question id -> its value, or None if it is unanswered or not asked."""

_ENVIRONMENT = Environment(autoescape=False)  # noqa: S701 - only its parser is used
_COMPARISONS = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">=", "in": "in", "notin": "not in"}
_ORDERS = ("<", "<=", ">", ">=")
_TESTS = {"answered": "is answered", "empty": "is empty"}


class ConditionError(Exception):
    """Raised when a condition is not valid; `word` is the wrong part of the text."""

    def __init__(self, message: str, word: str = "") -> None:
        self.message = message
        self.word = word
        super().__init__(message)


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


def evaluate(tree: Condition, look: Lookup) -> bool | None:
    """Return True or False, or None while an open question leaves the condition undecided (Kleene's logic)."""
    form = tree[0]
    if form in ("and", "or"):
        return _join(tree[1:], look, decisive=form == "or")
    if form == "named":
        return evaluate(tree[2], look)
    if form == "not":
        result = evaluate(tree[1], look)
        return None if result is None else not result
    if form in _TESTS.values():
        return _test(form, look(tree[1][1]))
    return _compare(form, _value(tree[1], look), _value(tree[2], look))


def may_hold(tree: Condition | None, given: Mapping[str, Any]) -> bool:
    """Return whether a condition can hold, whatever is answered to the questions that are not given."""
    return tree is None or evaluate(_patient(tree, given), given.get) is not False


def _patient(tree: Condition, given: Mapping[str, Any]) -> Condition:
    """Return a condition that waits where “is answered” would be false for a question that is not given."""
    if tree[0] == "is answered" and tree[1][1] not in given:
        return ("is empty", tree[1])
    return tuple(_patient(part, given) if isinstance(part, tuple) else part for part in tree)


# Kleene's logic: one true part decides “or” and one false part decides “and”, even if other parts are open.
def _join(parts: tuple[Condition, ...], look: Lookup, *, decisive: bool) -> bool | None:
    result: bool | None = not decisive
    for part in parts:
        value = evaluate(part, look)
        if value is decisive:
            return decisive
        if value is None:
            result = None
    return result


def _test(form: str, value: Any) -> bool | None:
    if form == "is answered":
        return value is not None
    return None if value is None else not value


def _value(tree: Condition, look: Lookup) -> Any:
    if tree[0] == "answer":
        return look(tree[1])
    if tree[0] == "count":
        value = look(tree[1][1])
        return len(value) if isinstance(value, Sized) else None
    return list(tree[1:]) if tree[0] == "list" else tree[1]


_OPERATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
}


def _compare(operator: str, left: Any, right: Any) -> bool | None:
    if left is None or right is None:
        return None
    try:
        return _OPERATIONS[operator](left, right)
    # A wrong type in an answer file is already a finding of the schema. The rule waits until the answer is corrected.
    except TypeError:
        return None


# A draft asks this several times of each of a thousand conditions.
@lru_cache(maxsize=16_384)
def questions_in(tree: Condition) -> tuple[str, ...]:
    """Return the ids of all questions that a condition names, in order, without duplicates."""
    return tuple(dict.fromkeys(_names(tree)))


def _names(tree: Condition) -> Iterator[str]:
    if tree[0] == "answer":
        yield tree[1]
    elif tree[0] not in ("value", "list"):
        for part in tree[1:]:
            if isinstance(part, tuple):
                yield from _names(part)


def open_questions(tree: Condition, look: Lookup) -> tuple[str, ...]:
    """Return the open questions that keep a condition undecided; empty if it is decided."""
    if evaluate(tree, look) is not None:
        return ()
    if tree[0] in ("and", "or", "not", "named"):
        parts = [part for part in tree[1:] if isinstance(part, tuple)]
        return tuple(dict.fromkeys(name for part in parts for name in open_questions(part, look)))
    return tuple(name for name in questions_in(tree) if look(name) is None)


def witnesses(tree: Condition, look: Lookup) -> tuple[str, ...]:
    """Return the questions whose answers settle a condition, leaving out the parts that do not matter."""
    result = evaluate(tree, look)
    if result is None:
        return questions_in(tree)
    if tree[0] in ("and", "or"):
        decisive = (tree[0] == "or") == result
        # A single part can decide (see _join); then only the parts that did so are witnesses. Otherwise all parts were
        # needed.
        parts = [part for part in tree[1:] if evaluate(part, look) is result] if decisive else tree[1:]
        return tuple(dict.fromkeys(name for part in parts for name in witnesses(part, look)))
    if tree[0] in ("not", "named"):
        return witnesses(tree[-1], look)
    return questions_in(tree)


def explain(tree: Condition, questions: Mapping[str, Question]) -> str:
    """Put a condition into words, using the questions' wording and labels."""
    form = tree[0]
    if form in ("and", "or"):
        parts = [explain(part, questions) for part in tree[1:]]
        nested = [f"({part})" if sub[0] in ("and", "or") else part for part, sub in zip(parts, tree[1:], strict=True)]
        return f" {form} ".join(nested)
    if form == "not":
        return f"not ({explain(tree[1], questions)})"
    if form == "named":
        return explain(tree[2], questions)
    return _explain_comparison(tree, questions)


_PHRASES = {
    "==": "is", "!=": "is not", "<": "is less than", "<=": "is at most",
    ">": "is more than", ">=": "is at least", "in": "is", "not in": "is not",
}  # fmt: skip


_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _explain_comparison(tree: Condition, questions: Mapping[str, Question]) -> str:
    form = tree[0]
    if form == "is answered":
        return f"“{questions[tree[1][1]].help}” is answered"
    if form == "is empty":
        return f"“{questions[tree[1][1]].help}” has no entry"
    left, right = tree[1], tree[2]
    if right[0] == "answer":
        return _explain_reversed(form, left, questions[right[1]])
    if left[0] == "count":
        return f"the number of entries in “{questions[left[1][1]].help}” {_PHRASES[form]} {right[1]}"
    question = questions[left[1]]
    values = right[1:]
    words = " or ".join(f"“{label_of(question, value)}”" for value in values)
    return f"“{question.help}” {_PHRASES[form]} {words}"


def _explain_reversed(form: str, value: Condition, question: Question) -> str:
    phrase = {"in": "includes", "not in": "does not include"}.get(form) or _PHRASES[_MIRRORED.get(form, form)]
    return f"“{question.help}” {phrase} “{label_of(question, value[1])}”"


def label_of(question: Asked, value: Any) -> str:
    """Return the label of a value, or the value itself as text."""
    choice = question.choices.get(value) if isinstance(value, str) else None
    return choice.label if choice else str(value)
