"""Evaluates the rules: which fire on these answers, and which are still undecided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from policywright.agency.settling import settle, value_of
from policywright.language.conditions import witnesses
from policywright.language.texts import Filler
from policywright.model.agency import Answer
from policywright.model.catalog import Catalog, Rule
from policywright.model.draft import Undecided
from policywright.model.findings import Finding


def evaluate_rules(
    catalog: Catalog, answers: Mapping[str, Answer], filler: Filler
) -> tuple[list[Finding], list[Undecided]]:
    """Return a finding for each rule that holds, and the rules that wait for answers.

    `filler` writes messages in plain words, not in Markdown.
    """
    fired: list[Finding] = []
    waiting: list[Undecided] = []
    for rule in catalog.rules.values():
        result, needs = settle(rule.when, answers)
        if result is True:
            fired.append(_finding(rule, answers, filler))
        elif result is None:
            waiting.append(Undecided(rule.code, needs))
    return fired, waiting


def _finding(rule: Rule, answers: Mapping[str, Answer], filler: Filler) -> Finding:
    involved = witnesses(rule.when, lambda name: value_of(answers, name))
    return Finding(
        code=rule.code,
        severity=rule.severity,
        message=filler.fill(rule.message, involved).strip(),
        # Rules name the goal first and the restriction last; the restriction is what people usually change.
        places=tuple(dict.fromkeys(answers[name].home for name in reversed(involved))),
        fix=filler.fill(rule.fix, involved).strip(),
        questions=involved,
        sources=rule.sources,
        element=rule.element,
    )


def applicable(keys: Iterable[str], catalog: Catalog, answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """Return the sources that apply to this agency."""
    return tuple(key for key in keys if settle(catalog.sources[key].when, answers)[0] is True)
