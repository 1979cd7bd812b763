"""Defined words: each links to its definition, once in every part of the policy and of the procedures."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from policywright.model.catalog import Clause

_MARKED = re.compile(r"(\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])|`[^`]*`|\*\*[^*]*\*\*|<[^>]*>|\{:[^}]*\}|&#?\w+;)")
"""Links, code, bold words, HTML, attribute lists and escaped characters; nothing inside them is linked."""


class Terms:
    """Links the words that the included clauses define.

    `pages` has the page on which each word is defined, and `link` gives the path to an anchor of a page.
    A word is linked where it first occurs in a chapter, in the singular or with an s, but not where it is defined.
    """

    def __init__(self, pages: Mapping[str, str], link: Callable[[str], str]) -> None:
        self.pages = {word.lower(): page for word, page in pages.items()}
        self.link = link
        # The longest first, so that “account register” is linked as a whole and not only “account”.
        defined = sorted(self.pages, key=lambda w: (-len(w), w))
        words = "|".join(map(re.escape, defined))
        self.pattern = re.compile(rf"(?<![\w-])({words})(s?)(?![\w-])", re.IGNORECASE) if words else None
        self.chapter = ""
        self.seen: set[str] = set()

    def linked(self, text: str, clause: Clause, chapter: str) -> str:
        """Return a provision's Markdown with its defined words linked to their definitions."""
        if self.pattern is None:
            return text
        if clause.defines:
            return self._with_anchors(text, clause)
        if chapter != self.chapter:
            self.chapter, self.seen = chapter, set()
        parts = _MARKED.split(text)
        return "".join(part if n % 2 else self._link(part) for n, part in enumerate(parts))

    def _link(self, text: str) -> str:
        assert self.pattern is not None

        def link(match: re.Match[str]) -> str:
            word = match[1].lower()
            if word in self.seen:
                return match[0]
            self.seen.add(word)
            return f"[{match[0]}]({self.link(f'{self.pages[word]}#{term_anchor(word)}')}){{: .pw-term }}"

        return self.pattern.sub(link, text)

    @staticmethod
    def _with_anchors(text: str, clause: Clause) -> str:
        for word in clause.defines:
            text = text.replace(f"**{word}:**", f"**{word}:**{{: #{term_anchor(word)} }}", 1)
        return text


def term_anchor(word: str) -> str:
    """Return the anchor of a definition in its page: `Account register` becomes `term-account-register`."""
    return "term-" + re.sub(r"\W+", "-", word.lower())
