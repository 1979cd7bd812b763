"""What signing, deciding and releasing write: the new texts of files, in the order in which they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from policywright.agency.decisions import DECISIONS_FILE, KINDS, answers_behind
from policywright.approval.acknowledgements import (
    ACKNOWLEDGEMENTS_FILE,
    Acknowledgement,
    Rows,
    misplaced,
    new_rows,
    table_text,
)
from policywright.approval.objections import Refused, approval_objections, refuse
from policywright.approval.releases import (
    WORDINGS_FILE,
    last_release,
    release_file,
    release_of,
    release_text,
    wordings_text,
)
from policywright.approval.reviews import day_after
from policywright.approval.sign_offs import SIGN_OFFS_FILE, provisions_to_sign, standings, with_sign_off
from policywright.approval.snapshot import freeze
from policywright.approval.status import RELEASED, version_objection
from policywright.files.edits import Keys, Row, with_row, with_values
from policywright.files.schema import is_date, line, mapping
from policywright.model.agency import Document
from policywright.model.codes import CODES
from policywright.model.draft import Draft
from policywright.model.findings import Finding, Place, PolicyError, did_you_mean, one_of
from policywright.model.versions import FrozenProvision, Release, SignOff

POLICY_FILE = "policy.yml"

Files = Mapping[str, str]
"""Path in the repository -> text."""


def _without_errors(draft: Draft) -> None:
    """Refuse files that hold errors: these may have spoiled the text that somebody is about to sign or decide on."""
    found = [finding for finding in draft.findings if finding.severity == "error"]
    if found:
        raise PolicyError(found)


def _ill_said(words: Mapping[str, str], *days: str) -> Iterator[str]:
    """Report words that are blank and days that are no dates; a file that held them could not be read again."""
    yield from (f"There are no words in “{key}”." for key, value in words.items() if not line(value))
    yield from (f"“{day}” is not a date. Write year, month and day: 2027-03-01." for day in days if not is_date(day))


@dataclass(frozen=True)
class Signature:
    """Who signs, for which office, and what."""

    role: str
    by: str
    date: str
    elements: tuple[str, ...] = ()
    """All that the office decides, when none is named."""
    until: str = ""
    note: str = ""


def sign(draft: Draft, given: Signature, raw: str) -> tuple[SignOff, Files]:
    """Return a sign-off of the provisions as they stand now, and the files that record it.

    `raw` is the text of sign-offs.yml. The wordings are written first: without a row that names them they say nothing.
    Raise PolicyError while the files hold mistakes, and Refused when there is nothing that this office could sign.
    """
    _without_errors(draft)
    refuse(list(_signature_objections(given)))
    provisions = freeze(draft).provisions
    elements = _elements(draft, given, provisions)
    now = {provision.id: provision for provision in provisions}
    signed = [now[name] for element in elements for name in provisions_to_sign(given.role, element, draft, provisions)]
    prints = {provision.id: provision.fingerprint for provision in signed}
    row: dict[str, Any] = {"role": given.role, "by": given.by, "date": given.date}
    row |= {"until": given.until} if given.until else {}
    row |= {"elements": list(elements)} | ({"note": given.note} if given.note else {}) | {"provisions": prints}
    wordings = {**draft.wordings, **{provision.fingerprint: provision for provision in signed}}
    files = {WORDINGS_FILE: wordings_text(wordings), SIGN_OFFS_FILE: with_sign_off(raw, row)}
    sign_off = SignOff(
        given.role, given.by, given.date, elements, prints, given.note, given.until, Place(SIGN_OFFS_FILE)
    )
    return sign_off, files


def _signature_objections(given: Signature) -> Iterator[str]:
    yield from _ill_said({"by": given.by}, given.date, given.until or given.date)
    if given.until and given.until < given.date:
        yield f"The last day of the sign-off, {given.until}, is over before it is given, on {given.date}."


def _elements(draft: Draft, given: Signature, provisions: Sequence[FrozenProvision]) -> tuple[str, ...]:
    catalog = draft.catalog
    if given.role not in catalog.roles:
        hint = did_you_mean(given.role, catalog.roles)
        raise Refused([f"There is no role “{given.role}”.{hint} Choose one of: {one_of(catalog.roles)}."])
    strange = [name for name in given.elements if name not in catalog.elements]
    if strange:
        hint = did_you_mean(strange[0], catalog.elements)
        raise Refused([f"There is no element “{strange[0]}”.{hint} Choose one of: {one_of(catalog.elements)}."])
    mine = [one for one in standings(draft) if one.role == given.role]
    to_sign = [one.element for one in mine if one.required]
    lapsed = {one.element for one in mine if one.removed}
    idle = [e for e in given.elements if e not in lapsed and not provisions_to_sign(given.role, e, draft, provisions)]
    title = catalog.roles[given.role].title
    if idle:
        reasons = [f"“{title}” has no part in “{catalog.elements[element].title}”." for element in idle]
        raise Refused([*reasons, *([f"It decides: {', '.join(to_sign)}."] if to_sign else [])])
    if not given.elements and not to_sign:
        raise Refused([f"“{title}” decides no part of this policy. Name the elements that it is asked about."])
    return tuple(element for element in catalog.elements if element in (given.elements or to_sign))


@dataclass(frozen=True)
class RiskDecision:
    """What an agency decides about a finding."""

    code: str
    kind: str
    """accept | plan"""
    owner: str
    until: str
    reason: str
    date: str


def decide(draft: Draft, chosen: RiskDecision, raw: str) -> Files:
    """Return the file that records a decision; `raw` is the text of decisions.yml.

    Raise PolicyError while the files hold mistakes, and Refused when there is no such finding to decide about.
    """
    _without_errors(draft)
    refuse(list(_decision_objections(draft, chosen)))
    row: Row = {
        "rule": chosen.code,
        "decision": KINDS[chosen.kind],
        "reason": chosen.reason,
        "owner": chosen.owner,
        "date": chosen.date,
        "expires": chosen.until,
        "fingerprint": answers_behind(draft.catalog.rules[chosen.code], draft.answers),
    }
    return {DECISIONS_FILE: with_row(raw, DECISIONS_FILE, row)}


def _decision_objections(draft: Draft, chosen: RiskDecision) -> Iterator[str]:
    if chosen.kind not in KINDS:
        yield f"“{chosen.kind}” is no decision. Choose one of: {one_of(KINDS)}."
    yield from _ill_said({"owner": chosen.owner, "reason": chosen.reason}, chosen.date, chosen.until)
    nothing = _nothing_to_decide(draft, chosen.code)
    if nothing:
        yield nothing
    elif chosen.until < chosen.date:
        yield f"The last day of the decision, {chosen.until}, is over before it is taken, on {chosen.date}."


def _nothing_to_decide(draft: Draft, code: str) -> str:
    """Return why there is no finding of this code that somebody could decide about, or nothing."""
    rules = draft.catalog.rules
    if code in CODES:
        return f"{code} is no finding to decide about. {_INSTEAD.get(CODES[code].severity, _MEND)}"
    if code not in rules:
        return f"There is no rule “{code}”.{did_you_mean(code, rules)}"
    if not any(finding.code == code for finding in draft.findings):
        waits = any(rule.code == code for rule in draft.undecided)
        return f"{code} {'is undecided' if waits else 'does not hold'} here, so there is nothing to decide."
    return ""


_MEND = "Mend what it says, or leave it standing."
_INSTEAD = {
    "error": "An error is mended, not accepted.",
    "gap": "A gap is closed, not accepted.",
    "blocker": "It is mended, not accepted.",
}


@dataclass(frozen=True)
class ReleasePlan:
    """What a release would make of policy.yml."""

    version: str
    date: str
    by: str
    status: str
    dates: Mapping[str, str]

    @property
    def instead(self) -> dict[str, Any]:
        """The document's fields under which the draft is judged: in review, with the version and dates to come."""
        return {"version": self.version, "status": "in_review", "dates": self.dates}


def plan_release(document_dates: Mapping[str, str], review_every: str, version: str, day: str, by: str) -> ReleasePlan:
    """Work out the status and the dates that a release gives to the policy.

    It is in force when its day in force has come, and otherwise approved. Where policy.yml names no date of adoption,
    that is the day of the release, and where it names no review, one period after.
    """
    dates = dict(document_dates)
    dates["adopted"] = dates["adopted"] or day
    begins = dates["in_force"]
    if review_every and not dates["review_due"]:
        dates["review_due"] = day_after(max(day, begins), review_every)
    return ReleasePlan(version, day, by, "in_force" if "" < begins <= day else "approved", dates)


def release_objections(draft: Draft, plan: ReleasePlan) -> list[str]:
    """Return every reason why a draft may not be released as planned: its version, its day, its text, its sign-offs."""
    reasons = [*_ill_said({"by": plan.by}, plan.date), version_objection(plan.version, draft)]
    last = last_release(draft)
    if last and plan.date < last.date:
        reasons.append(f"Version {last.version} was released on {last.date}, after {plan.date}.")
    judged = {key: getattr(draft.document, key) for key in plan.instead}
    if judged != plan.instead or draft.today != plan.date:
        reasons.append(f"This draft was not made for version {plan.version} of {plan.date}; draft the policy for it.")
    return [*filter(None, reasons), *approval_objections(draft)]


def release(draft: Draft, plan: ReleasePlan, catalog_print: str, raw: str) -> Files:
    """Return the release of a draft and policy.yml with its version, status and date of adoption.

    The draft was made for the day of the release, from a repository that is judged as `plan.instead`; another one
    does not show what the release lacks. `raw` is the text of policy.yml. The release is written first; a run that
    was stopped in between is completed by another one, see `unfinished`.
    Raise Refused with every reason why this may not be released.
    """
    refuse(release_objections(draft, plan))
    frozen = replace(draft, document=replace(draft.document, status=plan.status, dates=plan.dates))
    text = release_text(frozen, plan.date, plan.by, catalog_print)
    return {release_file(plan.version): text, **_policy(plan, raw)}


def _policy(plan: ReleasePlan, raw: str) -> Files:
    values: dict[Keys, str] = {("version",): plan.version, ("status",): plan.status}
    values[("dates", "adopted")] = plan.dates["adopted"]
    return {POLICY_FILE: with_values(raw, POLICY_FILE, values)}


def unfinished(draft: Draft, plan: ReleasePlan, document: Document, raw: str) -> tuple[Release, Files] | None:
    """Return the release of this very text and what policy.yml still lacks of it, when a run was stopped in between.

    `document` is what policy.yml says now.
    """
    found = release_of(draft, plan.version)
    if found is None or found != draft.releases[-1] or found.fingerprint != freeze(draft).fingerprint:
        return None
    if document.version == plan.version and document.status in RELEASED:
        return None
    dates = mapping(found.document.get("dates"))
    kept = replace(plan, status=str(found.document["status"]), dates={"adopted": str(dates.get("adopted") or "")})
    return found, _policy(kept, raw)


Table = tuple[Rows, Sequence[Finding]]
"""What `read_acknowledgements` returns: the rows that are right, and the mistakes in the others."""


def acknowledge(draft: Draft, here: Table, given: Table) -> tuple[list[Acknowledgement], Files]:
    """Return the acknowledgements that are not on record yet, and the file that records them.

    `here` is the agency's own table, `given` the one whose rows are added. Without new rows nothing is written.
    Raise PolicyError when a row of either table has a mistake, or a new one is about a text that was never released.
    """
    found = [*here[1], *given[1], *misplaced(given[0], draft.releases, draft.document.version)]
    if found:
        raise PolicyError(found)
    fresh = new_rows(here[0], given[0])
    return fresh, {ACKNOWLEDGEMENTS_FILE: table_text([*here[0], *fresh])} if fresh else {}
