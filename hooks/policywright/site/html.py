"""Small corrections to finished HTML that Material leaves to its users."""

from __future__ import annotations

import re
from itertools import count
from typing import Any

from markupsafe import Markup, escape


def accessible(html: str) -> str:
    """Make every table a named region that the keyboard can scroll."""
    number = count(1)
    opened = re.sub(r"<table>", lambda _: _REGION.format(next(number)), html)
    return opened.replace("</table>", "</table></div>") if opened != html else html


def without_comments(html: str) -> str:
    """Take out HTML comments."""
    return _COMMENT.sub("", html)


_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_REGION = '<div class="table-scroll" role="region" aria-label="Table {}" tabindex="0"><table>'


def named(output: str) -> str:
    """Give Material's search dialog the name that it lacks."""
    return output.replace(_SEARCH, f'{_SEARCH} aria-label="Search"')


_SEARCH = 'class="md-search" data-md-component="search" role="dialog"'


def plain(words: str) -> Markup:
    """Escape words for the places where MkDocs' themes print them unescaped; a theme that escapes them adds nothing.

    Braces are escaped too, so that no agency's name looks like a template that was not filled.
    """
    escaped = str(escape(" ".join(words.split())))
    return Markup(escaped.replace("{", "&#123;").replace("}", "&#125;"))  # noqa: S704 - escaped above


def plain_labels(navigation: list[Any]) -> list[Any]:
    """Escape the titles in a navigation of MkDocs' form."""
    return [
        {plain(title): plain_labels(inner) if isinstance(inner, list) else inner for title, inner in entry.items()}
        if isinstance(entry, dict)
        else entry
        for entry in navigation
    ]
