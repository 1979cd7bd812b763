"""What is generated from the catalog and kept in git; run it to write it anew: python tests/generated.py."""

from __future__ import annotations

import html
import json
import tempfile
from pathlib import Path

from agency_files import ROOT, draft_with, read_case
from policywright import __version__
from policywright.engine.cache import load_catalog
from policywright.engine.catalog import catalog_folder
from policywright.engine.model import Draft, Provision
from policywright.press.skeleton import template_answers, template_context

TEMPLATE = ROOT / "cookiecutter-policy"
SCAFFOLD = TEMPLATE / "{{cookiecutter.repo_name}}"


def golden() -> dict[Path, str]:
    """Return the policies of the golden agencies as text: path -> text."""
    texts = {}
    for name, case in read_case("golden.yml").items():
        with tempfile.TemporaryDirectory() as folder:
            draft = draft_with(Path(folder), case["answers"], case["policy"])
        texts[ROOT / "tests" / "golden" / f"{name}.txt"] = policy_text(draft)
    return texts


def policy_text(draft: Draft) -> str:
    """Write a policy and its public texts as plain text, one sentence on one line."""
    head = [f"{draft.document.agency_name}: {draft.document.title}"]
    findings = [f"{f.severity} {f.code}: {f.message}" for f in draft.findings if f.severity != "gap"]
    parts = ["\n".join(head + findings)]
    for chapter in draft.policy.chapters:
        parts += [
            f"{chapter.number} {chapter.section.title}",
            *(provision_text(provision) for provision in chapter.provisions),
        ]
    for text in draft.policy.texts:
        parts += [f"[{text.section.title}]", *(provision_text(provision) for provision in text.provisions)]
    return "\n\n".join(parts) + "\n"


def provision_text(provision: Provision) -> str:
    """Write one provision with its number, title, id and level."""
    head = f"{provision.number} {provision.clause.title} ({provision.clause.id}, {provision.clause.level})".strip()
    see = [f"See also: {row['title']}." for row in provision.instruments]
    return "\n".join([head, html.unescape(provision.text), *see])


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
    for path, text in (generated() | golden()).items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
