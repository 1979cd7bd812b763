"""Separation of duties: nobody checks their own work, and drafters do not approve alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from policywright.agency.settling import settle
from policywright.approval.sign_offs import Standing
from policywright.model.catalog import Separation
from policywright.model.draft import Draft
from policywright.model.findings import Finding, Place
from policywright.model.versions import SignOff


def duty_findings(draft: Draft, found: Sequence[Standing]) -> Iterator[Finding]:
    """Report offices and people who would check their own work.

    `found` is the state of every sign-off. In a draft only the offices are checked, because the people
    do not matter before the review.
    """
    yield from _many_offices(draft)
    apart = [one for one in draft.catalog.separate if settle(one.when, draft.answers)[0] is True]
    for separation in apart:
        yield from _one_office(separation, draft)
    if draft.document.status != "draft":
        for separation in apart:
            yield from _one_person(separation, [one for one in found if one.holds], draft)
        yield from _drafters(found, draft)


MANY = 6
"""With this many offices in one hand, hardly anybody else is left to see what their holder overlooks."""


def _many_offices(draft: Draft) -> Iterator[Finding]:
    """Report a person or office that holds many of the offices, by name or as a stand-in."""
    held: dict[str, list[str]] = {}
    for role, name in draft.document.offices.items():
        if role in draft.catalog.roles:
            held.setdefault(person(name), []).append(role)
    for roles in held.values():
        if len(roles) >= MANY:
            name, all_of_them = draft.document.offices[roles[0]], len(draft.catalog.roles)
            message = (
                f"“{name}” holds {len(roles)} of the {all_of_them} offices of the policy. "
                "Hardly anybody else would see what one office overlooks."
            )
            fix = (
                "Have somebody else look at the accounts, the records and the removals twice a year, for example "
                "another public body or the presiding officer, and name that office under “offices:”."
            )
            yield Finding("L110", "advice", message, (draft.document.places[f"offices.{roles[0]}"],), fix)


def _one_office(separation: Separation, draft: Draft) -> Iterator[Finding]:
    first, second = (draft.document.offices.get(role, "") for role in separation.roles)
    if first and same_person(first, second):
        message = f"{_titles(separation, draft)} are the same office here: “{first}”. {separation.why}"
        fix = "Name another office for one of them, or write down who takes over if the same person did both."
        place = draft.document.places[f"offices.{separation.roles[0]}"]
        yield Finding("L107", "warning", message, (place,), fix, sources=separation.sources)


def _one_person(separation: Separation, found: Sequence[Standing], draft: Draft) -> Iterator[Finding]:
    first, second = (_rows(role, found) for role in separation.roles)
    for row in second:
        other = next((mine for mine in first if same_person(mine.by, row.by)), None)
        if other:
            message = f"{row.by} signed for both {_titles(separation, draft)}. {separation.why}"
            fix = "Let another person sign for one of them."
            yield Finding("L105", "blocker", message, (row.place, other.place), fix, sources=separation.sources)


def _rows(role: str, found: Sequence[Standing]) -> list[SignOff]:
    return list({one.row.place: one.row for one in found if one.role == role and one.row}.values())


def _drafters(found: Sequence[Standing], draft: Draft) -> Iterator[Finding]:
    """Report each drafter who alone signed an element, once every required sign-off is there."""
    alone: dict[tuple[str, Place], list[str]] = {}
    for element in draft.catalog.elements.values():
        mine = [one for one in found if one.element == element.id]
        rows = [one.row for one in mine if one.row and one.holds]
        waiting = any(one.required and one.state != "valid" for one in mine)
        # As long as a required sign-off is missing, a second person may still sign, so there is nothing to report yet.
        if rows and not waiting and len({person(row.by) for row in rows}) == 1 and _drafted(rows[0].by, draft):
            alone.setdefault((rows[-1].by, rows[-1].place), []).append(element.title)
    for (name, place), titles in alone.items():
        listed = ", ".join(f"“{title}”" for title in titles)
        message = f"{name} drafted this policy and is the only one who signed {listed}."
        fix = "Let a second person sign, for the office that decides it or for one that is asked about it."
        yield Finding("L105", "blocker", message, (place, draft.document.places["drafted_by"]), fix)


def _drafted(name: str, draft: Draft) -> bool:
    return any(same_person(name, other) for other in draft.document.drafted_by)


def person(name: str) -> str:
    """Return a name in a form for comparing: without case, spaces and periods."""
    # Format characters, such as a zero-width blank, cannot be seen.
    shown = "".join(letter for letter in unicodedata.normalize("NFKC", name) if unicodedata.category(letter) != "Cf")
    return "".join(unicodedata.normalize("NFKC", shown.casefold()).replace(".", " ").split())


def same_person(one: str, other: str) -> bool:
    """Return whether two names are the same except for case, spaces and periods."""
    return person(one) == person(other)


def _titles(separation: Separation, draft: Draft) -> str:
    first, second = (draft.catalog.roles[role].title for role in separation.roles)
    return f"“{first}” and “{second}”"
