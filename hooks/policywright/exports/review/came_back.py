"""Finds out which of the papers that were sent a Word file is, and compares the two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from policywright.exports.bookmarks import bookmark_of
from policywright.exports.review.matching import SentPaper, WordReview, matched
from policywright.exports.review.reading import Incoming, read_word
from policywright.exports.review.sent import SentText, read_sent
from policywright.model.findings import Finding, Place, PolicyError
from policywright.model.versions import Release

KNOWN_AGAIN = 0.3
"""The share of the lines of a paper that a file must have to be that paper, however much of it was changed."""


def came_back(raw: bytes, name: str, root: Path) -> tuple[Release, WordReview, list[Finding]]:
    """Return the text that was sent, what the file proposes for it, and what is wrong in sent/.

    Raise PolicyError if the file cannot be read, or was never sent from this repository.
    """
    everything, found = read_sent(root)
    anchors = {part.anchor for sent in everything for paper in sent.papers.values() for part in paper.parts}
    read = read_word(raw, name, {bookmark_of(anchor): anchor for anchor in anchors if anchor})
    candidates = [(_share(paper, read), at, sent, paper) for at, sent, paper in _papers(everything, read.properties)]
    share, _, sent, paper = max(candidates, key=lambda one: one[:2], default=(0.0, 0, None, None))
    if sent is None or paper is None or share < KNOWN_AGAIN:
        message = "This file is not one of the documents that sent/ lists as sent from here."
        fix = "Make it with “policywright export --to docx --for counsel”, which keeps what was sent in sent/."
        raise PolicyError([*found, Finding("E503", "error", message, (Place(name),), fix)])
    return sent.text, matched(paper, read), found


def _papers(everything: Sequence[SentText], said: Mapping[str, str]) -> Iterator[tuple[int, SentText, SentPaper]]:
    """Yield the papers that a file may be, the newest last; what it says about itself narrows them down."""
    named = [sent for sent in everything if sent.text.fingerprint == said.get("fingerprint")] or everything
    for at, sent in enumerate(named):
        for name, paper in sent.papers.items():
            if said.get("paper", name) == name:
                yield at, sent, paper


def _share(paper: SentPaper, read: Incoming) -> float:
    """Return the share of the lines of a paper that a file has, with its changes rejected."""
    lines = [line for part in paper.parts for line in part.lines]
    there = {line.text for line in read.before}
    return sum(line in there for line in lines) / max(len(lines), 1)
