"""The laws of the house: imports only go down, and no Python names the subject matter."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from agency_files import ROOT, catalog, run

PACKAGE = ROOT / "hooks" / "policywright"
RANK = {"engine": 0, "press": 1, "site": 2}
MODULES = sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> set[str]:
    """Return every module that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_rooms_below_it_and_carries_a_caption(path: Path) -> None:
    room = path.relative_to(PACKAGE).parts[0]
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "policywright" and len(parts) > 1 and room in RANK:
            assert RANK.get(parts[1], 0) <= RANK[room], f"{path} imports upwards: {name}"
        if parts[0] in ("mkdocs", "click", "material"):
            assert room == "site", f"{path} imports {name} outside site/"
    assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), f"{path} has no caption"


def test_the_modules_of_a_room_import_one_another_without_a_circle() -> None:
    graph = {_name(path): {_module(name) for name in imports(path)} & {_name(p) for p in MODULES} for path in MODULES}
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " -> ".join((*way, module))
        if module not in done:
            for other in graph[module] - {module}:
                visit(other, (*way, module))
            done.add(module)

    for module in graph:
        visit(module, ())


def _name(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)


def _module(name: str) -> str:
    known = {_name(path) for path in MODULES}
    return name if name in known else name.rpartition(".")[0]


def test_engine_and_press_work_where_mkdocs_and_click_cannot_be_imported() -> None:
    script = (
        "import sys; sys.modules['mkdocs'] = sys.modules['click'] = None\n"
        "import pkgutil, importlib, policywright.engine, policywright.press\n"
        "for package in (policywright.engine, policywright.press):\n"
        "    for module in pkgutil.iter_modules(package.__path__, package.__name__ + '.'):\n"
        "        importlib.import_module(module.name)\n"
    )
    done = run(sys.executable, "-c", script, cwd=ROOT / "hooks")
    assert done.returncode == 0, done.stderr


def test_no_python_names_a_question_a_rule_or_a_clause_of_the_social_media_policy() -> None:
    known = catalog()
    names = {*known.questions, *known.rules, *known.clauses, *known.items, *known.elements}
    names -= {"agency", "content", "existing", "records", "stakeholders"}  # the machine has such folders and types
    for path in MODULES:
        tree = ast.parse(path.read_text("utf-8"))
        docstrings = {id(node.body[0].value) for node in ast.walk(tree) if _has_docstring(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                if path.name in ("codes.py", "cli.py"):
                    continue  # examples in an error reference and in help
                assert node.value not in names, f"{path}:{node.lineno} names {node.value}"


def _has_docstring(node: ast.AST) -> bool:
    kinds = ast.Module | ast.ClassDef | ast.FunctionDef
    return isinstance(node, kinds) and bool(node.body) and isinstance(node.body[0], ast.Expr)
