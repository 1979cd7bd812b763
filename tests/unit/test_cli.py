"""The command line: what it prints, its exit statuses, and what it never touches."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from jsonschema import Draft202012Validator

from policywright.cli.main import every_command
from policywright.editor_schemas import schema_files
from policywright.model.agency import STATUSES
from policywright.model.findings import SEVERITIES
from tests.support.agency_files import TOOLS, catalog, draft_with, read_case, run, write_agency
from tests.support.in_process import run_here
from tests.support.systems import open_terminal

CASES = read_case("commands.yml")
BLOCKED = {"security.mfa": "none", "goals.primary": ["inform_broadcast"]}
OWN = "---\ncode: CIT-1\ntitle: Our own clause\nlevel: must\nsources: [CTG-8]\n---\nOur own words.\n"
WARNED = {
    "security.mfa": "required_app_or_key",
    "conduct.political_rule": "none",
    "goals.primary": ["inform_broadcast"],
}
ADVISED = {
    "accounts.platforms": ["facebook"],
    "governance.exceptions": "informal",
    "conduct.disclaimer": "not_required",
    "stakeholders.legal_review": "planned",
}


@pytest.fixture(scope="module")
def agencies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("agencies")
    found = {
        "good": write_agency(folder / "good", WARNED | ADVISED),
        "blocked": write_agency(folder / "blocked", BLOCKED),
        "broken": write_agency(folder / "broken", BLOCKED),
        "nothing": folder / "nothing",
    }
    (found["broken"] / "answers" / "goal.yml").write_text("", encoding="utf-8")
    found["nothing"].mkdir()
    own = found["blocked"] / "overrides" / "clauses" / "CIT-1-own.md"
    own.parent.mkdir(parents=True)
    own.write_text(OWN, encoding="utf-8")
    return found


def call(*words: str | Path, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command; what depends on the environment runs in a separate process."""
    done = (run if env else run_here)("policywright", *words, cwd=cwd, env=env)
    assert "Traceback" not in done.stderr
    return done


checked = functools.cache(call)
"""What a command says that only reads; the same words are run once."""


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("case", CASES["status"], ids=lambda case: f"{case['agency']}: {' '.join(case['words'])}")
def test_the_exit_status_tells_whether_something_is_that_grave(case: dict[str, Any], agencies: dict[str, Path]) -> None:
    done = checked(*case["words"], agencies[case["agency"]])
    assert done.returncode == case["status"]
    assert done.stderr == ""


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: " ".join([*case["words"], str(case["agency"])]))
def test_a_command_that_cannot_run_says_why_and_exits_with_2(case: dict[str, Any], agencies: dict[str, Path]) -> None:
    root = agencies[case["agency"]] if case["agency"] else None
    done = call(*case["words"], *(["."] if root else []), cwd=root)
    assert done.returncode == 2
    assert done.stdout == ""
    assert all(words in done.stderr for words in case["err"]), done.stderr


def test_the_current_folder_is_checked_when_none_is_named(agencies: dict[str, Path]) -> None:
    root = agencies["blocked"]
    assert checked("check", cwd=root).stdout == checked("check", root).stdout != ""


def test_the_text_lists_each_finding_with_its_place_its_companions_and_its_mend(agencies: dict[str, Path]) -> None:
    lines = checked("check", agencies["blocked"]).stdout.splitlines()
    start = next(n for n, line in enumerate(lines) if " SEC-01: " in line)
    assert lines[start].startswith("answers/security.yml:2:10: blocker SEC-01: ")
    assert lines[start + 1].startswith("  fix: ")
    assert lines[start + 2] == "  see: guidance/security/#security-mfa"
    assert lines[-1].startswith("0 errors, 1 blocker, ")
    assert lines[-1].endswith(" rules undecided.")


ORDER = ["error", "blocker", "warning", "advice", "gap"]


def test_the_text_is_the_findings_of_the_draft_in_the_order_that_people_need(tmp_path: Path) -> None:
    draft = draft_with(tmp_path, WARNED | ADVISED | {"security.mfa": "none"})
    said = checked("check", "--verbose", tmp_path).stdout
    wanted = sorted(draft.findings, key=lambda finding: (ORDER.index(finding.severity), finding.places[0]))
    assert len({finding.severity for finding in wanted}) == 4
    assert said.rpartition("\n")[0].rpartition("\n")[0] == "\n".join(str(finding) for finding in wanted)


def test_gaps_are_one_line_for_each_office(agencies: dict[str, Path]) -> None:
    lines = checked("check", agencies["blocked"]).stdout.splitlines()
    gaps = [finding for finding in report_of(agencies["blocked"])["findings"] if finding["severity"] == "gap"]
    offices = [line for line in lines if " to give or confirm: " in line]
    assert lines[-len(offices) - 2 :] == [*offices, "Add --verbose for each gap in full.", lines[-1]]
    assert sum(int(line.partition(": ")[2].partition(" ")[0]) for line in offices) == len(gaps)
    names = [gap["questions"][0] for gap in gaps if catalog().questions[gap["questions"][0]].asked_of[0] == "legal"]
    said = f"Counsel: {len(names)} answers to give or confirm: {', '.join(names[:6])} and {len(names) - 6} more"
    assert said in offices
    assert any(": 1 answer to give or confirm: " in line for line in offices)
    assert not any(": gap G10" in line for line in lines)


def report_of(root: Path, *words: str) -> dict[str, Any]:
    return json.loads(checked("check", root, "--format", "json", *words).stdout)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("words", "severities"),
    [
        (("--only", "gaps"), {"gap"}),
        (("--only", "conflicts"), {"warning", "advice"}),
        (("--only", "advice", "--only", "gaps"), {"advice", "gap"}),
        (("--only", "conflicts", "--least", "warning"), {"warning"}),
        (("--only", "errors"), set()),
    ],
)
def test_only_lists_one_kind_and_counts_everything(
    words: tuple[str, ...], severities: set[str], agencies: dict[str, Path]
) -> None:
    everything, some = report_of(agencies["good"]), report_of(agencies["good"], *words)
    kept = [finding for finding in everything["findings"] if finding["severity"] in severities]
    assert some["findings"] == kept
    assert {finding["severity"] for finding in kept} == severities
    assert some["counts"] == everything["counts"]
    text = checked("check", agencies["good"], "--verbose", *words)
    assert text.stdout.count("\n  fix: ") == len(kept)
    assert text.returncode == checked("check", agencies["good"]).returncode


def test_a_wrong_answer_is_reported_by_file_line_and_column(agencies: dict[str, Path]) -> None:
    said = checked("check", agencies["broken"], "--least", "error").stdout
    assert said.startswith("answers/goal.yml:1:1: error E107: Nothing reads this file")
    assert "Did you mean “goals.yml”?" in said
    assert "1 error, 1 blocker" in said


def test_least_leaves_out_what_is_less_grave_but_counts_everything(agencies: dict[str, Path]) -> None:
    everything = checked("check", agencies["good"]).stdout.splitlines()
    for least in ("error", "gap", "warning"):
        lines = checked("check", agencies["good"], "--least", least).stdout.splitlines()
        shown = {severity for severity in SEVERITIES for line in lines[:-1] if f": {severity} " in line}
        assert shown <= set(SEVERITIES[: SEVERITIES.index(least) + 1])
        assert lines[-1] == everything[-1]


TEXT = {"type": "string", "minLength": 1}
LIST = {"type": "array", "items": TEXT}
NUMBER = {"type": "integer", "minimum": 0}


def exactly(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


PLACE = exactly(file=TEXT, line=NUMBER | {"minimum": 1}, column=NUMBER | {"minimum": 1})
FINDING = exactly(
    code=TEXT,
    severity={"enum": [*SEVERITIES]},
    message=TEXT,
    fix={"type": "string"},
    places={"type": "array", "items": PLACE, "minItems": 1},
    questions=LIST,
    sources=LIST,
    decision={"type": ["object", "null"]},
)
WHO = exactly(office=TEXT, name={"type": "string"}, date=TEXT)
ANSWER = exactly(
    question=TEXT,
    status={"enum": [*STATUSES, "not_asked"]},
    origin={"enum": ["agency", "base", "preset", "unanswered"]},
    offices=LIST,
    confirmed={"anyOf": [WHO, {"type": "null"}]},
    also_seen_by={"type": "array", "items": WHO},
    place=PLACE,
)
REPORT = exactly(
    findings={"type": "array", "items": FINDING},
    undecided={"type": "array", "items": exactly(code=TEXT, questions=LIST | {"minItems": 1})},
    counts=exactly(**dict.fromkeys(SEVERITIES, NUMBER)),
    answers={"type": "array", "items": ANSWER},
    offices={"type": "array", "items": exactly(office=TEXT, title=TEXT, **dict.fromkeys(STATUSES, NUMBER))},
)


@pytest.mark.parametrize("name", ["good", "blocked", "broken"])
def test_the_json_has_the_shape_that_is_promised(name: str, agencies: dict[str, Path]) -> None:
    report = json.loads(checked("check", agencies[name], "--format", "json").stdout)
    Draft202012Validator(REPORT).validate(report)
    said = [finding["severity"] for finding in report["findings"]]
    assert report["counts"] == {severity: said.count(severity) for severity in SEVERITIES}
    known = catalog()
    assert {name for finding in report["findings"] for name in finding["questions"]} <= set(known.questions)
    assert {code for finding in report["findings"] for code in finding["sources"]} <= set(known.sources)
    assert {rule["code"] for rule in report["undecided"]} <= set(known.rules)


def test_the_json_and_the_text_say_the_same(agencies: dict[str, Path]) -> None:
    report = json.loads(checked("check", agencies["blocked"], "--format", "json").stdout)
    text = checked("check", agencies["blocked"], "--verbose").stdout
    for finding in report["findings"]:
        place = "{file}:{line}:{column}".format(**finding["places"][0])
        assert f"{place}: {finding['severity']} {finding['code']}: {finding['message']}\n" in text
    assert text.count("\n  fix: ") == len(report["findings"])


@pytest.mark.parametrize("case", CASES["explained"], ids=lambda case: case["words"])
def test_a_question_a_rule_and_a_clause_are_explained(case: dict[str, Any], agencies: dict[str, Path]) -> None:
    done = call("explain", case["words"], agencies["blocked"])
    assert done.returncode == 0
    assert all(words in done.stdout for words in case["says"]), done.stdout


def test_a_question_is_explained_with_exactly_the_rules_that_name_it(agencies: dict[str, Path]) -> None:
    said = call("explain", "comments.enabled", agencies["blocked"]).stdout
    named = (
        next(line for line in said.splitlines() if line.startswith("  rules: ")).removeprefix("  rules: ").split(", ")
    )
    assert named == [code for code, rule in catalog().rules.items() if names(rule.when, "comments.enabled")]


def names(tree: Any, question: str) -> bool:
    return tree == ("answer", question) or (isinstance(tree, tuple) and any(names(part, question) for part in tree))


def test_schema_writes_beside_the_answers_and_touches_none(tmp_path: Path) -> None:
    before = digests(write_agency(tmp_path, BLOCKED))
    done = call("schema", tmp_path)
    after = digests(tmp_path)
    assert done.returncode == 0
    assert before.items() <= after.items()
    assert {*after} - {*before} == {*schema_files(catalog())}
    assert ".policywright/schema/goals.json written." in done.stdout
    for name in {*after} - {*before}:
        Draft202012Validator.check_schema(json.loads((tmp_path / name).read_text("utf-8")))


def test_skeleton_writes_what_is_missing_and_never_what_is_there(tmp_path: Path) -> None:
    write_agency(tmp_path, BLOCKED)
    assert call("skeleton", tmp_path).stdout == "registers/existing-policies.yml written.\n"
    before = digests(tmp_path)
    assert "nothing was written" in call("skeleton", tmp_path).stdout
    assert digests(tmp_path) == before
    (tmp_path / "answers/goals.yml").unlink()
    (tmp_path / "answers/use.yml").write_text("broken: [", encoding="utf-8")
    before = digests(tmp_path)
    done = call("skeleton", tmp_path)
    assert done.stdout == "answers/goals.yml written.\n"
    assert digests(tmp_path) == before | {"answers/goals.yml": digests(tmp_path)["answers/goals.yml"]}
    assert "interaction_model:\n" in (tmp_path / "answers/goals.yml").read_text("utf-8")


def test_skeleton_does_not_replace_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    link = write_agency(tmp_path, {"existing.register": []}) / "answers" / "goals.yml"
    link.unlink()
    link.symlink_to("nowhere.yml")
    assert "nothing was written" in call("skeleton", tmp_path).stdout
    assert link.is_symlink()


def test_skeleton_can_show_every_file_without_writing_one(tmp_path: Path) -> None:
    before = digests(write_agency(tmp_path))
    said = call("skeleton", "--print", tmp_path).stdout
    assert digests(tmp_path) == before
    assert all(f"# --- answers/{element}.yml\n" in said for element in catalog().elements)


def test_render_refuses_a_folder_that_is_not_empty_and_leaves_it_alone(
    agencies: dict[str, Path], tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    before = digests(tmp_path)
    done = call("render", agencies["blocked"], "--out", tmp_path)
    assert done.returncode == 2
    assert "is not empty" in done.stderr
    assert digests(tmp_path) == before


@pytest.mark.parametrize("name", ["new", "new/and/deeper", "empty"])
def test_render_writes_pages_into_a_new_or_empty_folder(name: str, agencies: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    before = digests(agencies["blocked"])
    done = call("render", agencies["blocked"], "--out", tmp_path / name)
    assert done.returncode == 0, done.stderr
    written = digests(tmp_path / name)
    assert f"{len(written)} files are in " in done.stdout
    assert {"mkdocs.yml", "docs/index.md", "docs/policy.md", "docs/findings.md", "docs/guidance/goals.md"} <= set(
        written
    )
    assert digests(agencies["blocked"]) == before


def test_render_writes_the_same_bytes_each_time(agencies: dict[str, Path], tmp_path: Path) -> None:
    for name, seed in (("one", "1"), ("two", "2")):
        call("render", agencies["blocked"], "--out", tmp_path / name, PYTHONHASHSEED=seed)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_render_publishes_nothing_against_which_something_stands(agencies: dict[str, Path], tmp_path: Path) -> None:
    done = call("render", agencies["blocked"], "--out", tmp_path / "site", "--published")
    assert done.returncode == 1
    assert "This policy may not be published yet:" in done.stderr
    assert "- answers/security.yml:2:10: blocker SEC-01: " in done.stderr
    assert "is undecided; it waits for " in done.stderr
    assert not (tmp_path / "site").exists()


def test_check_loads_only_what_a_healthy_agency_needs(agencies: dict[str, Path]) -> None:
    done = run(sys.executable, "-X", "importtime", TOOLS / "policywright", "check", agencies["good"])
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert "policywright.draft" in loaded
    heavy = [*HEAVY, "policywright.pages.templates", "policywright.pages.renderer", "policywright.pages.book"]
    heavy += ["policywright.pages.views", "policywright.mkdocs_site", "policywright.catalog.reader"]
    assert [name for name in sorted(loaded) if any(f"{name}.".startswith(f"{one}.") for one in heavy)] == []


HEAVY = (
    *("mkdocs", "material", "markdown", "yaml", "cookiecutter", "jinja2", "jsonschema", "referencing", "attr", "rpds"),
    *("pathspec", "html.parser", "tempfile", "click.shell_completion"),
)
"""What takes long to load, and only some commands or agencies need."""


def test_help_names_every_command_and_says_what_it_does() -> None:
    said = call("--help").stdout
    assert said == call("-h").stdout
    for name, command in every_command().items():
        assert f"\n  {name} " in said
        assert command.get_short_help_str(200).split(".")[0][:30] in said


@pytest.mark.parametrize("name", every_command())
def test_the_help_of_a_command_explains_it_and_each_of_its_options(name: str) -> None:
    done = call(name, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: policywright {name} ")
    command = every_command()[name]
    assert command.help
    assert command.help.split("\n")[0].endswith(".")
    for option in command.params:
        if isinstance(option, click.Option) and not option.hidden:
            assert option.help, f"{name} {option.opts}"
            assert option.help.endswith(".")
            assert all(word in done.stdout for word in option.opts)


def test_the_version_is_told() -> None:
    assert call("--version").stdout.startswith("policywright, version ")


def test_the_package_is_a_command_too() -> None:
    done = run(sys.executable, "-m", "policywright", "--version")
    assert (done.returncode, done.stdout) == (0, call("--version").stdout)


def test_a_command_of_the_shell_says_the_same_and_writes_no_color_into_a_pipe(agencies: dict[str, Path]) -> None:
    for words in (
        ("check", agencies["broken"]),
        ("check", agencies["nothing"]),
        ("check", agencies["good"], "--format", "json"),
        ("check", "--fail-on", "grave"),
    ):
        done, here = run("policywright", *words), checked(*words)
        assert (done.returncode, done.stdout, done.stderr) == (here.returncode, here.stdout, here.stderr)
        assert "\x1b" not in done.stdout + done.stderr


def test_severities_are_colored_on_a_terminal(agencies: dict[str, Path]) -> None:
    master, terminal = open_terminal()
    words: list[str | Path] = [TOOLS / "policywright", "check", agencies["broken"], "--least", "error"]
    subprocess.run(words, stdout=terminal, stderr=terminal, stdin=subprocess.DEVNULL, check=False)
    os.close(terminal)
    said = os.read(master, 100_000).decode("utf-8")
    os.close(master)
    assert "answers/goal.yml:1:1: \x1b[31m\x1b[1merror\x1b[0m E107: " in said


def test_a_name_that_is_no_text_and_a_terminal_that_knows_no_unicode_do_no_harm(tmp_path: Path) -> None:
    write_agency(tmp_path, BLOCKED)
    (tmp_path / "answers" / os.fsdecode(b"\xff.yml")).write_text("", encoding="utf-8")
    for form in ("text", "json"):
        done = call("check", tmp_path, "--format", form, "--least", "error", PYTHONIOENCODING="ascii", LC_ALL="C")
        assert done.returncode == 1
        assert "\\udcff.yml" in done.stdout


def test_a_broken_pipe_is_no_crash(agencies: dict[str, Path]) -> None:
    command: list[str | Path] = [TOOLS / "policywright", "check", agencies["blocked"]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read().decode("utf-8")
    assert "Traceback" not in said


NO_DAYS = ["yesterday", "-1", "1.5", "9" * 20, "²", "", " "]


@pytest.mark.parametrize("day", NO_DAYS)
def test_a_day_from_outside_that_is_none_is_said(day: str, agencies: dict[str, Path]) -> None:
    done = call_here("check", agencies["good"], SOURCE_DATE_EPOCH=day)
    if day.strip():
        assert (done.returncode, done.stdout) == (2, "")
        assert (
            f"SOURCE_DATE_EPOCH is “{day}”. Write a number of seconds since 1970, for example 1799539200" in done.stderr
        )
    else:
        assert done.returncode == 0


def call_here(*words: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    return run_here("policywright", *words, env=env)


def test_pages_are_not_rendered_into_the_folder_of_the_agency_s_pages(agencies: dict[str, Path]) -> None:
    docs = agencies["good"] / "docs"
    done = call_here("render", agencies["good"], "--out", docs / "out")
    assert done.returncode == 2
    assert "its pages would be in the next site too" in done.stderr
    assert not docs.exists()
