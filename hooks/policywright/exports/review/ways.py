"""What can be done about a proposal: change the answer that the words come from, reword, or put it on the list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policywright.approval.snapshot import freeze
from policywright.exports.review.matching import Proposed, WordReview
from policywright.model.agency import Answer
from policywright.model.draft import Draft, Provision
from policywright.model.versions import Frozen
from policywright.pages.wording import in_words, said


@dataclass(frozen=True)
class AnswerBehind:
    """An answer that decides about the words of a provision."""

    answer: Answer
    spoken: bool
    """Whether the words that were struck out are those of the answer."""
    siblings: tuple[Provision, ...]
    """The other texts that rest on it."""


@dataclass(frozen=True)
class Proposal:
    """What a Word file proposes for one provision of the draft."""

    provision: Provision
    proposed: Proposed
    answers: tuple[AnswerBehind, ...]
    changed_since: bool
    """Whether the text here differs from the one that was sent."""

    @property
    def id(self) -> str:
        """The id of its clause."""
        return self.provision.clause.id


def proposals(review: WordReview, sent: Frozen, draft: Draft) -> tuple[list[Proposal], list[Proposed]]:
    """Return the proposals for provisions of the draft, and those for other parts of a paper, such as its title."""
    now = {one.clause.anchor: one for one in draft.policy.everything}
    then = {one.id: one.fingerprint for one in sent.provisions}
    here = {one.id: one.fingerprint for one in freeze(draft).provisions}
    known = [one for one in review.proposed if one.anchor in now]
    found = []
    for one in known:
        provision = now[one.anchor]
        name = provision.clause.id
        behind = tuple(answers_behind_words(one, provision, draft)) if one.reworded else ()
        found.append(Proposal(provision, one, behind, then.get(name) != here.get(name)))
    return found, [one for one in review.proposed if one.anchor not in now]


def answers_behind_words(proposed: Proposed, provision: Provision, draft: Draft) -> list[AnswerBehind]:
    """Return the answers whose words were struck out; if there are none, every choice that the provision rests on."""
    old, new = " ".join(proposed.old), " ".join(line.text for line in proposed.new)
    behind = [_behind(draft.answers[name], provision, old, new, draft) for name in provision.questions]
    spoken = [one for one in behind if one.spoken]
    return spoken or [one for one in behind if one.answer.question.kind != "fact" and one.answer.answered]


def _behind(answer: Answer, provision: Provision, old: str, new: str, draft: Draft) -> AnswerBehind:
    others = (p for p in draft.policy.everything if answer.question.id in p.questions)
    siblings = tuple(p for p in others if p.clause.id != provision.clause.id)
    struck = any(words in old and words not in new for words in _words_of(answer))
    return AnswerBehind(answer, struck, siblings)


def _words_of(answer: Answer) -> Iterator[str]:
    """Yield the ways in which a text can say an answer."""
    if answer.answered and answer.question.type != "records":
        values: Sequence[object] = answer.value if isinstance(answer.value, list) else [answer.value]
        choices = answer.question.choices
        yield from (choices[value].text or choices[value].label for value in map(str, values) if value in choices)
        yield from filter(None, [said(answer), in_words(answer)])
