"""Reads presets/: the answers that an archetype assumes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policywright.catalog.vocabulary import Vocabulary
from policywright.files.yaml import Path_, YamlFile
from policywright.model.catalog import Assumption, Preset, Question
from policywright.model.fields import Condition
from policywright.model.findings import Place, did_you_mean

Answers = Mapping[str, Mapping[str, Any]]
"""Element -> name of a question -> value."""


@dataclass(frozen=True, kw_only=True)
class ConditionalAnswers:
    """Answers that a preset assumes if a condition holds."""

    when: Condition
    answers: Answers


@dataclass(frozen=True, kw_only=True)
class WrittenPreset(Preset):
    """A preset as it is written in its file."""

    answers: Answers
    assume_when: tuple[ConditionalAnswers, ...] = ()


def read_preset(file: YamlFile, vocabulary: Vocabulary) -> Preset:
    """Read a preset from its file, which has the fields of a WrittenPreset."""
    name = Path(file.name).stem
    written = vocabulary.row(WrittenPreset, file.value, file, id=name, assumptions=())
    assumptions = [*_assumptions(written.answers, None, ("answers",), file, vocabulary)]
    for index, row in enumerate(written.assume_when):
        path = ("assume_when", index)
        made = [*_assumptions(row.answers, row.when, (*path, "answers"), file, vocabulary)]
        if len(vocabulary.internal(one.question for one in made)) < len(made):
            vocabulary.check_secrecy(row.when, file, (*path, "when"))
        assumptions += made
    return Preset(id=name, title=written.title, summary=written.summary, assumptions=tuple(assumptions))


def _assumptions(
    answers: Answers, when: Condition | None, path: Path_, file: YamlFile, vocabulary: Vocabulary
) -> Iterator[Assumption]:
    for element, row in answers.items():
        for name, value in row.items():
            question = vocabulary.questions.get(f"{element}.{name}")
            place = file.key_place(*path, element, name)
            if question is None:
                hint = did_you_mean(f"{element}.{name}", vocabulary.questions)
                vocabulary.error("C201", f"There is no question “{element}.{name}”.{hint}", place)
                continue
            if question.kind == "fact":
                message = f"“{question.id}” asks for a fact, and a preset does not know an agency's facts."
                vocabulary.error("C212", message, place)
            _check(question, value, place, vocabulary)
            yield Assumption(question.id, value, file.place(*path, element, name), when)


def _check(question: Question, value: Any, place: Place, vocabulary: Vocabulary) -> None:
    if isinstance(value, list) != (question.type in ("choices", "list", "records")):
        belongs = "One value" if isinstance(value, list) else "A list"
        fix = f"It is of type “{question.type}”."
        vocabulary.error("C201", f"{belongs} belongs to {question.id}.", place, fix)
    for one in value if isinstance(value, list) else [value]:
        if question.choices and one not in question.choices:
            message = f"“{one}” is not a choice of {question.id}.{did_you_mean(str(one), question.choices)}"
            vocabulary.error("C201", message, place)
