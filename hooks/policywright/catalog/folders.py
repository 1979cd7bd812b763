"""Where the catalogs, their guidance, the how-tos and the template are, in the checkout or in the installed package."""

from __future__ import annotations

from pathlib import Path

# A checkout has content/ next to hooks/; the wheel has it inside the package (see force-include in pyproject.toml).
PACKAGE = Path(__file__).resolve().parent.parent


def content_folder() -> Path:
    """Return the folder of all catalogs: the one of the checkout, or else of the installed package."""
    checkout = PACKAGE.parent.parent / "content"
    return checkout if checkout.is_dir() else PACKAGE / "content"


def catalog_folder(name: str) -> Path:
    """Return the folder of the catalog with this name."""
    return content_folder() / name


def guidance_folder() -> Path:
    """Return the folder of the guidance pages: the one of the checkout, or else of the installed package."""
    checkout = PACKAGE.parent.parent / "docs" / "guidance"
    return checkout if checkout.is_dir() else PACKAGE / "guidance"


def how_to_folder() -> Path:
    """Return the folder of the how-tos: the one of the checkout, or else of the installed package."""
    checkout = PACKAGE.parent.parent / "docs" / "how-to"
    return checkout if checkout.is_dir() else PACKAGE / "how-to"


def known_catalogs() -> tuple[str, ...]:
    """Return the names of the catalogs that come with Policywright."""
    return tuple(sorted(path.parent.name for path in content_folder().glob("*/catalog.yml")))


def template_folder() -> Path:
    """Return the folder of the cookiecutter template: the one of the checkout, or else of the installed package."""
    checkout = PACKAGE.parent.parent / "cookiecutter-policy"
    return checkout if checkout.is_dir() else PACKAGE / "template"
