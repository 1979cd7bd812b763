"""The life of a policy: who signed what, what lapses when a word changes, what a release needs, and what is overdue."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policywright.approval import commands as acts
from policywright.approval import sign_offs
from policywright.approval.objections import publication_objections
from policywright.approval.releases import catalog_fingerprint, read_releases, state_of, version_key
from policywright.approval.reviews import dates, day_after, overdue
from policywright.approval.separation import duty_findings
from policywright.approval.sign_offs import accountable, standings
from policywright.approval.snapshot import freeze
from policywright.draft import draft_of
from policywright.files import edits
from policywright.files.edits import Row, with_row, with_values
from policywright.files.line_ends import plain
from policywright.files.writing import write_files
from policywright.files.yaml import YamlFile, parse_yaml
from policywright.model.catalog import Catalog, Separation
from policywright.model.codes import CODES
from policywright.model.draft import Draft
from policywright.model.findings import Finding, PolicyError
from policywright.model.fingerprints import fingerprint
from policywright.model.versions import FrozenProvision
from policywright.pages.book import make_book
from policywright.pages.site_settings import with_site_findings
from policywright.pages.views.approval import Approval
from tests.support.agency_files import catalog, read_case, settled_answers, write_agency
from tests.support.in_process import run_here
from tests.support.signed import ADOPTED, DAY, let_sign, released, roles_of, write_policy, write_town
from tests.support.toy import TOY, draft, pool_catalog

EDITS = read_case("life/edits.yml")
FINDINGS = read_case("life/findings.yml")
SOME_POSTS = {"comments.enabled": "some_posts", "comments.disable_when": "never"}
"""A change that counsel alone has to approve."""


# Dates


@pytest.mark.parametrize(("day", "period", "then"), read_case("life/dates.yml"))
def test_a_period_ends_on_the_same_day_of_the_month_or_on_the_last_that_there_is(
    day: str, period: str, then: str
) -> None:
    assert day_after(day, period) == then


DAYS = st.dates(date(1990, 1, 1), date(2200, 12, 31))


@given(DAYS, st.integers(1, 400))
def test_months_are_counted_by_the_calendar(start: date, months: int) -> None:
    then = date.fromisoformat(day_after(start.isoformat(), f"{months} months"))
    assert (then.year - start.year) * 12 + then.month - start.month == months
    assert then.day == start.day or (then.day < start.day and (then + timedelta(days=1)).day == 1)


@given(DAYS, st.integers(1, 200))
def test_years_are_twelve_months_and_weeks_seven_days(start: date, number: int) -> None:
    day = start.isoformat()
    assert day_after(day, f"{number} years") == day_after(day, f"{12 * number} months")
    assert day_after(day, f"{number} weeks") == day_after(day, f"{7 * number} days")
    assert day_after(day, f"{number} days") == (start + timedelta(days=number)).isoformat()


# Files that people wrote


@pytest.mark.parametrize("name", EDITS["rows"])
def test_a_row_is_added_and_every_other_letter_stays(name: str) -> None:
    case = EDITS["rows"][name]
    check_edit(case, lambda: with_row(case["before"], "sign-offs.yml", case["row"]))
    if "after" in case:
        assert parse_yaml(plain(case["after"]), "x")[0].value[-1] == case["row"]


@pytest.mark.parametrize("name", EDITS["values"])
def test_a_value_is_changed_and_every_other_letter_stays(name: str) -> None:
    case = EDITS["values"][name]
    values = {tuple(key.split(".")): value for key, value in case["values"].items()}
    check_edit(case, lambda: with_values(case["before"], "policy.yml", values))


def check_edit(case: Mapping[str, Any], edit: Any) -> None:
    if "refuses" in case:
        with pytest.raises(PolicyError) as caught:
            edit()
        assert all(words in str(caught.value) for words in case["refuses"]), str(caught.value)
    else:
        assert edit() == case["after"]


# What a policy lacks


def steps(root: Path, case: Mapping[str, Any]) -> None:
    for step in case.get("steps", []):
        if "sign" in step:
            who, by, until, elements = [*step["sign"], "", ""][:4]
            left_out = who.removeprefix("all but ").split(" and ")
            named = [role for role in roles_of(root) if role not in left_out] if who.startswith("all") else [who]
            let_sign(root, named, by, until, tuple(filter(None, elements.split(","))))
        elif "answer" in step:
            write_agency(root, {**settled_answers(registers=False), **step["answer"]}, policy_of(root))
        else:
            released(root, step["release"], step.get("on", DAY))


def policy_of(root: Path) -> dict[str, Any]:
    return dict(parse_yaml((root / "policy.yml").read_text("utf-8"), "policy.yml")[0].value)


def life_codes(found: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in found if finding.code.startswith("L1")]


@pytest.mark.parametrize("name", FINDINGS)
def test_a_policy_is_told_what_it_lacks_and_nothing_more(name: str, tmp_path: Path) -> None:
    case = FINDINGS[name]
    write_town(tmp_path, **case["policy"])
    steps(tmp_path, case)
    for file, text in case.get("files", {}).items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    judged = draft_of(tmp_path, case.get("today", ""))
    found = life_codes(judged.findings)
    assert [told(finding) for finding in found] == [expected(row) for row in case["finds"]], [str(one) for one in found]
    for row, finding in zip(case["finds"], found, strict=True):
        assert all(words in finding.message for words in row.get("says", [])), finding.message
        assert row.get("fix", "") in finding.fix
        assert finding.places[0].file == row.get("at", finding.places[0].file)
        assert finding.severity == CODES[finding.code].severity
    assert [due.date for due in overdue(judged)] == case.get("overdue", [])


def told(finding: Finding) -> tuple[str, str]:
    return finding.severity, finding.code


def expected(row: Mapping[str, Any]) -> tuple[str, str]:
    return next((key, row[key]) for key in ("blocker", "gap", "warning") if key in row)


def test_one_person_does_not_sign_for_two_roles_of_which_the_one_checks_the_other(tmp_path: Path) -> None:
    write_town(tmp_path, status="in_review")
    let_sign(tmp_path, ["legal"], "Ada Both")
    let_sign(tmp_path, ["hr"], "ADA  BOTH")
    judged = draft_of(tmp_path)
    apart = (Separation(roles=("legal", "hr"), why="The one checks the other."),)
    kept = replace(judged, catalog=replace(judged.catalog, separate=apart))
    found = [finding for finding in duty_findings(kept, standings(kept)) if finding.code == "L105"]
    assert [finding.message for finding in found] == [
        "ADA BOTH signed for both “Counsel” and “Human Resources”. The one checks the other."
    ]
    assert len(found[0].places) == 2


# A change of an answer lapses the sign-offs of the provisions that it changes, and no others


def wordings(judged: Draft) -> dict[str, tuple[str, ...]]:
    """Return what each provision says: an oracle that knows nothing of fingerprints."""
    chapters = (*judged.policy.chapters, *judged.policy.procedures, *judged.policy.texts)
    return {
        p.clause.id: (p.clause.title, p.clause.level, p.text, p.staff)
        for chapter in chapters
        for p in chapter.provisions
    }


def lapsed(judged: Draft) -> set[str]:
    found = [one for one in standings(judged) if one.row]
    return {name for one in found for name in (*one.changed, *one.added, *one.removed)}


def differing(before: Draft, now: Draft) -> set[str]:
    old, new = wordings(before), wordings(now)
    return {name for name in {*old, *new} if old.get(name) != new.get(name)}


def signed_everything(judged: Draft) -> Draft:
    """Let every office sign everything that it decides."""
    roles = tuple(dict.fromkeys(one.role for one in standings(judged) if one.required))
    rows, _ = acts.sign(judged, acts.Signature(roles, "Board Member", DAY), "") if roles else ((), {})
    return replace(judged, sign_offs=rows)


@pytest.fixture(scope="module")
def pool() -> Catalog:
    return pool_catalog()


def answers_of(known: Catalog) -> st.SearchStrategy[dict[str, Any]]:
    """Return answers of every kind to every question that has choices."""
    kinds = {
        name: st.none()
        | (st.lists(st.sampled_from([*question.choices]), unique=True) if question.type == "choices" else st.nothing())
        | (st.sampled_from([*question.choices]) if question.type in ("choice", "yes_no") else st.nothing())
        for name, question in known.questions.items()
        if question.choices
    }
    return st.fixed_dictionaries(kinds)


def village(root: Path, pool: Catalog, answers: Mapping[str, Any]) -> Draft:
    shutil.rmtree(root, ignore_errors=True)
    files: dict[str, dict[str, Any]] = {element: {} for element in pool.elements}
    for name, value in answers.items():
        files[name.split(".")[0]][name.split(".", 1)[1]] = value
    for element, data in files.items():
        path = root / "answers" / f"{element}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(data), encoding="utf-8")
    policy = {"agency": {"name": "Village of Lower Puddle"}, "catalog": "pool", "owner": "the mayor"}
    (root / "policy.yml").write_text(json.dumps(policy), encoding="utf-8")
    return draft(root, pool)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_change_of_one_answer_lapses_exactly_the_sign_offs_of_what_it_changes(
    data: st.DataObject, pool: Catalog, tmp_path: Path
) -> None:
    answers = data.draw(answers_of(pool))
    name = data.draw(st.sampled_from(sorted(answers)))
    other = {**answers, name: data.draw(answers_of(pool))[name]}
    before = village(tmp_path / "before", pool, answers)
    after_it = village(tmp_path / "after", pool, other)
    signed = signed_everything(before)
    assert not lapsed(signed)
    now = replace(after_it, sign_offs=signed.sign_offs)
    decided = accountable(pool)
    homes = {row.role: set(row.elements) for row in signed.sign_offs}
    clauses = {name: pool.clauses[name] for name in differing(before, now)}
    meant = {key for key, one in clauses.items() if one.element in homes.get(decided.get(one.code, ""), ())}
    assert lapsed(now) == meant
    held = {key for one in standings(now) for key in one.holds}
    assert not held & differing(before, now)


FEW = {
    "comments.enabled": ["off", "some_posts", "all_posts"],
    "comments.appeal": ["none", "contact_address", "written_appeal"],
    "governance.exceptions": ["not_allowed", "documented_and_dated", "informal"],
    "security.mfa": ["required_app_or_key", "none"],
    "conduct.disclaimer": ["required", "not_required"],
    "goals.response_target": ["same_day", "no_promise"],
}


@pytest.mark.parametrize("name", FEW)
def test_in_the_whole_policy_too_only_what_changed_lapses(name: str, tmp_path: Path) -> None:
    for value in FEW[name]:
        before = signed_everything(draft_of(write_town(tmp_path / "before", status="in_review")))
        now = draft_of(write_town(tmp_path / "after", {name: value}, status="in_review"))
        assert lapsed(replace(now, sign_offs=before.sign_offs)) == {
            key for key in differing(before, now) if key not in new_elements(before, now)
        }


def new_elements(before: Draft, now: Draft) -> set[str]:
    """Return the provisions of elements that no office had to sign before: these are missing and not lapsed."""
    signed = {(row.role, element) for row in before.sign_offs for element in row.elements}
    fresh = [
        one for one in standings(replace(now, sign_offs=before.sign_offs)) if (one.role, one.element) not in signed
    ]
    return {name for one in fresh for name in one.provisions}


def test_who_signs_again_has_signed_again(tmp_path: Path) -> None:
    root = write_town(tmp_path, status="in_review")
    let_sign(root, roles_of(root), "Board Member")
    write_agency(root, {**settled_answers(registers=False), **SOME_POSTS}, policy_of(root))
    late = [one for one in standings(draft_of(root)) if one.state == "lapsed"]
    assert {(one.role, one.element) for one in late} == {("legal", "comments")}
    let_sign(root, ["legal"], "Board Member", elements=("comments",))
    assert {one.state for one in standings(draft_of(root))} == {"valid"}


# Releases


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town in review that everybody has signed, before its first release."""
    root = write_town(tmp_path_factory.mktemp("approved") / "town", status="in_review", version="'0.9'")
    let_sign(root, roles_of(root), "Board Member")
    return root


@pytest.fixture
def town(approved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(approved, tmp_path / "town"))


def command(*words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    done = run_here("policywright", *words, cwd=cwd, env={"SOURCE_DATE_EPOCH": "1799539200"})  # 10 January 2027
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_a_release_holds_the_text_as_it_stood(town: Path) -> None:
    before = draft_of(town)
    released(town, "1.0")
    (release,), found = read_releases(town)
    assert found == []
    assert release.frozen == replace(freeze(before), version="1.0")
    assert release.fingerprint == freeze(before).fingerprint
    assert (release.version, release.date, release.by, release.previous) == ("1.0", DAY, "Town Clerk", "")
    assert release.counts == before.counts
    assert {row["role"] for row in release.sign_offs} == set(roles_of(town))
    assert set(release.tasks["open"]) == {task.item.id for task in before.tasks if task.state == "open"}
    text = (town / "releases/1.0.yml").read_text("utf-8")
    lines = text.splitlines()
    assert lines[1].startswith(' "note": "Frozen by policywright release. Do not edit')
    assert lines[-2].startswith(' "seal": "')
    sentences = [line for p in before.policy.provisions for line in p.text.split("\n") if line]
    assert all(f"    {json.dumps(line, ensure_ascii=False)}" in text for line in sentences)
    assert parse_yaml(text, "x")[0].value == json.loads(text)


def test_line_ends_of_windows_are_no_change_and_a_changed_letter_is(town: Path) -> None:
    released(town, "1.0")
    path = town / "releases/1.0.yml"
    data = path.read_bytes()
    path.write_bytes(data.replace(b"\n", b"\r\n"))
    assert read_releases(town)[1] == []
    moments = random.Random(3)
    for place in moments.sample(range(len(data)), 40):
        letter = b"x" if data[place : place + 1] != b"x" else b"y"
        path.write_bytes(data[:place] + letter + data[place + 1 :])
        assert [finding.code for finding in read_releases(town)[1]] in (["E301"], ["E002"])
    assert [f.code for f in draft_of(town).findings if f.severity == "error"] in (["E301"], ["E002"])


def test_a_release_under_another_name_is_no_release(town: Path) -> None:
    released(town, "1.0")
    (town / "releases/1.0.yml").rename(town / "releases/1.1.yml")
    releases, found = read_releases(town)
    assert (releases, [finding.code for finding in found]) == ((), ["E302"])


def test_releases_in_the_place_of_a_folder_are_a_mistake(town: Path) -> None:
    (town / "releases/signed.yml").unlink()
    (town / "releases").rmdir()
    (town / "releases").write_text("x\n", encoding="utf-8")
    assert [finding.code for finding in draft_of(town).findings if finding.severity == "error"] == ["E302"]


@pytest.mark.parametrize(
    ("version", "key"),
    [("1.0", (1, 0, 0)), ("1", (1, 0, 0)), ("1.10.3", (1, 10, 3)), ("v1", None), ("1.0.0.0", None), ("", None)],
)
def test_a_version_is_up_to_three_numbers(version: str, key: tuple[int, ...] | None) -> None:
    assert version_key(version) == key


def test_the_command_releases_and_changes_only_the_lines_that_it_must(town: Path) -> None:
    before = (town / "policy.yml").read_text("utf-8")
    done = command("release", "1.0", town, *ADOPTED)
    assert done.returncode == 0, done.stderr
    assert "Version 1.0 is released and approved." in done.stdout
    old, new = before.splitlines(), (town / "policy.yml").read_text("utf-8").splitlines()
    assert [line for line in new if line not in old] == [
        "version: '1.0'",
        "status: approved # draft | in_review | approved | in_force | superseded",
        "  adopted: '2027-01-10'",
    ]
    assert len(old) == len(new)
    assert command("check", town, "--fail-on", "gap").returncode == 0
    again = command("release", "1.0", town, *ADOPTED)
    assert again.returncode == 1
    assert "Version 1.0 was already released" in again.stderr


def test_a_release_on_the_day_in_force_puts_it_in_force(town: Path) -> None:
    write_policy(town, status="in_review", in_force="'2027-01-10'")
    assert "in force" in command("release", "1.0", town, *ADOPTED).stdout
    assert draft_of(town, DAY).document.status == "in_force"
    write_agency(town, {**settled_answers(registers=False), **SOME_POSTS}, policy_of(town))
    let_sign(town, ["legal"], "Board Member")
    released(town, "1.1")
    late = draft_of(town, DAY)
    assert [state_of(one, late) for one in late.releases] == ["superseded", "in_force"]
    assert late.releases[1].previous == "1.0"


def test_a_release_is_refused_with_the_full_list_of_reasons(town: Path) -> None:
    released(town, "1.0")
    write_agency(
        town,
        {**settled_answers(registers=False), "security.mfa": "none", "goals.primary": None, "comments.enabled": None},
    )
    write_policy(town, status="in_review", drafted_by="[Board Member]", preset="")
    (town / "answers/use.yml").write_text("professional_use: maybe\n", encoding="utf-8")
    sign_offs = (town / "sign-offs.yml").read_text("utf-8")
    (town / "sign-offs.yml").write_text(sign_offs[: sign_offs.rindex("- {role: ")], encoding="utf-8")
    done = command("release", "0.9", town, *ADOPTED, "--date", "2027-01-09")
    assert done.returncode == 1
    reasons = done.stderr
    assert "Version 0.9 is not higher than 1.0" in reasons
    assert "Version 1.0 was released on 2027-01-10, after 2027-01-09." in reasons
    for code in ("error E102", "blocker SEC-01", "gap G101", "gap L101", "gap L102", "blocker L105"):
        assert code in reasons, code
    assert "is undecided; it waits for comments.enabled" in reasons
    judged = draft_of(town, "2027-01-09")
    stops = [f for f in judged.findings if f.severity in ("error", "blocker", "gap")]
    assert all(f.message in reasons for f in stops)
    assert not (town / "releases/0.9.yml").exists()


@pytest.mark.parametrize("version", ["one", "../1.0", "1.0/x", "1.0.0.0"])
def test_a_word_that_is_no_version_is_refused(version: str, town: Path) -> None:
    done = command("release", "--", version, town)
    assert done.returncode == 1
    assert "is not a version" in done.stderr


def test_a_published_site_is_refused_when_its_text_is_not_the_released_one(town: Path) -> None:
    released(town, "1.0")
    assert publication_objections(draft_of(town)) == []
    write_agency(town, {**settled_answers(registers=False), **SOME_POSTS}, policy_of(town))
    reasons = publication_objections(draft_of(town))
    assert any("L103" in reason and "reads differently from version 1.0" in reason for reason in reasons)
    write_policy(town, status="in_review", version="'1.1'")
    assert publication_objections(draft_of(town)) == []


def test_the_catalog_has_a_fingerprint_wherever_it_lies(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(TOY / "pool", tmp_path / "pool"))
    assert catalog_fingerprint(copy) == catalog_fingerprint(TOY / "pool")
    path = copy / "roles.yml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert catalog_fingerprint(copy) == catalog_fingerprint(TOY / "pool")
    path.write_bytes(path.read_bytes().replace(b"Mayor", b"Major"))
    assert catalog_fingerprint(copy) != catalog_fingerprint(TOY / "pool")


# The commands sign and decide


def test_the_command_signs_keeps_comments_and_keeps_the_wording(tmp_path: Path) -> None:
    root = write_town(tmp_path, status="in_review")
    (root / "sign-offs.yml").write_text("# Signed in the meeting of January.\n", encoding="utf-8")
    done = command("sign", "--role", "legal", "--by", "Ada Counsel", "--elements", "comments", root)
    assert done.returncode == 0, done.stderr
    assert "Still to sign: " in done.stdout
    text = (root / "sign-offs.yml").read_text("utf-8")
    assert text.startswith(
        "# Signed in the meeting of January.\n- {role: legal, by: Ada Counsel, date: '2027-01-10', elements: [comments]"
    )
    assert text.count("\n") == 2
    judged = draft_of(root)
    (row,) = judged.sign_offs
    now = {p.id: p for p in freeze(judged).provisions}
    assert {name: now[name].fingerprint for name in row.provisions} == dict(row.provisions)
    assert {judged.wordings[word].text for word in row.provisions.values()} == {
        now[name].text for name in row.provisions
    }
    kept = (root / "releases/signed.yml").read_text("utf-8")
    command("sign", "--role", "records", "--by", "Re Cords", "--until", "2027-12-31", "--note", "By mail.", root)
    more = json.loads((root / "releases/signed.yml").read_text("utf-8"))
    assert json.loads(kept).items() <= more.items()
    assert [one.note for one in draft_of(root).sign_offs] == ["", "By mail."]


def test_one_call_signs_for_several_offices_with_a_row_for_each(tmp_path: Path) -> None:
    root = write_town(tmp_path, status="in_review")
    done = command("sign", "--office", "legal,Records", "--office", "hr", "--by", "A. Clerk", root)
    assert done.returncode == 0, done.stderr
    assert [line.rpartition(" for ")[2] for line in done.stdout.splitlines() if " signed " in line] == [
        "“Counsel”.",
        "“Records”.",
        "“Human Resources”.",
    ]
    judged = draft_of(root)
    names = ["legal", "records", "hr"]
    assert [(row.role, row.by) for row in judged.sign_offs] == [(name, "A. Clerk") for name in names]
    assert {one.state for one in standings(judged) if one.role in names} == {"valid"}


def as_row(row: Mapping[str, Any], form: str) -> str:
    """Write a sign-off in one of the forms in which its provisions may be."""
    elements, prints = f"[{', '.join(row['elements'])}]", row["provisions"]
    head = [f"role: {row['role']}", f"by: {row['by']}", f"date: '{row['date']}'", f"elements: {elements}"]
    if form == "one line":
        return f"- {{{', '.join(head)}, provisions: {json.dumps(prints)}}}\n"
    if form == "a line each":
        lines = ",\n".join(f"    {json.dumps(name)}: {json.dumps(word)}" for name, word in prints.items())
        return "- " + "\n  ".join([*head, f"provisions: {{\n{lines}\n    }}\n"])
    lines = "".join(f"    {name}: {word!r}{form}\n" for name, word in prints.items())
    return "- " + "\n  ".join([*head, f"provisions:\n{lines}"])


@pytest.mark.parametrize("form", ["one line", "a line each", "", " # seen"])
def test_a_list_of_provisions_counts_in_whichever_form_of_yaml_it_is_written(form: str, town: Path) -> None:
    path = town / "sign-offs.yml"
    before = draft_of(town).sign_offs
    rows, _ = parse_yaml(path.read_text("utf-8"), "x")
    text = "".join(as_row(row, form) for row in rows.value)
    others = (text.replace("'", '"'), text.replace("    ", "      "), text.replace("    }", "  }"))
    for other in (text, *others, text.replace("\n", "\r\n")):
        path.write_text(other, encoding="utf-8", newline="")
        now = draft_of(town).sign_offs
        assert [replace(row, place=before[0].place) for row in now] == [
            replace(row, place=before[0].place) for row in before
        ]


HEAD = "- {role: legal, by: Ada, date: '2027-01-10', elements: [comments], "
TWO = HEAD + 'provisions: {"CIT-1-a": "0123456789abcdef", "CIT-2-b": "fedcba9876543210"}}\n'
LINES = """\
- role: legal
  by: Ada
  date: '2027-01-10'
  elements: [comments]
  provisions: {
    "CIT-1-a": "0123456789abcdef",
    "CIT-2-b": "fedcba9876543210"
    }
"""
FORMS = {
    "as the command writes it": TWO,
    "on lines": LINES,
    "two rows": TWO + TWO.replace("CIT", "ACC"),
    "two rows, of which one is on lines": LINES + TWO.replace("CIT", "ACC"),
    "rows that are indented": f"  {TWO}  {TWO}",
    "more behind the brace": TWO.replace("}}", "}, until: '2027-12-31'} # all"),
    "a remark behind the row": TWO.replace("}}", "}} # all"),
    "another name before them": TWO.replace("- {", "- {provisionss: {}, "),
    "an empty mapping": HEAD + "provisions: {}}\n",
    "a line for each": TWO.replace(', "', ',\n    "'),
    "another space": TWO.replace('": "', '":  "'),
    "other quotes": TWO.replace('"', "'"),
    "no space": TWO.replace('": "', '":"'),
    "a space before the brace": TWO.replace("}}", " }}"),
    "a comma at the end": TWO.replace("}}", ",}}"),
    "no comma": TWO.replace('", "', '" "'),
    "a provision that is there twice": TWO.replace("CIT-2-b", "CIT-1-a"),
    "a number for a fingerprint": TWO.replace('"0123456789abcdef"', "123"),
    "a mapping for a fingerprint": TWO.replace('"0123456789abcdef"', '{"a": "b"}'),
    "nothing for a fingerprint": TWO.replace('"0123456789abcdef"', "null"),
    "an escape": TWO.replace("CIT-1-a", "CIT-1-\\u0061"),
    "a letter that nobody sees": TWO.replace("CIT-1-a", "CIT-1-\u202ea"),
    "a letter that nobody sees, as an escape": TWO.replace("CIT-1-a", "CIT-1-\\u202ea"),
    "a mark of a conflict": TWO + "=======\n" + TWO,
    "no end": TWO.partition("}")[0],
    "nested without end": TWO.partition('"0')[0] + '{"a":' * 5000,
    "the form in a note": HEAD + 'note: \'provisions: {"CIT-1-a": "0123456789abcdef"}\'}\n',
    "the form in a note behind them": TWO.replace("}}", '}, note: \'provisions: {"CIT-3-c": "0123456789abcdef"}\'}'),
    "the form in a note before them": TWO.replace(", p", ', note: \'provisions: {"CIT-3-c": "0123456789abcdef"}\', p'),
    "the form in a text of several lines": f"- role: legal\n  note: |\n    x\n    {TWO}  provisions: {{}}\n",
    "the form in a comment": f"# {TWO}- {{role: legal}}\n# {TWO}",
    "provisions twice in a row": TWO.replace("}}", '}, provisions: {"CIT-1-a": "0123456789abcdef"}}'),
    "the form in a mapping": "a:\n" + TWO,
    "the form at the top of a file": TWO.removeprefix("- "),
}


@pytest.mark.parametrize("name", FORMS)
def test_provisions_are_read_as_yaml_reads_them_with_their_places(name: str, tmp_path: Path) -> None:
    path = tmp_path / "sign-offs.yml"
    path.write_text(FORMS[name], encoding="utf-8")
    read, found = sign_offs._read(path)
    known, expected_findings = parse_yaml(FORMS[name], "sign-offs.yml")
    assert (read.value, read.keys, found) == (known.value, known.keys, expected_findings)


ROW: Row = {"role": "hr", "by": "Bo", "provisions": {"CIT-1-a": "0123456789abcdef"}}


@pytest.mark.parametrize("ends", ["\n", "\r\n", ""])
@pytest.mark.parametrize("name", FORMS)
def test_a_sign_off_is_added_as_any_row_is(name: str, ends: str) -> None:
    raw = FORMS[name].replace("\n", ends) if ends else FORMS[name].rstrip("\n")
    assert outcome(lambda: sign_offs.with_sign_off(raw, ROW)) == outcome(lambda: with_row(raw, "sign-offs.yml", ROW))


def outcome(edit: Callable[[], str]) -> str:
    try:
        return edit()
    except PolicyError as error:
        return str([finding.code for finding in error.findings])


def test_a_thousand_provisions_of_twenty_sign_offs_are_not_read_as_yaml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """YAML takes six seconds for them; without them there are 220 words left."""
    prints = ", ".join(f'"CIT-{number}-x": "{number:016x}"' for number in range(1000))
    (tmp_path / "sign-offs.yml").write_text(f"{HEAD}provisions: {{{prints}}}}}\n" * 20, encoding="utf-8")
    seen: list[str] = []

    def parsed(text: str, name: str) -> tuple[YamlFile, list[Finding]]:
        seen.append(text)
        return parse_yaml(text, name)

    monkeypatch.setattr(sign_offs, "parse_yaml", parsed)
    file, found = sign_offs._read(tmp_path / "sign-offs.yml")
    assert [len(row["provisions"]) for row in file.value] == [1000] * 20
    assert not found
    assert [len(text.split()) for text in seen] == [20 * 11]
    monkeypatch.setattr(edits, "parse_yaml", parsed)
    sign_offs.with_sign_off((tmp_path / "sign-offs.yml").read_text("utf-8"), ROW)
    assert max(len(text.split()) for text in seen) < 300


REFUSED = {
    "an office that nobody knows": (["--role", "leagl"], "Did you mean “legal”?"),
    "an element that nobody knows": (["--role", "legal", "--elements", "coments"], "Did you mean “comments”?"),
    "an office without a part, beside one with a part": (
        ["--role", "records,union", "--elements", "records"],
        "has no part in “Records”",
    ),
    "an office without a part": (["--role", "union", "--elements", "records"], "has no part in “Records”"),
    "an office that decides nothing": (["--role", "moderator"], "decides no part of this policy"),
    "a last day that is over": (["--role", "legal", "--until", "2027-01-09"], "is before the day it is given"),
    "a date that does not exist": (["--role", "legal", "--date", "2027-02-29"], "“2027-02-29” is not a date"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_sign_off_that_makes_no_sense_is_refused(name: str, town: Path) -> None:
    words, says = REFUSED[name]
    before = (town / "sign-offs.yml").read_bytes()
    done = command("sign", *words, "--by", "Ada", town)
    assert done.returncode == 2
    assert says in done.stderr, done.stderr
    assert (town / "sign-offs.yml").read_bytes() == before


@pytest.mark.parametrize(("file", "code"), [("sign-offs.yml", "E006"), ("answers/use.yml", "E006")])
def test_nothing_is_signed_while_a_file_is_broken(file: str, code: str, town: Path) -> None:
    (town / file).write_text("<<<<<<< HEAD\n=======\n>>>>>>> other\n", encoding="utf-8")
    done = command("sign", "--role", "legal", "--by", "Ada", town)
    assert done.returncode == 2
    assert f"{file}:1:1: error {code}" in done.stderr
    assert (town / file).read_text("utf-8").startswith("<<<<<<<")


DECIDING = ["--owner", "Town Manager", "--until", "2027-06-30", "--reason", "The keys arrive in May: no sooner."]


def test_the_command_decides_and_the_finding_stands_by_choice(town: Path) -> None:
    write_agency(town, {**settled_answers(registers=False), "security.mfa": "none"}, policy_of(town))
    (town / "decisions.yml").write_text("# Ours\r\n", encoding="utf-8", newline="")
    assert any(f.code == "SEC-01" and not f.settled for f in draft_of(town).findings)
    done = command("decide", "SEC-01", town, "--accept", *DECIDING)
    assert done.returncode == 0, done.stderr
    assert (town / "decisions.yml").read_bytes().startswith(b"# Ours\r\n- {rule: SEC-01, decision: accepted, ")
    (finding,) = [f for f in draft_of(town, "2027-06-30").findings if f.code == "SEC-01"]
    assert finding.settled
    assert finding.decision
    assert finding.decision.reason == "The keys arrive in May: no sooner."
    (finding,) = [f for f in draft_of(town, "2027-07-01").findings if f.code == "SEC-01"]
    assert not finding.settled
    risks = make_book(draft_of(town, DAY)).pages["risks.md"].text
    assert "Town Manager | 30 June 2027 | The keys arrive in May" in risks
    assert "| valid |" in risks


UNDECIDABLE = {
    "GOAL-99": "There is no rule “GOAL-99”.",
    "SEC-01": "does not hold here",
    "G101": "Answer the question; a gap cannot be accepted.",
    "E101": "Fix an error; it cannot be accepted.",
    "L103": "Fix it; it cannot be accepted.",
    "W103": "Fix what it reports, or leave it.",
}


@pytest.mark.parametrize("code", UNDECIDABLE)
def test_what_is_no_finding_of_a_rule_cannot_be_decided(code: str, town: Path) -> None:
    done = command("decide", code, town, "--plan", *DECIDING)
    assert done.returncode == 2
    assert UNDECIDABLE[code] in done.stderr
    assert not (town / "decisions.yml").exists()


def test_a_decision_names_its_kind_and_ends_after_it_begins(town: Path) -> None:
    write_agency(town, {**settled_answers(registers=False), "security.mfa": "none"}, policy_of(town))
    assert "--accept" in command("decide", "SEC-01", town, *DECIDING).stderr
    late = command("decide", "SEC-01", town, "--accept", *DECIDING, "--date", "2027-07-01")
    assert late.returncode == 2
    assert "is before the day it is taken" in late.stderr
    (town / "decisions.yml").write_text("- {rule: [\n", encoding="utf-8")
    assert "error E003" in command("decide", "SEC-01", town, "--accept", *DECIDING).stderr
    (town / "decisions.yml").write_bytes(b"- rule: A \xff\n")
    assert "decisions.yml:1:11: error E002" in command("decide", "SEC-01", town, "--accept", *DECIDING).stderr


def test_a_scheduled_check_fails_when_a_day_is_over_and_only_then(town: Path) -> None:
    released(town, "1.0")
    write_policy(town, status="approved", version="'1.0'", adopted=f"'{DAY}'", review_every="12 months")
    on_the_day = command("check", town, "--overdue", "--today", "2028-01-10")
    assert on_the_day.returncode == 0, on_the_day.stdout
    after_it = command("check", town, "--overdue", "--today", "2028-01-11")
    assert after_it.returncode == 1
    assert "Overdue since 2028-01-10: Review of the policy (policy.yml:" in after_it.stdout
    assert command("check", town, "--today", "2028-01-11").returncode == 0


# Writers that are killed


LOOP = """
import sys
from pathlib import Path
from policywright.files.writing import write_files
root = Path(sys.argv[1])
old, new = (root / "policy.old").read_text("utf-8"), (root / "policy.new").read_text("utf-8")
release = (root / "release").read_text("utf-8")
print("begun", flush=True)
while True:
    write_files({"releases/1.0.yml": release, "policy.yml": new}, root)
    write_files({"policy.yml": old}, root)
    (root / "releases/1.0.yml").unlink()
"""


@pytest.mark.slow
def test_a_killed_release_is_completed_by_a_second_run(town: Path, tmp_path: Path) -> None:
    """The loop writes what the command writes, in its order; the command then runs on whatever was left."""
    old = (town / "policy.yml").read_text("utf-8")
    whole = Path(shutil.copytree(town, tmp_path / "whole"))
    command("release", "1.0", whole, *ADOPTED)
    finished = {name: (whole / name).read_text("utf-8") for name in ("releases/1.0.yml", "policy.yml")}
    kept = {"policy.old": old, "policy.new": finished["policy.yml"], "sealed": finished["releases/1.0.yml"]}
    write_files(kept, town)
    moments = random.Random(11)
    seen = set()
    for _ in range(8):
        with subprocess.Popen([sys.executable, "-c", LOOP, str(town)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout
            writer.stdout.readline()
            time.sleep(moments.uniform(0.0, 0.02))
            writer.kill()
        begun = (town / "releases/1.0.yml").exists()
        named = (town / "policy.yml").read_text("utf-8") == finished["policy.yml"]
        assert begun or not named, "policy.yml names a version that is not there"
        seen.add((begun, named))
        done = command("release", "1.0", town, *ADOPTED)
        assert done.returncode == (1 if named else 0), done.stderr
        assert {name: (town / name).read_text("utf-8") for name in finished} == finished
    assert len(seen) > 1


@pytest.mark.parametrize("moment", ["before", "between"])
def test_each_state_that_a_stopped_release_leaves_is_completed(moment: str, town: Path) -> None:
    old = (town / "policy.yml").read_bytes()
    if moment == "between":
        released(town, "1.0")
        (town / "policy.yml").write_bytes(old)
    done = command("release", "1.0", town, *ADOPTED, "--by", "Town Clerk")
    assert done.returncode == 0, done.stderr
    assert draft_of(town, DAY).document.status == "approved"
    assert not life_codes(draft_of(town, DAY).findings)


def test_a_stopped_sign_off_leaves_wordings_that_say_nothing(town: Path) -> None:
    before = standings(draft_of(town))
    _, files = acts.sign(
        draft_of(town), acts.Signature(("legal",), "Ada", DAY), (town / "sign-offs.yml").read_text("utf-8")
    )
    assert list(files) == ["releases/signed.yml", "sign-offs.yml"]
    write_files({"releases/signed.yml": files["releases/signed.yml"]}, town)
    assert standings(draft_of(town)) == before


# Pages


def test_the_page_of_sign_offs_shows_who_signed_and_what_lapsed_since(town: Path) -> None:
    write_agency(town, {**settled_answers(registers=False), **SOME_POSTS}, policy_of(town))
    judged = draft_of(town)
    page = make_book(judged).pages["sign-offs.md"].text
    assert "{: #lapsed-legal-comments }" in page
    assert "Signed by Board Member on 10 January 2027." in page
    assert "<del>Anyone may comment on every post that the Town publishes" in page
    assert "CIT-1-comments-some" in page
    state = Approval(tuple(standings(judged)))
    assert (state.count("lapsed"), state.count("missing")) == (1, 0)
    assert page.count(">signed</span>") >= state.count("valid")
    assert "sign-offs.md" not in make_book(judged, "published").pages


def test_a_wording_that_is_not_kept_is_named(town: Path) -> None:
    (town / "releases/signed.yml").unlink()
    write_agency(town, {**settled_answers(registers=False), **SOME_POSTS}, policy_of(town))
    page = make_book(draft_of(town)).pages["sign-offs.md"].text
    assert "CIT-1-comments-all</span> has changed; the wording that was signed was not kept." in page


def test_the_sheet_has_a_place_to_sign_for_each_office_with_version_and_fingerprint(town: Path) -> None:
    judged = draft_of(town)
    sheet = make_book(judged).pages["sign-off-sheet.md"].text
    assert sheet.count("**Signature:**") == len(roles_of(town))
    assert sheet.count(freeze(judged).fingerprint) == len(roles_of(town)) + 1
    decided = accountable(catalog())
    for provision in freeze(judged).provisions:
        assert provision.code not in decided or provision.title.split()[0] in sheet


def test_a_banner_shows_when_the_day_is_known_and_over(town: Path) -> None:
    write_policy(town, status="draft", review_due="'2027-03-01'")
    texts = [make_book(draft_of(town, day)).pages["index.md"].text for day in ("", "2027-03-01", "2027-03-02")]
    hidden = ['<p class="pw-due" data-due="2027-03-01" hidden>' in text for text in texts]
    assert hidden == [True, True, False]
    assert '<p class="pw-due" data-due="2027-03-01">' in texts[2]


def test_every_day_that_matters_is_in_the_calendar(town: Path) -> None:
    write_policy(town, status="in_review", review_every="1 year", in_force="'2027-01-31'")
    let_sign(town, ["legal"], "Ada", "2027-12-31")
    released(town, "1.0")
    found = {(due.kind, due.date) for due in dates(draft_of(town))}
    assert found >= {("review", "2028-01-31"), ("sign-off", "2027-12-31"), ("in_force", "2027-01-31")}
    assert found >= {("release", DAY), ("adopted", DAY)}
    assert draft_of(town).document.dates["review_due"] == "2028-01-31"


# Odds and ends


def test_a_fingerprint_depends_on_what_binds_and_on_nothing_else() -> None:
    one = FrozenProvision("A-1-x", "A-1", "s", "1.1", "Title", "must", "Text.", "", "e", ("q",))
    same = replace(one, section="t", number="9.9", element="f", questions=())
    assert one.fingerprint == same.fingerprint == fingerprint(["A-1-x", "Title", "must", "Text.", ""])
    for field in ("id", "title", "level", "text", "staff"):
        changed: dict[str, Any] = {field: "other"}
        assert replace(one, **changed).fingerprint != one.fingerprint


def test_the_template_s_keys_of_a_policy_s_life_are_read(town: Path) -> None:
    write_policy(town, status="draft", review_every="12 months", drafted_by="[Ada Clerk, ' ', Ada Clerk]")
    document = draft_of(town).document
    assert (document.review_every, document.drafted_by) == ("12 months", ("Ada Clerk",))


def test_the_life_of_a_policy_is_told_with_places_that_exist(town: Path) -> None:
    write_policy(town, status="in_force")
    found = with_site_findings(draft_of(town), town).findings
    assert {finding.code for finding in found} >= {"L103"}
    for finding in found:
        for place in finding.places:
            lines = (town / place.file).read_text("utf-8").split("\n") if (town / place.file).is_file() else [""]
            assert place.line <= len(lines)


def test_a_toy_catalog_has_sign_offs_too(pool: Catalog, tmp_path: Path) -> None:
    shutil.copytree(TOY / "village", tmp_path / "village")
    judged = draft(tmp_path / "village", pool)
    assert {one.role for one in standings(judged)} == {"mayor"}
    assert "to sign" in make_book(judged).pages["sign-offs.md"].text
