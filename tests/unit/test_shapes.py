"""A type of the catalog is declared once: the shape of its rows, and the reading of them, follow from its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

import pytest

from policywright.catalog.shapes import shape
from policywright.catalog.vocabulary import Vocabulary
from policywright.files.schema import check
from policywright.files.yaml import YamlFile, parse_yaml
from policywright.model.fields import Condition, Date, Given, Key, Listed, Names, OneOf, Sources, Text
from policywright.model.findings import Place


@dataclass(frozen=True, kw_only=True)
class Tool:
    """Has a form for those that need no more than a name."""

    alone: ClassVar = "name"
    name: str
    sharp: bool = False


@dataclass(frozen=True, kw_only=True)
class Shed:
    """Has a field of every kind."""

    key: Key
    place: Given[Place]
    owner: Given[str]
    title: str
    built: Date = ""
    kind: Literal["", "wood", "stone"] = ""
    wall: Annotated[str, OneOf(("thick", "thin"))] = "thin"
    when: Condition | None = None
    sign: Text = ()
    sources: Sources = ()
    tools: tuple[Tool, ...] = ()
    shelves: Mapping[str, str] = field(default_factory=dict)
    doors: Listed[Mapping[str, Tool]] = field(default_factory=dict)


SHEDS = shape(Mapping[str, Shed])
ROW = """\
old:
  title: The old shed
  built: '1998-05-01'
  kind: wood
  when: dry
  sign: 'Keep out, says {{ agency.name }}.'
  sources: [LAW-1]
  tools: [spade, {name: axe, sharp: true}]
  shelves: {upper: jars}
"""


def read(text: str) -> tuple[YamlFile, Vocabulary]:
    file, findings = parse_yaml(text, "sheds.yml")
    assert [*findings, *check(file, SHEDS)] == []
    vocabulary = Vocabulary()
    vocabulary.conditions["dry"] = ("or",)
    return file, vocabulary


def test_a_row_becomes_its_type() -> None:
    file, vocabulary = read(ROW)
    shed = vocabulary.row(Shed, file.value["old"], file, ("old",), owner="Ann")
    assert (shed.key, shed.owner, shed.place) == ("old", "Ann", Place("sheds.yml", 1, 1))
    assert (shed.title, shed.built, shed.kind, shed.wall) == ("The old shed", "1998-05-01", "wood", "thin")
    assert shed.when == ("named", "dry", ("or",))
    assert shed.sign == ("Keep out, says ", ("show", "agency.name", ()), ".")
    assert shed.tools == (Tool(name="spade"), Tool(name="axe", sharp=True))
    assert shed.shelves == {"upper": "jars"}
    assert vocabulary.findings == []


def test_what_a_row_names_must_exist() -> None:
    file, vocabulary = read(ROW)
    vocabulary.row(Shed, file.value["old"], file, ("old",), owner="Ann")
    vocabulary.check_names({"source": ["LAW-2"]}, ())
    [finding] = vocabulary.findings
    assert str(finding.places[0]) == "sheds.yml:7:13"
    assert finding.message == "There is no source “LAW-1”. Did you mean “LAW-2”?"


WRONG = {
    "key: {title: x, titel: y}": "E101",
    "key: {title: x, place: y}": "E101",
    "key: {title: x, owner: y}": "E101",
    "key: {built: '2000-01-01'}": "E106",
    "key: {title: x, built: May}": "E105",
    "key: {title: x, kind: straw}": "E102",
    "key: {title: x, kind: ''}": "E102",
    "key: {title: x, wall: none}": "E102",
    "key: {title: x, when: [a]}": "E103",
    "key: {title: x, sources: LAW-1}": "E103",
    "key: {title: x, sources: [LAW-1, LAW-1]}": "E104",
    "key: {title: x, tools: [{sharp: true}]}": "E106",
    "key: {title: x, tools: [{name: axe, sharp: 'yes'}]}": "E103",
    "key: {title: x, shelves: {upper: [jars]}}": "E103",
    "key: {title: x, doors: {front: oak}}": "E103",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_row_of_another_shape_is_refused(text: str) -> None:
    file, findings = parse_yaml(text, "sheds.yml")
    assert [finding.code for finding in (*findings, *check(file, SHEDS))] == [WRONG[text]]


def test_the_beginning_of_an_id_may_be_enough() -> None:
    vocabulary = Vocabulary()
    vocabulary.named.append((Names("clause", beginnings=True), ["GRD-1", "WAT"], lambda _: Place("sheds.yml")))
    vocabulary.check_names({"clause": []}, ["GRD-1-watch"])
    assert [finding.message for finding in vocabulary.findings] == ["There is no clause “WAT”."]
