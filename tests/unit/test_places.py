"""The law of a state, nation or province: named as far as it was read, and never that of another country."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from policywright.agency.places import jurisdiction_of
from policywright.agency.settling import settle
from policywright.model.catalog import Law
from tests.support.agency_files import TOWN_ANSWERS, catalog, draft_with, repository_of, write_agency

LAWS = [
    (place, subject, law) for place in catalog().jurisdictions.values() for subject, law in place.laws.items()
]  # fmt: skip


def record(folder: Path, **answers: Any) -> str:
    """Return the provision that says what a record is."""
    town = draft_with(folder, TOWN_ANSWERS | {f"agency.{name}": value for name, value in answers.items()})
    found = [one.text for one in town.policy.everything if one.clause.id == "REC-1-a-record-us-state-local"]
    return found[0].strip().rpartition(" records under ")[2]


def test_a_law_that_was_read_is_named_and_cited(tmp_path: Path) -> None:
    assert record(tmp_path, place="us-oh") == "the Public Records Act (Ohio Rev. Code § 149.43)."


def test_a_law_that_nobody_has_read_is_described(tmp_path: Path) -> None:
    assert record(tmp_path, place="us-ny") == "the law of New York on public access to records."


def test_counsel_who_has_checked_it_gives_it_its_name(tmp_path: Path) -> None:
    said = record(tmp_path, place="us-ny", law_checked="yes")
    assert said == "the Freedom of Information Law (N.Y. Pub. Off. Law §§ 84–90)."


def test_an_open_place_leaves_a_text_without_a_hole(tmp_path: Path) -> None:
    assert record(tmp_path, place=None) == "the law on public access to records."


@pytest.mark.parametrize(
    ("jurisdiction", "place"), [("us_federal", "us-federal"), ("nz", "nz"), ("us_local", None), ("other", None)]
)
def test_an_agency_with_one_possible_jurisdiction_is_in_it(
    jurisdiction: str, place: str | None, tmp_path: Path
) -> None:
    answers = repository_of(write_agency(tmp_path, {"agency.jurisdiction": jurisdiction})).answers
    found = jurisdiction_of(catalog(), answers)
    assert (found.id if found else None) == place


def test_every_jurisdiction_can_be_chosen_by_agencies_of_one_country_alone(tmp_path: Path) -> None:
    countries = {place.id: place.id.partition("-")[0] for place in catalog().jurisdictions.values()}
    for jurisdiction in catalog().questions["agency.jurisdiction"].choices:
        folder = tmp_path / jurisdiction
        answers = repository_of(write_agency(folder, {"agency.jurisdiction": jurisdiction})).answers
        possible = {place for place in countries if _possible(place, answers)}
        assert {countries[place] for place in possible} <= {jurisdiction.partition("_")[0]}


def _possible(place: str, answers: Any) -> bool:
    return settle(catalog().jurisdictions[place].when, answers)[0] is True


def test_a_law_that_counts_as_read_says_where() -> None:
    lost = [(place.id, subject) for place, subject, law in LAWS if law.evidence != "unverified" and not _shown_by(law)]
    assert lost == []


def _shown_by(law: Law) -> bool:
    pages = catalog().read_pages
    return bool(law.source) or (bool(law.read_in) and all(pages[key].url.startswith("http") for key in law.read_in))


def test_what_nobody_has_read_says_so_by_naming_no_page() -> None:
    assert [law.name for _, _, law in LAWS if law.evidence == "unverified" and (law.read_in or law.source)] == []


def test_every_state_nation_and_province_has_a_law_on_records() -> None:
    assert [place.id for place in catalog().jurisdictions.values() if "public_records" not in place.laws] == []


@pytest.mark.parametrize("place", [one.id for one in catalog().jurisdictions.values()])
def test_no_text_names_a_law_that_nobody_has_read(place: str, tmp_path: Path) -> None:
    country = place.partition("-")[0]
    jurisdiction = {"us": "us_local", "uk": "uk_local", "au": "au_state_local", "ca": "ca_other"}.get(country)
    if jurisdiction is None or not _possible_for(place, jurisdiction, tmp_path):
        pytest.skip("the question is not asked there")
    answers = TOWN_ANSWERS | {"agency.jurisdiction": jurisdiction, "agency.place": place}
    words = "\n".join(one.text for one in draft_with(tmp_path, answers, {"preset": "two_way"}).policy.everything)
    unread = [law for law in catalog().jurisdictions[place].laws.values() if law.evidence == "unverified"]
    cited = [law.citation for law in unread if law.citation and law.citation in words]
    assert cited == []


def _possible_for(place: str, jurisdiction: str, folder: Path) -> bool:
    return _possible(place, repository_of(write_agency(folder / "a", {"agency.jurisdiction": jurisdiction})).answers)
