"""A finding, its place and its severity; the few exceptions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice

from policywright.model.opposites import opposed

SEVERITIES = ("error", "blocker", "gap", "warning", "advice")


class PolicyError(Exception):
    """Raised when a file that everything else needs cannot be used at all."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class BrokenCatalog(PolicyError):
    """Raised when the catalog contradicts itself; an agency cannot fix that."""


class NoProject(PolicyError):
    """Raised when a folder is not an agency's repository."""


class NotByLine(Exception):
    """Raised when a file is written in a form that cannot be changed line by line."""


@dataclass(frozen=True, order=True)
class Place:
    """A position in a file."""

    file: str
    """Path relative to the agency's repository (or to the catalog), with forward slashes."""
    line: int = 1
    """Counted from 1."""
    column: int = 1
    """Counted from 1."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Decision:
    """What an agency decided about a finding: it accepts it or plans to fix it, until a date."""

    kind: str
    """accepted | planned"""
    reason: str
    owner: str
    date: str
    """ISO date."""
    expires: str
    """ISO date; the last day on which the decision holds."""
    fingerprint: str
    """The fingerprint of the answers that it was made for."""
    place: Place
    state: str = "valid"
    """valid | changed (an answer has changed since) | expired"""

    def __str__(self) -> str:
        said = f"{self.kind} by {self.owner} until {self.expires}"
        lapsed = {
            "changed": "; lapsed, because the answers changed",
            "expired": "; lapsed, because its last day has passed",
        }
        return f"{said}{lapsed.get(self.state, '')} ({self.place})"


@dataclass(frozen=True)
class Finding:
    """One rule, one open question or one mistake that holds for these answers."""

    code: str
    severity: str
    """One of SEVERITIES."""
    message: str
    places: tuple[Place, ...]
    """The first is where the finding is reported; the others are involved."""
    fix: str = ""
    questions: tuple[str, ...] = ()
    """Ids of the questions involved."""
    sources: tuple[str, ...] = ()
    element: str = ""
    """The element whose guidance explains it, or empty."""
    decision: Decision | None = None

    @property
    def settled(self) -> bool:
        """Whether a valid decision accepts it."""
        return self.decision is not None and self.decision.state == "valid"

    @property
    def rank(self) -> int:
        """The position of the severity; the most serious is 0."""
        return SEVERITIES.index(self.severity)

    @property
    def see(self) -> str:
        """The path in the site of the guidance that explains this finding, or empty."""
        if not self.element:
            return ""
        own = [question for question in self.questions if question.startswith(f"{self.element}.")]
        anchor = f"#{anchor_of(own[-1])}" if own else ""
        return f"guidance/{self.element}/{anchor}"

    def __str__(self) -> str:
        lines = [f"{self.places[0]}: {self.severity} {self.code}: {self.message}"]
        lines += [f"  with: {place}" for place in self.places[1:]]
        lines += [f"  decision: {self.decision}"] if self.decision else []
        lines += [f"  fix: {self.fix}"] if self.fix else []
        lines += [f"  see: {self.see}"] if self.see else []
        return "\n".join(map(visible, lines))


def anchor_of(question: str) -> str:
    """Return the anchor of a question in its page: `goals.hours_monitored` becomes `goals-hours-monitored`."""
    return question.replace(".", "-").replace("_", "-")


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort by file, line and column, then by severity and code."""
    return tuple(sorted(findings, key=lambda f: (f.places[0], f.rank, f.code)))


def at_or_above(findings: Iterable[Finding], severity: str) -> tuple[Finding, ...]:
    """Keep findings of this severity or a more serious one."""
    limit = SEVERITIES.index(severity)
    return tuple(finding for finding in findings if finding.rank <= limit)


MOST = 100
"""The maximum number of mistakes that are listed for one file, and of findings of one kind."""


def first_of(findings: Iterable[Finding]) -> list[Finding]:
    """Keep the first mistakes of a file, and say if there are more, because nobody fixes a hundred thousand."""
    kept = list(islice(findings, MOST + 1))
    if len(kept) > MOST:
        message = f"More mistakes follow in this file; these were the first {MOST}."
        kept[MOST] = Finding("E007", "error", message, kept[MOST].places[:1], "Fix these first, then check again.")
    return kept


def shortened(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Keep the first findings of each kind, and add one that says how many more there are.

    Gaps are all kept: each is a question that somebody must answer.
    """
    kept: list[Finding] = []
    seen: Counter[str] = Counter()
    more: dict[str, Finding] = {}
    for finding in findings:
        seen[finding.code] += 1
        if finding.severity == "gap" or seen[finding.code] <= MOST:
            kept.append(finding)
        else:
            more.setdefault(finding.code, finding)
    return (*kept, *(_others(first, seen[code] - MOST) for code, first in more.items()))


def _others(first: Finding, number: int) -> Finding:
    """Return a single one as it is, and many as their number."""
    if number == 1:
        return first
    message = f"{number:,} more findings of this kind are not listed."
    fix = "Fix the listed ones first, then check again."
    return Finding(first.code, first.severity, message, first.places[:1], fix)


def unsettled(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Keep findings that no decision accepts."""
    return tuple(finding for finding in findings if not finding.settled)


def in_numbers(counts: Mapping[str, int]) -> str:
    """Write how many findings of each severity there are: “1 error, 2 blockers, 0 advice”."""
    plural = {severity: severity if severity == "advice" else f"{severity}s" for severity in counts}
    return ", ".join(f"{number} {severity if number == 1 else plural[severity]}" for severity, number in counts.items())


def unknown(kind: str, word: str, known: Iterable[str], place: Place, code: str) -> Finding:
    """Report an unknown name."""
    known = list(known)
    message = f"There is no {kind} “{short(word)}”.{did_you_mean(word, known)}"
    return Finding(code, "error", message, (place,), f"Choose one of: {one_of(known)}.")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return “ Did you mean “x”?” with a leading space, or nothing if no known word is close.

    A word that may mean the opposite is never proposed, however close it is: “gte_50000” for “under_50000”.
    """
    names = {str(name).casefold(): str(name) for name in known}
    close = get_close_matches(word.casefold(), names, n=3, cutoff=0.6)
    meant = next((name for name in close if not opposed(word, name)), None)
    return f" Did you mean “{names[meant]}”?" if meant else ""


# A terminal obeys some of these signs, and the log of a forge obeys lines that begin with “::”.
_OBEYED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def visible(words: str) -> str:
    """Write line breaks, control characters and other invisible signs as escapes, as Python would."""
    return _OBEYED.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), words)


def short(word: object, most: int = 80) -> str:
    """Return a word for a message: on one line, and shortened if it is very long."""
    text = visible(str(word)[: most + 1])
    return text if len(text) <= most else f"{text[:most]}…"


def capital(words: str) -> str:
    """Return words with a capital, for the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def one_of(known: Iterable[str], most: int = 24) -> str:
    """Write a list of allowed words for a message, shortened if it is very long."""
    words = [str(word) for word in known]
    shown = ", ".join(words[:most])
    return shown if len(words) <= most else f"{shown} and {len(words) - most} more"
