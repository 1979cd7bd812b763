"""Comments are skipped in one step, and everything else is where ruamel.yaml finds it."""

from __future__ import annotations

import random
from typing import Any

import pytest
from ruamel.yaml.scanner import Scanner

from policywright.catalog.blank_answers import answer_files
from policywright.files import yaml
from policywright.files.yaml import parse_yaml
from tests.support.agency_files import catalog

PIECES = (
    *("# c", "#", " #", "\n", "  ", "\n\n", "- a", "key: v", "k:", '"q # x', "'", '"', "|\n  t\n # c\n", "|+", ">"),
    *("[a,", "b]", "{", "}", ": ", "&", "? x", "---", "...", "\t", "\x85", "\u2028", "\ufeff", "\0"),
)


def read(text: str) -> tuple[Any, ...]:
    file, findings = parse_yaml(text, "answers.yml")
    return file.value, file.values, file.keys, file.spans, [str(finding) for finding in findings]


def read_with_ruamel(text: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, ...]:
    with monkeypatch.context() as patch:
        patch.setattr(yaml, "_Scanner", Scanner)
        return read(text)


@pytest.mark.parametrize("name", answer_files(catalog()))
def test_answer_files_read_as_ruamel_reads_them(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = answer_files(catalog())[name]
    assert read(text) == read_with_ruamel(text, monkeypatch)


def test_any_text_reads_as_ruamel_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    choose = random.Random(7)
    for _ in range(1500):
        pieces = (choose.choice(PIECES) + choose.choice(("", "\n", " ", "\n  ")) for _ in range(choose.randint(1, 12)))
        text = "".join(pieces)
        assert read(text) == read_with_ruamel(text, monkeypatch), repr(text)
