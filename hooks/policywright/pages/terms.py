"""Defined words: each links to its definition, once in every part of the policy."""

from __future__ import annotations

import re
from collections.abc import Iterable

from policywright.model.catalog import Clause

_MARKED = re.compile(r"(\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])|`[^`]*`|\*\*[^*]*\*\*|<[^>]*>|\{:[^}]*\}|&#?\w+;)")
"""Links, code, bold words, HTML, attribute lists and escaped characters; nothing inside them is linked."""


class Terms:
    """Links the words that the included clauses define.

    A word is linked where it first occurs in a chapter, in the singular or with an s, but not where it is defined.
    """

    def __init__(self, clauses: Iterable[Clause]) -> None:
        # The longest first, so that “account register” is linked as a whole and not only “account”.
        defined = sorted({word.lower() for clause in clauses for word in clause.defines}, key=lambda w: (-len(w), w))
        words = "|".join(map(re.escape, defined))
        self.pattern = re.compile(rf"(?<![\w-])({words})(s?)(?![\w-])", re.IGNORECASE) if words else None
        self.chapter = ""
        self.seen: set[str] = set()

    def linked(self, text: str, clause: Clause, chapter: str) -> str:
        """Return a provision's Markdown with its defined words linked to their definitions on the same page."""
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
            return f"[{match[0]}](#{term_anchor(word)}){{: .pw-term }}"

        return self.pattern.sub(link, text)

    @staticmethod
    def _with_anchors(text: str, clause: Clause) -> str:
        for word in clause.defines:
            text = text.replace(f"**{word}:**", f"**{word}:**{{: #{term_anchor(word)} }}", 1)
        return text


def term_anchor(word: str) -> str:
    """Return the anchor of a definition in its page: `Account register` becomes `term-account-register`."""
    return "term-" + re.sub(r"\W+", "-", word.lower())
