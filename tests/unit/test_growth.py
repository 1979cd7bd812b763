"""Readers that are given four times as much take about four times as long, whatever the input."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from policywright.approval.redline import mark_line
from policywright.files.answer_file import comment_beside
from policywright.files.schema import WORDS, check
from policywright.files.yaml import parse_yaml
from policywright.language.markup import unfit
from policywright.language.parsing import parse_text
from policywright.mkdocs_site.html import without_comments
from policywright.pages.feeds import _title, summary
from policywright.pages.redline_text import marked_line
from policywright.pages.renderer import Page
from policywright.pages.server_settings import security_policy
from policywright.upgrade.names import _SHORTCODE
from tests.support.agency_files import catalog
from tests.tools.bench import timed


def _read_text(text: str) -> None:
    with pytest.raises(Exception, match="is no placeholder"):
        parse_text(text, {}, ())


CASES: dict[str, tuple[Callable[[str], object], str, str, int]] = {
    "open braces in a text": (_read_text, "{{ ", "x", 20_000),
    "single braces in a text": (_read_text, "{", "x", 60_000),
    "open tags in a clause": (unfit, "< ", "x", 60_000),
    "blanks in a title": (lambda text: marked_line(mark_line(f"a {text} b", f"a {text} c")), " ", "x", 40_000),
    "open links on a page": (summary, "[", "x", 60_000),
    "a list of one word": (lambda text: check(parse_yaml(f"[{text}]", "a.yml")[0], WORDS), "a, ", "b", 24_000),
    "open comments on a page": (without_comments, "<!-- ", "x", 400_000),
    "open attribute lists in a heading": (lambda text: _title(Page("a.md", "", f"# {text}")), "{: ", "x", 60_000),
    "blanks in a comment beside an answer": (lambda text: comment_beside(f"a: # b{text}c"), " ", "x", 60_000),
    "open scripts on a page": (lambda text: security_policy([text]), "<script a ", "x", 400_000),
    "an open tag on a page": (lambda text: security_policy([f'<a {text} style="']), "a ", "x", 400_000),
    "open shortcodes on a page": (_SHORTCODE.findall, "<!-- policy: a ", "x", 200_000),
}


@pytest.mark.parametrize("name", CASES)
def test_a_reader_is_not_slow_on_purpose(name: str) -> None:
    reader, piece, end, size = CASES[name]
    quarter, whole = (piece * (length // len(piece)) + end for length in (size // 4, size))
    assert catalog()  # which reading must not be measured
    reader(quarter)
    first, last = (min(timed(lambda: reader(text)) for _ in range(2)) for text in (quarter, whole))  # noqa: B023
    # In proportion is × 4, in the square × 16; what takes no time at all is not measured well.
    assert last < 0.1 or last < 10 * first
