"""Reads policy.yml, answers/ and registers/ against the catalog; layers agency over base over preset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from policywright.engine.bases import Base, find_bases
from policywright.engine.document import checked, date_or_nothing, mapping
from policywright.engine.expressions import evaluate, label_of, open_questions
from policywright.engine.findings import Finding, Place, did_you_mean, one_of, unknown
from policywright.engine.model import Answer, Assumption, Catalog, Clause, Condition, Document, Preset, Question
from policywright.engine.overrides import read_overrides
from policywright.engine.pin import check_pin
from policywright.engine.schema import answers_schema, register_schema
from policywright.engine.unmapped import FILE_NAME as UNMAPPED_NAME
from policywright.engine.unmapped import read_unmapped
from policywright.engine.yamlfile import YamlFile, absent, read_yaml


@dataclass(frozen=True)
class Project:
    """An agency's repository as read: its document, its answers and what it recorded."""

    root: Path
    document: Document
    answers: Mapping[str, Answer]
    findings: tuple[Finding, ...]
    overrides: Mapping[str, Clause] = field(default_factory=dict)
    """The agency's own clauses and its own wording of catalog clauses, by id."""


@dataclass(frozen=True)
class _Value:
    """One value in one layer."""

    value: Any
    place: Place
    origin: str
    said_by: str = ""


Layer = dict[str, _Value]


def read_project(root: Path, catalog: Catalog, document: Document, findings: Sequence[Finding] = ()) -> Project:
    """Read an agency's answers and records against the catalog; every mistake is among the findings."""
    found = [*findings, *check_pin(root)]
    file, _ = read_yaml(root / "policy.yml", "policy.yml")
    _check_names(file, document, catalog, found)
    homes: dict[str, Place] = {}
    own = _read_layer(root, "", catalog, found, homes)
    bases = find_bases(root, document.base, file, found)
    based = _base_layer(bases, catalog, found)
    layered = based | own
    _assume(layered, catalog, document.preset)
    answers = _answers(layered, homes, catalog, {name: based[name].value for name in own if name in based})
    found += [*_unused(answers), *read_unmapped(root)[1]]
    overrides = read_overrides([*reversed(bases), Base(root, "", document.agency_name)], catalog, found)
    return Project(root, document, answers, tuple(found), overrides)


def _check_names(file: YamlFile, document: Document, catalog: Catalog, found: list[Finding]) -> None:
    if document.preset and document.preset not in catalog.presets:
        found.append(unknown("preset", document.preset, catalog.presets, file.place("preset"), "E112"))
    strangers = [role for role in document.offices if role not in catalog.roles]
    found += [unknown("role", role, catalog.roles, file.key_place("offices", role), "E112") for role in strangers]


def _read_layer(root: Path, prefix: str, catalog: Catalog, found: list[Finding], homes: dict[str, Place]) -> Layer:
    """Read answers/ and registers/ below a root; `prefix` stands before every file name in places."""
    layer: Layer = {}
    for element in catalog.elements.values():
        name = f"{prefix}answers/{element.id}.yml"
        file = _read_answers(root / "answers" / f"{element.id}.yml", name, element.title, element.questions, found)
        for question in element.questions:
            if question.type == "records":
                _read_register(root, prefix, question, layer, found, homes)
                continue
            homes[question.id] = file.place(question.name)
            value = _usable(question, mapping(file.value).get(question.name))
            if value is not None:
                layer[question.id] = _Value(value, file.place(question.name), "agency")
    names = [f"{name}.yml" for name in catalog.elements]
    _check_folder(root / "answers", f"{prefix}answers", [*names, UNMAPPED_NAME], "E107", found)
    registers = [question.register for question in catalog.questions.values() if question.register]
    _check_folder(root / "registers", f"{prefix}registers", registers, "E108", found)
    return layer


def _read_answers(path: Path, name: str, title: str, questions: Sequence[Question], found: list[Finding]) -> YamlFile:
    if absent(path):
        message = f"This file is missing, so every question of “{title}” counts as unanswered."
        fix = "Run “policywright skeleton” to get an empty one, or take it from the history."
        found.append(Finding("W101", "warning", message, (Place(name),), fix))
        return YamlFile(name)
    file, problems = read_yaml(path, name)
    if not problems and file.value is None:
        message = f"This file is empty, so every question of “{title}” counts as unanswered."
        fix = "Answer its questions; “policywright skeleton --print” shows them."
        problems = [Finding("W102", "warning", message, (Place(name),), fix)]
    found += checked(file, problems, answers_schema(title, questions))
    return file


def _usable(question: Question, value: Any) -> Any:
    """Return a value of the right type, and None for anything that was reported as wrong."""
    if question.type in ("choice", "yes_no"):
        return value if isinstance(value, str) and value in question.choices else None
    if question.type in ("choices", "list"):
        if not isinstance(value, list):
            return None
        kept = [item for item in value if isinstance(item, str) and item.strip()]
        kept = [item for item in kept if not question.choices or item in question.choices]
        return list(dict.fromkeys(kept)) if kept or not value else None
    if question.type == "number":
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None
    if question.type == "date":
        return date_or_nothing(value) or None
    return value if isinstance(value, str) and value.strip() else None


def _read_register(
    root: Path, prefix: str, question: Question, layer: Layer, found: list[Finding], homes: dict[str, Place]
) -> None:
    name = f"{prefix}registers/{question.register}"
    homes[question.id] = Place(name)
    path = root / "registers" / question.register
    if absent(path):
        return
    file, problems = read_yaml(path, name)
    found += checked(file, problems, register_schema(question))
    if isinstance(file.value, list):
        rows = [_row(question, row, file, index) for index, row in enumerate(file.value) if isinstance(row, dict)]
        layer[question.id] = _Value(rows, file.place(), "agency")


def _row(question: Question, row: dict[str, Any], file: YamlFile, index: int) -> dict[str, Any]:
    values = {key: _usable(column, row.get(key)) for key, column in question.columns.items()}
    return {"place": file.place(index)} | values


def _check_folder(folder: Path, name: str, known: Sequence[str], code: str, found: list[Finding]) -> None:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.name not in known and not path.name.startswith("."):
            message = f"Nothing reads this file: no such name belongs in {name}/.{did_you_mean(path.name, known)}"
            fix = f"Rename it, or move it elsewhere. Known names: {one_of(known)}."
            found.append(Finding(code, "error", message, (Place(f"{name}/{path.name}"),), fix))


def _assume(layer: Layer, catalog: Catalog, name: str) -> None:
    """Add what the preset assumes where nobody answered."""
    preset = catalog.presets.get(name)
    if preset:
        for assumption in assumed({key: given.value for key, given in layer.items()}, preset):
            layer[assumption.question] = _Value(assumption.value, assumption.place, "preset", preset.title)


def assumed(values: Mapping[str, Any], preset: Preset) -> list[Assumption]:
    """Return what a preset assumes beside these values; conditional assumptions see everything before them."""
    known, held = dict(values), []
    for assumption in preset.assumptions:
        holds = assumption.when is None or evaluate(assumption.when, known.get) is True
        if holds and assumption.question not in known:
            known[assumption.question] = assumption.value
            held.append(assumption)
    return held


def _base_layer(bases: Sequence[Base], catalog: Catalog, found: list[Finding]) -> Layer:
    layer: Layer = {}
    for base in reversed(bases):
        problems: list[Finding] = []
        lower = _read_layer(base.root, base.prefix, catalog, problems, {})
        found += [problem for problem in problems if problem.severity == "error"]
        layer |= {name: _Value(given.value, given.place, "base", base.name) for name, given in lower.items()}
    return layer


def _answers(
    layer: Layer, homes: Mapping[str, Place], catalog: Catalog, inherited: Mapping[str, Any]
) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for question in catalog.questions.values():
        home = homes[question.id]
        given = layer.get(question.id) or _Value(None, home, "unanswered")
        below = inherited.get(question.id)
        answers[question.id] = Answer(
            question,
            given.value,
            given.origin,
            given.place,
            home,
            said_by=given.said_by,
            inherited=below if below != given.value else None,
        )
    return with_asked(answers)


def with_asked(answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """Work out which questions are asked; questions on which others depend come first."""
    asked: dict[str, bool | None] = {}

    def look(name: str) -> Any:
        return None if settled(name) is False else answers[name].value

    def settled(name: str) -> bool | None:
        if name not in asked:
            when = answers[name].question.when
            asked[name] = True if when is None else _arises(when, look, settled)
        return asked[name]

    verdicts = {name: settled(name) for name in answers}
    changed = {name: asked for name, asked in verdicts.items() if asked is not answers[name].asked}
    return {**answers, **{name: replace(answers[name], asked=asked) for name, asked in changed.items()}}


def _arises(when: Condition, look: Any, settled: Any) -> bool | None:
    result = evaluate(when, look)
    if result is None and not [name for name in open_questions(when, look) if settled(name) is not False]:
        return False
    return result


def value_of(answers: Mapping[str, Answer], name: str) -> Any:
    """Return the value that counts, or None: an unasked question counts as unanswered."""
    answer = answers[name]
    return answer.value if answer.answered else None


def settle(when: Condition | None, answers: Mapping[str, Answer]) -> tuple[bool | None, tuple[str, ...]]:
    """Evaluate a condition, and name the questions that somebody must answer to decide it.

    What waits only for questions that are not asked never arises, so it is false.
    """
    if when is None:
        return True, ()

    def look(name: str) -> Any:
        return value_of(answers, name)

    result = evaluate(when, look)
    needs = tuple(name for name in open_questions(when, look) if answers[name].asked is not False)
    return (False, ()) if result is None and not needs else (result, needs)


def _unused(answers: Mapping[str, Answer]) -> Iterator[Finding]:
    for answer in answers.values():
        if answer.asked is False and answer.value is not None and answer.origin == "agency":
            question = answer.question
            message = f"This answer is not used, because the question is not asked: “{question.help}”"
            fix = "Leave it empty, or look at the answers on which the question depends."
            yield Finding("W103", "warning", message, (answer.place,), fix, (question.id,), element=question.element)


def gaps(answers: Mapping[str, Answer]) -> Iterator[Finding]:
    """Report each essential question that is open or only assumed."""
    for answer in answers.values():
        question = answer.question
        if question.tier != "essential" or answer.asked is not True:
            continue
        if answer.value is None:
            yield _gap("G101", f"This essential question is open: “{question.help}”", answer)
        elif answer.origin == "preset":
            said = _said(question, answer.value)
            message = f"“{question.help}” is answered only by the preset “{answer.said_by}”: {said}."
            yield _gap("G102", message, answer)


def _gap(code: str, message: str, answer: Answer) -> Finding:
    question = answer.question
    fix = f"Write your own answer under “{question.name}:”."
    if question.type == "records":
        fix = f"List the entries in registers/{question.register}, or write [] when there are none."
    return Finding(code, "gap", message, (answer.home,), fix, (question.id,), question.sources, question.element)


def _said(question: Question, value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    return ", ".join(f"“{label_of(question, item)}”" for item in values) or "no entry"
