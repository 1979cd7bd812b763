"""The words of the search: what it leaves out of texts and of questions, and which words mean the same."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

from policywright.model.catalog import SearchWords

_BREAKS = r"[\s\-,;:!?()\[\]<>/“”„«»\"…]+|\.(?!\d)|['’](?:s|t|re|ll|ve|d|m)?(?!\w)|['’]"
"""What is between two words, and what a word may lose; the theme's own breaks leave “log,” and “log” two words."""
LONG = 5
"""From this many letters on, a word is the beginning of its other forms."""


Group = int
"""The number of a group of words that mean the same."""
_Near = tuple[tuple[Group, ...], tuple[tuple[str, Group], ...]]


class Words:
    """The catalog's words of the search, ready to be looked up."""

    def __init__(self, search: SearchWords) -> None:
        self.separator = separator(search)
        self.breaks = re.compile(self.separator, re.ASCII)
        self.known: dict[str, list[str]] = {}
        self.near: dict[str, _Near] = {}
        self.starts: dict[str, list[tuple[str, Group]]] = defaultdict(list)
        groups = sorted({*search.alike})
        for number, group in enumerate(groups):
            for wanted in map(self._wanted, group):
                self.starts[_start(wanted.strip())].append((wanted, number))
        self.texts = [" ".join(self._longest(group)) for group in groups]

    def groups_in(self, text: str) -> set[Group]:
        """Return the groups of words that mean the same of which the text has one."""
        words = self.split(text)
        near = [self._near(word) for word in {*words}]
        said = f" {' '.join(words)} "
        found = {group for alone, _ in near for group in alone}
        return found | {group for _, longer in near for wanted, group in longer if wanted in said}

    def _near(self, word: str) -> _Near:
        """Return the groups that a word belongs to, and the expressions that may begin with it.

        Looking every word of the catalog up in every text would take longer than everything else in the search.
        """
        if word not in self.near:
            here, known = f" {word} ", self.starts.get(word[:LONG], [])
            alone = tuple(group for wanted, group in known if wanted in here)
            longer = tuple((wanted, group) for wanted, group in known if " " in wanted.strip() and group not in alone)
            self.near[word] = (alone, longer)
        return self.near[word]

    def members(self, groups: Iterable[Group]) -> list[str]:
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
    words = dict.fromkeys(_LONGER.findall(" ".join(texts).lower()))
    return [short for word in words for short in _misspelled(word)]


_LONGER = re.compile(r"[a-z]{6,}")


@lru_cache(maxsize=10_000)
def _misspelled(word: str) -> tuple[str, ...]:
    places = (found.start() for found in re.finditer(r"([a-z])\1", word))
    return tuple(word[:at] + word[at + 1 :] for at in places)
