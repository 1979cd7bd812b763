"""The JSON Schemas in an agency's repository, with which editors complete and check its files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from policywright.agency.decisions import CHECKLISTS_FILE, DECISIONS, DECISIONS_FILE, DONE
from policywright.agency.locks import LOCKS, LOCKS_FILE
from policywright.agency.offices import NO_OFFICE
from policywright.agency.open_points import OPEN_POINTS, OPEN_POINTS_FILE
from policywright.agency.policy_file import POLICY, parts_of_site
from policywright.approval.reviews import REVIEWS, REVIEWS_FILE
from policywright.approval.sign_offs import SIGN_OFFS, SIGN_OFFS_FILE
from policywright.catalog.answer_schema import DIALECT, NOBODY_KNOWS, answers_schema, question_schema, register_schema
from policywright.catalog.blank_answers import SCHEMA_FOLDER, schema_of_element, schema_of_register
from policywright.catalog.migrations import removed_names
from policywright.files.formats import PATTERNS
from policywright.files.schema import TEXT, Schema, closed
from policywright.language.texts import outline
from policywright.model.catalog import Asked, Catalog, Element, Question

CODE_SETTINGS = ".vscode/settings.json"

_ABOUT = ("$schema", "title", "description", "$defs")
_NOTHING: Schema = {"$ref": "#/$defs/nothing"}
_DEFS: dict[str, Schema] = {"nothing": {"not": {"type": ["string", "number", "boolean", "object", "array"]}}}
"""The schema of an empty value: editors would offer the word “null” for a schema that names its type."""
_SIGNS = "a-z0-9_-"
"""The signs of the key of a choice."""


def schema_files(catalog: Catalog) -> dict[str, str]:
    """Return the schemas of a catalog: path in the repository -> text.

    They are the same for every agency, but for the titles of offices.
    """
    registers = [question for question in catalog.questions.values() if question.register]
    schemas = {schema_of_element(one): _of_element(one) for one in catalog.elements.values()}
    schemas |= {schema_of_register(question): _of_register(question) for question in registers}
    schemas |= {schema_of_file(name): _of_file(name, make(catalog)) for name, make in _FILES.items()}
    return {name: _as_text(schema) for name, schema in schemas.items()}


def _as_text(schema: Schema) -> str:
    return _written(schema | {"$defs": _DEFS | schema.get("$defs", {})}, "\n") + "\n"


def _written(value: Any, line: str, *, last: bool = False) -> str:
    """Write a schema as JSON, each key of a file on one line: it is scaffolded faster, and changes are easy to see."""
    on_one_line = json.dumps(value, ensure_ascii=False)
    if not last and '"properties": {' not in on_one_line:
        return on_one_line
    inner = f"{line} "
    if isinstance(value, list):
        return f"[{inner}{f',{inner}'.join(_written(one, inner) for one in value)}{line}]"
    parts = {
        key: json.dumps(one, ensure_ascii=False) if last else _of_key(key, one, inner) for key, one in value.items()
    }
    return f"{{{inner}{f',{inner}'.join(f'{json.dumps(key)}: {text}' for key, text in parts.items())}{line}}}"


def _of_key(key: str, value: Any, line: str) -> str:
    return _written(value, line, last=key == "properties")


def schema_of_file(name: str) -> str:
    """Return the file with the schema of another file of a repository, such as decisions.yml."""
    return f"{SCHEMA_FOLDER}/files/{PurePosixPath(name).stem}.json"


def code_settings() -> str:
    """Return the settings with which Visual Studio Code finds the schemas, also of files that do not exist yet."""
    schemas = {schema_of_file(name): f"/{name}" for name in _FILES}
    return json.dumps({"yaml.schemas": schemas}, indent=2) + "\n"


def _of_element(element: Element) -> Schema:
    asked = {question.name: _of_question(question) for question in element.questions if question.type != "records"}
    return for_editors(answers_schema(element.title, element.questions) | {"properties": asked})


def _of_register(question: Question) -> Schema:
    columns = {name: _of_question(column) for name, column in question.columns.items()}
    return for_editors(_with_columns(register_schema(question), **columns))


def _of_question(asked: Asked) -> Schema:
    return for_editors(question_schema(asked), _words_of(asked))


def _of_file(name: str, schema: Schema) -> Schema:
    return {"$schema": DIALECT, "title": name} | for_editors(schema)


def for_editors(schema: Schema, words: Schema | None = None) -> Schema:
    """Return a schema that accepts the same, and from which an editor never offers the word “null”.

    `words` is what people may write in the place of one of the choices; editors do not offer it.
    """
    about = {key: schema[key] for key in _ABOUT if key in schema}
    ways = _ways({key: value for key, value in schema.items() if key not in _ABOUT}, words)
    return about | (ways[0] if len(ways) == 1 else {"anyOf": ways})


def _ways(schema: Schema, words: Schema | None) -> list[Schema]:
    """Return the schemas of which one must accept a value."""
    if "anyOf" in schema:
        return list(schema["anyOf"])
    if "if" in schema:
        known = schema["if"]["const"]
        return [_choices({known: NOBODY_KNOWS}), *_ways(schema["else"], words)]
    if "enum" in schema:
        allowed: list[Any] = schema["enum"]
        labels = zip(allowed, schema.get("enumDescriptions") or allowed, strict=True)
        offered = {value: label for value, label in labels if value is not None}
        return [_choices(offered), *([words] if words else []), *([_NOTHING] if None in allowed else [])]
    kinds = schema.get("type")
    if isinstance(kinds, list) and "null" in kinds:
        left = [kind for kind in kinds if kind != "null"]
        return [_within(schema | {"type": left[0] if len(left) == 1 else left}, words), _NOTHING]
    return [_within(schema, words)]


def _within(schema: Schema, words: Schema | None) -> Schema:
    """Return a schema with what is inside of it made for editors, and formats that only we know as patterns."""
    made = dict(schema)
    if isinstance(made.get("items"), dict):
        made["items"] = for_editors(made["items"], words)
    if isinstance(made.get("additionalProperties"), dict):
        made["additionalProperties"] = for_editors(made["additionalProperties"])
    if "properties" in made:
        made["properties"] = {key: for_editors(value) for key, value in made["properties"].items()}
    if made.get("format") in PATTERNS:
        made["pattern"] = PATTERNS[made.pop("format")]
    return made


def _choices(labels: Mapping[Any, str]) -> Schema:
    described = {"enumDescriptions": list(labels.values())} if [*labels] != [*labels.values()] else {}
    return {"enum": list(labels)} | described


def _words_of(asked: Asked) -> Schema | None:
    """Return the schema of the words of the choices of a question, which people may write in the place of keys.

    It accepts every text that is no key: check, which takes no notice of capitals and spaces, decides about those.
    """
    spoken = {words.casefold() for choice in asked.choices.values() for words in (choice.label, choice.text)}
    short = sorted(words for words in spoken - {*asked.choices} if re.fullmatch(f"[{_SIGNS}]+", words))
    one_of_these = f"|^({'|'.join(short)})$" if short else ""
    return TEXT | {"pattern": f"[^{_SIGNS}]{one_of_these}"} if asked.choices else None


def _named(labels: Mapping[str, str], former: Iterable[str] = (), *, maybe: bool = False) -> Schema:
    """Return the schema of a name; a name that was removed may stay, but editors do not offer it."""
    gone = "|".join(former).replace(".", r"\.")
    ways = [_choices(labels), *([TEXT | {"pattern": f"^({gone})$"}] if gone else []), *([_NOTHING] if maybe else [])]
    return {"anyOf": ways}


def _with_columns(schema: Schema, **columns: Schema) -> Schema:
    """Return the schema of rows in which some columns have another schema."""
    rows = schema["items"]
    return schema | {"items": rows | {"properties": rows["properties"] | columns}}


def _gone(kind: str, catalog: Catalog) -> list[str]:
    return removed_names(kind, catalog.migrations)


def _titles(named: Mapping[str, Any]) -> dict[str, str]:
    return {name: one.title for name, one in named.items()}


def _policy(catalog: Catalog) -> Schema:
    known: dict[str, Schema] = POLICY["properties"]
    adoption, keep_out = known["adoption"], known["keep_out"]
    kinds = adoption["properties"] | {"kind": _named(_titles(catalog.forms), maybe=True)}
    office = {"anyOf": [_choices({NO_OFFICE: "There is no such office here"}), TEXT, _NOTHING]}
    offices = closed({role.id: {"description": role.title} | office for role in catalog.roles.values()})
    own = {
        "catalog": _named({catalog.id: catalog.title}, maybe=True),
        "preset": _named(_titles(catalog.presets), maybe=True),
        "adoption": adoption | {"properties": kinds},
        "keep_out": keep_out | {"items": _named(parts_of_site(catalog))},
        "offices": offices | {"type": known["offices"]["type"]},
    }
    return POLICY | {"properties": known | own}


def _decisions(catalog: Catalog) -> Schema:
    rules = {rule.code: outline(rule.message, catalog.questions) for rule in catalog.rules.values()}
    return _with_columns(DECISIONS, rule=_named(rules, _gone("rule", catalog)))


def _checklists(catalog: Catalog) -> Schema:
    tasks = {item.id: item.task for item in catalog.items.values()}
    return _with_columns(DONE, item=_named(tasks, _gone("item", catalog)))


def _reviews(catalog: Catalog) -> Schema:
    return _with_columns(REVIEWS, cause=_named(catalog.triggers, maybe=True))


def _sign_offs(catalog: Catalog) -> Schema:
    elements = _named(_titles(catalog.elements), _gone("element", catalog))
    listed = SIGN_OFFS["items"]["properties"]["elements"] | {"items": elements}
    return _with_columns(SIGN_OFFS, role=_named(_titles(catalog.roles), _gone("role", catalog)), elements=listed)


def _locks(catalog: Catalog) -> Schema:
    asked = {question.id: _lock(question) for question in catalog.questions.values()}
    entry: Schema = LOCKS["additionalProperties"]
    kinds = {"choices": ("at_least", "at_most"), "range": ("allow",)}
    defs = {kind: for_editors(_without(entry, names)) for kind, names in kinds.items()}
    return closed({name: lock for name, lock in asked.items() if lock}) | {"type": LOCKS["type"], "$defs": defs}


def _without(schema: Schema, names: Iterable[str]) -> Schema:
    return schema | {"properties": {key: one for key, one in schema["properties"].items() if key not in names}}


def _lock(question: Question) -> Schema | None:
    """Return the schema of the lock of a question, or nothing if no answer to it can be locked."""
    about = {"description": question.help}
    if question.type in ("number", "date"):
        return about | {"$ref": "#/$defs/range"}
    labels = {choice.value: choice.label for choice in question.choices.values()}
    allowed = {"properties": {"allow": {"items": {"anyOf": [_choices(labels), _words_of(question)]}}}}
    return about | {"allOf": [{"$ref": "#/$defs/choices"}, allowed]} if labels else None


_FILES: dict[str, Callable[[Catalog], Schema]] = {
    "policy.yml": _policy,
    CHECKLISTS_FILE: _checklists,
    DECISIONS_FILE: _decisions,
    SIGN_OFFS_FILE: _sign_offs,
    REVIEWS_FILE: _reviews,
    OPEN_POINTS_FILE: lambda _: OPEN_POINTS,
    LOCKS_FILE: _locks,
}
"""Which other files have a schema. In confirmations.yml and releases/, people write nothing themselves."""
