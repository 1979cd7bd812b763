"""Signs that cannot be printed are spelled out, such as “[U+1F600 grinning face]”: no text loses a character."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import Any

_NEVER = frozenset({"Cc", "Cs", "Co", "Cn"})
"""Controls, halves of pairs, private and unassigned characters mean nothing to anybody else."""
_BREAKS = str.maketrans({"\t": " ", "\r": " ", "\u2028": "\n", "\u2029": "\n"})
_SHOWN = 8
"""The most signs that a remark names."""


def spelled(node: Any, lacking: Collection[str]) -> Any:
    """Return plain data with each sign spelled out that means nothing, or that the fonts lack.

    Links and labels are addresses that nobody sees, and are left alone.
    """
    if isinstance(node, str):
        return _spelled(node, lacking)
    if isinstance(node, list):
        return [spelled(one, lacking) for one in node]
    if isinstance(node, dict):
        return {key: one if key in ("link", "target", "label") else spelled(one, lacking) for key, one in node.items()}
    return node


def signs_in(node: Any) -> set[str]:
    """Return the signs in plain data that are not ASCII."""
    if isinstance(node, str):
        return {sign for sign in node if not sign.isascii()}
    if isinstance(node, dict):
        node = list(node.values())
    return {sign for one in node for sign in signs_in(one)} if isinstance(node, list) else set()


def _spelled(text: str, lacking: Collection[str]) -> str:
    return "".join(_parts(text.translate(_BREAKS), lacking))


def _parts(text: str, lacking: Collection[str]) -> Iterator[str]:
    """Yield the parts of a text; signs that follow one another share their brackets."""
    waiting: list[str] = []
    for sign in text:
        if sign in lacking or _is_never_printed(sign):
            waiting.append(_name(sign))
            continue
        if waiting:
            yield f"[{', '.join(waiting)}]"
            waiting = []
        yield sign
    if waiting:
        yield f"[{', '.join(waiting)}]"


def _is_never_printed(sign: str) -> bool:
    # The mark at the beginning of a file has no business in a text, and PDF/UA forbids it.
    return sign == "\ufeff" or (sign != "\n" and unicodedata.category(sign) in _NEVER)


def _name(sign: str) -> str:
    """Return the code point and the name of a sign; the name of an ideograph is its code point again."""
    name, code = unicodedata.name(sign, ""), f"{ord(sign):04X}"
    return f"U+{code}" if not name or code in name else f"U+{code} {name.lower()}"


def remark_on(title: str, lacking: Collection[str]) -> str:
    """Return a sentence for the person who made a PDF: which signs it spells out, and what would help."""
    signs = sorted(lacking)
    more = f" and {len(signs) - _SHOWN} more" if len(signs) > _SHOWN else ""
    named = ", ".join(_named(sign) for sign in signs[:_SHOWN])
    kinds = sorted({_kind(sign) for sign in signs})
    return (
        f"The PDF of “{title}” spells out {named}{more}, because no font on this machine has them. "
        f"To print them, install a font for {', '.join(kinds)}, for example from the Noto family."
    )


def _named(sign: str) -> str:
    return f"{sign} ({_name(sign)})" if sign.isprintable() else _name(sign)


def _kind(sign: str) -> str:
    """Return what a font has to support for a sign: a script, or symbols."""
    if unicodedata.category(sign)[0] not in "LM":
        return "symbols and emoji"
    first = re.split(r"[ -]", unicodedata.name(sign, "other"))[0]
    return "Chinese, Japanese and Korean" if first in _EAST else first.capitalize()


_EAST = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"})
