"""Where the catalogs and their guidance lie, in the checkout or in the installed package."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def content_folder() -> Path:
    """Return the folder of all catalogs: the checkout's when there is one, else the installed package's."""
    checkout = PACKAGE.parent.parent / "content"
    return checkout if checkout.is_dir() else PACKAGE / "content"


def catalog_folder(name: str) -> Path:
    """Return the folder of a catalog by its name."""
    return content_folder() / name


def guidance_folder() -> Path:
    """Return the folder of the guidance pages."""
    checkout = PACKAGE.parent.parent / "docs" / "guidance"
    return checkout if checkout.is_dir() else PACKAGE / "guidance"


def known_catalogs() -> tuple[str, ...]:
    """Return the names of the catalogs that came with Policywright."""
    return tuple(sorted(path.parent.name for path in content_folder().glob("*/catalog.yml")))
