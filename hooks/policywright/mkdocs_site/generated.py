"""Adds generated pages and assets to MkDocs' files; nothing is written into `docs/`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from policywright.pages.own_pages import built_as
from policywright.pages.renderer import Book
from policywright.pages.style import SCRIPT, SEARCH_LATER, STYLE


def use_assets(config: MkDocsConfig) -> None:
    """Let every page load our style sheet and our scripts; an agency's style sheets come later, so they prevail."""
    if STYLE in config.extra_css:
        return
    config.extra_css.insert(0, STYLE)
    config.extra_javascript.append(SCRIPT)
    config.extra["polyfills"] = [*config.extra.get("polyfills", []), SEARCH_LATER]


def add_generated(files: Files, config: MkDocsConfig, book: Book, more: dict[str, str] | None = None) -> Files:
    """Add the pages and files of a book and `more` (uri -> text), except those that exist in `docs/`.

    They are in a temporary folder, because many plug-ins open the file of a page.
    """
    folder = tempfile.TemporaryDirectory(prefix="policywright-")
    # The folder of the last build, which `serve` does not need any longer, goes with its object.
    _kept[:] = [folder]
    texts = {uri: page.text for uri, page in book.pages.items()}
    made: dict[str, str | bytes] = {**texts, **book.files, **(more or {})}
    existing = {built_as(file.src_uri) if file.is_documentation_page() else file.src_uri for file in files}
    for uri, content in made.items():
        # A page that the agency wrote itself replaces the generated one of the same name.
        if (built_as(uri) if uri.endswith(".md") else uri) not in existing:
            path = Path(folder.name, uri)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            files.append(File.generated(config, uri, abs_src_path=str(path)))
    return files


def without_replaced(files: Files) -> Files:
    """Take away generated pages that a plug-in made too, under a name that is built as the same page."""
    theirs = {built_as(file.src_uri) for file in files.documentation_pages() if not is_generated(file)}
    for file in files.documentation_pages():
        if is_generated(file) and built_as(file.src_uri) in theirs:
            files.remove(file)
    return files


def is_generated(file: File) -> bool:
    """Return whether a file is one that the last call of `add_generated` added."""
    return bool(file.abs_src_path and _kept and Path(file.abs_src_path).is_relative_to(_kept[0].name))


_kept: list[tempfile.TemporaryDirectory[str]] = []
