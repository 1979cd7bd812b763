"""What an office can accept in one step: what the preset assumes for it, and what was answered; never a fact."""

from __future__ import annotations

from policywright import __version__
from policywright.agency.confirmations import comparable
from policywright.agency.offices import absence, held_by, stand_in
from policywright.answering.answers_file import AnswersFile, GivenAnswer
from policywright.approval.objections import Refused, refuse
from policywright.model.agency import Answer
from policywright.model.catalog import Catalog
from policywright.repository import Repository


def accepted(repository: Repository, catalog: Catalog, office: str, person: str, today: str) -> list[AnswersFile]:
    """Return the answers files in which an office accepts every answer that it decides about.

    There is one for itself, and one for each office that does not exist and for which it answers.
    What a base says is left out: that is for the office of the base to confirm. So is a fact: somebody has to look
    it up, and no preset may assume one.
    Raise Refused if the office does not exist, or if no question is put to any of these offices first.
    """
    document, roles = repository.document, catalog.roles
    refuse(absence(office, roles, document))
    deciders = {answer.owner for answer in repository.answers.values() if answer.asked is not False}
    deciding = [one for one in held_by(office, roles, document) if one in deciders]
    if not deciding:
        acting = {stand_in(one, roles, document.missing) for one in deciders}
        names = ", ".join(key for key in roles if key in acting)
        raise Refused([f"“{roles[office].title}” decides no answer here. These do: {names}."])
    return [_accepted(repository, catalog, one, person, today) for one in deciding]


def _accepted(repository: Repository, catalog: Catalog, office: str, person: str, today: str) -> AnswersFile:
    decided = (answer for answer in repository.answers.values() if answer.owner == office)
    given = {answer.question.id: _confirmation(answer) for answer in decided if _waits(answer)}
    agency = repository.document.short_name
    return AnswersFile("this command", catalog.id, __version__, agency, office, person, today, given)


def _waits(answer: Answer) -> bool:
    """Return whether an answer waits for its office."""
    assumed = answer.status == "assumed" and answer.origin == "preset"
    return answer.question.kind != "fact" and (assumed or answer.status == "given")


def _confirmation(answer: Answer) -> GivenAnswer:
    question = answer.question
    value = comparable(question, answer.value)
    return GivenAnswer(question.id, value, value if answer.origin == "agency" else None, "confirm")
