"""Which answer is confirmed by which office: it holds for one value, and nobody confirms a fact unseen."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from policywright.agency.confirmations import CONFIRMATIONS_FILE, comparable, read_confirmations
from policywright.approval.sign_offs import standings
from policywright.draft import draft_of
from policywright.files.edits import Keys, with_values
from policywright.model.agency import STATUSES, Answer
from policywright.model.catalog import Migration
from policywright.model.findings import Place
from policywright.upgrade.names import record
from tests.support.agency_files import bake, catalog, write_agency
from tests.support.forms import DAY, answers, contents_of, form, take_in
from tests.support.in_process import run_here

CLOCK = {"SOURCE_DATE_EPOCH": "1796040000"}
"""Noon of the usual day."""


@pytest.fixture(scope="module")
def scaffold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bake(tmp_path_factory.mktemp("scaffold"))


@pytest.fixture
def town(scaffold: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(scaffold, tmp_path / "town"))


def called(*words: str | Path) -> tuple[int, str, str]:
    done = run_here("policywright", *words, env=CLOCK)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def owned(root: Path, office: str) -> list[Answer]:
    return [
        answer for answer in draft_of(root).answers.values() if answer.owner == office and answer.asked is not False
    ]


# Status


def test_every_answer_has_a_status_and_the_report_says_which(town: Path) -> None:
    take_in(town, form(answers(comments__enabled="all_posts"), office="communications"))
    take_in(town, form(answers(goals__staff_voice="designated_per_unit", stakeholders__union_status="unknown")))
    report = json.loads(called("check", town, "--format", "json")[1])
    rows = {row["question"]: row for row in report["answers"]}
    assert {name: rows[name]["status"] for name in WANTED} == WANTED
    assert rows["comments.enabled"]["confirmed"] == {"office": "communications", "name": "A. Person", "date": DAY}
    assert rows["goals.staff_voice"]["confirmed"] is None
    assert rows["goals.staff_voice"]["also_seen_by"] == [{"office": "legal", "name": "A. Person", "date": DAY}]
    for office in report["offices"]:
        states = [row["status"] for row in rows.values() if row["offices"][0] == office["office"]]
        assert {status: office[status] for status in STATUSES} == {name: states.count(name) for name in STATUSES}


WANTED = {
    "comments.enabled": "confirmed",
    "goals.staff_voice": "given",
    "agency.jurisdiction": "given",
    "stakeholders.union_status": "unknown",
    "goals.primary": "assumed",
    "goals.resources": "open",
    "comments.disable_when": "not_asked",
}


def test_explain_says_who_confirmed_an_answer_and_who_else_has_seen_it(town: Path) -> None:
    given = answers(comments__enabled="all_posts")
    take_in(town, form(given, office="communications"), form(given, name=""))
    said = called("explain", "comments.enabled", town)[1]
    assert (
        "  status: confirmed by Communications Office, A. Person, 2026-11-30; also seen by Counsel, 2026-11-30" in said
    )


def test_a_confirmation_lapses_with_the_value_and_holds_again_when_it_comes_back(town: Path) -> None:
    take_in(town, form(answers(comments__enabled="all_posts"), office="communications"))
    path = town / "answers/comments.yml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("enabled: all_posts", "enabled: some_posts"), encoding="utf-8")
    assert draft_of(town).answers["comments.enabled"].status == "given"
    path.write_text(text.replace("enabled: all_posts", "enabled: 'all_posts'"), encoding="utf-8")
    assert draft_of(town).answers["comments.enabled"].status == "confirmed"


def test_the_latest_row_of_an_office_counts_in_whatever_order_git_put_the_rows(town: Path) -> None:
    take_in(town, form(answers(comments__enabled="off"), office="communications"))
    later = {"comments.enabled": {"value": "all_posts", "was": "off", "change": "set"}}
    take_in(town, form(later, office="communications"))
    path = town / CONFIRMATIONS_FILE
    first, second = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text(second.replace(DAY, "2026-12-01") + first, encoding="utf-8")
    assert draft_of(town).answers["comments.enabled"].status == "confirmed"
    path.write_text(second + first.replace(DAY, "2026-12-01"), encoding="utf-8")
    assert draft_of(town).answers["comments.enabled"].status == "given"


def test_what_a_preset_assumes_is_not_confirmed_even_if_a_row_says_so(town: Path) -> None:
    take_in(town, form(answers(comments__enabled="all_posts"), office="communications"))
    path = town / "answers/comments.yml"
    path.write_text(path.read_text("utf-8").replace("enabled: all_posts", "enabled:"), encoding="utf-8")
    assert draft_of(town).answers["comments.enabled"].status == "assumed"


def test_a_name_can_be_taken_out_and_the_confirmation_holds(town: Path) -> None:
    take_in(town, form(answers(comments__enabled="all_posts"), office="communications"))
    path = town / CONFIRMATIONS_FILE
    path.write_text(path.read_text("utf-8").replace("name: A. Person", "name: ''"), encoding="utf-8")
    answer = draft_of(town).answers["comments.enabled"]
    assert answer.confirmed is not None
    assert (answer.status, answer.confirmed.name) == ("confirmed", "")


SAME: dict[str, tuple[Any, Any]] = {
    "goals.primary": (["two_way_engagement", "inform_broadcast"], ["inform_broadcast", "two_way_engagement"]),
    "existing.register": ([{"title": "A", "note": None, "place": "x:1"}], [{"title": "A"}]),
    "goals.audiences": ([], []),
}


@pytest.mark.parametrize("name", SAME)
def test_values_that_say_the_same_are_the_same(name: str) -> None:
    one, other = SAME[name]
    assert comparable(catalog().questions[name], one) == comparable(catalog().questions[name], other)


def test_values_that_say_something_else_are_not_the_same() -> None:
    audiences = catalog().questions["goals.audiences"]
    assert comparable(audiences, ["a", "b"]) != comparable(audiences, ["b", "a"])
    assert comparable(audiences, []) != comparable(audiences, None)


ROW = "- {question: comments.enabled, fingerprint: '9f3b', office: legal, name: A. Person, date: '2026-11-30'}\n"
OTHER_FORMS = {
    "a name in quotes": ROW.replace("A. Person", "'O''Neil, #1'"),
    "no name": ROW.replace("A. Person", "''"),
    "a quote without a twin": ROW.replace("A. Person", "O'Neil"),
    "a word in other quotes": ROW.replace("legal", '"legal"'),
    "a word that YAML reads otherwise": ROW.replace("A. Person", "null"),
    "a comment": ROW + "# Ours.\n" + ROW.replace("}\n", "} # hers\n"),
    "a row on several lines": ROW + "- question: comments.enabled\n  fingerprint: x\n  office:\n  date: '2026-11-30'\n",
    "a wrong date": ROW.replace("11-30", "11-31"),
    "a control character": ROW.replace("A. Person", "'A\u202e'"),
    "an office that does not exist": ROW.replace("legal", "leagl"),
    "no row": "",
}


@pytest.mark.parametrize("name", OTHER_FORMS)
def test_the_fast_reader_reads_what_the_yaml_parser_reads(name: str, tmp_path: Path) -> None:
    path = tmp_path / CONFIRMATIONS_FILE
    path.write_text(ROW + OTHER_FORMS[name], encoding="utf-8")
    fast = read_confirmations(tmp_path, catalog())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("policywright.agency.confirmations._as_written", lambda _: None)
        assert read_confirmations(tmp_path, catalog()) == fast
    assert fast[0]


def test_an_upgrade_gives_confirmations_the_new_names_of_questions_and_offices() -> None:
    renames = [("question", "goals.voice", "goals.tone"), ("element", "talk", "comments"), ("role", "legal", "counsel")]
    steps = [
        Migration("0.2.0", kind=kind, step="rename", old=old, into={new: None}, place=Place("migrations.yml"))
        for kind, old, new in renames
    ]
    text = "# Ours.\n" + ROW.replace("comments.enabled", "talk.tone") + ROW.replace("comments.enabled", "goals.voice")
    new = text.replace("talk.tone", "comments.tone").replace("goals.voice", "goals.tone").replace("legal", "counsel")
    assert record(text, CONFIRMATIONS_FILE, steps, {}, {}) == new


# The command confirm


def test_confirm_writes_what_the_preset_assumes_for_one_office_except_facts(town: Path) -> None:
    before = {answer.question.id: answer for answer in owned(town, "legal")}
    status, said, _ = called("confirm", "--office", "Counsel", "--name", "A. Person", town)
    assert status == 0
    assert f"{CONFIRMATIONS_FILE}." in said
    for answer in owned(town, "legal"):
        was = before.get(answer.question.id, answer)
        waited = was.question.kind != "fact" and was.status in ("assumed", "given")
        assert (answer.status, answer.value) == ("confirmed" if waited else was.status, was.value)
        assert (f"{answer.question.id}: " in said) == (was.status == "assumed")
    assert any(answer.question.kind == "fact" and answer.status == "given" for answer in owned(town, "legal"))
    status, said, _ = called("confirm", "--role", "legal", "--name", "A. Person", town)
    assert (status, said.splitlines()[-1]) == (0, "No file changed.")


def test_confirm_is_taken_back_byte_for_byte(town: Path) -> None:
    before = contents_of(town)
    called("confirm", "--office", "communications", town)
    assert contents_of(town) != before
    status, said, _ = called("confirm", "--undo", town)
    assert (status, said.partition(".")[0]) == (0, "The confirm of 2026-11-30 is undone")
    assert contents_of(town) == before


EACH = [
    ["--office", "legal,records"],
    ["--office", "legal", "--role", "the Office of Records, Maps and Plans"],
    ["--role", " legal, legal,records,"],
]


@pytest.mark.parametrize("words", EACH)
def test_several_offices_confirm_in_one_call_and_one_undo_takes_all_of_it_back(words: list[str], town: Path) -> None:
    _name_offices(town, records="the Office of Records, Maps and Plans")
    before = contents_of(town)
    assert called("confirm", *words, "--name", "A. Clerk", town)[0] == 0
    decided = [one for office in ("legal", "records") for one in owned(town, office) if one.question.kind != "fact"]
    assert {one.status for one in decided if one.origin == "agency"} == {"confirmed"}
    assert {one.confirmed.office for one in decided if one.confirmed} == {"legal", "records"}
    assert "assumed" not in {one.status for one in decided}
    assert called("confirm", "--undo", town)[0] == 0
    assert contents_of(town) == before


@pytest.mark.parametrize("command", [["confirm"], ["sign", "--by", "A. Clerk"]])
@pytest.mark.parametrize("name", ["ethics", "the Ethics", "legal,ethics"])
def test_an_office_that_does_not_exist_can_do_nothing_and_the_one_that_answers_for_it_is_named(
    command: list[str], name: str, town: Path
) -> None:
    _name_offices(town, ethics="none")
    before = contents_of(town)
    status, _, said = called(*command, "--office", name, town)
    assert status == 2
    assert "“Ethics” does not exist here: policy.yml says “ethics: none”." in said
    assert "“Human Resources” answers for it: write --office hr." in said
    assert contents_of(town) == before


def test_an_office_confirms_and_signs_for_those_that_do_not_exist_and_for_which_it_answers(town: Path) -> None:
    _name_offices(town, ethics="none", hr="none", executive_sponsor="the Town Clerk")
    assert called("confirm", "--office", "town clerk", town)[0] == 0
    offices = ("executive_sponsor", "hr", "ethics")
    statuses = {one.status for office in offices for one in owned(town, office) if one.question.kind != "fact"}
    assert statuses <= {"confirmed", "open", "not_asked"}
    said = called("sign", "--office", "town clerk", "--by", "A. Clerk", town)[1]
    assert "for “Ethics”, which does not exist here." in said
    rows = {row.role: row for row in draft_of(town).sign_offs}
    assert {*rows} == {*offices}
    assert all(row.provisions for row in rows.values())
    assert {one.state for one in standings(draft_of(town)) if one.required and one.role in offices} == {"valid"}


def test_confirm_leaves_out_what_a_base_says(tmp_path: Path) -> None:
    write_agency(tmp_path / "department", {"comments.enabled": "off"}, {"agency": {"name": "Department"}})
    town = bake(tmp_path / "below")
    policy = town / "policy.yml"
    policy.write_text(policy.read_text("utf-8").replace("\nbase:", "\nbase: ../../department"), encoding="utf-8")
    assert draft_of(town).answers["comments.enabled"].origin == "base"
    said = called("confirm", "--office", "communications", town)[1]
    assert "goals.interaction_model" in said
    assert "comments.enabled" not in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--office", "leagl"], "There is no office “leagl”. Did you mean “legal”?"),
        (["--office", "legal,leagl", "--role", "privcy"], "There is no office “leagl”. Did you mean “legal”?"),
        (["--office", "legal,leagl", "--role", "privcy"], "There is no office “privcy”. Did you mean “Privacy”?"),
        (["--office", "legal,union"], "decides no answer here. These do: "),
        (["--office", " , "], "It names no office."),
        (["--office", "union"], "decides no answer here. These do: "),
        ([], "Say which office accepts its answers: --office legal."),
        (["--office", "legal", "--undo"], "Use --undo alone"),
        (["--undo"], "There is nothing to undo"),
        (["--office", "legal", "--name", " "], "It is empty."),
    ],
)
def test_confirm_explains_wrong_words_and_writes_nothing(words: list[str], says: str, town: Path) -> None:
    before = contents_of(town)
    status, _, said = called("confirm", *words, town)
    assert status == 2
    assert says in said
    assert contents_of(town) == before


# The same option in every command

NAMES = ["legal", "LEGAL", "Counsel", "counsel", "the Town Attorney", "town attorney"]


@pytest.mark.parametrize("option", ["--office", "--role"])
@pytest.mark.parametrize("name", NAMES)
def test_an_office_has_the_same_names_in_every_command(option: str, name: str, town: Path) -> None:
    _name_offices(town, legal="the Town Attorney")
    listed = called("check", town, "--fail-on", "error", option, name)
    assert listed == called("check", town, "--fail-on", "error", "--office", "legal")
    assert called("confirm", option, name, town)[0] == 0
    status, said, _ = called("sign", option, name, "--by", "A. Person", town)
    assert (status, "for “Counsel”" in said) == (0, True)


def _name_offices(root: Path, **names: str) -> None:
    path = root / "policy.yml"
    values: dict[Keys, str] = {("offices", role): name for role, name in names.items()}
    path.write_text(with_values(path.read_text("utf-8"), "policy.yml", values), encoding="utf-8")


def test_a_name_that_two_offices_have_is_not_guessed(town: Path) -> None:
    _name_offices(town, legal="the Town Clerk", records="the Town Clerk")
    status, _, said = called("confirm", "--office", "town clerk", town)
    assert status == 2
    assert "“town clerk” is the name of 2 offices here. Write one of: legal, records." in said


def test_check_of_one_office_lists_what_it_can_settle_but_counts_everything(town: Path) -> None:
    everything, mine = (called("check", "-v", town, *words)[1].splitlines() for words in ([], ["--office", "records"]))
    assert {line for line in mine if ": gap G10" in line} < {line for line in everything if ": gap G10" in line}
    assert any("answers/records.yml" in line for line in mine)
    assert mine[-1] == everything[-1]
