"""What the shell completes behind a command: the names of questions, rules, clauses, elements and offices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from policywright.agency.policy_file import read_document
from policywright.draft import catalog_of
from policywright.language.texts import outline
from policywright.model.agency import Document
from policywright.model.catalog import Catalog
from policywright.model.findings import PolicyError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Names = Callable[[Catalog, Document], Mapping[str, str]]
"""Returns what can be written, each with what it means."""
Completion: TypeAlias = "Callable[[click.Context, click.Parameter, str], list[CompletionItem]]"


def _completion(names: Names, *, several: bool = False) -> Completion:
    """Return what completes a name; with `several`, a name after the last comma too."""

    def complete(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
        before, comma, word = begun.rpartition(",") if several else ("", "", begun)
        root = _root(context)
        try:
            known = names(catalog_of(root), read_document(root)[0])
        except (PolicyError, OSError):
            return []  # a shell has no place for a message, and the command itself says what is wrong
        given = before.split(",") if comma else []
        found = ((name, about) for name, about in known.items() if name.startswith(word) and name not in given)
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only for a shell that asks

        return [CompletionItem(f"{before}{comma}{name}", help=" ".join(about.split())) for name, about in found]

    return complete


def _root(context: click.Context) -> Path:
    """Return the repository that the words name, or else the current folder."""
    # While the value of an option is missing, click leaves the arguments in front of it where they are.
    words = [*context.args, *(context.params.get("roots") or ()), context.params.get("root") or ""]
    return next((Path(word) for word in words if (Path(word) / "policy.yml").is_file()), Path())


def _offices(catalog: Catalog, document: Document) -> dict[str, str]:
    return {role.id: document.office_title(role) for role in catalog.roles.values()}


def _questions(catalog: Catalog, _: Document) -> dict[str, str]:
    return {question.id: question.help for question in catalog.questions.values()}


def _rules(catalog: Catalog, _: Document) -> dict[str, str]:
    return {rule.code: outline(rule.message, catalog.questions) for rule in catalog.rules.values()}


def _clauses(catalog: Catalog, _: Document) -> dict[str, str]:
    return {clause.id: clause.title for clause in catalog.clauses.values()}


def _elements(catalog: Catalog, _: Document) -> dict[str, str]:
    return {element.id: element.title for element in catalog.elements.values()}


def _explained(catalog: Catalog, document: Document) -> dict[str, str]:
    return _questions(catalog, document) | _rules(catalog, document) | _clauses(catalog, document)


OFFICE = _completion(_offices)
OFFICES = _completion(_offices, several=True)
ELEMENTS = _completion(_elements, several=True)
QUESTION = _completion(_questions)
RULE = _completion(_rules)
CLAUSE = _completion(_clauses)
EXPLAINED = _completion(_explained)
