"""Reads migrations.yml: what replaced the names that a catalog used to have."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from policywright.files.schema import TEXT, Schema, closed, table, words
from policywright.files.yaml import YamlFile
from policywright.model.catalog import PROCEDURES_SUFFIX, Asked, Catalog, Migration
from policywright.model.findings import Finding, Place, did_you_mean, one_of
from policywright.model.versions import Frozen, FrozenProvision

NAMES = {
    "clause": "clause",
    "rule": "rule",
    "item": "checklist item",
    "role": "role",
    "element": "element",
    "preset": "preset",
    "register": "register",
}
"""What a step of migrations.yml may rename besides questions: kind -> its name in messages."""
REMOVABLE = ("question", "clause", "rule", "item", "role", "element")
"""What a step of migrations.yml may remove; records about it are kept."""
_NEW_VALUES = table({"type": ["string", "null"]})
_SPLIT = table({"type": ["string", "object"], "if": {"type": "string"}, "then": words("same"), "else": _NEW_VALUES})

MIGRATIONS: Schema = {
    "type": ["array", "null"],
    "items": closed(
        {
            "in": TEXT,
            "rename": closed({"from": TEXT, "to": TEXT}, ["from", "to"]),
            "split": closed({"from": TEXT, "into": _SPLIT, "reason": TEXT}, ["from", "into"]),
            "values": closed({"question": TEXT, "map": _NEW_VALUES, "reason": TEXT}, ["question", "map"]),
            "remove": closed({**dict.fromkeys(REMOVABLE, TEXT), "reason": TEXT}, ["reason"]),
            **{kind: closed({"from": TEXT, "to": TEXT}, ["from", "to"]) for kind in NAMES},
        },
        ["in"],
    ),
}

_STEPS = ("rename", "split", "values", "remove", *NAMES)
_NUMBERS = re.compile(r"[0-9]+(\.[0-9]+)*")

Fields = dict[str, Any]


def numbers(version: str) -> tuple[int, ...] | None:
    """Return the numbers of a plain version such as “1.10.2”, for comparing; None for any other."""
    return tuple(int(part) for part in version.split(".")) if _NUMBERS.fullmatch(version) else None


def read_migrations(file: YamlFile | None) -> tuple[Migration, ...]:
    """Return the steps of migrations.yml in order."""
    rows = (file.value or []) if file else []
    return tuple(_migration(row, file.place(number)) for number, row in enumerate(rows) if file)


def _migration(row: Fields, place: Place) -> Migration:
    """Return a step; its kind is empty if the row names several kinds, or none."""
    steps = [key for key in row if key != "in"]
    said: Fields = row[steps[0]] if len(steps) == 1 else {}
    if not said:
        return Migration(row["in"], "", "", "", {}, place)
    kind, step = (steps[0], "rename") if steps[0] in NAMES else ("question", steps[0])
    if step == "remove":
        kind = next((one for one in REMOVABLE if one in said), "")
    old = said.get("from") or said.get(kind, "")
    return Migration(row["in"], kind, step, old, _INTO[step](said), place, said.get("reason", ""))


_INTO: dict[str, Callable[[Fields], dict[str, Any]]] = {
    "rename": lambda said: {said["to"]: None},
    "split": lambda said: {name: None if values == "same" else values for name, values in said["into"].items()},
    "values": lambda said: {said["question"]: said["map"]},
    "remove": lambda _: {},
}


def questions_and_columns(catalog: Catalog) -> dict[str, Asked]:
    """Return every question by its id, and every column of a register as `element.question.column`."""
    found: dict[str, Asked] = dict(catalog.questions)
    for question in catalog.questions.values():
        found |= {f"{question.id}.{key}": column for key, column in question.columns.items()}
    return found


def new_names(kind: str, steps: Iterable[Migration]) -> dict[str, str]:
    """Return the current name for every old name of a kind: old -> new."""
    names: dict[str, str] = {}
    for step in steps:
        if step.kind == kind and step.step == "rename":
            (new,) = step.into
            # A thing may be renamed twice: older names must point to the newest one.
            names = {old: new if name == step.old else name for old, name in names.items()} | {step.old: new}
    return names


def provision_names(catalog: Catalog) -> dict[str, str]:
    """Return the current id of every older provision whose id has changed: old -> new.

    Steps name files, so the procedures of a file are renamed with it. Of a text that was one provision, procedures
    alone may be left.
    """
    names = new_names("clause", catalog.migrations)
    files = {clause.file_id: clause.id for clause in catalog.clauses.values() if clause.file_id not in catalog.clauses}
    procedures = {f"{old}{PROCEDURES_SUFFIX}": f"{new}{PROCEDURES_SUFFIX}" for old, new in names.items()}
    procedures = {old: new for old, new in procedures.items() if new in catalog.clauses}
    return files | procedures | {old: files.get(new, new) for old, new in names.items()}


def removed_names(kind: str, steps: Iterable[Migration]) -> list[str]:
    """Return the names of a kind that nothing has now."""
    return [step.old for step in steps if step.kind == kind and step.step == "remove"]


def check_migrations(catalog: Catalog) -> list[Finding]:
    """Report every step that cannot be applied, or not a second time.

    An old name must never be used again: then a step does nothing if it was already applied.
    """
    found = [one for number, step in enumerate(catalog.migrations) for one in _mistakes(step, number, catalog)]
    return [*found, *_disorder(catalog.migrations)]


def _mistakes(step: Migration, number: int, catalog: Catalog) -> Iterator[Finding]:
    if numbers(step.version) is None:
        yield _wrong(f"“{step.version}” is not a version.", step, "Write numbers with dots, in quotes: '1.2.0'.")
    if not step.old:
        yield _wrong("A step says one thing only, besides “in:”.", step, f"Write one of: {one_of(_STEPS)}.")
        return
    known, kind = _known(step.kind, catalog), NAMES.get(step.kind, step.kind)
    # An upgrade applies all steps from the first one, every time. A step whose old name exists again would change
    # answers that were already moved.
    if step.old in known and step.old not in step.into:
        message = f"“{step.old}” is still a {kind} of this catalog, so this step would change it again and again."
        yield _wrong(message, step, "A retired name is never used again. Choose another new name.")
    yield from _unretired(step, catalog)
    yield from _impossible(step)
    later = catalog.migrations[number + 1 :]
    retired = {other.old for other in later if other.kind == step.kind}
    for name, values in step.into.items():
        if name not in known and name not in retired:
            hint = did_you_mean(name, known)
            yield _wrong(f"There is no {kind} “{name}”.{hint}", step, "Write a name that the catalog has.")
        elif name in known and values:
            yield from _value_mistakes(step, name, questions_and_columns(catalog)[name].choices, later)


def _unretired(step: Migration, catalog: Catalog) -> Iterator[Finding]:
    """Report old values that are still allowed by a question that keeps its name."""
    question = questions_and_columns(catalog).get(step.old) if step.old in step.into else None
    olds = dict.fromkeys(old for values in step.into.values() for old in values or ())
    for old in olds:
        if question and old in question.choices:
            message = f"“{old}” is still a choice of {step.old}, so this step would change it again and again."
            yield _wrong(message, step, "A retired value is never used again. Choose another new value.")


def _impossible(step: Migration) -> Iterator[Finding]:
    if step.step == "split" and step.old in step.into and step.into[step.old] is None:
        yield _wrong("A question that is split and stays needs its new values.", step, "Write its old and new values.")
    column = step.kind == "question" and step.old.count(".") > 1
    dropped = any(None in values.values() for values in step.into.values() if values)
    if column and (step.step in ("split", "remove") or dropped):
        message = "A column of a register can get a new name or new values, and nothing else."
        yield _wrong(message, step, "Keep the column and its old values, and leave them out of conditions.")


def _value_mistakes(
    step: Migration, name: str, choices: Collection[str], later: Sequence[Migration]
) -> Iterator[Finding]:
    moved = {old for other in later for old in (other.into.get(name) or {}) if other.step == "values"}
    for new in (step.into[name] or {}).values():
        if new is not None and choices and new not in choices and new not in moved:
            fix = f"Choose one of: {one_of(choices)}."
            yield _wrong(f"“{new}” is not a choice of {name}.{did_you_mean(new, choices)}", step, fix)


def _disorder(steps: Sequence[Migration]) -> Iterator[Finding]:
    for before, step in pairwise(steps):
        earlier, this = numbers(before.version), numbers(step.version)
        if earlier and this and this < earlier:
            message = f"This step belongs to version {step.version} but comes after a step of version {before.version}."
            yield _wrong(message, step, "Put the steps in the order of their versions.")


def _known(kind: str, catalog: Catalog) -> Collection[str]:
    kinds: dict[str, Collection[str]] = {
        "question": questions_and_columns(catalog),
        # Overrides and steps name files, and a file can hold procedures alone.
        "clause": {*catalog.clauses, *(clause.file_id for clause in catalog.clauses.values())},
        "rule": catalog.rules,
        "item": catalog.items,
        "role": catalog.roles,
        "element": catalog.elements,
        "preset": catalog.presets,
        "register": [question.register for question in catalog.questions.values() if question.register],
    }
    return kinds[kind]


def _wrong(message: str, step: Migration, fix: str) -> Finding:
    return Finding("C209", "error", message, (step.place,), fix)


def carried(frozen: Frozen, catalog: Catalog) -> Frozen:
    """Return a text of an older catalog under current names, so that it can be compared with a current one."""
    steps = catalog.migrations
    clauses, questions, elements = (new_names(kind, steps) for kind in ("clause", "question", "element"))
    provisions = provision_names(catalog)

    def provision(one: FrozenProvision) -> FrozenProvision:
        # An agency may have written a policy text for a clause of which the catalog has procedures alone.
        name = (clauses if one.id in frozen.own else provisions).get(one.id, one.id)
        code = catalog.clauses[name].code if name != one.id and name in catalog.clauses else one.code
        # Fingerprints of provisions do not include questions and elements, so renaming these lapses no sign-off.
        asked = tuple(questions.get(question, question) for question in one.questions)
        return replace(one, id=name, code=code, questions=asked, element=elements.get(one.element, one.element))

    return replace(
        frozen,
        provisions=tuple(map(provision, frozen.provisions)),
        answers=_answers(frozen.answers, steps),
        own=tuple(clauses.get(name, name) for name in frozen.own),
    )


def _answers(answers: Mapping[str, Any], steps: Sequence[Migration]) -> dict[str, Any]:
    """Return frozen answers under their new names and with their new values."""
    carried = dict(answers)
    for step in steps:
        if step.kind == "question" and step.old in carried and step.step in ("rename", "values"):
            ((new, values),) = step.into.items()
            carried[new] = _reworded(carried.pop(step.old), values or {})
    return carried


def _reworded(value: Any, values: Mapping[str, str | None]) -> Any:
    if isinstance(value, list):
        return [_reworded(item, values) for item in value]
    return (values.get(value) or value) if isinstance(value, str) else value
