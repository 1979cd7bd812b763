"""Whether a finished site says what the draft says: every provision, word for word, and nothing that was left out."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from policywright.language.comments import Convert, line_of, lookalikes, ours, unescaped
from policywright.model.catalog import Clause
from policywright.model.draft import Draft, Provision
from policywright.model.findings import Finding, Place, short
from policywright.pages.converter import usual
from policywright.pages.own_pages import built_as
from policywright.pages.plain_words import lost_words, plain_html, plain_markdown
from policywright.pages.renderer import Book, without_head
from policywright.pages.views.overview import every_provision, repeated_provisions

Read = Callable[[str], str | None]
"""Uri of a page -> its finished HTML, or None if the site has no such page."""

_CODE = re.compile(r"<(script|style|pre|code)\b.*?</\1>", re.DOTALL)
_SCRIPT = re.compile(r"<(script|style|textarea)\b.*?</\1>", re.DOTALL)
_FOOTNOTES = re.compile(r'<div class="footnote">.*?</div>', re.DOTALL)
_FOOTNOTE = re.compile(r'<li id="fn.*?</li>', re.DOTALL)
_LEFT = re.compile(
    r"\{\{|\{%|%\}|\}\}|<!--\s*policy:|\[placeholder\]|^(?:&lt;|<){7} |^(?:&gt;|>){7} |\[object Object\]", re.MULTILINE
)
_SIGNS = ("{{", "}}", "{%", "%}", "<!--", "[placeholder]", "[object", "<" * 7, ">" * 7, "&lt;" * 7, "&gt;" * 7)
"""In a page without any of these _LEFT cannot match; searching for them is much faster."""
QUOTING = ("guidance/", "changes.md")
"""Prefixes of pages that may quote text that is not in the policy."""
LEAST = 60
"""The minimum length of a distinctive fragment."""
_WITH_HOOK = (
    "Build it with “mkdocs build”. Zensical and others run no hooks: let them build what “policywright render” writes."
)


@dataclass(frozen=True)
class Origins:
    """Where a site came from, for findings that name a file that a person can open."""

    convert: Convert = usual
    """The converter of the site."""
    written: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Uri of a page that somebody wrote -> the name of its file, and its text."""
    others: Sequence[str] = ()
    """Pages of the site that are not in the book, such as those of plug-ins."""
    settings: str = "mkdocs.yml"
    """The file that says how the site is built."""
    converted: Mapping[str, str] = field(default_factory=dict)
    """Uri of a generated page -> its HTML, if the caller has it already."""

    def place(self, uri: str, words: str = "") -> Place:
        """Return where some words of a page come from, as far as that is known."""
        if uri not in self.written:
            return Place(self.settings)
        name, text = self.written[uri]
        return Place(name, line_of(text, max(text.find(words), 0)))


def compare_site(
    draft: Draft, book: Book, read: Read, *, published: bool, origins: Origins | None = None
) -> list[Finding]:
    """Compare a finished site with the draft it was built from; return the differences.

    In a published site, text that the agency left out may appear only in the guidance, which quotes
    clauses of fictional agencies as examples, and on the page of changes, which quotes what earlier versions said.
    """
    origins = origins or Origins()
    pages = {uri: read(uri) for uri in (*book.pages, *origins.others)}
    found = _missing_pages([uri for uri in book.pages if pages[uri] is None], book, origins)
    named = {built_as(uri) for uri, _ in every_provision(draft)}
    compared = {uri for uri in pages if published or built_as(uri) in named}
    built = {uri: text for uri, text in pages.items() if text is not None}
    texts = {uri: plain_html(text) for uri, text in built.items() if uri in compared}
    provisions = [*_provisions(draft, texts, origins)]
    found += [finding for _, finding in provisions]
    whole = book.pages.keys() & built.keys() - {uri for uri, _ in provisions}
    found += _changed(book, {uri: built[uri] for uri in book.pages if uri in whole}, origins)
    for uri, text in built.items():
        found += _left_over(uri, text, draft, origins)
    return [*found, *(_left_out(draft, texts, origins) if published else [])]


def hidden_in(text: str, names: Iterable[str]) -> Iterator[str]:
    """Return what is left in the HTML of a page, before comments are removed, that was meant to hide something."""
    names = tuple(names)
    rest = _SCRIPT.sub("", text)
    yield from (words for words in re.findall(r"<!--.*?-->", rest, re.DOTALL) if ours(words[4:-3], names))
    rest = re.sub(r"<!--.*?-->", "", rest, flags=re.DOTALL)
    yield from ("<!--" for _ in range("<!--" in rest))
    shown = unescaped(re.sub(r"<[a-zA-Z/][^>]*>", "", _CODE.sub("", rest)))
    yield from (mark.text for mark in lookalikes(shown, names))


def hidden_finding(words: str, place: Place) -> Finding:
    """Report a comment or a shortcode that is left in the HTML of a page."""
    message = f"“{' '.join(words.split())[:80]}” is left in the page: it hides nothing, because nothing read it."
    fix = "Write it into a page in docs/, on a separate line, and not where a plug-in or an extension adds it later."
    return Finding("V104", "error", message, (place,), fix)


def rendered(text: str, convert: Convert) -> list[str]:
    """Return the words of Markdown as a site shows them: the text, then each footnote."""
    made = convert(text)
    notes = [note for found in _FOOTNOTES.finditer(made) for note in _FOOTNOTE.findall(found[0])]
    return [plain_html(part) for part in (_FOOTNOTES.sub("", made), *notes)]


def _missing_pages(missing: Sequence[str], book: Book, origins: Origins) -> list[Finding]:
    rendered = {uri for uri in book.pages if uri not in origins.written}
    if len(rendered) > 1 and rendered <= {*missing}:
        message = f"None of the {len(rendered)} pages that Policywright renders is in the site. The hook did not run."
        return [Finding("V101", "error", message, (Place(origins.settings),), _WITH_HOOK)]
    return [_missing_page(uri, origins) for uri in missing]


def _missing_page(uri: str, origins: Origins) -> Finding:
    message = f"The page {uri} is missing from the site."
    return Finding("V101", "error", message, (origins.place(uri),), "Build the site again with the hook.")


def _changed(book: Book, built: Mapping[str, str], origins: Origins) -> Iterator[Finding]:
    """Report generated pages that do not say what was rendered."""
    for uri, text in built.items():
        if uri in origins.written:
            continue
        made = origins.converted.get(uri) or origins.convert(without_head(book.pages[uri].text))
        words = "" if made in text else lost_words(made, text)
        if words:
            message = f"These words are not on the page {uri} as they were rendered: “{short(words)}”."
            fix = f"Look for a plugin, a hook or an extension that changes {uri}."
            yield Finding("V106", "error", message, (origins.place(uri),), fix)


def _provisions(draft: Draft, texts: Mapping[str, str], origins: Origins) -> Iterator[tuple[str, Finding]]:
    """Report provisions that are not on their page as they were drafted, each with the page."""
    # An agency's page may replace a text under another name, such as one that ends in “.markdown”.
    named = {built_as(uri): uri for uri in texts}
    for uri, provision in every_provision(draft):
        words, page = plain_markdown(provision.text), named.get(built_as(uri), "")
        if not words or (page and words not in texts[page]):
            yield from ((page, one) for one in _provision(uri, provision, page, texts.get(page), origins))
    for uri, provision in repeated_provisions(draft):
        words, page = plain_markdown(provision.text), named.get(built_as(uri), "")
        if page and words not in texts[page]:
            yield from ((page, one) for one in _provision(uri, provision, page, texts[page], origins))


def _provision(uri: str, provision: Provision, page: str, shown: str | None, origins: Origins) -> Iterator[Finding]:
    """Compare a provision as it is rendered; this takes longer than to compare its Markdown, and is rarely needed."""
    parts = rendered(provision.text, origins.convert)
    if not any(parts):
        message = f"The provision {_name(provision)} is empty."
        yield Finding("V105", "error", message, (_clause_place(provision, origins),), "Write its text.")
    elif shown is not None and not all(part in shown for part in parts):
        message = f"The provision {_name(provision)} is not on the page {uri} as it was drafted."
        fix = f"Look for a plugin, a hook or a page that changes {uri}."
        place = origins.place(page) if page in origins.written else _clause_place(provision, origins)
        yield Finding("V102", "error", message, (place,), fix)


def _clause_place(provision: Provision, origins: Origins) -> Place:
    """Return an agency's clause, or the settings of its site for a clause of the catalog, which it cannot change."""
    place = provision.clause.place
    return place if place.file.startswith("overrides/") else Place(origins.settings)


def _name(provision: Provision) -> str:
    return f"{provision.number} “{provision.clause.title}” ({provision.clause.id})".strip()


def _left_over(uri: str, text: str, draft: Draft, origins: Origins) -> Iterator[Finding]:
    text = _without_scripts(text)
    if not any(sign in text for sign in _SIGNS):
        return
    found = _LEFT.search(_CODE.sub("", text))
    if found:
        words = html.unescape(found[0]).strip()
        message = f"“{words}” is left in the page {uri}: a template or a shortcode was not filled."
        clauses = (p for of, p in every_provision(draft) if of == uri and words in p.text)
        place = next((_clause_place(p, origins) for p in clauses), origins.place(uri, words))
        yield Finding("V104", "error", message, (place,), "Build the site with the hook, and correct that page.")


def _without_scripts(text: str) -> str:
    """Return HTML without its scripts, because the theme's scripts contain double braces."""
    first, *others = text.split("<script")
    return first + "".join(other.partition("</script>")[2] for other in others)


def _left_out(draft: Draft, texts: Mapping[str, str], origins: Origins) -> Iterator[Finding]:
    included = "".join(plain_markdown(provision.text) for _, provision in every_provision(draft))
    for omission in (*draft.policy.out, *draft.policy.undecided):
        for fragment in _fragments(omission.clause):
            found = [uri for uri, text in texts.items() if fragment in text]
            places = [uri for uri in found if not uri.startswith(QUOTING)]
            if len(places) < len(found):  # then a page of a plug-in may repeat it, such as one of the whole site
                places = [uri for uri in places if uri not in origins.others]
            pages = places if fragment not in included else []
            if pages:
                clause = omission.clause
                message = f"The clause “{clause.title}” ({clause.id}) is left out, but is in {pages[0]}."
                yield Finding(
                    "V103",
                    "error",
                    message,
                    (_quote(pages[0], omission.clause, origins),),
                    "Remove its words from the page.",
                )


def _quote(uri: str, clause: Clause, origins: Origins) -> Place:
    """Return the line of a page that quotes a clause."""
    lines = (line for part in clause.body if isinstance(part, str) for line in part.split("\n") if line.strip())
    return origins.place(uri, next(lines, ""))


def _fragments(clause: Clause) -> Sequence[str]:
    parts = [plain_markdown(part) for part in clause.body if isinstance(part, str)]
    return [part for part in parts if len(part) >= LEAST][:1]


def finished_page(site: Path, uri: str) -> str | None:
    """Return the HTML of a page in a finished site, with or without a folder per page; None if it is missing."""
    name = built_as(uri)
    plain, folder = site / f"{name}.html", site / name / "index.html"
    found = next((path for path in (plain, folder) if path.is_file()), None)
    return found.read_text("utf-8", errors="replace") if found else None


def other_pages(site: Path, uris: Iterable[str]) -> list[str]:
    """Return the pages of a finished site that are none of these, each by the uri of a Markdown page."""
    known = {built_as(uri) for uri in uris}
    paths = (path.relative_to(site).with_suffix("").as_posix() for path in sorted(site.rglob("*.html")))
    named = [name for name in paths if name not in known and name.removesuffix("/index") not in known]
    return [f"{name}.md" for name in named if name != "404"]
