"""The reference page of the exported JSON files, built from their schemas."""

from __future__ import annotations

from collections.abc import Iterator

from policywright.exports.schemas import data_schema, data_schemas, schema_name
from policywright.files.schema import Schema

FOLDER = "schemas"
"""Where the schemas are on this project's site."""

_HEAD = """---
title: Data files
---

# Data files

`policywright export --to json` writes these files, and each has its JSON Schema beside it.
`instrument` is the form of every document with provisions: `policy.json`, `procedures.json` and the other texts.
A file has exactly these keys. If a later version changes one, the number under `form` changes.
"""


def schema_files_of_site() -> dict[str, str]:
    """Return the page and the schemas: uri -> text."""
    kinds = [name.partition(".")[0] for name in data_schemas()]
    page = "\n".join([_HEAD, *(_section(kind) for kind in kinds)])
    return {"reference/data.md": page} | {f"{FOLDER}/{name}": text for name, text in data_schemas().items()}


def _section(kind: str) -> str:
    schema = data_schema(kind)
    rows = "\n".join(f"| `{key}` | {said} |" for key, said in _keys(schema))
    link = f"[{schema_name(kind)}](../{FOLDER}/{schema_name(kind)})"
    return f"## {kind} {{: #{kind} }}\n\n{schema['title']}\nSchema: {link}\n\n| Key | Value |\n| --- | --- |\n{rows}\n"


def _keys(schema: Schema, above: str = "") -> Iterator[tuple[str, str]]:
    """Yield every key below a schema, such as “answers[].place.line”, with what it holds."""
    for key, value in schema.get("properties", {}).items():
        name = f"{above}{key}"
        yield name, _said(value)
        given = _given(value)
        yield from _keys(given, f"{name}.")
        yield from _keys(given.get("items", {}), f"{name}[].")


def _given(schema: Schema) -> Schema:
    """Return the schema of a value that is not null."""
    first: Schema = schema["anyOf"][0] if "anyOf" in schema else schema
    return first


def _said(schema: Schema) -> str:
    """Return what a key holds: its kind, and what is said about it."""
    kind = _kind(schema)
    return f"{kind}. {schema['description']}" if "description" in schema else f"{kind}."


def _kind(schema: Schema) -> str:
    if "anyOf" in schema:
        return f"{_kind(_given(schema))}, or null"
    if "enum" in schema:
        return " or ".join(f"`{word}`" for word in schema["enum"])
    if "const" in schema:
        return f"Always `{schema['const']}`"
    if isinstance(schema["type"], list):
        return "One of several kinds"
    return {"object": "Mapping", "array": "List", "string": "Text", "integer": "Number", "boolean": "True or false"}[
        schema["type"]
    ]
