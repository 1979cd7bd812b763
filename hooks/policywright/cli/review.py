"""The command that reads a Word file that came back, and carries out the decision on each proposal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from policywright.agency.open_points import OPEN_POINTS_FILE
from policywright.agency.overrides import CLAUSES
from policywright.approval.redline import mark
from policywright.catalog.folders import catalog_folder
from policywright.cli.compare import painted
from policywright.cli.options import names_in
from policywright.cli.terminal import ROOT, exit_refused, read_draft, shown
from policywright.clock import this_day
from policywright.exports.review.came_back import came_back
from policywright.exports.review.matching import Proposed, Unplaced, without_people
from policywright.exports.review.overriding import reworded_file
from policywright.exports.review.package import LARGEST_FILE
from policywright.exports.review.ways import AnswerBehind, Proposal, proposals
from policywright.files.edits import with_rows
from policywright.files.line_ends import read_raw
from policywright.files.writing import write_planned
from policywright.model.draft import Draft
from policywright.model.findings import did_you_mean, visible
from policywright.pages.redline_text import marked_text
from policywright.pages.wording import said

EVERYTHING = "all"


@dataclass(frozen=True)
class _Came:
    """A file that came back, compared with what was sent."""

    draft: Draft
    sent_on: str
    proposals: list[Proposal]
    elsewhere: list[Proposed]
    """Proposals for parts that are not provisions, such as the title."""
    unplaced: tuple[Unplaced, ...]


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@ROOT
@click.option("--reword", "rewords", multiple=True, metavar="ID", help="Use the proposed words as your wording.")
@click.option(
    "--discuss",
    "discussed",
    multiple=True,
    metavar="ID",
    help=f"Put a proposal on the list of open points in the cover memo; “{EVERYTHING}” puts each one there.",
)
@click.option("--anonymous", is_flag=True, help="Leave out who proposed it, and when.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to list it.")
def review(
    file: Path, root: Path, *, rewords: Sequence[str], discussed: Sequence[str], anonymous: bool, form: str
) -> None:
    """List the changes that a returned Word file proposes.

    FILE is a file that “policywright export --to docx --for counsel” made here, and that somebody
    changed: with tracked changes, with changes that were not tracked, and with comments. Changes outside of
    provisions are listed too.

    You can do one of three things with each proposal. If the words come from an answer, change the answer: the list
    says which one, and what else rests on it. Otherwise, --reword makes them your wording of the clause, in
    overrides/clauses/, and --discuss adds the proposal to open-points.yml and to the cover memo.

    Exit status: 0 if nothing is proposed or everything was written, 1 if there are proposals, 2 if the file cannot
    be read or something was refused, and nothing was written.
    """
    came = _compared(file, root, anonymous=anonymous)
    if rewords or discussed:
        _write(came, root, names_in(rewords), names_in(discussed))
        return
    click.echo(_json(came) if form == "json" else "\n".join(_listed(came, file.name)))
    sys.exit(1 if came.proposals or came.elsewhere or came.unplaced else 0)


def _compared(file: Path, root: Path, *, anonymous: bool) -> _Came:
    draft = read_draft(root)
    with file.open("rb") as opened:
        raw = opened.read(LARGEST_FILE + 1)
    sent, found, problems = came_back(raw, file.name, root)
    for problem in problems:
        click.echo(shown(problem), err=True)
    found = without_people(found) if anonymous else found
    known, elsewhere = proposals(found, sent.frozen, draft)
    return _Came(draft, sent.date, known, elsewhere, found.unplaced)


def _listed(came: _Came, name: str) -> Iterator[str]:
    count = len(came.proposals) + len(came.elsewhere) + len(came.unplaced)
    yield visible(f"{name} was sent on {came.sent_on}. {count} {'proposal' if count == 1 else 'proposals'}.")
    for one in came.proposals:
        yield ""
        yield from _proposal(one)
    for part in came.elsewhere:
        yield ""
        yield click.style(f"Elsewhere, at “{(part.old or ('the beginning',))[0]}”", bold=True)
        yield from _words(part)
    for strange in came.unplaced:
        yield ""
        yield click.style(f"Not placed. {strange.why}", bold=True)
        yield from (visible(f"  {line}") for line in strange.lines)


def _proposal(one: Proposal) -> Iterator[str]:
    provision = one.provision
    yield click.style(visible(f"{provision.number or provision.clause.code} {provision.clause.title}"), bold=True)
    yield from _words(one.proposed)
    if one.changed_since:
        yield "  This text has changed here since it was sent: read both."
    for behind in one.answers:
        yield visible(f"  {_answer_line(behind)}")
    yield f"  Reword: --reword {one.id}    Discuss: --discuss {one.id}"


def _words(proposed: Proposed) -> Iterator[str]:
    if proposed.moved:
        yield "  It was moved to another place."
    if proposed.headless:
        yield "  Its heading was deleted."
    if not proposed.new:
        yield "  All of it was deleted."
    elif proposed.reworded:
        # What the file says is plain words: a sign that looks like Markdown is a sign.
        texts = ("\n".join(proposed.old), "\n".join(line.text for line in proposed.new))
        yield from (f"  {visible(line)}" for line in marked_text(mark(*texts), painted) if line.strip())
    if proposed.reworded or proposed.moved:
        yield visible(f"  {_by(proposed)}")
    for comment in proposed.comments:
        yield visible(f"  Comment{_who(comment.by.name, comment.by.date)}: “{comment.text}”")


def _by(proposed: Proposed) -> str:
    named = [_who(one.name, one.date).strip() for one in proposed.by]
    told = f"Changed {'; '.join(filter(None, named)) or 'with tracking'}." if proposed.by else ""
    lost = "Some of it was changed without tracking." if proposed.untracked else ""
    return " ".join(filter(None, [told, lost]))


def _who(name: str, date: str) -> str:
    return (f" by {name}" if name else "") + (f" on {date}" if date else "")


def _answer_line(behind: AnswerBehind) -> str:
    answer = behind.answer
    first = "These words are the answer to" if behind.spoken else "It rests on"
    others = ", ".join(p.number or f"“{p.clause.title}” ({p.page.removesuffix('.md')})" for p in behind.siblings)
    rest = f" Also resting on it: {others}." if others else ""
    return f"Answer: {first} {answer.question.id} ({answer.home}): “{said(answer)}”.{rest}"


def _json(came: _Came) -> str:
    data = {
        "sent_on": came.sent_on,
        "proposals": [_proposal_data(one) for one in came.proposals],
        "elsewhere": [_words_data(one) for one in came.elsewhere],
        "unplaced": [{"why": one.why, "lines": list(one.lines), "after": one.after} for one in came.unplaced],
    }
    return json.dumps(data, ensure_ascii=False, indent=2)


def _proposal_data(one: Proposal) -> dict[str, Any]:
    answers = [
        {
            "question": behind.answer.question.id,
            "its_words": behind.spoken,
            "place": str(behind.answer.home),
            "also_rest_on_it": [p.clause.id for p in behind.siblings],
        }
        for behind in one.answers
    ]
    about = {"provision": one.id, "number": one.provision.number, "title": one.provision.clause.title}
    return about | {"changed_since": one.changed_since} | _words_data(one.proposed) | {"answers": answers}


def _words_data(one: Proposed) -> dict[str, Any]:
    return {
        "old": list(one.old),
        "new": [line.text for line in one.new],
        "by": [{"name": author.name, "date": author.date} for author in one.by],
        "untracked": one.untracked,
        "moved": one.moved,
        "heading_deleted": one.headless,
        "comments": [{"name": c.by.name, "date": c.by.date, "text": c.text} for c in one.comments],
    }


def _write(came: _Came, root: Path, rewords: Sequence[str], discussed: Sequence[str]) -> None:
    known = {one.id: one for one in came.proposals}
    everything = discussed == (EVERYTHING,)
    refused = list(_objections(came, rewords, () if everything else discussed))
    if refused:
        exit_refused("Nothing was written:", refused, 2)
    reworded = [(f"{CLAUSES}/{known[name].provision.clause.file_id}.md", known[name]) for name in rewords]
    files = list(dict.fromkeys(file for file, _ in reworded))
    chosen = came.proposals if everything else [known[name] for name in discussed]
    rows = [row for one in chosen for row in _points(one.proposed, one.id)]
    rows += _rows_elsewhere(came) if everything else []

    def plan() -> tuple[None, Mapping[str, str]]:
        written: dict[str, str] = {}
        for file, one in reworded:
            # Both parts of a file can be reworded at once.
            written[file] = _reworded(one, root, file, came.draft, written.get(file, ""))
        if rows:
            written[OPEN_POINTS_FILE] = with_rows(read_raw(root / OPEN_POINTS_FILE), OPEN_POINTS_FILE, rows)
        return None, written

    write_planned(root, (*files, OPEN_POINTS_FILE), plan)
    for file in files:
        click.echo(f"{file} has the proposed words. They no longer follow the answers; “policywright check” says more.")
    if discussed:
        count = "1 point is" if len(rows) == 1 else f"{len(rows)} points are"
        click.echo(f"{count} in {OPEN_POINTS_FILE} and in the cover memo.")


def _objections(came: _Came, rewords: Sequence[str], discussed: Sequence[str]) -> Iterator[str]:
    known = {one.id: one for one in came.proposals}
    for name in (*rewords, *discussed):
        if name not in known:
            hint = did_you_mean(name, known)
            yield f"The file proposes nothing for “{name}”.{hint}"
    for one in (known[name] for name in rewords if name in known):
        clause = one.provision.clause
        if not one.proposed.new:
            yield f"{one.id}: all of it was deleted. Only another answer takes a provision out; or discuss it."
        elif not one.proposed.reworded:
            yield f"{one.id}: the words are the same; only its place or a comment is new."
        elif clause.locked:
            yield f"{one.id}: {clause.locked} locks this clause, so it may not be changed here."
        elif one.changed_since:
            yield f"{one.id}: the text here is no longer the one that was sent. Reword it by hand, or discuss it."


def _reworded(one: Proposal, root: Path, file: str, draft: Draft, begun: str) -> str:
    clause, own = one.provision.clause, (root / file).is_file() or bool(begun)
    lines = one.proposed.new
    title = lines[0].text if lines[0].anchor else clause.title
    raw = begun or (read_raw(root / file) if own else _catalog_text(clause.file_id, draft))
    return reworded_file(raw, file, clause, title, lines[1:] if lines[0].anchor else lines, ours=own)


def _catalog_text(file_id: str, draft: Draft) -> str:
    clause = next(one for one in draft.catalog.clauses.values() if one.file_id == file_id)
    return (catalog_folder(draft.catalog.id) / clause.place.file).read_text("utf-8")


def _rows_elsewhere(came: _Came) -> list[dict[str, str]]:
    today = this_day()
    rows = [row for one in came.elsewhere for row in _points(one, "")]
    return rows + [_row("", " ".join(one.lines), one.why, "", today) for one in came.unplaced]


def _points(one: Proposed, provision: str) -> Iterator[dict[str, str]]:
    today = this_day()
    if one.reworded or one.moved or one.headless:
        words = " ".join(line.text for line in one.new)
        kind = "" if one.new and one.reworded else "Delete it." if not one.new else "Move it."
        by = ", ".join(dict.fromkeys(author.name for author in one.by if author.name))
        yield _row(provision, words if not kind else "", kind, by, next((a.date for a in one.by if a.date), today))
    for comment in one.comments:
        yield _row(provision, "", comment.text, comment.by.name, comment.by.date or today)


def _row(provision: str, proposed: str, comment: str, by: str, date: str) -> dict[str, str]:
    said = {"provision": provision, "proposed": proposed, "comment": comment, "by": by}
    return {key: visible(value) for key, value in said.items() if value} | {"date": date}
