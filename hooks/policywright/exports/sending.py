"""Keeps what leaves for counsel, so that a file that comes back can be compared with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from policywright.exports.blocks import Heading
from policywright.exports.bookmarks import bookmark_of
from policywright.exports.papers import Paper
from policywright.exports.review.matching import sent_paper
from policywright.exports.review.reading import read_word
from policywright.exports.review.sent import sent_files
from policywright.model.draft import Draft


def kept_for_review(draft: Draft, to: str, papers: Iterable[Paper], made: Mapping[str, bytes]) -> dict[str, str]:
    """Return the file of sent/ about these Word files: path in the repository -> text.

    The files are read as they will be when they come back, so that only changes are different.
    """
    sent = {}
    for paper in papers:
        anchors = {bookmark_of(one.anchor): one.anchor for one in paper.blocks if isinstance(one, Heading)}
        name = f"{paper.name}.docx"
        sent[paper.id] = sent_paper(read_word(made[name], name, anchors))
    return sent_files(draft, draft.today, to, sent)
