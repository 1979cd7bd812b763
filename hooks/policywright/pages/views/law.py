"""What pages show of the laws of the state, nation or province that an agency is in."""

from __future__ import annotations

from dataclasses import dataclass

from policywright.agency.places import jurisdiction_of, laws_checked
from policywright.model.catalog import Jurisdiction, Law, LawSubject, ReadPage
from policywright.pages.views.site import Site


@dataclass(frozen=True)
class PlaceLaw:
    """One law of a place."""

    subject: LawSubject
    law: Law
    pages: tuple[ReadPage, ...]
    """Where its name was read."""


@dataclass(frozen=True)
class PlaceLaws:
    """The laws of a place, for counsel to compare with the statutes."""

    place: Jurisdiction
    laws: tuple[PlaceLaw, ...]
    checked: bool
    """Whether counsel has compared them."""
    read_on: str


def place_laws(site: Site, element: str = "") -> PlaceLaws | None:
    """Return the laws of the agency's place, all or those of one element; None if there are none to show."""
    if site.draft is None or site.catalog.places is None:
        return None
    place = jurisdiction_of(site.catalog, site.draft.answers)
    checked = laws_checked(site.catalog, site.draft.answers)
    if place is None:
        return None
    subjects = (one for one in site.catalog.places.laws.values() if not element or element in one.elements)
    laws = [_law(one, place.laws[one.id], site) for one in subjects if one.id in place.laws]
    # What nobody has read is for counsel alone.
    shown = tuple(one for one in laws if site.working or checked or one.law.was_read)
    return PlaceLaws(place, shown, checked, site.catalog.laws_read_on) if shown else None


def _law(subject: LawSubject, law: Law, site: Site) -> PlaceLaw:
    return PlaceLaw(subject, law, tuple(site.catalog.read_pages[key] for key in law.read_in))
