"""Makes agencies whose policy can be approved, and has its offices sign and release it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from policywright.approval.commands import AdoptionFacts, Files, Signature, plan_release, release, sign
from policywright.approval.sign_offs import standings
from policywright.draft import draft_of, make_draft, open_repository
from policywright.files.writing import write_files
from tests.support.agency_files import settled_answers, write_agency

DAY = "2027-01-10"
ADOPTED = ("--adopted", DAY)
"""The option of `release` that says when the policy was adopted."""
POLICY = """# Who we are.
agency: {{name: Town of Exampleton, short_name: the Town}}
version: {version}
status: {status} # draft | in_review | approved | in_force | superseded
owner: the Communications Office
preset: {preset}
review_every: {review_every}
drafted_by: {drafted_by}
dates:
  adopted: {adopted}
  in_force: {in_force} # the first day
  review_due: {review_due}
"""


def write_policy(root: Path, **values: str) -> None:
    """Write policy.yml with these values, and every other one empty."""
    known = ("version", "status", "adopted", "in_force", "review_due", "review_every", "drafted_by")
    text = POLICY.format_map({"preset": "two_way"} | {key: values.get(key, "") for key in known} | values)
    (root / "policy.yml").write_text(text, encoding="utf-8")


def write_town(root: Path, answers: Mapping[str, Any] | None = None, **policy: str) -> Path:
    """Write a town that has answered everything, and whose policy has these values."""
    write_agency(root, {**settled_answers(registers=False), **(answers or {})})
    write_policy(root, **policy)
    return root


def roles_of(root: Path) -> list[str]:
    """Return the roles that must sign the policy."""
    return list(dict.fromkeys(one.role for one in standings(draft_of(root)) if one.required))


def let_sign(root: Path, roles: Sequence[str], by: str, until: str = "", elements: tuple[str, ...] = ()) -> None:
    """Let offices sign on the usual day."""
    draft = draft_of(root, DAY)
    path = root / "sign-offs.yml"
    raw = path.read_text("utf-8") if path.exists() else ""
    write_files(sign(draft, Signature(tuple(roles), by, DAY, elements, until), raw)[1], root)


def released(root: Path, version: str, day: str = DAY) -> Files:
    """Release the policy, if nothing prevents it, and return the files that were written."""
    repository, catalog = open_repository(root)
    document = repository.document
    facts = AdoptionFacts(adopted=document.dates["adopted"] or day)
    plan = plan_release(document, version, day, "Town Clerk", facts)
    draft = make_draft(repository.judged_as(**plan.instead), catalog, day)
    files = release(draft, plan, "0" * 16, (root / "policy.yml").read_text("utf-8"), day)
    write_files(files, root)
    return files
