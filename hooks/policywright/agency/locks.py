"""Reads locks.yml: the answers that an authority has fixed for all agencies below it, and who answers differently."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from policywright.agency.bases import Base
from policywright.agency.labels import with_keys
from policywright.agency.settling import settle, with_asked
from policywright.files.schema import (
    MAYBE_DATE,
    NOT_BLANK,
    TEXT,
    Schema,
    checked,
    closed,
    date_or_nothing,
    line,
    mapping,
)
from policywright.files.yaml import YamlFile, absent, read_yaml
from policywright.language.conditions import label_of, questions_in
from policywright.model.agency import Answer, AnswerLock
from policywright.model.catalog import Catalog, Clause, Question
from policywright.model.findings import Finding, Place, unknown

LOCKS_FILE = "locks.yml"

_LIMIT: Schema = {"type": ["number", "string", "null"]}
_ENTRY: Schema = closed(
    {
        "allow": {"type": ["array", "null"], "items": TEXT, "uniqueItems": True, "minItems": 1},
        "at_least": _LIMIT,
        "at_most": _LIMIT,
        "authority": TEXT | NOT_BLANK,
        "reason": TEXT | NOT_BLANK,
        "until": MAYBE_DATE,
    },
    ["authority", "reason"],
)
LOCKS: Schema = {"type": ["object", "null"], "additionalProperties": _ENTRY}


def read_locks(bases: Sequence[Base], catalog: Catalog, found: list[Finding]) -> tuple[AnswerLock, ...]:
    """Read locks.yml of each repository; mistakes are added to the findings, and such a lock does not hold."""
    return tuple(lock for base in bases for lock in _locks_of(base, catalog, found))


def _locks_of(base: Base, catalog: Catalog, found: list[Finding]) -> Iterator[AnswerLock]:
    path = base.root / LOCKS_FILE
    if absent(path):
        return
    file, problems = read_yaml(path, f"{base.prefix}{LOCKS_FILE}")
    found += checked(file, problems, LOCKS)
    for name, entry in mapping(file.value).items():
        question = catalog.questions.get(name)
        if question is None:
            found.append(unknown("question", name, catalog.questions, _key_of(name, file), "E126"))
        elif isinstance(entry, dict) and line(entry.get("authority")) and line(entry.get("reason")):
            lock = _lock(question, entry, file)
            problem = _mistaken(question, lock, file)
            found += [problem] if problem else []
            if not problem:
                yield lock


def _key_of(name: str, file: YamlFile) -> Place:
    return file.keys.get((name,), file.place(name))


def _lock(question: Question, entry: Mapping[str, Any], file: YamlFile) -> AnswerLock:
    allow = entry.get("allow") if isinstance(entry.get("allow"), list) else []
    return AnswerLock(
        question=question.id,
        allow=tuple(map(str, with_keys(question, allow or []))),
        at_least=_limit(question, entry.get("at_least")),
        at_most=_limit(question, entry.get("at_most")),
        authority=line(entry.get("authority")),
        reason=line(entry.get("reason")),
        until=date_or_nothing(entry.get("until")),
        place=_key_of(question.id, file),
    )


def _limit(question: Question, value: Any) -> float | str | None:
    if question.type == "date":
        return date_or_nothing(value) or None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _mistaken(question: Question, lock: AnswerLock, file: YamlFile) -> Finding | None:
    """Return why a lock cannot hold for its question."""
    ranged = question.type in ("number", "date")
    limits = lock.at_least is not None or lock.at_most is not None
    if ranged == bool(lock.allow) or ranged != limits:
        kind = "a range: write “at_least:” or “at_most:”" if ranged else "choices: write “allow:” with their names"
        if not ranged and not question.choices:
            return Finding("E126", "error", f"The answer to “{question.help}” cannot be locked.", (lock.place,), _OUT)
        return Finding("E126", "error", f"The lock of {question.id} needs {kind}.", (lock.place,), _CORRECT)
    for number, value in enumerate(lock.allow):
        if value not in question.choices:
            place = file.place(question.id, "allow", number)
            return unknown("choice", value, question.choices, place, "E126")
    return None


_OUT = "Remove the lock: only choices, numbers and dates can be locked."
_CORRECT = "Say which answers the agencies below may give."


def locks_in_force(locks: Sequence[AnswerLock], today: str) -> tuple[AnswerLock, ...]:
    """Return the locks whose last day is not over; without a day every lock is in force."""
    return tuple(lock for lock in locks if not (lock.until and today and lock.until < today))


def broken_locks(answers: Mapping[str, Answer], locks: Sequence[AnswerLock]) -> Iterator[Finding]:
    """Report each answer that its lock does not allow, with both places."""
    for lock in locks:
        answer = answers[lock.question]
        if answer.answered and not lock.permits(answer.value):
            question = answer.question
            message = (
                f"“{question.help}” may not be answered like this: {lock.authority} allows {allowed(lock, question)}. "
                f"The reason: {lock.reason}"
            )
            fix = f"Answer it as {lock.authority} allows, or ask for the lock to be lifted."
            places = (answer.place, lock.place)
            yield Finding("B102", "blocker", message, places, fix, (question.id,), element=question.element)


def allowed(lock: AnswerLock, question: Question) -> str:
    """Return in words what a lock allows: “A” or “B”, “at least 3 and at most 5”."""
    if lock.allow:
        *others, last = [f"“{label_of(question, value)}”" for value in lock.allow]
        return f"{', '.join(others)} or {last}" if others else last
    limits = {"at least": lock.at_least, "at most": lock.at_most}
    return " and ".join(f"{word} {limit}" for word, limit in limits.items() if limit is not None)


def lost_clauses(
    clauses: Iterable[Clause], present: Collection[str], answers: Mapping[str, Answer]
) -> Iterator[Finding]:
    """Report each locked clause that would be in the policy with the base's answers, and that another answer took out.

    `present` are the ids of the clauses of the policy.
    """
    changed = {name for name, answer in answers.items() if answer.inherited is not None}
    if not changed:
        return
    below = with_asked({name: _as_below(answer) for name, answer in answers.items()})
    for clause in clauses:
        if clause.locked and clause.id not in present and settle(clause.when, below)[0] is True:
            yield _lost(clause, [answers[name] for name in _behind(clause, answers) if name in changed])


def _as_below(answer: Answer) -> Answer:
    return answer if answer.inherited is None else replace(answer, value=answer.inherited, origin="base", unknown=False)


def _behind(clause: Clause, answers: Mapping[str, Answer]) -> list[str]:
    """Return the questions on which a condition depends, and those that decide whether these are asked."""
    waiting = list(questions_in(clause.when)) if clause.when else []
    found: list[str] = []
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.append(name)
            when = answers[name].question.when
            waiting += questions_in(when) if when else ()
    return found


def _lost(clause: Clause, own: Sequence[Answer]) -> Finding:
    message = f"“{clause.title}” is locked by {clause.locked}, and an answer here removes it from the policy."
    fix = "Answer as the base does, or ask the authority behind the lock to lift it."
    places = tuple(answer.place for answer in own) or (clause.place,)
    questions = tuple(answer.question.id for answer in own)
    return Finding("B103", "blocker", message, (*places, clause.place), fix, questions, element=clause.element)
