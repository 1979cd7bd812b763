"""The words of a page without markup and blanks, and which of them a finished page has lost."""

from __future__ import annotations

import html
import re

_UNREAD = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(rf"{_UNREAD.pattern}|<[^>]+>", re.DOTALL)
_MARKDOWN = re.compile(r"^\s*(?:[-*]|\d+\.)\s+|\*\*|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)", re.MULTILINE)
# What a page adds to a provision: the mark of a heading, and the numbers of footnotes, which count through the page.
_ADDED = re.compile(
    r'<a class="?headerlink\b.*?</a>|<sup id="?fnref.*?</sup>|<a class="?footnote-backref\b.*?</a>', re.DOTALL
)
_SPACE = re.compile(r"\s+")
# Extensions such as “smarty” set quotes and dashes, and versions of Markdown differ in “____”; a bracket is part of a
# link where another text defines it.
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("“”„«»″", '"'),
        **dict.fromkeys("‘’‚‹›′", "'"),
        **dict.fromkeys("–—−‑", "-"),
        "…": "...",
        **dict.fromkeys("[]_\xad\u200b\ufeff"),
    }
)
_ARTICLE = re.compile(r"<article\b.*</article>", re.DOTALL)
_BLOCK = re.compile(
    r"</?(?!(?:a|abbr|b|bdi|bdo|br|cite|code|del|em|i|img|ins|kbd|label|mark|q|s|small|span|strong|sub|sup|u|wbr)\b)"
    r"[a-zA-Z][^>]*>"
)

_BETWEEN = "\0"
"""What marks the end of a block; no page has this sign."""


def plain_html(text: str) -> str:
    """Return the words of HTML, without tags and blanks; signs that an extension may set look alike."""
    return _SPACE.sub("", html.unescape(_TAG.sub(" ", _ADDED.sub("", text)))).translate(_ALIKE)


def plain_markdown(text: str) -> str:
    """Return the words of a provision's Markdown, without the commonest markup, as `plain_html` does."""
    return _SPACE.sub("", html.unescape(_MARKDOWN.sub("", text))).translate(_ALIKE)


def lost_words(made: str, finished: str) -> str:
    """Return the first words of a page, as it was made, that the finished page does not have in their place.

    What a plug-in adds between two paragraphs, cells or items is no loss; what it adds inside one changes it.
    """
    article = _ARTICLE.search(finished)
    shown, at = plain_html(article[0] if article else finished), 0
    # One pass over the whole page is much faster than one over each block.
    blocks = _BLOCK.sub(_BETWEEN, _UNREAD.sub("", made))
    for number, words in enumerate(plain_html(blocks).split(_BETWEEN)):
        place = shown.find(words, at)
        if place < 0:
            return _readable(blocks.split(_BETWEEN)[number])
        at = place + len(words)
    return ""


def _readable(block: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", _ADDED.sub("", block))).split())
