"""Many agencies at once: the list of them, and the state of each, however broken some of them are."""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from policywright.draft import draft_of
from policywright.exports.schemas import data_schema
from policywright.model.findings import PolicyError
from policywright.pages.book import render_book
from policywright.pages.status_data import STATUS, STATUS_SCHEMA, status_data
from policywright.portfolio.agencies import Listed, read_agencies
from policywright.portfolio.following import bases_of_list, followed, present_bases
from policywright.portfolio.pipelines import FORGES, jobs_of
from policywright.portfolio.reading import AgencyState, read_states
from policywright.portfolio.shards import joined_state, part_of_list, state_files
from tests.support.agency_files import TOOLS, TOWN_ANSWERS, draft_with, read_case, run, write_agency
from tests.support.in_process import run_here
from tests.support.released import draft_in, release

CASES = read_case("portfolio.yml")
TODAY = "2027-06-01"
WEAK = {"security.mfa": "none"}
"""An answer that fires a blocker."""


@pytest.fixture(scope="module")
def agencies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A department, an agency that builds on it and answers one question otherwise, another agency, and a folder."""
    root = tmp_path_factory.mktemp("agencies")
    shared = {"privacy.notice": "yes", "security.mfa": "required_app_or_key"}
    write_agency(root / "department", shared, {"agency": {"name": "Department"}})
    write_agency(root / "lakes", TOWN_ANSWERS | WEAK, {"agency": {"name": "Lakes"}, "base": "../department"})
    write_agency(root / "rivers", TOWN_ANSWERS, {"agency": {"name": "Rivers"}, "preset": "two_way"})
    (root / "empty").mkdir()
    return root


def states(*listed: Listed, collected: bool = False, cores: int | None = 1) -> list[AgencyState]:
    return list(read_states(listed, TODAY, collected=collected, cores=cores))


# The list


@pytest.mark.parametrize("case", CASES["lists"].values(), ids=CASES["lists"])
def test_a_row_with_a_mistake_is_named_and_stays_in_the_list(case: Mapping[str, Any], tmp_path: Path) -> None:
    (tmp_path / "agencies.yml").write_text(case["text"], "utf-8")
    rows, found = read_agencies(tmp_path / "agencies.yml")
    assert [str(finding).split("\n")[0] for finding in found] == case["found"]
    assert {row.id: row.problem for row in rows} == case["agencies"]
    assert len(rows) == case["text"].count("\n- ") + 1
    assert {row.site for row in rows} == {""}


@pytest.mark.parametrize("case", CASES["no_lists"].values(), ids=CASES["no_lists"])
def test_a_file_that_is_no_list_is_refused(case: list[str], tmp_path: Path) -> None:
    (tmp_path / "agencies.yml").write_text(case[0], "utf-8")
    with pytest.raises(PolicyError) as raised:
        read_agencies(tmp_path / "agencies.yml")
    assert str(raised.value.findings[0]).split("\n")[0] == case[1]


def test_paths_of_a_list_begin_at_its_folder(tmp_path: Path) -> None:
    text = "- {id: lakes, title: The Lakes, path: a/lakes, status: b/lakes.json, site: https://a.example, group: wet}\n"
    (tmp_path / "agencies.yml").write_text(text, "utf-8")
    [row] = read_agencies(tmp_path / "agencies.yml")[0]
    assert row == Listed(
        "lakes", "The Lakes", tmp_path / "a/lakes", tmp_path / "b/lakes.json", "https://a.example", "wet"
    )


# The state of an agency


def test_the_state_of_a_repository_says_what_differs_from_its_base(agencies: Path) -> None:
    [state] = states(Listed("lakes", path=agencies / "lakes"))
    assert (state.problem, state.title, state.counts["blocker"]) == ("", "Lakes", 1)
    assert state.data["base"] == {"answers": 1, "clauses": 0}
    assert state.data["elements"]["security"]["counts"]["blocker"] == 1
    assert "SEC-01" in state.first[0]
    assert sum(office["gaps"] for office in state.data["offices"].values()) == state.counts["gap"]


def test_without_a_base_nothing_can_differ_from_it(agencies: Path) -> None:
    [state] = states(Listed("rivers", path=agencies / "rivers"))
    assert state.data["base"] is None


def test_a_broken_lock_is_counted_apart_from_those_that_are_kept(agencies: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(agencies, tmp_path / "agencies"))
    entry = "{allow: [required_app_or_key], authority: the Minister, reason: Theft.}"
    (root / "department/locks.yml").write_text(f"security.mfa: {entry}\n", "utf-8")
    lakes, department = states(*(Listed(name, path=root / name) for name in ("lakes", "department")))
    assert (lakes.data["locks"], department.data["locks"]) == ({"kept": 0, "broken": 1}, {"kept": 1, "broken": 0})


def test_the_last_change_is_the_latest_day_of_the_records(tmp_path: Path) -> None:
    release(tmp_path, "1.0", "2027-03-01")
    assert status_data(draft_in(tmp_path), working=True)["last_change"] == "2027-03-01"
    (tmp_path / "confirmations.yml").write_text("", "utf-8")
    points = "- {provision: , proposed: Other words, date: 2027-04-05}\n"
    (tmp_path / "open-points.yml").write_text(points, "utf-8")
    assert status_data(draft_in(tmp_path), working=True)["last_change"] == "2027-04-05"


def test_a_review_that_is_past_is_overdue_on_the_day_of_the_question(tmp_path: Path) -> None:
    write_agency(tmp_path, TOWN_ANSWERS, {"dates": {"review_due": "2027-05-31"}})
    [state] = states(Listed("town", path=tmp_path))
    assert [day["kind"] for day in state.overdue("2027-06-01")] == ["review"]
    assert state.overdue("2027-05-31") == []


def test_a_repository_is_on_the_version_that_it_asks_for(agencies: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(agencies / "rivers", tmp_path / "rivers"))
    (root / "requirements.txt").write_text("policywright==0.0.9\n", "utf-8")
    assert [one.data["engine"] for one in states(Listed("rivers", path=root))] == ["0.0.9"]


# Who has followed a base


@pytest.mark.parametrize(("change", "expected"), CASES["changed_bases"].items(), ids=CASES["changed_bases"])
def test_an_agency_is_behind_when_something_that_it_inherits_has_changed(
    change: str, expected: list[Any], agencies: Path, tmp_path: Path
) -> None:
    then = states(Listed("lakes", path=agencies / "lakes"))
    new = Path(shutil.copytree(agencies / "department", tmp_path / "department"))
    word, file, text = expected
    (new / file).parent.mkdir(parents=True, exist_ok=True)
    (new / file).write_bytes(text.encode())
    now = bases_of_list(tmp_path / "agencies.yml", [new], TODAY)
    assert [followed(state.data, present_bases(now, then)) for state in then] == [word]


@pytest.mark.parametrize("case", CASES["following"].values(), ids=CASES["following"])
def test_what_is_said_of_several_bases_is_the_worst(case: Mapping[str, Any]) -> None:
    present = {"Ministry": {"m2"}, "Department": {"d2", "d of another country"}}
    bases = [{"name": name, "fingerprint": mark} for name, mark in case["bases"]]
    assert followed({"base": {"answers": 0, "clauses": 0}, "bases": bases}, present) == case["said"]


def test_without_a_base_there_is_nothing_to_follow_and_an_older_status_file_does_not_say(agencies: Path) -> None:
    [rivers] = states(Listed("rivers", path=agencies / "rivers"))
    assert followed(rivers.data, {}) == "none"
    older = {key: value for key, value in rivers.data.items() if key not in ("bases", "hands_down")}
    Draft202012Validator(STATUS_SCHEMA).validate(older)
    assert followed(older, {}) == "not said"


def test_the_repository_that_holds_the_list_is_the_base_and_goes_before_a_status_file(agencies: Path) -> None:
    department = agencies / "department"
    [base] = bases_of_list(department / "agencies.yml", (), TODAY)
    assert bases_of_list(agencies / "agencies.yml", (), TODAY) == []
    [listed] = states(Listed("department", path=department))
    old = replace(listed, data={**listed.data, "hands_down": "older"})
    assert present_bases([], [old]) == {"Department": {"older"}} != present_bases([base], [old])
    # Nobody read the ministry: what the department has of it is the measure.
    over = replace(base, data={**base.data, "bases": [{"name": "Ministry", "fingerprint": "m"}]})
    assert present_bases([over], [])["Ministry"] == {"m"}


# Status files


def test_a_status_file_holds_what_its_schema_says(tmp_path: Path) -> None:
    Draft202012Validator.check_schema(STATUS_SCHEMA)
    draft = release(tmp_path, "1.0", "2027-03-01", status="in_force")
    for audience in ("working", "published"):
        file = tmp_path / f"{audience}.json"
        file.write_bytes(render_book(draft, audience).files[STATUS])  # type: ignore[arg-type]
        data = json.loads(file.read_text("utf-8"))
        Draft202012Validator(data_schema("status")).validate(data)
        assert states(Listed("town", status=file)) == [AgencyState(Listed("town", status=file), data)]
        assert (data["audience"], data["version"], data["released"]) == (audience, "1.0", True)


def test_a_published_status_file_holds_nothing_internal(tmp_path: Path) -> None:
    draft = release(tmp_path, "1.0", "2027-03-01", WEAK)
    data = {working: status_data(draft, working=working) for working in (True, False)}
    hidden = {*data[True]} - {*data[False]}
    assert hidden == {
        *("counts", "undecided", "offices", "sign_offs", "base", "locks", "last_change", "elements"),
        *("bases", "hands_down"),
    }
    assert {day["kind"] for day in data[False]["days"]} <= {"review", "adopted", "in_force", "release", "law"}


def test_a_policy_on_the_web_is_released_although_it_leaves_out_the_procedures(tmp_path: Path) -> None:
    draft = release(tmp_path, "1.0", "2027-03-01", publish="web")
    assert json.loads(render_book(draft, "published").files[STATUS])["released"] is True


def written_status(folder: Path, change: Any) -> Path:
    """Write a good status file, change it, and return its path."""
    path = folder / "status.json"
    data = status_data(draft_with(folder / "agency", TOWN_ANSWERS), working=True)
    if change == "folder":
        path.mkdir()
    elif isinstance(change, dict):
        path.write_text(json.dumps(data | change), "utf-8")
    elif change != "absent":
        path.write_text(change, "utf-8")
    return path


@pytest.mark.parametrize("case", CASES["statuses"].values(), ids=CASES["statuses"])
def test_a_status_file_that_cannot_be_used_says_why(case: list[Any], tmp_path: Path) -> None:
    [state] = states(Listed("lakes", status=written_status(tmp_path, case[0])))
    assert case[1] in state.problem
    assert state.data == {}


def test_what_a_later_version_adds_to_a_status_file_is_ignored(tmp_path: Path) -> None:
    [state] = states(Listed("lakes", status=written_status(tmp_path, {"weather": "fair"})))
    assert (state.problem, state.data["status"]) == ("", "draft")


@pytest.mark.parametrize(("command", "name"), [("portfolio", "From the file"), ("check", "Rivers")])
def test_an_overview_takes_the_collected_file_and_a_check_the_repository(
    command: str, name: str, agencies: Path, tmp_path: Path
) -> None:
    file = written_status(tmp_path, {"agency": "From the file"})
    listed = Listed("rivers", path=agencies / "rivers", status=file)
    assert [one.title for one in states(listed, collected=command == "portfolio")] == [name]


# What cannot be read


@pytest.mark.parametrize("case", CASES["repositories"].values(), ids=CASES["repositories"])
def test_a_repository_that_cannot_be_read_says_why_and_hides_no_other(
    case: list[Any], agencies: Path, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(agencies / "rivers", tmp_path / "rivers"))
    for name, content in case[0].items():
        (root / name).unlink()
        if content:
            (root / name).write_text(json.dumps(content), "utf-8")
    first, second = states(Listed("broken", path=root), Listed("rivers", path=agencies / "rivers"))
    assert case[1] in first.problem
    assert (second.problem, second.title) == ("", "Rivers")


@pytest.mark.parametrize("case", CASES["bases"].values(), ids=CASES["bases"])
def test_a_base_that_is_wrong_is_the_first_finding(case: list[str], agencies: Path, tmp_path: Path) -> None:
    root = write_agency(tmp_path / "town", TOWN_ANSWERS, {"base": case[0]})
    write_agency(tmp_path / "other", {}, {"base": "../town"})
    [state] = states(Listed("town", path=root))
    assert state.counts["error"] == 1
    assert case[1] in state.first[0]
    assert followed(state.data, {}) == "not found"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="this user may read every folder")
def test_a_folder_that_nobody_may_read_is_named(tmp_path: Path) -> None:
    root = write_agency(tmp_path / "town")
    root.chmod(0)
    try:
        [state] = states(Listed("town", path=root))
    finally:
        root.chmod(0o700)
    assert "permission denied" in state.problem


def test_a_mistake_of_ours_is_named_for_the_agency_that_brings_it_to_light(
    agencies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(root: Path, *_: object) -> None:
        raise KeyError(root.name)

    monkeypatch.setattr("policywright.portfolio.reading.draft_of", fails)
    [state] = states(Listed("rivers", path=agencies / "rivers"))
    assert state.problem == "Policywright failed to read it (KeyError: 'rivers')."


# Several processes


def test_several_processes_find_what_one_finds_in_the_order_of_the_list(agencies: Path) -> None:
    names = ["rivers", "empty", "lakes", "department", "rivers"]
    listed = [Listed(f"{number} {name}", path=agencies / name) for number, name in enumerate(names)]
    assert states(*listed, cores=2) == states(*listed, cores=1)


def test_an_agency_that_ends_the_process_that_reads_it_hides_no_other(
    agencies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if multiprocessing.get_start_method() != "fork":
        pytest.skip("another process does not see what this test changes")

    def fails(root: Path, *rest: Any) -> Any:
        if root.name == "empty":
            os._exit(9)
        return draft_of(root, *rest)

    monkeypatch.setattr("policywright.portfolio.reading.draft_of", fails)
    listed = [Listed(name, path=agencies / name) for name in ("rivers", "empty", "lakes", "department")]
    problems = {state.agency.id: state.problem for state in states(*listed, cores=2)}
    said = "The process that read it ended without a result."
    assert problems == {"rivers": "", "empty": said, "lakes": "", "department": ""}


def test_the_processes_may_be_started_as_on_windows(agencies: Path) -> None:
    """There a process is not a copy of the one that starts it: what it runs is imported again."""
    script = (
        "import multiprocessing, sys\n"
        "from pathlib import Path\n"
        "from policywright.portfolio.agencies import listed_in\n"
        "from policywright.portfolio.reading import read_states\n"
        "multiprocessing.set_start_method('spawn')\n"
        "folders = [Path(word) for word in sys.argv[1:]]\n"
        "states = read_states(listed_in(folders), '2027-06-01', collected=False, cores=2)\n"
        "print([(state.title, bool(state.problem)) for state in states])\n"
    )
    folders = [agencies / name for name in ("lakes", "empty", "rivers", "lakes")]
    done = run(sys.executable, "-c", script, *folders)
    assert done.returncode == 0, done.stderr
    empty = (str(agencies / "empty"), True)
    assert done.stdout == f"{[('Lakes', False), empty, ('Rivers', False), ('Lakes', False)]}\n"


def test_a_process_keeps_nothing_of_the_agencies_that_it_has_read(agencies: Path) -> None:
    listed = [Listed("lakes", path=agencies / "lakes")] * 3

    def kept() -> int:
        states(*listed)
        gc.collect()
        return len(gc.get_objects())

    first = kept()
    assert kept() - first < 300


# The command


def test_one_folder_is_checked_as_if_there_were_no_others(agencies: Path) -> None:
    one = run_here("policywright", "check", agencies / "lakes", "--today", TODAY)
    assert one.returncode == 1
    assert "blocker SEC-01" in one.stdout


@pytest.mark.parametrize(
    ("names", "options", "status"),
    [
        (["rivers", "department"], [], 0),
        (["rivers", "lakes"], [], 1),
        (["rivers", "department"], ["--fail-on", "gap"], 1),
        (["rivers", "empty", "lakes"], [], 2),
    ],
)
def test_the_exit_status_is_that_of_the_worst(
    names: list[str], options: list[str], status: int, agencies: Path
) -> None:
    done = run_here("policywright", "check", *(agencies / name for name in names), *options)
    assert done.returncode == status
    assert [line.partition(":")[0] for line in done.stdout.splitlines()[:-1]] == [str(agencies / n) for n in names]


def test_each_agency_has_one_line_with_its_counts(agencies: Path) -> None:
    (agencies / "agencies.yml").write_text("- {id: L, path: lakes}\n- {id: E, path: empty}\n", "utf-8")
    done = run_here("policywright", "check", "--list", agencies / "agencies.yml")
    lakes, empty, end = done.stdout.splitlines()
    assert lakes.startswith("L: draft: 0 errors, 1 blocker, ")
    assert empty.startswith("E: not read: policy.yml:1:1: error E010: ")
    assert end == "2 agencies; 1 not read, 1 with errors or blockers."


def test_a_program_reads_the_same_as_people(agencies: Path) -> None:
    done = run_here("policywright", "check", agencies / "lakes", agencies / "empty", "--format", "json")
    report = json.loads(done.stdout)
    lakes, empty = report["agencies"]
    assert (lakes["title"], lakes["counts"]["blocker"], report["counts"]["blocker"]) == ("Lakes", 1, 1)
    assert (empty["counts"], empty["problem"][:10]) == (None, "policy.yml")


def test_what_is_overdue_in_any_agency_is_asked_of_all(tmp_path: Path) -> None:
    for name, day in (("early", "2027-01-01"), ("late", "2028-01-01")):
        write_agency(tmp_path / name, TOWN_ANSWERS, {"dates": {"review_due": day}})
    words: list[str | Path] = ["check", tmp_path / "early", tmp_path / "late", "--today", TODAY]
    assert run_here("policywright", *words).returncode == 0
    done = run_here("policywright", *words, "--overdue")
    assert done.returncode == 1
    assert [line.endswith("; 1 overdue") for line in done.stdout.splitlines()] == [True, False, False]


def test_a_list_with_a_mistake_is_checked_all_the_same(agencies: Path, tmp_path: Path) -> None:
    list_ = tmp_path / "agencies.yml"
    list_.write_text(f"- {{id: R, path: {json.dumps(str(agencies / 'rivers'))}, titel: Rivers}}\n", "utf-8")
    done = run_here("policywright", "check", "--list", list_)
    assert done.returncode == 2
    assert "Did you mean “title”?" in done.stderr
    assert done.stdout.startswith("R: draft: ")


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no signal to a group of processes")
def test_ctrl_c_ends_the_check_of_many_agencies_at_once_and_without_a_traceback(agencies: Path) -> None:
    words: list[str | Path] = [TOOLS / "policywright", "check", *[agencies / "rivers"] * 400]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a run in the background ignores it, and so would this
    with subprocess.Popen(words, stdout=-1, stderr=-1, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        rest, said = process.communicate()
    assert process.returncode == 1
    assert said.strip() == "Aborted!"
    assert rest.count("\n") < 399


def test_a_terminal_shows_how_many_agencies_are_read(agencies: Path) -> None:
    pty = pytest.importorskip("pty")
    master, terminal = pty.openpty()
    words: list[str | Path] = [TOOLS / "policywright", "check", agencies / "lakes", agencies / "empty"]
    subprocess.run(words, stdout=subprocess.DEVNULL, stderr=terminal, stdin=subprocess.DEVNULL, check=False)
    os.close(terminal)
    said = os.read(master, 10_000).decode("utf-8")
    os.close(master)
    assert [words for words in said.split("\r") if words.strip()] == ["0 of 2 agencies …", "1 of 2 agencies …"]


@pytest.mark.parametrize("options", [["--least", "error"], ["--only", "gaps"], ["--office", "legal"], ["--verbose"]])
def test_what_lists_the_findings_of_one_agency_is_refused_for_several(options: list[str], agencies: Path) -> None:
    done = run_here("policywright", "check", agencies / "lakes", agencies / "rivers", *options)
    assert done.returncode == 2
    assert "list the findings of one agency" in done.stderr


def test_a_list_and_folders_are_not_taken_together(agencies: Path) -> None:
    (agencies / "some.yml").write_text("- {id: L, path: lakes}\n", "utf-8")
    done = run_here("policywright", "check", agencies / "lakes", "--list", agencies / "some.yml")
    assert (done.returncode, "not both" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("shard", "part"),
    [("1/3", "adg"), ("2/3", "be"), ("3/3", "cf"), ("1/1", "abcdefg"), ("7/9", "g"), ("8/9", "")],
)
def test_the_parts_of_a_list_are_all_of_it_and_each_agency_is_in_one(shard: str, part: str) -> None:
    agencies = [Listed(sign) for sign in "abcdefg"]
    found = part_of_list(agencies, shard)
    assert found is not None
    assert "".join(one.id for one in found) == part


@pytest.mark.parametrize("shard", ["0/3", "4/3", "3", "1/0", "-1/2", "a/b", "", "1/2/3", "1/99999"])
def test_what_is_no_part_is_refused(shard: str, tmp_path: Path) -> None:
    assert part_of_list([Listed("a")], shard) is None


def test_a_part_that_is_missing_or_damaged_is_named_and_hides_no_other(tmp_path: Path) -> None:
    state = AgencyState(Listed("lakes/1"), {"agency": "Lakes"}, first=("x",))
    for name, text in state_files([state]).items():
        (tmp_path / name).write_text(text, "utf-8")
    assert joined_state(Listed("lakes/1"), tmp_path) == state
    assert joined_state(Listed("rivers"), tmp_path).problem == "No part of the pipeline wrote rivers.json."
    (tmp_path / "rivers.json").write_text("{", "utf-8")
    assert "rivers.json is damaged" in joined_state(Listed("rivers"), tmp_path).problem


@pytest.mark.parametrize("forge", FORGES)
def test_the_jobs_of_a_forge_are_yaml_with_a_part_for_each_machine(forge: str) -> None:
    said = YAML(typ="safe").load(jobs_of(forge, "agencies.yml", 120))
    text = json.dumps(said)
    assert "--list agencies.yml --shard" in text
    assert "--states states --out public" in text
    machines = (
        said["states"]["parallel"] if forge == "gitlab" else said["jobs"]["states"]["strategy"]["matrix"]["shard"]
    )
    assert machines in (3, [1, 2, 3])
