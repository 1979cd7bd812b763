"""Wrong input of every kind: what is found, where exactly, in which words, and that nothing else is hidden by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from policywright.draft import draft_of, make_draft
from policywright.files.yaml import parse_yaml
from policywright.language.conditions import questions_in
from policywright.language.texts import escape_markdown
from policywright.model.codes import CODES
from policywright.model.draft import Draft
from policywright.model.findings import SEVERITIES, Finding, Place, PolicyError
from policywright.pages.book import make_book
from policywright.pages.site_settings import with_site_findings
from tests.support.agency_files import CASES, catalog, read_case, repository_of, write_agency
from tests.support.systems import make_pipe

GROUPS = {path.stem: read_case(f"broken/{path.name}") for path in sorted((CASES / "broken").glob("*.yml"))}
CATALOGS = read_case("broken_catalog.yml")
ALL = {f"{group}: {name}": case for group, cases in GROUPS.items() for name, case in cases.items()}
STANDING = {"security.mfa": "none"}
"""The one answer of the agency on which every wrong input is laid; it fires a blocker."""


class Outcome(NamedTuple):
    root: Path
    draft: Draft | None
    found: tuple[Finding, ...]


def write(root: Path, files: Mapping[str, Any]) -> None:
    """Write files; a content is a text, null for no file, or an oddity by its key."""
    for name, content in files.items():
        path = root / name
        path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            path.write_bytes(content.encode("utf-8"))
        elif content is not None:
            write_oddity(path, content)


def write_oddity(path: Path, content: Mapping[str, Any]) -> None:
    if "hex" in content:
        path.write_bytes(bytes.fromhex(content["hex"]))
    elif "link" in content:
        path.symlink_to(content["link"])
    elif "repeat" in content:
        text = content.get("before", "") + content["repeat"] * content["times"] + content.get("after", "")
        path.write_text(text, encoding="utf-8")
    elif "pipe" in content:
        make_pipe(path)
    else:
        path.mkdir()


def outcome(root: Path, files: Mapping[str, Any], *, stops: bool = False) -> Outcome:
    """Draft an agency of these files, and look at its own pages and its site's settings, as `check` does."""
    write(write_agency(root, STANDING), files)
    try:
        draft = draft_of(root) if stops else make_draft(repository_of(root), catalog())
    except PolicyError as error:
        return Outcome(root, None, error.findings)
    return Outcome(root, draft, with_site_findings(draft, root).findings)


class Outcomes(dict[str, Outcome]):
    """What each case leads to, found out when it is asked for the first time."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def __missing__(self, name: str) -> Outcome:
        root = self.folder / str(len(self)) / "agency"
        self[name] = outcome(root, ALL[name]["files"], stops="stops" in ALL[name])
        return self[name]


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    return Outcomes(tmp_path_factory.mktemp("broken"))


def mistakes(found: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.code in CODES and finding.severity != "gap"]


def expected(row: Mapping[str, Any]) -> tuple[str, str, str]:
    severity = next(severity for severity in SEVERITIES if severity in row)
    return row["at"], severity, row[severity]


def told(finding: Finding) -> tuple[str, str, str]:
    return str(finding.places[0]), finding.severity, finding.code


def expected_mistakes(*names: str) -> list[tuple[str, str, str]]:
    rows = [expected(row) for name in names for row in ALL[name].get("finds", [])]
    return sorted(row for row in rows if row[1] != "gap" and row[2] in CODES)


def words(row: Mapping[str, Any], key: str) -> list[str]:
    said = row.get(key, [])
    return [said] if isinstance(said, str) else said


def fits(row: Mapping[str, Any], finding: Finding) -> bool:
    said = all(word in finding.message for word in words(row, "says"))
    fixed = all(word in finding.fix for word in words(row, "fix"))
    others = [str(place) for place in finding.places[1:]]
    return told(finding) == expected(row) and said and fixed and others == words(row, "with")


@pytest.mark.parametrize("name", ALL)
def test_wrong_input_is_reported_and_nothing_is_reported_that_is_right(name: str, outcomes: Outcomes) -> None:
    found = outcomes[name].found
    assert sorted(told(finding) for finding in mistakes(found)) == expected_mistakes(name), [
        str(f) for f in mistakes(found)
    ]
    for row in ALL[name].get("finds", []):
        assert any(fits(row, finding) for finding in found), (row, [str(f) for f in found if told(f) == expected(row)])


@pytest.mark.parametrize("name", ALL)
def test_only_what_could_be_read_counts(name: str, outcomes: Outcomes) -> None:
    case, draft = ALL[name], outcomes[name].draft
    assert (draft is None) == ("stops" in case)
    if draft is not None:
        given = {question: draft.answers[question].value for question in case.get("counts", {})}
        assert given == case.get("counts", {})
        still_open = [draft.answers[question] for question in case.get("open", [])]
        essential = {one.question.id for one in still_open if one.question.tier == "essential"}
        assert {finding.questions[0] for finding in draft.findings if finding.code == "G101"} >= essential
        assert not any(one.answered for one in still_open)


@pytest.mark.parametrize("name", ALL)
def test_every_finding_stands_in_its_file_and_says_what_to_do(name: str, outcomes: Outcomes) -> None:
    root = outcomes[name].root
    for finding in mistakes(outcomes[name].found):
        assert CODES[finding.code].severity == finding.severity
        assert finding.message.endswith((".", "?", "?”"))
        assert finding.fix.endswith(".")
        assert str(root) not in str(finding)
        assert all(stands_in_its_file(place, root) for place in finding.places), finding.places


def stands_in_its_file(place: Place, root: Path) -> bool:
    """Return whether the line and the column exist; a file that is no text has only its beginning."""
    while place.file.startswith("base/"):
        place = Place(place.file.removeprefix("base/"), place.line, place.column)
        root = root / repository_of(root).document.base
    path = root / place.file
    text = path.read_bytes().decode("utf-8-sig", "replace") if path.is_file() else ""
    lines = text.replace("\r\n", "\n").split("\n")
    return place.line <= len(lines) and place.column <= len(lines[place.line - 1]) + 1


def elements_behind(questions: Iterable[str]) -> set[str]:
    """Return the elements on whose answers it depends what is found about these questions."""
    known = catalog().questions
    waiting, seen = list(questions), set[str]()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        when = known[name].when
        waiting += [other for other in (questions_in(when) if when else ()) if other not in seen]
    return {name.split(".")[0] for name in seen}


@cache
def registers() -> dict[str, str]:
    return {question.register: question.element for question in catalog().questions.values() if question.register}


def touched(name: str) -> set[str]:
    """Return the elements whose answers a case may change."""
    return {registers().get(Path(file).name, Path(file).stem) for file in ALL[name]["files"]}


UNTOUCHED = "records: A register that does not exist leaves its question open"
ALONE = [name for name, case in ALL.items() if not {"stops", "layered"} & set(case)]
"""The cases that leave the other files of the agency as they are, and what counts in them."""


@pytest.mark.parametrize("name", ALONE)
def test_wrong_input_hides_nothing_that_other_files_say(name: str, outcomes: Outcomes) -> None:
    untouched = outcomes[UNTOUCHED].found
    others = {finding for finding in untouched if not elements_behind(finding.questions) & touched(name)}
    assert {finding.severity for finding in others} >= {"gap"}
    assert others <= set(outcomes[name].found)


MANY = 8
"""From this number of cases on, the pages of an agency are made too; the smaller ones would say nothing new."""


def packed() -> list[list[str]]:
    """Distribute the cases over few agencies, so that no two of one agency write the same file."""
    packs: list[tuple[set[str], list[str]]] = []
    for name in ALONE:
        files = set(ALL[name]["files"])
        pack = next((pack for pack in packs if not _in_each_others_way(pack[0], files)), None)
        if pack is None:
            pack = (set(), [])
            packs.append(pack)
        pack[0].update(files)
        pack[1].append(name)
    return [names for _, names in packs if len(names) > 1]


def _in_each_others_way(some: set[str], others: set[str]) -> bool:
    """Return whether a file is in both, or is in a folder that is a file in the other."""
    pairs = [(one, two) for one in some for two in others]
    return any(f"{one}/".startswith(f"{two}/") or f"{two}/".startswith(f"{one}/") for one, two in pairs)


@pytest.mark.parametrize("names", packed(), ids=len)
def test_many_mistakes_at_once_are_all_reported_and_all_stand_on_the_page(names: list[str], tmp_path: Path) -> None:
    files = {file: text for name in names for file, text in ALL[name]["files"].items()}
    _, draft, found = outcome(tmp_path / "agency", files)
    assert sorted(told(finding) for finding in mistakes(found)) == expected_mistakes(*names)
    assert draft is not None
    if len(names) >= MANY:
        page = make_book(draft, "working").pages["findings.md"].text
        places = {finding.places[0] for finding in mistakes(draft.findings)}
        assert all(f">{escape_markdown(place.file)}:{place.line}<" in page for place in places)


def test_every_code_is_proved_by_a_case_except_those_of_the_finished_site() -> None:
    proved = {expected(row)[2] for case in ALL.values() for row in case.get("finds", [])}
    proved |= {row["error"] for case in CATALOGS.values() for row in case["finds"]}
    proved |= {finding.code for finding in parse_yaml("# \a\n" * 150, "many.yml")[1]}
    lives = [*read_case("life/findings.yml").values(), *read_case("life/edits.yml")["rows"].values()]
    proved |= {expected({"at": "", **row})[2] for case in lives for row in case.get("finds", [])}
    proved |= {code for case in lives for code in case.get("refuses", []) if code in CODES}
    proved |= {code for case in read_case("upgrade.yml")["refused"].values() for row in case["finds"] for code in row}
    forms = read_case("answers_files.yml")
    told = [row for case in forms["refused"].values() for row in case["finds"]]
    told += [row for case in forms["merged"].values() for row in case.get("notes", [])]
    proved |= {expected({"at": "", **row})[2] for row in told}
    proved |= {"E021", "E022"}  # by tests/unit/test_writing.py: another command or a read-only file is no content
    proved |= {"W121", "W122"}  # by tests/unit/test_downloads.py: a library or a font that is not installed
    proved |= {"E501", "E502", "E503"}  # by tests/unit/test_word_review.py: a Word file is no content either
    assert {code for code in CODES if not code.startswith("V")} <= proved
    assert proved <= set(CODES) | set(catalog().rules)


def test_the_cases_are_many_and_each_is_named_by_a_sentence() -> None:
    assert len(ALL) >= 90
    assert all(name[0].isupper() and " " in name for cases in GROUPS.values() for name in cases)
