"""MkDocs enters here; everything is in the package that requirements.txt names."""

from policywright.hook import *  # noqa: F403
