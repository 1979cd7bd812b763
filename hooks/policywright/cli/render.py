"""The command render: writes the pages for any site generator."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from policywright.approval.objections import Refused
from policywright.cli.terminal import ROOT, exit_refused, read_draft, shown
from policywright.exports.downloads import make_downloads
from policywright.files.writing import write_files
from policywright.pages.book import make_book
from policywright.pages.own_pages import own_files, own_pages, own_problems, strays
from policywright.pages.plain_site import plain_site
from policywright.pages.site_settings import docs_of


@click.command()
@ROOT
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="A new or empty folder.")
@click.option("--published", is_flag=True, help="Only what may be published, and only if nothing prevents it.")
def render(*, root: Path, out: Path, published: bool) -> None:
    """Write the pages as plain Markdown, for any site generator.

    The folder gets `docs/` with the pages and a plain `mkdocs.yml` without hooks.
    """
    if out.exists() and any(out.iterdir()):
        raise click.UsageError(f"The folder {out} is not empty. Name a new one, so that nothing is lost.")
    audience = "published" if published else "working"
    draft, docs = read_draft(root), docs_of(root, audience)
    if out.resolve().is_relative_to(docs.folder.resolve()):
        raise click.UsageError(
            f"The folder {out} is in {docs.folder.name}/, so its pages would be in the next site too."
        )
    try:
        problems = [problem for problem in own_problems(docs, draft) if problem.code == "E203"]
        downloads, missing = make_downloads(draft, root, audience)
        book = make_book(draft, audience, own_pages(docs), docs=docs, problems=problems, downloads=downloads)
    except Refused as refused:
        exit_refused("This policy may not be published yet:", refused.reasons, 1)
    for problem in (*book.problems, *strays(docs), *missing):
        click.echo(shown(problem), err=True)
    written = write_files(plain_site(draft, book), out) + write_files(own_files(docs), out / "docs")
    click.echo(f"{len(written)} files are in {out}. Build them with: mkdocs build -f {out / 'mkdocs.yml'}")
    sys.exit(1 if book.problems else 0)
