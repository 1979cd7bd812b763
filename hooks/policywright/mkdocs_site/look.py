"""MkDocs events for the site of a portfolio, whose pages are finished: they correct the theme's HTML."""

from __future__ import annotations

from typing import Any

from policywright.mkdocs_site.html import accessible, corrected, lost

__all__ = ["on_page_content", "on_post_page", "on_post_template"]


def on_page_content(html: str, **_: Any) -> str:
    """Make tables accessible."""
    return accessible(html)


def on_post_page(output: str, **_: Any) -> str:
    """Correct Material's HTML."""
    return corrected(output)


def on_post_template(output_content: str, *, template_name: str, **_: Any) -> str:
    """Correct the 404 page."""
    return lost(output_content) if template_name == "404.html" else output_content
