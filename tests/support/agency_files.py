"""Makes agencies' repositories for tests: from a dict of files, or with the real cookiecutter."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ruamel.yaml import YAML

from policywright import __version__
from policywright.catalog.cache import load_catalog
from policywright.catalog.folders import catalog_folder
from policywright.draft import make_draft
from policywright.language.conditions import evaluate
from policywright.language.parsing import parse_condition
from policywright.model.agency import Answer
from policywright.model.catalog import Catalog, Question
from policywright.model.draft import Draft
from policywright.repository import Repository, read_repository
from tests.support.in_process import run_here

ROOT = Path(__file__).resolve().parents[2]
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

TOWN_ANSWERS = {
    "agency.jurisdiction": "us_local",
    "agency.type": "municipal_general",
    "agency.has_elected_officials": "yes",
}
NOTE = "The union will object to this, says Ms Quagga"
CALM = {
    "agency.law_checked": "yes",
    "stakeholders.legal_review": "done",
    "stakeholders.union_status": "no_union",
    "existing.peer_policies_reviewed": "several",
    "security.incident_plan": "tested",
}
"""The facts about which no rule has any advice."""
REGISTERED = {
    "title": "Media policy",
    "kind": "media_relations",
    "disposition": "reference",
    "note": NOTE,
    "owner": "Town Clerk",
    "treats": ["content"],
    "extent": "partly",
}


def read_case(name: str | Path) -> Any:
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


def repository_of(folder: Path) -> Repository:
    """Read an agency's repository."""
    return read_repository(folder, catalog())


def draft_with(folder: Path, answers: Mapping[str, Any], policy: Mapping[str, Any] | None = None) -> Draft:
    """Draft the policy of an agency that gave these answers and no others."""
    return make_draft(repository_of(write_agency(folder, answers, policy)), catalog())


@functools.cache
def golden_draft(name: str) -> Draft:
    """Return the draft of a golden agency, see cases/golden.yml."""
    case = read_case("golden.yml")[name]
    with tempfile.TemporaryDirectory() as folder:
        return draft_with(Path(folder), with_facts(case["answers"], case["policy"]["preset"]), case["policy"])


def with_facts(answers: Mapping[str, Any], preset: str = "two_way") -> dict[str, Any]:
    """Add the facts of an agency that is in order, because a preset assumes none; what was answered stays.

    With them and the preset of this name the draft is complete.
    """
    known, given = catalog(), dict(answers)
    for row in _facts():
        when = parse_condition(row["when"], known.questions, known.conditions) if "when" in row else None
        if row.get("preset", preset) == preset and (when is None or evaluate(when, given.get)):
            given = {**row["answers"], **given}
    assumed = {one.question: one.value for one in known.presets[preset].assumptions if one.when is None}
    unasked = {name for name, question in known.questions.items() if _never(question, {**assumed, **given})}
    unasked -= set(answers)
    return {name: value for name, value in given.items() if name not in unasked}


def _never(question: Question, answers: Mapping[str, Any]) -> bool:
    return question.when is not None and evaluate(question.when, answers.get) is False


@functools.cache
def _facts() -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = read_case("facts.yml")
    return facts


def values(question: Question) -> list[Any]:
    """Return answers to a question that differ in what they decide."""
    if question.type in ("choice", "yes_no"):
        return list(question.choices)
    if question.type == "choices":
        return [[], list(question.choices), *([value] for value in question.choices)]
    if question.type == "list":
        return [[], ["residents"]]
    if question.type == "records":
        return [[], [{"title": "Code of Conduct", "disposition": "reference"}]]
    if question.type == "number":
        return [1, 10]
    return ["2027-01-01"] if question.type == "date" else ["the mayor"]


def any_answers(seed: int) -> dict[str, Any]:
    """Return an answer to every question, by chance."""
    chance, answers = random.Random(seed), dict[str, Any]()
    for name, question in catalog().questions.items():
        answer = chance.choice(values(question))
        possible = [
            one.value for one in question.choices.values() if one.when is None or evaluate(one.when, answers.get)
        ]
        ruled_out = question.type == "choice" and answer not in possible
        answers[name] = next(iter(possible), None) if ruled_out else answer
    return answers


@functools.cache
def settled_answers(*, registers: bool = True, preset: str = "two_way") -> Mapping[str, Any]:
    """Return answers that leave nothing open and no finding: the preset's, facts, or else the first choice.

    Without `registers` a register that nobody filled is empty, about which there is advice.
    """
    answers = with_facts(TOWN_ANSWERS | CALM | ({"existing.register": [REGISTERED]} if registers else {}), preset)
    with tempfile.TemporaryDirectory() as folder:
        while True:
            draft = draft_with(Path(folder), answers, {"preset": preset})
            stops = [finding for finding in draft.findings if finding.severity in ("error", "blocker")]
            assert not stops, stops
            gaps = {name for finding in draft.findings if finding.severity == "gap" for name in finding.questions}
            needed = gaps | {name for omission in draft.policy.undecided for name in omission.questions}
            if not needed:
                return MappingProxyType(answers)  # every test gets the same one, so that none may change it
            assert not needed & set(answers), needed & set(answers)
            answers |= {name: _taken(draft.answers[name]) for name in sorted(needed)}


def _taken(answer: Answer) -> Any:
    return next(iter(answer.question.choices)) if answer.value is None else answer.value


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
    """Scaffold an agency with the real cookiecutter, without prompts; return its repository.

    Of this checkout, and without options, it has a wheel too, as “make new” leaves it.
    """
    given = TOWN | answers
    words = [f"{name}={value}" for name, value in given.items()]
    done = run_here("cookiecutter", template, *options, "--no-input", "--output-dir", folder, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    agency = folder / given["repo_name"]
    if template == ROOT and not options:
        give_wheel(agency)
    return agency


def empty(agency: Path) -> None:
    """Delete the answers and the registers of a scaffold, for an agency that brings its own."""
    for name in ("answers", "registers"):
        shutil.rmtree(agency / name)


def give_wheel(agency: Path, version: str = __version__) -> None:
    """Put a wheel into the wheelhouse, as “make new” does, and record its hash if it is the one that is asked for.

    A checkout without `dist/` gives a scaffold none. The content of this one does not matter, as nothing installs it.
    """
    wheel, file = agency / "wheelhouse" / f"policywright-{version}-py3-none-any.whl", agency / "requirements.txt"
    wheel.write_bytes(b"a wheel")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    text = re.sub(
        rf"(?m)^(\./wheelhouse/{re.escape(wheel.name)}).*$", rf"\1 --hash=sha256:{digest}", file.read_text("utf-8")
    )
    file.write_text(text, "utf-8")


def made_wheel(folder: Path, version: str = __version__) -> Path:
    """Write a file that looks like a wheel of this version, for commands that only copy it."""
    wheel = folder / f"policywright-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr(f"policywright-{version}.dist-info/METADATA", f"Name: policywright\nVersion: {version}\n")
        file.writestr(f"policywright-{version}.dist-info/RECORD", "policywright/__init__.py,sha256=abc,12\nRECORD,,\n")
    return wheel


def kinds(site: Path) -> list[str]:
    """Return a page of each kind that a finished site has: all of the top and of `reference/`, two of other folders."""
    folders: dict[Path, list[Path]] = {}
    for path in sorted(site.rglob("*.html")):
        folders.setdefault(path.parent.relative_to(site), []).append(path)
    chosen = [path for folder, paths in folders.items() for path in _kinds_in(folder, paths)]
    return [path.relative_to(site).as_posix() for path in chosen]


def _kinds_in(folder: Path, paths: list[Path]) -> list[Path]:
    index = [path for path in paths if path.name == "index.html"]
    if folder in (Path(), Path("reference")):
        return paths
    if "sample" in folder.parts:
        return index if folder == Path("sample") else []
    longest = max(paths, key=lambda path: (path not in index, path.stat().st_size, path))
    return list(dict.fromkeys([*index, longest]))
