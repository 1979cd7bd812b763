"""Throws damaged files at everything that reads, for a bounded time: python -m tests.tools.fuzz [SECONDS [SEED]]."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from policywright.catalog.vocabulary import FACTS
from policywright.draft import make_draft
from policywright.language.conditions import ConditionError, evaluate, explain
from policywright.language.parsing import parse_condition, parse_text
from policywright.model.findings import PolicyError
from policywright.pages.book import make_book
from tests.support.agency_files import CASES, ROOT, TOOLS, catalog, repository_of, write_agency
from tests.tools.bench import peak_memory, timed

PIECES = [
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"- ",
    b"'",
    b'"',
    b"&a ",
    b"*a",
    b"!!x ",
    b"\t",
    b"\n",
    b"\x00",
    b"\xff",
    b"|",
    b">-",
]
PIECES += ["\u202e".encode(), "🏛".encode(), b"{{ x }}", b"{% if %}", b"<!-- policy: home -->", b"---\n", b"<<: ", b"? "]


def damage(data: bytes, chance: random.Random) -> bytes:
    """Cut, double, swap or stuff a file at some places."""
    for _ in range(chance.randint(1, 6)):
        start, end = sorted(chance.randint(0, len(data)) for _ in range(2))
        piece = chance.choice([b"", chance.choice(PIECES), data[start:end][:40] * 2, bytes([chance.randrange(256)])])
        data = data[:start] + piece + data[min(end, start + chance.randint(0, 12)) :]
    return data


def repository(folder: Path, chance: random.Random) -> str:
    """Damage one file of an agency's repository, and take it all the way to its pages."""
    agency = write_agency(
        folder, {"agency.jurisdiction": "us_local", "comments.enabled": "all_posts"}, {"preset": "two_way"}
    )
    sample = CASES / "town"
    sources = [*sample.rglob("*.yml"), *sorted((ROOT / "content/social-media/security/clauses").glob("*.md"))[:3]]
    source = chance.choice(sources)
    name = f"overrides/clauses/{source.name}" if source.suffix == ".md" else source.relative_to(sample).as_posix()
    target = agency / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(damage(source.read_bytes(), chance))
    try:
        draft = make_draft(repository_of(agency), catalog())
        if chance.random() < 0.1:
            make_book(
                draft, own={"own.md": damage(b"# Own\n\n<!-- policy: home -->\n", chance).decode(errors="replace")}
            )
    except PolicyError:
        return "refused"
    return "found" if any(finding.severity == "error" for finding in draft.findings) else "harmless"


def language(_: Path, chance: random.Random) -> str:
    """Damage a condition or a text."""
    known = catalog()
    text = damage(b"us and not (comments.enabled == 'off' or 'x' in goals.primary) {{ agency.name | start }}", chance)
    words = text.decode(errors="replace")
    try:
        tree = parse_condition(words, known.questions, known.conditions)
        evaluate(tree, lambda _: None)
        explain(tree, known.questions)
    except ConditionError:
        pass
    try:
        parse_text(words, known.questions, FACTS)
    except ConditionError:
        return "refused"
    return "harmless"


def fuzz(seconds: float, seed: int) -> Counter[str]:
    """Try damaged input until the time is over; an exception that is not ours ends it."""
    counts: Counter[str] = Counter()
    kinds: list[Callable[[Path, random.Random], str]] = [repository, language, language]
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        chance = random.Random(f"{seed}-{counts.total()}")
        with tempfile.TemporaryDirectory() as folder:
            kind = chance.choice(kinds)
            counts[f"{kind.__name__}: {kind(Path(folder), chance)}"] += 1
    return counts


NASTY: dict[str, Callable[[Path], object]] = {
    "50 MB": lambda path: path.write_bytes(b"# nothing\n" * 5_000_000),
    "245 kB of one line": lambda path: path.write_bytes(b"who: " + b"x" * 245_000),
    "alias bomb": lambda path: path.write_text(
        "a: &a [x, x]\n" + "".join(f"k{n}: &k{n} [*a, *a]\n" for n in range(2000))
    ),
    "nested lists": lambda path: path.write_text("who: " + "[" * 100_000),
    "nested mappings": lambda path: path.write_text("{a: " * 20_000),
    "not UTF-8": lambda path: path.write_bytes(bytes(range(256)) * 950),
    "NUL bytes": lambda path: path.write_bytes(b"who: \x00\n" * 35_000),
    "twenty thousand keys": lambda path: path.write_text("".join(f"k{n}: 1\n" for n in range(21_000))),
    "a quarter of a million quotes": lambda path: path.write_bytes(b'"' * 245_000),
}


def nasty() -> None:
    """Print how long `policywright check` takes for inputs that are meant to be too much, and its peak memory."""
    for name, make in NASTY.items():
        with tempfile.TemporaryDirectory() as folder:
            agency = write_agency(Path(folder), {"agency.jurisdiction": "us_local"})
            make(agency / "answers" / "access.yml")
            memory: list[int] = []
            took = timed(lambda: memory.append(peak_memory(TOOLS / "policywright", "check", agency)))  # noqa: B023
            print(f"  {name:<28} {took:5.2f} s  {memory[0]:4} MB")


if __name__ == "__main__":
    duration = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    counted = fuzz(duration, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    print(f"\nFuzz: {counted.total()} damaged inputs in {duration:.0f} s without an exception")
    for outcome, number in sorted(counted.items()):
        print(f"  {outcome:<28} {number}")
    print("\nToo much: `policywright check` (wanted: at most 2 s and 300 MB)")
    nasty()
