"""The answers file: what a form downloads or sends, and what `take` reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from policywright.files.json_file import parse_json
from policywright.files.line_ends import plain
from policywright.files.schema import DATE, NOT_BLANK, TEXT, Schema, check, closed, mapping, words
from policywright.files.yaml import LARGEST_RECORD, Path_, YamlFile
from policywright.model.agency import ANSWERS_FORMAT
from policywright.model.findings import Finding, Place, PolicyError, first_of, short

LONGEST = 10_000
"""The characters of one text; a longer one belongs in a document that the agency keeps."""
LONGEST_NAME = 200
LARGEST_NUMBER = 10**15
"""Above this number, YAML and JSON may read different digits."""

SCHEMA: Schema = closed(
    {
        "format": TEXT,
        "catalog": TEXT | NOT_BLANK,
        "version": TEXT,
        "agency": TEXT,
        "office": TEXT,
        "name": TEXT,
        "date": DATE,
        "answers": {
            "type": "object",
            "additionalProperties": closed(
                {"value": {}, "was": {}, "change": words("set", "confirm")}, ["value", "was", "change"]
            ),
        },
    },
    ["format", "catalog", "version", "agency", "office", "name", "date", "answers"],
)

# What no file of ours may hold: a browser sends a tab or a line break in a text, but none of these.
_FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_AGAIN = "Ask for a new download from the form; a file that was opened and saved elsewhere may be damaged."
_FORM = "Choose a file whose name ends with .answers.json, as the form downloads it."


@dataclass(frozen=True)
class GivenAnswer:
    """One answer of an answers file."""

    question: str
    value: Any
    """None empties the answer."""
    was: Any
    """The agency's own value when the form was built; None if it had none."""
    change: str
    """set | confirm"""


@dataclass(frozen=True)
class AnswersFile:
    """What one office answered in a form."""

    name: str
    """The name of the file, for messages."""
    catalog: str
    version: str
    """The version of Policywright that built the form."""
    agency: str
    office: str
    """Its id, its title or its name; empty for the page of everything."""
    person: str
    """Who answered, as that person says; it may be empty."""
    date: str
    answers: Mapping[str, GivenAnswer]
    file: YamlFile = field(default_factory=lambda: YamlFile(""), compare=False, repr=False)
    """The file as it was read, for places."""

    def place(self, *path: str | int) -> Place:
        """Return the place of a value in the file."""
        return self.file.place(*path) if self.file.name else Place(self.name)


def read_answers_file(raw: bytes, name: str) -> AnswersFile:
    """Read an answers file; whether its answers fit the catalog is checked when they are taken.

    `name` is what messages call it. Raise PolicyError with everything that is wrong with it.
    """
    file, found = parse_json(_decoded(raw, name), name, "E401", _AGAIN)
    found = found or _foreign(file) or [*check(file, SCHEMA), *first_of(_unfit(file.value, (), file))]
    if found:
        raise PolicyError(found)
    data = _with_line_feeds(file.value)
    given = {key: GivenAnswer(key, row["value"], row["was"], row["change"]) for key, row in data["answers"].items()}
    said = {key: " ".join(data[key].split()) for key in ("catalog", "version", "agency", "office", "date")}
    return AnswersFile(name, person=" ".join(data["name"].split()), answers=given, file=file, **said)


def _decoded(raw: bytes, name: str) -> str:
    if len(raw) > LARGEST_RECORD:
        message = f"This file is larger than {LARGEST_RECORD // 1_000_000} MB, so it is not an answers file."
        raise PolicyError([Finding("E401", "error", message, (Place(name),), _FORM)])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        message = "This file is not UTF-8 text, so it is damaged or not an answers file."
        raise PolicyError([Finding("E401", "error", message, (Place(name),), _AGAIN)]) from None


def _foreign(file: YamlFile) -> list[Finding]:
    """Report JSON that is not an answers file, or has a format that this version does not know."""
    form = mapping(file.value).get("format")
    if form == ANSWERS_FORMAT:
        return []
    if isinstance(form, str) and form.startswith(ANSWERS_FORMAT.rstrip("1")):
        message = f"This answers file has the format “{short(form)}”, and this version reads “{ANSWERS_FORMAT}”."
        fix = (
            "Build the form again with the version that is installed here, or install the version that built the form."
        )
        return [Finding("E402", "error", message, (file.place("format"),), fix)]
    message = f"This is not an answers file: it does not say “format: {ANSWERS_FORMAT}”."
    return [Finding("E402", "error", message, (file.place("format"),), _FORM)]


def _unfit(value: Any, path: Path_, file: YamlFile) -> Iterator[Finding]:
    """Report invisible characters, texts that are too long, and numbers that are too large."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _hidden(key, file.key_place(*path, key))
            yield from _unfit(below, (*path, key), file)
    elif isinstance(value, list):
        for number, below in enumerate(value):
            yield from _unfit(below, (*path, number), file)
    elif isinstance(value, str):
        yield from _hidden(value, file.place(*path))
        yield from too_long(value, LONGEST if path[:1] == ("answers",) else LONGEST_NAME, file.place(*path))
    elif isinstance(value, int | float) and abs(value) >= LARGEST_NUMBER:
        message = f"{short(value)} is too large for an answer."
        yield Finding("E404", "error", message, (file.place(*path),), "Write a smaller number.")


def too_long(text: str, most: int, place: Place) -> Iterator[Finding]:
    """Report a text of more characters than a form may send."""
    if len(text) > most:
        message = f"“{short(text, 40)}” has {len(text):,} characters; a text here has at most {most:,}."
        fix = "Shorten it, or keep the text in a document and name that here."
        yield Finding("E404", "error", message, (place,), fix)


def _hidden(text: str, place: Place) -> Iterator[Finding]:
    for sign in dict.fromkeys(_FORBIDDEN.findall(text)):
        message = f"An invisible character is in this text: U+{ord(sign):04X}."
        yield Finding("E109", "error", message, (place,), "Delete it in the form, and type the text again.")


def _with_line_feeds(value: Any) -> Any:
    """Return the data with line feeds only: a browser may send the line ends of Windows."""
    if isinstance(value, dict):
        return {key: _with_line_feeds(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_with_line_feeds(below) for below in value]
    return plain(value) if isinstance(value, str) else value
