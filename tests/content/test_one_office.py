"""In a small agency one person holds several offices, and no text has an office instruct, ask or inform itself."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest

from policywright.language.texts import Filler
from policywright.model.catalog import Clause
from tests.support.agency_files import catalog, read_case

ONE = "the Office of Both"
ALLOWED = {clause for kind in read_case("one_office.yml").values() for clause in kind}
TO_ITSELF = re.compile(
    rf"{ONE}[^.;:]*\b(?:tell|ask|report|inform|instruct|give|send|pass|advise|with|for|from|to|advice of)"
    rf"(?: it| them| the \w+)? {ONE}",
    re.IGNORECASE,
)


def test_what_an_office_is_told_to_tell_itself_is_found() -> None:
    assert TO_ITSELF.search(f"{ONE} must log it and pass it to {ONE}.")
    assert TO_ITSELF.search(f"{ONE} must ask {ONE} before it acts.".capitalize())


def offices(clause: Clause) -> list[str]:
    """Return the offices that a text names."""
    shown = (part[1] for part in clause.body if isinstance(part, tuple) and part[0] == "show")
    return list(dict.fromkeys(name for name in shown if name.startswith("office.")))


def between(clause: Clause, pair: tuple[str, str]) -> Iterator[str]:
    """Fill a text for an agency in which two offices are one; yield each line that names this one twice."""
    facts = dict.fromkeys(("agency.name", "agency.short_name", "policy.title", "policy.version", "policy.owner"), "-")
    names = {f"office.{role}": f"the {role}" for role in catalog().roles} | dict.fromkeys(pair, ONE)
    places = catalog().places
    facts |= {f"{places.question}.{subject}": "the law" for subject in places.laws} if places else {}
    text = Filler(catalog().questions, lambda _: None, facts | names).fill(clause.body)
    assert "[[" not in text
    assert "]]" not in text
    yield from (line for line in text.split("\n") if len(re.findall(ONE, line, re.IGNORECASE)) > 1)


LINES = {
    clause.id: [line for pair in itertools.combinations(offices(clause), 2) for line in between(clause, pair)]
    for clause in catalog().clauses.values()
}


@pytest.mark.parametrize("clause", [clause for clause, lines in LINES.items() if lines])
def test_no_office_is_told_to_tell_itself(clause: str) -> None:
    assert clause in ALLOWED, "put what is between the offices into [[ ]], or say in one_office.yml why it holds"
    assert not [line for line in LINES[clause] if TO_ITSELF.search(line)]


def test_each_line_that_may_name_one_office_twice_still_does() -> None:
    assert {clause for clause in ALLOWED if not LINES[clause]} == set()


def test_every_text_can_be_read_where_all_offices_are_one() -> None:
    for clause in catalog().clauses.values():
        for line in between(clause, tuple(offices(clause))):  # type: ignore[arg-type]
            assert not TO_ITSELF.search(line), (clause.id, line)
