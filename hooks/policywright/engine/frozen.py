"""A policy's text at one moment, as plain data: what a release keeps and what two texts are compared by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from policywright.engine.answers import value_of
from policywright.engine.fingerprints import fingerprint
from policywright.engine.model import Chapter, Draft, Provision


@dataclass(frozen=True)
class FrozenProvision:
    """One provision as it stood."""

    id: str
    """The clause's permanent name."""
    code: str
    section: str
    """Id of the section or of the text in which it stood."""
    number: str
    """“4.1”; empty in a text that is not numbered."""
    title: str
    level: str
    text: str
    """Markdown."""
    staff: str
    element: str
    questions: tuple[str, ...]
    """The answers on which it depended."""

    @property
    def fingerprint(self) -> str:
        """Of what binds: another number or place in the policy changes nothing."""
        return fingerprint([self.id, self.title, self.level, self.text, self.staff])


@dataclass(frozen=True)
class Frozen:
    """The whole text of a policy, and the answers that led there."""

    title: str
    agency: str
    version: str
    provisions: tuple[FrozenProvision, ...]
    """In the order of the policy; those of the other texts follow."""
    sections: Mapping[str, str]
    """Section or text -> its title."""
    answers: Mapping[str, Any]
    """Question -> value, for every question that was answered and asked."""
    own: tuple[str, ...]
    """Ids of the clauses of the agency's or its bases' own wording."""

    @property
    def fingerprint(self) -> str:
        """Of every provision in its order: two policies of one fingerprint say the same."""
        return fingerprint([[p.section, p.number, p.fingerprint] for p in self.provisions])


def freeze(draft: Draft) -> Frozen:
    """Return the text of a draft as it stands now."""
    chapters = (*draft.policy.chapters, *draft.policy.texts)
    values = {name: value_of(draft.answers, name) for name in draft.answers}
    return Frozen(
        title=draft.document.title,
        agency=draft.document.agency_name,
        version=draft.document.version,
        provisions=tuple(_provision(provision, chapter) for chapter in chapters for provision in chapter.provisions),
        sections={chapter.section.id: chapter.section.title for chapter in chapters},
        answers={name: _plain(value) for name, value in values.items() if value is not None},
        own=tuple(clause.id for clause in draft.overrides),
    )


def _provision(provision: Provision, chapter: Chapter) -> FrozenProvision:
    clause = provision.clause
    return FrozenProvision(
        id=clause.id,
        code=clause.code,
        section=chapter.section.id,
        number=provision.number,
        title=clause.title,
        level=clause.level,
        text=provision.text,
        staff=provision.staff,
        element=clause.element,
        questions=provision.questions,
    )


def _plain(value: Any) -> Any:
    """Return a value without the places of a register's rows."""
    if isinstance(value, list):
        return [{k: v for k, v in row.items() if k != "place"} if isinstance(row, dict) else row for row in value]
    return value
