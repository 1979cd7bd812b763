"""Finds words and phrases of english.yml in our prose: python -m tests.tools.english."""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent.parent
WORDS = Path(__file__).with_suffix(".yml")
READ = (
    "*.md",
    "docs/**/*.md",
    "hooks/**/*.py",
    "hooks/**/*.jinja",
    "tests/**/*.py",
    "cookiecutter-policy/**/*.md",
    "cookiecutter-policy/**/*.py",
    "cookiecutter-policy/*/*.txt",
    "cookiecutter-policy/*/*.yml",
    "cookiecutter-policy/*/.git*/**/*.yml",
)
"""Which files are read. content/, and so answers/ of the template, has its own tests of wording: clauses are law."""
NO_PROSE = re.compile(
    r"^(?P<fence>```|~~~).*?^(?P=fence)"  # code blocks
    r"|`[^`\n]*`|<!--.*?-->|<[^>\n]*>|\]\([^)\n]*\)|\{[%{#].*?[#}%]\}",  # code, HTML, addresses, Jinja
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Phrase:
    """What we do not write, and what we write instead."""

    pattern: re.Pattern[str]
    write: str


@dataclass(frozen=True)
class Hit:
    """One place where a phrase is."""

    path: str
    line: int
    column: int
    kind: str
    """`prose`, `comment` or `message`."""
    words: str
    write: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.kind} “{self.words}”; write: {self.write}"


def phrases(listed: list[dict[str, str]]) -> list[Phrase]:
    """Compile the list; a space in a phrase is any white space, and the sign of a comment on the next line."""
    patterns = [row["avoid"].replace(" ", r"(?:\s+(?:#\s+)?)") for row in listed]
    return [
        Phrase(re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), row["write"])
        for pattern, row in zip(patterns, listed, strict=True)
    ]


def hits(path: str, text: str, avoided: list[Phrase]) -> Iterator[Hit]:
    """Yield every place in a file where one of the phrases is."""
    for kind, part in parts(path, text):
        for phrase in avoided:
            for found in phrase.pattern.finditer(part):
                line = part.count("\n", 0, found.start()) + 1
                column = found.start() - part.rfind("\n", 0, found.start())
                yield Hit(path, line, column, kind, " ".join(found[0].replace("#", " ").split()), phrase.write)


def parts(path: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield the kinds of text in a file; everything else is blank, so that places stay right."""
    if not path.endswith(".py"):
        yield "prose", without(text, (match.span() for match in NO_PROSE.finditer(text)))
        return
    spans = list(python_spans(text))
    for kind in ("comment", "message"):
        if kind == "message" and path.startswith("tests/"):
            continue  # a test repeats the words of messages and the data of cases
        kept = without(text, gaps([span for named, span in spans if named == kind], len(text)))
        yield kind, without(kept, (match.span() for match in re.finditer(r"`[^`\n]*`", kept)))


def python_spans(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield comments, docstrings and other texts of a Python file, with where they begin and end."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    documented = {
        node.value.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        span = (starts[token.start[0] - 1] + token.start[1], starts[token.end[0] - 1] + token.end[1])
        if token.type == tokenize.COMMENT:
            yield "comment", span
        elif tokenize.tok_name[token.type] in ("STRING", "FSTRING_MIDDLE"):
            yield ("comment" if token.start[0] in documented else "message"), span


def gaps(spans: list[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    """Yield what is between spans."""
    end = 0
    for start, stop in spans:
        yield end, start
        end = stop
    yield end, length


def without(text: str, spans: Iterator[tuple[int, int]]) -> str:
    """Blank out parts of a text; its lines stay."""
    for start, stop in list(spans):
        text = text[:start] + re.sub(r"[^\n]", " ", text[start:stop]) + text[stop:]
    return text


def excused(places: dict[str, list[str]], what: str, found: list[Hit]) -> tuple[list[Hit], list[str]]:
    """Return the hits that no entry of a list excuses, and the entries that excuse nothing; `what` names a field."""
    used = set()
    left = []
    files = {pattern: {file.relative_to(ROOT).as_posix() for file in ROOT.glob(pattern)} for pattern in places}
    for hit in found:
        word = str(getattr(hit, what)).lower()
        entries = [(pattern, word) for pattern, words in places.items() if word in words and hit.path in files[pattern]]
        used.update(entries)
        left += [] if entries else [hit]
    idle = [f"{pattern}: {word}" for pattern, words in places.items() for word in words if (pattern, word) not in used]
    return left, idle


def main() -> int:
    """Report every phrase and every idle entry; return the exit status."""
    words: dict[str, Any] = YAML(typ="safe", pure=True).load(WORDS.read_text("utf-8"))
    avoided = phrases(words["phrases"])
    files = sorted({file for pattern in READ for file in ROOT.glob(pattern)})
    texts = {file.relative_to(ROOT).as_posix(): file.read_text("utf-8") for file in files}
    found = [hit for path, text in texts.items() for hit in hits(path, text, avoided)]
    found, idle = excused(words["exceptions"], "words", found)
    found, done = excused(words["later"], "kind", found)
    for hit in found:
        print(hit)
    for entry in (*idle, *done):
        print(f"{WORDS.relative_to(ROOT)}: “{entry}” excuses nothing; take it out.")
    print(f"{len(texts)} files read; {len(found)} phrases to rewrite.")
    return 1 if found or idle or done else 0


if __name__ == "__main__":
    sys.exit(main())
