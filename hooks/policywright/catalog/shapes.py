"""The closed shapes of the catalog's files."""

from __future__ import annotations

from policywright.files.schema import DATE, TEXT, WORDS, Schema, closed, table, words

_TYPES = words("choice", "choices", "yes_no", "text", "number", "date", "list", "records")
_SENSITIVITY = words("public", "internal")
_CHOICES = table(
    {
        "type": ["string", "object"],
        "if": {"type": "object"},
        "then": closed({"label": TEXT, "text": TEXT, "note": TEXT}, ["label"]),
    }
)
_COLUMN = closed(
    {
        "help": TEXT,
        "type": words("choice", "choices", "yes_no", "text", "number", "date", "list"),
        "choices": _CHOICES,
        "required": {"type": "boolean"},
        "sensitivity": _SENSITIVITY,
    },
    ["help", "type"],
)
_SECTION = closed(
    {"id": TEXT, "title": TEXT, "clauses": WORDS, "summary": TEXT, "audience": words("public", "staff")},
    ["id", "title", "clauses"],
)
_ANSWERS = table({"type": "object"})

CATALOG: Schema = closed(
    {
        "title": TEXT,
        "summary": TEXT,
        "elements": WORDS,
        "steps": table(
            closed(
                {"title": TEXT, "summary": TEXT, "next": TEXT, "findings": {"type": "boolean"}},
                ["title", "summary", "next"],
            )
        ),
        "conditions": table(TEXT),
        "sections": {"type": "array", "items": _SECTION},
        "texts": {"type": "array", "items": _SECTION},
        "checklists": table(closed({"title": TEXT, "summary": TEXT}, ["title", "summary"])),
        "topics": table(
            closed(
                {"title": TEXT, "summary": TEXT, "questions": WORDS, "clauses": WORDS},
                ["title", "summary", "questions", "clauses"],
            )
        ),
        "pages": {
            "type": "array",
            "items": closed(
                {"id": TEXT, "title": TEXT, "summary": TEXT, "audience": words("public", "staff")},
                ["id", "title", "summary", "audience"],
            ),
        },
        "staff_card": WORDS,
        "pivotal": WORDS,
        "readers": {
            "type": "array",
            "items": closed(
                {
                    "id": TEXT,
                    "title": TEXT,
                    "summary": TEXT,
                    "audience": words("public", "staff", "authors"),
                    "sections": WORDS,
                    "reads": {"type": "array", "items": closed({"page": TEXT, "text": TEXT}, ["page", "text"])},
                },
                ["id", "title", "summary", "reads"],
            ),
        },
        "triggers": table(TEXT),
        "presets": WORDS,
        "scaffold": table(TEXT),
        "coverage": TEXT,
    },
    ["title", "summary", "elements", "sections"],
)

ELEMENT: Schema = closed({"title": TEXT, "summary": TEXT, "step": TEXT, "sources": WORDS}, ["title", "summary"])

QUESTIONS: Schema = table(
    closed(
        {
            "help": TEXT,
            "why": TEXT,
            "type": _TYPES,
            "choices": _CHOICES,
            "tier": words("essential", "optional"),
            "when": TEXT,
            "asked_of": WORDS,
            "sensitivity": _SENSITIVITY,
            "sources": WORDS,
            "register": TEXT,
            "columns": table(_COLUMN),
        },
        ["help", "why", "type", "tier", "asked_of"],
    )
)

RULES: Schema = table(
    closed(
        {
            "severity": words("blocker", "warning", "advice"),
            "when": TEXT,
            "message": TEXT,
            "fix": TEXT,
            "sources": WORDS,
        },
        ["severity", "when", "message", "fix", "sources"],
    )
)

CHECKLIST: Schema = table(
    closed(
        {"list": TEXT, "task": TEXT, "role": WORDS, "done_when": TEXT, "when": TEXT, "sources": WORDS},
        ["list", "task", "role", "done_when"],
    )
)

CLAUSE: Schema = closed(
    {
        "code": TEXT,
        "title": TEXT,
        "when": TEXT,
        "level": words("must", "should", "may", "explains"),
        "requires": WORDS,
        "audience": {"type": "array", "items": words("staff", "public")},
        "staff": TEXT,
        "locked": TEXT,
        "defines": WORDS,
        "sources": WORDS,
    },
    ["code", "title", "level", "sources"],
)

SOURCES: Schema = table(
    closed(
        {
            "title": TEXT,
            "citation": TEXT,
            "issuer": TEXT,
            "kind": words(
                "law", "regulation", "case", "directive", "guidance", "model", "research", "incident", "general"
            ),
            "when": TEXT,
            "binds": TEXT,
            "requires": TEXT,
            "url": TEXT,
            "status": TEXT,
            "in_force_from": DATE,
            "checked_on": DATE,
            "evidence": words("excerpt", "full", "secondary", "unverified"),
        },
        ["title", "issuer", "kind", "checked_on", "evidence"],
    )
)

ROLES: Schema = closed(
    {
        "roles": table(
            closed(
                {
                    "title": TEXT,
                    "name": TEXT,
                    "code": TEXT,
                    "part": TEXT,
                    "objection": TEXT,
                    "answer": TEXT,
                    "when": TEXT,
                },
                ["title", "name"],
            )
        ),
        "decides": {
            "type": "array",
            "items": closed(
                {
                    "title": TEXT,
                    "clauses": WORDS,
                    "accountable": TEXT,
                    "responsible": WORDS,
                    "consulted": WORDS,
                    "informed": WORDS,
                },
                ["title", "clauses", "accountable"],
            ),
        },
        "separate": {
            "type": "array",
            "items": closed({"roles": WORDS, "why": TEXT, "when": TEXT, "sources": WORDS}, ["roles", "why"]),
        },
    },
    ["roles"],
)

SCENARIOS: Schema = table(
    closed(
        {
            "title": TEXT,
            "story": TEXT,
            "topic": TEXT,
            "when": TEXT,
            "asks": {
                "type": "array",
                "items": closed({"question": TEXT, "clauses": WORDS}, ["question", "clauses"]),
            },
        },
        ["title", "story", "topic", "asks"],
    )
)

INSTRUMENTS: Schema = table(closed({"treats": WORDS, "questions": WORDS}, ["treats", "questions"]))

PRESET: Schema = closed(
    {
        "title": TEXT,
        "summary": TEXT,
        "answers": _ANSWERS,
        "assume_when": {"type": "array", "items": closed({"when": TEXT, "answers": _ANSWERS}, ["when", "answers"])},
    },
    ["title", "summary", "answers"],
)

NAMES = {
    "clause": "clause",
    "rule": "rule",
    "item": "checklist item",
    "role": "role",
    "element": "element",
    "preset": "preset",
    "register": "register",
}
"""What may get a new name by a step of migrations.yml, besides questions -> how it is called."""
REMOVABLE = ("question", "clause", "rule", "item", "role", "element")
"""What may vanish by a step of migrations.yml, so that what was recorded about it stands."""
_NEW_VALUES = table({"type": ["string", "null"]})
_SPLIT = table(
    {"type": ["string", "object"], "if": {"type": "string"}, "then": words("same"), "else": _NEW_VALUES},
)

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
