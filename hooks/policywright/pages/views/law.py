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
    subjects = [one for one in site.catalog.places.laws.values() if not element or element in one.elements]
    # What nobody has read is for counsel alone.
    shown = [
        one for one in subjects if place and one.id in place.laws and (site.working or checked or _read(one, place))
    ]
    if place is None or not shown:
        return None
    return PlaceLaws(place, tuple(_law(one, place, site) for one in shown), checked, site.catalog.laws_read_on)


def _read(subject: LawSubject, place: Jurisdiction) -> bool:
    return place.laws[subject.id].evidence != "unverified"


def _law(subject: LawSubject, place: Jurisdiction, site: Site) -> PlaceLaw:
    law = place.laws[subject.id]
    return PlaceLaw(subject, law, tuple(site.catalog.read_pages[key] for key in law.read_in))
