"""answers/_unmapped.yml: answers that have no place in a newer catalog, each with the reason."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policywright.files.edits import below
from policywright.files.line_ends import as_in, ended, plain
from policywright.files.schema import NOT_BLANK, TEXT, Schema, checked, closed, line
from policywright.files.yaml import YamlFile, absent, parse_yaml, read_yaml
from policywright.model.findings import Finding, NotByLine

FILE_NAME = "_unmapped.yml"
UNMAPPED = f"answers/{FILE_NAME}"

_HEAD = """\
# Answers that have no place in the catalog after an upgrade.
# Move each to where it belongs, or decide that it is no longer needed; then delete its row.
"""

ROWS: Schema = {
    "type": ["array", "null"],
    "items": closed({"was": TEXT | NOT_BLANK, "reason": TEXT, "value": {}}, ["was", "reason"]),
}


@dataclass(frozen=True)
class Homeless:
    """An answer without a place."""

    was: str
    """The old name of its question."""
    reason: str
    value: Any
    body: str = ""
    """The lines of the answer as they were written; without them the value is one word or text."""
    comments: str = ""
    """The comment lines above it."""

    @property
    def key(self) -> tuple[str, str, str]:
        """What distinguishes it from other rows."""
        return self.was, self.reason, json.dumps(self.value, ensure_ascii=False, sort_keys=True)

    @property
    def text(self) -> str:
        """The row in the file."""
        head = f"{self.comments}- was: {self.was}\n  reason: {json.dumps(self.reason, ensure_ascii=False)}\n"
        name = self.was.rpartition(".")[2]
        if not self.body:
            return f"{head}  value: {json.dumps(self.value, ensure_ascii=False)}\n"
        body = ended(self.body)
        # The value is kept exactly as it was written, quotes and comments included.
        after = body[body.index(":", body.index(name) + len(name)) :]
        return head + textwrap.indent(f"value{after}", "  ")


def read_unmapped(root: Path) -> tuple[YamlFile, list[Finding]]:
    """Read the file; the findings include its mistakes and every answer that still needs a place."""
    path = root / UNMAPPED
    if absent(path):
        return YamlFile(UNMAPPED), []
    file, problems = read_yaml(path, UNMAPPED)
    found = checked(file, problems, ROWS)
    return file, [*found, *(_waiting(row, file, number) for number, row in enumerate(file.rows) if row.get("was"))]


def _waiting(row: dict[str, Any], file: YamlFile, number: int) -> Finding:
    reason = line(row.get("reason"))
    message = f"The answer to “{row['was']}” has no place in this catalog.{' ' + reason if reason else ''}"
    fix = "Move it to where it belongs, or decide that it is no longer needed; then delete this row."
    return Finding("U101", "warning", message, (file.place(number),), fix)


def with_homeless(text: str, rows: Sequence[Homeless]) -> str:
    """Return the text of the file with these rows appended; a row that is already there is skipped.

    Raise NotByLine if the file is written in brackets.
    """
    file, _ = parse_yaml(plain(text), UNMAPPED)
    known = {Homeless(str(row.get("was")), str(row.get("reason")), row.get("value")).key for row in file.rows}
    new = [row for row in rows if row.key not in known]
    if not new:
        return text
    result = below(file if text else YamlFile(UNMAPPED, text=_HEAD), "".join(f"\n{row.text}" for row in new))
    # Losing an answer is the worst an upgrade can do, so the result is parsed and counted.
    if len(parse_yaml(result, UNMAPPED)[0].rows) != len(file.rows) + len(new):
        raise NotByLine
    return as_in(text, result)
