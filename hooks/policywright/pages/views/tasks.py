"""What pages show of checklists: one by one, by event and by role."""

from __future__ import annotations

from dataclasses import dataclass

from policywright.model.catalog import Checklist, Role
from policywright.model.draft import Task
from policywright.pages.views.site import AgencySite, View


@dataclass(frozen=True)
class TasksPart(View):
    """The tasks of one checklist, to be ticked."""

    frame = "parts/tasks"
    checklist: str
    """Its id, under which the reader's browser stores the ticks."""
    tasks: tuple[Task, ...]
    working: bool


def tasks_part(site: AgencySite, checklist: Checklist) -> TasksPart:
    """Show the tasks of a checklist that are needed."""
    return TasksPart(checklist.id, _needed(site, checklist), site.working)


def _needed(site: AgencySite, checklist: Checklist) -> tuple[Task, ...]:
    return tuple(task for task in needed_tasks(site) if task.item.list == checklist.id)


def needed_tasks(site: AgencySite) -> tuple[Task, ...]:
    """Return the tasks of all checklists that are needed, or may be."""
    return tuple(task for task in site.draft.tasks if task.state != "not_needed")


@dataclass(frozen=True)
class ChecklistView(View):
    """One checklist."""

    frame = "checklist"
    checklist: Checklist
    tasks: TasksPart
    unneeded: tuple[Task, ...]
    example: str
    """The id of one of its items."""
    working: bool


def checklist_view(site: AgencySite, checklist: Checklist) -> ChecklistView:
    """Show a checklist."""
    all_of_it = [task for task in site.draft.tasks if task.item.list == checklist.id]
    unneeded = tuple(task for task in all_of_it if task.state == "not_needed")
    example = all_of_it[0].item.id if all_of_it else ""
    return ChecklistView(checklist, tasks_part(site, checklist), unneeded, example, site.working)


@dataclass(frozen=True)
class ChecklistsView(View):
    """All checklists, by event and by role."""

    frame = "checklists"
    searched = False
    checklists: tuple[tuple[Checklist, tuple[Task, ...]], ...]
    roles: tuple[tuple[Role, tuple[Task, ...]], ...]
    """Each role that does any work, with its tasks."""
    working: bool


def checklists_view(site: AgencySite, _: object) -> ChecklistsView:
    """Show all checklists."""
    lists = ((checklist, _needed(site, checklist)) for checklist in site.catalog.checklists.values())
    tasks = needed_tasks(site)
    roles = ((role, tuple(t for t in tasks if t.item.role[0] == role.id)) for role in site.catalog.roles.values())
    return ChecklistsView(tuple(lists), tuple(row for row in roles if row[1]), site.working)
