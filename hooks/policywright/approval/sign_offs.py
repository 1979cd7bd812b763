"""Sign-offs: which office approved which wording, which of them still hold, and which are missing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policywright.agency.overrides import element_of
from policywright.agency.settling import settle
from policywright.approval.snapshot import freeze
from policywright.catalog.migrations import removed_names
from policywright.files.edits import Row, with_row
from policywright.files.schema import (
    DATE,
    MAYBE_DATE,
    MAYBE_TEXT,
    NOT_BLANK,
    TEXT,
    WORDS,
    Schema,
    checked,
    closed,
    date_or_nothing,
    line,
    mapping,
    table,
)
from policywright.files.yaml import LARGEST_RECORD, YamlFile, absent, parse_yaml, read_text
from policywright.model.catalog import Catalog, Clause
from policywright.model.draft import Draft
from policywright.model.findings import Finding, Place, capital, short, unknown
from policywright.model.versions import FrozenProvision, SignOff

SIGN_OFFS_FILE = "sign-offs.yml"

SIGN_OFFS: Schema = {
    "type": ["array", "null"],
    "items": closed(
        {
            "role": TEXT,
            "by": TEXT | NOT_BLANK,
            "date": DATE,
            "until": MAYBE_DATE,
            "elements": WORDS,
            "note": MAYBE_TEXT,
            "provisions": table(TEXT),
        },
        ["role", "by", "date", "elements", "provisions"],
    ),
}


def read_sign_offs(
    root: Path, catalog: Catalog, own: Mapping[str, Clause], wordings: Mapping[str, FrozenProvision]
) -> tuple[tuple[SignOff, ...], list[Finding]]:
    """Read sign-offs.yml; a missing file means that nobody has signed.

    `own` are the agency's own clauses; `wordings` what was signed before, which may be of clauses that are gone.
    """
    path = root / SIGN_OFFS_FILE
    if absent(path):
        return (), []
    file, problems = _read(path)
    found = checked(file, problems, SIGN_OFFS)
    clauses = {**catalog.clauses, **own, **{wording.id: wording for wording in wordings.values()}}
    rows = file.value if isinstance(file.value, list) else []
    for number, row in enumerate(rows):
        found += _strangers(mapping(row), number, file, catalog, clauses)
    signed = (_sign_off(mapping(row), file.place(number), catalog) for number, row in enumerate(rows))
    return tuple(row for row in signed if row), found


_START = re.compile(r"(?m)^( +)provisions: \{$")
_JSON = json.JSONDecoder(object_pairs_hook=list)

Prints = list[tuple[str, str]]
"""Clause id and fingerprint of each provision that was signed."""


def _read(path: Path) -> tuple[YamlFile, list[Finding]]:
    """Read sign-offs.yml; the long mappings of provisions, as the command writes them, as JSON.

    There are thousands of provisions after a few rounds, and the YAML reader takes a hundred times as long for each.
    """
    text, problems = read_text(path, SIGN_OFFS_FILE, LARGEST_RECORD)
    if problems:
        return YamlFile(SIGN_OFFS_FILE), problems
    rest, taken = _without_prints(text)
    file, problems = parse_yaml(rest, SIGN_OFFS_FILE)
    for number, row in enumerate(file.value if isinstance(file.value, list) else []):
        key = file.key_place(number, "provisions")
        for below, (name, word) in enumerate(taken.pop(key.line, []), key.line + 1):
            row["provisions"][name] = word
            file.keys[number, "provisions", name] = Place(SIGN_OFFS_FILE, below, key.column + 2)
    # What only looked like provisions, such as a line of a note, is left to the YAML reader.
    return parse_yaml(text, SIGN_OFFS_FILE) if taken else (file, problems)


def _without_prints(text: str) -> tuple[str, dict[int, Prints]]:
    """Take the provisions out of their mappings, leave their lines empty, and return them by the line of their key."""
    parts: list[str] = []
    taken: dict[int, Prints] = {}
    done = 0
    for found in _START.finditer(text):
        prints, end = _prints(text, found.end() - 1, f"\n{found[1]}  ")
        if prints:
            parts += [text[done : found.end()], "\n" * len(prints)]
            taken[text.count("\n", 0, found.start()) + 1] = prints
            done = end
    return "".join([*parts, text[done:]]), taken


def _prints(text: str, start: int, indent: str) -> tuple[Prints, int]:
    """Return what a JSON object holds and where its last entry ends; nothing when it is not in the command's form."""
    try:
        prints, end = _JSON.raw_decode(text, start)
    except (ValueError, RecursionError):
        return [], start
    entries = text[start + 1 : end].rstrip("} \n")
    written = ",".join(f'{indent}"{name}": "{word}"' for name, word in prints)
    readable = entries == written and entries.replace("\n", "").isprintable() and len(dict(prints)) == len(prints)
    return (prints, start + 1 + len(entries)) if readable else ([], start)


def with_sign_off(raw: str, row: Row) -> str:
    """Return the text of sign-offs.yml with one more row at its end; see `with_row`.

    The provisions of the other rows are left out while the row is added, because reading them as YAML takes seconds.
    """
    rest, taken = _without_prints(raw)
    new = with_row(rest, SIGN_OFFS_FILE, row)
    return raw + new.removeprefix(rest) if taken and new.startswith(rest) else with_row(raw, SIGN_OFFS_FILE, row)


def _strangers(
    row: Mapping[str, Any], number: int, file: YamlFile, catalog: Catalog, clauses: Mapping[str, object]
) -> Iterator[Finding]:
    role = line(row.get("role"))
    gone = {kind: removed_names(kind, catalog.migrations) for kind in ("role", "element")}
    if role and role not in (*catalog.roles, *gone["role"]):
        yield unknown("role", role, catalog.roles, file.place(number, "role"), "E303")
    for index, element in enumerate(_words(row.get("elements"))):
        if element not in (*catalog.elements, *gone["element"]):
            yield unknown("element", element, catalog.elements, file.place(number, "elements", index), "E303")
    for name in mapping(row.get("provisions")):
        if name not in clauses:
            yield unknown("clause", name, clauses, file.key_place(number, "provisions", name), "E303")


def _words(value: object) -> list[str]:
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []


def _sign_off(row: Mapping[str, Any], place: Place, catalog: Catalog) -> SignOff | None:
    """Return a row that can be used; what is missing or wrong in another was reported."""
    role, by, date = line(row.get("role")), line(row.get("by")), date_or_nothing(row.get("date"))
    if role not in catalog.roles or not by or not date:
        return None
    return SignOff(
        role=role,
        by=by,
        date=date,
        elements=tuple(element for element in _words(row.get("elements")) if element in catalog.elements),
        provisions={name: str(word) for name, word in mapping(row.get("provisions")).items() if word},
        note=line(row.get("note")),
        until=date_or_nothing(row.get("until")),
        place=place,
    )


@dataclass(frozen=True)
class Standing:
    """How one office stands to one element."""

    role: str
    element: str
    provisions: tuple[str, ...]
    """Ids of those that the office signs, as they stand in the policy now."""
    required: bool
    """Whether the office decides them, so that the policy needs its sign-off."""
    row: SignOff | None
    """The last sign-off of the element by this office."""
    changed: tuple[str, ...]
    """Ids of provisions that read differently now."""
    added: tuple[str, ...]
    removed: tuple[str, ...]
    expired: bool

    @property
    def state(self) -> str:
        """Return missing, lapsed or valid."""
        if self.row is None:
            return "missing"
        return "lapsed" if self.expired or self.changed or self.added or self.removed else "valid"

    @property
    def holds(self) -> tuple[str, ...]:
        """Ids of the provisions that read as they were signed off."""
        if self.row is None or self.expired:
            return ()
        return tuple(name for name in self.provisions if name not in (*self.changed, *self.added))


def accountable(catalog: Catalog) -> dict[str, str]:
    """Return the office that decides the clauses of each code."""
    return {code: row.accountable for row in catalog.responsibilities for code in row.clauses}


def provisions_to_sign(role: str, element: str, draft: Draft, provisions: Sequence[FrozenProvision]) -> tuple[str, ...]:
    """Return what a role signs in an element: what it decides, or else what it works on or is asked about."""
    rows = draft.catalog.responsibilities
    decided = {code for row in rows if row.accountable == role for code in row.clauses}
    heard = {code for row in rows if role in (*row.responsible, *row.consulted) for code in row.clauses}
    here = [provision for provision in provisions if provision.element == element]
    own = tuple(provision.id for provision in here if provision.code in decided)
    return own or tuple(provision.id for provision in here if provision.code in heard)


def decided_elements(role: str, draft: Draft, provisions: Sequence[FrozenProvision]) -> tuple[str, ...]:
    """Return the elements in which a role decides a provision, in the catalog's order."""
    deciders = accountable(draft.catalog)
    found = {provision.element for provision in provisions if deciders.get(provision.code) == role}
    return tuple(element for element in draft.catalog.elements if element in found)


def standings(draft: Draft) -> list[Standing]:
    """Return how every office stands to every element that it decides or has signed, in the catalog's order."""
    provisions = freeze(draft).provisions
    latest = {(row.role, element): row for row in draft.sign_offs for element in row.elements}
    found = []
    for role in draft.catalog.roles:
        must = _required(role, draft, provisions)
        signed = [element for element in draft.catalog.elements if (role, element) in latest]
        for element in dict.fromkeys([*must, *signed]):
            row = latest.get((role, element))
            found.append(_standing(role, element, row, draft, provisions, required=element in must))
    return found


def _required(role: str, draft: Draft, provisions: Sequence[FrozenProvision]) -> tuple[str, ...]:
    """Return the elements that a role must sign off; a role that does not exist here signs nothing."""
    if settle(draft.catalog.roles[role].when, draft.answers)[0] is False:
        return ()
    return decided_elements(role, draft, provisions)


def _standing(
    role: str,
    element: str,
    row: SignOff | None,
    draft: Draft,
    provisions: Sequence[FrozenProvision],
    *,
    required: bool,
) -> Standing:
    wanted = provisions_to_sign(role, element, draft, provisions)
    now = {provision.id: provision.fingerprint for provision in provisions}
    signed = row.provisions if row else {}
    gone = [name for name in signed if name not in now and _home(name, draft) == element]
    return Standing(
        role=role,
        element=element,
        provisions=wanted,
        required=required or any(accountable(draft.catalog).get(_code(name, draft)) == role for name in gone),
        row=row,
        changed=tuple(name for name in wanted if name in signed and signed[name] != now[name]),
        added=tuple(name for name in wanted if row and name not in signed),
        removed=tuple(gone),
        expired=bool(row and row.until and draft.today > row.until),
    )


def _home(name: str, draft: Draft) -> str:
    """Return the element of a clause that is not in the policy now."""
    clause = draft.catalog.clauses.get(name)
    return clause.element if clause else element_of(name, {c.code: c.element for c in draft.catalog.clauses.values()})


def _code(name: str, draft: Draft) -> str:
    """Return the code of a clause that is not in the policy now."""
    return next((code for code in accountable(draft.catalog) if name.startswith(f"{code}-")), "")


def row_state(row: SignOff, found: Sequence[Standing]) -> str:
    """Say what a row of sign-offs.yml is worth now: valid, partly, lapsed or replaced by later rows."""
    mine = [standing for standing in found if standing.row == row]
    states = {standing.state for standing in mine}
    if not mine:
        return "replaced"
    return "partly" if len(states) > 1 else states.pop()


def holding(draft: Draft, found: Sequence[Standing]) -> list[SignOff]:
    """Return the sign-offs of which something holds, in the order in which they were given."""
    held = [standing.row for standing in found if standing.holds]
    return [row for row in draft.sign_offs if row in held]


def sign_off_findings(draft: Draft, found: Sequence[Standing]) -> Iterator[Finding]:
    """Report the sign-offs that a policy in review lacks, and those that are about nothing."""
    if draft.document.status != "draft":
        for role in draft.catalog.roles:
            mine = [standing for standing in found if standing.role == role and standing.required]
            yield from _missing(role, [one for one in mine if one.state == "missing"], draft)
            yield from _lapsed(role, [one for one in mine if one.state == "lapsed"], draft)
    for row in draft.sign_offs:
        mine = [standing for standing in found if standing.row == row]
        if not any(standing.provisions for standing in mine) and (mine or not row.elements):
            message = "This sign-off covers nothing that stands in the policy now."
            yield Finding("L106", "advice", message, (row.place,), "Keep it for the history; it counts for nothing.")


def _missing(role: str, rows: Sequence[Standing], draft: Draft) -> Iterator[Finding]:
    if rows:
        number = sum(len(row.provisions) for row in rows)
        message = f"{_office(role, draft)} has not signed off {_titles(rows, draft)} ({_count(number)})."
        fix = f"Run “policywright sign --role {role} --by …” when this office has agreed."
        yield Finding("L101", "gap", message, (draft.document.places["status"],), fix)


def _lapsed(role: str, rows: Sequence[Standing], draft: Draft) -> Iterator[Finding]:
    if rows:
        since = "; ".join(filter(None, [_ids("changed", rows), _ids("added", rows), _ids("removed", rows)]))
        why = f" Since then: {since}." if since else ""
        past = " Its last day is over." if any(row.expired for row in rows) else ""
        message = (
            f"The sign-off of {_office(role, draft, inside=True)} for {_titles(rows, draft)} has lapsed.{past}{why}"
        )
        places = tuple(dict.fromkeys(row.row.place for row in rows if row.row))
        fix = f"Show this office the changes, then run “policywright sign --role {role} --by …”, or take them back."
        yield Finding("L102", "gap", message, places, fix)


_MOST = 12
"""How many ids a message names."""


def _ids(kind: str, rows: Sequence[Standing]) -> str:
    names = [name for row in rows for name in getattr(row, kind)]
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return f"{kind} {', '.join(map(short, names[:_MOST]))}{more}" if names else ""


def _count(number: int) -> str:
    return "1 provision" if number == 1 else f"{number} provisions"


def _titles(rows: Sequence[Standing], draft: Draft) -> str:
    return ", ".join(f"“{draft.catalog.elements[row.element].title}”" for row in rows)


def _office(role: str, draft: Draft, *, inside: bool = False) -> str:
    name = draft.document.office(draft.catalog.roles[role])
    return name if inside else capital(name)
