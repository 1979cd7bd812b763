"""The script that judges answers in a browser says what Python says: conditions, findings, provisions and words."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from policywright.agency.answers import usable
from policywright.language.conditions import evaluate, open_questions, questions_in, witnesses
from policywright.language.texts import escape_markdown
from policywright.model.catalog import Choice, Question
from policywright.model.draft import Draft
from policywright.model.fields import Condition
from policywright.model.findings import Place
from policywright.pages.form_data import asked_of, form_data, start_data
from policywright.pages.views.adoption import usual_adoption
from tests.support.agency_files import TOWN_ANSWERS, catalog, read_case, repository_of, with_facts, write_agency
from tests.support.judged import (
    Agency,
    Values,
    in_node,
    needs_node,
    said_by_first_page,
    said_by_python,
    said_by_script,
    some_answers,
)

pytestmark = needs_node
CASES = read_case("rules_js.yml")
MOST = 120_000
"""How many bytes a page may have, packed, for its HTML and its data."""

VERDICTS = """
(cases) => cases.map(([tree, answers]) => {
  const look = (name) => answers[name] === undefined ? null : answers[name];
  const { evaluate, openQuestions, witnesses, questionsIn } = policywrightRules;
  return [evaluate(tree, look), openQuestions(tree, look), witnesses(tree, look), questionsIn(tree)];
})
"""


def verdicts(cases: Sequence[tuple[Condition, Values]]) -> list[list[Any]]:
    found: list[list[Any]] = in_node(VERDICTS, cases)
    return found


def as_tuples(tree: Any) -> Any:
    return tuple(as_tuples(part) for part in tree) if isinstance(tree, list) else tree


def verdict(tree: Condition, answers: Values) -> list[Any]:
    look = answers.get
    return [evaluate(tree, look), *map(list, (open_questions(tree, look), witnesses(tree, look), questions_in(tree)))]


def test_each_edge_has_the_same_value_in_both_and_waits_for_the_same_questions() -> None:
    cases = [(as_tuples(case["tree"]), case["answers"]) for case in CASES["conditions"]]
    for case, (tree, answers), script in zip(CASES["conditions"], cases, verdicts(cases), strict=True):
        assert script[:2] == [case["is"], case.get("open", [])], case["of"]
        assert script == verdict(tree, answers), case["of"]


NAMES = [f"e.{letter}" for letter in "abcdef"]
LITERALS = ["x", "y", "off", "2027-01-01", "𝒳", "\uffee", "", 0, 1, 2, -1, 24, 2.5, True, False]
ANSWERS = [*LITERALS, 24.0, None, "unknown", [], ["x"], ["y", "x"], ["x", None], [1, "y"], [["x"]], {}, {"x": 1}]


def some_tree(chance: random.Random, depth: int) -> Condition:
    form = chance.choice(["and", "or", "not", "named", "leaf", "leaf"]) if depth else "leaf"
    if form in ("and", "or"):
        return (form, *(some_tree(chance, depth - 1) for _ in range(chance.randint(2, 4))))
    if form == "not":
        return ("not", some_tree(chance, depth - 1))
    return ("named", "n", some_tree(chance, depth - 1)) if form == "named" else some_leaf(chance)


def some_leaf(chance: random.Random) -> Condition:
    answer, value = ("answer", chance.choice(NAMES)), ("value", chance.choice(LITERALS))
    form = chance.choice(["==", "!=", "<", "<=", ">", ">=", "in", "not in", "is answered", "is empty", "count"])
    if form.startswith("is "):
        return (form, answer)
    if form == "count":
        return (chance.choice(["==", "<", ">="]), ("count", answer), ("value", chance.randint(0, 3)))
    if form.endswith("in"):
        values = ("list", *chance.sample(LITERALS, chance.randint(0, 4)))
        return (form, *chance.choice([(answer, values), (value, answer)]))
    return (form, *chance.choice([(answer, value), (value, answer), (answer, ("answer", chance.choice(NAMES)))]))


def test_ten_thousand_conditions_have_the_same_value_in_both_by_the_same_questions() -> None:
    chance = random.Random(14)
    cases = [
        (some_tree(chance, 3), {name: chance.choice(ANSWERS) for name in NAMES if chance.random() < 0.7})
        for _ in range(10_000)
    ]
    expected = [verdict(*case) for case in cases]
    assert {value for value, *_ in expected} == {True, False, None}
    for case, script, python in zip(cases, verdicts(cases), expected, strict=True):
        assert script == python, case


def tiny(question: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of a form with one question, and one provision that shows its answer."""
    clause = {"id": "c", "title": "", "part": "policy", "when": None, "body": [["show", "e.q", []]]}
    return {
        "fixed": [],
        "words": {"open": "", "none": "none", "and": " and "},
        "labels": {},
        "facts": {},
        "offices": {},
        "parts": {},
        "named": {},
        "questions": {"e.q": question},
        "assumed": [],
        "rules": [],
        "clauses": [clause],
        "sections": [],
        "prefixes": {},
    }


JUDGED = "(jobs) => jobs.map(([data, own]) => policywrightRules.judge(data, own))"


def test_a_value_is_as_usable_in_the_script_as_in_a_file() -> None:
    cases = CASES["usable"]
    jobs = [
        [tiny({"type": case["type"], "choices": {key: [key] for key in case["choices"]}}), {"e.q": case["value"]}]
        if "choices" in case
        else [tiny({"type": case["type"]}), {"e.q": case["value"]}]
        for case in cases
    ]
    for case, script in zip(cases, in_node(JUDGED, jobs), strict=True):
        assert script["values"]["e.q"]["value"] == case["is"] == usable(question_of(case), case["value"]), case


def question_of(case: Mapping[str, Any]) -> Question:
    choices = {key: Choice(value=key, label=key) for key in case.get("choices", ())}
    rest: dict[str, Any] = {"help": "", "why": "", "tier": "optional", "asked_of": (), "place": Place("q.yml")}
    return Question(id="e.q", type=case["type"], choices=choices, **rest)


def test_a_number_counts_the_sections_and_provisions_that_are_there_in_any_case() -> None:
    data = tiny({"type": "text"}) | {"sections": [True, False, False], "prefixes": {"procedures": "P"}}
    [clause] = data["clauses"]
    data["clauses"] = [clause | {"section": 2, "after": 4}, clause | {"section": 2, "after": 0, "part": "procedures"}]
    [said] = in_node(JUDGED, [[data, {"e.q": "x"}]])
    assert [one["number"] for one in said["provisions"]] == ["2.5", "P2.1"]


SIGNS = [*"aZé9_-+:.!@#*`\\|~^=<>&\"'{}[]()/ \t\n\r", "1.", "12)", "://", "www.", "\0", "\x7f", "\x85", "\u200b"]
SIGNS += ["\u2028", "\u202e", "\ufeff", "𝒳", "ß", "٣", "مرحبا", "  ", "a:b:c", "x@y"]


def test_words_of_an_agency_are_as_harmless_in_the_script_as_in_the_policy() -> None:
    chance = random.Random(14)
    words = ["".join(chance.choices(SIGNS, k=chance.randint(1, 12))) for _ in range(3_000)]
    words = [text for text in words if text.strip()]
    jobs = [[tiny({"type": "text"}), {"e.q": text}] for text in words]
    for text, script in zip(words, in_node(JUDGED, jobs), strict=True):
        assert script["provisions"][0]["text"] == escape_markdown(text).strip(), [text]


DOCUMENTS: list[dict[str, Any]] = [
    {"preset": "two_way"},
    {"preset": "one_way", "offices": {"it_security": "none", "hr": "none", "privacy": "none", "moderator": "none"}},
    {"preset": "service_desk", "offices": dict.fromkeys(catalog().roles, "the Clerk")},
    {"preset": "emergency", "offices": {"hr": "Straße 7", "legal": "The  *CLERK*", "records": "the clerk"}},
    {"owner": "Somebody & Others"},
]
OVERRIDES = {
    "GOV-1-own.md": "when: comments.enabled == 'off'|{{ policy.owner | start }} owns {{ policy.title }}, "
    "{{ policy.version }}: {{ stakeholders.policy_owner }}.",
    "CIT-2-criticism-welcome.md": "when: comments.enabled != 'off'|{{ agency.name }} hears criticism.",
}
"""A new clause and a reworded one: the condition, and the text."""


def write_overrides(folder: Path) -> None:
    for name, said in OVERRIDES.items():
        when, text = said.split("|", 1)
        path = folder / "overrides" / "clauses" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        code = "-".join(name.split("-")[:2])
        path.write_text(f"---\ncode: {code}\ntitle: Own\n{when}\nlevel: explains\nsources: []\n---\n{text}\n", "utf-8")


@pytest.fixture(scope="module")
def agencies(tmp_path_factory: pytest.TempPathFactory) -> list[Agency]:
    """Agencies with other offices, presets and bases; their files are read once, and have no answers."""
    chance = random.Random(7)
    folders = [write_agency(tmp_path_factory.mktemp("agency"), {}, document) for document in DOCUMENTS]
    write_overrides(folders[-1])
    write_overrides(folders[0])
    return [Agency(repository_of(folder), some_answers(chance, 0.8)) for folder in folders]


def without_nothing(values: Values) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def differences(python: Mapping[str, Any], script: Mapping[str, Any], ids: Mapping[str, set[str]]) -> Iterator[str]:
    """Yield where both say something else about what the form knows, see `known`."""
    for part, said in python.items():
        names = ids.get(part, {*said}) | {*script[part]}
        for name in sorted(names):
            if said.get(name, "nothing") != script[part].get(name, "nothing"):
                yield f"{part} {name}: {said.get(name)} in Python, {script[part].get(name)} in the script"


def known(data: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return which rules and provisions a form has, by part of what is said."""
    rules, clauses = ({one[key] for one in data[part]} for part, key in (("rules", "code"), ("clauses", "id")))
    return {"findings": rules, "undecided": rules, "in": clauses, "waiting": clauses}


def outside(said: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return what is said beyond what a form knows."""
    covering = {f"{one['covers'][1]}-by-existing-policy" for one in data["clauses"] if "covers" in one}
    return {part: {*said[part]} - ids - covering for part, ids in known(data).items()}


def test_whole_sets_of_answers_lead_to_the_same_findings_and_provisions_in_both(agencies: list[Agency]) -> None:
    chance = random.Random(14)
    jobs, expected = [], []
    for agency in agencies:
        given = some_answers(chance, 0.5)
        draft = agency.draft(given)
        data = form_data(draft, questions=list(catalog().questions))
        # The data is made from other answers than those that are judged: it depends on none of them.
        sets = [some_answers(chance, chance.choice([0, 0.1, 0.3, 0.6, 0.9])) for _ in range(14)]
        jobs.append((data, [{}, *(dict.fromkeys(catalog().questions) | own for own in sets)]))
        drafts = [draft, *map(agency.draft, sets)]
        expected.append([said_by_python(one, list(data["questions"])) for one in drafts])
    assert is_worth_it([said for one in expected for said in one])
    assert not faults(jobs, expected)


def faults(
    jobs: Sequence[tuple[Mapping[str, Any], Sequence[Values]]], expected: Sequence[Sequence[Mapping[str, Any]]]
) -> str:
    found: list[str] = []
    for (data, _), script, python in zip(jobs, said_by_script(jobs), expected, strict=True):
        for said, other in zip(python, script, strict=True):
            found += differences(said, other, known(data))
    return "\n".join(found[:20])


def is_worth_it(said: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the sets reach most rules and clauses, so that agreement means something."""
    fired = {code for one in said for code in one["findings"]}
    present = {name for one in said for name in one["in"]}
    covered = {name for name in present if name.endswith("by-existing-policy")}
    return len(fired) > 0.8 * len(catalog().rules) and len(present) > 0.9 * len(catalog().clauses) and bool(covered)


def test_an_office_changes_nothing_that_its_form_does_not_know(agencies: list[Agency]) -> None:
    chance = random.Random(15)
    jobs, expected = [], []
    for number, office in enumerate(["", *catalog().roles]):
        agency, given = agencies[number % len(agencies)], some_answers(chance, chance.choice([0.1, 0.5]))
        before = agency.draft(given)
        data = form_data(before, office)
        owns: list[Values] = [{}, some_changes(data, chance), some_changes(data, chance)]
        drafts = [before, *(agency.draft(without_nothing({**given, **own})) for own in owns[1:])]
        said = [said_by_python(draft, list(data["questions"])) for draft in drafts]
        assert all(outside(one, data) == outside(said[0], data) for one in said)
        jobs.append((data, owns))
        expected.append([within(one, data) for one in said])
    assert not faults(jobs, expected)


def some_changes(data: Mapping[str, Any], chance: random.Random) -> dict[str, Any]:
    """Return other answers to questions that a form shows, or none, except to those that say what the agency is."""
    names = {*data["shown"]} - {*data["fixed"]}
    return {name: chance.choice([None, value]) for name, value in some_answers(chance, 0.2).items() if name in names}


def within(said: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said about what a form knows."""
    beyond = outside(said, data)
    return {part: {k: v for k, v in rows.items() if k not in beyond.get(part, ())} for part, rows in said.items()}


def test_a_change_of_what_the_agency_is_leads_beyond_the_data_and_is_said(town: Draft) -> None:
    data, (first, *_) = form_data(town), catalog().scaffold.values()
    assert first in data["fixed"]
    same, other = in_node(JUDGED, [[data, {}], [data, {first: "nz"}]])
    assert (same["beyond"], other["beyond"]) == ([], [first])
    assert form_data(town, questions=[first])["fixed"] == []


FIRST = [row.question for row in catalog().start if row.question]
REPLACEABLE = [role.id for role in catalog().roles.values() if role.stand_in]


def first_page_agency(folder: Path, preset: str, missing: Sequence[str]) -> Agency:
    offices = {"legal": "The  *CLERK*", "records": "the clerk"} | dict.fromkeys(missing, "none")
    return Agency(repository_of(write_agency(folder, {}, {"preset": preset, "offices": offices})), {})


@pytest.mark.parametrize("preset", ["", *catalog().presets])
def test_the_first_page_finds_what_check_finds_after_the_same_answers(preset: str, tmp_path: Path) -> None:
    chance = random.Random(f"first {preset}")
    before = first_page_agency(tmp_path / "before", chance.choice([*catalog().presets]), REPLACEABLE[:2])
    jobs, expected = [], []
    for number, open_share in enumerate((1, 1, 0.5, 0.2)):
        missing = chance.sample(REPLACEABLE, [0, 1, 4, len(REPLACEABLE)][number])
        after = first_page_agency(tmp_path / f"{number}", preset, missing)
        law = chance.choice([*catalog().questions["agency.jurisdiction"].choices])
        answers = some_answers(chance, open_share) | TOWN_ANSWERS | {"agency.jurisdiction": law}
        given = {name: value for name, value in answers.items() if name not in FIRST}
        data = start_data(before.draft(given), FIRST)
        for _ in range(10):
            answers = some_answers(chance, chance.choice([0, 0.3, 0.6]))
            own = {name: answers.get(name) for name in FIRST}
            draft = after.draft(without_nothing(given | own))
            usual = usual_adoption(draft)
            jobs.append((data, preset, missing, own))
            expected.append(said_by_python(draft, [*data["questions"]]) | {"usual": usual.body if usual else None})
    assert len({code for one in expected for code in one["findings"]}) > len(catalog().rules) / 4
    assert len({one["usual"] for one in expected}) > 2
    for job, script, python in zip(jobs, said_by_first_page(jobs), expected, strict=True):
        assert script == {part: python[part] for part in script}, job[1:]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Draft:
    folder = write_agency(tmp_path_factory.mktemp("town"))
    return Agency(repository_of(folder), {}).draft(with_facts(TOWN_ANSWERS))


def packed(data: Mapping[str, Any]) -> int:
    return len(gzip.compress(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()))


@pytest.mark.parametrize("office", ["", *catalog().roles])
def test_the_data_of_a_page_leaves_room_for_its_html(town: Draft, office: str) -> None:
    assert packed(form_data(town, office, procedures=False)) < MOST * 0.8


def test_a_form_shows_the_questions_of_its_office_that_can_concern_the_agency(town: Draft) -> None:
    everything, legal = asked_of(town), asked_of(town, "legal")
    assert set(legal) < set(everything) < set(catalog().questions)
    assert {name for name in everything if "legal" in catalog().questions[name].asked_of} == {*legal}
    assert form_data(town, "legal")["shown"] == list(legal)
