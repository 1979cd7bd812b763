"""Puts generated pages and assets among MkDocs' files; nothing is written into `docs/`."""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from policywright.pages.renderer import Book


def add_generated(files: Files, config: MkDocsConfig, book: Book, more: dict[str, str] | None = None) -> Files:
    """Add the pages and files of a book and `more` (uri -> text), but for those that stand in `docs/`."""
    texts = {uri: page.text for uri, page in book.pages.items()}
    made: dict[str, str | bytes] = {**texts, **book.files, **(more or {})}
    existing = {file.src_uri for file in files}
    for uri, content in made.items():
        if uri not in existing:
            files.append(File.generated(config, uri, content=content))
    return files
