"""Reports essential questions that nobody has answered yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policywright.language.conditions import label_of
from policywright.model.agency import Answer, Document
from policywright.model.catalog import Catalog, Question
from policywright.model.draft import Undecided
from policywright.model.findings import Finding


def gaps(
    answers: Mapping[str, Answer], catalog: Catalog, document: Document, waiting: Sequence[Undecided]
) -> Iterator[Finding]:
    """Report each fact that nobody knows, and each essential question that is open or only assumed.

    `waiting` are the undecided rules: a fact that a blocker depends on stops a release, and any other fact does not.
    """
    blockers = {name for one in waiting if catalog.rules[one.code].severity == "blocker" for name in one.needs}
    for answer in answers.values():
        question = answer.question
        if answer.unknown and answer.asked is not False:
            yield _unknown(answer, _who_knows(question, catalog, document), stops=question.id in blockers)
            continue
        if question.tier != "essential" or answer.asked is not True:
            continue
        if answer.value is None:
            yield _gap("G101", f"This essential question is open: “{question.help}”", answer)
        elif answer.origin == "preset":
            said = _said(question, answer.value)
            message = f"“{question.help}” is answered only by the preset “{answer.said_by}”: {said}."
            yield _gap("G102", message, answer)


def _who_knows(question: Question, catalog: Catalog, document: Document) -> str:
    if not question.owner:
        return "the office that can find out"
    return document.office(catalog.roles[question.owner])


def _unknown(answer: Answer, office: str, *, stops: bool) -> Finding:
    question = answer.question
    code, severity = ("G103", "gap") if stops else ("G104", "advice")
    message = f"Nobody knows yet: “{question.help}”"
    return Finding(
        code,
        severity,
        message,
        (answer.place,),
        f"Ask {office}, and write the answer here.",
        (question.id,),
        question.sources,
        question.element,
    )


def _gap(code: str, message: str, answer: Answer) -> Finding:
    question = answer.question
    fix = f"Write your own answer under “{question.name}:”."
    if question.type == "records":
        fix = f"List the entries in {question.file}, or write [] when there are none."
    return Finding(code, "gap", message, (answer.home,), fix, (question.id,), question.sources, question.element)


def _said(question: Question, value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    return ", ".join(f"“{label_of(question, item)}”" for item in values) or "no entry"
