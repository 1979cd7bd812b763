"""The subject matter holds together: questions, clauses, rules, sources and guidance, in every jurisdiction."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from policywright.agency.settling import settle
from policywright.catalog.answer_schema import register_schema
from policywright.catalog.folders import catalog_folder
from policywright.files.schema import check as check_file
from policywright.files.yaml import parse_yaml
from policywright.language.conditions import evaluate, open_questions, questions_in
from policywright.language.parsing import parse_condition
from policywright.language.texts import outline, questions_shown
from policywright.model.draft import Draft
from policywright.model.fields import Condition
from policywright.pages.book import render_book
from policywright.pages.readings import check_readings
from policywright.pages.renderer import Binder
from policywright.pages.views.site import AgencySite, Site
from tests.support.agency_files import (
    any_answers,
    catalog,
    draft_with,
    read_case,
    repository_of,
    values,
    with_facts,
    write_agency,
)
from tests.support.exceptions import check

CATALOG = catalog()
QUESTIONS = CATALOG.questions
COUNTRIES = read_case("countries.yml")
SPELLING = read_case("spelling.yml")
CONTRADICTIONS = read_case("contradictions.yml")
TRAPS = read_case("traps.yml")

JURISDICTIONS = list(QUESTIONS["agency.jurisdiction"].choices)
KINDS = dict.fromkeys(["us_local", "us_tribal", "uk_local", "au_state_local"], "municipal_general")
SECTIONS = [
    "Why it matters",
    "What you decide",
    "How agencies usually decide",
    "Mistakes to avoid",
    "An example",
    "The law where you are",
    "Who should be in the room",
    "Next",
]

ROWS: dict[str, Any] = {**CATALOG.clauses, **CATALOG.rules, **CATALOG.items}
"""Everything that rests on sources."""


# Which answers make a condition hold


def solutions(when: Condition, given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield sets of answers that extend what is given and on which the condition holds; None is no answer."""
    left = [name for name in whether_answered(when) if name not in given]
    left = left or [name for name in open_questions(when, given.get) if name not in given]
    if left:
        unanswered = [None] if left[0] in whether_answered(when) else []
        for value in [*values(QUESTIONS[left[0]]), *unanswered]:
            yield from solutions(when, {**given, left[0]: value})
    elif evaluate(when, given.get) is True:
        yield dict(given)


@functools.cache
def whether_answered(when: Condition) -> tuple[str, ...]:
    """Return the questions of which a condition asks whether they are answered."""
    tests = (one for one in comparisons(when) if one[0] == "is answered")
    return tuple(dict.fromkeys(name for one in tests for name in questions_in(one)))


@functools.cache
def solve(name: str, jurisdiction: str) -> dict[str, Any] | None:
    """Return answers on which a clause, rule or checklist item holds in a jurisdiction; None when there are none."""
    return solved(ROWS[name].when, {"agency.jurisdiction": jurisdiction})


def solved(when: Condition | None, given: Mapping[str, Any]) -> dict[str, Any] | None:
    found = [dict(given)] if when is None else solutions(when, given)
    return next((whole for answers in found if (whole := with_reasons(answers)) is not None), None)


def with_reasons(answers: Mapping[str, Any]) -> dict[str, Any] | None:
    """Add the answers for which each question of these is asked; None when one of them never is."""
    for name in answers:
        when = QUESTIONS[name].when if answers[name] is not None else None
        if when is not None and evaluate(when, answers.get) is not True:
            return solved(when, answers) if evaluate(when, answers.get) is None else None
    return dict(answers)


def holds(condition: Condition | None, jurisdiction: str) -> bool:
    return condition is None or evaluate(condition, {"agency.jurisdiction": jurisdiction}.get) is True


def applying(name: str, jurisdiction: str) -> list[str]:
    """Return the sources of a row that apply in a jurisdiction."""
    return [key for key in ROWS[name].sources if holds(CATALOG.sources[key].when, jurisdiction)]


# Questions


def conditions() -> Iterator[Condition]:
    for kind in (ROWS, QUESTIONS, CATALOG.roles, CATALOG.sources):
        yield from (row.when for row in kind.values() if row.when is not None)


def shown() -> set[str]:
    """Return the questions whose answers are shown in some text or page of the catalog."""
    texts = [text for clause in CATALOG.clauses.values() for text in (clause.body, clause.staff)]
    texts += [text for rule in CATALOG.rules.values() for text in (rule.message, rule.fix)]
    pages = {name for page in CATALOG.pages for name in page.questions}
    return pages | {name for text in texts for name in questions_shown(text, QUESTIONS)}


def test_every_question_has_an_effect() -> None:
    used = {name for when in conditions() for name in questions_in(when)} | shown() | {CATALOG.coverage}
    check("content", "question_without_effect", {name: "" for name in QUESTIONS if name not in used})


def comparisons(tree: Condition) -> Iterator[Condition]:
    if tree[0] in ("and", "or", "not", "named"):
        for part in tree[1:]:
            if isinstance(part, tuple):
                yield from comparisons(part)
    else:
        yield tree


def test_every_choice_makes_a_difference() -> None:
    told: dict[str, set[Condition]] = {}
    for comparison in {one for when in conditions() for one in comparisons(when)}:
        for name in questions_in(comparison):
            told.setdefault(name, set()).add(comparison)
    alike = {}
    for question in QUESTIONS.values():
        seen: dict[tuple[bool | None, ...], str] = {}
        for value in question.choices if question.id not in shown() else ():
            answer = [value] if question.type == "choices" else value
            outcome = tuple(evaluate(one, {question.id: answer}.get) for one in told.get(question.id, ()))
            if outcome in seen:
                alike[f"{question.id}: {seen[outcome]}, {value}"] = outcome
            seen[outcome] = value
    check("content", "choices_alike", alike)


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_no_agency_has_seventy_essential_questions(jurisdiction: str) -> None:
    essential = [question for question in QUESTIONS.values() if question.tier == "essential"]
    for seed in range(200):
        answers = any_answers(seed) | {"agency.jurisdiction": jurisdiction}
        assert sum(one.when is None or evaluate(one.when, answers.get) is not False for one in essential) < 70


def test_every_question_says_where_its_answer_is_found() -> None:
    short = {question.id for question in QUESTIONS.values() if not 3 < len(question.found_in.split()) <= 30}
    assert short == set()


def test_every_question_says_why_and_whom_to_ask() -> None:
    unfinished = [q.id for q in QUESTIONS.values() if not (q.help.endswith((".", "?")) and q.why and q.asked_of)]
    assert unfinished == []


def test_the_example_of_a_register_fits_the_register() -> None:
    for question in QUESTIONS.values():
        if question.register:
            example, found = parse_yaml(question.example, question.register)
            assert example.value, f"{question.id} has no example"
            assert [*found, *check_file(example, register_schema(question))] == []


def test_every_page_to_which_a_reader_is_sent_exists() -> None:
    assert check_readings(CATALOG, catalog_folder("social-media")) == []


# Clauses and rules


def packed() -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Yield sets of answers, each with the clauses that must hold on it, until every clause had its turn."""
    waiting = list(CATALOG.clauses)
    for jurisdiction in JURISDICTIONS:
        together = [""]
        while together:
            answers, together = {"agency.jurisdiction": jurisdiction}, []
            for name in waiting:
                more = solved(CATALOG.clauses[name].when, answers)
                if more is not None:
                    answers, together = more, [*together, name]
            waiting = [name for name in waiting if name not in together]
            if together:
                yield answers, together
    assert waiting == [], "no answers can make these hold"


def test_every_clause_can_be_in_a_policy(tmp_path: Path) -> None:
    for answers, names in packed():
        project = repository_of(write_agency(tmp_path, answers))
        assert [name for name in names if settle(CATALOG.clauses[name].when, project.answers) != (True, ())] == []


def test_every_rule_and_every_checklist_item_can_hold() -> None:
    rows = [*CATALOG.rules, *CATALOG.items]
    assert [name for name in rows if all(solve(name, jurisdiction) is None for jurisdiction in JURISDICTIONS)] == []


@pytest.mark.parametrize("pair", CONTRADICTIONS, ids=" ".join)
def test_contradicting_clauses_never_stand_together(pair: list[str]) -> None:
    both = tuple(CATALOG.clauses[name].when for name in pair)
    assert None not in both
    for jurisdiction in JURISDICTIONS:
        assert solved(("and", *both), {"agency.jurisdiction": jurisdiction}) is None


@pytest.mark.parametrize("seed", range(12))
def test_answers_to_everything_leave_nothing_open(seed: int, tmp_path: Path) -> None:
    draft = draft_with(tmp_path, any_answers(seed))
    assert [finding.code for finding in draft.findings if finding.severity in ("error", "gap")] == []
    assert draft.undecided == ()
    assert draft.policy.undecided == ()
    assert not [task.item.id for task in draft.tasks if task.state == "undecided"]
    assert unfinished(draft) == {}


def unfinished(draft: Draft) -> dict[str, str]:
    """Return the provisions that are empty or hold a mark of something left open."""
    texts = {one.clause.id: f"{one.text}\n{one.staff}" for one in draft.policy.everything}
    return {name: text for name, text in texts.items() if not text.strip() or re.search(r"\{\{|\}\}|\[to be de", text)}


# Checklists


def test_every_checklist_item_names_who_does_it_and_when_it_is_done() -> None:
    for item in CATALOG.items.values():
        assert item.role, item.id
        assert item.task.endswith("."), item.id
        assert item.done_when.endswith("."), item.id
    assert {item.list for item in CATALOG.items.values()} == set(CATALOG.checklists)


# Sources


def cited_in_guidance() -> set[str]:
    return {key for page in CATALOG.guidance.values() for key in re.findall(r"\[([A-Z0-9-]+)\]", page)}


def test_every_source_is_used() -> None:
    kinds = [ROWS, QUESTIONS, CATALOG.elements]
    used = {key for rows in kinds for row in rows.values() for key in row.sources} | cited_in_guidance()
    check("content", "unused_source", {key: "" for key in CATALOG.sources if key not in used})


def test_every_source_that_guidance_cites_exists() -> None:
    keys = {key for key in cited_in_guidance() if re.search(r"[A-Z]", key)}
    assert sorted(keys - set(CATALOG.sources)) == []


def test_everything_rests_on_a_source_wherever_it_can_stand() -> None:
    assert [name for name, row in ROWS.items() if not row.sources] == []
    bare = {
        f"{name} in {jurisdiction}": row.sources
        for name, row in ROWS.items()
        for jurisdiction in JURISDICTIONS
        if solve(name, jurisdiction) is not None and not applying(name, jurisdiction)
    }
    assert bare == {}


UNVERIFIED = {key for key, source in CATALOG.sources.items() if source.evidence == "unverified"}
NOT_IN_FORCE = {key for key, source in CATALOG.sources.items() if source.standing}


def resting_on(weak: set[str], rows: Iterable[str]) -> dict[str, list[str]]:
    """Return the rows that rest on these sources alone in some jurisdiction."""
    return {
        f"{name} in {jurisdiction}": applying(name, jurisdiction)
        for name in rows
        for jurisdiction in JURISDICTIONS
        if set(applying(name, jurisdiction)) <= weak and solve(name, jurisdiction) is not None
    }


def test_no_duty_and_no_blocker_rests_on_unverified_sources_alone() -> None:
    strict = [
        name for name, row in ROWS.items() if getattr(row, "level", getattr(row, "severity", "")) in ("must", "blocker")
    ]
    assert resting_on(UNVERIFIED | NOT_IN_FORCE, strict) == {}


def test_no_duty_and_no_rule_rests_on_sources_that_are_not_in_force() -> None:
    duties = [name for name, clause in CATALOG.clauses.items() if clause.level == "must"]
    assert resting_on(NOT_IN_FORCE, [*duties, *CATALOG.rules]) == {}


def test_a_source_whose_status_says_that_it_is_not_in_force_is_marked_as_such() -> None:
    ended = re.compile(r"^(?:Reversed|Superseded|Rescinded|Vacated|A bill)|\bvacated it\b", re.IGNORECASE)
    assert {key for key, source in CATALOG.sources.items() if ended.search(source.status)} == NOT_IN_FORCE


LAW = ("law", "regulation", "case")
SAYS_LAW = re.compile(
    r"\bThe law (?:requires|demands|forbids)\b|\b(?:required|forbidden) by law\b"
    r"|\b(?:CFR|U\.S\.C\.|Code of Federal Regulations)|\bThe law that binds\b"
)


def test_only_law_supports_a_statement_of_what_the_law_requires() -> None:
    texts = everything_written()
    saying = [name for name in (*CATALOG.clauses, *CATALOG.rules) if SAYS_LAW.search(texts[name])]
    assert saying != []
    assert [n for n in saying if not {CATALOG.sources[key].kind for key in ROWS[n].sources} & set(LAW)] == []


# Guidance


def test_every_element_has_a_guidance_page_with_the_sections_in_their_order() -> None:
    assert set(CATALOG.elements) <= set(CATALOG.guidance)
    for element in CATALOG.elements:
        assert re.findall(r"^## (.+?)(?: \{.*\})?$", CATALOG.guidance[element], re.MULTILINE) == SECTIONS, element


@pytest.mark.parametrize("element", CATALOG.elements)
def test_a_guidance_page_shows_its_questions_rules_law_and_offices(element: str) -> None:
    codes = re.findall(r"^<!-- policy: (\w+)", CATALOG.guidance[element], re.MULTILINE)
    rules = [rule for rule in CATALOG.rules.values() if rule.element == element]
    for code in ("questions", "law", "offices", *(["rules"] if rules else [])):
        assert codes.count(code) == 1, code
    binder = Binder(Site(CATALOG, working=True))
    page = binder.written(f"guidance/{element}.md", CATALOG.guidance[element], f"guidance/{element}.md", element)
    assert binder.problems == []
    for question in CATALOG.elements[element].questions:
        assert f"#{question.anchor} }}" in page.text, question.id


def prose(page: str) -> Iterator[str]:
    """Yield the lines of a guidance page that everybody reads: those outside the blocks for one jurisdiction."""
    inside = False
    for line in page.splitlines():
        inside = line.startswith("<!-- policy: where") or (inside and not line.startswith("<!-- policy: end"))
        if not inside:
            yield line


CITED = re.compile(r"\[[A-Z0-9]+(?:-[A-Z0-9]+)*\]")
EVERY_NAME = re.compile("|".join(name for row in COUNTRIES for name in row["names"]))


@pytest.mark.parametrize("page", CATALOG.guidance)
def test_what_everybody_reads_names_no_law_of_one_country(page: str) -> None:
    lines = [line for line in prose(CATALOG.guidance[page]) if not line.startswith(">")]
    assert {line: found for line in lines if (found := EVERY_NAME.findall(CITED.sub("", line)))} == {}
    tied = {key for key, source in CATALOG.sources.items() if source.when is not None}
    cited = {key for line in lines for key in re.findall(r"\[([A-Z0-9-]+)\]", line)}
    assert sorted(cited & tied) == []


def everything_written() -> dict[str, str]:
    """Return every text of the catalog by its name; a guidance page line by line."""
    texts = {
        c.id: "\n".join([c.title, *(outline(t, QUESTIONS) for t in (c.body, c.staff))])
        for c in CATALOG.clauses.values()
    }
    texts |= {
        r.code: "\n".join(outline(text, QUESTIONS) for text in (r.message, r.fix)) for r in CATALOG.rules.values()
    }
    texts |= {item.id: f"{item.task}\n{item.done_when}" for item in CATALOG.items.values()}
    for q in QUESTIONS.values():
        texts[q.id] = "\n".join([q.help, q.why, *(f"{c.label}\n{c.text}\n{c.note}" for c in q.choices.values())])
    for source in CATALOG.sources.values():
        texts[source.key] = "\n".join([source.title, source.citation, source.requires, source.status])
    for name, page in CATALOG.guidance.items():
        texts |= {f"{name}:{number}": line for number, line in enumerate(page.splitlines(), 1)}
    return texts


@pytest.mark.parametrize("trap", TRAPS, ids=[trap["fact"] for trap in TRAPS])
def test_a_fact_that_is_wrong_stands_nowhere_except_to_say_so(trap: dict[str, str]) -> None:
    wrong, unless = re.compile(trap["wrong"]), re.compile(trap["unless"], re.IGNORECASE)
    assert {name: t for name, t in everything_written().items() if wrong.search(t) and not unless.search(t)} == {}


# Jurisdictions


def foreign_names(jurisdiction: str, cases: list[dict[str, Any]] = COUNTRIES) -> re.Pattern[str]:
    """Match the names that have no business in this jurisdiction."""
    rows = ((parse_condition(row["when"], QUESTIONS, CATALOG.conditions), row["names"]) for row in cases)
    return re.compile("|".join(name for when, names in rows if not holds(when, jurisdiction) for name in names))


def agency_in(jurisdiction: str, elected: str) -> dict[str, str]:
    kind = KINDS.get(jurisdiction, "executive_department")
    return {"agency.jurisdiction": jurisdiction, "agency.type": kind, "agency.has_elected_officials": elected}


EVERYWHERE = [(jurisdiction, preset) for jurisdiction in JURISDICTIONS for preset in CATALOG.presets]


@pytest.mark.parametrize("elected", ["yes", "no"])
@pytest.mark.parametrize(("jurisdiction", "preset"), EVERYWHERE)
def test_a_preset_makes_a_complete_draft_without_a_trace_of_another_country(
    jurisdiction: str, preset: str, elected: str, tmp_path: Path
) -> None:
    draft = draft_with(tmp_path, with_facts(agency_in(jurisdiction, elected), preset), {"preset": preset})
    assert [f.code for f in draft.findings if f.severity in ("error", "blocker", "warning")] == []
    assert [f for f in draft.findings if f.severity == "gap" and f.code != "G102"] == []
    assert waiting(draft) == set()
    assert unfinished(draft) == {}
    strangers = foreign_names(jurisdiction)
    assert {name: found for name, text in what_it_says(draft).items() if (found := strangers.findall(text))} == {}


SPELLED = [
    j for j in JURISDICTIONS if not holds(parse_condition(SPELLING[0]["when"], QUESTIONS, CATALOG.conditions), j)
]
"""Where American spelling is wrong."""


@pytest.mark.parametrize("elected", ["yes", "no"])
@pytest.mark.parametrize(("jurisdiction", "preset"), [(j, preset) for j in SPELLED for preset in CATALOG.presets])
def test_a_policy_outside_the_united_states_has_no_american_spelling(
    jurisdiction: str, preset: str, elected: str, tmp_path: Path
) -> None:
    draft = draft_with(tmp_path, with_facts(agency_in(jurisdiction, elected), preset), {"preset": preset})
    american = foreign_names(jurisdiction, SPELLING)
    assert {name: found for name, text in what_it_says(draft).items() if (found := american.findall(text))} == {}


@pytest.mark.parametrize("jurisdiction", SPELLED)
def test_no_clause_for_another_country_has_american_spelling(jurisdiction: str) -> None:
    american = foreign_names(jurisdiction, SPELLING)
    given = {"agency.jurisdiction": jurisdiction}.get
    here = [one for one in CATALOG.clauses.values() if one.when is None or evaluate(one.when, given) is not False]
    texts = {one.id: f"{one.title}\n{outline(one.body, QUESTIONS)}\n{outline(one.staff, QUESTIONS)}" for one in here}
    assert {name: found for name, text in texts.items() if (found := american.findall(text))} == {}


ON_FACTS = {f"EXI-0{number}" for number in (1, 2, 3, 4, 7)} | {f"GOV-0{number}" for number in (1, 2, 3, 6)}
ON_FACTS |= {"GOAL-05", "GOAL-07"}
"""Rules that no preset can decide, because they need facts."""
DECIDED_ONE_WAY = {"EXI-04", "GOAL-05"}
"""Those that cannot hold where one office publishes and nobody replies."""


@pytest.mark.parametrize(("jurisdiction", "preset"), EVERYWHERE)
def test_a_preset_alone_leaves_open_exactly_the_facts_and_what_depends_on_them(
    jurisdiction: str, preset: str, tmp_path: Path
) -> None:
    draft = draft_with(tmp_path, agency_in(jurisdiction, "yes"), {"preset": preset})
    facts = {name for name, question in QUESTIONS.items() if question.kind == "fact"}
    assert [f.code for f in draft.findings if f.severity in ("error", "blocker", "warning")] == []
    open_ = {name for f in draft.findings if f.code == "G101" for name in f.questions}
    assert open_ == {n for n in facts if QUESTIONS[n].tier == "essential" and draft.answers[n].open}
    assert waiting(draft) <= facts
    assert {one.code for one in draft.undecided} >= ON_FACTS - (DECIDED_ONE_WAY if preset == "one_way" else set())


def waiting(draft: Draft) -> set[str]:
    """Return the questions on which a clause or a rule still waits."""
    clauses = {name for one in draft.policy.undecided for name in one.questions}
    return clauses | {name for one in draft.undecided for name in one.needs}


def what_it_says(draft: Draft) -> dict[str, str]:
    texts = {one.clause.id: f"{one.clause.title}\n{one.text}\n{one.staff}" for one in draft.policy.everything}
    texts |= {f.code: f"{f.message}\n{f.fix}" for f in draft.findings if f.severity != "gap"}
    return texts | {t.item.id: f"{t.item.task}\n{t.item.done_when}" for t in draft.tasks if t.state != "not_needed"}


CHOICES = re.compile(r"^- \*\*.*`(?:uk|us|au|nz|ca|nlra)(?:_\w+)?`.*$", re.MULTILINE)
"""Choices that are themselves countries, or name one country's statute."""
SOURCE_LINKS = re.compile(r"\[[A-Z0-9-]+\]\([^)]*\)")


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_guidance_tells_an_agency_nothing_of_the_law_of_another_country(jurisdiction: str, tmp_path: Path) -> None:
    draft = draft_with(tmp_path, agency_in(jurisdiction, "yes"))
    binder = Binder(AgencySite(CATALOG, working=True, draft=draft))
    strangers = foreign_names(jurisdiction)
    for name, page in CATALOG.guidance.items():
        own = re.sub(r"^>.*$", "", page, flags=re.MULTILINE)
        text = binder.written(f"guidance/{name}.md", CITED.sub("", own), f"guidance/{name}.md", name).text
        text = CHOICES.sub("", SOURCE_LINKS.sub("", text))
        assert {line: found for line in text.splitlines() if (found := strangers.findall(line))} == {}, name


PRESETS = list(CATALOG.presets)


@pytest.mark.slow
@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_the_pages_cite_no_source_of_another_country(jurisdiction: str, tmp_path: Path) -> None:
    strangers = {key.lower() for key, source in CATALOG.sources.items() if not holds(source.when, jurisdiction)}
    # The presets take turns: which sources apply hangs on the country, and a book takes a second.
    turn = PRESETS[JURISDICTIONS.index(jurisdiction) % len(PRESETS)]
    for audience, preset in (("working", turn), ("published", "two_way")):
        book = render_book(draft_with(tmp_path, agency_in(jurisdiction, "yes"), {"preset": preset}), audience)
        listed = set(re.findall(r"\{: #([\w-]+) \}$", book.pages["sources.md"].text, re.MULTILINE))
        assert sorted(listed & strangers) == []
        for page in book.pages.values():
            assert sorted(set(re.findall(r"sources\.md#([\w-]+)", page.text)) & strangers) == [], page.uri
