"""Catalog texts fill with answers, and an agency's words are shown as exactly these words wherever they land."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policywright.language.conditions import ConditionError
from policywright.language.parsing import parse_text
from policywright.language.texts import Filler, escape_markdown, outline, questions_shown, series
from policywright.model.catalog import Choice, Column, Question
from policywright.model.fields import Text
from policywright.model.findings import Place
from tests.support.agency_files import catalog, read_case
from tests.support.html import as_html

settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

CASES = read_case("texts.yml")
OFFICES = {
    "office.legal": "Counsel",
    "office.hers": "Counsel",
    "office.theirs": "the Clerk",
    "office.mine": "the Mayor",
}
FACTS = {"agency.name": "Town of A & B", "agency.short_name": "the Town", **OFFICES}


def question(name: str, words: str, kind: Any, choices: Mapping[str, tuple[str, str]] | None = None) -> Question:
    known = {value: Choice(value=value, label=label, text=text) for value, (label, text) in (choices or {}).items()}
    asked: dict[str, Any] = {"why": "", "tier": "optional", "asked_of": (), "place": Place("e/questions.yml")}
    return Question(id=f"e.{name}", help=words, type=kind, choices=known, **asked)


FRUITS = {"apple": ("An apple", "an apple"), "pear": ("A pear", "a pear"), "plum": ("A plum", "a plum")}
COLUMNS = {
    "name": Column(help="How is it called?", type="text", part="title"),
    "page": Column(help="Where is it?", type="text", part="reference"),
    "fate": Column(
        help="What becomes of it?",
        type="choice",
        part="disposition",
        choices={"adopt": Choice(value="adopt", label="Adopt it", text="adopted")},
    ),
}
QUESTIONS = {
    one.id: one
    for one in (
        question("light", "Which light?", "choice", {"red": ("Red light", "at red")}),
        question("fruits", "Which fruits?", "choices", FRUITS),
        question("sure", "Are you sure?", "yes_no", {"yes": ("Yes", "yes"), "no": ("No", "no")}),
        question("number", "How many?", "number"),
        question("note", "Which note?", "text"),
        question("words", "Which words?", "list"),
        replace(question("rows", "Which rows?", "records"), columns=COLUMNS),
    )
}


def parse(text: str) -> Text:
    return parse_text(text, QUESTIONS, list(FACTS))


def unanswered(_: str) -> None:
    """Answer no question."""


def fill(text: str, answers: Mapping[str, Any]) -> str:
    return Filler(QUESTIONS, answers.get, FACTS, escape_markdown).fill(parse(text))


@pytest.mark.parametrize("case", CASES["fill"], ids=lambda case: f"{case['text']} on {case.get('answers')}")
def test_a_text_shows_the_answers(case: dict[str, Any]) -> None:
    assert fill(case["text"], case.get("answers", {})).strip() == case["gives"]


@pytest.mark.parametrize("text", CASES["outline"])
def test_a_text_has_an_outline_for_everybody(text: str) -> None:
    assert outline(parse(text), QUESTIONS) == CASES["outline"][text]


@pytest.mark.parametrize("case", CASES["wrong"], ids=lambda case: case["text"])
def test_what_is_no_text_is_refused_with_the_word_and_a_way_out(case: dict[str, Any]) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(case["text"])
    assert all(words in caught.value.message for words in case["says"]), caught.value.message
    assert caught.value.word == case.get("word", caught.value.word)


def test_a_text_names_the_questions_that_it_shows_once_and_in_order() -> None:
    text = parse("{{ e.note }}, {{ agency.name }}, {{ e.light | text }}, {{ e.note | text }}, {{ 'apple' | label }}")
    assert questions_shown(text, QUESTIONS) == ("e.note", "e.light")


def test_a_quoted_value_gets_its_label_from_the_questions_that_are_involved() -> None:
    other = question("other", "Which other?", "choice", {"apple": ("The other apple", "it")})
    filler = Filler({**QUESTIONS, other.id: other}, unanswered, FACTS)
    text = parse("{{ 'apple' | label }}")
    assert filler.fill(text) == "An apple"
    assert filler.fill(text, ["e.other"]) == "The other apple"


def test_a_series_reads_as_it_is_read_aloud() -> None:
    assert [series(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "none",
        "a",
        "a and b",
        "a, b and c",
    ]


def test_the_words_of_the_catalog_are_not_escaped_and_the_agency_s_are() -> None:
    filler = Filler(QUESTIONS, {"e.note": "*a*"}.get, FACTS, escape_markdown)
    assert filler.fill(parse("*so* {{ e.note | text }}")) == "*so* &#42;a&#42;"


@given(st.text())
def test_any_text_is_a_text_or_is_refused(words: str) -> None:
    try:
        parts = parse(words)
    except ConditionError as error:
        assert error.message  # noqa: PT017 - a refusal is as good as a text here
    else:
        assert "".join(parts) == words


def test_every_text_of_the_catalog_shows_only_what_exists() -> None:
    known = catalog()
    facts = {
        name: "x" for part in known.clauses.values() for name in names_shown(part.body) if name not in known.questions
    }
    for clause in known.clauses.values():
        filled = Filler(known.questions, unanswered, facts).fill(clause.body)
        assert "{{" not in filled
        assert all(
            f"[to be decided: {known.questions[name].help}]" in filled
            for name in questions_shown(clause.body, known.questions)
            if name in names_shown(clause.body)
        )


def names_shown(text: Text) -> list[str]:
    return [part[1] for part in text if isinstance(part, tuple) and part[0] == "show"]


class Seen(HTMLParser):
    """What a page shows: its elements with their attributes, and its words."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, list[str]]] = []
        self.words: list[str] = []
        self.titles: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, [name for name, _ in attrs]))
        self.titles += [given or "" for name, given in attrs if name == "title"]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.elements.append(("comment", [data]))

    def unknown_decl(self, data: str) -> None:
        self.elements.append(("declaration", [data]))

    def handle_decl(self, decl: str) -> None:
        self.unknown_decl(decl)

    def handle_pi(self, data: str) -> None:
        self.unknown_decl(data)


PLACES = {
    "a paragraph": "{}",
    "the middle of a paragraph": "Before {} after.",
    "a second line": "Before\n{}",
    "emphasis": "**{}** and *{}*",
    "a heading": "# {} {{: #there }}",
    "a list item": "- {}\n- x",
    "a numbered item": "1. {}\n2. x",
    "an indented line of an item": "- x\n\n    *Who:* {}.\n",
    "a table": "| a | b |\n| --- | --- |\n| {} | x {} |",
    "a link": "[{}](there.md)",
    "a quotation": "> {}",
    "an element": '<p class="x" markdown="1"><span>{}</span></p>',
    "an attribute": '<p title="{}">x</p>',
    "an element of its own lines": '<div class="x" markdown="1">\n\n**{}**\n\n</div>',
    "a box": '!!! note "x"\n    {}',
    "a line between lines": "x\n\n{}\n\nx",
}


def read(text: str) -> Seen:
    seen = Seen()
    seen.feed(as_html(text))
    seen.close()
    return seen


HARMLESS = {place: read(form.format("harmless", "harmless")) for place, form in PLACES.items()}


def shown(seen: Seen) -> str:
    return " ".join("".join([*seen.words, " ", *seen.titles]).split())


def stands_as_it_is(words: str, place: str) -> None:
    """Assert that words in a page are exactly these words, and that they make no element, link or attribute."""
    escaped, line = escape_markdown(words), " ".join(words.split())
    seen = read(PLACES[place].format(escaped, escaped))
    assert seen.elements == HARMLESS[place].elements
    assert shown(seen) == " ".join(shown(HARMLESS[place]).replace("harmless", line).split())


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("words", CASES["hostile"])
def test_hostile_words_are_shown_as_they_are(words: str, place: str) -> None:
    stands_as_it_is(words, place)


LETTERS = st.characters(exclude_categories=("Cc", "Cs"))
MARKS = st.sampled_from([*"\\`*_{}[]()#+-.!|<>&\"'~^=:;@/ 1a", "://", "www.", "&amp;", "&#42;", "<b>", "]("])
WORDS = st.one_of(st.text(LETTERS, min_size=1), st.lists(MARKS, min_size=1, max_size=14).map("".join))


@given(WORDS.filter(str.strip), st.sampled_from(list(PLACES)))
@settings(max_examples=1000)
def test_any_words_are_shown_as_they_are(words: str, place: str) -> None:
    stands_as_it_is(words, place)


@given(WORDS)
def test_escaped_words_are_one_line_and_lose_nothing(words: str) -> None:
    assert "\n" not in escape_markdown(words)
    assert bool(escape_markdown(words)) == bool(words.strip())
