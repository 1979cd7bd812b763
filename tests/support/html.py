"""Markdown as an agency's site renders it, without a build."""

from __future__ import annotations

import markdown

from policywright.pages.plain_site import SETTINGS


def as_html(text: str) -> str:
    """Convert Markdown with the extensions of an agency's site."""
    given = SETTINGS["markdown_extensions"]
    names = [name if isinstance(name, str) else next(iter(name)) for name in given]
    options = {key: value for one in given if isinstance(one, dict) for key, value in one.items()}
    made: str = markdown.markdown(text, extensions=names, extension_configs=options)
    return made
