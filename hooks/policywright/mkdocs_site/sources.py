"""Pages as MkDocs and plug-ins hand them over: what extensions bring in, and where a line was in the file."""

from __future__ import annotations

from dataclasses import replace

from policywright.language.comments import CITATION, candidates, line_of
from policywright.model.findings import Finding
from policywright.pages.converter import Converter


def with_included(markdown: str, converter: Converter, names: tuple[str, ...]) -> str:
    """Return a page with what its extensions bring in, but only if there is a comment or a shortcode in it."""
    included = converter.included(markdown)
    # Otherwise the extension does its work later, as always: doing it twice would also read what the page escapes.
    return included if _hiding(included, names) > _hiding(markdown, names) else markdown


def _hiding(text: str, names: tuple[str, ...]) -> int:
    return sum(mark.kind != CITATION for mark in candidates(text, names))


def in_file(finding: Finding, text: str, source: str) -> Finding:
    """Return a finding about a page with its line in the file: MkDocs takes the head away, and plug-ins add text."""
    place = finding.places[0]
    before = source.find(text.strip("\n"))
    if before >= 0:
        line = place.line + line_of(source, before) - line_of(text, len(text) - len(text.lstrip("\n")))
    else:
        line = _line_near(text.split("\n")[: place.line], source.split("\n"))
    return replace(finding, places=(replace(place, line=line), *finding.places[1:]))


def _line_near(read: list[str], written: list[str]) -> int:
    """Return the line of a file that the last of the lines that were read is, or that brought it in."""
    for back, line in enumerate(reversed(read)):
        if line.strip() and line in written:
            number = written.index(line) + 1
            after = (n for n, text in enumerate(written[number:], number + 1) if text.strip())
            return next(after, number) if back else number
    return 1
