"""Times each reader on inputs that grow, to find what is slow on purpose: python -m tests.tools.growth [SIZE]."""

from __future__ import annotations

import contextlib
import csv
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from policywright.approval.acknowledgements import read_acknowledgements
from policywright.approval.redline import mark_line
from policywright.catalog.clauses import read_clause
from policywright.catalog.vocabulary import FACTS, Vocabulary
from policywright.files.formats import is_address, is_period
from policywright.files.schema import WORDS, check
from policywright.files.yaml import find_conflict, parse_yaml, quoted
from policywright.language.conditions import ConditionError
from policywright.language.markup import unfit
from policywright.language.parsing import parse_condition, parse_text
from policywright.language.texts import escape_markdown
from policywright.mkdocs_site.html import accessible, corrected, without_comments
from policywright.pages.feeds import summary
from policywright.pages.redline_text import marked_line, marked_markdown
from policywright.pages.terms import Terms
from tests.support.agency_files import catalog
from tests.tools.bench import timed

HEAD = "---\ncode: CIT-2\ntitle: Own\nlevel: must\nsources: []\n---\n"
PIECES = (
    *(
        "[",
        "]",
        "(",
        "{",
        "{{",
        "{:",
        "<",
        "<a",
        "<!--",
        "<!-- policy: a",
        "`",
        "*",
        "**a",
        "_a ",
        "&",
        "&a;",
        "|",
        "#",
    ),
    *(
        " ",
        "\t",
        "\n",
        " \n",
        "a ",
        "- a\n",
        "1. ",
        "> ",
        ":a",
        "@a",
        "www.",
        "-",
        "'",
        '"',
        "\\",
        "\u202e",
        "<<<<<<< a\n",
    ),
)
"""Each is repeated; what follows is a sign that makes a search that failed look again."""
ENDS = ("", "x", "\n- x")


def _clause(text: str) -> object:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "overrides" / "clauses" / "CIT-2-own.md"
        path.parent.mkdir(parents=True)
        path.write_text(HEAD + text, encoding="utf-8")
        return read_clause(path, "overrides/clauses/CIT-2-own.md", "comments", Vocabulary())


def _acknowledgements(text: str) -> object:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "acknowledgements.csv"
        path.write_text(f"name,date,version,fingerprint\n{text}\n", encoding="utf-8")
        return read_acknowledgements(path, path.name)


def _terms(text: str) -> object:
    clauses = catalog().clauses.values()
    words = {word: "policy.md" for clause in clauses for word in clause.defines}
    return Terms(words, str).linked(text, next(clause for clause in clauses if not clause.defines), "1")


READERS: dict[str, Callable[[str], object]] = {
    "YAML": lambda text: parse_yaml(text, "a.yml"),
    "YAML, one value": lambda text: parse_yaml(f"a: {text}", "a.yml"),
    "schema": lambda text: check(parse_yaml(text, "a.yml")[0], WORDS),
    "clause": _clause,
    "what a clause may not hold": unfit,
    "text": lambda text: parse_text(text, {}, FACTS),
    "condition": lambda text: parse_condition(text, {}, {}),
    "escaping": escape_markdown,
    "terms": _terms,
    "redline": lambda text: marked_markdown(marked_line(mark_line(f"a {text} b", f"a {text} c"))),
    "summary": summary,
    "comments": without_comments,
    "finished page": lambda text: accessible(corrected(text)),
    "conflicts": lambda text: find_conflict(text, "a.md"),
    "acknowledgements": _acknowledgements,
    "words": lambda text: (quoted(text), is_address(text), is_period(text)),
}


def times(size: int) -> dict[tuple[str, str, str], tuple[float, float]]:
    """Return how many seconds each reader takes for each input of this size, and of a quarter of it."""
    found = {}
    for name, reader in READERS.items():
        for piece in PIECES:
            for end in ENDS:
                quarter, whole = (piece * (length // len(piece)) + end for length in (size // 4, size))
                found[name, piece, end] = timed(lambda: _read(reader, quarter)), timed(lambda: _read(reader, whole))  # noqa: B023
    return found


def _read(reader: Callable[[str], object], text: str) -> None:
    with contextlib.suppress(ConditionError, csv.Error):
        reader(text)


def main(size: int = 8_000) -> None:
    """Print the slowest input of each reader, and what grows faster than its input."""
    measured = times(size)
    print(f"\nReaders: the slowest of {len(PIECES) * len(ENDS)} inputs of {size} signs each")
    for name in READERS:
        (_, piece, end), (first, last) = max(
            ((key, value) for key, value in measured.items() if key[0] == name), key=lambda pair: pair[1][1]
        )
        print(f"  {name:<28} {last:6.3f} s   × {last / max(first, 1e-4):4.1f} of a quarter   {piece!r} … {end!r}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
