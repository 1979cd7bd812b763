"""The quick check that a value conforms to a schema: it never says yes where jsonschema finds a mistake."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import policywright
from policywright.catalog.answer_schema import DIALECT, answers_schema, register_schema
from policywright.catalog.blank_answers import answer_files, register_files
from policywright.catalog.shapes import shape
from policywright.draft import draft_of
from policywright.editor_schemas import schema_files
from policywright.files.conforming import conforms
from policywright.files.mistakes import mistakes_in
from policywright.files.schema import Schema
from policywright.files.yaml import YamlFile, parse_yaml
from policywright.model.catalog import (
    Catalog,
    ChecklistItem,
    Clause,
    Element,
    Question,
    Rule,
    Scenario,
    SearchWords,
    Source,
)
from policywright.model.findings import Finding
from tests.support.agency_files import CASES, ROOT, catalog, read_case
from tests.support.toy import pool_catalog

settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

KEYWORDS = {"type", "properties", "enum", "items", "if", "pattern", "anyOf", "const"}


@cache
def file_schemas() -> dict[str, Schema]:
    """Return the schema of each file with answers, of both catalogs."""
    found: dict[str, Schema] = {}
    for one in (catalog(), pool_catalog()):
        found |= {f"answers/{e.id}.yml": answers_schema(e.title, e.questions) for e in one.elements.values()}
        found |= {q.file: register_schema(q) for q in one.questions.values() if q.register}
    return found


@cache
def schemas() -> list[Schema]:
    """Return every schema of the project: of its modules, of files with answers, of catalogs, and for editors."""
    found = [*file_schemas().values(), *map(json.loads, schema_files(catalog()).values())]
    found += [shape(kind) for kind in (Catalog, Clause, Element, SearchWords)]
    found += [shape(Mapping[str, kind]) for kind in (Question, Source, Rule, ChecklistItem, Scenario)]  # type: ignore[valid-type]
    for module in pkgutil.walk_packages(policywright.__path__, "policywright."):
        if not module.name.endswith("__main__"):
            named = vars(importlib.import_module(module.name)).values()
            found += [one for one in named if isinstance(one, dict) and KEYWORDS & one.keys() and plain(one)]
    return list({json.dumps(one): one for one in found}.values())


def plain(schema: dict[Any, Any]) -> bool:
    return not any(map(callable, schema.values()))


def fixtures() -> Iterator[Any]:
    """Yield what the files of the tests, of the sample and of the catalog say, wrong ones too."""
    for path in (CASES / "broken").glob("*.yml"):
        for case in read_case(f"broken/{path.name}").values():
            yield from (text for text in case["files"].values() if isinstance(text, str))
    for folder in (CASES, ROOT / "docs" / "sample", ROOT / "content"):
        yield from (path.read_text("utf-8") for path in folder.rglob("*.yml"))


def certain(value: Any, schema: Any) -> bool:
    """Return what `conforms` says, after asking jsonschema whether it may say so."""
    said = conforms(value, schema)
    assert not said or mistakes_in(YamlFile("f", value), schema) == [], (value, schema)
    return said


def test_no_file_that_we_have_conforms_and_has_a_mistake() -> None:
    values = [parse_yaml(text, "f")[0].value for text in fixtures()]
    said = [certain(value, schema) for value in values for schema in schemas()]
    assert len(schemas()) > 100
    assert len(values) > 500
    assert sum(said) > 5000


ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, False, 0, 1, 1.0, 0.0, -1, 2**70, float("nan"), "", " ", "a", "x y", "unknown", "true", "1", "same",
     "2027-03-01", "2027-02-30", "12 months", "pat@example.org", [], [1, True], [0, False], [1, 1.0], ["a", "a"],
     ["a", "b"], [[], []], [None, None], {}, {"a": 1}, {"a": None}]
)  # fmt: skip
"""Values at which Python and JSON Schema differ, and such as our formats refuse or accept."""


def near(schema: Any) -> st.SearchStrategy[Any]:
    """Return values that nearly conform to a schema."""
    if not isinstance(schema, dict):
        return ODD
    ways = [ODD]
    if isinstance(schema.get("properties"), dict):
        given_ = {key: near(below) for key, below in schema["properties"].items()}
        needed = {key: given_.pop(key) for key in schema.get("required", []) if key in given_}
        ways.append(st.fixed_dictionaries(needed, optional=given_))
        ways.append(st.fixed_dictionaries({}, optional={**needed, "another": ODD}))
    if isinstance(schema.get("additionalProperties"), dict):
        ways.append(st.dictionaries(st.sampled_from("ab"), near(schema["additionalProperties"]), max_size=2))
    if "items" in schema:
        ways.append(st.lists(near(schema["items"]), max_size=3))
    ways += [st.sampled_from(schema["enum"])] if schema.get("enum") else []
    ways += [st.just(schema["const"])] if "const" in schema else []
    ways += [near(schema[word]) for word in ("if", "then", "else") if word in schema]
    ways += [near(below) for below in schema.get("anyOf", [])]
    return st.one_of(ways)


@given(st.deferred(lambda: st.sampled_from(schemas())), st.data())
@settings(max_examples=700)
def test_nothing_conforms_to_a_schema_of_ours_and_has_a_mistake(schema: Schema, data: st.DataObject) -> None:
    certain(data.draw(near(schema)), schema)


LEAVES = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(
            ["string", "number", "integer", "boolean", "null", "array", "object", ["number", "null"]]
        ),
        "enum": st.lists(ODD, min_size=1, max_size=3),
        "const": ODD,
        "format": st.sampled_from(["date", "period", "address", "email"]),
        "pattern": st.sampled_from([r"\S", "a", "^a$", "b|x"]),
        "uniqueItems": st.booleans(),
        "required": st.lists(st.sampled_from("ab"), max_size=1),
        "minItems": st.integers(0, 2),
        "minLength": st.integers(0, 2),
        "title": st.just("a"),
        "$schema": st.sampled_from([DIALECT, "http://json-schema.org/draft-04/schema#"]),
    },
)
"""Schemas of all keywords that we know, and of some that we do not."""


def wider(below: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    parts = dict.fromkeys(("items", "additionalProperties", "if", "then", "else", "not"), below)
    listed = {
        "properties": st.dictionaries(st.sampled_from("ab"), below, max_size=2),
        "anyOf": st.lists(below, min_size=1),
    }
    return st.builds(lambda one, more: one | more, LEAVES, st.fixed_dictionaries({}, optional=parts | listed))


SCHEMAS = st.recursive(st.booleans() | LEAVES, wider, max_leaves=6)


@given(SCHEMAS, st.data())
@settings(max_examples=700)
def test_nothing_conforms_to_any_schema_and_has_a_mistake(schema: Any, data: st.DataObject) -> None:
    certain(data.draw(near(schema)), schema)


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        (True, {"type": "number"}),
        (True, {"enum": [1]}),
        (1, {"const": True}),
        ([1, 1.0], {"uniqueItems": True}),
        (["a", "a"], {"uniqueItems": True}),
        ("2027-02-30", {"format": "date"}),
        (" ", {"pattern": r"\S"}),
        ("A", {"pattern": "a"}),
        ({"a": 1, "b": 1}, {"properties": {"a": {}}, "additionalProperties": False}),
        ({}, {"required": ["a"]}),
        (0, {"if": {"const": "unknown"}, "else": {"type": "string"}}),
        # These have no mistake, but only jsonschema knows that.
        (1, {"enum": [1.0]}),
        ([1, True], {"uniqueItems": True}),
        ([[], {}], {"uniqueItems": True}),
        ("a", {"format": "email"}),
        ("a", {"minLength": 1}),
        (1, {"$schema": "http://json-schema.org/draft-04/schema#"}),
        ("", {"if": {"minLength": 1}, "then": {"format": "date"}}),
    ],
)
def test_what_is_wrong_or_not_certain_does_not_conform(value: Any, schema: Schema) -> None:
    assert not conforms(value, schema)


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        (None, {"type": ["array", "null"], "items": {"type": "string"}, "uniqueItems": True}),
        (["a", "b"], {"type": ["array", "null"], "items": {"enum": ["a", "b"]}, "uniqueItems": True}),
        (1.5, {"type": "number"}),
        (None, {"enum": ["a", None]}),
        ("x a", {"pattern": "a"}),
        (5, {"pattern": "a", "format": "date", "required": ["a"], "properties": {"a": False}}),
        ("unknown", {"if": {"const": "unknown"}, "else": {"type": "number"}}),
        (7, {"if": {"const": "unknown"}, "else": {"type": "number"}}),
        ("2027-03-01", {"if": {"minLength": 1}, "then": {"format": "date"}}),
        ({"a": []}, {"type": "object", "additionalProperties": {"type": "array"}}),
    ],
)
def test_what_is_right_conforms(value: Any, schema: Schema) -> None:
    assert certain(value, schema)


def test_what_the_template_writes_conforms() -> None:
    written = answer_files(catalog()) | register_files(catalog())
    assert [
        name for name, text in written.items() if not certain(parse_yaml(text, name)[0].value, file_schemas()[name])
    ] == []


def test_jsonschema_is_not_asked_about_files_that_are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(file: YamlFile, _: Schema) -> NoReturn:
        pytest.fail(file.name)

    monkeypatch.setattr("policywright.files.mistakes.mistakes_in", asked)
    assert draft_of(ROOT / "docs" / "sample").sign_offs


def test_jsonschema_is_asked_about_a_file_that_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask(file: YamlFile, _: Schema) -> list[Finding]:
        asked.append(file.name)
        return []

    monkeypatch.setattr("policywright.files.mistakes.mistakes_in", ask)
    (tmp_path / "policy.yml").write_text("agency: {name: Town}\nversoin: '1.0'\n", "utf-8")
    draft_of(tmp_path)
    assert asked == ["policy.yml"]
