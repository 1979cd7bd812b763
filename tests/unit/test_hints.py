"""“Did you mean …?” helps with a misspelled choice, and never proposes the opposite of what somebody meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from policywright.model.findings import did_you_mean
from tests.support.agency_files import catalog, read_case

CASES = read_case("opposites.yml")


def proposed(word: str, known: list[str]) -> str | None:
    found = re.fullmatch(r" Did you mean “(.+)”\?", did_you_mean(word, known))
    return found[1] if found else None


def misspelled(word: str) -> Iterator[str]:
    """Yield a word with each letter left out or swapped with the next one, and other slips."""
    for at in range(len(word)):
        before, after = word[:at], word[at + 1 :]
        yield before + after
        yield before + after[:1] + word[at] + after[1:]
    yield from (word.replace("_", " "), word.replace("_", "-"), word.replace("_", ""), word.upper(), f"{word}s")
    yield from (f"x{word[1:]}", word[0] + word, word + word[-1])


@pytest.mark.parametrize(("word", "known", "meant"), CASES["hints"])
def test_a_hint_names_the_nearest_word_that_cannot_mean_the_opposite(
    word: str, known: list[str], meant: str | None
) -> None:
    assert proposed(word, known) == meant


def test_no_misspelled_choice_of_the_catalog_gets_its_opposite_and_nearly_all_get_the_choice() -> None:
    tried = right = 0
    wrong: set[tuple[str, str, str]] = set()
    for (name, known), sides in lists_of_choices().items():
        for choice in known:
            opposites = {one for side, other in (sides, sides[::-1]) if choice in side for one in other}
            others = [one for one in known if one != choice]
            for word in {*misspelled(choice)} - {*known, ""}:
                tried += 1
                said = proposed(word, list(known))
                right += said == choice
                # The choice itself may be missing, for example in an older catalog.
                hints = {said, proposed(word, others) if opposites else None}
                wrong |= {(name, word, hint) for hint in hints if hint in opposites}
    assert not wrong
    assert right / tried > 0.88, (right, tried)


def lists_of_choices() -> dict[tuple[str, tuple[str, ...]], list[list[str]]]:
    """Return each list of choices of the catalog, with the sides that are opposite; the many “yes, no” once."""
    found: dict[tuple[str, ...], str] = {}
    for question in catalog().questions.values():
        found.setdefault(tuple(question.choices), question.id)
    # The list of all states and nations is long, and has no opposites.
    lists = {(name, known): CASES["choices"].get(name, [["yes"], ["no"]]) for known, name in found.items()}
    return {key: sides for key, sides in lists.items() if len(key[1]) < 30}


def test_the_opposites_are_choices_that_exist() -> None:
    questions = catalog().questions
    for name, sides in CASES["choices"].items():
        assert {one for side in sides for one in side} <= set(questions[name].choices), name
