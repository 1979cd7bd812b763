"""Renames what an agency's records, registers, clauses and pages call by old names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from policywright.agency.confirmations import CONFIRMATIONS_FILE
from policywright.agency.decisions import CHECKLISTS_FILE, DECISIONS_FILE
from policywright.approval.sign_offs import SIGN_OFFS_FILE
from policywright.catalog.migrations import new_names
from policywright.files.answer_file import swap
from policywright.files.line_ends import plain
from policywright.files.yaml import Path_, YamlFile, parse_yaml
from policywright.model.catalog import Catalog, Migration
from policywright.model.versions import FrozenProvision

ANY, KEY = "*", "key"

NAMED_IN: dict[str, tuple[tuple[str, Path_], ...]] = {
    "rule": ((DECISIONS_FILE, (ANY, "rule")),),
    "item": ((CHECKLISTS_FILE, (ANY, "item")),),
    "role": (
        ("policy.yml", ("offices", KEY)),
        (SIGN_OFFS_FILE, (ANY, "role")),
        (CONFIRMATIONS_FILE, (ANY, "office")),
    ),
    "question": ((CONFIRMATIONS_FILE, (ANY, "question")),),
    "preset": (("policy.yml", ("preset",)),),
    "element": ((SIGN_OFFS_FILE, (ANY, "elements", ANY)),),
    "clause": ((SIGN_OFFS_FILE, (ANY, "provisions", KEY)),),
}
"""Kind -> the files that name such things, and where: as a value, or as a KEY."""

RECORDS = tuple(dict.fromkeys(name for places in NAMED_IN.values() for name, _ in places))

_SHORTCODE = re.compile(r"<!--\s*policy:(?:(?!<!--|-->).)*-->", re.DOTALL)
_CODE = re.compile(r"^code:[ \t]*(['\"]?)(?P<code>[^\s'\"#]+)\1", re.MULTILINE)

Words = list[tuple[Path_, str, str]]
"""The path of a word, the word, and its replacement. A path that ends with KEY is the path of a key."""


def with_words(text: str, name: str, find: Callable[[YamlFile], Words]) -> str:
    """Return a YAML file with some words replaced; nothing else changes.

    Raise NotByLine if a word is written over several lines.
    """
    file, _ = parse_yaml(plain(text), name)
    found = [
        (file.keys[path[:-1]] if path[-1] == KEY else file.values[path], old, new) for path, old, new in find(file)
    ]
    # From the end to the beginning, so that the places of the words before stay right.
    for place, old, new in sorted(found, reverse=True):
        text = swap(text, place, old, new)
    return text


def record(
    text: str,
    name: str,
    steps: Sequence[Migration],
    provisions: Mapping[str, str],
    wordings: Mapping[str, FrozenProvision],
) -> str:
    """Return a record with the new names; a wording that was signed under its old id keeps its sign-off.

    `provisions` are the ids of provisions: old -> new.
    """

    def find(file: YamlFile) -> Words:
        here = [(kind, path) for kind, places in NAMED_IN.items() for where, path in places if where == name]
        named = {kind: provisions if kind == "clause" else new_names(kind, steps) for kind, _ in here}
        if "question" in named:
            named["question"] = {**_moved(file, new_names("element", steps)), **named["question"]}
        return [word for kind, path in here for word in _named(file, path, named[kind])]

    signed = {old: new.fingerprint for old, new in rewordings(provisions, wordings).items()}
    return with_words(with_words(text, name, find), name, lambda file: _prints(file, name, signed))


def _moved(file: YamlFile, elements: Mapping[str, str]) -> dict[str, str]:
    """Return the new ids of the questions that a record names and whose element has another name now."""
    words = (str(row.get("question")).partition(".") for row in file.rows)
    return {f"{old}.{name}": f"{elements[old]}.{name}" for old, _, name in words if old in elements}


def _named(file: YamlFile, pattern: Path_, names: Mapping[str, str]) -> Iterator[tuple[Path_, str, str]]:
    """Find renamed words at the places of a pattern."""
    keys = pattern[-1] == KEY
    paths: list[Path_] = [(*path, KEY) for path in file.keys] if keys else list(file.values)
    for path in paths if names else ():
        word = path[-2] if keys else _value(file, path)
        if _fits(path, pattern) and isinstance(word, str) and word in names:
            yield path, word, names[word]


def _fits(path: Path_, pattern: Path_) -> bool:
    wanted = (*pattern[:-1], ANY, KEY) if pattern[-1] == KEY else pattern
    return len(path) == len(wanted) and all(want in (ANY, part) for part, want in zip(path, wanted, strict=True))


def _value(file: YamlFile, path: Path_) -> object:
    value = file.value
    for part in path:
        value = value[part]
    return value


def _prints(file: YamlFile, name: str, signed: Mapping[str, str]) -> Words:
    if name != SIGN_OFFS_FILE or not signed:
        return []
    paths = [path for path in file.values if _fits(path, (ANY, "provisions", ANY))]
    prints = [(path, str(_value(file, path))) for path in paths]
    return [(path, word, signed[word]) for path, word in prints if word in signed]


def rewordings(provisions: Mapping[str, str], wordings: Mapping[str, FrozenProvision]) -> dict[str, FrozenProvision]:
    """Return the wordings that were signed under another id: old fingerprint -> fingerprint under the current id."""
    return {key: replace(one, id=provisions[one.id]) for key, one in wordings.items() if one.id in provisions}


def register(text: str, name: str, catalog: Catalog, steps: Sequence[Migration]) -> str:
    """Return a register with the new names and values of its columns."""
    owners = {question.id for question in catalog.questions.values() if question.register == name.rpartition("/")[2]}
    for step in steps:
        owner, _, column = step.old.rpartition(".")
        if step.kind == "question" and owner in owners:
            text = with_words(text, name, lambda file, s=step, c=column: _cells(file, s, c))  # type: ignore[misc]
    return text


def _cells(file: YamlFile, step: Migration, column: str) -> Words:
    (new,), (values,) = step.into.keys(), step.into.values()
    if step.step == "rename":
        keys = [path for path in file.keys if _fits(path, (ANY, column))]
        return [((*path, KEY), column, new.rpartition(".")[2]) for path in keys]
    cells = [path for path in file.values if path[1:2] == (column,) and len(path) in (2, 3)]
    known = {old: new for old, new in (values or {}).items() if new is not None}
    words = [(path, _value(file, path)) for path in cells]
    return [(path, word, known[word]) for path, word in words if isinstance(word, str) and word in known]


def own_clause(text: str, catalog: Catalog, name: str) -> str:
    """Return an override in which questions, offices and its code have their new names; `name` is its new id."""
    clause = catalog.clauses.get(name)
    found = _CODE.search(text)
    if clause and found and not name.startswith(f"{found['code']}-"):
        text = text[: found.start("code")] + clause.code + text[found.end("code") :]
    return _with_names(text, _names_in_texts(catalog))


def own_page(text: str, catalog: Catalog, provisions: Mapping[str, str]) -> str:
    """Return an agency's page with the new names in its shortcodes; `provisions` are ids of provisions: old -> new."""
    items, elements = (new_names(kind, catalog.migrations) for kind in ("item", "element"))
    names = {**provisions, **items, **elements} | _names_in_texts(catalog)
    return _SHORTCODE.sub(lambda found: _with_names(found[0], names), text) if names else text


def _names_in_texts(catalog: Catalog) -> dict[str, str]:
    """Return the old names of questions and offices -> the new ones."""
    steps = catalog.migrations
    elements = new_names("element", steps)
    moved = {
        f"{old}.{question.name}": question.id
        for old, new in elements.items()
        for question in (catalog.elements[new].questions if new in catalog.elements else ())
    }
    offices = {f"office.{old}": f"office.{new}" for old, new in new_names("role", steps).items()}
    return moved | offices | new_names("question", steps)


def _with_names(text: str, names: Mapping[str, str]) -> str:
    if not names:
        return text
    # Otherwise “goals.audience” would match inside “goals.audiences”.
    longest = sorted(map(re.escape, names), key=len, reverse=True)
    return re.sub(rf"(?<![\w./-])({'|'.join(longest)})(?![\w/-]|\.\w)", lambda found: names[found[0]], text)
