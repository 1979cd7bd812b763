"""The reference page of the exported JSON files, built from their schemas."""

from __future__ import annotations

from collections.abc import Iterator

from policywright.exports.schemas import data_schema, data_schemas, site_schemas
from policywright.files.schema import Schema

FOLDER = "schemas"
"""Where the schemas are on this project's site."""

_HEAD = """---
title: Data files
---

# Data files

`policywright export --to json` writes these files, and each has its JSON Schema beside it.
`instrument` is the form of every document with provisions: `policy.json`, `procedures.json` and the other texts.

Two more files are in sites.
`status` is the form of `api/status.json` in an agency's site.
`portfolio` is the form of `api/portfolio.json` in the [portfolio](../how-to/several-agencies.md) of a department.

A file has exactly these keys, but a later version may add some to a status file.
If a later version changes a key, the number under `form` changes.
"""


def schema_files_of_site() -> dict[str, str]:
    """Return the page and the schemas: uri -> text."""
    schemas = data_schemas() | site_schemas()
    page = "\n".join([_HEAD, *map(_section, schemas)])
    return {"reference/data.md": page} | {f"{FOLDER}/{name}": text for name, text in schemas.items()}


def _section(name: str) -> str:
    kind = name.partition(".")[0]
    schema = data_schema(kind)
    rows = "\n".join(f"| `{key}` | {said} |" for key, said in _keys(schema))
    link = f"[{name}](../{FOLDER}/{name})"
    return f"## {kind} {{: #{kind} }}\n\n{schema['title']}\nSchema: {link}\n\n| Key | Value |\n| --- | --- |\n{rows}\n"


def _keys(schema: Schema, above: str = "") -> Iterator[tuple[str, str]]:
    """Yield every key below a schema, such as “answers[].place.line”, with what it holds."""
    for key, value in schema.get("properties", {}).items():
        name = f"{above}{key}"
        yield name, _said(value)
        given = _given(value)
        yield from _keys(given, f"{name}.")
        yield from _keys(given.get("items", {}), f"{name}[].")
        if isinstance(given.get("additionalProperties"), dict):
            yield from _keys(given["additionalProperties"], f"{name}.*.")


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
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"Mapping as in [{name}](#{name})"
    if isinstance(schema["type"], list):
        first, *others = schema["type"]
        return f"{_kind({'type': first})}, or null" if others == ["null"] else "One of several kinds"
    return _KINDS[schema["type"]]


_KINDS = {
    "object": "Mapping",
    "array": "List",
    "string": "Text",
    "integer": "Number",
    "number": "Number",
    "boolean": "True or false",
}
