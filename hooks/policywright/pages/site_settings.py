"""What `check` finds outside the draft: MkDocs settings without our hook, and mistakes in an agency's pages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from policywright.files.schema import mapping
from policywright.files.yaml import YamlFile, find_conflict, read_yaml
from policywright.model.draft import Draft
from policywright.model.findings import Finding, Place, did_you_mean, in_order, shortened
from policywright.pages.own_pages import own_problems

ENTRY_POINT = "policywright.hook"
"""The module that a hook file must import."""
_USUAL = "Write “hooks:”, and below it “  - hooks/policy.py”, the file that the template made."


def with_site_findings(draft: Draft, root: Path) -> Draft:
    """Return a draft with added findings about the settings of its site and the agency's pages."""
    found = [finding for path in sorted(root.glob("mkdocs*.yml")) for finding in _settings(root, path)]
    found += own_problems(root / "docs", draft)
    found += [finding for path in _template_files(root) for finding in _leftovers(root, path)]
    return replace(draft, findings=in_order(shortened(in_order([*draft.findings, *found])))) if found else draft


_FROM_TEMPLATE = ("README.md", ".gitignore", ".gitlab-ci.yml", ".github/workflows/*.yml", "hooks/*.py", "docs/**/*.md")
"""Files that we never read, but that an update of the template may change."""


def _template_files(root: Path) -> list[Path]:
    patterns = (*_FROM_TEMPLATE, "*.rej", *(f"{pattern}.rej" for pattern in _FROM_TEMPLATE))
    return sorted(path for pattern in patterns for path in root.glob(pattern) if path.is_file())


def _leftovers(root: Path, path: Path) -> list[Finding]:
    """Report conflicts that an update of the template left."""
    name = path.relative_to(root).as_posix()
    if path.suffix != ".rej":
        return find_conflict(path.read_text("utf-8", errors="replace"), name)
    message = f"A part of an update of {name.removesuffix('.rej')} could not be applied, and lies here."
    return [Finding("E006", "error", message, (Place(name),), "Apply it by hand, and delete this file.")]


def _settings(root: Path, path: Path) -> list[Finding]:
    """Check a settings file; one that inherits is checked only if it names hooks."""
    file, problems = read_yaml(path, path.name)
    # Tags and anchors are refused in answers, but mkdocs.yml is MkDocs' file, and people use them there.
    problems = [problem for problem in problems if problem.code != "E005"]  # MkDocs knows tags and anchors
    settings = mapping(file.value)
    if problems or ("INHERIT" in settings and "hooks" not in settings):
        return problems
    hooks = settings.get("hooks")
    names = [(n, str(name)) for n, name in enumerate(hooks)] if isinstance(hooks, list) else []
    missing = [_no_file(file, n, name, root) for n, name in names if not (root / name).is_file()]
    return missing or ([] if any(_opens(root / name) for _, name in names) else [_no_entry_point(file)])


def _opens(hook: Path) -> bool:
    return ENTRY_POINT in hook.read_text("utf-8", errors="replace")


def _no_entry_point(file: YamlFile) -> Finding:
    message = "With these settings MkDocs builds the site without Policywright, so no policy would stand in it."
    return Finding("E013", "error", message, (file.place("hooks"),), _USUAL)


def _no_file(file: YamlFile, number: int, name: str, root: Path) -> Finding:
    present = sorted(path.relative_to(root).as_posix() for path in root.glob("hooks/*.py"))
    message = f"There is no hook file “{name}”.{did_you_mean(name, present)}"
    return Finding("E014", "error", message, (file.place("hooks", number),), _USUAL)
