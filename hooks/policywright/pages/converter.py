"""The converter that MkDocs uses, with the extensions of a site: it decides what is code, and how words read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from policywright.language.comments import Convert

if TYPE_CHECKING:
    from markdown import Markdown

EXTENSIONS: list[Any] = ["admonition", "attr_list", "footnotes", "md_in_html", "tables", {"toc": {"permalink": "¶"}}]
"""The extensions of the template's site, in the form of mkdocs.yml."""
ALWAYS = ("toc", "tables", "fenced_code")
"""The extensions that MkDocs adds to those of every site."""


class Converter:
    """Converts Markdown as one site does."""

    def __init__(self, extensions: Sequence[Any], options: Mapping[str, Any] | None = None) -> None:
        self.extensions = extensions
        self.options = options or {}
        self._made: Markdown | None = None

    def __call__(self, text: str) -> str:
        """Return the HTML of a page."""
        return str(self._markdown().reset().convert(text))

    def included(self, text: str) -> str:
        """Return a page with the files that its extensions bring in, such as `pymdownx.snippets`."""
        markdown = self._markdown().reset()
        # What an extension does before blanks are normalized is to read files; everything else comes later.
        before = markdown.preprocessors.get_index_for_name("normalize_whitespace")
        lines = text.split("\n")
        for step in list(markdown.preprocessors)[:before]:
            lines = step.run(lines)
        return "\n".join(lines)

    def _markdown(self) -> Markdown:
        if self._made is None:
            # Loaded here because it costs a twentieth of a second, and most commands convert nothing.
            from markdown import Markdown  # noqa: PLC0415

            self._made = Markdown(extensions=[*self.extensions], extension_configs=dict(self.options))
        return self._made


def converter(listed: Sequence[Any]) -> Convert:
    """Return the converter for `markdown_extensions` of mkdocs.yml; an extension that cannot be loaded is left out."""
    options = {name: given or {} for one in listed if isinstance(one, Mapping) for name, given in one.items()}
    names = [str(name) for one in listed for name in (one if isinstance(one, Mapping) else [one])]
    usable = [name for name in dict.fromkeys([*ALWAYS, *names]) if _loads(name, options.get(name))]
    return Converter(usable, {name: options[name] for name in usable if isinstance(options.get(name), Mapping)})


def _loads(name: str, options: Any) -> bool:
    """Return whether an extension can be loaded: a site may use one that only the machine of the site has."""
    from markdown import Markdown  # noqa: PLC0415

    try:
        Markdown(extensions=[name], extension_configs={name: options} if isinstance(options, Mapping) else {})
    except Exception:  # an extension is somebody else's code
        return False
    return True


def later(make: Callable[[], Convert]) -> Convert:
    """Return a converter that is made when it is first used."""
    made = cache(make)

    def convert(text: str) -> str:
        return made()(text)

    return convert


usual = later(lambda: converter(EXTENSIONS))
"""The converter of the template's site."""
