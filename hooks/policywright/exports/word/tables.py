"""Tables whose heads repeat on each page, and pairs whose first column has the heads."""

from __future__ import annotations

from collections.abc import Sequence

from policywright.exports.blocks import Run, Runs, Table, words_in
from policywright.exports.word.elements import element
from policywright.exports.word.paragraphs import paragraph_xml, styled
from policywright.exports.word.parts import Parts
from policywright.exports.word.runs import runs_xml

WIDEST = 60
"""A column with longer entries is as wide as if they had this many signs."""
TO_FILL_IN = 40
"""A column in which people write is as wide as if its entries had this many signs."""
KEPT_TOGETHER = 12
"""A table with more rows, or a form to write in, may go over the end of a page."""
_LONGEST_WORD = 24
_SIGN = 112
_PADDING = 240
_ROOM = 480
"""The height of a row in which people write."""


def table_xml(table: Table, parts: Parts, caption: str = "") -> str:
    """Return a table; the caption is what a screen reader calls it."""
    widths = _widths(table, parts.width)
    if not widths:
        return ""
    short = len(table.rows) <= KEPT_TOGETHER and all(words_in(cell) for row in table.rows for cell in row)
    last = len(table.rows) - 1
    head = [_row(table.head, widths, parts, head=True, keep=True)] if table.head else []
    rows = [_row(row, widths, parts, keep=short and at < last) for at, row in enumerate(table.rows)]
    columns = (element("w:gridCol", w_w=width) for width in widths)
    return element("w:tbl", _looks(table, parts, caption), element("w:tblGrid", *columns), *head, *rows)


def _looks(table: Table, parts: Parts, caption: str) -> str:
    head, names = bool(table.head), not table.head
    look = {"w_firstRow": int(head), "w_lastRow": 0, "w_firstColumn": int(names), "w_lastColumn": 0}
    bits = 0x600 + 0x20 * head + 0x80 * names
    return element(
        "w:tblPr",
        element("w:tblStyle", w_val=parts.styles.id_of("Policy Table")),
        element("w:tblW", w_w=parts.width, w_type="dxa"),
        element("w:tblLayout", w_type="fixed"),
        element("w:tblLook", w_val=f"{bits:04X}", **look, w_noHBand=1, w_noVBand=1),
        element("w:tblCaption", w_val=caption) if caption else "",
    )


def _row(cells: Sequence[Runs], widths: Sequence[int], parts: Parts, *, head: bool = False, keep: bool = False) -> str:
    """Return a row; `keep` holds it on the page of the next one."""
    room = element("w:trHeight", w_val=_ROOM, w_hRule="atLeast") if not all(map(words_in, cells)) else ""
    properties = element("w:trPr", element("w:cantSplit"), room, element("w:tblHeader") if head else "")
    full = [*cells, *[(Run(""),)] * (len(widths) - len(cells))]
    kept = element("w:keepNext") if keep else ""
    made = (_cell(runs_xml(one, parts), width, parts, kept) for one, width in zip(full, widths, strict=True))
    return element("w:tr", properties, *made)


def _cell(content: str, width: int, parts: Parts, kept: str) -> str:
    properties = element("w:tcPr", element("w:tcW", w_w=width, w_type="dxa"))
    return element("w:tc", properties, paragraph_xml(content, styled("Policy Table Text", parts), kept))


def _widths(table: Table, whole: int) -> list[int]:
    """Share the width of a line among the columns: each has room for its longest word, and more for longer entries."""
    rows = [row for row in (table.head, *table.rows) if row]
    columns = [[row[at] for row in rows if at < len(row)] for at in range(max(map(len, rows), default=0))]
    least = [_PADDING + _SIGN * min(max(map(_longest_word, cells)), _LONGEST_WORD) for cells in columns]
    wishes = [_PADDING + _SIGN * _wish(cells) for cells in columns]
    more = [max(wish - small, 0) for wish, small in zip(wishes, least, strict=True)]
    spare = whole - sum(least)
    widths = [small + spare * wish // (sum(more) or 1) for small, wish in zip(least, more, strict=True)]
    return [*widths[:-1], whole - sum(widths[:-1])] if widths else []


def _longest_word(cell: Runs) -> int:
    return max(map(len, words_in(cell).split()), default=0)


def _wish(cells: Sequence[Runs]) -> int:
    to_fill_in = sum(not words_in(cell) for cell in cells) * 2 > len(cells)
    return min(max(*(len(words_in(cell)) for cell in cells), TO_FILL_IN if to_fill_in else 0), WIDEST)
