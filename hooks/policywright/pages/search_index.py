"""Arranges the search index that the theme made, so that the search finds the rules first.

The theme's index has an entry for each heading: {location, title, text, boost}. Here each provision and each scenario
becomes a separate result and gets the words that people use for it, and what says nothing is left out of questions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from policywright.model.catalog import SearchRow
from policywright.model.draft import Draft, Provision
from policywright.pages.feeds import address
from policywright.pages.search_words import Group, Words, misspelled
from policywright.pages.views.elements import is_law
from policywright.pages.views.overview import every_provision

Entry = Mapping[str, Any]
"""One heading of a page with the text below it."""

Found = tuple[list[Group], list[Group], list[str]]
"""The groups of which a title and a text have a word, and how people misspell their words."""

FIELDS = {
    "title": {"boost": 4.0},
    "words": {"boost": 3.0},
    "alike": {"boost": 0.5},
    "text": {"boost": 1.0},
    "near": {"boost": 1.0},
}
"""The fields that are searched, with their weights; the theme weighs a word of a title like a thousand of the text.

`words` are the catalog's words for the entry; `alike` is what people say for a word of its title.
`near` is what people say for a word of its text, and what other parts of the catalog say about it.
"""

ASKED = "provision"
"""What the address of a result names; the script of the site goes to that heading."""

_NUMBER = re.compile(r"^P?\d+(?:\.\d+)*\s+")
_TAG = re.compile(r"<[^>]*>")


def arranged(
    index: Mapping[str, Any], draft: Draft, *, folders: bool, memory: dict[str, Found] | None = None
) -> dict[str, Any]:
    """Return the search index of an agency's site with the rules first; that of another theme stays as it is.

    `memory` is what was found in the texts of an index before; it becomes what is found in this one.
    """
    if not isinstance(index.get("docs"), list) or "fields" not in index.get("config", ()):
        return dict(index)
    words, known = Words(draft.catalog.search), _known(draft, folders=folders)
    once = {where.partition("#")[2] for where in known} - {""}
    kept = (one for one in index["docs"] if _says_something(one) and _is_first(one["location"], known, once))
    entries = with_alike([_named(one, *known.get(one["location"], ("", "")), draft) for one in kept], words, memory)
    config = {**index["config"], **_ignoring(draft), "separator": words.separator, "fields": FIELDS}
    return {**index, "config": config, "docs": entries}


def _ignoring(draft: Draft) -> dict[str, list[str]]:
    """Return the setting that only the catalog's words are left out; the theme's list has “like”, which people do."""
    return {"pipeline": []} if draft.catalog.search.ignored else {}


def _is_first(location: str, known: Collection[str], once: Collection[str]) -> bool:
    """Return whether an entry is not a provision or a scenario that another page repeats."""
    return location in known or location.partition("#")[2] not in once


def _known(draft: Draft, *, folders: bool) -> dict[str, tuple[str, Any]]:
    """Return the location of each provision, each scenario and each page that has words of the catalog."""
    rows, scenarios = draft.catalog.search.rows, draft.catalog.scenarios
    found: dict[str, tuple[str, Any]] = {f"{page}.md": ("page", page) for row in rows for page in row.pages}
    found |= {f"scenarios.md#{name}": ("scenario", name) for name in scenarios}
    found |= {f"{uri}#{one.clause.anchor}": ("provision", one) for uri, one in every_provision(draft)}
    return {_location(where, folders=folders): what for where, what in found.items()}


def _location(where: str, *, folders: bool) -> str:
    uri, mark, anchor = where.partition("#")
    return f"{address(uri, folders=folders)}{mark}{anchor}"


def _says_something(entry: Entry) -> bool:
    """Return whether an entry is a page, or a heading with a text; a heading alone would only be a title to match."""
    return "#" not in entry["location"] or bool(_TAG.sub("", entry["text"]).strip())


def _named(entry: Entry, kind: str, thing: Any, draft: Draft) -> Entry:
    """Return an entry with the catalog's words; a provision and a scenario get a separate address."""
    if not kind:
        return entry
    page, mark, anchor = entry["location"].partition("#")
    # The theme shows one result for each address before “#”; the rest of a page is behind “more on this page”.
    location = f"{page}?{ASKED}={anchor}" if mark else entry["location"]
    name = thing.clause.id if kind == "provision" else thing
    words = [word for row in draft.catalog.search.rows if _names(row, kind, name) for word in row.words]
    return _with({**entry, "location": location}, words=words, near=_near(thing, draft) if kind == "provision" else [])


def _names(row: SearchRow, kind: str, name: str) -> bool:
    if kind == "provision":
        return name.startswith(row.provisions) if row.provisions else False
    return name in (row.scenarios if kind == "scenario" else row.pages)


def _near(provision: Provision, draft: Draft) -> list[str]:
    """Return what is said about a provision elsewhere, often in the words of the people who look for it."""
    # A provision depends on no internal question: the catalog's conditions and texts may name none.
    questions = [draft.catalog.questions[name].help for name in provision.questions]
    name = provision.clause.id
    return [name, provision.staff, *questions, *_law(provision, draft), *_scenarios(name, draft)]


def _law(provision: Provision, draft: Draft) -> list[str]:
    """Return the names of the law that a provision rests on; people search for a court decision by its name."""
    return [source.title for source in map(draft.catalog.sources.__getitem__, provision.sources) if is_law(source)]


def _scenarios(name: str, draft: Draft) -> Iterator[str]:
    """Yield the titles of the scenarios that a clause answers, and what people ask in them in their own words."""
    for scenario in draft.catalog.scenarios.values():
        asked = [ask.question for ask in scenario.asks if name.startswith(ask.clauses)]
        yield from [scenario.title, *asked] if asked else []


def with_alike(entries: Sequence[Entry], words: Words, memory: dict[str, Found] | None = None) -> list[Entry]:
    """Return entries with what people say for the words of their titles, and for the rarer words of their texts."""
    before, now = dict(memory or {}), {} if memory is None else memory
    now.clear()
    found: list[Found] = []
    for title, text in ((_title(entry), _text(entry)) for entry in entries):
        name = sha256(f"{title}\0{text}".encode()).hexdigest()
        now[name] = before.get(name) or _found(title, text, words)
        found.append(now[name])
    count = Counter(group for _, groups, _ in found for group in groups)
    often = {group for group, number in count.items() if number * OFTEN > len(entries)}
    return [
        _with(entry, alike=words.members(in_title), near=[*words.members({*in_text} - often), *short])
        for entry, (in_title, in_text, short) in zip(entries, found, strict=True)
    ]


def _found(title: str, text: str, words: Words) -> Found:
    return sorted(words.groups_in(title)), sorted(words.groups_in(text)), misspelled(title, text)


def _title(entry: Entry) -> str:
    return f"{_NUMBER.sub('', entry['title'])} {entry.get('words', '')}"


def _text(entry: Entry) -> str:
    return _TAG.sub(" ", f"{entry['text']} {entry.get('near', '')}")


def _with(entry: Entry, **more: Iterable[str]) -> Entry:
    """Return an entry with further words in its fields; an empty field is left out."""
    fields = {name: " ".join([*filter(None, [entry.get(name)]), *words]) for name, words in more.items()}
    return {**entry, **{name: text for name, text in fields.items() if text}}


OFTEN = 10
"""A group of words that more than one in so many entries has in its text says little about any of them."""
