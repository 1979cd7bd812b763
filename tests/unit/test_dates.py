"""Days and mistaken releases: nothing is done in the future or before what it rests on, and a release can be undone."""

from __future__ import annotations

import html
import json
import shutil
import subprocess
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from policywright.approval.releases import last_release, release_of, state_of, version_key
from policywright.approval.reviews import dates
from policywright.draft import draft_of
from policywright.model.findings import Finding
from policywright.pages.book import render_book
from policywright.pages.feeds import calendar, feed, policy_data
from tests.support.agency_files import settled_answers, write_agency
from tests.support.in_process import run_here
from tests.support.signed import ADOPTED, DAY, let_sign, roles_of, write_policy, write_town
from tests.support.signed import released as let_release

SOME_POSTS = {"comments.enabled": "some_posts", "comments.disable_when": "never"}
DECIDE = ["decide", "SEC-01", "--accept", "--owner", "Ada", "--reason", "Later"]
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town in review whose offices signed on 10 January 2027."""
    root = write_town(tmp_path_factory.mktemp("signed") / "town", {"security.mfa": "none"}, status="in_review")
    let_sign(root, roles_of(root), "Board Member")
    decided = ["--accept", "--owner", "Town Manager", "--until", "2027-06-30", "--reason", "The keys arrive in May."]
    assert command("decide", "SEC-01", root, *decided).returncode == 0
    return root


@pytest.fixture
def town(signed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(signed, tmp_path / "town"))


def command(*words: str | Path, day: str = DAY) -> subprocess.CompletedProcess[str]:
    seconds = (date.fromisoformat(day) - date(1970, 1, 1)).days * 86400
    done = run_here("policywright", *words, env={"SOURCE_DATE_EPOCH": str(seconds)})
    assert "Traceback" not in done.stderr, done.stderr
    return done


def files(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


# Days


REFUSED = {
    "a release on a day to come": (["release", "1.0", "--date", "2099-01-01"], "2099-01-01 is in the future"),
    "a release tomorrow": (["release", "1.0", "--date", "2027-01-11"], "2027-01-11 is in the future"),
    "a release before its sign-offs": (["release", "1.0", "--date", "2020-01-01"], "was signed on 2027-01-10"),
    "a release on the day before its sign-offs": (
        ["release", "1.0", "--date", "2027-01-09"],
        "was signed on 2027-01-10, after 2027-01-09",
    ),
    "a version that begins with a zero": (["release", "01.1"], "“01.1” is not a version"),
    "a version with a zero before its second number": (["release", "1.01"], "“1.01” is not a version"),
    "a sign-off on a day to come": (
        ["sign", "--role", "legal", "--by", "Ada", "--date", "2099-01-01"],
        "2099-01-01 is in the future",
    ),
    "a sign-off before the last one of the office": (
        ["sign", "--role", "legal", "--by", "Ada", "--date", "2027-01-09"],
        "already signed on 2027-01-10",
    ),
    "a sign-off whose last day is over": (
        ["sign", "--role", "legal", "--by", "Ada", "--date", "2027-01-10", "--until", "2027-01-09"],
        "2027-01-09, is before the day",
    ),
    "a decision on a day to come": (
        [*DECIDE, "--until", "2099-06-30", "--date", "2099-01-01"],
        "2099-01-01 is in the future",
    ),
    "a decision whose last day is over": (
        [*DECIDE, "--until", "2026-06-30", "--date", "2026-01-01"],
        "The last day of the decision, 2026-06-30, has passed.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_nothing_is_done_in_the_future_or_before_what_it_rests_on(name: str, town: Path) -> None:
    words, said = REFUSED[name]
    before = files(town)
    done = command(
        words[0], *(words[1:2] if words[0] != "sign" else []), town, *words[2 if words[0] != "sign" else 1 :]
    )
    assert done.returncode in (1, 2)
    assert said in done.stderr, done.stderr
    assert files(town) == before


POLICIES = {
    "adopted on a day to come": ({"adopted": "'2027-02-01'"}, "The policy is adopted on 2027-02-01"),
    "adopted before it was signed": ({"adopted": "'2026-12-01'"}, "was signed on 2027-01-10, after 2026-12-01"),
    "in force before it was adopted": (
        {"adopted": "'2027-01-10'", "in_force": "'2027-01-01'"},
        "comes into force on 2027-01-01, before it is adopted on 2027-01-10",
    ),
}


@pytest.mark.parametrize("name", POLICIES)
def test_an_adoption_is_not_in_the_future_and_not_before_what_it_rests_on(name: str, town: Path) -> None:
    values, said = POLICIES[name]
    write_policy(town, status="in_review", **values)
    done = command("release", "1.0", town, day="2027-01-20")
    assert done.returncode == 1
    assert said in done.stderr, done.stderr
    assert not (town / "releases/1.0.yml").exists()


def test_a_release_writes_the_adoption_that_it_is_told(town: Path) -> None:
    raw = (town / "policy.yml").read_text("utf-8")
    (town / "policy.yml").write_text(f"{raw}adoption:\n  number: # of the act\n  effective: '2027-03-01'\n", "utf-8")
    done = command("release", "1.0", town, *ADOPTED, "--effective", "2027-02-01", "--number", "2027-14")
    assert done.returncode == 0, done.stderr
    text = (town / "policy.yml").read_text("utf-8")
    assert "  adopted: '2027-01-10'\n  in_force:  # the first day\n" in text
    assert text.endswith("adoption:\n  number: '2027-14' # of the act\n  effective: '2027-02-01'\n")
    data = json.loads((town / "releases/1.0.yml").read_text("utf-8"))["document"]
    assert (data["dates"]["adopted"], data["dates"]["in_force"]) == (DAY, "2027-02-01")


def test_no_day_of_adoption_is_made_up(town: Path) -> None:
    before = files(town)
    done = command("release", "1.0", town)
    assert done.returncode == 1
    assert all(option in done.stderr for option in ("--adopted DATE", "--effective DATE", "--number N"))
    assert files(town) == before


CONTRARY = {
    "no real day": (["--adopted", "2027-02-30"], "2027-02-30"),
    "effective before it is adopted": ([*ADOPTED, "--effective", "2027-01-01"], "before it is adopted on 2027-01-10"),
    "adopted after the release": (["--adopted", "2027-02-01"], "Correct --adopted or --date"),
    "with a withdrawal": (["--withdraw", "--by", "Ada", "--reason", "x", *ADOPTED], "a withdrawal adopts nothing"),
}


@pytest.mark.parametrize("name", CONTRARY)
def test_an_adoption_that_cannot_be_is_refused(name: str, town: Path) -> None:
    words, said = CONTRARY[name]
    before = files(town)
    done = command("release", "1.0", town, *words)
    assert done.returncode in (1, 2)
    assert said in done.stderr, done.stderr
    assert files(town) == before


def test_a_policy_may_come_into_force_later(town: Path) -> None:
    write_policy(town, status="in_review", adopted=f"'{DAY}'", in_force="'2027-07-01'")
    done = command("release", "1.0", town, *ADOPTED)
    assert done.returncode == 0, done.stderr
    assert draft_of(town, DAY).document.status == "approved"


def test_a_second_release_may_keep_the_day_of_adoption(town: Path) -> None:
    assert command("release", "1.0", town, *ADOPTED).returncode == 0
    write_agency(town, {**settled_answers(registers=False), **SOME_POSTS})
    write_policy(town, status="in_review", version="'1.0'", adopted=f"'{DAY}'")
    (town / "decisions.yml").unlink()
    for role in roles_of(town):
        done = command("sign", town, "--role", role, "--by", "Board Member", day="2027-03-01")
        assert done.returncode == 0, done.stderr
    done = command("release", "1.1", town, *ADOPTED, day="2027-03-02")
    assert done.returncode == 0, done.stderr


def test_a_sign_off_of_a_text_that_came_after_a_release_is_not_before_it(town: Path) -> None:
    assert command("release", "1.0", town, *ADOPTED, day="2027-02-01").returncode == 0
    write_agency(town, {**settled_answers(registers=False), **SOME_POSTS})
    write_policy(town, status="in_review", version="'1.0'")
    (town / "decisions.yml").unlink()
    words: list[str | Path] = ["sign", town, "--role", "legal", "--by", "Ada"]
    done = command(*words, "--date", "2027-01-20", day="2027-03-01")
    assert done.returncode == 2
    assert "version 1.0 of 2027-02-01 has a different text" in done.stderr
    assert command(*words, "--date", "2027-02-20", day="2027-03-01").returncode == 0


def future(root: Path, today: str) -> list[Finding]:
    return [finding for finding in draft_of(root, today).findings if finding.code == "L109"]


def test_a_day_to_come_that_somebody_wrote_into_a_file_is_found(town: Path) -> None:
    assert command("release", "1.0", town, *ADOPTED).returncode == 0
    assert not future(town, DAY)
    assert not future(town, "2027-01-09"), "a machine in another time zone may be a day behind"
    found = future(town, "2027-01-08")
    assert {finding.places[0].file for finding in found} == {
        *("sign-offs.yml", "decisions.yml", "releases/1.0.yml", "policy.yml")
    }
    assert all(finding.severity == "blocker" for finding in found)
    assert all(DAY in finding.message for finding in found)
    assert not future(town, "")


# Mistaken releases


WHY = ["--reason", "The council has not voted.", "--by", "Ada Clerk"]


@pytest.fixture
def mistaken(town: Path) -> Path:
    assert command("release", "1.0", town, *ADOPTED).returncode == 0
    return town


def test_a_mistaken_release_is_withdrawn_with_a_trace(mistaken: Path) -> None:
    kept = (mistaken / "releases/1.0.yml").read_bytes()
    done = command("release", "--withdraw", "1.0", mistaken, *WHY, day="2027-01-12")
    assert done.returncode == 0, done.stderr
    assert (mistaken / "releases/1.0.yml").read_bytes() == kept
    trace = (mistaken / "releases/withdrawn.yml").read_text("utf-8")
    assert all(words in trace for words in ("'1.0'", "2027-01-12", "Ada Clerk", "The council has not voted."))
    draft = draft_of(mistaken, "2027-01-12")
    assert not [finding for finding in draft.findings if finding.severity == "error"]
    assert (draft.document.status, draft.document.dates["adopted"]) == ("in_review", DAY)
    assert last_release(draft) is None
    one = release_of(draft, "1.0")
    assert one
    assert state_of(one, draft) == "withdrawn"
    assert [due.title for due in dates(draft) if due.kind == "release"] == ["Version 1.0 released, then withdrawn"]


def test_after_a_withdrawal_the_next_version_is_released_and_compared_with_the_last_that_holds(mistaken: Path) -> None:
    assert command("release", "--withdraw", "1.0", mistaken, *WHY).returncode == 0
    again = command("release", "1.0", mistaken, *ADOPTED)
    assert again.returncode == 1
    assert "Version 1.0 was already released" in again.stderr
    done = command(
        "release", "0.9", mistaken, *ADOPTED
    )  # a lower number, because the withdrawn one is no longer the last
    assert done.returncode == 0, done.stderr
    data = json.loads((mistaken / "releases/0.9.yml").read_text("utf-8"))
    assert data["previous"] == ""
    draft = draft_of(mistaken, DAY)
    last = last_release(draft)
    assert last
    assert last.version == "0.9"
    done = command("diff", "--root", mistaken)
    assert "from version 0.9 to the current text" in done.stdout
    assert "from version 1.0 to version 0.9" in command("diff", "1.0", "0.9", "--root", mistaken).stdout


@pytest.mark.parametrize("audience", ["working", "published"])
def test_a_withdrawn_release_is_shown_as_such_everywhere(audience: str, mistaken: Path) -> None:
    assert command("release", "--withdraw", "1.0", mistaken, *WHY, day="2027-01-12").returncode == 0
    draft = draft_of(mistaken, "2027-01-12")
    book = render_book(draft, audience)
    text = html.unescape(book.pages["changes.md"].text)
    assert "Status: withdrawn on 12 January 2027" in text
    assert ("The council has not voted." in text) == ("Ada Clerk" in text) == (audience == "working")
    assert "Nothing has changed since" not in text
    atom = ElementTree.fromstring(feed(draft, folders=True))
    assert [one.text for one in atom.iter(f"{ATOM}title")][1:] == ["Social media policy, version 1.0 (withdrawn)"]
    assert atom.findtext(f"{ATOM}updated") == "2027-01-12T00:00:00Z"
    assert "withdrawn on 2027-01-12" in str(atom.findtext(f"{ATOM}entry/{ATOM}summary")).lower()
    data = policy_data(draft, folders=True)
    assert (data["released"], data["withdrawn"]) == (False, [{"version": "1.0", "date": "2027-01-12"}])
    assert b"then withdrawn" in calendar(draft, working=False)


def test_a_release_of_a_day_to_come_that_is_there_already_is_withdrawn_today(tmp_path: Path) -> None:
    town = write_town(tmp_path, status="in_review")
    let_sign(town, roles_of(town), "Board Member")
    let_release(town, "1.0", "2099-01-01")
    assert "L109" in {finding.code for finding in draft_of(town, DAY).findings}
    assert command("release", "1.1", town, *ADOPTED).returncode == 1
    assert command("release", "--withdraw", "1.0", town, *WHY).returncode == 0
    assert not future(town, DAY)
    assert command("release", "1.1", town, *ADOPTED).returncode == 0


NOT_WITHDRAWN = {
    "a version that nobody released": (["1.1", *WHY], "There is no version “1.1”"),
    "no reason": (["1.0", "--by", "Ada"], "--reason"),
    "nobody": (["1.0", "--reason", "A mistake"], "--by"),
    "a day to come": (["1.0", *WHY, "--date", "2099-01-01"], "2099-01-01 is in the future"),
    "a day before the release": (["1.0", *WHY, "--date", "2027-01-01"], "was released on 2027-01-10, after 2027-01-01"),
}


@pytest.mark.parametrize("name", NOT_WITHDRAWN)
def test_a_withdrawal_that_makes_no_sense_is_refused(name: str, mistaken: Path) -> None:
    words, said = NOT_WITHDRAWN[name]
    before = files(mistaken)
    done = command("release", "--withdraw", words[0], mistaken, *words[1:])
    assert done.returncode == 2
    assert said in done.stderr, done.stderr
    assert files(mistaken) == before


def test_a_release_is_withdrawn_once_and_a_reason_belongs_to_a_withdrawal(mistaken: Path) -> None:
    assert command("release", "--withdraw", "1.0", mistaken, *WHY).returncode == 0
    done = command("release", "--withdraw", "1.0", mistaken, *WHY)
    assert done.returncode == 2
    assert "Version 1.0 was already withdrawn, on 2027-01-10." in done.stderr
    done = command("release", "1.1", mistaken, *ADOPTED, "--reason", "No reason")
    assert done.returncode == 2
    assert "--withdraw" in done.stderr


def test_a_policy_that_names_another_version_keeps_its_status(mistaken: Path) -> None:
    write_policy(mistaken, status="in_review", version="'1.1'")
    before = (mistaken / "policy.yml").read_bytes()
    assert command("release", "--withdraw", "1.0", mistaken, *WHY).returncode == 0
    assert (mistaken / "policy.yml").read_bytes() == before


def test_a_policy_that_still_names_a_withdrawn_version_is_a_blocker(mistaken: Path) -> None:
    before = (mistaken / "policy.yml").read_bytes()
    assert command("release", "--withdraw", "1.0", mistaken, *WHY).returncode == 0
    (mistaken / "policy.yml").write_bytes(before)
    (finding,) = [one for one in draft_of(mistaken, DAY).findings if one.code == "L103"]
    assert "version 1.0 was withdrawn on 2027-01-10" in finding.message


BROKEN = {
    "a withdrawal of a release that is gone": (
        "- {version: '3.0', fingerprint: x, date: '2027-01-10', by: A, reason: B}",
        "E302",
    ),
    "a version that YAML reads as a number": (
        "- {version: 1.0, fingerprint: x, date: '2027-01-10', by: A, reason: B}",
        "E103",
    ),
    "a row without a reason": ("- {version: '1.0', fingerprint: x, date: '2027-01-10', by: A}", "E106"),
    "no YAML": ("- {", "E003"),
    "another text": ("- {version: '1.0', fingerprint: x, date: '2027-01-10', by: A, reason: B}", "E301"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_in_the_list_of_withdrawals_is_an_error(name: str, mistaken: Path) -> None:
    text, code = BROKEN[name]
    (mistaken / "releases/withdrawn.yml").write_text(f"{text}\n", encoding="utf-8")
    found = [finding for finding in draft_of(mistaken, DAY).findings if finding.severity == "error"]
    assert [(finding.code, finding.places[0].file) for finding in found] == [(code, "releases/withdrawn.yml")]
    one = release_of(draft_of(mistaken, DAY), "1.0")
    assert one
    assert not one.withdrawn


# Numbers of versions


@pytest.mark.parametrize(
    "version", ["01.1", "1.01", "00", "1.0.00", "1.", ".1", "1..0", "1.0.0.0", "١.٠", "1.0 ", "-1"]
)
def test_what_is_no_version(version: str) -> None:
    assert version_key(version) is None


@pytest.mark.parametrize("version", ["0", "0.1", "1", "10.20.30", "9999.0.1"])
def test_what_is_a_version(version: str) -> None:
    assert version_key(version)


@pytest.mark.parametrize("given", ["1", "1.0.0", "01.0", "v1.0", "1.00"])
def test_diff_hints_at_the_version_that_has_the_same_number(given: str, mistaken: Path) -> None:
    done = command("diff", given, "--root", mistaken)
    assert done.returncode == 2
    assert "Did you mean “1.0”?" in done.stderr
