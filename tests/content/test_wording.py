"""The lint of every clause: plain words, one duty a sentence, a named actor, a grade that people can read."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import textstat

from policywright.catalog.folders import catalog_folder
from policywright.language.between import CLOSE, OPEN
from policywright.language.texts import outline
from policywright.model.catalog import Clause, Question
from policywright.model.fields import Text
from tests.support.agency_files import ROOT, TOWN_ANSWERS, catalog, draft_with, read_case, with_facts
from tests.support.exceptions import check

WORDS = read_case("wording.yml")
CATALOG = catalog()
CLAUSES = list(CATALOG.clauses.values())

textstat.set_lang("en-US")  # with the hyphen, syllables are counted from patterns on board, and nothing is downloaded


def read(text: Text) -> str:
    """Return a text as it reads with the longest answers and the usual names of the offices."""
    return "".join(part if isinstance(part, str) else said(part) for part in text).strip()


def said(part: tuple[Any, ...]) -> str:
    form, name, filters = part
    if form in (OPEN, CLOSE):
        return ""
    if name in CATALOG.questions:
        words = answer(CATALOG.questions[name], filters)
    elif name.startswith("office."):
        words = CATALOG.roles[name.removeprefix("office.")].name
    else:
        words = {"agency.short_name": "the Town", "agency.name": "the Town of Exampleton"}.get(name, "the policy")
    return words[:1].upper() + words[1:] if "start" in filters else words


def answer(question: Question, filters: tuple[str, ...]) -> str:
    words = [choice.label if "label" in filters else choice.text for choice in question.choices.values()]
    words = words or [WORDS["samples"][question.id]]
    if "bullets" in filters or "instruments" in filters:
        return "".join(f"\n- {word}" for word in words) + "\n"
    longest = max(words, key=len)
    return f"{longest}, {words[0]} and {words[-1]}" if "series" in filters and len(words) > 2 else longest


def lines(clause: Clause) -> Iterator[str]:
    """Yield the lines of a clause in our words, without quotations and the marks of lists and of emphasis."""
    for line in read(clause.body).splitlines():
        bare = re.sub(r"^(- |\d+\. )", "", line.strip()).replace("**", "")
        if bare and not bare.startswith(">"):
            yield re.sub(r"\*must( not)?\*|\*should\*|\*may\*", "“word”", bare)


def any_of(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def whole_words(words: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{any_of(words)})(?![\w-])", re.IGNORECASE)


def test_no_clause_is_vague() -> None:
    vague = whole_words(WORDS["vague"])
    check(
        "wording",
        "vague",
        {c.id: found for c in CLAUSES if (found := vague.findall(f"{read(c.body)} {read(c.staff)}"))},
    )


def test_no_clause_hides_a_duty_behind_another_word() -> None:
    hidden = whole_words(WORDS["no_duty_words"])
    check("wording", "no_duty_words", {c.id: found for c in CLAUSES if (found := hidden.findall(read(c.body)))})


def test_no_duty_is_passive() -> None:
    participle = rf"(?:\w+(?:ed|en)|{any_of(WORDS['participles'])})"
    passive = re.compile(rf"\b(?:must|should)(?: not)? (?:be|get) (?:\w+ly )?{participle}\b[^,.;]*")
    check(
        "wording",
        "passive",
        {c.id: found for c in CLAUSES if (found := [m for line in lines(c) for m in passive.findall(line)])},
    )


def test_a_sentence_holds_one_must() -> None:
    check(
        "wording",
        "one_must",
        {c.id: line for c in CLAUSES for line in lines(c) if len(re.findall(r"\bmust\b", line)) > 1},
    )


OFFICES = [*(role.name for role in CATALOG.roles.values()), "the Town"]
NOUNS = rf"(?:(?:{any_of(WORDS['determiners'])}) )?(?:{any_of(WORDS['actors'])})"
ACTOR = rf"(?:{any_of(OFFICES)}|{NOUNS})"
BEGINS = re.compile(rf"(?:(?:and|but|or|then|until then|only) )*{ACTOR}(?![\w-])", re.IGNORECASE)
ASKED = re.compile(rf"\b(?:what|which|whom|whose|how|where|why)\b(?: [\w-]+){{0,4}} {ACTOR}$|\bwho$", re.IGNORECASE)
NAMED_BEFORE = re.compile(rf"(?<![\w-]){ACTOR}(?![\w-]).*\b(?:{any_of(WORDS['pronouns'])})$", re.IGNORECASE)
BREAKS = re.compile(r"[,:;]? (?:and|but|or|that|whether|because|if|until|before|when) |[,:;] ")


def names_an_actor(words: str) -> bool:
    """Return whether the words before a must, should or may give the duty to somebody."""
    starts = [0, *(found.end() for found in BREAKS.finditer(words))]
    clauses = [words[start:] for start in starts]
    return any(BEGINS.match(clause) for clause in clauses) or bool(ASKED.search(words) or NAMED_BEFORE.search(words))


def test_every_must_should_and_may_has_a_named_actor() -> None:
    check(
        "wording",
        "actor",
        {
            clause.id: line
            for clause in CLAUSES
            for line in lines(clause)
            for found in re.finditer(r"\b(?:must|should|may)\b", line)
            if not names_an_actor(line[: found.start()].strip())
        },
    )


@pytest.mark.parametrize(
    "words", ["A comment", "When the author is away, a post", "Comments to the Town", "The training for a moderator"]
)
def test_a_thing_is_no_actor(words: str) -> None:
    assert not names_an_actor(words)


@pytest.mark.parametrize("words", ["The author", "Before a post appears, Counsel", "On which terms the Town", "It"])
def test_somebody_is_an_actor(words: str) -> None:
    assert names_an_actor(words) == (words != "It")


def sentences(line: str) -> list[str]:
    guarded = line
    for short in WORDS["abbreviations"]:
        guarded = guarded.replace(f"{short} ", short.replace(".", "·") + " ")
    return [piece.replace("·", ".") for piece in re.split(r"(?<=[.!?])\s+(?=[A-Z“])", guarded)]


def test_one_sentence_stands_on_one_line() -> None:
    check("wording", "one_line", {c.id: line for c in CLAUSES for line in lines(c) if len(sentences(line)) > 1})


def test_a_sentence_is_short() -> None:
    longest = WORDS["words_per_sentence"]
    check("wording", "long", {c.id: line for c in CLAUSES for line in lines(c) if len(line.split()) > longest})


def grade(text_lines: list[str]) -> float:
    """Return the Flesch-Kincaid grade; a list item is treated as a sentence."""
    return float(textstat.flesch_kincaid_grade("\n".join(re.sub(r"[;:,]?$", ".", x.rstrip(".")) for x in text_lines)))


def test_a_clause_reads_at_most_at_grade_thirteen() -> None:
    files: dict[str, list[str]] = {}
    for clause in CLAUSES:
        files.setdefault(clause.file_id, []).extend(lines(clause))
    check("wording", "grade", {name: g for name, both in files.items() if (g := grade(both)) > WORDS["grade"]})


def test_one_part_of_a_clause_alone_reads_at_most_at_grade_sixteen() -> None:
    assert {c.id: g for c in CLAUSES if (g := grade(list(lines(c)))) > WORDS["part_grade"]} == {}


@pytest.mark.parametrize("preset", CATALOG.presets)
def test_a_whole_policy_and_its_procedures_read_at_most_at_grade_ten(preset: str, tmp_path: Path) -> None:
    policy = draft_with(tmp_path, with_facts(TOWN_ANSWERS, preset), {"preset": preset}).policy
    for chapters in (policy.chapters, policy.procedures):
        text = html.unescape("\n".join(one.text for chapter in chapters for one in chapter.provisions))
        assert grade([line.removeprefix("- ") for line in text.splitlines() if line]) <= WORDS["instrument_grade"]


PUBLIC = [
    *((preset, "us_local") for preset in CATALOG.presets),
    *(("two_way", jurisdiction) for jurisdiction in CATALOG.questions["agency.jurisdiction"].choices),
]


@pytest.mark.parametrize(("preset", "jurisdiction"), PUBLIC)
def test_the_public_texts_read_at_most_at_grade_seven(preset: str, jurisdiction: str, tmp_path: Path) -> None:
    answers = with_facts(TOWN_ANSWERS | {"agency.jurisdiction": jurisdiction}, preset)
    for chapter in draft_with(tmp_path, answers, {"preset": preset}).policy.texts:
        text = html.unescape("\n".join(provision.text for provision in chapter.provisions))
        assert grade([line.removeprefix("- ") for line in text.splitlines() if line]) <= WORDS["public_grade"]


def test_a_name_has_a_capital_exactly_at_the_start_of_a_sentence() -> None:
    check("wording", "start", {clause.id: wrong for clause in CLAUSES if (wrong := list(wrong_capitals(clause.body)))})


def wrong_capitals(body: Text) -> Iterator[str]:
    before = ""
    for part in body:
        if isinstance(part, str):
            before = part
            continue
        if part[0] in (OPEN, CLOSE):
            continue
        starts = before == "" or before.endswith("\n") or bool(re.search(r"[.!?] $", before))
        in_item = before.endswith("- ")
        of_list = {"bullets", "instruments"} & set(part[2])
        if not in_item and not of_list and starts != ("start" in part[2]):
            yield part[1]
        before = " "


TITLE = WORDS["title"]
SLOGAN = re.compile(
    rf"^(?:{any_of(TITLE['starts'])})\b|\b(?:{any_of(TITLE['verbs'])})\b"
    rf"|^(?:{any_of(WORDS['verbs'])}) (?:{any_of(TITLE['objects'])})\b",
    re.IGNORECASE,
)


def test_a_title_is_a_noun_phrase() -> None:
    check("wording", "title", {clause.id: clause.title for clause in CLAUSES if SLOGAN.search(clause.title)})


@pytest.mark.parametrize("title", TITLE["slogans"])
def test_a_slogan_is_no_noun_phrase(title: str) -> None:
    assert SLOGAN.search(title)


NUMBER = rf"(?:\d+|{any_of(WORDS['numbers'])})"
PERIOD = re.compile(rf"\b{NUMBER} (?:working |calendar )?(?:minute|hour|day|week|month|year)s?\b", re.IGNORECASE)
MINUTES = re.compile(rf"\b{NUMBER} (?:minute|hour)s?\b", re.IGNORECASE)


def test_a_time_limit_of_the_policy_comes_from_an_answer() -> None:
    policy = [c for c in CLAUSES if c.part == "policy" and c.id not in FOR_THE_PUBLIC]
    found = {c.id: PERIOD.findall(outline(c.body, CATALOG.questions)) for c in policy}
    check("wording", "time_limit", {name: said for name, said in found.items() if said})


def test_minutes_and_hours_bind_only_where_somebody_is_on_duty() -> None:
    unwatched = [c for c in CLAUSES if not re.search(WORDS["on_duty"], str(c.when))]
    found = {c.id: MINUTES.findall(outline(c.body, CATALOG.questions)) for c in unwatched}
    check("wording", "minutes", {name: said for name, said in found.items() if said})


def test_a_line_for_staff_begins_with_a_verb() -> None:
    verbs = [*WORDS["verbs"], *(f"{no} {verb.lower()}" for no in ("Never", "Do not") for verb in WORDS["verbs"])]
    begins = re.compile(rf"(?:{any_of(verbs)})\b")
    texts = {clause.id: read(clause.staff) for clause in CLAUSES if clause.staff}
    check(
        "wording",
        "staff",
        {name: text for name, text in texts.items() if not (begins.match(text) and text.endswith("."))},
    )
    assert all("\n" not in text for text in texts.values())


def test_a_clause_has_the_level_of_its_strongest_word() -> None:
    wrong = {c.id: found for c in CLAUSES if (found := strongest(c)) != c.level}
    check(
        "wording",
        "level",
        {name: found for name, found in wrong.items() if not (found == "may" and name in FOR_THE_PUBLIC)},
    )


FOR_THE_PUBLIC = {c.id for c in CLAUSES if any(c.code in section.clauses for section in CATALOG.texts)}
"""Clauses of the texts for the public: their “you may comment” explains what the policy decides for staff."""


def test_the_texts_for_the_public_explain_and_bind_nobody() -> None:
    assert FOR_THE_PUBLIC
    assert {CATALOG.clauses[name].level for name in FOR_THE_PUBLIC} == {"explains"}


def strongest(clause: Clause) -> str:
    text = " ".join(lines(clause))
    return next((word for word in ("must", "should", "may") if re.search(rf"\b{word}\b", text)), "explains")


def test_the_choices_of_a_question_are_labeled_in_words() -> None:
    choices = [choice for question in CATALOG.questions.values() for choice in question.choices.values()]
    assert not [choice for choice in choices if not choice.label or not choice.text]
    assert not [choice for choice in choices if "_" in choice.label + choice.text]
    labels = [[c.label for c in question.choices.values()] for question in CATALOG.questions.values()]
    assert all(len(set(words)) == len(words) for words in labels)


def test_the_content_has_no_phrase_that_reads_as_if_translated() -> None:
    phrase = re.compile(rf"(?<![\w-])(?:{'|'.join(WORDS['idioms'])})(?![\w-])", re.IGNORECASE)
    root = catalog_folder("social-media")
    files = [path for path in root.rglob("*") if path.is_file() and path.name != "sources.yml"]
    found = {path.relative_to(root).as_posix(): phrase.search(path.read_text("utf-8")) for path in files}
    assert {name: one[0] for name, one in found.items() if one} == {}


def test_nothing_in_the_content_is_left_to_be_written() -> None:
    unfinished = re.compile(r"# research|'\?'|\bTBD\b|\bXXX\b|[Ll]orem ipsum")
    files = [*catalog_folder("social-media").rglob("*"), *(ROOT / "docs/guidance").glob("*.md")]
    texts = {path.name: path.read_text("utf-8") for path in files if path.is_file()}
    assert not [name for name, text in texts.items() if unfinished.search(text)]
