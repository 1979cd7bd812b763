"""Reads a status.json: the state of one policy, as the build of its site wrote it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from policywright.files.schema import check
from policywright.files.yaml import YamlFile, read_text
from policywright.model.findings import Finding, Place, PolicyError, short
from policywright.pages.status_data import STATUS_FORM, STATUS_SCHEMA

_FETCH = "Fetch the api/status.json of the agency's site again."


def read_status(path: Path) -> dict[str, Any]:
    """Return what a status file says; raise PolicyError if it is missing, damaged or of another form."""
    text, problems = read_text(path.absolute(), path.name)
    if problems:
        raise PolicyError(problems)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise PolicyError([_refused(path, "This status file is damaged: it is not valid JSON.", _FETCH)]) from None
    form = data.get("form") if isinstance(data, dict) else None
    if form != STATUS_FORM or isinstance(form, bool):
        raise PolicyError([_other_form(path, form)])
    wrong = check(YamlFile(path.name, data), STATUS_SCHEMA)
    if wrong:
        raise PolicyError(wrong[:1])
    return dict(data)


def _other_form(path: Path, form: object) -> Finding:
    if not isinstance(form, int) or isinstance(form, bool):
        return _refused(path, "This file is not the status file of a site.", _FETCH)
    age = "a newer" if form > STATUS_FORM else "an older"
    message = f"This status file is from {age} version of Policywright: its form is {short(form)}, not {STATUS_FORM}."
    fix = "Update Policywright here." if form > STATUS_FORM else "Build the agency's site with the present version."
    return _refused(path, message, fix)


def _refused(path: Path, message: str, fix: str) -> Finding:
    return Finding("E001", "error", message, (Place(path.name),), fix)
