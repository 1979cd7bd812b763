"""What one office can accept at once: what the preset assumes for it, and what was answered; never a fact."""

from __future__ import annotations

from policywright import __version__
from policywright.agency.confirmations import comparable
from policywright.answering.answers_file import AnswersFile, GivenAnswer
from policywright.approval.objections import Refused
from policywright.model.agency import Answer
from policywright.model.catalog import Catalog
from policywright.repository import Repository


def accepted(repository: Repository, catalog: Catalog, office: str, person: str, today: str) -> AnswersFile:
    """Return the answers file of an office that accepts every answer it decides about.

    What a base says is left out: that is for the office of the base to confirm. So is a fact: somebody has to look
    it up, and no preset may assume one.
    Raise Refused if no question is put to the office first.
    """
    decided = [answer for answer in repository.answers.values() if answer.owner == office and answer.asked is not False]
    if not decided:
        asked = dict.fromkeys(answer.owner for answer in repository.answers.values() if answer.asked is not False)
        names = ", ".join(key for key in catalog.roles if key in asked)
        raise Refused([f"“{catalog.roles[office].title}” decides about no answer here. These do: {names}."])
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
