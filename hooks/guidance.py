"""The door of this repository's own site."""

from policywright.site.guidance import *  # noqa: F403
