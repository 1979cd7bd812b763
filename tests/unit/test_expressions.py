"""The language of conditions: three values, in words, as JSON, and what is said about a condition that is none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policywright.language.conditions import (
    ConditionError,
    evaluate,
    explain,
    may_hold,
    open_questions,
    questions_in,
    witnesses,
)
from policywright.language.parsing import parse_condition
from policywright.model.catalog import Choice, Question
from policywright.model.fields import Condition
from policywright.model.findings import Place
from tests.support.agency_files import catalog, read_case

settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

CASES = read_case("expressions.yml")
LIGHTS = {"red": "Red light", "amber": "Amber light", "green": "Green light"}
FRUITS = {"apple": "An apple", "pear": "A pear"}


def question(name: str, words: str, kind: Any, choices: Mapping[str, str] | None = None) -> Question:
    known = {value: Choice(value=value, label=label) for value, label in (choices or {}).items()}
    asked: dict[str, Any] = {"why": "", "tier": "optional", "asked_of": (), "place": Place("e/questions.yml")}
    return Question(id=f"e.{name}", help=words, type=kind, choices=known, **asked)


QUESTIONS = {
    one.id: one
    for one in (
        question("light", "Which light?", "choice", LIGHTS),
        question("fruits", "Which fruits?", "choices", FRUITS),
        question("sure", "Are you sure?", "yes_no", {"yes": "Yes", "no": "No"}),
        question("number", "How many?", "number"),
        question("day", "Which day?", "date"),
        question("note", "Which note?", "text"),
        question("words", "Which words?", "list"),
        question("rows", "Which rows?", "records"),
    )
}
NAMED = {"stop": parse_condition("e.light == 'red'", QUESTIONS, {})}


def parse(text: str) -> Condition:
    return parse_condition(text, QUESTIONS, NAMED)


def value(text: str, answers: Mapping[str, Any]) -> bool | None:
    return evaluate(parse(text), answers.get)


STATES = {"true": {"e.light": "red", "e.sure": "yes"}, "false": {"e.light": "green", "e.sure": "no"}, "null": {}}


def state(name: str, of: object) -> dict[str, Any]:
    given = STATES[json.dumps(of)]
    return {name: given[name]} if given else {}


def attempt(text: str) -> Condition | str:
    """Return the tree of a condition, or what is said about a text that is none."""
    try:
        return parse(text)
    except ConditionError as error:
        return error.message


@pytest.mark.parametrize("row", CASES["kleene"]["not"], ids=str)
def test_not_follows_kleene(row: list[bool | None]) -> None:
    assert value("not stop", state("e.light", row[0])) is row[1]


@pytest.mark.parametrize("word", ["and", "or"])
def test_and_and_or_follow_kleene(word: str) -> None:
    assert len(CASES["kleene"][word]) == 9
    for left, right, result in CASES["kleene"][word]:
        answers = state("e.light", left) | state("e.sure", right)
        assert value(f"stop {word} e.sure == 'yes'", answers) is result, (left, word, right)


@pytest.mark.parametrize("case", CASES["values"], ids=lambda case: f"{case['when']} on {case['answers']}")
def test_a_condition_has_this_value_and_names_what_settles_it(case: dict[str, Any]) -> None:
    tree, look = parse(case["when"]), case["answers"].get
    assert evaluate(tree, look) is case["is"]
    assert list(open_questions(tree, look)) == case.get("open", [])
    if case["is"] is not None:
        assert list(witnesses(tree, look)) == case["by"]


@pytest.mark.parametrize("when", CASES["words"])
def test_a_condition_explains_itself_in_the_words_of_its_questions(when: str) -> None:
    assert explain(parse(when), QUESTIONS) == CASES["words"][when]


@pytest.mark.parametrize("case", CASES["wrong"], ids=lambda case: case["when"])
def test_what_is_no_condition_is_refused_with_the_word_and_a_way_out(case: dict[str, Any]) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(case["when"])
    assert all(words in caught.value.message for words in case["says"]), caught.value.message
    assert caught.value.word == case.get("word", caught.value.word)
    assert caught.value.message.endswith((".", "?"))


@pytest.mark.parametrize("text", [None, 5, True, ["stop"], {"stop": "stop"}])
def test_a_condition_is_a_text(text: Any) -> None:
    with pytest.raises(ConditionError, match="A condition is a text"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        " and ".join(["stop"] * 5000),
        "not " * 5000 + "stop",
        "(" * 5000 + "stop" + ")" * 5000,
        "e" + ".light" * 5000,
        "e.number == " + "9" * 5000,
        "e.number == " + "-" * 5000 + "1",
    ],
    ids=["ands", "nots", "brackets", "dots", "digits", "minuses"],
)
def test_an_endless_condition_is_refused_or_read_but_breaks_nothing(text: str) -> None:
    tree = attempt(text)
    assert len(tree) < 400 if isinstance(tree, str) else evaluate(tree, {"e.light": "red"}.get) in (True, False, None)


def as_tuples(tree: Any) -> Any:
    return tuple(as_tuples(part) for part in tree) if isinstance(tree, list) else tree


@pytest.mark.parametrize("when", [case["when"] for case in CASES["values"]])
def test_a_tree_survives_json(when: str) -> None:
    tree = parse(when)
    assert as_tuples(json.loads(json.dumps(tree))) == tree


def test_every_condition_of_the_catalog_survives_json_and_can_be_said_in_words() -> None:
    known = catalog()
    things: list[Any] = [
        *known.questions.values(),
        *known.rules.values(),
        *known.clauses.values(),
        *known.sources.values(),
    ]
    trees = [thing.when for thing in things if thing.when]
    assert len(trees) > 500
    for tree in trees:
        assert as_tuples(json.loads(json.dumps(tree))) == tree
        assert set(questions_in(tree)) <= set(known.questions)
        assert not any(name in explain(tree, known.questions) for name in questions_in(tree))


def test_a_condition_names_its_questions_once_and_in_order() -> None:
    tree = parse("e.sure == 'yes' and (stop or e.sure == 'no') and e.fruits | count > 1 and 'tea' in e.words")
    assert questions_in(tree) == ("e.sure", "e.light", "e.fruits", "e.words")


def leaf(*, monotonic: bool) -> st.SearchStrategy[str]:
    answered = [] if monotonic else [f"{name} is answered" for name in QUESTIONS]
    return st.one_of(
        st.builds("e.light {} '{}'".format, st.sampled_from(["==", "!="]), st.sampled_from(list(LIGHTS))),
        st.builds("'{}' {} e.fruits".format, st.sampled_from(list(FRUITS)), st.sampled_from(["in", "not in"])),
        st.builds("e.number {} {}".format, st.sampled_from(["<", "<=", ">", ">=", "=="]), st.integers(-3, 3)),
        st.builds(
            "e.{} | count {} {}".format, st.sampled_from(["fruits", "words", "rows"]), st.just(">="), st.integers(0, 3)
        ),
        st.sampled_from(
            ["stop", "e.sure == 'yes'", "e.fruits is empty", "e.words is empty", "e.note == 'x'", *answered]
        ),
        st.builds("e.day {} '2027-0{}-01'".format, st.sampled_from(["<", ">="]), st.integers(1, 9)),
    )


def condition(*, monotonic: bool = False) -> st.SearchStrategy[str]:
    def larger(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        joined = st.builds("({} {} {})".format, parts, st.sampled_from(["and", "or"]), parts)
        return st.one_of(joined, st.builds("not ({})".format, parts))

    return st.recursive(leaf(monotonic=monotonic), larger, max_leaves=8)


FULL: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "e.light": st.sampled_from(list(LIGHTS)),
        "e.fruits": st.lists(st.sampled_from(list(FRUITS)), unique=True),
        "e.sure": st.sampled_from(["yes", "no"]),
        "e.number": st.integers(-4, 4) | st.floats(-4, 4),
        "e.day": st.dates().map(str),
        "e.note": st.sampled_from(["x", "y"]),
        "e.words": st.lists(st.text(), max_size=3),
        "e.rows": st.lists(st.just({}), max_size=3),
    }
)
OPEN = st.sets(st.sampled_from(list(QUESTIONS)))
ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text() | st.none())


def without(answers: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: given for name, given in answers.items() if name not in names}


@given(st.text())
def test_any_text_is_a_condition_or_is_refused(text: str) -> None:
    assert attempt(text)


TOKENS = [
    "e.light",
    "e.fruits",
    "e",
    "stop",
    "'red'",
    '"x"',
    "'\\N{x}'",
    "1",
    "1.5",
    "1e999",
    "0x1",
    "[",
    "]",
    "(",
    ")",
]
TOKENS += [
    "{",
    "}",
    ",",
    ".",
    "|",
    "count",
    "~",
    "==",
    "=",
    "<",
    "in",
    "not",
    "and",
    "or",
    "is",
    "empty",
    "answered",
    "if",
]
TOKENS += [
    "else",
    "-",
    "+",
    "*",
    "**",
    "//",
    "%",
    "none",
    "true",
    ":",
    ";",
    "{%",
    "%}",
    "{{",
    "}}",
    "{#",
    "#}",
    "\n",
    "_",
    "!",
]


@given(st.lists(st.sampled_from(TOKENS), max_size=12).map(" ".join))
def test_any_row_of_its_own_words_is_a_condition_or_is_refused(text: str) -> None:
    tree = attempt(text)
    assert tree if isinstance(tree, str) else explain(tree, QUESTIONS)


@given(condition(), st.dictionaries(st.sampled_from(list(QUESTIONS)), ANYTHING))
def test_whatever_was_answered_a_condition_has_one_of_three_values(text: str, answers: dict[str, Any]) -> None:
    assert value(text, answers) in (True, False, None)


@given(condition(), condition(), FULL, OPEN)
def test_de_morgan_holds_in_three_values(left: str, right: str, full: dict[str, Any], open_ones: set[str]) -> None:
    answers = without(full, open_ones)
    assert value(f"not ({left} and {right})", answers) is value(f"not ({left}) or not ({right})", answers)
    assert value(f"not ({left} or {right})", answers) is value(f"not ({left}) and not ({right})", answers)
    assert value(f"not (not ({left}))", answers) is value(left, answers)


@given(condition(monotonic=True), FULL, OPEN)
def test_what_is_decided_stays_so_when_more_questions_are_answered(
    text: str, full: dict[str, Any], open_ones: set[str]
) -> None:
    before, after = value(text, without(full, open_ones)), value(text, full)
    assert after is not None
    assert before in (None, after)


@given(condition(monotonic=True), FULL, OPEN)
def test_the_open_questions_are_those_whose_answers_decide_it(
    text: str, full: dict[str, Any], open_ones: set[str]
) -> None:
    tree, answers = parse(text), without(full, open_ones)
    waiting = open_questions(tree, answers.get)
    assert (evaluate(tree, answers.get) is None) == bool(waiting)
    assert set(waiting) <= open_ones & set(questions_in(tree))
    assert evaluate(tree, (answers | {name: full[name] for name in waiting}).get) is not None


@given(condition(monotonic=True), FULL, OPEN)
def test_the_witnesses_alone_settle_it(text: str, full: dict[str, Any], open_ones: set[str]) -> None:
    tree, answers = parse(text), without(full, open_ones)
    result = evaluate(tree, answers.get)
    if result is not None:
        named = witnesses(tree, answers.get)
        assert evaluate(tree, {name: answers.get(name) for name in named}.get) is result


@given(condition())
def test_every_condition_can_be_said_in_words_and_kept_as_json(text: str) -> None:
    tree = parse(text)
    assert explain(tree, QUESTIONS)
    assert as_tuples(json.loads(json.dumps(tree))) == tree


IS_OPEN = ("is answered", ("answer", "e.open"))
OF_KIND_A = ("==", ("answer", "e.kind"), ("value", "a"))


@pytest.mark.parametrize(
    ("tree", "given", "may"),
    [
        (IS_OPEN, {}, True),
        (("not", IS_OPEN), {}, True),
        (IS_OPEN, {"e.open": "x"}, True),
        (("not", IS_OPEN), {"e.open": "x"}, False),
        (("and", IS_OPEN, OF_KIND_A), {"e.kind": "b"}, False),
        (("and", IS_OPEN, OF_KIND_A), {"e.kind": "a"}, True),
        (None, {}, True),
    ],
)
def test_an_open_question_may_still_be_answered(tree: Any, given: dict[str, Any], may: bool) -> None:  # noqa: FBT001
    assert may_hold(tree, given) is may
