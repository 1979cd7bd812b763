"""Word files for tests, written by hand: only what a case needs, so that nothing of ours is tested against itself."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from policywright.exports.bookmarks import bookmark_of

_NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_WHO = 'w:author="Lee Ford" w:date="2026-03-04T09:00:00Z"'


def word_file(
    paragraphs: Iterable[Mapping[str, Any] | str],
    comments: Sequence[str] = (),
    notes: Sequence[str] = (),
    more: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """Return a Word file. A paragraph is a text, or: anchor, style, text, end (ins | del), table, comment, note.

    A text is words, or a list of words and of {ins: words} and {del: words}.
    """
    body = "".join(_paragraph({"text": one} if isinstance(one, (str, list)) else one) for one in paragraphs)
    parts: dict[str, str | bytes] = {"word/document.xml": f"<w:document {_NS}><w:body>{body}</w:body></w:document>"}
    if comments:
        said = "".join(
            f'<w:comment w:id="{n}" {_WHO}><w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p></w:comment>'
            for n, text in enumerate(comments)
        )
        parts["word/comments.xml"] = f"<w:comments {_NS}>{said}</w:comments>"
    if notes:
        said = "".join(
            f'<w:footnote w:id="{n}"><w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p></w:footnote>'
            for n, text in enumerate(notes, 1)
        )
        parts["word/footnotes.xml"] = (
            f'<w:footnotes {_NS}><w:footnote w:type="separator" w:id="0"/>{said}</w:footnotes>'
        )
    return zipped({**parts, **(more or {})})


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a package of parts."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return raw.getvalue()


def _paragraph(one: Mapping[str, Any]) -> str:
    style = f"<w:pStyle w:val={quoteattr(one['style'])}/>" if "style" in one else ""
    end = f"<w:rPr><w:{one['end']} {_WHO}/></w:rPr>" if "end" in one else ""
    anchor = one.get("anchor", "")
    mark = f'<w:bookmarkStart w:id="1" w:name="{bookmark_of(anchor)}"/><w:bookmarkEnd w:id="1"/>' if anchor else ""
    heading = '<w:pStyle w:val="Heading2"/>' if anchor and not style else ""
    comment = f'<w:r><w:commentReference w:id="{one["comment"]}"/></w:r>' if "comment" in one else ""
    note = f'<w:r><w:footnoteReference w:id="{one["note"]}"/></w:r>' if "note" in one else ""
    listed = '<w:numPr><w:numId w:val="1"/></w:numPr>' if one.get("item") else ""
    words = one.get("text", "")
    inner = "".join(map(_run, words if isinstance(words, list) else [words]))
    written = f"<w:p><w:pPr>{style}{heading}{listed}{end}</w:pPr>{mark}{inner}{comment}{note}</w:p>"
    return f"<w:tbl><w:tr><w:tc>{written}</w:tc></w:tr></w:tbl>" if one.get("table") else written


def _run(words: Any) -> str:
    if isinstance(words, str):
        return f'<w:r><w:t xml:space="preserve">{escape(words)}</w:t></w:r>'
    ((kind, text),) = words.items()
    tag = "delText" if kind in ("del", "moveFrom") else "t"
    return f'<w:{kind} {_WHO}><w:r><w:{tag} xml:space="preserve">{escape(text)}</w:{tag}></w:r></w:{kind}>'
