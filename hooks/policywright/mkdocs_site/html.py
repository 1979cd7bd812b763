"""Small corrections to finished HTML that Material leaves to its users."""

from __future__ import annotations

import re
from itertools import count
from typing import Any

from markupsafe import Markup, escape


def accessible(html: str) -> str:
    """Let the keyboard scroll every table, as a named region, and every block of code."""
    number = count(1)
    opened = re.sub(r"<table>", lambda _: _REGION.format(next(number)), html)
    closed = opened.replace("</table>", "</table></div>") if opened != html else html
    return closed.replace("<pre><code", '<pre><code tabindex="0"')


def without_comments(html: str) -> str:
    """Take out HTML comments."""
    return _COMMENT.sub("", html)


_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_REGION = '<div class="table-scroll" role="region" aria-label="Table {}" tabindex="0"><table>'


def mended(output: str) -> str:
    """Mend what Material's own HTML lacks: names of landmarks, and attributes where they are allowed."""
    for theirs, ours in _MENDS.items():
        output = output.replace(theirs, ours)
    if _TITLE in output and 'id="__toc"' not in output:
        output = output.replace(_TITLE, _TITLE.removesuffix(' for="__toc"'))
    return _NESTED.sub(r'aria-labelledby="\1_title"\2 id="\1_title"', output)


def lost(output: str) -> str:
    """Mend the page that says that there is no such page, and let it say what to do."""
    return mended(output).replace("<h1>404 - Not found</h1>", _LOST)


_LOST = """<h1>There is no such page</h1>
<p>It may have another name now.
Look for it among the pages in the navigation, or search for its words or for the number of a provision.</p>"""
_SEARCH = 'class="md-search" data-md-component="search" role="dialog"'
_MENU = '<label class="md-header__button md-icon" for="__drawer"'
_EXPAND = f'_label" tabindex="0">\n{" " * 16}<span class="md-nav__icon md-icon"></span>'
_MENDS = {
    _SEARCH: f'{_SEARCH} aria-label="Search"',
    'id="__drawer" autocomplete="off"': 'id="__drawer"',
    'id="__search" autocomplete="off"': 'id="__search"',
    '_label" tabindex="">': '_label">',
    _MENU: f'{_MENU} tabindex="0"><span class="pw-hidden">Menu</span',
    _EXPAND: _EXPAND.replace("></span>", '></span><span class="pw-hidden">Pages in this section</span>'),
}
_TITLE = '<label class="md-nav__title" for="__toc"'

# The label that names a section of the navigation is empty where the section has a page; its title never is.
_NESTED = re.compile(
    r'aria-labelledby="(__nav_[0-9_]+)_label"( aria-expanded="[a-z]+">\s*<label class="md-nav__title")'
)


def escaped(words: str) -> Markup:
    """Escape words for the places where MkDocs' themes print them unescaped; a theme that escapes them adds nothing.

    Braces are escaped too, so that no agency's name looks like a template that was not filled.
    """
    text = str(escape(" ".join(words.split())))
    return Markup(text.replace("{", "&#123;").replace("}", "&#125;"))  # noqa: S704 - escaped above


def escaped_labels(navigation: list[Any]) -> list[Any]:
    """Escape the titles in a navigation of MkDocs' form."""
    return [
        {escaped(title): escaped_labels(inner) if isinstance(inner, list) else inner for title, inner in entry.items()}
        if isinstance(entry, dict)
        else entry
        for entry in navigation
    ]
