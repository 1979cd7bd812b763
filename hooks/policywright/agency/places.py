"""Which state, nation or province an agency is in, and what its laws are called there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from policywright.agency.settling import settle, value_of, with_asked
from policywright.model.agency import Answer
from policywright.model.catalog import Catalog, Jurisdiction, Law, LawSubject
from policywright.model.findings import Finding, one_of


def without_impossible(answers: Mapping[str, Answer]) -> tuple[dict[str, Answer], list[Finding]]:
    """Return answers without the choices that cannot be made here, and a finding about each of them.

    So nobody can choose the law of another country.
    """
    kept, found = dict(answers), []
    for name, answer in answers.items():
        if answer.answered and _impossible(answer, answers):
            kept[name] = replace(answer, value=None, origin="unanswered")
            found.append(_finding(answer, answers))
    return (with_asked(kept) if found else kept), found


def _impossible(answer: Answer, answers: Mapping[str, Answer]) -> bool:
    choice = answer.question.choices.get(str(answer.value))
    return choice is not None and settle(choice.when, answers)[0] is False


def _finding(answer: Answer, answers: Mapping[str, Answer]) -> Finding:
    question = answer.question
    label = question.choices[str(answer.value)].label
    possible = [one.label for one in question.choices.values() if settle(one.when, answers)[0] is not False]
    fix = f"Choose one of: {one_of(possible)}." if possible else "Leave it empty."
    message = f"“{label}” is not possible with the other answers, so it is ignored."
    return Finding("E124", "error", message, (answer.place,), fix, (question.id,), element=question.element)


def jurisdiction_of(catalog: Catalog, answers: Mapping[str, Answer]) -> Jurisdiction | None:
    """Return the jurisdiction that the agency named, or the only one that is possible for it."""
    if catalog.places is None:
        return None
    named = value_of(answers, catalog.places.question)
    possible = [place for place in catalog.jurisdictions.values() if settle(place.when, answers)[0] is True]
    if named is not None:
        return next((place for place in possible if place.id == named), None)
    return possible[0] if len(possible) == 1 else None


def law_names(catalog: Catalog, answers: Mapping[str, Answer]) -> dict[str, str]:
    """Return what texts may show of laws: `question.subject` -> its name, for inside a sentence."""
    if catalog.places is None:
        return {}
    place, checked = jurisdiction_of(catalog, answers), laws_checked(catalog, answers)
    subjects = catalog.places.laws.values()
    return {
        f"{catalog.places.question}.{subject.id}": law_name(subject, place, checked=checked) for subject in subjects
    }


def laws_checked(catalog: Catalog, answers: Mapping[str, Answer]) -> bool:
    """Return whether the agency's counsel has compared names and citations with the statutes."""
    question = catalog.places.checked if catalog.places else ""
    return bool(question) and value_of(answers, question) == "yes"


def law_name(subject: LawSubject, place: Jurisdiction | None, *, checked: bool) -> str:
    """Return what texts call a law in a place, or where the place is not known."""
    if place is None:
        return subject.text
    law = place.laws.get(subject.id)
    if law is None or not (checked or law.was_read):
        return subject.there.replace("{place}", place.text)
    return f"{law.text} ({law.citation})" if _may_be_cited(law, checked=checked) else law.text


# A citation that nobody has read is a guess, and a guess in an adopted policy is worse than none.
def _may_be_cited(law: Law, *, checked: bool) -> bool:
    return bool(law.citation) and (checked or law.evidence == "read")
