"""Files for forges, editors and pre-commit obey their schemas, call what exists, and publish what was verified."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner
from ruamel.yaml import YAML

from policywright.portfolio.pipelines import jobs_of
from tests.support.agency_files import ROOT, bake
from tests.support.in_process import command_of, run_here

SCHEMAS = {
    "github-workflows": ("**/.github/workflows/*.yml",),
    "gitlab-ci": ("**/*.gitlab-ci.yml",),
    "dependabot": ("**/.github/dependabot.yml",),
    "renovate": ("**/renovate.json",),
}
"""The schemas that check-jsonschema brings with it, and the files that each is for."""
OURS = (".github/workflows/ci.yml", ".github/dependabot.yml", ".gitlab-ci.yml", "renovate.json")
ISSUES = ("policy-question.md", "policy-mistake.md")
STANDS_FOR = {r"\$\{\{.*?\}\}": "1", r"\$\(date -u \+%F\)": "2027-01-01", r"\$\w+": "1"}
"""What a forge or its shell puts into a command, and a value of that kind."""


@pytest.fixture(scope="module")
def forges(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of this repository for forges, a scaffold for each forge, and the jobs of a portfolio."""
    folder = tmp_path_factory.mktemp("forges")
    for name in OURS:
        (folder / "ours" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / "ours" / name)
    for forge, name in (("gitlab", ".gitlab-ci.yml"), ("github", ".github/workflows/portfolio.yml")):
        bake(folder, forge=forge, repo_name=forge)
        path = folder / f"portfolio-{forge}" / name
        path.parent.mkdir(parents=True)
        path.write_text(jobs_of(forge, "agencies.yml", 120), "utf-8")
    return folder


def read(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path.read_text("utf-8"))


def ci_files(forges: Path) -> list[Path]:
    return [path for kind in ("github-workflows", "gitlab-ci") for path in of_kind(forges, kind)]


def of_kind(forges: Path, kind: str) -> list[Path]:
    return sorted(path for pattern in SCHEMAS[kind] for path in forges.glob(pattern))


def jobs(ci: Any) -> dict[str, Any]:
    """Return the jobs of a CI file by name; of GitLab's file, those entries that have a script."""
    return dict(ci.get("jobs") or {name: job for name, job in ci.items() if isinstance(job, dict) and "script" in job})


def script(job: Any) -> list[str]:
    """Return the command lines of a job."""
    lines = [*job.get("script", ()), *(step.get("run", "") for step in job.get("steps", ()))]
    return [line for text in lines for line in text.splitlines() if line]


def commands(lines: list[str]) -> Iterator[list[str]]:
    """Return the calls of `policywright` and `mkdocs` as words."""
    text = "\n".join(lines)
    for pattern, value in STANDS_FOR.items():
        text = re.sub(pattern, value, text)
    for line in text.splitlines():
        words = shlex.split(line.split("||")[0])
        if words and words[0] in ("policywright", "mkdocs"):
            yield words


def parse(words: list[str]) -> None:
    """Read a command as its program would, without running it."""
    group = command_of(words[0])
    assert isinstance(group, click.Group)
    command = group.get_command(click.Context(group), words[1])
    if command is None:
        raise click.UsageError(f"{words[0]} has no command “{words[1]}”.")
    command.make_context(words[1], words[2:])


@pytest.mark.parametrize("kind", SCHEMAS)
def test_each_file_obeys_the_schema_of_its_forge(kind: str, forges: Path) -> None:
    paths = of_kind(forges, kind)
    assert {path.relative_to(forges).parts[0] for path in paths} >= {"ours", "gitlab" if kind in GITLAB else "github"}
    done = CliRunner().invoke(check_jsonschema, ["--builtin-schema", f"vendor.{kind}", *map(str, paths)])
    assert done.exit_code == 0, done.output


GITLAB = ("gitlab-ci", "renovate")


def test_each_command_of_the_jobs_exists_and_takes_its_options(
    forges: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every_job = [job for path in ci_files(forges) for job in jobs(read(path)).values()]
    called = [words for job in every_job for words in commands(script(job))]
    called += [hook["entry"].split() for hook in local_hooks(forges / "github")]
    assert {(words[0], words[1]) for words in called} >= {
        ("mkdocs", "build"),
        *(("policywright", name) for name in ("check", "verify", "portfolio")),
    }
    monkeypatch.chdir(shutil.copytree(forges / "github", tmp_path / "github"))
    for folder in ("site", "public", "published", "states"):
        Path(folder).mkdir()
    Path("agencies.yml").touch()
    for words in called:
        parse(words)


@pytest.mark.parametrize("line", ["policywright chek", "policywright check --lest error", "mkdocs build --strickt"])
def test_a_command_that_does_not_exist_would_be_seen(line: str) -> None:
    with pytest.raises(click.UsageError):
        parse(*commands([line]))


def test_each_action_is_named_by_one_commit_with_its_version(forges: Path) -> None:
    texts = [path.read_text("utf-8") for path in of_kind(forges, "github-workflows")]
    used = [found for text in texts for found in re.findall(r"uses: (\S+?)@(\S+)(.*)", text)]
    named = {(action, commit, version) for action, commit, version in used}
    assert len(named) == len({action for action, _, _ in named}) == 6
    assert all(re.fullmatch(r"[0-9a-f]{40}", commit) and re.match(r" # v\d", version) for _, commit, version in named)


def test_no_log_has_the_notice_of_the_theme(forges: Path) -> None:
    for path in ci_files(forges):
        ci = read(path)
        assert (ci.get("env") or ci.get("variables") or {}).get("NO_MKDOCS_2_WARNING") == "1", path


def test_actions_that_other_servers_refuse_run_on_github_alone(forges: Path) -> None:
    steps = read(forges / "github/.github/workflows/policy.yml")["jobs"]["check"]["steps"]
    [upload] = [step for step in steps if "upload-artifact" in step.get("uses", "")]
    assert "github.server_url == 'https://github.com'" in upload["if"]


PUBLISHING = {"gitlab": (".gitlab-ci.yml", "pages"), "github": (".github/workflows/policy.yml", "publish")}


@pytest.mark.parametrize("forge", PUBLISHING)
def test_a_job_publishes_the_folder_that_it_built_and_verified_last(forge: str, forges: Path) -> None:
    name, job_name = PUBLISHING[forge]
    job = jobs(read(forges / forge / name))[job_name]
    build, verify = list(commands(script(job)))
    built = build[-1] if "--site-dir" in build else read(forges / forge / "mkdocs.publish.yml")["site_dir"]
    assert build[:5] == ["mkdocs", "build", "--config-file", "mkdocs.publish.yml", "--strict"]
    assert verify == ["policywright", "verify", "--published", built]
    assert published_folder(job) == built


@pytest.mark.slow
def test_verify_refuses_the_site_of_such_a_job_if_one_word_differs(published_site: Path, tmp_path: Path) -> None:
    agency, site = published_site.parent, tmp_path / "public"
    shutil.copytree(published_site, site)
    page = site / "policy.html"
    page.write_text(page.read_text("utf-8").replace("must", "may", 1), "utf-8")
    done = run_here("policywright", "verify", "--published", site, agency)
    assert done.returncode == 1
    assert re.search(r"policy\.md.*\n.*; 1 problems?\.", done.stdout), done.stdout


def published_folder(job: Any) -> str:
    """Return the folder that a job publishes, after it ran its last command."""
    if "artifacts" in job:
        [folder] = job["artifacts"]["paths"]
        return str(folder)
    *_, last, upload, _ = job["steps"]
    assert "verify" in last["run"].splitlines()[-1]
    assert "if" not in upload
    return str(upload["with"]["path"])


def test_issues_begin_with_the_same_text_on_both_forges(forges: Path) -> None:
    for name in ISSUES:
        plain = (forges / "gitlab/.gitlab/issue_templates" / name).read_text("utf-8")
        _, head, text = (forges / "github/.github/ISSUE_TEMPLATE" / name).read_text("utf-8").split("---\n", 2)
        assert text.strip() == plain.strip()
        assert YAML(typ="safe").load(head).keys() == {"name", "about"}
        assert plain.count("?**") >= 3, "each part is a question"


def local_hooks(agency: Path) -> list[Any]:
    [local] = read(agency / ".pre-commit-config.yaml")["repos"]
    return list(local["hooks"])


def test_pre_commit_stops_a_file_that_cannot_be_read_and_lets_a_conflict_pass(forges: Path) -> None:
    [published], [local] = read(ROOT / ".pre-commit-hooks.yaml"), local_hooks(forges / "github")
    assert (published["id"], published["entry"]) == (local["id"], local["entry"])
    agency, words = forges / "github", local["entry"].split()
    answers = agency / "answers" / "comments.yml"
    before = answers.read_text("utf-8")
    answers.write_text(before.replace("\nenabled:", "\nenabled: off", 1), "utf-8")
    done = run_here(*words, cwd=agency)
    assert (done.returncode, "blocker GOAL-01" in done.stdout) == (0, True), done.stdout
    answers.write_text(before.replace("\nenabled:", "\nenabled: [", 1), "utf-8")
    done = run_here(*words, cwd=agency)
    answers.write_text(before, "utf-8")
    assert (done.returncode, "answers/comments.yml:" in done.stdout) == (1, True), done.stdout


def test_vs_code_proposes_the_extension_that_reads_the_first_line_of_the_answers(forges: Path) -> None:
    said = json.loads((forges / "github/.vscode/extensions.json").read_text("utf-8"))
    assert said == {"recommendations": ["redhat.vscode-yaml"]}
    first = (forges / "github/answers/goals.yml").read_text("utf-8").splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
