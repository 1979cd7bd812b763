"""What documents list is what there is: paths, packages, commands, dependencies, tests, cases and pages."""

from __future__ import annotations

import itertools
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from policywright.catalog.presets import WrittenPreset
from policywright.catalog.reader import Adoptions, Jurisdictions, Offices
from policywright.catalog.shapes import shape
from policywright.cli.main import every_command
from policywright.editor_schemas import code_settings
from policywright.files.yaml import APPENDED
from policywright.model.catalog import (
    Catalog,
    ChecklistItem,
    Clause,
    Element,
    InstrumentKind,
    Question,
    Rule,
    Scenario,
    SearchWords,
    Source,
)
from policywright.repository import KNOWN
from tests.support.agency_files import CASES, ROOT, read_case

PROJECT = sorted((ROOT / "docs" / "project").glob("*.md"))
AT_THE_TOP = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "RELEASING.md", "SECURITY.md")]
FOR_PEOPLE = [*AT_THE_TOP, *sorted(path for path in (ROOT / "docs").rglob("*.md") if "guidance" not in path.parts)]
SCAFFOLDS = ROOT / "cookiecutter-policy" / "{{cookiecutter.repo_name}}" / "README.md"
TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
ARCHITECTURE = (ROOT / "docs" / "project" / "architecture.md").read_text("utf-8")
ROOTS = ("content/", "cookiecutter-policy/", "docs/", "hooks/", "tests/")
"""Where a path begins that is one of this repository, and not of an agency's."""
ENTRY_POINT = "hooks/policy.py"
"""An agency's file that begins like ours."""
CHANGES = 11


def section(title: str, text: str = ARCHITECTURE) -> str:
    return text.split(f"\n## {title}\n")[1].split("\n## ", maxsplit=1)[0]


def project(name: str) -> str:
    return (ROOT / "docs" / "project" / name).read_text("utf-8")


def folders() -> set[str]:
    """Return the folders at the top of this repository that people see and no command makes."""
    return {f"{path.name}/" for path in ROOT.iterdir() if path.is_dir() and path.name[0] != "."} - MADE


MADE = {"build/", "dist/", "site/"}


def rows(text: str) -> list[list[str]]:
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [row for row in lines[1:] if not set(row[0]) <= {"-"}]


def paths(text: str) -> list[str]:
    return [path for path in re.findall(r"`([\w<>*./-]+)`", text) if path.startswith(ROOTS) and path != ENTRY_POINT]


def missing(named: list[str]) -> list[str]:
    """Return the paths that do not exist; a word in angle brackets is any name."""
    return [path for path in named if not any(ROOT.glob(re.sub(r"<\w+>", "*", path.rstrip("/"))))]


@pytest.mark.parametrize("page", [*AT_THE_TOP, *PROJECT], ids=lambda page: page.stem)
def test_every_path_of_this_repository_exists(page: Path) -> None:
    assert missing(paths(page.read_text("utf-8"))) == []


def code(text: str) -> Iterator[str]:
    """Return the lines of code of a page, in blocks and between backticks."""
    for block in re.findall(r"^ *```(?:sh|bat)\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL):
        yield from re.sub(r"(?:\\|\^)\n\s*", "", block).splitlines()
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL))


def called(line: str) -> list[str]:
    """Return the words after `policywright` if a line calls it, or nothing."""
    found = re.search(r"(?:^|[\\/ ])policywright ([a-z].*)", line)
    return found[1].split("#")[0].split() if found and not line.startswith(("pip", "python -m pip")) else []


def unknown(words: list[str]) -> list[str]:
    """Return what a call names that the command line does not have."""
    command = every_command().get(words[0])
    if command is None:
        return words[:1]
    known = {option for param in command.params for option in (*param.opts, *param.secondary_opts)}
    asked = {re.split("[=.,]", word)[0] for word in words if word.startswith("-")}
    return sorted(asked - known - {"-h", "--help", "-"})


@pytest.mark.parametrize("page", [*FOR_PEOPLE, SCAFFOLDS], ids=lambda page: page.stem)
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    lines = [*code(page.read_text("utf-8"))]
    calls = [words for line in lines if (words := called(line))]
    assert {" ".join(words): said for words in calls if (said := unknown(words))} == {}
    made = [found[1] for line in lines if (found := re.match(r"make ([a-z-]+)", line))]
    assert set(made) <= set(TARGETS)
    programs = [found[1] for line in lines if (found := re.search(r"-m (tests\.[a-z_.]+)", line))]
    tests = [path for line in lines if "pytest" in line for path in re.findall(r"\btests/[\w/.]+", line)]
    assert missing([*(f"{program.replace('.', '/')}.py" for program in programs), *tests]) == []


def test_a_command_that_does_not_exist_would_be_noticed() -> None:
    assert [unknown(called(line)) for line in ("policywright chek", ".venv/bin/policywright check --lest a")] == [
        ["chek"],
        ["--lest"],
    ]


def test_every_target_of_the_makefile_is_described() -> None:
    said = {line for page in FOR_PEOPLE for line in code(page.read_text("utf-8")) if line.startswith("make ")}
    assert {target for target in TARGETS if not any(line.split()[1] == target for line in said)} == {"clean"}


def test_the_tables_of_folders_are_complete() -> None:
    readme = section("Repository layout", (ROOT / "README.md").read_text("utf-8"))
    for table in (readme, section("The repository")):
        assert {f"{row[0].strip('`').split('/')[0]}/" for row in rows(table)} == folders()


def test_the_readme_of_a_scaffold_names_every_file_that_is_read_or_scaffolded() -> None:
    table = rows(section("Work on the policy", SCAFFOLDS.read_text("utf-8")))
    named = {name.split("/")[0] for row in table for name in re.findall(r"`([^`]+)`", row[0])}
    scaffolded = {path.name for path in SCAFFOLDS.parent.iterdir() if path.name[0] not in ".{"} - {"README.md"}
    assert named == {*KNOWN} | scaffolded
    assert {name.split("/")[0] for name in APPENDED} <= named
    assert {name.split("/")[1] for name in json.loads(code_settings())["yaml.schemas"].values()} <= named


def test_every_dependency_is_described_with_its_version() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = settings["optional-dependencies"]
    page = project("dependencies.md")
    described = re.findall(r"^### ([\w.-]+) \(([\d.]+) or newer", page, re.MULTILINE)
    asked = [Requirement(text) for text in itertools.chain(settings["dependencies"], *(extras[e] for e in INSTALLED))]
    lowest = [(one.name, next(spec.version for spec in one.specifier if spec.operator == ">=")) for one in asked]
    assert sorted(described) == sorted(lowest)
    tools = [row[0] for row in rows(section("To develop", page))]
    assert tools == sorted(tools)
    assert {*tools} == {Requirement(text).name for text in extras["dev"]} - {"policywright"} | {"uv"}


INSTALLED = ("word", "pdf")
"""The extras that an agency may install; `make supply` alone installs uv."""


def test_the_table_of_cases_is_complete() -> None:
    table = rows(section("Cases as data", project("tests.md")))
    named = {re.sub(r"<\w+>|\*", "*", name) for row in table for name in re.findall(r"`([^`]+)`", row[0])}
    there = {path for path in CASES.rglob("*") if path.is_file()}
    described = {path for name in named for path in CASES.glob(name) if path.is_file()}
    assert sorted(str(path.relative_to(CASES)) for path in there - described) == []
    assert [name for name in named if not any(CASES.glob(name))] == []


def test_there_are_as_many_wrong_inputs_as_the_page_on_reliability_says() -> None:
    agencies = sum(len(read_case(path.relative_to(CASES))) for path in (CASES / "broken").glob("*.yml"))
    catalogs = len(read_case("broken_catalog.yml"))
    said = re.findall(r"\| more than (\d+) cases", project("reliability.md"))
    assert [agencies > int(said[0]), catalogs > int(said[1]), len(said)] == [True, True, 2]


def test_the_programs_beside_the_tests_are_described() -> None:
    table = rows(section("Programs beside the tests", project("tests.md")))
    there = [path.name for path in (ROOT / "tests" / "tools").iterdir() if path.suffix in (".py", ".sh")]
    assert [row[0].strip("`") for row in table] == sorted({*there} - {"__init__.py"})


def test_the_list_of_content_files_is_complete() -> None:
    listed = re.findall(r"^(\S+)  +\S", project("content.md").split("\n## ", maxsplit=1)[0], re.MULTILINE)
    content = ROOT / "content" / "social-media"
    described = {path for name in listed for path in content.glob(re.sub(r"<\w+>", "*", name))}
    assert {path.relative_to(content).as_posix() for path in content.rglob("*") if path.is_file()} == {
        path.relative_to(content).as_posix() for path in described
    }


FILES = {
    "catalog.yml": Catalog,
    "element.yml": Element,
    "questions.yml": Question,
    "rules.yml": Rule,
    "checklist.yml": ChecklistItem,
    "clauses": Clause,
    "sources.yml": Source,
    "scenarios.yml": Scenario,
    "search.yml": SearchWords,
    "roles.yml": Offices,
    "adoption.yml": Adoptions,
    "jurisdictions.yml": Jurisdictions,
    "instruments.yml": InstrumentKind,
    "presets": WrittenPreset,
}


def keys(schema: object) -> Iterator[str]:
    """Return every key that a schema allows, at any depth."""
    if isinstance(schema, Mapping):
        yield from schema.get("properties", ())
        for part in schema.values():
            yield from keys(part)


@pytest.mark.parametrize("kind", FILES.values(), ids=FILES)
def test_every_key_of_the_content_is_listed(kind: type) -> None:
    page = project("content.md") + project("rules.md")
    assert [key for key in dict.fromkeys(keys(shape(kind))) if not re.search(rf"\b{key}:|`{key}`", page)] == []


def test_the_index_of_how_tos_names_each_page() -> None:
    folder = ROOT / "docs" / "how-to"
    index = (folder / "index.md").read_text("utf-8")
    there = {path.name for path in folder.glob("*.md")} - {"index.md"}
    assert there <= {*re.findall(r"\]\(([\w-]+\.md)", index)}


def test_where_do_i_change_names_one_or_two_files_for_each_change() -> None:
    changes = rows(section("Where do I change …?"))
    assert len(changes) == CHANGES
    for change, files in changes:
        named = paths(files)
        assert 1 <= len(set(named)) <= 2, change
        assert missing(named) == [], change


def test_the_table_of_packages_is_complete() -> None:
    described = [row[0].strip("`/") for row in rows(section("The packages"))]
    package = ROOT / "hooks" / "policywright"
    there = [path.stem for path in package.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()]
    assert sorted(described) == sorted(name for name in there if not name.startswith("_"))


def test_every_promise_about_security_names_tests_that_exist() -> None:
    promises = rows(
        (ROOT / "SECURITY.md").read_text("utf-8").split("\n## Promises and their tests\n")[1].split("\n## ")[0]
    )
    assert len(promises) > 10
    for promise, tests in promises:
        assert paths(tests), promise
        assert missing(paths(tests)) == [], promise
