"""What was sent to people outside of the site, in sent/: the text, and each paper as its file reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policywright.approval.releases import catalog_fingerprint, release_text, sealed_in
from policywright.catalog.folders import catalog_folder
from policywright.exports.review.matching import Part, SentPaper
from policywright.files.folders import entries
from policywright.files.schema import mapping
from policywright.files.yaml import LARGEST_RECORD, read_text
from policywright.model.draft import Draft
from policywright.model.findings import Finding, Place
from policywright.model.versions import Release

SENT = "sent"
NOTE = "Written by policywright export. Do not edit: what comes back is compared with it."


@dataclass(frozen=True)
class SentText:
    """What was sent on a day."""

    text: Release
    """The text of all instruments, in the form of a release; `by` is to whom it was sent."""
    papers: Mapping[str, SentPaper]
    """Id of a paper -> what its file said."""


def sent_files(draft: Draft, day: str, to: str, papers: Mapping[str, SentPaper]) -> dict[str, str]:
    """Return the file that keeps what is sent: path -> content. The same text sent again on a day has the same path."""
    said = {name: {"parts": _parts(paper), "notes": list(paper.notes)} for name, paper in papers.items()}
    kept = {"note": NOTE, "papers": said}
    text = release_text(draft, day, to, catalog_fingerprint(catalog_folder(draft.catalog.id)), kept)
    return {f"{SENT}/{day}-{json.loads(text)['seal']}.yml": text}


def _parts(paper: SentPaper) -> list[dict[str, Any]]:
    return [{"anchor": part.anchor, "lines": list(part.lines)} for part in paper.parts]


def read_sent(root: Path) -> tuple[list[SentText], list[Finding]]:
    """Read everything that was sent, the oldest first; a changed file becomes a finding and is left out."""
    found: list[Finding] = []
    read: list[SentText] = []
    for path in sorted(entries(root / SENT, SENT, found)):
        place = Place(f"{SENT}/{path.name}")
        text, problems = read_text(path, place.file, LARGEST_RECORD)
        release, broken = (None, []) if problems else sealed_in(text, place)
        found += [*problems, *broken]
        if release:
            read.append(SentText(release, _papers(mapping(json.loads(text)))))
    return read, found


def _papers(data: Mapping[str, Any]) -> dict[str, SentPaper]:
    return {name: _paper_sent(mapping(said)) for name, said in mapping(data.get("papers")).items()}


def _paper_sent(said: Mapping[str, Any]) -> SentPaper:
    parts = (Part(str(one["anchor"]), tuple(map(str, one["lines"]))) for one in said.get("parts", ()))
    return SentPaper(tuple(parts), tuple(map(str, said.get("notes", ()))))
