"""Small corrections to the HTML that Material writes."""

from __future__ import annotations

import re
from itertools import count
from typing import Any

from markupsafe import Markup, escape


def accessible(html: str) -> str:
    """Make every table, as a named region, and every code block scrollable with the keyboard.

    Each cell of a wide table names its column, because a phone shows the rows of such a table as cards.
    """
    number = count(1)
    closed = _TABLE.sub(lambda found: f"{_REGION.format(next(number))}{_labelled(found[0])}</div>", html)
    # WCAG 2.1.1: what scrolls must be reachable with the keyboard.
    return closed.replace("<pre><code", '<pre><code tabindex="0"')


def without_comments(html: str) -> str:
    """Remove HTML comments; one without an end stays."""
    # A pattern would search the rest of the page again for each comment without an end.
    kept, at = [], 0
    while (start := html.find("<!--", at)) >= 0 and (end := html.find("-->", start + 4)) >= 0:
        kept.append(html[at:start])
        at = end + 3
    return "".join([*kept, html[at:]])


# Without a table inside: one that somebody wrote as HTML may have one.
_TABLE = re.compile(r"<table>(?:(?!<table\b).)*?</table>", re.DOTALL)
_HEAD = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)
_ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_REGION = '<div class="table-scroll" role="region" aria-label="Table {}" tabindex="0">'
WIDE = 3
"""A table with this many columns or more has no room on a phone."""


def _labelled(table: str) -> str:
    heads = [" ".join(_TAG.sub("", head).split()) for head in _HEAD.findall(table)]
    if len(heads) < WIDE:
        return table
    return _ROW.sub(lambda row: _with_labels(row[0], heads), table)


def _with_labels(row: str, heads: list[str]) -> str:
    first, *cells = row.split("<td")
    labels = [f' data-label="{quoted}"' for quoted in (head.replace('"', "&quot;") for head in heads)]
    labels += [""] * (len(cells) - len(labels))
    return first + "".join(f"<td{label}{cell}" for label, cell in zip(labels, cells, strict=False))


def corrected(output: str) -> str:
    """Add what Material's HTML lacks: names of landmarks, and attributes only where they are allowed."""
    # Plain replacements instead of an HTML parser, which would also rewrite all other markup. If a new version of
    # Material writes something else, nothing is replaced, and the accessibility tests fail.
    for theirs, ours in _CORRECTIONS.items():
        output = output.replace(theirs, ours)
    if _TITLE in output and 'id="__toc"' not in output:
        output = output.replace(_TITLE, _TITLE.removesuffix(' for="__toc"'))
    return _NESTED.sub(r'aria-labelledby="\1_title"\2 id="\1_title"', output)


def lost(output: str) -> str:
    """Correct the 404 page, and let it say what to do."""
    return corrected(output).replace("<h1>404 - Not found</h1>", _LOST)


_LOST = """<h1>There is no such page</h1>
<p>It may have another name now.
Look for it among the pages in the navigation, or search for its words or for the number of a provision.</p>"""
_SEARCH = 'class="md-search" data-md-component="search" role="dialog"'
_MENU = '<label class="md-header__button md-icon" for="__drawer"'
_EXPAND = f'_label" tabindex="0">\n{" " * 16}<span class="md-nav__icon md-icon"></span>'
_CORRECTIONS = {
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
    """Escape words that MkDocs' themes print unescaped; a theme that escapes them too does not change the result.

    Braces are escaped too, so that no agency's name looks like an unfilled template.
    """
    text = str(escape(" ".join(words.split())))
    return Markup(text.replace("{", "&#123;").replace("}", "&#125;"))  # noqa: S704 - escaped above


def without_tags(title: str) -> str:
    """Escape what could begin a tag or end an attribute in a title that may be escaped already."""
    return title.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;")


def escaped_labels(navigation: list[Any]) -> list[Any]:
    """Escape the titles in a navigation of MkDocs' form."""
    return [
        {escaped(title): escaped_labels(inner) if isinstance(inner, list) else inner for title, inner in entry.items()}
        if isinstance(entry, dict)
        else entry
        for entry in navigation
    ]
