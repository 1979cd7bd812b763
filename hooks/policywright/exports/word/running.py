"""The lines at the top and the bottom of each page."""

from __future__ import annotations

from policywright.exports.blocks import Run
from policywright.exports.papers import Paper
from policywright.exports.word.elements import element, root
from policywright.exports.word.paragraphs import paragraph_xml, styled
from policywright.exports.word.parts import Parts
from policywright.exports.word.runs import runs_xml


def header_part(left: str, right: str, parts: Parts) -> str:
    """Return a header with words at the left and at the right."""
    return root("w:hdr", _line("header", runs_xml([Run(f"{left}\t{right}")], parts), parts))


def footer_part(left: str, parts: Parts) -> str:
    """Return a footer with words at the left, and the number of the page and of all pages at the right."""
    pages = _field("PAGE") + runs_xml([Run(" of ")], parts) + _field("NUMPAGES")
    return root("w:ftr", _line("footer", runs_xml([Run(f"{left}\tPage ")], parts) + pages, parts))


def _line(style: str, content: str, parts: Parts) -> str:
    stop = element("w:tab", w_val="right", w_pos=parts.width)
    return paragraph_xml(content, styled(style, parts), element("w:tabs", stop))


def _field(code: str) -> str:
    return element("w:fldSimple", element("w:r", element("w:t", "1")), w_instr=f" {code} ")


def top_words(paper: Paper) -> tuple[str, str]:
    """Return what the header says of a paper: the agency and the title; the version."""
    version = paper.document.version
    return f"{paper.document.agency_name} · {paper.title}", f"Version {version}" if version else ""
