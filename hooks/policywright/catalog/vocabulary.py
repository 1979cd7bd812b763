"""Reads rows of a catalog's files according to their types, and reports unknown names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from policywright.catalog.shapes import FieldType, fields_of
from policywright.files.yaml import Path_, YamlFile
from policywright.language.conditions import ConditionError, questions_in
from policywright.language.parsing import parse_condition, parse_text
from policywright.language.texts import questions_shown
from policywright.model.catalog import Question, Role, Source
from policywright.model.codes import CODES
from policywright.model.fields import Condition, Mark, Names, Text
from policywright.model.findings import Finding, Place, did_you_mean

T = TypeVar("T")

COVERED = ("covered.policy", "covered.subject")
"""What the sentence about an existing policy shows in addition."""
FACTS = ("agency.name", "agency.short_name", "policy.title", "policy.version", "policy.owner")


class Vocabulary:
    """The names that are known so far, and the findings about unknown ones."""

    def __init__(self) -> None:
        self.footnotes: dict[str, str] = {}
        """The name of each footnote -> the clause that defines it."""
        self.findings: list[Finding] = []
        self.questions: dict[str, Question] = {}
        self.conditions: dict[str, Condition] = {}
        self.sources: dict[str, Source] = {}
        self.roles: dict[str, Role] = {}
        self.codes: Sequence[str] = ()
        self.laws: tuple[str, ...] = ()
        """The names by which texts show laws: the question that asks for the place, and the subject."""
        self.named: list[tuple[Names, Sequence[str], Callable[[int], Place]]] = []
        """The names in rows, which are checked when everything is read."""
        self.parsers: Mapping[Mark, Callable[[str, YamlFile, Path_], Any]] = {
            Mark.CONDITION: self.condition,
            Mark.TEXT: self.text,
            Mark.COVERED_TEXT: lambda text, file, path: self.text(text, file, path, COVERED),
            Mark.SHOWN_CONDITION: self.shown_condition,
            Mark.SHOWN_TEXT: self.shown_text,
        }

    @property
    def names(self) -> tuple[str, ...]:
        """What a text may show in addition to answers."""
        return (*FACTS, *(f"office.{role}" for role in self.roles), *self.laws)

    def error(self, code: str, message: str, place: Place, fix: str = "") -> None:
        """Add a finding; its fix is the default of its code if none is given."""
        self.findings.append(Finding(code, "error", message, (place,), fix or CODES[code].fix))

    def row(self, kind: type[T], said: Any, file: YamlFile, path: Path_ = (), **given: Any) -> T:
        """Read a row that matches the schema of its type; `given` are the fields that are not written in it."""
        said = said if isinstance(said, dict) else {kind.alone: said}  # type: ignore[attr-defined]
        fields = dict(given)
        for name, one in fields_of(kind).items():  # type: ignore[arg-type]
            if name in given:
                continue
            if name in said:
                fields[name] = self.value(one, said[name], file, (*path, name))
            elif one.mark is Mark.KEY:
                fields[name] = path[-1]
            elif one.kind is Place:
                fields[name] = file.key_place(*path)
        return kind(**fields)

    def value(self, one: FieldType, said: Any, file: YamlFile, path: Path_) -> Any:
        """Read the value of a field."""
        if isinstance(one.mark, Names):
            self._name(one.mark, said, file, path)
        if isinstance(one.mark, Mark) and one.mark in self.parsers:
            return self.parsers[one.mark](said, file, path)
        if one.by_name:
            return tuple(self.questions[name] for name in said if name in self.questions)
        if one.inner is None:
            return self.row(one.kind, said, file, path) if one.is_row else said
        inner = one.inner
        if one.kind is Mapping:
            return {key: self.value(inner, value, file, (*path, key)) for key, value in said.items()}
        return tuple(self.value(inner, value, file, (*path, index)) for index, value in enumerate(said))

    def _name(self, names: Names, said: Any, file: YamlFile, path: Path_) -> None:
        words = [said] if isinstance(said, str) else said
        self.named.append((names, words, at(file, *path)))

    def condition(self, text: str, file: YamlFile, path: Path_) -> Condition | None:
        """Parse a condition; a mistake is reported at the wrong word."""
        try:
            return parse_condition(text, self.questions, self.conditions)
        except ConditionError as error:
            self.error("C101", error.message, _spot(file, path, error.word))
            return None

    def text(self, text: str, file: YamlFile, path: Path_, more: Sequence[str] = ()) -> Text:
        """Parse a text, which may show `more` names; a mistake is reported at the wrong word."""
        try:
            return parse_text(text, self.questions, (*self.names, *more))
        except ConditionError as error:
            self.error("C102", error.message, _spot(file, path, error.word))
            return ()

    def shown_condition(self, text: str, file: YamlFile, path: Path_) -> Condition | None:
        """Parse a condition that decides what is published."""
        condition = self.condition(text, file, path)
        self.check_secrecy(condition, file, path)
        return condition

    def check_secrecy(self, condition: Condition | None, file: YamlFile, path: Path_) -> None:
        """Note each internal answer in a condition that decides what is published, because it would show the answer."""
        for name in self.internal(questions_in(condition) if condition else ()):
            message = f"This condition decides what is published, so it would show the internal answer {name}."
            self.error("C207", message, file.find(path, name))

    def shown_text(self, text: str, file: YamlFile, path: Path_) -> Text:
        """Parse a text that is published, and note each internal answer that it prints."""
        parsed = self.text(text, file, path)
        for name in self.internal(questions_shown(parsed, self.questions)):
            self.error("C207", f"This text prints the internal answer {name}.", file.find(path, name))
        return parsed

    def internal(self, names: Iterable[str]) -> list[str]:
        """Return those of these questions whose answers are never published."""
        return [name for name in names if self.questions[name].sensitivity == "internal"]

    def known(self, words: Iterable[str], allowed: Collection[str], kind: str, place: Callable[[int], Place]) -> None:
        """Report each word that is not allowed, at its place in the list."""
        for index, word in enumerate(words):
            if word not in allowed:
                self.error("C201", f"There is no {kind} “{word}”.{did_you_mean(word, allowed)}", place(index))

    def check_names(self, existing: Mapping[str, Collection[str]], clauses: Collection[str]) -> None:
        """Report unknown names in rows: `existing` are the names of each kind, `clauses` the ids of clauses."""
        for names, words, place in self.named:
            allowed = existing[names.kind]
            if names.beginnings:
                allowed = [word for word in words if any(clause.startswith(word) for clause in clauses)]
            self.known(words, allowed, names.kind, place)


def at(file: YamlFile, *path: str | int) -> Callable[[int], Place]:
    """Return a function from an index to the place of that item of the list at the path."""
    return lambda index: file.values.get((*path, index)) or file.place(*path)


def _spot(file: YamlFile, path: Path_, word: str) -> Place:
    return file.find(path, word) if word else file.place(*path)
