"""Every key and every value of a YAML file knows its place, and no text whatever makes the reader fail."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml.reader import Reader

from policywright.catalog.answer_schema import answers_schema
from policywright.catalog.blank_answers import answer_files
from policywright.files.schema import check
from policywright.files.yaml import (
    DEEPEST,
    LARGEST_FILE,
    NOT_IN_YAML,
    Path_,
    YamlFile,
    hidden_letters,
    parse_yaml,
    plain_value,
    read_text,
    read_yaml,
)
from policywright.model.findings import MOST, Finding
from tests.support.agency_files import CASES, catalog, read_case

settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

PLACES = read_case("places.yml")
CODES = {"E003", "E004", "E005", "E006", "E109"}
FILES = {str(path.relative_to(CASES)): path.read_text("utf-8") for path in sorted(CASES.rglob("*.yml"))}


def path_of(words: str) -> Path_:
    return tuple(int(word) if word.isdigit() else word for word in words.split("/"))


@pytest.mark.parametrize("case", PLACES, ids=lambda case: repr(case["text"]))
def test_values_keys_and_words_know_their_line_and_column(case: dict[str, Any]) -> None:
    file, _ = parse_yaml(case["text"], "f")
    values = {words: str(file.place(*path_of(words))) for words in case.get("values", {})}
    assert values == {words: f"f:{place}" for words, place in case.get("values", {}).items()}
    for words, place in case.get("keys", {}).items():
        assert str(file.key_place(*path_of(words))) == f"f:{place}"
    for words, places in case.get("words", {}).items():
        assert {word: str(file.find(path_of(words), word)) for word in places} == {
            w: f"f:{p}" for w, p in places.items()
        }


WRITTEN = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    "yes": "yes", "no": "no", "on": "on", "off": "off", "Yes": "Yes", "NO": "NO", "y": "y", "nULL": "nULL",
    "0": 0, "00": 0, "7": 7, "-7": -7, "+7": 7, "1.5": 1.5, ".5": 0.5, "1.": 1.0, "1e3": 1000.0, "1e999": "1e999",
    "0x10": "0x10", "0o7": "0o7", "1_000": "1_000", "1,000": "1,000", ".inf": ".inf", ".nan": ".nan", "1:30": "1:30",
    "2027-03-01": "2027-03-01", "1.2.3": "1.2.3", "12345678901234567890": "12345678901234567890", "٣": "٣",
}  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN)
def test_an_unquoted_word_is_read_as_yaml_1_2_reads_it(text: str) -> None:
    assert plain_value(text) == WRITTEN[text]
    assert type(plain_value(text)) is type(WRITTEN[text])


def test_a_quoted_word_is_a_text() -> None:
    file, findings = parse_yaml("- \"1\"\n- 'true'\n- ''\n- '~'\n", "f")
    assert file.value == ["1", "true", "", "~"]
    assert findings == []


def test_the_word_as_it_was_written_is_remembered() -> None:
    file, _ = parse_yaml("version: 1.10\nsure: True\n", "f")
    assert file.raw == {("version",): "1.10", ("sure",): "True"}


def test_a_value_may_be_as_deep_as_the_limit_and_no_deeper() -> None:
    assert parse_yaml("[" * DEEPEST + "]" * DEEPEST, "f")[1] == []
    file, findings = parse_yaml("[" * (DEEPEST + 2) + "]" * (DEEPEST + 2), "f")
    assert [finding.code for finding in findings] == ["E005"]
    assert file.value is None


def test_a_file_may_be_as_large_as_the_limit_and_no_larger(tmp_path: Path) -> None:
    path = tmp_path / "f.yml"
    path.write_bytes(b"#" * LARGEST_FILE)
    assert read_text(path, "f")[1] == []
    path.write_bytes(b"#" * (LARGEST_FILE + 1))
    assert [finding.code for finding in read_text(path, "f")[1]] == ["E001"]


def test_an_anchor_that_stands_twice_is_a_finding_and_no_warning_of_a_library(recwarn: pytest.WarningsRecorder) -> None:
    findings = parse_yaml("a: &x 1\nb: &x 2\n", "f")[1]
    assert [str(finding.places[0]) for finding in findings] == ["f:1:4", "f:2:4"]
    assert not recwarn.list


def test_every_value_of_an_answer_file_as_it_is_first_written_is_open() -> None:
    for name, text in answer_files(catalog()).items():
        file, findings = parse_yaml(text, name)
        assert findings == []
        assert set(file.value.values()) == {None}
        assert all(file.text.split("\n")[file.place(key).line - 1].startswith(f"{key}:") for key in file.value)


def leaves(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(part, (*path, key))
    else:
        yield path, value


@pytest.mark.parametrize("name", FILES)
def test_a_word_of_a_real_file_stands_where_it_is_said_to_stand(name: str) -> None:
    file, findings = parse_yaml(FILES[name], name)
    assert {finding.code for finding in findings} <= {"E109"}
    lines = FILES[name].split("\n")
    for path, value in leaves(file.value):
        if isinstance(value, str) and value.isidentifier():
            place = file.place(*path)
            here = lines[place.line - 1][place.column - 1 :]
            if here.startswith(("|", ">")):  # a block: its words begin on the next line
                here = lines[place.line].lstrip()
            assert here.lstrip("'\"").startswith(value), path


def stands_inside(file: YamlFile, findings: list[Finding], text: str) -> bool:
    """Return whether every place that is known lies inside the text."""
    lines = text.split("\n")
    places = [place for finding in findings for place in finding.places]
    places += [*file.keys.values(), *file.values.values()]
    return all(1 <= p.line <= len(lines) and 1 <= p.column <= len(lines[p.line - 1]) + 1 for p in places)


def endure(text: str) -> None:
    """Assert that a text is read, or that it is said what is wrong with it and where."""
    file, findings = parse_yaml(text, "f.yml")
    assert {finding.code for finding in findings} <= CODES
    assert all(finding.severity == "error" and finding.message and finding.fix for finding in findings)
    assert stands_inside(file, findings, text)
    if file.value is not None:
        assert stands_inside(file, check(file, ANY_ANSWERS), text)


ELEMENT = next(iter(catalog().elements.values()))
ANY_ANSWERS = answers_schema(ELEMENT.title, ELEMENT.questions)
LINES = st.text().map(lambda text: text.replace("\r\n", "\n").replace("\r", "\n"))


@given(LINES)
def test_any_text_is_read_or_refused_with_a_place_inside_it(text: str) -> None:
    endure(text)


PIECES = [
    "who",
    "a",
    ": ",
    ":",
    "\n",
    "\n  ",
    "\n- ",
    "- ",
    "? ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "'",
    '"',
    "|",
    ">",
    "&a ",
    "*a",
]
PIECES += [
    "!t ",
    "!!str ",
    "%YAML 1.1",
    "---",
    "...",
    "# ",
    "#",
    "\t",
    "<<",
    "~",
    "1",
    "no",
    "\\",
    "\x00",
    "\x85",
    "\u2028",
]
PIECES += [
    "\ufeff",
    "\u202e",
    "é",
    "🏛",
    "\\u202e",
    "\\x00",
    "=======",
    "<<<<<<< ",
    "@",
    "`",
    "\ufffe",
    "\\ud800",
    "2027-01-01",
]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@settings(max_examples=1500)
def test_any_row_of_yaml_s_own_signs_is_read_or_refused_with_a_place_inside_it(text: str) -> None:
    endure(text)


VALID = [
    *answer_files(catalog()).values(),
    "who: comms_only\ndevices: [a, 'b']\n",
    "- {title: x, treats: [a]}\n- title: y\n",
]


@given(st.sampled_from(VALID), st.data())
@settings(max_examples=400)
def test_a_valid_file_that_was_damaged_is_read_or_refused_with_a_place_inside_it(
    text: str, data: st.DataObject
) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 4)))
        text = text[:start] + data.draw(st.sampled_from([*PIECES, ""])) + text[end:]
    endure(text)


@given(data=st.binary(max_size=200))
@settings(max_examples=100)
def test_any_bytes_are_read_or_refused(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.yml"
    path.write_bytes(data)
    _, findings = read_yaml(path, "bytes.yml")
    assert {finding.code for finding in findings} <= CODES | {"E002"}


KEYS = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=6).filter(
    lambda text: isinstance(plain_value(text), str)
)
TREES = st.recursive(
    st.sampled_from(["red", "no", "x y"]) | st.integers(0, 9) | st.booleans() | st.none(),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(KEYS, parts, max_size=3),
    max_leaves=10,
)


def written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {written(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return (
        {None: "~", True: "true", False: "false"}.get(value, str(value))
        if not isinstance(value, int)
        else str(value).lower()
    )


@given(TREES)
def test_what_is_written_is_read_again(value: Any) -> None:
    text = f"answer: {written(value)}\n"
    file, findings = parse_yaml(text, "f.yml")
    assert findings == []
    assert file.value == {"answer": value}
    for path, leaf in leaves(value):
        place = file.values.get(("answer", *path))
        assert leaf is None or (place and text[place.column - 1 :].startswith(written(leaf)))


def test_the_same_mistakes_are_found_in_the_same_order_each_time() -> None:
    text = "\n".join(f"{key}: [\u202e{key}]" for key in itertools.islice(itertools.cycle("abc"), 20))
    assert parse_yaml(text, "f")[1] == parse_yaml(text, "f")[1]


def test_more_mistakes_than_anybody_mends_at_once_are_cut_and_the_cut_is_named() -> None:
    _, findings = parse_yaml("# \a\n" * 150, "answers/use.yml")
    assert [finding.code for finding in findings] == ["E109"] * MOST + ["E007"]
    assert str(findings[-1].places[0]) == "answers/use.yml:101:3"


def test_every_sign_that_yaml_does_not_allow_is_hidden_or_known() -> None:
    """Only then may our reader leave out ruamel's own search for such signs."""
    refused = [chr(code) for code in range(sys.maxunicode + 1) if Reader.NON_PRINTABLE.match(chr(code))]
    assert len(refused) > 2000
    assert {sign for sign in refused if not [*hidden_letters(sign, "f")]} == {*NOT_IN_YAML}
    for sign in NOT_IN_YAML:
        [problem] = parse_yaml(f"a: b\nc: d{sign}e\n", "f")[1]
        assert (problem.code, str(problem.places[0])) == ("E003", "f:2:5")
