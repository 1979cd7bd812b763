"""What `check` finds outside the draft: MkDocs settings without our hook, and mistakes in an agency's pages."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policywright.files.schema import mapping
from policywright.files.yaml import YamlFile, find_conflict, read_yaml
from policywright.model.draft import Draft
from policywright.model.findings import Finding, Place, did_you_mean, in_order, shortened
from policywright.pages.converter import converter, later, usual
from policywright.pages.own_pages import Docs, own_problems

if TYPE_CHECKING:
    from pathspec.gitignore import GitIgnoreSpec

ENTRY_POINT = "policywright.hook"
"""The module that a hook file must import."""
_USUAL = "Write “hooks:”, and below it “  - hooks/policy.py”, the file that the template made."


def with_site_findings(draft: Draft, root: Path) -> Draft:
    """Return a draft with added findings about the settings of its site and the agency's pages."""
    found = [finding for path in sorted(root.glob("mkdocs*.yml")) for finding in _settings(root, path)]
    found += own_problems(docs_of(root), draft)
    found += [finding for path in _template_files(root) for finding in _leftovers(root, path)]
    return replace(draft, findings=in_order(shortened(in_order([*draft.findings, *found])))) if found else draft


def docs_of(root: Path, audience: str = "working") -> Docs:
    """Return the folder of an agency's pages, as the settings of the site for an audience describe it."""
    settings = _settings_for(root, audience)
    name = str(settings.get("docs_dir") or "docs").strip("/")
    folder = Path(os.path.normpath(root / name))
    name = folder.relative_to(root).as_posix() if folder.is_relative_to(root) else name
    given = [str(settings[key]) for key in ("exclude_docs", "draft_docs") if settings.get(key)]
    excluded = excluded_by_plugin(_plugin(settings.get("plugins"), "exclude"))
    listed = settings.get("markdown_extensions")
    convert = later(lambda: converter(_listed(listed))) if listed else usual
    return Docs(folder, name, _specs(given) if given else (), excluded, convert)


def _specs(given: Iterable[str]) -> tuple[GitIgnoreSpec, ...]:
    from pathspec.gitignore import GitIgnoreSpec  # noqa: PLC0415 - most settings leave out nothing

    return tuple(GitIgnoreSpec.from_lines(patterns.splitlines()) for patterns in given)


def _plugin(plugins: Any, name: str) -> Any:
    """Return the settings of a plug-in, from a list of plug-ins or from a mapping of them."""
    named = [plugins] if isinstance(plugins, dict) else plugins if isinstance(plugins, list) else []
    return next((one[name] for one in named if isinstance(one, dict) and name in one), None)


def excluded_by_plugin(settings: Any) -> tuple[re.Pattern[str], ...]:
    """Return what mkdocs-exclude leaves out, with the settings of that plug-in: patterns from the start of a uri."""
    given = settings if isinstance(settings, Mapping) else {}
    globs, patterns = (_several(given.get(name)) for name in ("glob", "regex"))
    written = (*map(fnmatch.translate, globs), *filter(_is_pattern, patterns))
    return tuple(re.compile(one) for one in written)


def _is_pattern(text: str) -> bool:
    with suppress(re.error):
        return bool(re.compile(text))
    return False  # the plug-in itself stops a build


def _several(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)] if value else []


def _listed(extensions: Any) -> list[Any]:
    return [{name: options} for name, options in extensions.items()] if isinstance(extensions, dict) else [*extensions]


def _settings_for(root: Path, audience: str) -> dict[str, Any]:
    """Return the settings of the site for an audience, with those that its file inherits."""
    every = (_inherited(path, 0) for path in sorted(root.glob("mkdocs*.y*ml")))
    plain = (_inherited(root / name, 0) for name in ("mkdocs.yml", "mkdocs.yaml") if (root / name).is_file())
    fitting = (settings for settings in every if _audience(settings) == audience)
    return next(chain(plain, every) if audience == "working" else chain(fitting, plain), {})


def _audience(settings: dict[str, Any]) -> Any:
    extra = settings.get("extra")
    given = extra.get("policywright") if isinstance(extra, dict) else None
    return given.get("audience", "working") if isinstance(given, dict) else "working"


def _inherited(path: Path, depth: int) -> dict[str, Any]:
    settings = dict(mapping(read_yaml(path, path.name)[0].value)) if path.is_file() else {}
    above = settings.get("INHERIT")
    if not isinstance(above, str) or depth > INHERITED:
        return settings
    return {**_inherited(path.parent / above, depth + 1), **settings}


INHERITED = 9
"""How many settings files may inherit one from the other."""
_FROM_TEMPLATE = (
    *("README.md", ".gitignore", ".gitlab-ci.yml", ".pre-commit-config.yaml", "renovate.json"),
    *(".github/**/*", ".gitlab/**/*", ".vscode/*.json", "hooks/*.py", "docs/**/*.md"),
)
"""Files that we never read, but that an update of the template may change."""


def _template_files(root: Path) -> list[Path]:
    patterns = (*_FROM_TEMPLATE, "*.rej", *(f"{pattern}.rej" for pattern in _FROM_TEMPLATE))
    return sorted(path for pattern in patterns for path in root.glob(pattern) if path.is_file())


def _leftovers(root: Path, path: Path) -> list[Finding]:
    """Report conflicts that an update of the template left."""
    name = path.relative_to(root).as_posix()
    if path.suffix != ".rej":
        return find_conflict(path.read_text("utf-8", errors="replace"), name)
    message = f"A part of an update of {name.removesuffix('.rej')} could not be applied, and is here."
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
    message = "With these settings MkDocs builds the site without Policywright, so it would have no policy."
    return Finding("E013", "error", message, (file.place("hooks"),), _USUAL)


def _no_file(file: YamlFile, number: int, name: str, root: Path) -> Finding:
    present = sorted(path.relative_to(root).as_posix() for path in root.glob("hooks/*.py"))
    message = f"There is no hook file “{name}”.{did_you_mean(name, present)}"
    return Finding("E014", "error", message, (file.place("hooks", number),), _USUAL)
