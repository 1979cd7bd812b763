"""The XML of Word's parts, written as text: it is read once, by python-docx, when a document is put together."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold, not even escaped: control characters and halves of signs."""


def element(name: str, /, *children: str, **attributes: object) -> str:
    """Return an element; the attribute `w_val` is `w:val`, and one that is None is left out."""
    given = {key.replace("_", ":", 1): value for key, value in attributes.items() if value is not None}
    start = name + "".join(f" {key}={quoteattr(for_xml(str(value)))}" for key, value in given.items())
    return f"<{start}>{''.join(children)}</{name}>" if children else f"<{start}/>"


def root(name: str, *children: str) -> str:
    """Return the outermost element of a part of Word, in which the prefixes `w` and `r` are declared."""
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<{name} {NAMESPACES}>{"".join(children)}</{name}>'


def text_of(words: str) -> str:
    """Return words as the content of an element."""
    return escape(for_xml(words))


def for_xml(words: str) -> str:
    """Return words in which a sign that XML cannot hold is its code point in brackets."""
    return _FORBIDDEN.sub(lambda sign: f"[U+{ord(sign[0]):04X}]", words)
