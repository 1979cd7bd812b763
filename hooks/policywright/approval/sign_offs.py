"""Sign-offs: which office approved which wording, which sign-offs are still valid, and which are missing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from policywright.agency.offices import stand_in
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

    `own` are the agency's overrides; `wordings` what was signed before, which may include removed clauses.
    """
    path = root / SIGN_OFFS_FILE
    if absent(path):
        return (), []
    file, problems = _read(path)
    found = checked(file, problems, SIGN_OFFS)
    clauses = {**catalog.clauses, **own, **{wording.id: wording for wording in wordings.values()}}
    for number, row in enumerate(file.rows):
        found += _strangers(row, number, file, catalog, clauses)
    signed = (_sign_off(row, file.place(number), catalog) for number, row in enumerate(file.rows))
    return tuple(row for row in signed if row), found


_START = re.compile(r"(?m)^( *)(?:- \{.*[ {])?(provisions): \{")
_JSON = json.JSONDecoder(object_pairs_hook=list)

Print = tuple[str, str, Place]
"""The clause id and the fingerprint of a provision that was signed, and the place of the id."""


def _read(path: Path) -> tuple[YamlFile, list[Finding]]:
    """Read sign-offs.yml; its long mappings of provisions are read as JSON, in the form that the command writes.

    After a few rounds there are thousands of provisions, and the YAML parser takes a hundred times as long for each.
    """
    text, problems = read_text(path, SIGN_OFFS_FILE, LARGEST_RECORD)
    if problems:
        return YamlFile(SIGN_OFFS_FILE), problems
    rest, taken = _without_prints(text)
    file, problems = parse_yaml(rest, SIGN_OFFS_FILE)
    for number, row in enumerate(file.rows):
        for name, word, place in taken.pop(file.key_place(number, "provisions"), ()):
            row["provisions"][name] = word
            file.keys[number, "provisions", name] = place
    # Text that only looks like provisions, such as a note, and the places of mistakes are left to the YAML parser.
    return parse_yaml(text, SIGN_OFFS_FILE) if taken or problems else (file, problems)


def _without_prints(text: str) -> tuple[str, dict[Place, list[Print]]]:
    """Empty the mappings of provisions, and return their content by the place of their key; all lines stay.

    Only two exact forms are read as JSON: all provisions on the line of their row, or one on each line below their
    key. Anything else goes to the YAML parser, which reports mistakes with line and column.
    """
    parts: list[str] = []
    taken: dict[Place, list[Print]] = {}
    done = 0
    for found in _START.finditer(text):
        line, start = text.count("\n", 0, found.start()) + 1, found.end()
        pairs = _pairs(text, start - 1)
        entries = [f'"{name}": "{word}"' for name, word in pairs]
        below = f"\n{found[1]}  "
        beside = accumulate((len(entry) + 2 for entry in entries), initial=start - found.start() + 1)
        for written, behind, spots in (
            (", ".join(entries), "}}", ((line, column) for column in beside)),
            (below + f",{below}".join(entries), "\n", ((line + n, len(below)) for n in range(1, len(entries) + 1))),
        ):
            if pairs and text.startswith(written + behind, start) and written.replace("\n", "").isprintable():
                prints = [(*pair, Place(SIGN_OFFS_FILE, *spot)) for pair, spot in zip(pairs, spots, strict=False)]
                taken[Place(SIGN_OFFS_FILE, line, found.start(2) - found.start() + 1)] = prints
                parts += [text[done:start], "\n" * written.count("\n")]
                done = start + len(written)
    return "".join([*parts, text[done:]]), taken


def _pairs(text: str, start: int) -> list[tuple[str, str]]:
    """Return the content of the JSON object that begins here; nothing if it has a key twice or is not JSON."""
    try:
        pairs: list[tuple[str, str]] = _JSON.raw_decode(text, start)[0]
    except (ValueError, RecursionError):
        return []
    return pairs if len(dict(pairs)) == len(pairs) else []


def with_sign_off(raw: str, row: Row) -> str:
    """Return the text of sign-offs.yml with one more row at its end; see `with_row`.

    The provisions of the other rows are left out while the row is added, because reading them as YAML takes seconds.
    """
    rest, taken = _without_prints(raw)
    new = with_row(rest, SIGN_OFFS_FILE, row)
    # The new row is at the end, so its text can be moved to the file that still has all provisions.
    return raw + new.removeprefix(rest) if taken and new.startswith(rest) else with_row(raw, SIGN_OFFS_FILE, row)


def _strangers(
    row: Mapping[str, Any], number: int, file: YamlFile, catalog: Catalog, clauses: Mapping[str, object]
) -> Iterator[Finding]:
    role = line(row.get("role"))
    gone = {kind: removed_names(kind, catalog.migrations) for kind in ("role", "element", "clause")}
    if role and role not in (*catalog.roles, *gone["role"]):
        yield unknown("role", role, catalog.roles, file.place(number, "role"), "E303")
    for index, element in enumerate(_words(row.get("elements"))):
        if element not in (*catalog.elements, *gone["element"]):
            yield unknown("element", element, catalog.elements, file.place(number, "elements", index), "E303")
    for name in mapping(row.get("provisions")):
        if name not in (*clauses, *gone["clause"]):
            yield unknown("clause", name, clauses, file.key_place(number, "provisions", name), "E303")


def _words(value: object) -> list[str]:
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []


def _sign_off(row: Mapping[str, Any], place: Place, catalog: Catalog) -> SignOff | None:
    """Return a usable row, or None; mistakes were already reported."""
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
    """The state of one office's sign-off of one element."""

    role: str
    element: str
    provisions: tuple[str, ...]
    """Ids of the current provisions that the office signs."""
    required: bool
    """Whether the office decides them, which makes its sign-off required."""
    row: SignOff | None
    """The last sign-off of the element by this office."""
    changed: tuple[str, ...]
    """Ids of provisions whose wording has changed since."""
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
        """Ids of the provisions whose wording is still the one that was signed off."""
        if self.row is None or self.expired:
            return ()
        return tuple(name for name in self.provisions if name not in (*self.changed, *self.added))


def accountable(catalog: Catalog) -> dict[str, str]:
    """Return the office that decides the clauses of each code."""
    return {code: row.accountable for row in catalog.responsibilities for code in row.clauses}


def provisions_to_sign(role: str, element: str, draft: Draft, provisions: Sequence[FrozenProvision]) -> tuple[str, ...]:
    """Return what a role signs in an element: what it decides, or else what it works on or is consulted about."""
    rows = draft.catalog.responsibilities
    decided = {code for row in rows if row.accountable == role for code in row.clauses}
    heard = {code for row in rows if role in (*row.responsible, *row.consulted) for code in row.clauses}
    here = [provision for provision in provisions if provision.element == element]
    own = tuple(provision.id for provision in here if provision.code in decided)
    # An office that decides something in an element signs only that: its opinion on the rest is not a decision.
    return own or tuple(provision.id for provision in here if provision.code in heard)


def decided_elements(role: str, draft: Draft, provisions: Sequence[FrozenProvision]) -> tuple[str, ...]:
    """Return the elements in which a role decides a provision, in the catalog's order."""
    deciders = accountable(draft.catalog)
    found = {provision.element for provision in provisions if deciders.get(provision.code) == role}
    return tuple(element for element in draft.catalog.elements if element in found)


def standings(draft: Draft) -> list[Standing]:
    """Return the state of every sign-off that is required or was given, in the catalog's order."""
    provisions = freeze(draft).provisions
    # Later rows replace earlier ones of the same office and element; the file is in the order in which they were given.
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
    """Return the elements that a role must sign off; a role without a part in this agency signs nothing."""
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
    # A provision that was signed and is gone lapses the sign-off too: somebody approved a text that still had it.
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
    """Return the element of a clause that is currently not in the policy."""
    clause = draft.catalog.clauses.get(name)
    return clause.element if clause else element_of(name, {c.code: c.element for c in draft.catalog.clauses.values()})


def _code(name: str, draft: Draft) -> str:
    """Return the code of a clause that is currently not in the policy."""
    return next((code for code in accountable(draft.catalog) if name.startswith(f"{code}-")), "")


def row_state(row: SignOff, found: Sequence[Standing]) -> str:
    """Return the current state of a row of sign-offs.yml: valid, partly, lapsed or replaced by later rows."""
    mine = [standing for standing in found if standing.row == row]
    states = {standing.state for standing in mine}
    if not mine:
        return "replaced"
    return "partly" if len(states) > 1 else states.pop()


def holding(draft: Draft, found: Sequence[Standing]) -> list[SignOff]:
    """Return the sign-offs that are at least partly valid, in the order in which they were given."""
    held = [standing.row for standing in found if standing.holds]
    return [row for row in draft.sign_offs if row in held]


def sign_off_findings(draft: Draft, found: Sequence[Standing]) -> Iterator[Finding]:
    """Report required sign-offs that are missing or lapsed, and sign-offs that no longer cover anything."""
    if draft.document.status != "draft":
        for role in draft.catalog.roles:
            mine = [standing for standing in found if standing.role == role and standing.required]
            yield from _missing(role, [one for one in mine if one.state == "missing"], draft)
            yield from _lapsed(role, [one for one in mine if one.state == "lapsed"], draft)
    for row in draft.sign_offs:
        mine = [standing for standing in found if standing.row == row]
        if not any(standing.provisions for standing in mine) and (mine or not row.elements):
            message = "This sign-off no longer covers anything in the policy."
            yield Finding("L106", "advice", message, (row.place,), "Keep it for the record; it has no effect.")


def _missing(role: str, rows: Sequence[Standing], draft: Draft) -> Iterator[Finding]:
    if rows:
        number = sum(len(row.provisions) for row in rows)
        message = f"{_office(role, draft)} has not signed off {_titles(rows, draft)} ({_count(number)})."
        fix = f"Run “policywright sign --office {_signer(role, draft)} --by …” when this office has agreed."
        yield Finding("L101", "gap", message, (draft.document.places["status"],), fix)


def _lapsed(role: str, rows: Sequence[Standing], draft: Draft) -> Iterator[Finding]:
    if rows:
        since = "; ".join(filter(None, [_ids("changed", rows), _ids("added", rows), _ids("removed", rows)]))
        why = f" Since then: {since}." if since else ""
        past = " Its last day has passed." if any(row.expired for row in rows) else ""
        message = (
            f"The sign-off of {_office(role, draft, inside=True)} for {_titles(rows, draft)} has lapsed.{past}{why}"
        )
        places = tuple(dict.fromkeys(row.row.place for row in rows if row.row))
        signing = f"policywright sign --office {_signer(role, draft)} --by …"
        fix = f"Show this office the changes, then run “{signing}”, or undo them."
        yield Finding("L102", "gap", message, places, fix)


_MOST = 12
"""The maximum number of ids in a message."""


def _ids(kind: str, rows: Sequence[Standing]) -> str:
    names = [name for row in rows for name in getattr(row, kind)]
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return f"{kind} {', '.join(map(short, names[:_MOST]))}{more}" if names else ""


def _count(number: int) -> str:
    return "1 provision" if number == 1 else f"{number} provisions"


def _titles(rows: Sequence[Standing], draft: Draft) -> str:
    return ", ".join(f"“{draft.catalog.elements[row.element].title}”" for row in rows)


def _signer(role: str, draft: Draft) -> str:
    """Return the office that signs: the one that answers for an office that does not exist."""
    return stand_in(role, draft.catalog.roles, draft.document.missing)


def _office(role: str, draft: Draft, *, inside: bool = False) -> str:
    name = draft.document.office(draft.catalog.roles[role])
    return name if inside else capital(name)
