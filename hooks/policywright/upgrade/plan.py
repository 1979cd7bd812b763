"""Plans how an agency's repository moves to a newer catalog: which files change, and how the text changes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from policywright.agency.offices import with_local_names
from policywright.agency.policy_file import read_document
from policywright.agency.requirements import FILE as PIN_FILE
from policywright.agency.requirements import pinned_version, with_pin
from policywright.agency.unmapped import UNMAPPED, read_unmapped, with_homeless
from policywright.approval.releases import WORDINGS_FILE, last_release, read_wordings, wordings_text
from policywright.approval.snapshot import beneath
from policywright.catalog.blank_answers import SCHEMA_FOLDER
from policywright.catalog.migrations import new_names, numbers, provision_names
from policywright.draft import make_draft
from policywright.editor_schemas import schema_files
from policywright.files.answer_file import Block, Sheet, read_sheet
from policywright.files.line_ends import plain, read_raw
from policywright.files.writing import contents
from policywright.files.yaml import LARGEST_RECORD, YamlFile, absent, find_conflict, read_text
from policywright.model.catalog import Catalog
from policywright.model.draft import Draft
from policywright.model.findings import Finding, NotByLine, Place
from policywright.repository import read_repository
from policywright.upgrade.answers import CarriedAnswer, Carrier, unhandled_mistakes, verify_sheet
from policywright.upgrade.names import RECORDS, own_clause, own_page, record, register, rewordings

CLAUSES = "overrides/clauses"

Files = dict[str, bytes]


@dataclass(frozen=True)
class Upgrade:
    """The changes that move a repository to a newer catalog. Nothing is written yet."""

    pinned: str
    """The version that requirements.txt names, or empty."""
    changes: tuple[CarriedAnswer, ...]
    findings: tuple[Finding, ...]
    """What must be fixed first; while there is any, nothing may be written."""
    gains: Mapping[str, bytes]
    """Files with additions only, written first: what moves is in two places before it leaves the first."""
    files: Mapping[str, bytes]
    """The final content of files, written second."""
    gone: tuple[str, ...]
    """Files to delete third, because all their content is elsewhere."""
    last: Mapping[str, bytes]
    """Written last: it shows that everything before was done."""
    before: Mapping[str, bytes | None] = field(default_factory=dict)
    """What each of these files said when the upgrade was planned; None where there was no file."""

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.changes or self.gains or self.files or self.gone or self.last)

    @property
    def written(self) -> dict[str, bytes]:
        """The final content of every file that changes."""
        return {**self.gains, **self.files, **self.last}


@dataclass
class _Work:
    """The findings and files while an upgrade is planned."""

    root: Path
    catalog: Catalog
    changes: list[CarriedAnswer] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    gains: Files = field(default_factory=dict)
    files: Files = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)
    """New name of a file -> the first old name that became it; two clauses may have become one."""

    def read(self, name: str) -> str | None:
        """Return a file with its original line ends; None if there is none, or if it cannot be read."""
        path = self.root / name
        if absent(path):
            return None
        text, problems = read_text(path, name, LARGEST_RECORD)
        problems = problems or find_conflict(text, name)
        self.findings += problems
        return None if problems else read_raw(path)

    def named(self, kind: str, name: str, said: str) -> None:
        self.changes.append(CarriedAnswer(kind, Place(name), said))

    def refuse(self, name: str) -> None:
        message = "This file cannot be carried over, because its answers are not on separate lines."
        fix = "Write each answer as “key: value” at the beginning of a line, and each value of a list after “- ”."
        self.findings.append(Finding("U102", "error", message, (Place(name),), fix))


def plan_upgrade(root: Path, catalog: Catalog, version: str) -> Upgrade:
    """Plan how a repository moves to this catalog and this version of Policywright; write nothing."""
    work = _Work(root, _with_titles(root, catalog))
    _answers(work)
    _registers(work)
    _records(work)
    _clauses(work)
    _pages(work)
    _schemas(work)
    pinned = pinned_version(work.read(PIN_FILE) or "")
    last = _pin(work, pinned, version)
    names = [*work.gains, *work.files, *work.gone, *last]
    return Upgrade(
        pinned=pinned,
        changes=tuple(work.changes),
        findings=tuple(work.findings),
        gains=work.gains,
        files=work.files,
        gone=tuple(work.gone),
        last=last,
        before=contents(root, names),
    )


def _with_titles(root: Path, catalog: Catalog) -> Catalog:
    """Return the catalog with the titles that offices have here, which new questions and the schemas show."""
    return replace(catalog, roles=with_local_names(catalog.roles, read_repository(root, catalog).answers))


def _answers(work: _Work) -> None:
    steps = work.catalog.migrations
    older = [step.old.partition(".")[0] for step in steps if step.kind in ("question", "element")]
    read = {element: _sheet(work, element) for element in dict.fromkeys([*work.catalog.elements, *older])}
    sheets = {element: found[0] for element, found in read.items() if found}
    if work.findings:
        return
    carrier = Carrier(dict(sheets), work.catalog)
    for step in steps:
        carrier.apply(step)
    carrier.finish()
    work.changes += carrier.changes
    for element, found in read.items():
        known = work.catalog.elements.get(element)
        if found and found[0].name in carrier.stuck:
            work.refuse(found[0].name)
        elif found and known:
            work.findings += unhandled_mistakes(found[1], found[0], known.questions, carrier.handled)
    _plan_unmapped(work, carrier)
    for element, sheet in carrier.sheets.items():
        _plan_sheet(work, sheet, sheets.get(element), carrier)


def _sheet(work: _Work, element: str) -> tuple[Sheet, YamlFile] | None:
    name = f"answers/{element}.yml"
    text = work.read(name)
    if text is None:
        return None
    try:
        sheet, file, problems = read_sheet(text, name)
    except NotByLine:
        work.refuse(name)
        return None
    work.findings += problems
    return sheet, file


def _plan_sheet(work: _Work, sheet: Sheet, before: Sheet | None, carrier: Carrier) -> None:
    if before and sheet.text == before.text:
        return
    try:
        verify_sheet(sheet)
    except NotByLine:
        work.refuse(sheet.name)
    if before and not sheet.blocks:
        work.gone.append(sheet.name)
        return
    kept = {block.line for block in sheet.blocks if block.file == sheet.name and not block.touched}
    came = [block for block in sheet.blocks if _came(block, sheet, before)]
    leaves = before is not None and kept != {block.line for block in before.blocks}
    if before and leaves and came:
        work.gains[sheet.name] = carrier.with_both(before, came).text.encode()
    (work.files if leaves else work.gains)[sheet.name] = sheet.text.encode()


def _came(block: Block, sheet: Sheet, before: Sheet | None) -> bool:
    """Return whether a block, or a comment above it, comes from another file."""
    there = before.get(block.key) if before else None
    new_words = there is not None and there.file == block.file and there.comments != block.comments
    return block.file not in ("", sheet.name) or (new_words and not block.touched)


def _plan_unmapped(work: _Work, carrier: Carrier) -> None:
    text = work.read(UNMAPPED) or ""
    work.findings += [found for found in read_unmapped(work.root)[1] if found.severity == "error"]
    if not carrier.rows or work.findings:
        return
    try:
        new = with_homeless(text, carrier.rows)
    except NotByLine:
        work.refuse(UNMAPPED)
        return
    if new != text:
        work.gains[UNMAPPED] = new.encode()


def _registers(work: _Work) -> None:
    names = new_names("register", work.catalog.migrations)
    known = [question.register for question in work.catalog.questions.values() if question.register]
    for name in dict.fromkeys([*names, *known]):
        _carry(work, f"registers/{name}", f"registers/{names.get(name, name)}", _register(work))


def _register(work: _Work) -> Callable[[str, str], str]:
    return lambda text, name: register(text, name, work.catalog, work.catalog.migrations)


def _carry(work: _Work, name: str, new: str, change: Callable[[str, str], str]) -> None:
    """Plan a file with its new name and its new text."""
    text = work.read(name)
    if text is None:
        return
    try:
        other = change(text, new)
    except NotByLine:
        work.refuse(name)
        return
    if new != name:
        _move(work, name, new, other)
    elif other != text:
        work.named("named", name, "It uses the new names.")
        work.files[name] = other.encode()


def _move(work: _Work, name: str, new: str, text: str) -> None:
    first = work.moved.setdefault(new, name)
    made = work.gains.get(new)
    there = made.decode() if made is not None else work.read(new)
    if there is not None and change_less(there) != change_less(text):
        message = f"This file is now called {new}, but there is another file of that name."
        if first != name:
            message = f"This file and {first} are now both called {new}."
        fix = "Keep what is right in one of the two files, and delete the other."
        other = Place(new if first == name else first)
        work.findings.append(Finding("U103", "error", message, (Place(name), other), fix))
        return
    work.named("named", name, f"It is now called {new}.")
    work.gains |= {} if there is not None else {new: text.encode()}
    work.gone.append(name)


def change_less(text: str) -> str:
    """Return a text with plain line ends, for comparing."""
    return plain(text).strip()


def _records(work: _Work) -> None:
    wordings, problems = read_wordings(work.root)
    steps = work.catalog.migrations
    provisions = _provisions(work)
    new = {one.fingerprint: one for one in rewordings(provisions, wordings).values()}
    if new.keys() - wordings.keys() and not problems:
        work.gains[WORDINGS_FILE] = wordings_text({**wordings, **new}).encode()
    for name in RECORDS:
        _carry(work, name, name, lambda text, name: record(text, name, steps, provisions, wordings))


def _provisions(work: _Work) -> dict[str, str]:
    # An agency may have written a policy text for a clause of which the catalog has procedures alone.
    own = {path.stem for path in (work.root / CLAUSES).glob("*.md")}
    clauses = new_names("clause", work.catalog.migrations)
    names = provision_names(work.catalog)
    return clauses | {old: new for old, new in names.items() if not {old, clauses.get(old)} & own}


def _clauses(work: _Work) -> None:
    names = new_names("clause", work.catalog.migrations)
    for path in sorted((work.root / CLAUSES).glob("*.md")):
        new = names.get(path.stem, path.stem)
        _carry(work, f"{CLAUSES}/{path.name}", f"{CLAUSES}/{new}.md", _clause(work, new))


def _clause(work: _Work, new: str) -> Callable[[str, str], str]:
    return lambda text, _: own_clause(text, work.catalog, new)


def _pages(work: _Work) -> None:
    provisions = _provisions(work)
    for path in sorted((work.root / "docs").rglob("*.md")) if work.catalog.migrations or provisions else ():
        name = path.relative_to(work.root).as_posix()
        _carry(work, name, name, lambda text, _: own_page(text, work.catalog, provisions))


def _schemas(work: _Work) -> None:
    """Plan the schemas for editors, if the repository has any; those of a file that is gone are deleted."""
    if absent(work.root / SCHEMA_FOLDER):
        return
    made = schema_files(work.catalog)
    kept = (path.relative_to(work.root).as_posix() for path in (work.root / SCHEMA_FOLDER).rglob("*.json"))
    stale = {name: text.encode() for name, text in made.items() if plain(work.read(name) or "") != text}
    gone = sorted({*kept} - {*made})
    if stale or gone:
        work.named("named", str(SCHEMA_FOLDER), "The schemas for editors are those of this version.")
    work.files |= stale
    work.gone += gone


def _pin(work: _Work, pinned: str, version: str) -> Files:
    older, this = numbers(pinned), numbers(version)
    if not older or not this or older >= this:
        return {}
    text = work.read(PIN_FILE) or ""
    raised = with_pin(text, version)
    if raised == text:
        return {}
    work.named("named", PIN_FILE, f"It asks for Policywright {version} instead of {pinned}.")
    return {PIN_FILE: raised.encode()}


_READ = ("*.yml", "answers/*", "registers/*", "releases/*", f"{CLAUSES}/*", "overrides/*", PIN_FILE)
"""The files that a draft is made from."""


@dataclass(frozen=True)
class Preview:
    """An upgrade, and the policy as it will be when the upgrade is written."""

    upgrade: Upgrade
    draft: Draft

    @property
    def stops(self) -> list[Finding]:
        """What must be fixed before the upgrade may be written.

        The agency's clauses and pages are fixed afterwards, with the names of the newer catalog.
        """
        stops = [one for one in self.draft.findings if one.severity == "error" and _stops(one)]
        return [*self.upgrade.findings, *(one for one in stops if one not in self.upgrade.findings)]


def preview_upgrade(root: Path, upgrade: Upgrade, catalog: Catalog, today: str) -> Preview:
    """Draft the policy as it will be after the upgrade, in a temporary folder."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for path in (path for pattern in _READ for path in root.glob(pattern) if path.is_file()):
            _put(folder / path.relative_to(root), path.read_bytes())
        for name, content in upgrade.written.items():
            _put(folder / name, content)
        for name in upgrade.gone:
            (folder / name).unlink(missing_ok=True)
        document, findings = read_document(folder)
        # The base is read in its place; only this repository is upgraded.
        base = str((root / document.base).absolute()) if document.base else ""
        opened = replace(document, base=base), findings
        return Preview(upgrade, make_draft(read_repository(folder, catalog, opened), catalog, today))


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _stops(finding: Finding) -> bool:
    file = finding.places[0].file
    if file.startswith("answers/"):
        return finding.code == "E107"
    return not file.startswith(("overrides/", "docs/", "base/", PIN_FILE))


def by_hand(draft: Draft) -> list[Finding]:
    """Return the mistakes in the agency's clauses that must be fixed afterwards."""
    return [one for one in draft.findings if one.severity == "error" and one.places[0].file.startswith("overrides/")]


def changed_beneath(draft: Draft) -> list[str]:
    """Return the ids of overrides whose catalog wording has changed since the last release."""
    last = last_release(draft)
    if last is None:
        return []
    names = new_names("clause", draft.catalog.migrations)
    then = {names.get(name, name): print_ for name, print_ in last.beneath.items()}
    now = beneath(draft)
    return [name for name, print_ in then.items() if name in now and now[name] != print_]
