"""Papers as Markdown that converters read alike: CommonMark with pipe tables and footnotes.

Words that look like markup are escaped, so that an agency's text stays text.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from urllib.parse import quote

from policywright.exports.blocks import Block, Heading, Listing, Paragraph, Run, Runs, Table, runs_of, words_in
from policywright.exports.papers import Paper

INDENT = 4
"""The columns of a list's marker: old converters want four, and the others take any number."""
DEEPEST = 6
"""The lowest level of a heading."""

_MARKUP = re.compile(
    # Old converters know no backslash before the signs of the second line, and every converter knows entities.
    r"(?P<escaped>[\\`*_{}\[\]]|^#|#(?=\s|#|$)|!$)"
    r"|(?P<encoded>[<>&|~^]|(?<![^\W_])@|^[:=%]|:(?=[\w+-]+:))"
)
_NO_AMOUNT = re.compile(r"\$(?!\d)")
"""With it, a line may have a formula: one begins before any sign, and ends where no digit follows."""
_STARTS_ITEM = re.compile(r"\(?(?:\d+|[A-Za-z]|[ivxlcdmIVXLCDM]+)(?=[.)](?:\s|$))|(?=[-+])|[Tt]able(?=:)")
"""What would begin a list, or the caption of a table, together with the sign behind it."""
_KEPT_IN_ADDRESS = "%/:?#@!$+,;=~-._&'*"


def markdown_of(paper: Paper) -> bytes:
    """Return a paper as a Markdown file."""
    runs = [run for block in paper.blocks for run in runs_of(block)]
    there = {block.anchor for block in paper.blocks if isinstance(block, Heading)}
    writer = _Writer(frozenset(run.link[1:] for run in runs if run.link.startswith("#")) & there)
    parts = [f"# {writer.line([Run(paper.title)])}", *writer.chunks(paper.blocks)]
    # A footnote may have the mark of another.
    for key, number in writer.numbers.items():
        parts.append(f"[^{number}]: {writer.line(paper.notes.get(key, ()))}")
    return ("\n\n".join(parts) + "\n").encode("utf-8", "replace")


@dataclass
class _Writer:
    linked: frozenset[str]
    """The anchors of headings to which a link of the paper leads."""
    numbers: dict[str, int] = field(default_factory=dict)
    """Key of a footnote -> its number, in the order of the marks."""

    def chunks(self, blocks: Sequence[Block]) -> list[str]:
        """Return what is separated by empty lines."""
        found: list[str] = []
        before: Block | None = None
        for block in blocks:
            text = self.block(block)
            if _continues(before, block):
                found[-1] += f"\n>\n{text}"
            else:
                # Without it two lists would become one.
                found += ["<!-- -->"] if isinstance(before, Listing) and isinstance(block, Listing) else []
                found.append(text)
            before = block
        return found

    def block(self, block: Block) -> str:
        """Return one block."""
        if isinstance(block, Heading):
            return self.heading(block)
        if isinstance(block, Paragraph):
            return self.paragraph(block)
        return self.listing(block) if isinstance(block, Listing) else self.table(block)

    def heading(self, block: Heading) -> str:
        """Return a heading, with an anchor if a link leads to it."""
        mark = f'<a id="{html.escape(block.anchor)}"></a>' if block.anchor in self.linked else ""
        number = f"{block.number} " if block.number else ""
        return f"{'#' * min(block.level + 1, DEEPEST)} {mark}{number}{self.line(block.runs, ' ')}"

    def paragraph(self, block: Paragraph) -> str:
        """Return a paragraph, with “>” before each line if it is a note, or a fence around it if it is code."""
        if block.kind == "code":
            return _fenced(words_in(block.runs))
        runs = [replace(run, strong=True) for run in block.runs] if block.kind == "note title" else block.runs
        text = self.line(runs)
        return _indented(text, "> ", "> ") if block.kind else text

    def listing(self, block: Listing) -> str:
        """Return a list, without empty lines if every item is short."""
        tight = all(_is_short(item) for item in block.items)
        items = (
            self.item(f"{number}." if block.ordered else "-", item, "\n" if tight else "\n\n")
            for number, item in enumerate(block.items, 1)
        )
        return ("\n" if tight else "\n\n").join(items)

    def item(self, mark: str, blocks: Sequence[Block], between: str) -> str:
        """Return an item of a list."""
        width = max(len(mark) + 1, INDENT)
        return _indented(between.join(self.chunks(blocks)), mark.ljust(width), " " * width)

    def table(self, block: Table) -> str:
        """Return a table; pairs have an empty head, because every table needs one."""
        width = max(map(len, (block.head, *block.rows)))
        rows = [block.head, *block.rows]
        lines = [self.row([*row, *[()] * (width - len(row))]) for row in rows]
        return "\n".join([lines[0], f"|{' --- |' * width}", *lines[1:]])

    def row(self, cells: Sequence[Runs]) -> str:
        """Return a row of a table."""
        return f"| {' | '.join(self.line(cell, '<br>', cell=True) for cell in cells)} |"

    def line(self, runs: Iterable[Run], line_break: str = "  \n", *, cell: bool = False) -> str:
        """Return runs in one line, or in several if there are breaks in them."""
        pieces = [piece for run in runs for piece in _pieces(run) if piece.text or piece.note]
        math = bool(_NO_AMOUNT.search(words_in(pieces)))
        out = ""
        for piece, after in pairwise([*pieces, Run("")]):
            if piece.note:
                out += f"[^{self.numbers.setdefault(piece.note, len(self.numbers) + 1)}]"
            elif piece.text == "\n":
                out = out.rstrip(" ") + line_break
            else:
                follows = "[" if after.note else after.text[:1]
                out += self.looking(piece, _Around(out[-1:], follows, cell=cell, math=math))
        return out.strip()

    def looking(self, piece: Run, around: _Around) -> str:
        """Return the words of a piece in its look; a look that would be misread where they are is left out."""
        if piece.code and not (around.cell and "|" in piece.text):
            words = _code(piece.text)
        else:
            words = _escaped(piece.text, around)
            mark = "*" * (2 * piece.strong + piece.emphasis)
            if mark and _may_stand(words, around):
                words = f"{mark}{words}{mark}"
        target = piece.link.removeprefix("#")
        if not piece.link or not piece.text.strip() or (piece.link.startswith("#") and target not in self.linked):
            return words
        return f"[{words}]({_address(piece.link)})"


@dataclass(frozen=True)
class _Around:
    """What is around some words."""

    before: str
    """The sign before them in the file; empty at the beginning."""
    after: str
    """The sign after them; empty at the end."""
    cell: bool
    """Whether they are in a table."""
    math: bool
    """Whether a dollar sign could begin a formula."""


def _continues(before: Block | None, block: Block) -> bool:
    """Return whether a paragraph belongs to the same note as the one before it."""
    noted = isinstance(before, Paragraph) and before.kind.startswith("note")
    return noted and isinstance(block, Paragraph) and block.kind == "note"


def _is_short(item: Sequence[Block]) -> bool:
    return not item or (len(item) == 1 and isinstance(item[0], Paragraph) and not item[0].kind)


def _indented(text: str, first: str, others: str) -> str:
    lines = text.split("\n")
    return "\n".join([first + lines[0], *(f"{others}{line}" if line else others.rstrip() for line in lines[1:])])


def _fenced(words: str) -> str:
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", words) or [""]))
    return f"{fence}\n{words}\n{fence}"


def _pieces(run: Run) -> Iterator[Run]:
    """Yield the parts of a run: line breaks, and words without the blanks at their ends, which no mark may enclose."""
    if run.note:
        yield run
    for part in re.split("(\n)", run.text):
        core = part.strip()
        if not core:
            yield Run(part)
            continue
        at = part.index(core)
        yield from (Run(part[:at]), replace(run, text=core), Run(part[at + len(core) :]))


def _escaped(text: str, around: _Around) -> str:
    """Return words without anything that a converter could take for markup."""
    found = _STARTS_ITEM.match(text) if around.before in ("", "\n") else None
    rest = text[found.end() :] if found else text
    slash = "\\" if found and rest[0] != ":" else ""
    words = (found[0] if found else "") + slash + _MARKUP.sub(_as_text, rest)
    return words.replace("$", f"&#{ord('$')};") if around.math else words


def _as_text(sign: re.Match[str]) -> str:
    named = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
    return f"\\{sign[0]}" if sign["escaped"] else named.get(sign[0], f"&#{ord(sign[0])};")


def _may_stand(words: str, around: _Around) -> bool:
    """Return whether marks around words are read as marks where they are."""
    opens = around.before != "*" and not (_is_sign(words[0]) and _is_letter(around.before))
    return opens and not (_is_sign(words[-1]) and _is_letter(around.after))


def _is_letter(sign: str) -> bool:
    return bool(sign) and not sign.isspace() and not _is_sign(sign)


def _is_sign(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "PS"


def _code(words: str) -> str:
    fence = "`" * (1 + max(map(len, re.findall(r"`+", words)), default=0))
    pad = " " if words[0] == "`" or words[-1] == "`" else ""
    return f"{fence}{pad}{words}{pad}{fence}"


def _address(link: str) -> str:
    return html.escape(quote(link, safe=_KEPT_IN_ADDRESS), quote=False)
