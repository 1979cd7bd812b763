"""A policy's text at one moment, as plain data: what a release keeps, and what redlines compare."""

from __future__ import annotations

from policywright.agency.answers import given_rows
from policywright.agency.settling import value_of
from policywright.model.draft import Chapter, Draft, Provision
from policywright.model.fingerprints import fingerprint
from policywright.model.versions import Frozen, FrozenProvision


def freeze(draft: Draft) -> Frozen:
    """Return the current text of a draft."""
    chapters = (*draft.policy.chapters, *draft.policy.procedures, *draft.policy.texts)
    values = {name: value_of(draft.answers, name) for name in draft.answers}
    return Frozen(
        title=draft.document.title,
        agency=draft.document.agency_name,
        version=draft.document.version,
        provisions=tuple(_provision(provision, chapter) for chapter in chapters for provision in chapter.provisions),
        sections={chapter.section.id: chapter.section.title for chapter in chapters},
        # The answers are kept to explain later changes: “… was “Facebook” and is now “YouTube””.
        answers={name: given_rows(value) for name, value in values.items() if value is not None},
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


def beneath(draft: Draft) -> dict[str, str]:
    """Return the fingerprint of each catalog wording that an override replaces: clause -> fingerprint."""
    replaced = [draft.catalog.clauses[own.id] for own in draft.overrides if own.id in draft.catalog.clauses]
    return {one.id: fingerprint(one.wording) for one in replaced}
