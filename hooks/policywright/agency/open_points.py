"""Reads open-points.yml: proposals that the deciding body should discuss."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from policywright.files.schema import DATE, MAYBE_TEXT, Schema, checked, closed, date_or_nothing, line
from policywright.files.yaml import absent, read_yaml
from policywright.model.agency import OpenPoint
from policywright.model.findings import Finding, unknown

OPEN_POINTS_FILE = "open-points.yml"

OPEN_POINTS: Schema = {
    "type": ["array", "null"],
    "items": closed(
        {
            "provision": MAYBE_TEXT,
            "proposed": MAYBE_TEXT,
            "comment": MAYBE_TEXT,
            "by": MAYBE_TEXT,
            "date": DATE,
        },
        ["date"],
    ),
}


def read_open_points(root: Path, clauses: Collection[str]) -> tuple[tuple[OpenPoint, ...], list[Finding]]:
    """Read open-points.yml; a missing file has no points. A point about a clause that does not exist is a finding."""
    path = root / OPEN_POINTS_FILE
    if absent(path):
        return (), []
    file, problems = read_yaml(path, OPEN_POINTS_FILE)
    found = checked(file, problems, OPEN_POINTS)
    points = []
    for number, row in enumerate(file.rows):
        said = {key: line(row.get(key)) for key in ("provision", "proposed", "comment", "by")}
        name, day = said["provision"], date_or_nothing(row.get("date"))
        if name and name not in clauses:
            found.append(unknown("clause", name, clauses, file.place(number, "provision"), "E307"))
        if day and (said["proposed"] or said["comment"]):
            points.append(OpenPoint(**said, date=day, place=file.place(number)))
    return tuple(points), found
