"""What is generated from the catalog and kept in git; run it to write it anew: python tests/generated.py."""

from __future__ import annotations

import json
from pathlib import Path

from policywright import __version__
from policywright.engine.cache import load_catalog
from policywright.engine.catalog import catalog_folder
from policywright.press.skeleton import template_answers, template_context

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "cookiecutter-policy"
SCAFFOLD = TEMPLATE / "{{cookiecutter.repo_name}}"


def generated() -> dict[Path, str]:
    """Return every generated file: path -> text."""
    catalog = load_catalog(catalog_folder("social-media"))
    context = {
        "_generated": "Made by tests/generated.py from the catalog; do not edit.",
        **template_context(catalog, __version__),
    }
    files = {TEMPLATE / "cookiecutter.json": json.dumps(context, ensure_ascii=False, indent=2) + "\n"}
    return files | {SCAFFOLD / name: text for name, text in template_answers(catalog).items()}


if __name__ == "__main__":
    for path, text in generated().items():
        path.write_text(text, encoding="utf-8", newline="\n")
