"""What the files of a catalog may name, and what to say when they name something else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from policywright.files.yaml import Path_, YamlFile
from policywright.language.conditions import ConditionError, parse_condition, questions_in
from policywright.language.texts import parse_text
from policywright.model.catalog import Condition, Question, Role, Source, Text
from policywright.model.codes import CODES
from policywright.model.findings import Finding, Place, did_you_mean

FACTS = ("agency.name", "agency.short_name", "policy.title", "policy.version", "policy.owner")


class Vocabulary:
    """The names that are known so far, and the findings about those that are not."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.questions: dict[str, Question] = {}
        self.conditions: dict[str, Condition] = {}
        self.sources: dict[str, Source] = {}
        self.roles: dict[str, Role] = {}
        self.codes: Sequence[str] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What a text may show besides answers."""
        return (*FACTS, *(f"office.{role}" for role in self.roles))

    def error(self, code: str, message: str, place: Place, fix: str = "") -> None:
        """Note a mistake; the usual mend of its code is the fix when none is given."""
        self.findings.append(Finding(code, "error", message, (place,), fix or CODES[code].mend))

    def condition(self, text: str, file: YamlFile, path: Path_) -> Condition | None:
        """Parse a condition; a wrong one is noted at the word that is wrong."""
        try:
            return parse_condition(text, self.questions, self.conditions)
        except ConditionError as error:
            self.error("C101", error.message, _spot(file, path, error.word))
            return None

    def when(self, row: Mapping[str, Any], file: YamlFile, *path: str | int) -> Condition | None:
        """Parse the `when` of a row that may have one."""
        return self.condition(row["when"], file, (*path, "when")) if "when" in row else None

    def shown_when(self, row: Mapping[str, Any], file: YamlFile, *path: str | int) -> Condition | None:
        """Parse the `when` of something that is published."""
        when = self.when(row, file, *path)
        self.check_secrecy(when, file, (*path, "when"))
        return when

    def check_secrecy(self, when: Condition | None, file: YamlFile, path: Path_) -> None:
        """Note each internal answer on which something published depends: that it is there would show the answer."""
        for name in self.internal(questions_in(when) if when else ()):
            message = f"This condition decides what is published, so it would show the internal answer {name}."
            self.error("C207", message, file.find(path, name))

    def internal(self, names: Iterable[str]) -> list[str]:
        """Return those of these questions whose answers are never published."""
        return [name for name in names if self.questions[name].sensitivity == "internal"]

    def text(self, text: str, file: YamlFile, path: Path_) -> Text:
        """Parse a text; a wrong one is noted at the word that is wrong."""
        try:
            return parse_text(text, self.questions, self.names)
        except ConditionError as error:
            self.error("C102", error.message, _spot(file, path, error.word))
            return ()

    def known(self, words: Iterable[str], allowed: Iterable[str], kind: str, place: Callable[[int], Place]) -> None:
        """Note each word that is not allowed, at its place in the list."""
        allowed = list(allowed)
        for index, word in enumerate(words):
            if word not in allowed:
                self.error("C201", f"There is no {kind} “{word}”.{did_you_mean(word, allowed)}", place(index))

    def cited(self, row: Mapping[str, Any], file: YamlFile, *path: str | int) -> tuple[str, ...]:
        """Return the sources of a row that exist; each is checked."""
        keys = row.get("sources", ())
        self.known(keys, self.sources, "source", at(file, *path, "sources"))
        return tuple(key for key in keys if key in self.sources)


def at(file: YamlFile, *path: str | int) -> Callable[[int], Place]:
    """Return a function from an index to the place of that item of the list at the path."""
    return lambda index: file.values.get((*path, index)) or file.place(*path)


def _spot(file: YamlFile, path: Path_, word: str) -> Place:
    return file.find(path, word) if word else file.place(*path)
