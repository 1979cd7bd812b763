"""Tables as CSV files for a spreadsheet: who decides what, coverage, clauses with their answers and sources."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from html import unescape

from policywright.files.spreadsheets import harmless
from policywright.model.draft import Draft
from policywright.pages.views.overview import deciding, every_provision, part_of
from policywright.pages.wording import said

Rows = Iterable[Sequence[str]]

DECIDES = "tables/who-decides-what.csv"
COVERAGE = "tables/coverage.csv"
CLAUSES = "tables/clauses.csv"


def tables(draft: Draft, *, working: bool) -> dict[str, str]:
    """Return the files of an agency's site: uri -> text; internal content is only in those of the working site."""
    files = {DECIDES: _decides(draft)} if working and draft.catalog.responsibilities else {}
    if working and draft.existing_policies:
        files[COVERAGE] = _coverage(draft)
    return files | {CLAUSES: _clauses(draft, working=working)}


def _decides(draft: Draft) -> str:
    roles = deciding(draft.catalog)
    rows = draft.catalog.responsibilities
    body = ([row.title, " ".join(row.clauses), *(part_of(row, role) for role in roles)] for row in rows)
    return written(["What", "Clauses", *(role.title for role in roles)], body)


def _coverage(draft: Draft) -> str:
    policies = draft.existing_policies
    elements = draft.catalog.elements.values()
    body = ([element.title, *(policy.coverage(element.id) for policy in policies)] for element in elements)
    return written(["Element", *(policy.title or "?" for policy in policies)], body)


def _clauses(draft: Draft, *, working: bool) -> str:
    head = ["Number", "Code", "Id", "Title", "Level", "Text", "Sources"]
    body = []
    for _, p in every_provision(draft):
        row = [
            p.number,
            p.clause.code,
            p.clause.id,
            p.clause.title,
            p.clause.level,
            unescape(p.text),
            " ".join(p.sources),
        ]
        answers = (draft.answers[name] for name in p.questions)
        body.append([*row, "; ".join(f"{a.question.help} {said(a) or 'open'}" for a in answers)] if working else row)
    return written([*head, "Answers"] if working else head, body)


def written(head: Sequence[str], rows: Rows) -> str:
    """Write rows as CSV in UTF-8 with the byte order mark that spreadsheets look for.

    What a spreadsheet would run as a formula, with any separator, gets an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([harmless(cell) for cell in row] for row in (head, *rows))
    # Without the byte order mark, Excel reads the file in the local code page and breaks every quotation mark.
    return "\ufeff" + out.getvalue()
