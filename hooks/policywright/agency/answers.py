"""Reads policy.yml, answers/ and registers/ against the catalog; layers agency over base over preset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from policywright.agency.bases import Base
from policywright.agency.labels import keyed, with_keys
from policywright.agency.places import without_impossible
from policywright.agency.settling import with_asked
from policywright.agency.unmapped import FILE_NAME as UNMAPPED_NAME
from policywright.catalog.answer_schema import answers_schema, register_schema
from policywright.files.folders import entries
from policywright.files.schema import checked, date_or_nothing, mapping, without_empty
from policywright.files.yaml import YamlFile, absent, read_yaml
from policywright.language.conditions import evaluate
from policywright.model.agency import Answer
from policywright.model.catalog import UNKNOWN, Asked, Assumption, Catalog, Preset, Question
from policywright.model.findings import Finding, Place, did_you_mean, one_of


@dataclass(frozen=True)
class Value:
    """One value in one layer."""

    value: Any
    place: Place
    origin: str
    said_by: str = ""


Layer = dict[str, Value]


@dataclass(frozen=True)
class Layers:
    """What answers/ and registers/ of an agency and of its bases say."""

    own: Layer
    below: tuple[Layer, ...]
    """Of each base, the nearest first."""
    homes: Mapping[str, Place]
    """Where the agency's answer to each question belongs."""


def read_layers(root: Path, catalog: Catalog, bases: Sequence[Base], found: list[Finding]) -> Layers:
    """Read answers/ and registers/ of a repository and of its bases; mistakes are added to the findings."""
    homes: dict[str, Place] = {}
    own = _read_layer(root, "", catalog, found, homes)
    return Layers(own, tuple(_base_layer(base, catalog, found) for base in bases), homes)


def answers_of(layers: Layers, catalog: Catalog, preset: str, found: list[Finding]) -> dict[str, Answer]:
    """Return the answers that these layers lead to; mistakes are added to the findings."""
    based: Layer = {}
    for layer in reversed(layers.below):
        based |= layer
    answers = layered(layers.own, based, layers.homes, catalog, preset)
    found += _unused(answers)
    possible, impossible = without_impossible(answers)
    found += impossible
    return possible


def layered(own: Layer, based: Layer, homes: Mapping[str, Place], catalog: Catalog, preset: str) -> dict[str, Answer]:
    """Layer the answers of an agency over those of its bases and what its preset assumes. Pure."""
    # Later layers win: the agency over its bases; the preset only fills what is still open.
    layer = based | own
    _assume(layer, catalog, preset)
    return _answers(layer, homes, catalog, {name: given.value for name, given in based.items()})


def _read_layer(root: Path, prefix: str, catalog: Catalog, found: list[Finding], homes: dict[str, Place]) -> Layer:
    """Read answers/ and registers/ below a root; `prefix` goes before every file name in places."""
    layer: Layer = {}
    for element in catalog.elements.values():
        name = f"{prefix}answers/{element.id}.yml"
        file = _read_answers(root / "answers" / f"{element.id}.yml", name, element.title, element.questions, found)
        for question in element.questions:
            if question.type == "records":
                _read_register(root, prefix, question, layer, found, homes)
                continue
            homes[question.id] = file.place(question.name)
            value = mapping(file.value).get(question.name)
            unknown = value == UNKNOWN and question.may_be_unknown
            value = UNKNOWN if unknown else usable(question, value)
            if value is not None:
                layer[question.id] = Value(value, file.place(question.name), "agency")
    names = [f"{name}.yml" for name in catalog.elements]
    _check_folder(root / "answers", f"{prefix}answers", [*names, UNMAPPED_NAME], "E107", found)
    registers = [question.register for question in catalog.questions.values() if question.register]
    _check_folder(root / "registers", f"{prefix}registers", registers, "E108", found)
    return layer


def _read_answers(path: Path, name: str, title: str, questions: Sequence[Question], found: list[Finding]) -> YamlFile:
    if absent(path):
        message = f"This file is missing, so every question of “{title}” is unanswered."
        fix = "Run “policywright skeleton” to get an empty one, or restore it from the Git history."
        found.append(Finding("W101", "warning", message, (Place(name),), fix))
        return YamlFile(name)
    file, problems = read_yaml(path, name)
    if not problems and file.value is None:
        message = f"This file is empty, so every question of “{title}” is unanswered."
        fix = "Answer its questions; “policywright skeleton --print” shows them."
        problems = [Finding("W102", "warning", message, (Place(name),), fix)]
    if isinstance(file.value, dict):
        file = replace(file, value=keyed({question.name: question for question in questions}, file.value))
    found += checked(file, problems, answers_schema(title, questions))
    return file


def usable(question: Asked, value: Any) -> Any:
    """Return a value of the right type, or None for anything that was reported as wrong."""
    if question.type in ("choice", "yes_no"):
        return value if isinstance(value, str) and value in question.choices else None
    if question.type in ("choices", "list"):
        if not isinstance(value, list):
            return None
        kept = [item for item in value if isinstance(item, str) and item.strip()]
        kept = [item for item in kept if not question.choices or item in question.choices]
        # A list with only wrong items is unanswered, but an empty list is an answer: there are none.
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
    file = replace(file, value=with_keys(question, file.value))
    found += checked(file, problems, register_schema(question))
    if isinstance(file.value, list):
        rows = [_row(question, row, file, index) for index, row in enumerate(file.value) if isinstance(row, dict)]
        layer[question.id] = Value(rows, file.place(), "agency")


def _row(question: Question, row: dict[str, Any], file: YamlFile, index: int) -> dict[str, Any]:
    values = {key: usable(column, row.get(key)) for key, column in question.columns.items()}
    return {"place": file.place(index)} | values


def given_rows(value: Any) -> Any:
    """Return a value as a file has it: the entries of a register without their places."""
    return [_without_place(row) for row in value] if isinstance(value, list) else value


def _without_place(row: Any) -> Any:
    return {key: cell for key, cell in row.items() if key != "place"} if isinstance(row, dict) else row


def own_value(answer: Answer) -> Any:
    """Return the agency's own value of an answer, as an answers file has it; None if it has none, whatever is assumed.

    In a row of a register, a key without a value is left out.
    """
    if answer.origin != "agency":
        return None
    if answer.unknown:
        return UNKNOWN
    rows = given_rows(answer.value)
    return [without_empty(row) for row in rows] if answer.question.type == "records" else rows


def _check_folder(folder: Path, name: str, known: Sequence[str], code: str, found: list[Finding]) -> None:
    for path in entries(folder, name, found):
        if path.name not in known:
            message = (
                f"Nothing reads this file: its name is not one of those in {name}/.{did_you_mean(path.name, known)}"
            )
            fix = f"Rename it, or move it elsewhere. Known names: {one_of(known)}."
            found.append(Finding(code, "error", message, (Place(f"{name}/{path.name}"),), fix))


def _assume(layer: Layer, catalog: Catalog, name: str) -> None:
    """Add what the preset assumes for questions that nobody answered."""
    preset = catalog.presets.get(name)
    if preset:
        for assumption in assumed({key: given.value for key, given in layer.items()}, preset):
            layer[assumption.question] = Value(assumption.value, assumption.place, "preset", preset.title)


def assumed(values: Mapping[str, Any], preset: Preset) -> list[Assumption]:
    """Return what a preset assumes in addition to these values; a conditional assumption sees everything before it."""
    known, held = dict(values), []
    for assumption in preset.assumptions:
        holds = assumption.when is None or evaluate(assumption.when, known.get) is True
        # The first assumption wins, so a preset lists special cases before the general one.
        if holds and assumption.question not in known:
            known[assumption.question] = assumption.value
            held.append(assumption)
    return held


def _base_layer(base: Base, catalog: Catalog, found: list[Finding]) -> Layer:
    problems: list[Finding] = []
    lower = _read_layer(base.root, base.prefix, catalog, problems, {})
    # Warnings in a base are for those who maintain it; errors make its answers unusable here.
    found += [problem for problem in problems if problem.severity == "error"]
    return {name: Value(given.value, given.place, "base", base.name) for name, given in lower.items()}


def _answers(layer: Layer, homes: Mapping[str, Place], catalog: Catalog, based: Mapping[str, Any]) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for question in catalog.questions.values():
        home = homes[question.id]
        given = layer.get(question.id) or Value(None, home, "unanswered")
        below = based.get(question.id)
        unknown = given.value == UNKNOWN and question.may_be_unknown
        answers[question.id] = Answer(
            question,
            None if unknown else given.value,
            given.origin,
            given.place,
            home,
            said_by=given.said_by,
            inherited=below if below != given.value else None,
            based=below,
            unknown=unknown,
        )
    return with_asked(answers)


def _unused(answers: Mapping[str, Answer]) -> Iterator[Finding]:
    for answer in answers.values():
        # Presets and bases answer many questions that do not arise; only the agency's answer deserves a warning.
        if answer.asked is False and answer.value is not None and answer.origin == "agency":
            question = answer.question
            message = f"This answer is not used, because the question is not asked: “{question.help}”"
            fix = "Leave it empty, or check the answers that the question depends on."
            yield Finding("W103", "warning", message, (answer.place,), fix, (question.id,), element=question.element)
