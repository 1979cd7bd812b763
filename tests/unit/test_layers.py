"""The laws of the package that the linters do not hold; import-linter holds the layers (see pyproject.toml)."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from policywright import hook
from policywright.model.catalog import PARTS
from policywright.model.existing import ExistingPolicy
from tests.support.agency_files import ROOT, catalog, run

PACKAGE = ROOT / "hooks" / "policywright"
MODULES = sorted(PACKAGE.rglob("*.py"))
EVENTS = (
    "on_config",
    "on_env",
    "on_files",
    "on_nav",
    "on_page_content",
    "on_page_markdown",
    "on_post_build",
    "on_post_page",
    "on_post_template",
    "on_serve",
    "on_shutdown",
    "on_startup",
)


def test_the_entry_point_keeps_its_name_and_its_events() -> None:
    """Agencies keep `from policywright.hook import *` in repositories that we cannot reach."""
    assert hook.__name__ == "policywright.hook"
    assert tuple(hook.__all__) == EVENTS
    assert all(callable(getattr(hook, event)) for event in EVENTS)


def test_the_template_imports_the_entry_point_and_nothing_else() -> None:
    [entry] = ROOT.glob("cookiecutter-policy/*/hooks/*.py")
    imported = [node for node in ast.walk(ast.parse(entry.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)]
    assert [(node.module, [name.name for name in node.names]) for node in imported] == [("policywright.hook", ["*"])]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_carries_a_caption(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), f"{path} has no caption"


def test_public_classes_have_names_of_their_own() -> None:
    seen: dict[str, str] = {}
    for path in MODULES:
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                assert node.name not in seen, f"{node.name} exists in {seen[node.name]} and in {path}"
                seen[node.name] = str(path)


def test_public_functions_have_names_of_their_own() -> None:
    """A command may have the name of the function that it calls; MkDocs gives its events their names."""
    seen: dict[str, str] = {}
    for path in MODULES:
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not (node.name.startswith("_") or _is_called_by_others(node)):
                assert node.name not in seen, f"{node.name} exists in {seen[node.name]} and in {path}"
                seen[node.name] = str(path)


def _is_called_by_others(node: ast.FunctionDef) -> bool:
    """Tell whether MkDocs or Click calls a function, by a name that we cannot choose."""
    return node.name in EVENTS or any("command(" in ast.unparse(decorator) for decorator in node.decorator_list)


def test_importing_a_module_leaves_the_process_as_it_was() -> None:
    script = (
        "import gc, os, sys, logging, warnings, locale\n"
        "state = lambda: (dict(os.environ), gc.isenabled(), gc.get_threshold(), os.getcwd(), sys.getrecursionlimit(),\n"
        "                 logging.getLogger().level, list(sys.path))\n"
        "import mkdocs.config.defaults, mkdocs.structure.pages, material\n"
        "before = state()\n"
        "import pkgutil, importlib, policywright\n"
        "for module in pkgutil.walk_packages(policywright.__path__, 'policywright.'):\n"
        "    if not module.name.endswith('__main__'):\n"
        "        importlib.import_module(module.name)\n"
        "assert state() == before, (before, state())\n"
    )
    done = run(sys.executable, "-c", script, cwd=ROOT / "hooks")
    assert done.returncode == 0, done.stderr


def test_what_is_below_the_adapter_works_where_mkdocs_and_click_cannot_be_imported() -> None:
    script = (
        "import sys; sys.modules['mkdocs'] = sys.modules['click'] = None\n"
        "import pkgutil, importlib, policywright\n"
        "for module in pkgutil.walk_packages(policywright.__path__, 'policywright.'):\n"
        "    if module.name.split('.')[1] not in ('hook', 'mkdocs_site', 'cli', '__main__'):\n"
        "        importlib.import_module(module.name)\n"
    )
    done = run(sys.executable, "-c", script, cwd=ROOT / "hooks")
    assert done.returncode == 0, done.stderr


def test_no_python_names_a_question_a_rule_or_a_clause_of_the_social_media_policy() -> None:
    known = catalog()
    names = {*known.questions, *known.rules, *known.clauses, *known.items, *known.elements}
    names -= {"agency", "comments", "content", "existing", "records", "stakeholders"}  # so are folders, types and parts
    for path in MODULES:
        if path.name == "codes.py" or "cli" in path.parts:
            continue  # examples in an error reference and in help
        assert not [word for word in _words(path) if word in names], path


def test_no_python_names_a_column_of_a_register() -> None:
    """Columns that share a name with a key of another file are held by the toy, whose columns have other names."""
    columns = {key for question in catalog().questions.values() for key in question.columns}
    shared = {"clauses", "date", "kind", "link", "note", "owner", "title"}
    assert {"treats", "extent", "disposition", "reference"} <= columns - shared
    for path in MODULES:
        parts = set(PARTS) if path == PACKAGE / "model" / "catalog.py" else set()
        assert not [word for word in _words(path) if word in columns - shared - parts], path


def test_a_part_of_a_register_is_a_field_of_an_existing_policy() -> None:
    assert [field.name for field in fields(ExistingPolicy)] == list(PARTS)


def _words(path: Path) -> list[str]:
    """Return every text in a module's code that is no docstring."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    docstrings = {id(text) for node in nodes for text in _docstring(node)}
    constants = [node for node in nodes if isinstance(node, ast.Constant) and id(node) not in docstrings]
    return [node.value for node in constants if isinstance(node.value, str)]


def _docstring(node: ast.AST) -> Iterator[ast.expr]:
    if (
        isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    ):
        yield node.body[0].value
