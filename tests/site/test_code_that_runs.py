"""Which code of an agency's repository runs: `mkdocs` runs it, and no command of `policywright` does."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from policywright.cli.main import MODULES
from policywright.model.agency import EXPORT_FORMATS
from tests.support.agency_files import ROOT, bake, made_wheel, run
from tests.support.forms import answers, form_bytes
from tests.support.in_process import run_here
from tests.support.word import word_file

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("short_book")]

SHADOWS = ("click.py", "jinja2.py", "ruamel/__init__.py", "policywright/__init__.py", "sitecustomize.py", "setup.py")
"""Modules at the root of the repository, which Python would find first if it looked there."""


class Commands:
    """What each command is called with, in a repository that has no sign-off and no release."""

    def __init__(self, out: Path, agency: Path) -> None:
        (out / "site").mkdir(parents=True)
        (out / "agencies.yml").write_text(json.dumps([{"id": "a", "path": str(agency)}]), "utf-8")
        (out / "back.docx").write_bytes(word_file(["Social media policy"]))
        (out / "read.csv").write_text("name,version,date,fingerprint\n", "utf-8")
        (out / "legal.answers.json").write_bytes(form_bytes(answers(comments__enabled="all_posts"), date="2026-01-01"))
        sure = ("--until", "2999-01-01", "--reason", "x")
        self.words: dict[str, tuple[str | Path, ...]] = {
            "acknowledge": (out / "read.csv",),
            "check": (),
            "confirm": ("--office", "legal"),
            "decide": ("GOAL-01", "--accept", "--owner", "x", *sure),
            "diff": (),
            "explain": ("goals.primary",),
            "export": ("--to", ",".join(EXPORT_FORMATS), "--out", out / "exported"),
            "new": ("--no-input", "--output-dir", out / "new", "--wheel", made_wheel(out)),
            "portfolio": ("--list", out / "agencies.yml", "--out", out / "portfolio"),
            "release": ("1.0",),
            "render": ("--out", out / "rendered"),
            "review": (out / "back.docx",),
            "reword": ("GOV-4-rules-broken",),
            "schema": (),
            "sign": ("--role", "legal", "--by", "x"),
            "skeleton": (),
            "take": (out / "legal.answers.json",),
            "upgrade": ("--write",),
            "verify": (out / "site",),
        }


def marking(marker: Path) -> str:
    return f"import os\nos.makedirs({str(marker)!r}, exist_ok=True)\n"


def plant(agency: Path, ran: Path) -> None:
    """Put code into each file that some program could run; what runs leaves a folder in `ran` with its name."""
    with (agency / "hooks" / "policy.py").open("a", encoding="utf-8") as file:
        file.write(marking(ran / "hook"))
    settings = agency / "mkdocs.yml"
    text = settings.read_text("utf-8").replace("  name: material\n", "  name: material\n  custom_dir: theme\n")
    tag = f"ran: !!python/object/apply:os.makedirs [{ran / 'settings'}, 511, true]"
    settings.write_text(text.replace("extra:\n", f"extra:\n  {tag}\n"), "utf-8")
    (agency / "theme").mkdir()
    call = f"cycler.__init__.__globals__.os.makedirs({str(ran / 'theme')!r}, 511, True)"
    block = "{% block extrahead %}{{ " + call + " }}{% endblock %}"
    (agency / "theme" / "main.html").write_text('{% extends "base.html" %}' + block, "utf-8")
    for name in SHADOWS:
        (agency / name).parent.mkdir(exist_ok=True)
        (agency / name).write_text(marking(ran / name.replace("/", "-")), "utf-8")


@pytest.fixture
def ran(tmp_path: Path) -> Path:
    """Return the folder in which code that runs leaves its name."""
    folder = tmp_path / "ran"
    folder.mkdir()
    return folder


@pytest.fixture
def agency(tmp_path: Path, ran: Path) -> Path:
    """Return a repository that holds code in every place, and builds on another that does, too."""
    agency, base = bake(tmp_path), bake(tmp_path, repo_name="base")
    plant(agency, ran)
    plant(base, ran / "base")
    policy = agency / "policy.yml"
    policy.write_text(re.sub(r"(?m)^base:", "base: ../base", policy.read_text("utf-8")), "utf-8")
    return agency


def test_mkdocs_runs_what_the_repository_holds_and_nothing_of_its_base(agency: Path, ran: Path) -> None:
    done = run_here("mkdocs", "build", cwd=agency)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in ran.iterdir()} == {"hook", "settings", "theme"}


def test_no_command_runs_what_the_repository_holds(agency: Path, ran: Path, tmp_path: Path) -> None:
    commands = Commands(tmp_path / "out", agency).words
    # These build sites, and a build runs the hooks of the repository: SECURITY.md says so.
    assert set(commands) == set(MODULES) - {"answer", "build"}
    for name, words in commands.items():
        done = run_here("policywright", name, *words, cwd=agency)
        assert not re.search(r"Error: (Missing|No such|Invalid|Got)", done.stderr), (name, done.stderr)
    assert run("policywright", "check", cwd=agency).returncode == 0
    assert not [*ran.iterdir()]


def test_python_with_m_runs_no_module_beside_it_either(ran: Path, tmp_path: Path) -> None:
    """Only a whole package “policywright” would be found first: SECURITY.md says to write -P."""
    (tmp_path / "policy.yml").write_text("agency: {name: Town}\n", "utf-8")
    for name in SHADOWS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(marking(ran / name.replace("/", "-")), "utf-8")
    safe = run(sys.executable, "-P", "-m", "policywright", "check", "--format", "json", cwd=tmp_path)
    (tmp_path / "policywright" / "__init__.py").unlink()
    (tmp_path / "policywright").rmdir()
    plain = run(sys.executable, "-m", "policywright", "check", "--format", "json", cwd=tmp_path)
    assert plain.stdout == safe.stdout != ""
    assert not [*ran.iterdir()]


def test_jobs_run_that_code_without_secrets_and_without_a_right_to_write(tmp_path: Path) -> None:
    """A merge request brings its own hooks; only the job that somebody starts by hand on a branch may publish."""
    for path in (bake(tmp_path, forge="github") / ".github" / "workflows").iterdir():
        text = path.read_text("utf-8")
        workflow = YAML(typ="safe", pure=True).load(text)
        assert workflow["permissions"] == {"contents": "read"}
        assert not re.search(r"secrets\.|pull_request_target", text)
        more = {name: job["if"] for name, job in workflow["jobs"].items() if "permissions" in job}
        assert all("github.event_name == 'workflow_dispatch' && " in when for when in more.values()), more


def test_security_promises_it() -> None:
    assert f"| `{Path(__file__).relative_to(ROOT).as_posix()}` |" in (ROOT / "SECURITY.md").read_text("utf-8")
