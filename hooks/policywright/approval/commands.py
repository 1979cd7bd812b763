"""What signing, deciding and releasing write: the new texts of files, in writing order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from policywright.agency.decisions import DECISIONS_FILE, KINDS, answers_behind
from policywright.agency.offices import absence, held_by
from policywright.agency.policy_file import SAME_DAY
from policywright.approval.acknowledgements import (
    ACKNOWLEDGEMENTS_FILE,
    Acknowledgement,
    Rows,
    misplaced,
    new_rows,
    resolved,
    table_text,
    with_acknowledgements,
)
from policywright.approval.objections import Refused, approval_objections, refuse
from policywright.approval.releases import (
    WITHDRAWN_FILE,
    WORDINGS_FILE,
    last_release,
    release_file,
    release_of,
    release_text,
    wordings_text,
)
from policywright.approval.reviews import day_after
from policywright.approval.sign_offs import (
    SIGN_OFFS_FILE,
    Standing,
    holding,
    provisions_to_sign,
    standings,
    with_sign_off,
)
from policywright.approval.snapshot import freeze
from policywright.approval.status import RELEASED, version_objection
from policywright.files.edits import Keys, Row, with_row, with_values
from policywright.files.formats import is_date
from policywright.files.line_ends import plain
from policywright.files.schema import line, mapping
from policywright.files.yaml import parse_yaml
from policywright.model.agency import Adoption, Document
from policywright.model.catalog import Catalog
from policywright.model.codes import CODES
from policywright.model.draft import Draft
from policywright.model.findings import Finding, Place, PolicyError, did_you_mean, one_of
from policywright.model.versions import FrozenProvision, Release, SignOff

POLICY_FILE = "policy.yml"

Files = Mapping[str, str]
"""Path in the repository -> text."""


def _without_errors(draft: Draft) -> None:
    """Refuse files with errors, which may have changed the text that somebody is about to sign or decide on."""
    found = [finding for finding in draft.findings if finding.severity == "error"]
    if found:
        raise PolicyError(found)


def _ill_said(words: Mapping[str, str], *days: str) -> Iterator[str]:
    """Report blank words and invalid dates; a file with them could not be read again."""
    yield from (f"“{key}” is empty." for key, value in words.items() if not line(value))
    yield from (f"“{day}” is not a date. Write year, month and day: 2027-03-01." for day in days if not is_date(day))


def _to_come(day: str, today: str) -> Iterator[str]:
    """Report a day in the future; without a day for today there is none."""
    if is_date(day) and "" < today < day:
        yield f"{day} is in the future: today is {today}."


@dataclass(frozen=True)
class Signature:
    """A request to sign: who, for which offices, and which elements."""

    roles: tuple[str, ...]
    """Each signs for itself, and for the offices that do not exist and for which it answers."""
    by: str
    date: str
    elements: tuple[str, ...] = ()
    """Empty for everything that the offices decide."""
    until: str = ""
    note: str = ""


def sign(draft: Draft, given: Signature, raw: str) -> tuple[tuple[SignOff, ...], Files]:
    """Return sign-offs of the current provisions, one for each office, and the files that record them.

    `raw` is the text of sign-offs.yml. The wordings are written first: without a row they have no effect.
    Raise PolicyError while the files have mistakes, and Refused if there is nothing that one of the offices could sign.
    """
    _without_errors(draft)
    refuse(list(_signature_objections(given, draft.today)))
    # What is signed is the frozen text and not the draft: a fingerprint must come out the same when the file is read
    # again.
    now = {provision.id: provision for provision in freeze(draft).provisions}
    parts = _parts(draft, given, [*now.values()])
    rows = tuple(_row(draft, given, role, elements, now) for role, elements in parts.items())
    refuse([*dict.fromkeys(reason for row in rows for reason in _signed_too_early(draft, row))])
    signed = [now[name] for row in rows for name in row.provisions]
    wordings = {**draft.wordings, **{provision.fingerprint: provision for provision in signed}}
    for row in rows:
        said = {key: getattr(row, key) for key in _WRITTEN if getattr(row, key) or key == "provisions"}
        raw = with_sign_off(raw, said)
    return rows, {WORDINGS_FILE: wordings_text(wordings), SIGN_OFFS_FILE: raw}


def _row(
    draft: Draft, given: Signature, role: str, elements: tuple[str, ...], now: Mapping[str, FrozenProvision]
) -> SignOff:
    signed = [name for element in elements for name in provisions_to_sign(role, element, draft, [*now.values()])]
    # Each provision has its fingerprint, so that a later change lapses only the sign-offs of what it changes.
    prints = {name: now[name].fingerprint for name in signed}
    return SignOff(role, given.by, given.date, elements, prints, given.note, given.until, Place(SIGN_OFFS_FILE))


_WRITTEN = ("role", "by", "date", "until", "elements", "note", "provisions")
"""The keys of a row of sign-offs.yml, in the order in which they are written."""


def _signature_objections(given: Signature, today: str) -> Iterator[str]:
    yield from _ill_said({"by": given.by}, given.date, given.until or given.date)
    yield from _to_come(given.date, today)
    if given.until and given.until < given.date:
        yield f"The last day of the sign-off, {given.until}, is before the day it is given, {given.date}."
    elif is_date(given.until) and given.until < today:
        yield f"The last day of the sign-off, {given.until}, has passed."


def _signed_too_early(draft: Draft, given: SignOff) -> Iterator[str]:
    """Report what a sign-off rests on and what came after it: the office's last sign-off, and the last release."""
    earlier = [row.date for row in draft.sign_offs if row.role == given.role and {*row.elements} & {*given.elements}]
    # The last row of an office holds, so the rows must be in the order in which they were given.
    if earlier and given.date < max(earlier):
        yield f"This office already signed on {max(earlier)}, after {given.date}."
    last = last_release(draft)
    released = {one.id: one.fingerprint for one in last.frozen.provisions} if last else {}
    if last and given.date < last.date and any(released.get(name) != word for name, word in given.provisions.items()):
        yield f"This text is newer than {given.date}: version {last.version} of {last.date} has a different text."


def _parts(draft: Draft, given: Signature, provisions: Sequence[FrozenProvision]) -> dict[str, tuple[str, ...]]:
    """Return which elements each office signs; raise Refused if one of those that are named cannot."""
    _refuse_unknown(given, draft.catalog)
    parts: dict[str, tuple[str, ...]] = {}
    reasons: list[str] = []
    found = standings(draft)
    for role in given.roles:
        absent = absence(role, draft.catalog.roles, draft.document)
        mine = {} if absent else _parts_of(role, given.elements, draft, provisions, found)
        reasons += absent or _idle(role, given.elements, mine, draft.catalog, found)
        parts |= mine
    refuse(reasons)
    return parts


def _refuse_unknown(given: Signature, catalog: Catalog) -> None:
    for kind, names, known in (("role", given.roles, catalog.roles), ("element", given.elements, catalog.elements)):
        strange = next((name for name in names if name not in known), None)
        if strange is not None:
            hint = did_you_mean(strange, known)
            raise Refused([f"There is no {kind} “{strange}”.{hint} Choose one of: {one_of(known)}."])


def _parts_of(
    office: str,
    wanted: Sequence[str],
    draft: Draft,
    provisions: Sequence[FrozenProvision],
    found: Sequence[Standing],
) -> dict[str, tuple[str, ...]]:
    """Return what an office signs for itself and for each office that it answers for, without those that sign nothing.

    It may sign what it is only asked about; for another office it signs what that one decides.
    """
    held = held_by(office, draft.catalog.roles, draft.document)
    parts = {role: _must_sign(role, found) for role in held}
    if wanted:
        own = {element for element in wanted if provisions_to_sign(office, element, draft, provisions)}
        lapsed = {one.element for one in found if one.role == office and one.removed}
        parts = {role: [one for one in part if one in wanted] for role, part in parts.items()}
        parts[office] = [one for one in draft.catalog.elements if one in wanted and one in own | lapsed]
    return {role: tuple(part) for role, part in parts.items() if part}


def _must_sign(role: str, found: Sequence[Standing]) -> list[str]:
    return [one.element for one in found if one.role == role and one.required]


def _idle(
    office: str,
    wanted: Sequence[str],
    parts: Mapping[str, Sequence[str]],
    catalog: Catalog,
    found: Sequence[Standing],
) -> list[str]:
    """Return why an office cannot sign: it has no part in one of the elements, or decides nothing."""
    title, signed = catalog.roles[office].title, {*chain(*parts.values())}
    idle = [element for element in wanted if element not in signed]
    reasons = [f"“{title}” has no part in “{catalog.elements[element].title}”." for element in idle]
    must = _must_sign(office, found)
    if idle and must:
        reasons.append(f"It decides: {', '.join(must)}.")
    if not wanted and not signed:
        reasons.append(f"“{title}” decides no part of this policy. Name the elements that it is consulted on.")
    return reasons


@dataclass(frozen=True)
class RiskDecision:
    """A request to accept or plan a finding."""

    code: str
    kind: str
    """accept | plan"""
    owner: str
    until: str
    reason: str
    date: str


def decide(draft: Draft, chosen: RiskDecision, raw: str) -> Files:
    """Return the file that records a decision; `raw` is the text of decisions.yml.

    Raise PolicyError while the files have mistakes, and Refused if there is no such finding to decide about.
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
        # Binds the decision to the answers of this moment; if one of them changes, the finding blocks again.
        "fingerprint": answers_behind(draft.catalog.rules[chosen.code], draft.answers),
    }
    return {DECISIONS_FILE: with_row(raw, DECISIONS_FILE, row)}


def _decision_objections(draft: Draft, chosen: RiskDecision) -> Iterator[str]:
    if chosen.kind not in KINDS:
        yield f"“{chosen.kind}” is not a kind of decision. Choose one of: {one_of(KINDS)}."
    yield from _ill_said({"owner": chosen.owner, "reason": chosen.reason}, chosen.date, chosen.until)
    yield from _to_come(chosen.date, draft.today)
    nothing = _nothing_to_decide(draft, chosen.code)
    if nothing:
        yield nothing
    elif chosen.until < chosen.date:
        yield f"The last day of the decision, {chosen.until}, is before the day it is taken, {chosen.date}."
    elif is_date(chosen.until) and chosen.until < draft.today:
        yield f"The last day of the decision, {chosen.until}, has passed."


def _nothing_to_decide(draft: Draft, code: str) -> str:
    """Return why there is no finding with this code to decide about, or nothing."""
    rules = draft.catalog.rules
    if code in CODES:
        return f"{code} is not a finding that you can decide about. {_INSTEAD.get(CODES[code].severity, _FIX)}"
    if code not in rules:
        return f"There is no rule “{code}”.{did_you_mean(code, rules)}"
    if not any(finding.code == code for finding in draft.findings):
        waits = any(rule.code == code for rule in draft.undecided)
        return f"{code} {'is undecided' if waits else 'does not hold'} here, so there is nothing to decide."
    return ""


_FIX = "Fix what it reports, or leave it."
_INSTEAD = {
    "error": "Fix an error; it cannot be accepted.",
    "gap": "Answer the question; a gap cannot be accepted.",
    "blocker": "Fix it; it cannot be accepted.",
}


@dataclass(frozen=True)
class ReleasePlan:
    """What policy.yml will say after a release."""

    version: str
    date: str
    by: str
    status: str
    dates: Mapping[str, str]
    adoption: Adoption

    @property
    def instead(self) -> dict[str, Any]:
        """The fields that the draft is checked with: in review, with the new version, dates and adoption."""
        return {"version": self.version, "status": "in_review", "dates": self.dates, "adoption": self.adoption}


@dataclass(frozen=True)
class AdoptionFacts:
    """What is said about the adoption with a release; what is empty is as policy.yml says."""

    adopted: str = ""
    effective: str = ""
    number: str = ""


AS_WRITTEN = AdoptionFacts()


def plan_release(document: Document, version: str, day: str, by: str, facts: AdoptionFacts = AS_WRITTEN) -> ReleasePlan:
    """Determine the status, the dates and the adoption that a release gives to the policy.

    It is in force if its day in force has come, and otherwise approved. No day of adoption is made up. If policy.yml
    names no review, the review is due one period later.
    """
    given = {"adopted": facts.adopted, "in_force": facts.effective}
    dates = {key: given.get(key) or known for key, known in document.dates.items()}
    begins = dates["in_force"]
    if document.review_every and not dates["review_due"] and is_date(begins or day):
        dates["review_due"] = day_after(max(day, begins), document.review_every)
    adoption = replace(document.adoption, number=facts.number or document.adoption.number)
    return ReleasePlan(version, day, by, "in_force" if "" < begins <= day else "approved", dates, adoption)


def _release_objections(draft: Draft, plan: ReleasePlan, today: str) -> list[str]:
    """Return every reason why a draft may not be released as planned: its version, dates, text or sign-offs."""
    named = [plan.dates[name] for name in SAME_DAY.values() if plan.dates[name]]
    reasons = [*_ill_said({"by": plan.by}, plan.date, *named), version_objection(plan.version, draft)]
    reasons += [*_to_come(plan.date, today), *_date_objections(draft, plan)]
    # A draft that was made for other dates or another version would hide what this release lacks, for example a lapsed
    # sign-off or an overdue review.
    judged = {key: getattr(draft.document, key) for key in plan.instead}
    if judged != plan.instead or draft.today != plan.date:
        reasons.append(f"This draft was not made for version {plan.version} of {plan.date}; draft the policy for it.")
    return [*filter(None, reasons), *approval_objections(draft)]


def _date_objections(draft: Draft, plan: ReleasePlan) -> Iterator[str]:
    """Report what came after the day of the release or of the adoption, although both rest on it."""
    last, adopted, begins = last_release(draft), plan.dates["adopted"], plan.dates["in_force"]
    if last and plan.date < last.date:
        yield f"Version {last.version} was released on {last.date}, after {plan.date}."
    signed = max((row.date for row in holding(draft, standings(draft))), default="")
    if plan.date < signed:
        yield f"The text was signed on {signed}, after {plan.date}."
    decided = max((f.decision.date for f in draft.findings if f.settled and f.decision), default="")
    if plan.date < decided:
        yield f"A finding was decided on {decided}, after {plan.date}."
    if not adopted:
        yield (
            "The day on which the policy was adopted is missing. Add --adopted DATE, and --effective DATE and"
            " --number N if the act names them, or write them into policy.yml."
        )
    if plan.date < adopted:
        yield f"The policy is adopted on {adopted}, after its release on {plan.date}. Correct --adopted or --date."
    # A later release may keep the day on which the policy was adopted first.
    kept = last and mapping(last.document.get("dates")).get("adopted") == adopted
    if "" < adopted < signed <= plan.date and not kept:
        yield f"The text was signed on {signed}, after {adopted}, when the policy was adopted."
    if "" < begins < adopted:
        yield f"The policy comes into force on {begins}, before it is adopted on {adopted}. Correct the wrong day."


def release(draft: Draft, plan: ReleasePlan, catalog_print: str, raw: str, today: str) -> Files:
    """Return the release of a draft and policy.yml with its version, status and adoption.

    The draft must be made for the day of the release, from a repository judged as `plan.instead`; another draft
    does not show what the release lacks. `raw` is the text of policy.yml. `today` is the day on which the command
    runs, which may be later than the day of the release; nothing is released in advance. The release is written
    first; if a run is stopped in between, `unfinished` lets the next run complete it.
    Raise Refused with every reason why it may not be released.
    """
    refuse(_release_objections(draft, plan, today))
    frozen = replace(draft, document=replace(draft.document, status=plan.status, dates=plan.dates))
    text = release_text(frozen, plan.date, plan.by, catalog_print)
    # The order matters: if policy.yml came first and the run stopped, it would claim a version that does not exist.
    return {release_file(plan.version): text, **_policy(plan, raw)}


def _policy(plan: ReleasePlan, raw: str) -> Files:
    values: dict[Keys, str] = {("version",): plan.version, ("status",): plan.status}
    now = mapping(parse_yaml(plain(raw), POLICY_FILE)[0].value)
    for key, name in SAME_DAY.items():
        # A day stays where the agency writes it, under “dates” or under “adoption”.
        places = [keys for keys in (("dates", name), ("adoption", key)) if mapping(now.get(keys[0])).get(keys[1])]
        if plan.dates[name]:
            values |= dict.fromkeys(places or [("dates", name)], plan.dates[name])
    if plan.adoption.number:
        values[("adoption", "number")] = plan.adoption.number
    return {POLICY_FILE: with_values(raw, POLICY_FILE, values)}


def unfinished(draft: Draft, plan: ReleasePlan, document: Document, raw: str) -> tuple[Release, Files] | None:
    """Return the release of the exact text and what policy.yml still lacks, if an earlier run was stopped in between.

    `document` is what policy.yml says now.
    """
    found = release_of(draft, plan.version)
    # Only the newest release can be unfinished, and only if the text is still the same.
    if found is None or found != last_release(draft) or found.fingerprint != freeze(draft).fingerprint:
        return None
    if document.version == plan.version and document.status in RELEASED:
        return None
    frozen = mapping(found.document.get("dates"))
    dates = {name: str(frozen.get(name) or "") for name in plan.dates}
    kept = replace(plan, status=str(found.document["status"]), dates=dates)
    return found, _policy(kept, raw)


@dataclass(frozen=True)
class WithdrawalRequest:
    """A request to withdraw a release that was a mistake."""

    version: str
    by: str
    reason: str
    date: str


def withdraw(draft: Draft, asked: WithdrawalRequest, raw: str, raw_policy: str) -> Files:
    """Return the file that records a withdrawal, and policy.yml in review again if it names that version.

    `raw` is the text of releases/withdrawn.yml, `raw_policy` that of policy.yml. The release itself never changes.
    The day of adoption stays: it is what somebody said, and only the agency knows whether it was wrong.
    Raise Refused if there is no such release to withdraw.
    """
    refuse(list(_withdrawal_objections(draft, asked)))
    release = next(one for one in draft.releases if one.version == asked.version)
    row: Row = {
        "version": asked.version,
        "fingerprint": release.fingerprint,
        "date": asked.date,
        "by": asked.by,
        "reason": asked.reason,
    }
    files = {WITHDRAWN_FILE: with_row(raw, WITHDRAWN_FILE, row)}
    document = draft.document
    if document.version != asked.version or document.status not in RELEASED:
        return files
    values: dict[Keys, str] = {("status",): "in_review"}
    return files | {POLICY_FILE: with_values(raw_policy, POLICY_FILE, values)}


def _withdrawal_objections(draft: Draft, asked: WithdrawalRequest) -> Iterator[str]:
    yield from _ill_said({"by": asked.by, "reason": asked.reason}, asked.date)
    yield from _to_come(asked.date, draft.today)
    release = release_of(draft, asked.version)
    if release is None:
        known = [one.version for one in draft.releases]
        hint = did_you_mean(asked.version, known)
        yield f"There is no version “{asked.version}”.{hint} {f'Choose one of: {one_of(known)}.' if known else ''}"
    elif release.withdrawn:
        yield f"Version {asked.version} was already withdrawn, on {release.withdrawn.date}."
    # A release of a day to come is such a mistake, and may be withdrawn today.
    elif asked.date < release.date <= draft.today:
        yield f"Version {asked.version} was released on {release.date}, after {asked.date}."


Table = tuple[Rows, Sequence[Finding]]
"""The result of `read_acknowledgements`: the valid rows, and the mistakes in the others."""


def acknowledge(draft: Draft, here: Table, given: Table, raw: str = "") -> tuple[list[Acknowledgement], Files]:
    """Return the acknowledgements that are not on record yet, and the file that records them.

    `here` is the agency's table and `raw` its text, `given` the table whose rows are added. Without new rows nothing
    is written.
    Raise PolicyError if a row of either table has a mistake, or a new row is about a text that was never released.
    """
    version = draft.document.version
    ours, theirs = (resolved(table[0], draft.releases, version) for table in (here, given))
    found = [*here[1], *given[1], *misplaced(theirs, draft.releases, version)]
    if found:
        raise PolicyError(found)
    fresh = new_rows(ours, theirs)
    # Without the text of a table, for example before the first row, a new one is written.
    text = with_acknowledgements(raw, fresh) if raw else table_text([*ours, *fresh])
    return fresh, {ACKNOWLEDGEMENTS_FILE: text} if fresh else {}
