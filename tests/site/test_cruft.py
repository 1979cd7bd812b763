"""The template's own files follow it through cruft, and what cruft cannot decide is named by check."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.support.agency_files import ROOT, TOWN, run
from tests.support.in_process import run_here

pytestmark = pytest.mark.slow

NOBODY = {
    "GIT_AUTHOR_NAME": "Clerk",
    "GIT_AUTHOR_EMAIL": "clerk@exampleton.example",
    "GIT_COMMITTER_NAME": "Clerk",
    "GIT_COMMITTER_EMAIL": "clerk@exampleton.example",
    "GIT_CONFIG_GLOBAL": "/dev/null",
}
SKIPPED = ("--skip", "answers/*", "--skip", "policy.yml")
"""What an agency writes itself, and upgrade carries over: docs/how-to/upgrade-answers.md."""


def do(*words: str | Path, cwd: Path) -> str:
    done = run(*words, cwd=cwd, env=NOBODY)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def commit(folder: Path, said: str) -> None:
    do("git", "add", "--all", cwd=folder)
    do("git", "commit", "--quiet", "--message", said, cwd=folder)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1, path
    path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A git repository that holds the template, as it was published."""
    folder = tmp_path / "template"
    shutil.copytree(ROOT / "cookiecutter-policy", folder / "cookiecutter-policy")
    do("git", "init", "--quiet", "--initial-branch", "main", folder, cwd=tmp_path)
    commit(folder, "Version 0.1.0")
    return folder


@pytest.fixture
def agency(template: Path, tmp_path: Path) -> Path:
    """A repository that cruft made of the template."""
    names = json.dumps(TOWN)
    words = ("--directory", "cookiecutter-policy", "--no-input", "--output-dir", tmp_path, "--extra-context", names)
    do("cruft", "create", template, *words, *SKIPPED, cwd=tmp_path)
    folder = tmp_path / TOWN["repo_name"]
    do("git", "init", "--quiet", "--initial-branch", "main", cwd=folder)
    commit(folder, "As scaffolded")
    return folder


def publish(template: Path) -> None:
    """Publish a newer version of the template, which says something else in a few files."""
    scaffold = template / "cookiecutter-policy" / "{{cookiecutter.repo_name}}"
    version = json.loads((template / "cookiecutter-policy/cookiecutter.json").read_text("utf-8"))
    edit(
        template / "cookiecutter-policy/cookiecutter.json",
        f'"_policywright_version": "{version["_policywright_version"]}"',
        '"_policywright_version": "9.9.9"',
    )
    edit(scaffold / "README.md", "## Publish\n", "## Publish and archive\n")
    edit(scaffold / "mkdocs.yml", "    - navigation.top\n", "    - navigation.footer\n")
    edit(scaffold / "answers/goals.yml", "# Write an answer", "# Please write an answer")
    edit(scaffold / "policy.yml", "owner: #", "owner: # by title;")
    commit(template, "Version 9.9.9")


def test_files_that_nobody_edited_follow_the_template_and_answers_stay(template: Path, agency: Path) -> None:
    answers = {path: path.read_bytes() for path in (*(agency / "answers").iterdir(), agency / "policy.yml")}
    publish(template)
    do("cruft", "update", "--skip-apply-ask", cwd=agency)
    assert "## Publish and archive" in (agency / "README.md").read_text("utf-8")
    assert "navigation.footer" in (agency / "mkdocs.yml").read_text("utf-8")
    assert "policywright-9.9.9-py3-none-any.whl" in (agency / "requirements.txt").read_text("utf-8")
    assert {path: path.read_bytes() for path in answers} == answers
    commit(agency, "Follow the template")
    do("cruft", "check", cwd=agency)


def test_what_both_sides_edited_is_named_until_somebody_decides(template: Path, agency: Path) -> None:
    edit(agency / "mkdocs.yml", "    - navigation.top\n", "    - navigation.top # the mayor likes it\n")
    pin = (agency / "requirements.txt").read_text("utf-8").splitlines()[-1]
    edit(agency / "requirements.txt", f"\n{pin}\n", f"\n{pin} --hash=sha256:{'0' * 64}\n")
    edit(agency / "README.md", "## Publish\n", "## How we publish\n")
    commit(agency, "Ours")
    publish(template)
    do("cruft", "update", "--skip-apply-ask", cwd=agency)
    said = run_here("policywright", "check", agency, "--least", "error")
    assert said.returncode == 1
    named = [line.split(":")[0] for line in said.stdout.splitlines() if " E006: " in line]
    assert named == ["README.md", "mkdocs.yml", "requirements.txt"]
    assert run_here("policywright", "upgrade", agency, "--write").returncode == 2
    do("git", "checkout", "--ours", *named, cwd=agency)
    assert "E006" not in run_here("policywright", "check", agency).stdout
