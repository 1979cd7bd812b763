"""What stays together on a page, and how wide the columns of tables and the lines to write on are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from policywright.exports.blocks import Block, Heading, Listing, Paragraph, Runs, Table, words_in, words_of

SIGNATURE = re.compile("_{4,}")
"""A line to write on."""
BOX = "☐"
"""What begins each item of a list that people tick."""
_SHORT_LEAD = 160
"""The characters of a first paragraph that needs the next one to say something."""
_WHOLE_LIST = 800
_WHOLE_TABLE = 1_000
"""The characters up to which a list or a table stays on one page."""
_NARROW, _WIDE = 12, 60
"""Between these numbers of characters a column is as wide as its longest cell."""


def stays_with_next(before: Block | None, block: Block, after: Sequence[Block]) -> bool:
    """Whether a paragraph or a list stays on the page of what follows: it leads to that, or people sign it there."""
    if not after or isinstance(after[0], Heading):
        return False
    words = words_in(block.runs) if isinstance(block, Paragraph) else ""
    leads = words.endswith(":") or (isinstance(before, Heading) and 0 < len(words) < _SHORT_LEAD)
    return leads or _is_signed(after)


def _is_signed(after: Sequence[Block]) -> bool:
    """Whether a line to sign follows, perhaps after one more paragraph."""
    two = [words_in(one.runs) for one in after[:2] if isinstance(one, Paragraph)]
    return any(SIGNATURE.search(words) for words in two)


def stays_whole(block: Listing | Table) -> bool:
    """Whether a list or a table is short enough for one page."""
    return sum(map(len, words_of([block]))) <= (_WHOLE_LIST if isinstance(block, Listing) else _WHOLE_TABLE)


def is_ticked(block: Listing) -> bool:
    """Whether each item of a list begins with a box, which then takes the place of its mark."""
    firsts = [item[0] for item in block.items if item]
    return bool(firsts) and all(isinstance(one, Paragraph) and words_in(one.runs).startswith(BOX) for one in firsts)


def is_form(block: Table) -> bool:
    """Whether people write into a table: one of its columns is empty."""
    return bool(block.head) and not all(_longest(block.rows, at) for at in range(len(block.head)))


def widths_of(block: Table, columns: int) -> list[int]:
    """Return how the columns of a table share the width: by their longest cell; empty ones have room to write."""
    longest = [_longest(block.rows, at) for at in range(columns)]
    empty = max(_WIDE // max(longest.count(0), 1), _NARROW) if is_form(block) else _NARROW
    heads = [len(words_in(cell)) for cell in block.head] + [0] * columns
    return [_width(max(length, heads[at])) if length else empty for at, length in enumerate(longest)]


def line_length(marks: int, *, alone: bool) -> float:
    """Return the length of a line to write on, in sizes of the letters.

    It is as long as its underscores; a long one that is alone has at least room for a signature.
    """
    length = marks * 0.55
    return max(length, 16) if alone and length > 8 else length


def _width(length: int) -> int:
    return min(max(length, _NARROW), _WIDE)


def _longest(rows: Sequence[Sequence[Runs]], at: int) -> int:
    return max((len(words_in(row[at])) for row in rows if at < len(row)), default=0)
