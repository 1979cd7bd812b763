"""Selects clauses (in, out or undecided, with the reason), numbers them and fills them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from policywright.agency.settling import settle
from policywright.drafting.rules import applicable
from policywright.language.between import has_brackets
from policywright.language.conditions import explain, questions_in
from policywright.language.texts import Filler, clause_questions, questions_shown
from policywright.model.agency import Answer
from policywright.model.catalog import Catalog, Clause, Covered, Element
from policywright.model.draft import Chapter, Omission, Policy, Provision
from policywright.model.existing import ExistingPolicy
from policywright.model.findings import Finding

POLICY, PROCEDURES = "policy", "procedures"
DIFFERENT_OFFICES = "the offices in it are different ones"


@dataclass(frozen=True)
class _Verdict:
    clause: Clause
    included: bool | None
    needs: tuple[str, ...]
    covered_by: ExistingPolicy | None = None
    """The existing policy that takes the place of a provision, which is then left out."""
    reason: str = ""
    """What it would need, where that is no condition."""


def assemble(
    catalog: Catalog,
    clauses: Mapping[str, Clause],
    answers: Mapping[str, Answer],
    filler: Filler,
    existing: Sequence[ExistingPolicy] = (),
) -> tuple[Policy, list[Finding]]:
    """Assemble the policy from clauses in order; `filler` writes Markdown.

    The findings are about provisions that require another one that is missing.
    """
    found = [_between_offices(_verdict(clause, answers), filler) for clause in clauses.values()]
    verdicts = _with_covered(found, catalog, existing, filler)
    writer = _Writer(catalog, answers, filler, existing)
    policy = Policy(
        chapters=tuple(writer.chapters(POLICY, verdicts)),
        procedures=tuple(writer.chapters(PROCEDURES, verdicts)),
        texts=tuple(writer.texts(verdicts)),
        out=tuple(writer.omission(verdict) for verdict in verdicts if verdict.included is False),
        undecided=tuple(writer.omission(verdict) for verdict in verdicts if verdict.included is None),
    )
    return policy, list(_lonely(verdicts))


def _with_covered(
    verdicts: Sequence[_Verdict], catalog: Catalog, existing: Sequence[ExistingPolicy], filler: Filler
) -> list[_Verdict]:
    """Put one sentence in place of the provisions that an existing policy covers in full."""
    if catalog.covered is None:
        return [*verdicts]
    found: list[_Verdict] = []
    said: set[str] = set()
    """The elements whose sentence is there."""
    for verdict in verdicts:
        clause, element = verdict.clause, catalog.elements.get(verdict.clause.element)
        policy = next((one for one in existing if one.replaces(clause.element)), None)
        # What the agency wrote itself stays: nobody else can know that it is superfluous.
        stays = clause.stays or catalog.clauses.get(clause.id) is not clause
        if policy is None or element is None or not element.reusable or stays or verdict.included is False:
            found.append(verdict)
            continue
        if clause.element not in said and clause.part == POLICY:
            said.add(clause.element)
            covering = _covering(clause, element, policy, catalog.covered, filler)
            found.append(_Verdict(covering, included=True, needs=()))
        found.append(replace(verdict, included=False, covered_by=policy))
    return found


def _covering(clause: Clause, element: Element, policy: ExistingPolicy, covered: Covered, filler: Filler) -> Clause:
    """Return the clause that names an existing policy in place of the first provision that it covers."""
    facts = {"covered.policy": policy.named, "covered.subject": element.title.lower()}
    return Clause(
        id=f"{clause.code}-by-existing-policy",
        element=clause.element,
        place=clause.place,
        body=(filler.with_facts(facts).fill(covered.text),),
        code=clause.code,
        title=covered.title,
        level="explains",
        sources=(),
    )


def _verdict(clause: Clause, answers: Mapping[str, Answer]) -> _Verdict:
    included, needs = settle(clause.when, answers)
    # A text states as fact only what somebody answered: what waits for facts that nobody knows is left out until then.
    if included is None and all(answers[name].unknown for name in needs):
        included = False
    return _Verdict(clause, included, needs)


def _between_offices(verdict: _Verdict, filler: Filler) -> _Verdict:
    """Leave out a text that holds only between offices which are one office here."""
    body = verdict.clause.body
    if verdict.included is False or not has_brackets(body) or filler.fill(body).strip():
        return verdict
    return replace(verdict, included=False, reason=DIFFERENT_OFFICES)


def with_overrides(catalog: Catalog, overrides: Mapping[str, Clause]) -> dict[str, Clause]:
    """Return the catalog's clauses with the agency's overrides applied: reworded clauses replaced, new ones added.

    A new clause comes last among those with its code.
    """
    clauses = [overrides.get(key, clause) for key, clause in catalog.clauses.items()]
    for clause in overrides.values():
        if clause.id not in catalog.clauses:
            # Next to the clauses of its code, so that the numbers of other provisions change as little as possible.
            after = max((n for n, other in enumerate(clauses) if other.code == clause.code), default=len(clauses) - 1)
            clauses.insert(after + 1, clause)
    return {clause.id: clause for clause in clauses}


class _Writer:
    """Builds numbered provisions and explained omissions."""

    def __init__(
        self, catalog: Catalog, answers: Mapping[str, Answer], filler: Filler, existing: Sequence[ExistingPolicy]
    ) -> None:
        self.catalog = catalog
        self.answers = answers
        self.filler = filler
        self.existing = existing

    def chapters(self, part: str, verdicts: Sequence[_Verdict]) -> Iterator[Chapter]:
        """Yield the chapters of the policy or of its procedures.

        A section has the same number in both, so that a reader finds the procedures of chapter 4 under P4.
        """
        prefix = self.catalog.instruments[part].prefix if part in self.catalog.instruments else ""
        included = [verdict.clause for verdict in verdicts if verdict.included]
        numbered = (section for section in self.catalog.sections if any(c.code in section.clauses for c in included))
        for number, section in enumerate(numbered, 1):
            clauses = [clause for clause in included if clause.code in section.clauses and clause.part == part]
            if clauses:
                name = f"{prefix}{number}"
                provisions = (self.provision(c, f"{part}.md", f"{name}.{place}") for place, c in enumerate(clauses, 1))
                yield Chapter(section, name, tuple(provisions))

    def texts(self, verdicts: Sequence[_Verdict]) -> Iterator[Chapter]:
        """Yield the other texts, which are not numbered."""
        included = [verdict.clause for verdict in verdicts if verdict.included]
        for text in self.catalog.texts:
            clauses = [clause for clause in included if clause.code in text.clauses]
            if clauses:
                yield Chapter(text, "", tuple(self.provision(clause, f"{text.id}.md", "") for clause in clauses))

    def provision(self, clause: Clause, page: str, number: str) -> Provision:
        shown = questions_shown(clause.body, self.catalog.questions)
        return Provision(
            clause=clause,
            page=page,
            number=number,
            text=self.filler.fill(clause.body).strip(),
            staff=self.filler.fill(clause.staff).strip(),
            reason=self.reason(clause),
            questions=clause_questions(clause, self.catalog),
            gaps=tuple(name for name in shown if not self.answers[name].answered),
            sources=applicable(clause.sources, self.catalog, self.answers),
            existing_policies=tuple(one for one in self.existing if {clause.code, clause.id} & {*one.clauses}),
        )

    def reason(self, clause: Clause) -> str:
        return explain(clause.when, self.catalog.questions) if clause.when else ""

    def omission(self, verdict: _Verdict) -> Omission:
        clause = verdict.clause
        named = questions_in(clause.when) if clause.when else ()
        # If nothing is open, all questions of the condition together are the reason why the clause is out.
        reason = verdict.reason or self.reason(clause)
        return Omission(clause, reason, verdict.needs or named, verdict.covered_by)


def _lonely(verdicts: Sequence[_Verdict]) -> Iterator[Finding]:
    """Report a provision that requires another one that is not in the policy."""
    # An undecided clause may still come, so it is not missing yet.
    present = {v.clause.code for v in verdicts if v.included is not False or v.covered_by}
    for verdict in verdicts:
        missing = [code for code in verdict.clause.requires if code not in present] if verdict.included else []
        if missing:
            clause = verdict.clause
            message = f"“{clause.title}” ({clause.id}) relies on {', '.join(missing)}, which is not in the policy."
            fix = "Check the answers that the missing clause depends on, or write it yourself in overrides/clauses/."
            yield Finding("P101", "warning", message, (clause.place,), fix, element=clause.element)
