"""The form of the exported JSON files, declared once: each file is checked against it, and people read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policywright.exports.report import as_json
from policywright.files.schema import TEXT, Schema, closed, table, words
from policywright.model.agency import STATUSES
from policywright.model.catalog import PARTS
from policywright.model.findings import SEVERITIES

WHOLE: Schema = {"type": "integer", "minimum": 0}


def _list(items: Schema, said: str = "") -> Schema:
    return {"type": "array", "items": items} | ({"description": said} if said else {})


def _said(schema: Schema, said: str) -> Schema:
    return {**schema, "description": said}


def _whole(properties: Mapping[str, Schema]) -> Schema:
    """Return the schema of a mapping with exactly these keys."""
    return closed(properties, [*properties])


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


WORDS = _list(TEXT)
DAY: Schema = {"type": "string", "pattern": r"^(\d{4}-\d{2}-\d{2})?$", "description": "An ISO date, or empty."}
PLACE = _whole({"file": TEXT, "line": WHOLE, "column": WHOLE})
CONFIRMATION = _whole({"office": TEXT, "name": TEXT, "date": DAY})
FORM = _said({"const": 1}, "The version of this form; a new number means that programs may have to change.")
SCHEMA = _said(TEXT, "The name of the schema, which is beside this file.")

DOCUMENT = _whole(
    {
        "agency": TEXT,
        "short_name": TEXT,
        "title": TEXT,
        "version": TEXT,
        "status": words("draft", "in_review", "approved", "in_force", "superseded", "withdrawn"),
        "owner": TEXT,
        "dates": table(DAY),
    }
)
ADOPTION = _whole(
    {
        "form": _said(TEXT, "The kind of act, for example “resolution”."),
        "body": TEXT,
        "number": TEXT,
        "authority": TEXT,
        "adopted": DAY,
        "effective": DAY,
        "administrator": TEXT,
        "may_amend_procedures": TEXT,
        "supersedes": _said(
            _or_null(_list(_whole({"title": TEXT, "number": TEXT}))),
            "The policies that this one replaces; null until somebody has stated them.",
        ),
    }
)
PROVISION = _whole(
    {
        "number": _said(TEXT, "Such as “4.1”, or “P4.1” in the procedures; empty in a text that is not numbered."),
        "code": _said(TEXT, "The family of clauses that it belongs to."),
        "id": _said(TEXT, "The permanent name of the clause."),
        "title": TEXT,
        "level": words("must", "should", "may", "explains"),
        "text": _said(TEXT, "Markdown."),
        "url": _said(TEXT, "The address from the root of the site."),
        "sources": _list(_whole({"key": TEXT, "title": TEXT, "issuer": TEXT, "url": TEXT})),
    }
)
ANSWER = _whole(
    {
        "question": _said(TEXT, "The id of the question, which is its element and its name."),
        "asks": _said(TEXT, "The question in words."),
        "value": _said(
            {"type": ["string", "number", "array", "null"]},
            "As in the answer file; a register is a list of rows. Null without an answer.",
        ),
        "said": _said(TEXT, "The answer in words, or empty."),
        "sensitivity": words("public", "internal"),
        "status": words(*STATUSES, "not_asked"),
        "origin": words("agency", "base", "preset", "unanswered"),
        "offices": _said(WORDS, "The offices that are asked; the first decides."),
        "confirmed": _said(_or_null(CONFIRMATION), "Who confirmed it for the office that decides."),
        "also_seen_by": _list(CONFIRMATION),
        "place": PLACE,
    }
)
FINDING = _whole(
    {
        "code": TEXT,
        "severity": words(*SEVERITIES),
        "message": TEXT,
        "fix": TEXT,
        "places": _list(PLACE, "The first is where it is reported."),
        "questions": WORDS,
        "sources": WORDS,
        "decision": _said(
            _or_null(_whole(dict.fromkeys(("kind", "reason", "owner", "date", "expires", "state"), TEXT))),
            "The decision that accepts it, if there is one.",
        ),
    }
)
EXISTING = _whole({part: WORDS if type_ in ("choices", "list") else TEXT for part, type_ in PARTS.items()})
SOURCE = _whole(
    {
        **dict.fromkeys(("key", "title", "citation", "issuer", "kind", "url", "standing", "in_force_from"), TEXT),
        "checked_on": DAY,
        "evidence": _said(TEXT, "How it was checked: in full, by an excerpt, second-hand, or not."),
        "provisions": _said(WORDS, "The ids of the provisions that rest on it."),
    }
)

_HEAD = {"$schema": SCHEMA, "form": FORM, "document": DOCUMENT}
_DATA: Mapping[str, tuple[str, Schema]] = {
    "instrument": (
        "One document: the policy, the procedures, or a text in addition to them.",
        _whole(
            _HEAD
            | {
                "instrument": _whole({"id": TEXT, "title": TEXT}),
                "adoption": _said(_or_null(ADOPTION), "Null if the catalog has no acts of adoption, and in a release."),
                "fingerprint": _said(TEXT, "Of the text of all documents; the sign-offs are about it."),
                "released": {"type": "boolean", "description": "Whether exactly this text is the last release."},
                "withdrawn": _list(_whole({"version": TEXT, "date": DAY}), "The releases that were withdrawn."),
                "provisions": _list(PROVISION, "In the order of the document."),
            }
        ),
    ),
    "answers": (
        "Every answer, and how far each office is with those that it decides about.",
        _whole(
            _HEAD
            | {
                "answers": _list(ANSWER),
                "offices": _list(_whole({"office": TEXT, "title": TEXT} | dict.fromkeys(STATUSES, WHOLE))),
            }
        ),
    ),
    "findings": (
        "Every finding, and the rules that wait for answers.",
        _whole(
            _HEAD
            | {
                "findings": _list(FINDING),
                "undecided": _list(_whole({"code": TEXT, "questions": WORDS})),
                "counts": _said(_whole(dict.fromkeys(SEVERITIES, WHOLE)), "Without the findings that are accepted."),
            }
        ),
    ),
    "coverage": (
        "The existing policies, and what each of them treats.",
        _whole(_HEAD | {"existing_policies": _list(EXISTING)}),
    ),
    "sources": (
        "The laws, standards and models that apply, and the provisions that rest on each.",
        _whole(_HEAD | {"sources": _list(SOURCE)}),
    ),
}


def schema_name(kind: str) -> str:
    """Return the name of the file of a schema."""
    return f"{kind}.schema.json"


def data_schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of a kind of data file."""
    title, schema = _DATA[kind]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **schema}


def data_schemas() -> dict[str, str]:
    """Return every schema: name of its file -> text."""
    return {schema_name(kind): as_json(data_schema(kind)) for kind in _DATA}
