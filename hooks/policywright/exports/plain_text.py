"""Papers as plain text, for mail and for programs that show nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import Any

from policywright.exports.blocks import Block, Heading, Listing, Paragraph, Run, Runs, Table
from policywright.exports.papers import Paper
from policywright.model.findings import visible

WIDTH = 78
"""The columns of a line."""

_WHOLE_WORDS: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}


def plain_text_of(paper: Paper) -> bytes:
    """Return a paper as a text file."""
    writer = _Lines({}, WIDTH)
    parts = [writer.underlined(writer.words([Run(paper.title)]), "="), *writer.chunks(paper.blocks)]
    for key, number in writer.numbers.items():
        parts.append(writer.filled(writer.words(paper.notes.get(key, ())), f"[{number}] ", "    "))
    return ("\n\n".join(parts) + "\n").encode("utf-8", "replace")


@dataclass(frozen=True)
class _Lines:
    numbers: dict[str, int]
    """Key of a footnote -> its number, in the order of the marks."""
    width: int

    def chunks(self, blocks: Sequence[Block]) -> Iterator[str]:
        """Yield what is separated by empty lines."""
        for block in blocks:
            if isinstance(block, Heading):
                number = f"{block.number} " if block.number else ""
                yield self.underlined(number + self.words(block.runs).replace("\n", " "), "-")
            elif isinstance(block, Paragraph) and block.kind == "code":
                yield self.words(block.runs)
            elif isinstance(block, Paragraph):
                start = "| " if block.kind else ""
                yield self.filled(self.words(block.runs), start, start)
            elif isinstance(block, Listing):
                yield self.listing(block)
            else:
                yield from self.rows(block)

    def listing(self, block: Listing) -> str:
        """Return a list, each line below its mark."""
        marks = [f"{number}. " if block.ordered else "- " for number in range(1, len(block.items) + 1)]
        width = self.width - max(map(len, marks), default=0)
        inner = _Lines(self.numbers, width)
        items = ("\n".join(inner.chunks(item)) for item in block.items)
        return "\n".join(map(_behind, marks, items))

    def rows(self, block: Table) -> Iterator[str]:
        """Yield each row of a table with its heads: columns would not fit, and a screen reader would mix them."""
        heads = [self.words(cell) for cell in block.head]
        if heads:
            yield from ("\n".join(map(self.entry, heads, row)) for row in block.rows)
        else:
            yield "\n".join(self.entry(self.words(row[0]), cell) for row in block.rows for cell in row[1:])

    def entry(self, name: str, cell: Runs) -> str:
        """Return a cell after its head."""
        return self.filled(f"{name}: {self.words(cell)}" if name else self.words(cell), "", "    ")

    def words(self, runs: Runs | Sequence[Run]) -> str:
        """Return words with the numbers of footnotes; signs that a terminal obeys become escapes."""
        return "".join(
            f" [{self.numbers.setdefault(run.note, len(self.numbers) + 1)}]"
            if run.note
            else "\n".join(map(visible, run.text.split("\n")))
            for run in runs
        )

    def underlined(self, words: str, sign: str) -> str:
        """Return a heading with a line below it."""
        text = self.filled(words, "", "")
        return f"{text}\n{sign * max(map(len, text.splitlines()), default=0)}"

    def filled(self, words: str, first: str, others: str) -> str:
        """Return words in lines of at most the width, unless a word is longer; `first` and `others` begin the lines."""
        lines = words.split("\n")
        starts = [first, *[others] * (len(lines) - 1)]
        return "\n".join(
            fill(line, self.width, initial_indent=start, subsequent_indent=others, **_WHOLE_WORDS)
            for line, start in zip(lines, starts, strict=True)
        )


def _behind(mark: str, text: str) -> str:
    first, *others = text.split("\n")
    return "\n".join([mark + first, *(f"{' ' * len(mark)}{line}" if line else "" for line in others)])
