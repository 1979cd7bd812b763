"""Which words say the opposite of each other, so that no hint proposes the contrary of what somebody wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import cache

OPPOSITES = (
    ("yes true on enabled enable active", "no false off disabled disable inactive"),
    ("always ever", "never"),
    ("all every everybody everyone everything any anybody anyone", "none nobody nothing no"),
    ("with", "without"),
    ("include includes included including", "exclude excludes excluded excluding except unless"),
    ("under below less fewer lt lte le max maximum most", "over above more gt gte ge min minimum least"),
    ("before until pre", "after since post"),
    ("allow allowed permit permitted", "forbid forbidden prohibit prohibited ban banned block blocked deny denied"),
    ("required mandatory must", "optional voluntary may"),
    ("open opened", "closed close"),
    ("public published", "private internal confidential secret"),
    ("full complete completely", "partial partly partially"),
    ("accept accepted approve approved", "reject rejected decline declined refuse refused"),
    ("keep kept keeps", "delete deleted remove removed"),
    ("show shown visible", "hide hidden invisible"),
    ("same", "different other"),
    ("inside in", "outside out"),
    ("free unlimited unrestricted unmonitored", "limited restricted monitored"),
    ("high highest", "low lowest"),
    ("first", "last"),
    ("early", "late"),
    ("new", "old"),
    ("add added", "remove removed delete deleted"),
    ("named", "anonymous"),
    ("done finished", "none undone"),
    ("aligned agrees", "deviates differs"),
    ("central centralised centralized", "decentral decentralised decentralized"),
)
"""Pairs of groups; no word of one group means a word of the other: negations, opposites, operators."""

NEGATIONS = ("not", "no", "non", "never", "without")
"""Words that reverse the meaning of the next word."""

PREFIXES = ("not", "non", "no", "un", "dis", "in", "im", "il", "ir", "de", "mis", "anti")
"""Prefixes that reverse the meaning of a word."""


_NOTHING = ("no", "none", "nobody", "nothing", "never", "off")
_SURE = 0.78
_MARGIN = 0.01
"""How much less similar a contrary may be, so that one letter in a hundred does not decide a hint."""


def opposed(word: str, name: str) -> bool:
    """Return whether a word, which may be misspelled, is as near to something contrary to a name as to the name.

    In doubt it is: no hint is better than the contrary.
    """
    words = _words(name)
    matcher = SequenceMatcher(None, b="".join(_words(word)), autojunk=False)
    matcher.set_seq1("".join(words))
    least = matcher.ratio() - _MARGIN
    # A word such as “none” is contrary to everything else, so it must be meant without a doubt.
    if len(words) == 1 and words[0] in _NOTHING and least < _SURE:
        return True
    return any(_as_near(contrary, matcher, least) for contrary in _contraries(words))


def _as_near(contrary: str, matcher: SequenceMatcher[str], least: float) -> bool:
    matcher.set_seq1(contrary)
    # The first two are upper bounds, and much quicker.
    return matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least and matcher.ratio() >= least


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W_]+", name.casefold())


def _contraries(words: list[str]) -> Iterator[str]:
    """Yield what a name would be if one of its words were turned round, or left out if it has an opposite."""
    negated = any(word in (*NEGATIONS, *_NOTHING) for word in words)
    for at, word in enumerate(words):
        before, after = "".join(words[:at]), "".join(words[at + 1 :])
        # What is negated already is turned round by taking that away, and not by another negation.
        for turned in (*_turned(word), *(() if negated else _negated(word))):
            yield f"{before}{turned}{after}"


@cache
def _turned(word: str) -> tuple[str, ...]:
    cut = [word[len(prefix) :] for prefix in PREFIXES if word.startswith(prefix) and len(word) > len(prefix) + 2]
    opposites = _opposites().get(word, ())
    # Without the word, nobody can tell which of the two is meant.
    left_out = ("",) if opposites or word in NEGATIONS else ()
    return (*left_out, *opposites, *cut)


@cache
def _negated(word: str) -> tuple[str, ...]:
    return tuple(f"{one}{word}" for one in dict.fromkeys((*NEGATIONS, *PREFIXES)))


@cache
def _opposites() -> dict[str, tuple[str, ...]]:
    """Return each word with opposites -> these."""
    found: dict[str, tuple[str, ...]] = {}
    for sides in OPPOSITES:
        one, other = (tuple(side.split()) for side in sides)
        for word in one:
            found[word] = (*found.get(word, ()), *other)
        for word in other:
            found[word] = (*found.get(word, ()), *one)
    return found
