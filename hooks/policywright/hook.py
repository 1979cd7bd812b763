"""The permanent entry point: every agency's `hooks/policy.py` imports this module and nothing else from us.

Its name and its events never change, because agencies keep the line in repositories that we cannot reach.
"""

from policywright.mkdocs_site.agency import (
    on_config,
    on_env,
    on_files,
    on_nav,
    on_page_content,
    on_page_markdown,
    on_post_build,
    on_post_page,
    on_post_template,
    on_serve,
    on_shutdown,
    on_startup,
)

__all__ = [
    "on_config",
    "on_env",
    "on_files",
    "on_nav",
    "on_page_content",
    "on_page_markdown",
    "on_post_build",
    "on_post_page",
    "on_post_template",
    "on_serve",
    "on_shutdown",
    "on_startup",
]
