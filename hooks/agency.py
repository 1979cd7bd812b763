"""The door of an agency's site, for a repository that keeps this checkout beside it."""

from policywright.site.agency import *  # noqa: F403
