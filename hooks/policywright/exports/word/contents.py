"""The contents of a numbered paper: a field of Word whose entries are there before anybody updates it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policywright.exports.blocks import Heading, Run, words_in
from policywright.exports.word.elements import element
from policywright.exports.word.paragraphs import paragraph_xml, styled
from policywright.exports.word.parts import Parts
from policywright.exports.word.runs import runs_xml

DEEPEST = 2


def contents_xml(headings: Sequence[Heading], parts: Parts) -> str:
    """Return the contents: each entry is a link with the number, by which a provision is cited.

    Page numbers come when somebody updates the field in Word: nothing but Word knows where its pages end.
    """
    listed = [one for one in headings if one.level <= DEEPEST]
    title = paragraph_xml(runs_xml([Run("Contents")], parts), styled("TOC Heading", parts))
    return title + "".join(_entries(listed, parts)) if listed else ""


def _entries(listed: Sequence[Heading], parts: Parts) -> Iterator[str]:
    for at, heading in enumerate(listed):
        number = f"{heading.number}\t" if heading.number else ""
        link = f"#{heading.anchor}" if heading.anchor else ""
        words = runs_xml([Run(number + words_in(heading.runs), link=link)], parts)
        begin = _begin() if not at else ""
        end = _sign("end") if at == len(listed) - 1 else ""
        yield paragraph_xml(begin + words + end, styled(f"toc {heading.level}", parts))


def _begin() -> str:
    code = element("w:instrText", f' TOC \\o "1-{DEEPEST}" \\h \\z \\u ', xml_space="preserve")
    return _sign("begin") + element("w:r", code) + _sign("separate")


def _sign(kind: str) -> str:
    return element("w:r", element("w:fldChar", w_fldCharType=kind))
