"""The door through which MkDocs enters; everything is in the package that requirements.txt names."""

from policywright.site.agency import *  # noqa: F403
