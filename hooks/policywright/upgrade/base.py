"""What another state of its base would change for an agency: nothing is written, the agency decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from policywright.agency.policy_file import read_document
from policywright.approval.objections import Refused
from policywright.approval.redline import Redline, compare
from policywright.approval.sign_offs import Standing, standings
from policywright.approval.snapshot import freeze
from policywright.draft import make_draft, open_repository
from policywright.model.draft import Draft
from policywright.model.findings import Finding, unsettled
from policywright.repository import read_repository


@dataclass(frozen=True)
class BaseChange:
    """The draft of an agency with the base that it has, and with another state of it."""

    before: Draft
    after: Draft

    @property
    def redline(self) -> Redline:
        """What changes in the text."""
        return compare(freeze(self.before), freeze(self.after))

    @property
    def lapses(self) -> tuple[Standing, ...]:
        """The sign-offs that are valid now, and would not be."""
        valid = {(one.role, one.element) for one in standings(self.before) if one.state == "valid"}
        return tuple(one for one in standings(self.after) if one.state == "lapsed" and (one.role, one.element) in valid)

    @property
    def new_findings(self) -> tuple[Finding, ...]:
        """The findings that there are not yet, without gaps."""
        known = {(one.code, one.message) for one in self.before.findings}
        found = (one for one in unsettled(self.after.findings) if one.severity != "gap")
        return tuple(one for one in found if (one.code, one.message) not in known)


def base_change(root: Path, base: Path, today: str) -> BaseChange:
    """Return what another state of an agency's base would change; raise Refused if the agency has no base."""
    repository, catalog = open_repository(root)
    if not repository.document.base:
        raise Refused(["This agency has no base: policy.yml names none under “base:”."])
    # An absolute path takes the place of the agency's: places are named “base/…” all the same.
    document, problems = read_document(root)
    opened = (replace(document, base=str(base.resolve())), problems)
    other = read_repository(root, catalog, opened)
    return BaseChange(*(make_draft(one, catalog, today) for one in (repository, other)))


def changed_answers(change: BaseChange) -> Iterator[tuple[str, str, str]]:
    """Yield each question that the base answers otherwise: its id, and the old and the new answer as values."""
    for name, answer in change.after.answers.items():
        old = change.before.answers[name].based
        if old != answer.based:
            yield name, _shown(old), _shown(answer.based)


def _shown(value: object) -> str:
    return "open" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
