"""The existing policies of an agency, as its register lists them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from policywright.agency.settling import value_of
from policywright.model.agency import Answer
from policywright.model.catalog import Catalog
from policywright.model.existing import ExistingPolicy, existing_policy
from policywright.model.findings import Finding, Place, short

Listed = tuple[ExistingPolicy, Place]
"""An existing policy, and its entry in the register."""

_AGAINST = {"governs": "superseded", "superseded": "governs"}
"""What a disposition may mean -> what contradicts it."""


def listed_policies(answers: Mapping[str, Answer], catalog: Catalog) -> tuple[Listed, ...]:
    """Return the entries of the register that the catalog names, in their order."""
    register = catalog.questions.get(catalog.coverage)
    if register is None:
        return ()
    return tuple((existing_policy(row, register), row["place"]) for row in value_of(answers, register.id) or ())


def kept_and_replaced(listed: Iterable[Listed]) -> Iterator[Finding]:
    """Report an existing policy that one entry keeps and another one replaces."""
    first: dict[tuple[str, str, str], Place] = {}
    for policy, place in listed:
        means = policy.disposition.means if policy.disposition else ""
        if means not in _AGAINST or not policy.title:
            continue
        first.setdefault((policy.named, policy.date, means), place)
        against = first.get((policy.named, policy.date, _AGAINST[means]))
        if against:
            message = f"One entry keeps “{short(policy.named)}” in force, and another replaces it."
            fix = "Keep one of the two entries, or name in each the section it is about."
            yield Finding("E122", "error", message, (place, against), fix)
