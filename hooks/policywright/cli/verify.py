"""The command that compares a finished site with the draft."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from policywright.cli.options import as_day
from policywright.cli.terminal import ROOT, shown
from policywright.clock import given_day, this_day
from policywright.draft import draft_of
from policywright.model.draft import Draft
from policywright.model.findings import Finding
from policywright.pages.book import render_book
from policywright.pages.own_pages import left_out, moved, own_pages
from policywright.pages.renderer import Book
from policywright.pages.site_settings import docs_of
from policywright.pages.verification import Origins, compare_site, finished_page, other_pages


@click.command()
@click.argument("site", type=click.Path(path_type=Path, file_okay=False, exists=True))
@ROOT
@click.option("--published", is_flag=True, help="Also check that nothing that was left out is in it.")
@click.option(
    "--today", callback=as_day, metavar="DATE", help="The day for which the site was built, such as 2027-03-01."
)
def verify(site: Path, root: Path, published: bool, today: str) -> None:  # noqa: FBT001
    """Check that a finished site says what the draft says.

    SITE is the folder of the finished site, which may have been built elsewhere. Every generated page must be in
    it with all its words.
    """
    # A build looks at no clock, “render” does.
    days = [today] if today else [given_day(), this_day()]
    draft, book, found = _compared(site, root, days[0], published=published)
    if any(one.code == "V106" for one in found) and len({*days}) > 1:
        later = _compared(site, root, days[1], published=published)
        draft, book, found = later if len(later[2]) < len(found) else (draft, book, found)
    for finding in found:
        click.echo(shown(finding))
    click.echo(f"{len(book.pages)} pages and {len(draft.policy.provisions)} provisions checked; {len(found)} problems.")
    sys.exit(1 if found else 0)


def _compared(site: Path, root: Path, day: str, *, published: bool) -> tuple[Draft, Book, list[Finding]]:
    """Return the draft of a day, the pages that the site should have, and how the site differs from them."""
    audience = "published" if published else "working"
    draft, docs = draft_of(root, day), docs_of(root, audience)
    own = own_pages(docs)
    book = render_book(draft, audience, own, docs=docs)
    written = {uri: (docs.place(uri).file, text) for uri, text in own.items()}
    kept = {uri: page for uri, page in book.pages.items() if not left_out(uri, docs) and not moved(uri)}
    book = replace(book, pages=kept)
    origins = Origins(docs.convert, written, other_pages(site, kept))
    return (
        draft,
        book,
        compare_site(draft, book, lambda uri: finished_page(site, uri), published=published, origins=origins),
    )
