"""Judges answers with rules.js in Node and with Python, so that both can be compared."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from policywright.agency.answers import Layer, Value, layered
from policywright.agency.places import without_impossible
from policywright.draft import make_draft
from policywright.model.catalog import UNKNOWN, Question
from policywright.model.draft import Draft
from policywright.model.findings import Place
from policywright.repository import Repository
from tests.support.agency_files import ROOT, catalog

SCRIPT = ROOT / "hooks" / "policywright" / "pages" / "assets" / "rules.js"
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="rules.js runs in Node here, and there is no node")

Values = Mapping[str, Any]
"""Question -> value, as a form has it."""

_RUNNER = """
require(process.argv[1]);
const input = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(eval(process.argv[2])(input)));
"""


def in_node(function: str, given: Any) -> Any:
    """Call a function in JavaScript, which may use `policywrightRules`, with a value that JSON can carry."""
    done = subprocess.run(
        ["node", "-e", _RUNNER, "--", SCRIPT, function],
        input=json.dumps(given),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@dataclass(frozen=True)
class Agency:
    """An agency without files: the same repository with any answers."""

    repository: Repository
    base: Values
    """The answers of its base."""

    def draft(self, own: Values) -> Draft:
        """Draft its policy with these answers, and no others but those of its base and its preset."""
        homes = {name: answer.home for name, answer in self.repository.answers.items()}
        preset = self.repository.document.preset
        answers = layered(_layer(own, "agency"), _layer(self.base, "base"), homes, catalog(), preset)
        return make_draft(replace(self.repository, answers=without_impossible(answers)[0]), catalog())


def _layer(values: Values, origin: str) -> Layer:
    place = Place("answers.yml")
    return {name: Value(_with_places(value, place), place, origin) for name, value in values.items()}


def _with_places(value: Any, place: Place) -> Any:
    """Return a value as it is after reading: an entry of a register has a place, and a value for every column."""
    if not isinstance(value, list):
        return value
    return [{"place": place, **row} if isinstance(row, dict) else row for row in value]


def some_answers(chance: random.Random, open_share: float) -> dict[str, Any]:
    """Return answers to questions of the catalog by chance; this share of them stays open."""
    questions = catalog().questions.values()
    return {question.id: _answer(question, chance) for question in questions if chance.random() >= open_share}


def _answer(question: Question, chance: random.Random) -> Any:
    if question.may_be_unknown and chance.random() < 0.1:
        return UNKNOWN
    if question.type in ("choice", "yes_no"):
        return chance.choice(list(question.choices))
    if question.type == "choices":
        return _some(list(question.choices), chance)
    if question.type == "list":
        return _some(WORDS, chance)
    if question.type == "records":
        return [_row(question, chance) for _ in range(chance.choice([0, 0, 1, 2, 5]))]
    return chance.choice(WORDS)


WORDS = ("the mayor", "*A* [link](x) <b>", "1. first\n- second", "www.x.example: mail:a@b, “é” & 𝒳", "- ", ":::x")


def _some(items: Sequence[str], chance: random.Random) -> list[str]:
    return chance.sample(items, chance.randint(0, len(items)))


def _row(question: Question, chance: random.Random) -> dict[str, Any]:
    return {key: _cell(column, chance) for key, column in question.columns.items()}


def _cell(column: Any, chance: random.Random) -> Any:
    if not column.required and chance.random() < 0.3:
        return None
    if column.type == "choice":
        return chance.choice(list(column.choices))
    if column.type == "choices":
        return _some(list(column.choices), chance)
    if column.type == "list":
        return _some(WORDS, chance)
    return "2027-01-01" if column.type == "date" else chance.choice(WORDS)


def said_by_python(draft: Draft, names: Sequence[str]) -> dict[str, Any]:
    """Return what a draft says, in the form of rules.js; of answers only those to these questions."""
    rules = draft.catalog.rules
    return {
        "values": {name: _value(draft, name) for name in names},
        "asked": {name: draft.answers[name].asked for name in names},
        "findings": {
            one.code: [one.severity, one.message, one.fix, list(one.questions)]
            for one in draft.findings
            if one.code in rules
        },
        "undecided": {one.code: list(one.needs) for one in draft.undecided},
        "in": {one.clause.id: [one.number, one.clause.title, one.text] for one in draft.policy.everything},
        "waiting": {one.clause.id: list(one.questions) for one in draft.policy.undecided},
    }


def _value(draft: Draft, name: str) -> list[Any]:
    answer = draft.answers[name]
    rows = answer.value if isinstance(answer.value, list) else []
    plain = [{k: v for k, v in row.items() if k != "place"} if isinstance(row, dict) else row for row in rows]
    return [plain if isinstance(answer.value, list) else answer.value, answer.origin, answer.unknown]


JUDGE = """
(jobs) => jobs.map(([data, owns]) => owns.map((own) => {
  const said = policywrightRules.judge(data, own);
  const values = Object.entries(said.values);
  const pairs = (rows, key, values) => Object.fromEntries(rows.map((row) => [row[key], values(row)]));
  return {
    values: Object.fromEntries(values.map(([id, one]) => [id, [one.value, one.origin, one.unknown]])),
    asked: said.asked,
    findings: pairs(said.findings, "code", (one) => [one.severity, one.message, one.fix, one.questions]),
    undecided: pairs(said.undecided, "code", (one) => one.questions),
    in: pairs(said.provisions.filter((one) => one.state === true), "id", (one) => [one.number, one.title, one.text]),
    waiting: pairs(said.provisions.filter((one) => one.state === null), "id", (one) => one.questions),
  };
}))
"""


START = """
(jobs) => jobs.map(([data, preset, missing, own]) => {
  const said = policywrightRules.judge(policywrightRules.under(data, preset, missing), own);
  const findings = said.findings.map((one) => [one.code, [one.severity, one.message, one.fix, one.questions]]);
  const undecided = said.undecided.map((one) => [one.code, one.questions]);
  const values = Object.entries(said.values).map(([id, one]) => [id, [one.value, one.origin, one.unknown]]);
  const parts = { values: values, findings: findings, undecided: undecided };
  const pairs = Object.entries(parts).map(([part, rows]) => [part, Object.fromEntries(rows)]);
  return { ...Object.fromEntries(pairs), asked: said.asked, usual: said.usual };
})
"""


def said_by_first_page(jobs: Sequence[tuple[Mapping[str, Any], str, Sequence[str], Values]]) -> list[dict[str, Any]]:
    """Judge answers with the data of a first page, a preset and the offices that do not exist, in one process."""
    found: list[dict[str, Any]] = in_node(START, jobs)
    return found


def said_by_script(jobs: Sequence[tuple[Mapping[str, Any], Sequence[Values]]]) -> list[list[dict[str, Any]]]:
    """Judge sets of answers with the data of forms, in one process."""
    found: list[list[dict[str, Any]]] = in_node(JUDGE, jobs)
    return found
