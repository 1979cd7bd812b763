"""The words of the search: what it leaves out of texts and of questions, and which words mean the same."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from policywright.model.catalog import SearchWords

_BREAKS = r"[\s\-,;:!?()\[\]<>/“”„«»\"…]+|\.(?!\d)|['’](?:s|t|re|ll|ve|d|m)?(?!\w)|['’]"
"""What is between two words, and what a word may lose; the theme's own breaks leave “log,” and “log” two words."""
LONG = 5
"""From so many letters on, a word is the beginning of its other forms."""


class Words:
    """The catalog's words of the search, ready to be looked up."""

    def __init__(self, search: SearchWords) -> None:
        self.separator = separator(search)
        self.breaks = re.compile(self.separator, re.ASCII)
        self.known: dict[str, list[str]] = {}
        self.starts: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
        for group in search.alike:
            for wanted in map(self._wanted, group):
                self.starts[_start(wanted.strip())].append((wanted, group))
        self.texts = {group: " ".join(self._longest(group)) for group in search.alike}

    def groups_in(self, text: str) -> set[tuple[str, ...]]:
        """Return the groups of words that mean the same of which the text has one."""
        words = self.split(text)
        said = f" {' '.join(words)} "
        # Looking every word of the catalog up in every text would take longer than everything else in the search.
        near = (self.starts[start] for start in {word[:LONG] for word in words} if start in self.starts)
        return {group for found in near for wanted, group in found if wanted in said}

    def members(self, groups: Iterable[tuple[str, ...]]) -> list[str]:
        """Return the words of some groups as the search sees them, one text for each group."""
        return [self.texts[group] for group in sorted(groups)]

    def split(self, text: str) -> list[str]:
        """Return the words of a text as the search sees them."""
        return [word for between_blanks in text.lower().split() for word in self._within(between_blanks)]

    def _within(self, text: str) -> list[str]:
        """Return the words of a text without blanks; a site has a few thousand of them, each very often."""
        if text not in self.known:
            self.known[text] = [word for word in self.breaks.split(text) if word]
        return self.known[text]

    def _longest(self, group: Iterable[str]) -> list[str]:
        """Return the words of a group without those that begin another, because the search finds these there too."""
        words = sorted({one for word in group for one in self.split(word)})
        return [word for word, after in pairwise([*words, ""]) if not after.startswith(word)]

    def _wanted(self, word: str) -> str:
        said = " ".join(self.split(word))
        if " " not in said and len(re.findall(r"\w+", word)) > 1:
            return "\n"  # without the words that say nothing it means something else, as “log” without “in”
        # As in the search, the beginning of a word is enough; short ones begin too many others.
        return f" {said}" if len(said) >= LONG else f" {said} "


def _start(word: str) -> str:
    """Return the letters that a word of the catalog and a word in which it is found have in common."""
    return word.partition(" ")[0][:LONG]


def separator(search: SearchWords) -> str:
    """Return the pattern of what is left out of texts and of what people type, as the theme's setting takes it.

    It has no group that captures, because the theme's highlighting counts groups.
    """
    # A word that says nothing matches half of the site, because the theme also finds what begins with a word.
    also = f"{_one_of(search.endings)}*" if search.endings else ""
    ignored = f"|{_one_of(search.ignored)}{also}" if search.ignored else ""
    ends = (
        [f"(?:{'|'.join(map(_ending, search.endings))})+(?!\\w)", *_doubled(search.endings)] if search.endings else []
    )
    return "|".join([_BREAKS, rf"(?<!\w)(?:[A-Za-z]{ignored})(?!\w)", *ends])


def _ending(ending: str) -> str:
    """Return a pattern of an ending where it may be one: not in a short word, and not after its own first letter."""
    stays = 4 if ending[0] in "aeiou" else 3
    return rf"(?<={'[A-Za-z]' * stays})(?<![{ending[0].upper()}{ending[0]}]){_any_case(ending)}"


def _doubled(endings: Iterable[str]) -> Iterator[str]:
    """Yield patterns of the endings before which a word doubles its last letter, as in “banned” and “shutting”."""
    after = _one_of(ending for ending in endings if ending in ("ed", "ing"))
    yield from (rf"(?<=[A-Za-z]{sign}){sign}{after}(?!\w)" for sign in "bgmnprt")


def _one_of(words: Iterable[str]) -> str:
    """Return a pattern of words in any case: the theme's pattern takes no flags."""
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return f"(?:{'|'.join(map(_any_case, longest_first))})"


def _any_case(word: str) -> str:
    return "".join(f"[{sign.upper()}{sign}]" if sign.isalpha() else re.escape(sign) for sign in word.lower())


def misspelled(*texts: str) -> list[str]:
    """Return each word that has a letter twice with the letter once, as people most often misspell it."""
    words = dict.fromkeys(re.findall(r"[a-z]{6,}", " ".join(texts).lower()))
    twice = ((word, found.start()) for word in words for found in re.finditer(r"([a-z])\1", word))
    return [word[:at] + word[at + 1 :] for word, at in twice]
