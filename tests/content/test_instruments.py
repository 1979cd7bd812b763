"""Policy and procedures as instruments: their length, what carries out what, and where every older sentence went."""

from __future__ import annotations

import csv
import functools
import hashlib
import html
import itertools
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from policywright.language.texts import outline, questions_shown
from policywright.model.catalog import PROCEDURES_SUFFIX, Clause
from policywright.model.draft import Chapter, Policy
from tests.support.agency_files import CASES, any_answers, catalog, draft_with, read_case, with_facts
from tests.support.exceptions import check

CATALOG = catalog()
JURISDICTIONS = list(CATALOG.questions["agency.jurisdiction"].choices)
EVERYWHERE = list(itertools.product(JURISDICTIONS, CATALOG.presets))
KINDS = ["municipal_general", "regulator", "military"]
"""A usual kind of body, and those with the longest policy and the longest procedures."""
POLICY_AT_MOST = {"one_way": 2250, "two_way": 3300, "service_desk": 3300, "emergency": 3300}
PROCEDURES_AT_MOST = 6300
TALK = re.compile(rf"\b(?:{'|'.join(read_case('wording.yml')['self_talk'])})\b", re.IGNORECASE)
PUBLIC_CODES = {code for text in CATALOG.texts for code in text.clauses}

LEDGER = [
    row for path in sorted(CASES.glob("ledger/*.csv")) for row in csv.DictReader(path.read_text("utf-8").splitlines())
]
"""Every sentence of the clauses before policy and procedures were two, and where it went."""
SENTENCES = 2157
DIGEST = "c4ecc845b680f85e16928806448093ab574f0f4a3295dceb3ca95571394c7778"
TEXT_OF = {"house-rules": "house-rules", "statement": "transparency-statement"}
"""A destination in the ledger -> the text of the catalog."""


def words(chapters: Sequence[Chapter]) -> int:
    """Count the words, without quotations: a statement that a statute prescribes cannot be shorter."""
    shown = (html.unescape(one.text) for chapter in chapters for one in chapter.provisions)
    texts = [re.sub(r"^>.*$", "", text, flags=re.MULTILINE) for text in shown]
    return sum(len(re.findall(r"\S*\w\S*", text)) for text in texts)


def uncarried(policy: Policy) -> list[str]:
    """Return the procedures that carry out no provision of the policy."""
    steps = (one for chapter in policy.procedures for one in chapter.provisions)
    return [one.clause.id for one in steps if not policy.carried_out_by(one)]


@dataclass(frozen=True)
class Measured:
    """What the policies of one jurisdiction and preset have in common."""

    policy: int
    """The words of the longest one."""
    procedures: int
    uncarried: frozenset[str]


@functools.cache
def measured(jurisdiction: str, preset: str) -> Measured:
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for kind, elected in itertools.product(KINDS, ("yes", "no")):
            agency = {"agency.jurisdiction": jurisdiction, "agency.type": kind, "agency.has_elected_officials": elected}
            draft = draft_with(Path(folder), with_facts(agency, preset), {"preset": preset})
            assert draft.policy.undecided == ()
            found.append(draft.policy)
        fresh = draft_with(Path(folder), agency, {"preset": preset}).policy
    return Measured(
        policy=max(words(policy.chapters) for policy in found),
        procedures=max(words(policy.procedures) for policy in found),
        uncarried=frozenset(name for policy in (*found, fresh) for name in uncarried(policy)),
    )


# Length


@pytest.mark.parametrize(("jurisdiction", "preset"), EVERYWHERE)
def test_a_policy_is_short_enough_to_be_adopted(jurisdiction: str, preset: str) -> None:
    assert 0 < measured(jurisdiction, preset).policy <= POLICY_AT_MOST[preset]


@pytest.mark.parametrize(("jurisdiction", "preset"), EVERYWHERE)
def test_the_procedures_are_short_enough_to_be_read(jurisdiction: str, preset: str) -> None:
    assert 0 < measured(jurisdiction, preset).procedures <= PROCEDURES_AT_MOST


# Policy and procedures belong together


def test_every_duty_of_the_policy_has_procedures_or_says_why_it_needs_none() -> None:
    duties = [c for c in CATALOG.clauses.values() if c.part == "policy" and c.code not in PUBLIC_CODES and binds(c)]
    assert len(duties) > 100
    steps = {clause.file_id for clause in CATALOG.clauses.values() if clause.part == "procedures"}
    assert [c.id for c in duties if c.id not in steps and not (c.procedures == "none" and c.because)] == []
    assert [c.id for c in CATALOG.clauses.values() if c.procedures == "none" and c.file_id in steps] == []


def binds(clause: Clause) -> bool:
    return bool(re.search(r"(?<!\*)\bmust\b", outline(clause.body, CATALOG.questions)))


@pytest.mark.parametrize(("jurisdiction", "preset"), EVERYWHERE)
def test_every_procedure_carries_out_a_provision_of_the_policy(jurisdiction: str, preset: str) -> None:
    assert measured(jurisdiction, preset).uncarried == frozenset()


@pytest.mark.parametrize("seed", range(24))
def test_every_procedure_carries_out_a_provision_whatever_is_answered(seed: int, tmp_path: Path) -> None:
    assert uncarried(draft_with(tmp_path, any_answers(seed)).policy) == []


def test_a_section_that_a_text_names_is_a_section_of_the_policy() -> None:
    titles = tuple(section.title.lower() for section in CATALOG.sections)
    texts = {clause.id: outline(clause.body, CATALOG.questions) for clause in CATALOG.clauses.values()}
    named = [(name, after) for name, text in texts.items() for after in re.findall(r"\bsections? on (.*)", text)]
    assert named
    assert [pair for pair in named if not pair[1].startswith(titles)] == []


def test_only_the_policy_calls_itself_this_policy() -> None:
    steps = [clause for clause in CATALOG.clauses.values() if clause.part == "procedures"]
    texts = {clause.id: f"{clause.title}\n{outline(clause.body, CATALOG.questions)}" for clause in steps}
    assert [name for name, text in texts.items() if "this policy" in text.lower()] == []


# What a policy does not say


def test_neither_policy_nor_procedures_speak_of_themselves_as_a_draft() -> None:
    clauses = [clause for clause in CATALOG.clauses.values() if clause.code not in PUBLIC_CODES]
    found = {clause.id: TALK.findall("\n".join(wording(clause))) for clause in clauses}
    check("content", "self_talk", {name: said for name, said in found.items() if said})


def wording(clause: Clause) -> Iterator[str]:
    """Yield everything that a clause says, with every answer that it may show."""
    yield clause.title
    for text in (clause.body, clause.staff):
        yield outline(text, CATALOG.questions)
        shown = (CATALOG.questions[name] for name in questions_shown(text, CATALOG.questions))
        yield from (choice.text for question in shown for choice in question.choices.values())


# Where every older sentence went


def test_the_ledger_holds_every_sentence_of_the_older_clauses() -> None:
    lines = sorted(f"{row['clause']} {row['sentence']} {row['text']}\n" for row in LEDGER)
    assert len(lines) == SENTENCES
    assert hashlib.sha256("".join(lines).encode()).hexdigest() == DIGEST


def test_every_older_sentence_went_somewhere_or_has_a_reason_why_not() -> None:
    gone = ("dropped", "cover-memo")
    known = {"policy", "procedures", *TEXT_OF, *gone}
    assert [row for row in LEDGER if row["to"] not in known] == []
    assert [row for row in LEDGER if row["to"] in gone and not row["reason"].strip()] == []
    assert [
        row for row in LEDGER if row["to"] not in gone and not is_there(row["into"] or row["clause"], row["to"])
    ] == []


def is_there(name: str, destination: str) -> bool:
    """Return whether the clause file of this name has a part that belongs to this instrument."""
    clause = CATALOG.clauses.get(name + (PROCEDURES_SUFFIX if destination == "procedures" else ""))
    if clause is None:
        return False
    text = next((text.id for text in CATALOG.texts if clause.code in text.clauses), clause.part)
    return text == TEXT_OF.get(destination, destination)


# Presets


def test_no_preset_assumes_a_fact() -> None:
    assumed = {one.question for preset in CATALOG.presets.values() for one in preset.assumptions}
    assert assumed
    assert {name for name in assumed if CATALOG.questions[name].kind == "fact"} == set()
