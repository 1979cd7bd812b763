"""The hook of this repository's own site."""

from policywright.mkdocs_site.guidance import *  # noqa: F403
