"""What the shell completes behind the commands, and how fast it can be."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.agency_files import TOOLS, read_case, run, write_agency
from tests.support.in_process import run_here

CASES = read_case("commands.yml")["completed"]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_agency(tmp_path_factory.mktemp("town"), policy={"offices": {"legal": "the Town Attorney"}})


def typed(words: list[str], shell: str = "zsh") -> dict[str, str]:
    """Return the environment in which a shell asks what completes the last of these words."""
    return {
        "_POLICYWRIGHT_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": " ".join(["policywright", *words]),
        "COMP_CWORD": str(len(words)),
    }


def offered(words: list[str], root: Path) -> dict[str, str]:
    lines = run_here("policywright", env=typed(words), cwd=root).stdout.splitlines()
    return dict(zip(lines[1::3], lines[2::3], strict=True))


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(case["words"]))
def test_the_shell_completes_names_and_says_what_they_mean(case: dict[str, Any], town: Path) -> None:
    found = offered(case["words"], town)
    assert set(found) == set(case["offers"])
    assert all(found[name].startswith(about or "") for name, about in case["offers"].items())


def test_the_folder_that_is_named_decides_and_a_folder_without_a_policy_offers_nothing(
    town: Path, tmp_path: Path
) -> None:
    assert offered(["explain", "goals.interaction"], tmp_path) == {}
    for command in ("check", "sign"):
        assert offered([command, str(town), "--office", "leg"], tmp_path) == {"legal": "The Town Attorney"}
    assert offered(["confirm", "--office", "legal", str(town), "--office", "hr"], tmp_path) == {"hr": "Human Resources"}


def test_to_complete_a_name_neither_mkdocs_nor_what_writes_pages_is_loaded(town: Path) -> None:
    words = (sys.executable, "-X", "importtime", TOOLS / "policywright")
    done = run(*words, cwd=town, env=typed(["explain", "goals.interaction"], "bash"))
    assert done.stdout == "plain,goals.interaction_model\n"
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    heavy = {"mkdocs", "material", "markdown", "yaml", "cookiecutter", "docx", "typst", "icalendar", "requests", "rich"}
    assert "policywright" in loaded
    assert not loaded & heavy


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
def test_bash_takes_the_script_that_the_how_to_names(town: Path) -> None:
    script = 'eval "$(_POLICYWRIGHT_COMPLETE=bash_source policywright)" && complete -p policywright'
    done = run("bash", "-c", script, cwd=town)
    assert done.returncode == 0, done.stderr
    assert "policywright" in done.stdout
