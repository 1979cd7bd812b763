"""Adds generated pages and assets to MkDocs' files; nothing is written into `docs/`."""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from policywright.pages.own_pages import built_as
from policywright.pages.renderer import Book


def add_generated(files: Files, config: MkDocsConfig, book: Book, more: dict[str, str] | None = None) -> Files:
    """Add the pages and files of a book and `more` (uri -> text), except those that exist in `docs/`."""
    texts = {uri: page.text for uri, page in book.pages.items()}
    made: dict[str, str | bytes] = {**texts, **book.files, **(more or {})}
    existing = {built_as(file.src_uri) if file.is_documentation_page() else file.src_uri for file in files}
    for uri, content in made.items():
        # A page that the agency wrote itself replaces the generated one of the same name.
        if (built_as(uri) if uri.endswith(".md") else uri) not in existing:
            files.append(File.generated(config, uri, content=content))
    return files
