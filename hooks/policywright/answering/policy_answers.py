"""What the first page of the forms asks that is in policy.yml: the preset, the offices, and the body that adopts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from policywright.agency.offices import NO_OFFICE, named_office
from policywright.answering.answers_file import LONGEST_NAME, AnswersFile, GivenAnswer, too_long
from policywright.answering.offers import Clash, Offer
from policywright.files.edits import Keys
from policywright.files.schema import MAYBE_TEXT, Schema, check, closed, line, mapping, words
from policywright.model.agency import Document
from policywright.model.catalog import Catalog
from policywright.model.findings import Finding, short

POLICY_FILE = "policy.yml"
PRESET, OFFICES, ADOPTION = "policy.preset", "policy.offices", "policy.adoption"
ABOUT_POLICY = (PRESET, OFFICES, ADOPTION)
"""What an answers file calls them. The offices are a map of all that do not exist: role -> none."""
_KEYS: Mapping[str, Keys] = {PRESET: ("preset",), ADOPTION: ("adoption", "body")}
"""Where policy.yml has those that are one value."""


def as_keys(given: GivenAnswer, document: Document, catalog: Catalog) -> GivenAnswer:
    """Return an answer about policy.yml in which each title is an id, and nothing is an empty value."""
    if given.question == PRESET:
        was = given.was if isinstance(given.was, str) else None
        return replace(given, value=_preset(given.value, catalog), was=_preset(was, catalog))
    if given.question == ADOPTION:
        value = line(given.value) or None if isinstance(given.value, str) else given.value
        return replace(given, value=value, was=line(given.was) or None)
    value = {} if given.value is None else given.value
    if isinstance(value, dict):
        value = {_role(word, document, catalog): said for word, said in value.items()}
    return replace(given, value=value, was={key: said for key, said in mapping(given.was).items() if said == NO_OFFICE})


def _preset(value: Any, catalog: Catalog) -> Any:
    if not isinstance(value, str) or value in catalog.presets:
        return value
    meant = _plain(value)
    return next((key for key, one in catalog.presets.items() if meant in (_plain(key), _plain(one.title))), value)


def _plain(said: str) -> str:
    return " ".join(said.casefold().split())


def _role(word: str, document: Document, catalog: Catalog) -> str:
    found = named_office(word, catalog.roles, document)
    return found[0] if len(found) == 1 else word


def policy_mistakes(given: GivenAnswer, file: AnswersFile, catalog: Catalog) -> list[Finding]:
    """Return why an answer cannot be written into policy.yml."""
    allowed: dict[str, Schema] = {
        # An empty preset assumes nothing, and that is a choice too.
        PRESET: {} if given.value is None else words(*catalog.presets),
        OFFICES: closed(dict.fromkeys(catalog.roles, words(NO_OFFICE))),
        ADOPTION: MAYBE_TEXT,
    }
    answer: Schema = {"type": "object", "properties": {"value": allowed[given.question], "change": words("set")}}
    # The value as it is meant, at the places of the file.
    meant = {"answers": {given.question: {"value": given.value, "change": given.change}}}
    schema: Schema = {"type": "object", "properties": {given.question: answer}}
    found = check(replace(file.file, value=meant), {"type": "object", "properties": {"answers": schema}})
    if given.question == ADOPTION and isinstance(given.value, str):
        found += too_long(given.value, LONGEST_NAME, file.place("answers", ADOPTION, "value"))
    return [replace(one, message=f"{given.question}: {one.message}") for one in found]


def said_about_policy(name: str, value: Any, catalog: Catalog) -> str:
    """Return an answer about policy.yml in words."""
    if name == PRESET:
        return f"“{short(catalog.presets[value].title if value in catalog.presets else value)}”" if value else "none"
    if name == ADOPTION:
        return f"“{short(value)}”" if value else "the usual body"
    said = {catalog.roles[role].title: word for role, word in value.items() if role in catalog.roles}
    there = (f"{title} {'does not exist' if word else 'exists'} here" for title, word in said.items())
    return "; ".join(there) or "every office exists here"


@dataclass(frozen=True)
class _Change:
    """One value of policy.yml that a form changes; an empty text means no value."""

    keys: Keys
    word: str
    was: str
    offer: Offer


@dataclass
class PolicyMerge:
    """The answers about policy.yml of several files, on their way into it."""

    document: Document
    """With stand-ins for the offices that do not exist."""
    catalog: Catalog
    who: Callable[[AnswersFile], str]
    """Says who gave the answers of a file."""
    values: dict[Keys, str] = field(default_factory=dict)
    """What to write."""
    taken: dict[str, Any] = field(default_factory=dict)
    same: list[str] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)

    def settle(self, name: str, offers: Sequence[Offer], *, replaces: bool) -> None:
        """Decide about one key of policy.yml: write what changes, or report who disagrees.

        `replaces` takes the answer of the first file instead. The name of an office is never overwritten: only the
        agency knows it.
        """
        chosen: dict[Keys, _Change] = {}
        clashes: list[Clash] = []
        for change in (change for offer in offers for change in self._changes(offer)):
            first = chosen.setdefault(change.keys, change)
            if first.word != change.word and not replaces:
                clashes.append(self._between(first, change))
        clashes += [self._changed_here(one) for one in chosen.values() if self._contradicts(one, replaces=replaces)]
        if clashes:
            self.clashes += clashes
            return
        new = {keys: one.word for keys, one in chosen.items() if not self._is_so(one)}
        # Each new key becomes the first of its mapping, so the last one comes first.
        self.values |= dict(reversed(new.items()))
        if new:
            told = {keys[-1]: word or None for keys, word in new.items()}
            self.taken[name] = told if name == OFFICES else new[_KEYS[name]] or None
        else:
            self.same.append(name)

    def _changes(self, offer: Offer) -> Iterator[_Change]:
        value, was = offer.given.value, offer.given.was
        if offer.given.question in _KEYS:
            yield _Change(_KEYS[offer.given.question], value or "", was or "", offer)
            return
        # An office that the form did not change stays as it is, whatever it is by now.
        for role in [role for role in self.catalog.roles if (role in value) != (role in was)]:
            yield _Change(("offices", role), value.get(role, ""), was.get(role, ""), offer)

    def _now(self, keys: Keys) -> str:
        """Return what policy.yml says."""
        if keys[0] != "offices":
            return self.document.preset if keys == _KEYS[PRESET] else self.document.adoption.body
        return NO_OFFICE if keys[-1] in self.document.missing else self.document.offices.get(keys[-1], "")

    def _is_so(self, change: _Change) -> bool:
        now = self._now(change.keys)
        # An office with a name exists.
        return now == change.word or (change.keys[0] == "offices" and not change.word and now != NO_OFFICE)

    def _contradicts(self, change: _Change, *, replaces: bool) -> bool:
        now = self._now(change.keys)
        named = change.keys[0] == "offices" and now not in ("", NO_OFFICE)
        return not self._is_so(change) and (named or (now != change.was and not replaces))

    def _between(self, one: _Change, other: _Change) -> Clash:
        here, there = self.who(one.offer.file), self.who(other.offer.file)
        message = f"{here} and {there} disagree: {self._said(one, one.word)}, or {self._said(other, other.word)}."
        return self._clash(one, self._told(one, one.word), other, here, message)

    def _changed_here(self, change: _Change) -> Clash:
        who, now = self.who(change.offer.file), self._now(change.keys)
        place = str(self.document.places[".".join(change.keys)])
        if change.keys[0] != "offices":
            what = "preset here is" if change.keys == _KEYS[PRESET] else "body that adopts is"
            message = (
                f"The {what} {self._said(change, now)}, and {who} chose {self._said(change, change.word)} "
                f"in a form that showed {self._said(change, change.was)}."
            )
        else:
            title = self.catalog.roles[change.keys[-1]].title
            message = (
                f"In {POLICY_FILE} the name of {title} is “{short(now)}”, and {who} says that there is none. "
                "If that is right, delete the name there first."
            )
        return self._clash(change, self._told(change, now), change, place, message)

    def _clash(self, one: _Change, here: Any, other: _Change, here_by: str, message: str) -> Clash:
        there = self._told(other, other.word)
        return Clash(one.offer.given.question, here, there, here_by, self.who(other.offer.file), message)

    @staticmethod
    def _told(change: _Change, word: str) -> Any:
        return {change.keys[-1]: word or None} if change.keys[0] == "offices" else word or None

    def _said(self, change: _Change, word: str) -> str:
        return said_about_policy(change.offer.given.question, self._told(change, word), self.catalog)
