"""What is generated from the catalog and kept in git; run it to regenerate them: make generated."""

from __future__ import annotations

import html
import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from policywright import __version__
from policywright.catalog.blank_answers import as_template, template_answers, template_context
from policywright.catalog.cache import load_catalog
from policywright.catalog.folders import catalog_folder
from policywright.catalog.forge_files import forge_files
from policywright.catalog.template_offices import with_marked_titles
from policywright.editor_schemas import CODE_SETTINGS, code_settings, schema_files
from policywright.model.catalog import Asked, Catalog, Choice, Question
from policywright.model.draft import Draft, Provision
from tests.support.agency_files import CASES, ROOT, draft_with, golden_draft, read_case

TEMPLATE = ROOT / "cookiecutter-policy"
SCAFFOLD = TEMPLATE / "{{cookiecutter.repo_name}}"


def golden() -> dict[Path, str]:
    """Return the policies of the golden agencies as text: path -> text."""
    return {CASES / "golden" / f"{name}.txt": policy_text(golden_draft(name)) for name in read_case("golden.yml")}


def shipped() -> dict[Path, str]:
    """Return what this version asks for, so that a later one can be held to it: path -> text."""
    path = CASES / "shipped" / f"{__version__}.json"
    asked = shipped_by(load_catalog(catalog_folder("social-media")))
    kept = json.loads(path.read_text("utf-8")) if path.exists() else {}
    text = json.dumps(appended(kept, asked), ensure_ascii=False, indent=1, sort_keys=True)
    return {path: f"{text}\n"}


def appended(kept: Any, asked: Any) -> Any:
    """Add what is new to the names that were kept, and take none out.

    If this could remove a name, `make generated` would silence the test that asks what became of it.
    """
    if isinstance(kept, dict) and isinstance(asked, dict):
        return {**asked, **{key: appended(value, asked.get(key, value)) for key, value in kept.items()}}
    if isinstance(kept, list) and isinstance(asked, list):
        return [*kept, *(name for name in asked if name not in kept)]
    return kept


def shipped_by(catalog: Catalog) -> dict[str, Any]:
    """Return every name of a catalog that an agency's files may hold."""
    return {
        "clauses": sorted(catalog.clauses),
        "questions": {question.id: _asked(question) for question in catalog.questions.values()},
        "rules": sorted(catalog.rules),
        "items": sorted(catalog.items),
        "roles": sorted(catalog.roles),
        "elements": sorted(catalog.elements),
    }


def _asked(asked: Asked) -> dict[str, Any]:
    values = {"values": list(asked.choices)} if asked.choices else {}
    columns = {key: _asked(column) for key, column in asked.columns.items()} if isinstance(asked, Question) else {}
    register = {"register": asked.register, "columns": columns} if isinstance(asked, Question) and columns else {}
    return {"type": asked.type} | values | register


def policy_text(draft: Draft) -> str:
    """Write a policy, its procedures and its public texts as plain text, one sentence on one line."""
    head = [f"{draft.document.agency_name}: {draft.document.title}"]
    findings = [f"{f.severity} {f.code}: {f.message}" for f in draft.findings if f.severity != "gap"]
    parts = ["\n".join(head + findings)]
    for chapter in (*draft.policy.chapters, *draft.policy.procedures):
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
    see = [f"See also: {one.title}." for one in provision.existing_policies]
    return "\n".join([head, html.unescape(provision.text), *see])


def generated() -> dict[Path, str]:
    """Return every generated file: path -> text."""
    catalog = load_catalog(catalog_folder("social-media"))
    context = {
        "_generated": "Made by “make generated” from the catalog; do not edit.",
        **template_context(catalog, __version__, released_hash()),
    }
    files = {TEMPLATE / "cookiecutter.json": json.dumps(context, ensure_ascii=False, indent=2) + "\n"}
    return files | shipped() | question_counts() | {SCAFFOLD / name: text for name, text in scaffolded(catalog).items()}


def scaffolded(catalog: Catalog) -> dict[str, str]:
    """Return the files of an agency's repository that follow from the catalog: path in the template -> text."""
    catalog = with_marked_titles(catalog)
    made = schema_files(catalog) | {CODE_SETTINGS: code_settings()}
    schemas = {name: as_template(text) for name, text in made.items()}
    return template_answers(catalog) | schemas | forge_files(catalog)


QUESTIONS_HEAD = (CASES / "questions_head.md").read_text("utf-8")


def question_counts() -> dict[Path, str]:
    """Return the page that counts the questions by legal system, tier and kind: path -> text."""
    catalog = load_catalog(catalog_folder("social-media"))
    preset = catalog.presets["two_way"]
    head = QUESTIONS_HEAD.replace("{preset}", preset.title)
    rows = (_counted(choice, preset.id) for choice in catalog.questions["agency.jurisdiction"].choices.values())
    return {ROOT / "docs" / "project" / "questions.md": head + "".join(rows)}


def _counted(jurisdiction: Choice, preset: str) -> str:
    given = {"agency.jurisdiction": jurisdiction.value, "agency.type": "municipal_general"}
    with tempfile.TemporaryDirectory() as folder:
        draft = draft_with(Path(folder), given | {"agency.has_elected_officials": "yes"}, {"preset": preset})
    asked = [answer.question for answer in draft.answers.values() if answer.asked is not False]
    counts = Counter[tuple[str, str]]((question.tier, question.kind) for question in asked)
    essential, optional = ([counts[tier, kind] for kind in KINDS] for tier in ("essential", "optional"))
    cells = [jurisdiction.label, *essential, sum(essential), *optional, len(asked)]
    return f"| {' | '.join(map(str, cells))} |\n"


KINDS = ("fact", "choice", "commitment")


def released_hash() -> str:
    """Return what “python -m tests.tools.supply WHEEL” recorded for this version; nothing while it is not released."""
    kept = json.loads((TEMPLATE / "cookiecutter.json").read_text("utf-8"))
    return str(kept["_policywright_hash"]) if kept["_policywright_version"] == __version__ else ""


if __name__ == "__main__":
    for path, text in (generated() | golden()).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
