"""The schemas for editors: they accept what check accepts, refuse what it refuses, and offer each choice by name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from policywright.catalog.blank_answers import answer_files, register_files
from policywright.editor_schemas import CODE_SETTINGS, code_settings, schema_files, schema_of_file
from policywright.files.writing import write_files
from policywright.files.yaml import parse_yaml
from tests.support.agency_files import CASES, ROOT, catalog, read_case, with_facts
from tests.support.language_server import Editor, open_editor

EDITORS = read_case("editors.yml")
BROKEN = {
    f"{path.stem}: {name}": case
    for path in sorted((CASES / "broken").glob("*.yml"))
    for name, case in read_case(f"broken/{path.name}").items()
}


@cache
def named() -> dict[str, str]:
    """Return the schema that each file of a repository names, or that Visual Studio Code takes for it."""
    scaffolded = answer_files(catalog()) | register_files(catalog())
    recorded = json.loads(code_settings())["yaml.schemas"]
    return {name: text.partition("$schema=../")[2].split()[0] for name, text in scaffolded.items()} | {
        name.removeprefix("/"): schema for schema, name in recorded.items()
    }


@cache
def schemas() -> dict[str, dict[str, Any]]:
    """Return each schema by the file that it is for."""
    made = schema_files(catalog())
    assert sorted(named().values()) == sorted(made)
    return {name: json.loads(made[schema]) for name, schema in named().items()}


def accepts(name: str, value: Any) -> bool:
    checker = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator(schemas()[name], format_checker=checker).is_valid(value)


def values(schema: Any) -> Iterator[dict[str, Any]]:
    """Return every schema inside of a schema."""
    if isinstance(schema, dict):
        yield schema
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from values(inner)


def texts() -> Iterator[tuple[str, str, Any, list[str]]]:
    """Return the files of the cases of wrong input that can be read: case, file, value, errors that check has there."""
    for about, case in BROKEN.items():
        for name in schemas().keys() & {name for name, text in case["files"].items() if isinstance(text, str)}:
            file, problems = parse_yaml(case["files"][name], name)
            if file.value is not None or not problems:
                rows = [row for row in case.get("finds", []) if str(row["at"]).startswith(f"{name}:")]
                yield about, name, file.value, [row["error"] for row in rows if "error" in row]


def test_a_schema_refuses_nothing_that_check_accepts() -> None:
    read = [*texts()]
    assert len(read) > 200
    assert [about for about, name, value, errors in read if not errors and not accepts(name, value)] == []


def test_a_schema_refuses_what_one_value_is_enough_to_see() -> None:
    wrong = [(about, accepts(name, value)) for about, name, value, errors in texts() if {*errors} & {*EDITORS["found"]}]
    assert len(wrong) > 100
    assert sorted(about for about, accepted in wrong if accepted) == sorted(EDITORS["left_to_check"])


@pytest.mark.parametrize("name", ["decisions.yml", "sign-offs.yml", "reviews.yml", "policy.yml"])
def test_a_schema_accepts_the_records_of_the_sample(name: str) -> None:
    file, problems = parse_yaml((ROOT / "docs" / "sample" / name).read_text("utf-8"), name)
    assert not problems
    assert file.value
    assert accepts(name, file.value)


def test_a_schema_accepts_the_answers_of_every_golden_agency() -> None:
    cases = read_case("golden.yml").values()
    given = [with_facts(case["answers"], case["policy"]["preset"]) for case in cases]
    questions = catalog().questions
    refused = [
        (name, value)
        for answers in given
        for name, value in answers.items()
        if not accepts(questions[name].file, value if questions[name].register else {questions[name].name: value})
    ]
    assert refused == []
    assert all(accepts("policy.yml", case["policy"] | {"agency": {"name": "Town"}}) for case in cases)


def test_a_schema_accepts_what_the_template_writes() -> None:
    for name, text in (answer_files(catalog()) | register_files(catalog())).items():
        assert accepts(name, parse_yaml(text, name)[0].value)
    assert all(accepts(name, None) for name in schemas() if name != "policy.yml")


def test_no_schema_names_null_and_each_says_what_every_choice_means() -> None:
    for schema in schemas().values():
        for one in values(schema):
            assert None not in one.get("enum", [])
            assert "null" not in one.get("type", [])
            assert len(one.get("enumDescriptions", one.get("enum", []))) == len(one.get("enum", []))
    for question in catalog().questions.values():
        labels = [choice.label for choice in question.choices.values()]
        known = values(schemas()[question.file]["anyOf"][0]["properties"][question.name]) if labels else ()
        assert not labels or labels in [one.get("enumDescriptions", [])[: len(labels)] for one in known]


def test_visual_studio_code_finds_the_schema_of_a_file_that_does_not_exist_yet() -> None:
    known = json.loads(code_settings())["yaml.schemas"]
    assert known[schema_of_file("locks.yml")] == "/locks.yml"
    assert (ROOT / "cookiecutter-policy" / "{{cookiecutter.repo_name}}" / CODE_SETTINGS).is_file()


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Editor, Path]]:
    root = tmp_path_factory.mktemp("editor")
    write_files(schema_files(catalog()), root)
    with open_editor(root) as opened:
        yield opened, root


def with_schema(name: str, text: str) -> str:
    """Return a text that names the schema of a file."""
    return f"# yaml-language-server: $schema={named()[name]}\n{text}"


@pytest.mark.tools
@pytest.mark.parametrize("case", EDITORS["offered"], ids=lambda case: f"{case['file']} {case['text']!r}")
def test_an_editor_offers_each_choice_with_its_label_and_never_null(
    case: dict[str, Any], editor: tuple[Editor, Path]
) -> None:
    opened, root = editor
    offered = opened.offered(root, with_schema(case["file"], case["text"]))
    assert {name: offered.get(name) for name, about in case["among"].items() if about} == {
        name: about for name, about in case["among"].items() if about
    }
    assert not {*case["among"]} - {*offered}
    assert "null" not in offered
    assert len(offered) == case.get("all", len(offered))


@pytest.mark.tools
@pytest.mark.parametrize("case", EDITORS["said"], ids=lambda case: f"{case['file']} {case['text']!r}")
def test_an_editor_says_what_is_wrong(case: dict[str, Any], editor: tuple[Editor, Path]) -> None:
    opened, root = editor
    assert opened.problems(root, with_schema(case["file"], case["text"])) == case.get("says", [])
