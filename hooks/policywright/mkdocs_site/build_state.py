"""What the events of one build know of each other."""

from __future__ import annotations

from pathlib import Path
from threading import Thread
from typing import Any

from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation

from policywright.catalog.cache import KeptCatalog
from policywright.mkdocs_site.conversions import Conversions
from policywright.mkdocs_site.printing import PrintedPages
from policywright.model.draft import Draft
from policywright.model.findings import Finding
from policywright.pages.converter import Converter
from policywright.pages.own_pages import Docs
from policywright.pages.renderer import Book, Page


class BuildState:
    """The state of one build; MkDocs calls the events one after the other."""

    def __init__(self) -> None:
        self.command = "build"
        self.dirty = False
        self.server: Any = None
        """MkDocs' server, as soon as it runs."""
        self.beside: Path | None = None
        """The folder in which the site is built, until it is put in place."""
        self.target = ""
        """Its place."""
        self.load = KeptCatalog()
        self.afterwards: Thread | None = None
        """What a server still does when the site is shown."""
        self.start()

    @property
    def serving(self) -> bool:
        """Whether MkDocs serves the site while somebody edits."""
        return self.command == "serve"

    def start(self, book: Book | None = None) -> None:
        """Forget the previous build."""
        self.draft: Draft | None = None
        self.book = book
        self.published = False
        self.html: dict[str, str] = {}
        self.docs = Docs(Path("docs"))
        self.converter: Converter | None = None
        self.conversions: Conversions | None = None
        self.nav: Navigation | None = None
        self.printing: PrintedPages | None = None
        self.known: set[Finding] = set()
        """The mistakes in the agency's pages that are reported already."""
        self.problems: list[Finding] = []
        """Those that were found only when MkDocs handed the pages over."""
        self.hidden: list[Finding] = []
        """What is left in the HTML of pages and was meant to hide something."""
        self.written: dict[str, tuple[str, str]] = {}
        """Uri of each page that we did not generate -> the name of its file, and its text."""
        self.own: dict[str, Page] = {}
        """The same pages with their shortcodes expanded."""
        self.made: set[str] = set()
        """The uris of the pages that we generated."""
        self.files: Files = Files([])
        self.untouched: set[str] = set()
        """The uris of those whose Markdown no plug-in changed."""
        self.converted: dict[str, str] = {}
        """What MkDocs made of these: uri -> HTML."""
        self.navigation: list[Any] | None = None
        """The navigation that we set before plug-ins saw the files."""
