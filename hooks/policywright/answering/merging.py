"""Takes answers from answers files into an agency's repository, and lists where two people disagree."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as replaced
from pathlib import Path
from typing import Any

from policywright.agency.confirmations import CONFIRMATIONS_FILE, comparable, value_fingerprint
from policywright.agency.labels import with_keys
from policywright.agency.offices import with_names
from policywright.answering.answers_file import AnswersFile
from policywright.answering.fitting import fitted
from policywright.answering.offers import Clash, Offer
from policywright.answering.policy_answers import ABOUT_POLICY, POLICY_FILE, PolicyMerge, said_about_policy
from policywright.answering.undo import UNDO_FILE, undo_record
from policywright.catalog.blank_answers import answer_file, asked_in_file, blank_answer
from policywright.draft import catalog_of, open_repository
from policywright.files.answer_file import Block, Sheet, read_sheet
from policywright.files.edits import Row, with_rows, with_values
from policywright.files.line_ends import plain, read_raw, with_ends
from policywright.files.rows import with_rows_of
from policywright.files.values import as_yaml, with_value
from policywright.files.writing import contents, write_planned
from policywright.files.yaml import LARGEST_FILE, parse_yaml
from policywright.language.conditions import label_of
from policywright.model.agency import Answer, Confirmation
from policywright.model.catalog import Catalog, Question
from policywright.model.findings import Finding, NotByLine, Place, PolicyError, short
from policywright.repository import Repository

Files = dict[str, str]
"""Path in the repository -> text."""


@dataclass(frozen=True)
class Saved:
    """What a merge did."""

    written: tuple[str, ...] = ()
    """The files that changed."""
    taken: Mapping[str, Any] = field(default_factory=dict)
    """The answers that were written, by question; what is in policy.yml is called as in the answers file."""
    confirmed: tuple[str, ...] = ()
    """The questions whose value an office or a person accepted, and that were not on record yet."""
    same: tuple[str, ...] = ()
    """The questions whose answer the repository had already."""
    conflicts: tuple[Clash, ...] = ()
    notes: tuple[Finding, ...] = ()
    """What was left out of a form of another version, and which answers are not used."""


def save(root: Path, files: Sequence[AnswersFile], replace: Collection[str], today: str, deed: str = "save") -> Saved:
    """Write the answers of these files, except those that contradict each other or the repository.

    An answer that contradicts is written only if `replace` names its question; of two files, that of
    the office that is asked first is then taken. `today` is an ISO date. `deed` is what `undo` calls it: take,
    confirm or save. Raise PolicyError, and write nothing, if a file is wrong or cannot be changed.
    """
    return planned(root, lambda _, __: files, replace, today, deed)


Give = Callable[[Repository, Catalog], Sequence[AnswersFile]]
"""Returns the answers to write, from the repository as it is at that moment."""


def planned(root: Path, give: Give, replacing: Collection[str], today: str, deed: str) -> Saved:
    """Write answers that depend on the repository; see save."""
    names = _names(catalog_of(root))

    def plan() -> tuple[Saved, Mapping[str, str]]:
        repository, catalog = _opened(root)
        merge = _Merge(repository, catalog, replacing)
        for file in give(repository, catalog):
            merge.add(file, today)
        saved, new = merge.finish()
        before = contents(root, new)
        record = {UNDO_FILE: undo_record(deed, today, before, new)} if new else {}
        # The record comes first: without the files it says of itself that there is nothing to take back.
        return saved, {**record, **new}

    return write_planned(root, names, plan)


def _opened(root: Path) -> tuple[Repository, Catalog]:
    """Read a repository, with the names that its offices have here."""
    repository, catalog = open_repository(root)
    _refuse_unreadable(repository, _names(catalog))
    document, catalog, _ = with_names(repository.document, catalog, repository.answers)
    return replaced(repository, document=document), catalog


def _names(catalog: Catalog) -> list[str]:
    """Return every file that may change."""
    answers = dict.fromkeys(question.file for question in catalog.questions.values())
    return [POLICY_FILE, *answers, CONFIRMATIONS_FILE]


_UNREADABLE = ("E001", "E002", "E006", "E012")


def _refuse_unreadable(repository: Repository, names: Collection[str]) -> None:
    """Refuse to write while one of our files is unreadable, a link out of here, or in the middle of a merge."""
    found = [one for one in repository.findings if one.code in _UNREADABLE and one.places[0].file in names]
    if found:
        raise PolicyError(found)


@dataclass
class _Merge:
    """The answers of several files on their way into one repository."""

    repository: Repository
    catalog: Catalog
    replacing: Collection[str]
    offers: dict[str, list[Offer]] = field(default_factory=dict)
    notes: list[Finding] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    """The answers to write."""
    rows: list[Row] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)

    def add(self, file: AnswersFile, today: str) -> None:
        """Add the answers of a file, if they are for this agency."""
        fit = fitted(file, self.repository.document, self.catalog, today)
        self.notes += fit.notes
        for name, given in fit.file.answers.items():
            self.offers.setdefault(name, []).append(Offer(fit.file, given))

    def finish(self) -> tuple[Saved, Files]:
        """Return what is done, and the files to write."""
        desk = _Desk(self.repository, self.catalog)
        policy = PolicyMerge(self.repository.document, self.catalog, self._who)
        for name, offers in self.offers.items():
            if name in ABOUT_POLICY:
                policy.settle(name, offers, replaces=name in self.replacing)
            else:
                self._settle(name, offers, desk)
        desk.write(self.values)
        files = desk.files()
        if policy.values:
            files[POLICY_FILE] = with_values(read_raw(self.repository.root / POLICY_FILE), POLICY_FILE, policy.values)
        if self.rows:
            raw = read_raw(self.repository.root / CONFIRMATIONS_FILE)
            files[CONFIRMATIONS_FILE] = with_rows(raw, CONFIRMATIONS_FILE, self.rows)
        confirmed = tuple(dict.fromkeys(str(row["question"]) for row in self.rows))
        taken, same = self.values | policy.taken, (*self.same, *policy.same)
        clashes = (*self.clashes, *policy.clashes)
        return Saved(tuple(files), taken, confirmed, same, clashes, (*self.notes, *self._unused())), files

    def _settle(self, name: str, offers: Sequence[Offer], desk: _Desk) -> None:
        """Decide about one question: write the answer, or report who disagrees."""
        question = self.catalog.questions[name]
        chosen = self._chosen(question, offers)
        if chosen is None:
            return
        here, value = desk.now(question), comparable(question, chosen.given.value)
        agreeing = [offer for offer in offers if comparable(question, offer.given.value) == value]
        if value == here:
            self.same.append(name)
        elif any(offer.given.was == here for offer in agreeing) or name in self.replacing:
            self.values[name] = chosen.given.value
        else:
            self.clashes.append(self._changed_here(question, here, chosen, desk))
            return
        rows = (self._row(question, offer) for offer in agreeing)
        self.rows += [row for row in rows if row and row not in self.rows]

    def _chosen(self, question: Question, offers: Sequence[Offer]) -> Offer | None:
        """Return the answer to use; None if the files disagree and nobody decided between them."""
        first = offers[0]
        others = [one for one in offers if not _agree(question, one, first)]
        if not others:
            return first
        if question.id in self.replacing:
            return min(offers, key=lambda offer: self._rank(question, offer))
        for other in others:
            self.clashes.append(self._between(question, first, other))
        return None

    @staticmethod
    def _rank(question: Question, offer: Offer) -> int:
        asked = question.asked_of
        return asked.index(offer.file.office) if offer.file.office in asked else len(asked)

    def _between(self, question: Question, one: Offer, other: Offer) -> Clash:
        here, there = self._who(one.file), self._who(other.file)
        said = [said_of(question, offer.given.value) for offer in (one, other)]
        decides = self.repository.document.office_title(self.catalog.roles[question.owner])
        message = f"{here} and {there} disagree: {said[0]}, or {said[1]}. {decides} decides about it."
        return Clash(question.id, one.given.value, other.given.value, here, there, message)

    def _changed_here(self, question: Question, here: Any, offer: Offer, desk: _Desk) -> Clash:
        who, place = self._who(offer.file), desk.place(question)
        by = self._answered_by(question)
        message = (
            f"The answer here is {said_of(question, here)}{f' ({by})' if by else ''}, "
            f"and {who} answered {said_of(question, offer.given.value)} to a form that showed "
            f"{said_of(question, offer.given.was)}."
        )
        return Clash(question.id, here, offer.given.value, str(place), who, message)

    def _answered_by(self, question: Question) -> str:
        rows = self.repository.answers[question.id].confirmations
        return self._named(rows[0].office, rows[0].name, rows[0].date) if rows else ""

    def _who(self, file: AnswersFile) -> str:
        return self._named(file.office, file.person, file.date) or file.name

    def _named(self, office: str, person: str, date: str) -> str:
        role = self.catalog.roles.get(office)
        title = self.repository.document.office_title(role) if role else ""
        return ", ".join(part for part in (title, person, date if title or person else "") if part)

    def _row(self, question: Question, offer: Offer) -> Row | None:
        """Return the row that records who gave or accepted an answer, unless that is on record."""
        file, value = offer.file, offer.given.value
        if value is None or not (file.office or file.person):
            return None
        row = {
            "question": question.id,
            "fingerprint": value_fingerprint(question, value),
            "office": file.office,
            "name": file.person,
            "date": file.date,
        }
        known = question.id not in self.values and any(
            _says(one, row) for one in self.repository.answers[question.id].confirmations
        )
        return None if known else row

    def _unused(self) -> Iterator[Finding]:
        """Report answers to questions that are not asked; they are kept, because another answer may ask them again."""
        for name in self.values:
            answer = self.repository.answers[name]
            if answer.asked is False and self.values[name] is not None:
                yield unused(answer)


def unused(answer: Answer) -> Finding:
    """Report an answer that was written, although its question is not asked."""
    question = answer.question
    message = f"{question.id}: This answer is kept but not used, because the question is not asked: “{question.help}”"
    fix = "Check the answers that the question depends on, or remove this one."
    return Finding("W103", "warning", message, (answer.home,), fix, (question.id,), element=question.element)


def _agree(question: Question, one: Offer, other: Offer) -> bool:
    return bool(comparable(question, one.given.value) == comparable(question, other.given.value))


def _says(one: Confirmation, row: Row) -> bool:
    """Return whether a confirmation says what a row would say; the first day on which it was said stays."""
    return all(getattr(one, key) == row[key] for key in ("fingerprint", "office", "name"))


def said_in(name: str, value: Any, catalog: Catalog) -> str:
    """Return what an answers file says about a question, or about policy.yml, in words."""
    if name in ABOUT_POLICY:
        return said_about_policy(name, value, catalog)
    return said_of(catalog.questions[name], value)


def said_of(question: Question, value: Any) -> str:
    """Return a value in words."""
    if value is None:
        return "no answer"
    if question.type == "records" and isinstance(value, list):
        return f"{len(value)} entries" if len(value) != 1 else "1 entry"
    values = value if isinstance(value, list) else [value]
    return ", ".join(f"“{short(label_of(question, item))}”" for item in values) or "an empty list"


class _Desk:
    """The answer files and registers as texts, read once and changed in memory."""

    def __init__(self, repository: Repository, catalog: Catalog) -> None:
        self.root = repository.root
        self.answers = repository.answers
        self.catalog = catalog
        self.raws: dict[str, str] = {}
        self.sheets: dict[str, Sheet] = {}
        self.registers: Files = {}

    def now(self, question: Question) -> Any:
        """Return the agency's own value, as it is written, in the form for comparing."""
        if question.register:
            file, problems = parse_yaml(plain(self._raw(question.file)), question.file)
            _refuse(problems)
            return comparable(question, file.value)
        block = self._sheet(question).get(question.name)
        return comparable(question, block.value) if block else None

    def place(self, question: Question) -> Place:
        """Return where the agency's answer is."""
        return self.answers[question.id].home

    def write(self, values: Mapping[str, Any]) -> None:
        """Put values into their files."""
        for name, value in values.items():
            question = self.catalog.questions[name]
            try:
                self._write(question, value)
            except NotByLine:
                raise PolicyError([_by_hand(question, value, self.place(question))]) from None

    def _write(self, question: Question, value: Any) -> None:
        if question.register:
            rows = self._as_written(question, value)
            self.registers[question.file] = with_rows_of(self._raw(question.file), question.file, rows)
            return
        sheet = self._sheet(question)
        there = sheet.get(question.name)
        block = there or self._new_block(question, sheet)
        new = with_value(block, _in_old_order(question, block.value, value), sheet.newline)
        order = [one.name for one in self.catalog.elements[question.element].questions]
        self.sheets[sheet.name] = sheet.swapped(new.key, new) if there else sheet.placed(new, order)

    def _as_written(self, question: Question, rows: Any) -> Any:
        """Return rows; one that is already in the file stays as it is there, such as with a label for a key."""
        old = parse_yaml(plain(self._raw(question.file)), "")[0].rows
        return [_like(question, row, old) for row in rows] if isinstance(rows, list) else rows

    def _new_block(self, question: Question, sheet: Sheet) -> Block:
        lines = with_ends(blank_answer(question, self.catalog), sheet.newline).splitlines(keepends=True)
        return Block(question.name, "".join(lines[:-1]), lines[-1], sheet.name)

    def _sheet(self, question: Question) -> Sheet:
        name = question.file
        if name not in self.sheets:
            raw = self._raw(name)
            element = self.catalog.elements[question.element]
            text = raw if raw.strip() or not asked_in_file(element) else answer_file(element, self.catalog)
            try:
                self.sheets[name], _, problems = read_sheet(text, name)
            except NotByLine:
                raise PolicyError([_one_line_each(Place(name))]) from None
            _refuse(problems)
        return self.sheets[name]

    def _raw(self, name: str) -> str:
        if name not in self.raws:
            self.raws[name] = read_raw(self.root / name)
        return self.raws[name]

    def files(self) -> Files:
        """Return the texts that changed; each was read again and says what its blocks say."""
        for sheet in self.sheets.values():
            file, problems = parse_yaml(plain(sheet.text), sheet.name)
            if problems or (file.value or {}) != {block.key: block.value for block in sheet.blocks}:
                raise PolicyError([_one_line_each(Place(sheet.name))])
        # A file that is missing is not made only because it was looked at.
        touched = {name: one.text for name, one in self.sheets.items() if any(block.touched for block in one.blocks)}
        texts = touched | self.registers
        _refuse([_too_large(name) for name, text in texts.items() if len(text.encode()) > LARGEST_FILE])
        return {name: text for name, text in texts.items() if text != self.raws[name]}


def _in_old_order(question: Question, old: Any, value: Any) -> Any:
    """Return several choices in the order and the words in which they are written; new ones come last."""
    if question.type != "choices" or not isinstance(old, list) or not isinstance(value, list):
        return value
    written = with_keys(question, old)
    kept = [item for item, key in zip(old, written, strict=True) if key in value]
    return [*kept, *(item for item in value if item not in written)]


def _like(question: Question, row: Any, old: Sequence[Any]) -> Any:
    """Return the old row that says the same, or the row itself."""
    meant = comparable(question, [row])
    return next((one for one in old if comparable(question, [one]) == meant), row)


def _refuse(problems: Sequence[Finding]) -> None:
    if problems:
        raise PolicyError(problems)


def _by_hand(question: Question, value: Any, place: Place) -> Finding:
    message = "This answer is written in a form that cannot be changed without touching other lines."
    fix = f"Write “{question.name}: {short(as_yaml(value), 200)}” by hand, and then save again."
    return Finding("E304", "error", message, (place,), fix, (question.id,))


def _too_large(name: str) -> Finding:
    message = f"With these answers the file would be larger than {LARGEST_FILE // 1000} kB, and nothing could read it."
    return Finding("E404", "error", message, (Place(name),), "Shorten the answers, or remove rows.")


def _one_line_each(place: Place) -> Finding:
    message = "This file is written in a form that cannot be changed line by line."
    fix = "Begin each answer on a separate line, at the margin; “policywright skeleton --print” shows the form."
    return Finding("E304", "error", message, (place,), fix)
