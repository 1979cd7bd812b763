"""The checklist tasks of one agency."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policywright.agency.settling import settle
from policywright.language.conditions import explain
from policywright.model.agency import Answer
from policywright.model.catalog import Catalog, ChecklistItem
from policywright.model.draft import Task


def list_tasks(
    catalog: Catalog, answers: Mapping[str, Answer], done: Mapping[str, Mapping[str, Any]]
) -> tuple[Task, ...]:
    """Return every checklist item with its state for this agency; `done` is what checklists.yml records."""
    return tuple(_task(item, catalog, answers, done.get(item.id)) for item in catalog.items.values())


def _task(
    item: ChecklistItem, catalog: Catalog, answers: Mapping[str, Answer], record: Mapping[str, Any] | None
) -> Task:
    # What was done stays done, even if an answer has changed so that the item is no longer needed.
    if record:
        return Task(item, "done", done_on=str(record["date"]), done_by=str(record["by"]))
    needed = settle(item.when, answers)[0]
    state = {True: "open", False: "not_needed", None: "undecided"}[needed]
    reason = explain(item.when, catalog.questions) if item.when else ""
    return Task(item, state, reason)
