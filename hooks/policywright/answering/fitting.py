"""Whether the answers of an answers file fit this repository and its catalog; labels become values here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from policywright import __version__
from policywright.agency.confirmations import comparable
from policywright.agency.labels import with_keys
from policywright.agency.offices import named_office
from policywright.answering.answers_file import AnswersFile, GivenAnswer
from policywright.answering.policy_answers import ABOUT_POLICY, as_keys, policy_mistakes
from policywright.catalog.answer_schema import question_schema, register_schema
from policywright.files.schema import Schema, check, without_empty
from policywright.model.agency import Document
from policywright.model.catalog import Asked, Catalog, Question
from policywright.model.findings import Finding, Place, PolicyError, did_you_mean, short, unknown


@dataclass(frozen=True)
class Fitted:
    """What can be taken from an answers file, and what cannot."""

    file: AnswersFile
    """Its answers are values of the catalog, and its office is an id or empty."""
    notes: tuple[Finding, ...] = ()
    """That the form was of another version, and which of its answers no longer exist."""


def fitted(file: AnswersFile, document: Document, catalog: Catalog, today: str) -> Fitted:
    """Return the answers that fit; raise PolicyError if the file is for somebody else, or is wrong.

    A form of another version may have had other questions and choices, so what no longer exists is listed and left
    out. In a form of this version the same is an error.
    """
    found = [*_not_ours(file, document, catalog), *_not_yet(file, today)]
    office, problem = _office(file, document, catalog)
    if found or problem:
        raise PolicyError([*found, *problem])
    given = {name: _with_values(one, catalog) for name, one in file.answers.items() if name in catalog.questions}
    given |= {name: as_keys(file.answers[name], document, catalog) for name in ABOUT_POLICY if name in file.answers}
    gone = [_no_question(name, file, catalog) for name in file.answers if name not in given]
    wrong = {name: _mistakes(one, file, catalog) for name, one in given.items()}
    gone += [finding for findings in wrong.values() for finding in findings]
    if gone and file.version == __version__:
        raise PolicyError(gone)
    usable = {name: one for name, one in given.items() if not wrong[name]}
    notes = [_left_out(finding, file) for finding in gone]
    notes = [_other_version(file), *notes] if file.version != __version__ else notes
    return Fitted(replace(file, office=office, answers=usable), tuple(notes))


def _not_ours(file: AnswersFile, document: Document, catalog: Catalog) -> Iterator[Finding]:
    if file.catalog != catalog.id:
        message = f"These answers are for the catalog “{short(file.catalog)}”, and this agency uses “{catalog.id}”."
        fix = "Use them in the repository that they were given for."
        yield Finding("E403", "error", message, (file.place("catalog"),), fix)
    if file.agency not in (document.short_name, document.agency_name):
        message = f"These answers are for “{short(file.agency)}”, and this is “{document.short_name}”."
        fix = "Use them in that agency's repository. If the agency was renamed, download them from a new form."
        yield Finding("E403", "error", message, (file.place("agency"),), fix)


def _not_yet(file: AnswersFile, today: str) -> Iterator[Finding]:
    if today and file.date > today:
        message = f"These answers are dated {file.date}, and today is {today}."
        yield Finding(
            "L109", "blocker", message, (file.place("date"),), "Correct the date in the file, or on this computer."
        )


def _office(file: AnswersFile, document: Document, catalog: Catalog) -> tuple[str, list[Finding]]:
    if not file.office:
        return "", []
    found = named_office(file.office, catalog.roles, document)
    if len(found) == 1:
        return found[0], []
    return "", [unknown("office", file.office, catalog.roles, file.place("office"), "E112")]


def _no_question(name: str, file: AnswersFile, catalog: Catalog) -> Finding:
    message = f"There is no question “{short(name)}”.{did_you_mean(name, [*catalog.questions, *ABOUT_POLICY])}"
    return Finding("E101", "error", message, (file.file.key_place("answers", name),), "Download the answers again.")


def _with_values(given: GivenAnswer, catalog: Catalog) -> GivenAnswer:
    question = catalog.questions[given.question]
    return replace(
        given,
        value=_said(question, given.value),
        was=comparable(question, given.was),
    )


def _said(question: Asked, value: Any) -> Any:
    """Return a value with each label of a choice replaced by its key."""
    if isinstance(value, list):
        columns = question.columns if isinstance(question, Question) else {}
        return [_row(item, columns) if isinstance(item, dict) else with_keys(question, item) for item in value]
    if isinstance(value, bool) and question.type == "yes_no":
        return "yes" if value else "no"
    said = with_keys(question, value)
    if isinstance(said, float) and said.is_integer():
        return int(said)
    return None if isinstance(said, str) and not said.strip() else said


def _row(row: Mapping[str, Any], columns: Mapping[str, Asked]) -> dict[str, Any]:
    said = {key: _said(columns[key], value) if key in columns else value for key, value in row.items()}
    return without_empty(said)


def _mistakes(given: GivenAnswer, file: AnswersFile, catalog: Catalog) -> list[Finding]:
    """Return why a value cannot be an answer to its question."""
    if given.question in ABOUT_POLICY:
        return policy_mistakes(given, file, catalog)
    question = catalog.questions[given.question]
    if given.change == "confirm" and given.value is None:
        message = f"There is nothing to confirm in the open question “{question.help}”"
        fix = "Answer it, or leave it out."
        return [Finding("E103", "error", message, (file.place("answers", question.id, "value"),), fix)]
    schema = register_schema(question) if question.type == "records" else question_schema(question)
    value: Schema = {"type": "object", "properties": {"value": schema}}
    answer: Schema = {"type": "object", "properties": {question.id: value}}
    # The value as it is meant, at the places of the file.
    meant = {"answers": {question.id: {"value": given.value}}}
    found = check(replace(file.file, value=meant), {"type": "object", "properties": {"answers": answer}})
    return [replace(one, message=f"{question.id}: {one.message}", questions=(question.id,)) for one in found]


def _other_version(file: AnswersFile) -> Finding:
    message = f"The form was built with Policywright {short(file.version) or '?'}, and this is {__version__}."
    fix = "Its answers are used where they still fit. Build the form again before you send it to others."
    return Finding("W401", "warning", message, (file.place("version"),), fix)


def _left_out(finding: Finding, file: AnswersFile) -> Finding:
    message = f"Left out, because the catalog of this version does not have this answer. {finding.message}"
    fix = f"Answer the question again in a new form. {finding.fix}"
    places = finding.places or (Place(file.name),)
    return Finding("W402", "warning", message, places, fix, finding.questions)
