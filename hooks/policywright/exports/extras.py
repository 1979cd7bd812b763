"""Packages that only some exports need: they come as extras, and are named if they are missing."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

_PACKAGES = {"docx": "python-docx"}
"""The name under which a module is installed, if that is different."""


class MissingExtra(Exception):
    """Raised when an export needs a package that is not installed; its text names the command that installs it."""


def needed(module: str, for_what: str) -> ModuleType:
    """Import a module that only some files need, such as “docx” for “Word files”; raise MissingExtra without it."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        package = _PACKAGES.get(module, module)
        raise MissingExtra(f"{for_what} need {package}. Install it with: python -m pip install {package}") from None
