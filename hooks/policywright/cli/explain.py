"""The command explain: where an answer comes from, and why a clause is in or a rule holds."""

from __future__ import annotations

from pathlib import Path

import click

from policywright.agency.settling import settle
from policywright.cli.completion import EXPLAINED
from policywright.cli.terminal import ROOT, read_draft
from policywright.language.conditions import explain as in_words
from policywright.language.conditions import questions_in
from policywright.model.agency import Answer, Confirmation
from policywright.model.catalog import Clause
from policywright.model.draft import Draft
from policywright.model.fields import Condition
from policywright.model.findings import did_you_mean


@click.command()
@click.argument("name", shell_complete=EXPLAINED)
@ROOT
def explain(name: str, root: Path) -> None:
    """Explain an answer, a clause, a rule or a provision.

    It says where an answer comes from, why a clause is in or out, or when a rule holds. NAME is a question
    (goals.primary), a rule (GOAL-01), a clause (CIT-2-grounds-closed, or CIT-2 for all of its kind), or a
    provision by its number (4.2, or P4.2 in the procedures), its title or its anchor.
    """
    draft = read_draft(root)
    lines = _explained(name, draft)
    if not lines:
        known = [*draft.answers, *draft.catalog.rules, *draft.policy.clauses, *_names_of_provisions(draft)]
        raise click.UsageError(f"Nothing is named “{name}”.{did_you_mean(name, known)}")
    click.echo("\n".join(lines))


def _explained(name: str, draft: Draft) -> list[str]:
    if name in draft.answers:
        return _explain_answer(name, draft)
    if name in draft.catalog.rules:
        rule = draft.catalog.rules[name]
        return [
            f"{name}: {rule.severity}, holds when {in_words(rule.when, draft.catalog.questions)}.",
            *_verdict(rule.when, draft),
        ]
    clauses = [clause for clause in draft.policy.clauses.values() if name in (clause.id, clause.code)]
    return [line for clause in clauses or _meant(name, draft) for line in _explain_clause(clause, draft)]


def _meant(name: str, draft: Draft) -> list[Clause]:
    """Return the clauses of the provisions that have this number, title or anchor, as on the pages."""
    word = " ".join(name.casefold().split()).removeprefix("#")
    numbers = {provision.clause.id: provision.number for provision in draft.policy.provisions}
    return [
        clause
        for clause in draft.policy.clauses.values()
        if word in (clause.anchor, clause.title.casefold(), numbers.get(clause.id, "").casefold())
    ]


def _names_of_provisions(draft: Draft) -> list[str]:
    provisions = draft.policy.provisions
    return [name for one in provisions for name in (one.number, one.clause.title)]


def _explain_answer(name: str, draft: Draft) -> list[str]:
    answer = draft.answers[name]
    question = answer.question
    users = [p.clause.id for p in draft.policy.everything if name in p.questions]
    rules = [rule.code for rule in draft.catalog.rules.values() if name in questions_in(rule.when)]
    lines = [f"{name}: {question.help}", f"  why: {question.why}"]
    lines += [f"  where to find it: {question.found_in}"] if question.found_in else []
    lines += [f"  choices: {', '.join(question.choices)}"] if question.choices else []
    lines += [f"  asked when: {in_words(question.when, draft.catalog.questions)}"] if question.when else []
    value = "unanswered" if answer.value is None else f"{answer.value!r}, from {answer.said_by or answer.origin}"
    lines += [
        f"  answer: {value} ({answer.place})",
        f"  status: {_status(answer, draft)}",
        f"  rules: {', '.join(rules) or 'none'}",
    ]
    return [*lines, f"  provisions: {', '.join(users) or 'none'}"]


def _status(answer: Answer, draft: Draft) -> str:
    """Return the status of an answer, with who confirmed it and who else has seen it."""
    confirmed = f" by {_who(answer.confirmed, draft)}" if answer.confirmed else ""
    seen = "; ".join(_who(one, draft) for one in answer.also_seen_by)
    return f"{answer.status.replace('_', ' ')}{confirmed}{f'; also seen by {seen}' if seen else ''}"


def _who(one: Confirmation, draft: Draft) -> str:
    role = draft.catalog.roles.get(one.office)
    return ", ".join(filter(None, [draft.document.office_title(role) if role else one.office, one.name, one.date]))


def _explain_clause(clause: Clause, draft: Draft) -> list[str]:
    number = next((p.number for p in draft.policy.provisions if p.clause.id == clause.id), "")
    words = in_words(clause.when, draft.catalog.questions) if clause.when else "always"
    lines = [f"{clause.id}{f' ({number})' if number else ''}: {clause.title}", f"  holds when: {words}"]
    return lines + [f"  {line}" for line in _verdict(clause.when, draft)]


def _verdict(when: Condition | None, draft: Draft) -> list[str]:
    result, needs = settle(when, draft.answers)
    if result is None:
        return [f"Undecided: waits for {', '.join(needs)}."]
    return ["It holds." if result else "It does not hold."]
