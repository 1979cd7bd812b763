"""The form of the exported JSON files, declared once: each file is checked against it, and people read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policywright.exports.report import as_json
from policywright.files.schema import TEXT, Schema, closed, described, table, words
from policywright.model.agency import STATUSES
from policywright.model.catalog import PARTS
from policywright.model.findings import SEVERITIES
from policywright.pages.status_data import STATUS_SCHEMA

WHOLE: Schema = {"type": "integer", "minimum": 0}


def _list(items: Schema, said: str = "") -> Schema:
    return {"type": "array", "items": items} | ({"description": said} if said else {})


def _whole(properties: Mapping[str, Schema]) -> Schema:
    """Return the schema of a mapping with exactly these keys."""
    return closed(properties, [*properties])


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


WORDS = _list(TEXT)
DAY: Schema = {"type": "string", "pattern": r"^(\d{4}-\d{2}-\d{2})?$", "description": "An ISO date, or empty."}
PLACE = _whole({"file": TEXT, "line": WHOLE, "column": WHOLE})
CONFIRMATION = _whole({"office": TEXT, "name": TEXT, "date": DAY})
FORM = described({"const": 1}, "The version of this form; a new number means that programs may have to change.")
SCHEMA = described(TEXT, "The name of the schema, which is beside this file.")

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
        "form": described(TEXT, "The kind of act, for example “resolution”."),
        "body": TEXT,
        "number": TEXT,
        "authority": TEXT,
        "adopted": DAY,
        "effective": DAY,
        "administrator": TEXT,
        "may_amend_procedures": TEXT,
        "supersedes": described(
            _or_null(_list(_whole({"title": TEXT, "number": TEXT}))),
            "The policies that this one replaces; null until somebody has stated them.",
        ),
    }
)
PROVISION = _whole(
    {
        "number": described(TEXT, "Such as “4.1”, or “P4.1” in the procedures; empty in a text that is not numbered."),
        "code": described(TEXT, "The family of clauses that it belongs to."),
        "id": described(TEXT, "The permanent name of the clause."),
        "title": TEXT,
        "level": words("must", "should", "may", "explains"),
        "text": described(TEXT, "Markdown."),
        "url": described(TEXT, "The address from the root of the site."),
        "sources": _list(_whole({"key": TEXT, "title": TEXT, "issuer": TEXT, "url": TEXT})),
    }
)
ANSWER = _whole(
    {
        "question": described(TEXT, "The id of the question, which is its element and its name."),
        "asks": described(TEXT, "The question in words."),
        "value": described(
            {"type": ["string", "number", "array", "null"]},
            "As in the answer file; a register is a list of rows. Null without an answer.",
        ),
        "said": described(TEXT, "The answer in words, or empty."),
        "sensitivity": words("public", "internal"),
        "status": words(*STATUSES, "not_asked"),
        "origin": words("agency", "base", "preset", "unanswered"),
        "offices": described(WORDS, "The offices that are asked; the first decides."),
        "confirmed": described(_or_null(CONFIRMATION), "Who confirmed it for the office that decides."),
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
        "decision": described(
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
        "evidence": described(TEXT, "How it was checked: in full, by an excerpt, second-hand, or not."),
        "provisions": described(WORDS, "The ids of the provisions that rest on it."),
    }
)

_HEAD = {"$schema": SCHEMA, "form": FORM, "document": DOCUMENT}
_DATA: dict[str, tuple[str, Schema]] = {
    "instrument": (
        "One document: the policy, the procedures, or a text in addition to them.",
        _whole(
            _HEAD
            | {
                "instrument": _whole({"id": TEXT, "title": TEXT}),
                "adoption": described(
                    _or_null(ADOPTION), "Null if the catalog has no acts of adoption, and in a release."
                ),
                "fingerprint": described(TEXT, "Of the text of all documents; the sign-offs are about it."),
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
                "counts": described(
                    _whole(dict.fromkeys(SEVERITIES, WHOLE)), "Without the findings that are accepted."
                ),
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


_AGENCY = _whole(
    {
        **dict.fromkeys(("id", "title", "group", "site"), TEXT),
        "page": described(TEXT, "The address of its page from the root of the portfolio."),
        "problem": described(TEXT, "Why it was not read; empty if it was."),
        "concerns": described(WORDS, "What somebody should look at, such as “broken locks”."),
        "base": described(TEXT, "Whether it has the present state of its base, such as “behind”."),
        "first": described(WORDS, "Its most serious findings, if its repository was read."),
        "status": described(_or_null({"$ref": "#/$defs/status"}), "Null if it was not read."),
    }
)
_SITE: dict[str, tuple[str, Schema]] = {
    "status": (
        "The state of a policy, in its site.",
        STATUS_SCHEMA,
    ),
    "portfolio": (
        "The state of many agencies, in a portfolio.",
        {**_whole({"form": FORM, "today": DAY, "agencies": _list(_AGENCY)}), "$defs": {"status": STATUS_SCHEMA}},
    ),
}


def schema_name(kind: str) -> str:
    """Return the name of the file of a schema."""
    return f"{kind}.schema.json"


def data_schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of a kind of data file."""
    title, schema = (_DATA | _SITE)[kind]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **schema}


def data_schemas() -> dict[str, str]:
    """Return the schemas of exported files: name of its file -> text."""
    return {schema_name(kind): as_json(data_schema(kind)) for kind in _DATA}


def site_schemas() -> dict[str, str]:
    """Return the schemas of the files that sites have for programs: name of its file -> text."""
    return {schema_name(kind): as_json(data_schema(kind)) for kind in _SITE}
