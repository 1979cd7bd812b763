"""The lint for English finds its phrases in prose, with their place, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.tools.english import ROOT, WORDS, Hit, excused, hits, phrases

PHRASES = phrases([{"avoid": "stands?", "write": "is in"}, {"avoid": "of its own", "write": "a separate X"}])

PYTHON = '''"""What stands here."""
name = "stands"  # a house of
# its own
def stands():
    """Return `stands`."""
'''


def found(path: str, text: str) -> list[tuple[int, int, str, str]]:
    return [(hit.line, hit.column, hit.kind, hit.words) for hit in hits(path, text, PHRASES)]


def test_python_is_read_by_comment_and_message_but_not_by_name_or_code() -> None:
    assert found("hooks/a.py", PYTHON) == [
        (1, 9, "comment", "stands"),
        (2, 28, "comment", "of its own"),
        (2, 9, "message", "stands"),
    ]


def test_a_test_may_repeat_the_words_of_a_message() -> None:
    assert [hit[2] for hit in found("tests/a.py", PYTHON)] == ["comment", "comment"]


@pytest.mark.parametrize(
    "text",
    [
        "`it stands`",
        "```text\nit stands\n```\n",
        "<!-- stands -->",
        "[where](../stands.md)",
        "{% if stands %}",
        "upstands",
    ],
)
def test_code_addresses_and_tags_are_no_prose(text: str) -> None:
    assert found("docs/a.md", text) == []


def test_a_phrase_is_found_over_the_end_of_a_line_and_in_capitals() -> None:
    assert found("docs/a.md", "A file of\nits own.\n\nStands.\n") == [
        (4, 1, "prose", "Stands"),
        (1, 8, "prose", "of its own"),
    ]


def test_an_entry_that_excuses_nothing_is_named() -> None:
    hit = Hit("README.md", 1, 1, "prose", "stands", "is in")
    assert excused({"README.md": ["prose"]}, "kind", [hit]) == ([], [])
    assert excused({"README.md": ["message"], "*.txt": ["prose"]}, "kind", [hit]) == (
        [hit],
        ["README.md: message", "*.txt: prose"],
    )


def test_every_phrase_says_what_to_write_instead_and_the_list_names_files_that_exist() -> None:
    words: dict[str, Any] = YAML(typ="safe", pure=True).load(WORDS.read_text("utf-8"))
    assert all(row["avoid"] and row["write"] for row in words["phrases"])
    assert [path for path in (*words["exceptions"], *words["later"]) if not any(ROOT.glob(path))] == []
