"""The blocks of a paper as the body of a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policywright.exports.blocks import Block, Heading, Listing, Paragraph, Run, Table, words_in
from policywright.exports.word.numbering import STEP, ordered_item
from policywright.exports.word.paragraphs import heading_xml, is_fill_in, item_xml, paragraph_xml, styled, text_xml
from policywright.exports.word.parts import Parts
from policywright.exports.word.tables import table_xml


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
            yield from _listing(block, parts, depth)
        else:
            yield text_xml(block, parts, before=_space(before), keep=_leads_to(block, after))


def _space(before: Block | None) -> int:
    """Return the space that a paragraph needs, as a table has none below it and a list little."""
    return 200 if isinstance(before, Table) else 100 if isinstance(before, Listing) else 0


def _leads_to(block: Paragraph, after: Block | None) -> bool:
    """Whether a paragraph makes no sense at the end of a page: above lines to sign, or before a list."""
    if isinstance(after, Paragraph):
        return is_fill_in(after)
    return isinstance(after, Listing | Table) and words_in(block.runs).endswith(":")


def _listing(listing: Listing, parts: Parts, depth: int) -> Iterator[str]:
    style = "List Number" if listing.ordered else "List Bullet"
    number = ordered_item(parts.numbering.ordered(depth), depth) if listing.ordered else parts.numbering.bullet(depth)
    for item in listing.items:
        first, rest = _split(item)
        yield item_xml(first, parts, style=style, number=number)
        yield from _inside(rest, parts, depth)


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
