"""The blocks of a paper as the body of a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from policywright.exports.blocks import Block, Heading, Listing, Paragraph, Run, Table, words_in
from policywright.exports.word.numbering import STEP, ordered_item
from policywright.exports.word.paragraphs import heading_xml, is_fill_in, item_xml, paragraph_xml, styled, text_xml
from policywright.exports.word.parts import Parts
from policywright.exports.word.tables import table_xml

BOX = "☐"


def blocks_xml(blocks: Sequence[Block], parts: Parts, caption: str = "", depth: int = 0) -> Iterator[str]:
    """Yield the XML of blocks; `caption` names a table before the first heading, `depth` is that of the list."""
    for before, block, after in zip((None, *blocks), blocks, (*blocks[1:], None), strict=False):
        if isinstance(block, Table):
            # Word makes one table of two that touch.
            yield paragraph_xml("", styled("Policy Table Text", parts)) if isinstance(before, Table) else ""
            yield table_xml(block, parts, caption)
        elif isinstance(block, Heading):
            caption = words_in(block.runs)
            yield heading_xml(block, parts)
        elif isinstance(block, Listing):
            yield from _listing(block, parts, depth, keep=_is_signed(after))
        else:
            keep = _is_signed(after) or _announces(block, after)
            yield text_xml(block, parts, before=_space(before), keep=keep)


def _space(before: Block | None) -> int:
    """Return the space that a paragraph needs, as a table has none below it and a list little."""
    return 200 if isinstance(before, Table) else 100 if isinstance(before, Listing) else 0


def _is_signed(after: Block | None) -> bool:
    """Whether lines to sign follow: no signature may be alone on a page."""
    return isinstance(after, Paragraph) and is_fill_in(after)


def _announces(block: Paragraph, after: Block | None) -> bool:
    """Whether a paragraph makes no sense at the end of a page, because a list or a table follows."""
    return isinstance(after, Listing | Table) and words_in(block.runs).endswith(":")


def _listing(listing: Listing, parts: Parts, depth: int, *, keep: bool = False) -> Iterator[str]:
    """Yield the items of a list; `keep` holds the last one on the page of what follows."""
    style = "List Number" if listing.ordered else "List Bullet"
    ordered = parts.numbering.ordered(depth) if listing.ordered else 0
    for left, item in enumerate(listing.items, 1 - len(listing.items)):
        first, rest = _split(item)
        runs, box = _without_box(first)
        number = ordered_item(ordered, depth) if ordered else parts.numbering.bullet(depth, box)
        yield item_xml(first if ordered else runs, parts, style=style, number=number, keep=keep and not left)
        yield from _inside(rest, parts, depth)


def _without_box(runs: Sequence[Run]) -> tuple[Sequence[Run], str]:
    """Return an item without the box to tick before it, and the box, which takes the place of its bullet."""
    if runs and runs[0].text.startswith(f"{BOX} "):
        return (replace(runs[0], text=runs[0].text[2:]), *runs[1:]), BOX
    return runs, ""


def _split(item: Sequence[Block]) -> tuple[Sequence[Run], Sequence[Block]]:
    """Return what is beside the bullet of an item, and what is below."""
    if item and isinstance(item[0], Paragraph):
        return item[0].runs, item[1:]
    return (), item


def _inside(blocks: Sequence[Block], parts: Parts, depth: int) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph) and not block.kind:
            yield item_xml(block.runs, parts, style="List Continue", indent=(depth + 1) * STEP)
        else:
            yield from blocks_xml([block], parts, depth=depth + 1)
