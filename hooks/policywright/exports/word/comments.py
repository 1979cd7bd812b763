"""What counsel reads beside each provision: why it is there, and which answers it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from policywright.model.agency import Answer
from policywright.model.draft import Draft, Provision
from policywright.pages.dates import day
from policywright.pages.wording import said


def counsel_comments(draft: Draft) -> dict[str, list[str]]:
    """Return the comment on each provision, by its anchor: the reason for it, then question, answer and origin."""
    found = {one.clause.anchor: list(_lines(one, draft)) for one in draft.policy.everything}
    return {anchor: ["\n".join(lines)] for anchor, lines in found.items() if lines}


def _lines(provision: Provision, draft: Draft) -> Iterator[str]:
    if provision.reason:
        yield f"In the text because {provision.reason}."
    for name in provision.questions:
        answer = draft.answers[name]
        yield f"{answer.question.help} {_answer(answer)} [{name}]"


def _answer(answer: Answer) -> str:
    if answer.value is None:
        return "Nobody knows yet." if answer.unknown else "Not answered yet."
    return f"{said(answer)} ({_origin(answer)})."


def _origin(answer: Answer) -> str:
    if answer.origin != "agency":
        return f"{'assumed by' if answer.origin == 'preset' else 'from'} “{answer.said_by}”"
    if answer.confirmed is None:
        return "given by the agency"
    name = f" by {answer.confirmed.name}" if answer.confirmed.name else ""
    return f"confirmed{name} on {day(answer.confirmed.date)}"
