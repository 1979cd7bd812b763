"""The titles of offices in the template: cookiecutter writes those that are usual for an agency with these answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

from policywright.language.conditions import evaluate, questions_in
from policywright.model.catalog import Catalog, LocalName, Role

_MARK = re.compile(r"⟦(\w+)⟧+")


def template_titles(catalog: Catalog) -> dict[str, Any]:
    """Return the titles of each office that has several: after which prompts they go, and the title by their values."""
    known = {key: _known(role, catalog) for key, role in catalog.roles.items()}
    return {key: _titles(catalog.roles[key], names, catalog) for key, names in known.items() if names}


def with_marked_titles(catalog: Catalog) -> Catalog:
    """Return a catalog that has a mark in place of each of these titles, as long as the usual one, so lines stay."""
    roles = {
        key: replace(role, title=f"⟦{key}⟧".ljust(len(role.title), "⟧")) if _known(role, catalog) else role
        for key, role in catalog.roles.items()
    }
    return replace(catalog, roles=roles)


def fill_titles(text: str) -> str:
    """Let the template's filter fill in the marked titles of a text.

    One filter for a file is much faster than an expression for each title.
    """
    marked, found = _MARK.subn(r"⟦\1⟧", text)
    return f"{{% filter titles(cookiecutter) %}}{marked.rstrip()}{{% endfilter %}}\n" if found else text


def _known(role: Role, catalog: Catalog) -> list[LocalName]:
    """Return the other titles of an office that follow from what cookiecutter asks."""
    return [name for name in role.elsewhere if {*questions_in(name.when)} <= {*catalog.scaffold.values()}]


def _titles(role: Role, known: list[LocalName], catalog: Catalog) -> dict[str, Any]:
    named = {question for name in known for question in questions_in(name.when)}
    asked = {prompt: question for prompt, question in catalog.scaffold.items() if question in named}
    return {"asked": list(asked), "titles": dict(_by_values(known, asked, catalog)), "otherwise": role.title}


def _by_values(known: list[LocalName], asked: dict[str, str], catalog: Catalog) -> Iterator[tuple[str, str]]:
    for values in product(*(catalog.questions[question].choices for question in asked.values())):
        given = dict(zip(asked.values(), values, strict=True))
        title = next((name.title for name in known if evaluate(name.when, given.get)), "")
        if title:
            yield " ".join(values), title
