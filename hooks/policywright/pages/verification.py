"""Whether a finished site says what the draft says: every provision, word for word, and nothing that was left out."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from policywright.model.catalog import Clause
from policywright.model.draft import Draft, Provision
from policywright.model.findings import Finding, Place
from policywright.pages.renderer import Book
from policywright.pages.views.overview import every_provision

Read = Callable[[str], str | None]
"""Uri of a page -> its finished HTML, None when the site has no such page."""

_TAG = re.compile(r"<!--.*?-->|<(script|style|pre|code)\b.*?</\1>|<[^>]+>", re.DOTALL)
_CODE = re.compile(r"<(script|style|pre|code)\b.*?</\1>", re.DOTALL)
_MARKDOWN = re.compile(r"^\s*(?:[-*]|\d+\.)\s+|\*\*|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)", re.MULTILINE)
_SPACE = re.compile(r"\s+")
_LEFT = re.compile(
    r"\{\{|\{%|%\}|\}\}|<!--\s*policy:|\[placeholder\]|^(?:&lt;|<){7} |^(?:&gt;|>){7} |\[object Object\]", re.MULTILINE
)
_SIGNS = ("{{", "}}", "{%", "%}", "<!--", "[placeholder]", "[object", "<" * 7, ">" * 7, "&lt;" * 7, "&gt;" * 7)
"""A page without any of these holds nothing that _LEFT could find; looking for them is much faster."""
QUOTING = ("guidance/", "changes.md")
"""Beginnings of pages that may quote what is not in the policy."""
LEAST = 60
"""How many letters a fragment needs to be told from others."""


def compare_site(draft: Draft, book: Book, read: Read, *, published: bool) -> list[Finding]:
    """Compare a finished site with the draft it was built from; none found means that it says the same.

    In a published site, text that the agency left out may not appear anywhere but in the guidance, which quotes
    clauses of fictional agencies as examples, and on the page of changes, which quotes what earlier versions said.
    """
    pages = {uri: read(uri) for uri in book.pages}
    found = [_missing_page(uri) for uri, text in pages.items() if text is None]
    compared = set(pages) if published else {uri for uri, _ in every_provision(draft)}
    texts = {uri: plain_html(text) for uri, text in pages.items() if text is not None and uri in compared}
    found += _provisions(draft, texts)
    for uri, text in pages.items():
        found += _left_over(uri, text or "")
    return [*found, *(_left_out(draft, texts) if published else [])]


def plain_html(text: str) -> str:
    """Return the words of HTML, without tags, on one line."""
    return _SPACE.sub("", html.unescape(_TAG.sub(" ", text)))


def plain_markdown(text: str) -> str:
    """Return the words of a provision's Markdown, without marks, on one line."""
    return _SPACE.sub("", html.unescape(_MARKDOWN.sub("", text)))


def _missing_page(uri: str) -> Finding:
    return _finding("V101", "This page is missing from the site.", uri, "Build the site again with the hook.")


def _provisions(draft: Draft, texts: Mapping[str, str]) -> Iterator[Finding]:
    for uri, provision in every_provision(draft):
        words = plain_markdown(provision.text)
        if not words:
            yield _finding("V105", f"The provision {_name(provision)} is empty.", uri, "Write its text.")
        elif uri in texts and words not in texts[uri]:
            message = f"The provision {_name(provision)} is not on this page as it was drafted."
            fix = "Look for a page or a plugin of your own that changes generated pages."
            yield _finding("V102", message, uri, fix)


def _name(provision: Provision) -> str:
    return f"{provision.number} “{provision.clause.title}” ({provision.clause.id})".strip()


def _left_over(uri: str, text: str) -> Iterator[Finding]:
    text = _without_scripts(text)
    if not any(sign in text for sign in _SIGNS):
        return
    found = _LEFT.search(_CODE.sub("", text))
    if found:
        message = f"“{html.unescape(found[0]).strip()}” is left in the page: a template or a shortcode was not filled."
        yield _finding("V104", message, uri, "Build the site with the hook, and mend the page that holds it.")


def _without_scripts(text: str) -> str:
    """Return HTML without its scripts; the theme's own end with two braces."""
    first, *others = text.split("<script")
    return first + "".join(other.partition("</script>")[2] for other in others)


def _left_out(draft: Draft, texts: Mapping[str, str]) -> Iterator[Finding]:
    included = "".join(plain_markdown(provision.text) for _, provision in every_provision(draft))
    for omission in (*draft.policy.out, *draft.policy.undecided):
        for fragment in _fragments(omission.clause):
            places = [uri for uri, text in texts.items() if fragment in text and not uri.startswith(QUOTING)]
            pages = places if fragment not in included else []
            if pages:
                message = f"The clause “{omission.clause.title}” ({omission.clause.id}) is left out, but stands here."
                yield _finding("V103", message, pages[0], "Take its words out of the page.")


def _fragments(clause: Clause) -> Sequence[str]:
    parts = [plain_markdown(part) for part in clause.body if isinstance(part, str)]
    return [part for part in parts if len(part) >= LEAST][:1]


def _finding(code: str, message: str, uri: str, fix: str) -> Finding:
    return Finding(code, "error", message, (Place(uri),), fix)


def finished_page(site: Path, uri: str) -> str | None:
    """Return the HTML of a page in a finished site, whichever way its host names files; None when it is not there."""
    plain = site / f"{uri.removesuffix('.md')}.html"
    folder = site / uri.removesuffix(".md") / "index.html"
    found = next((path for path in (plain, folder) if path.is_file()), None)
    return found.read_text("utf-8", errors="replace") if found else None
