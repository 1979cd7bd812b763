"""Makes agencies' repositories for tests: from a dict of files, or with the real cookiecutter."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from policywright.engine.answers import Project, read_project
from policywright.engine.cache import load_catalog
from policywright.engine.catalog import catalog_folder
from policywright.engine.document import read_document
from policywright.engine.draft import make_draft
from policywright.engine.model import Catalog, Draft

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "cases"
TOOLS = Path(sys.executable).parent

TOWN = {
    "agency_name": "Town of Exampleton",
    "short_name": "the Town",
    "jurisdiction": "us_local",
    "agency_kind": "municipal_general",
    "elected_officials": "yes",
    "preset": "two_way",
    "forge": "gitlab",
    "repo_name": "exampleton",
}


def read_case(name: str) -> Any:
    """Read a YAML file of cases; unquoted yes, no and off stay words."""
    return YAML(typ="safe", pure=True).load((CASES / name).read_text("utf-8"))


@functools.cache
def catalog() -> Catalog:
    """Return the social media catalog."""
    return load_catalog(catalog_folder("social-media"))


def write_agency(
    folder: Path, answers: Mapping[str, Any] | None = None, policy: Mapping[str, Any] | None = None
) -> Path:
    """Write an agency's repository with these answers (`element.question` -> value) and nothing else answered."""
    known = catalog()
    files: dict[str, dict[str, Any]] = {f"answers/{element}.yml": {} for element in known.elements}
    registers: dict[str, Any] = {}
    for name, value in (answers or {}).items():
        question = known.questions[name]
        if question.register:
            registers[f"registers/{question.register}"] = value
        else:
            files[f"answers/{question.element}.yml"][question.name] = value
    files["policy.yml"] = {"agency": {"name": "Town of Exampleton", "short_name": "the Town"}} | dict(policy or {})
    for name, data in (files | registers).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8") as file:
            json.dump(data, file, ensure_ascii=False, indent=2)
    return folder


def project_of(folder: Path) -> Project:
    """Read an agency's repository."""
    document, findings = read_document(folder)
    return read_project(folder, catalog(), document, findings)


def draft_with(folder: Path, answers: Mapping[str, Any], policy: Mapping[str, Any] | None = None) -> Draft:
    """Draft the policy of an agency that gave these answers and no others."""
    return make_draft(project_of(write_agency(folder, answers, policy)), catalog())


def run(
    *words: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command of the environment that runs the tests; its output is text."""
    path = f"{TOOLS}{os.pathsep}{os.environ['PATH']}"
    full = {**os.environ, "PATH": path, "NO_MKDOCS_2_WARNING": "1", "PYTHONIOENCODING": "utf-8", **(env or {})}
    full.pop("VIRTUAL_ENV", None)
    return subprocess.run(
        [str(word) for word in words], cwd=cwd, env=full, capture_output=True, text=True, encoding="utf-8", check=False
    )


def bake(folder: Path, template: Path = ROOT, options: tuple[str, ...] = (), **answers: str) -> Path:
    """Scaffold an agency with the real cookiecutter, without prompts; return its repository."""
    given = TOWN | answers
    words = [f"{name}={value}" for name, value in given.items()]
    done = run("cookiecutter", template, *options, "--no-input", "--output-dir", folder, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / given["repo_name"]
