"""The names of offices that an agency does not name: the local name, or that of the office that answers for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from policywright.agency.settling import settle
from policywright.language.between import plain_name
from policywright.model.agency import Answer, Document
from policywright.model.catalog import Catalog, Role
from policywright.model.findings import Finding

NO_OFFICE = "none"
"""What policy.yml says in place of the name of an office that does not exist."""


def with_local_names(roles: Mapping[str, Role], answers: Mapping[str, Answer]) -> Mapping[str, Role]:
    """Return the roles under the titles and names that are usual for an agency with these answers."""
    return {key: _local(role, answers) for key, role in roles.items()}


def _local(role: Role, answers: Mapping[str, Answer]) -> Role:
    found = next((name for name in role.elsewhere if settle(name.when, answers)[0] is True), None)
    return replace(role, title=found.title, name=found.name, general=role.name) if found else role


def with_stand_ins(document: Document, roles: Mapping[str, Role]) -> tuple[Document, list[Finding]]:
    """Return a document in which the name of each office that does not exist is that of its stand-in."""
    missing = frozenset(role for role, name in document.offices.items() if name == NO_OFFICE and role in roles)
    offices, found = dict(document.offices), []
    for role in sorted(missing):
        other = stand_in(role, roles, missing)
        if other:
            offices[role] = document.office(roles[other])
            continue
        del offices[role]
        message = f"There is no {roles[role].title} here, and nobody answers for it."
        fix = "Write the name of the office that has its duties, or give the agency one of its stand-ins."
        found.append(Finding("E121", "error", message, (document.places[f"offices.{role}"],), fix))
    return replace(document, offices=offices, missing=missing), found


def with_names(
    document: Document, catalog: Catalog, answers: Mapping[str, Answer]
) -> tuple[Document, Catalog, list[Finding]]:
    """Return document and catalog with the names that the offices have here; report an office nobody answers for."""
    roles = with_local_names(catalog.roles, answers)
    named, found = with_stand_ins(document, roles)
    return named, replace(catalog, roles=roles), found


def with_owner(document: Document, catalog: Catalog, answers: Mapping[str, Answer]) -> tuple[Document, list[Finding]]:
    """Return a document whose owner is the office that the answer names, as the provisions say.

    Report an owner in policy.yml that is another one.
    """
    document = replace(document, said_owner=document.owner)
    answer = answers.get(catalog.owner)
    choice = answer.question.choices.get(str(answer.value)) if answer else None
    if answer is None or choice is None or not choice.role:
        return document, []
    owner = document.office(catalog.roles[choice.role])
    if not document.owner or plain_name(document.owner) == plain_name(owner):
        return replace(document, owner=document.owner or owner), []
    message = f"The owner here is “{document.owner}”, but the answers name another: the policy says {owner}."
    fix = "Leave this line empty, or give the office this name under “offices:”, or change the answer."
    places = (document.places["owner"], answer.place)
    return replace(document, owner=owner), [Finding("E123", "warning", message, places, fix, (answer.question.id,))]


def with_parts(answers: Mapping[str, Answer], document: Document, roles: Mapping[str, Role]) -> Mapping[str, Answer]:
    """Return answers in which an office that does not exist takes part wherever the one that answers for it does."""
    if not document.missing:
        return answers
    changed = {}
    for name, answer in answers.items():
        known = {choice.role: choice.value for choice in answer.question.choices.values() if choice.role}
        if known and isinstance(answer.value, list):
            stand_ins = {known[role]: known.get(stand_in(role, roles, document.missing)) for role in known}
            parts = [value for value, other in stand_ins.items() if other in answer.value]
            changed[name] = replace(answer, value=list(dict.fromkeys([*answer.value, *parts])))
    return {**answers, **changed}


def stand_in(role: str, roles: Mapping[str, Role], missing: Collection[str]) -> str:
    """Return the nearest stand-in that exists, or nothing; the catalog has no circles."""
    while role in missing:
        role = roles[role].stand_in
    return role


def held_by(office: str, roles: Mapping[str, Role], document: Document) -> tuple[str, ...]:
    """Return an office that exists, and those that do not exist and for which it answers, in the catalog's order."""
    return tuple(role for role in roles if stand_in(role, roles, document.missing) == office)


def absence(office: str, roles: Mapping[str, Role], document: Document) -> list[str]:
    """Return that an office does not exist here, and which one answers for it; nothing about one that exists."""
    if office not in document.missing:
        return []
    other = stand_in(office, roles, document.missing)
    says = f"“{roles[office].title}” does not exist here: policy.yml says “{office}: {NO_OFFICE}”"
    if not other:
        return [f"{says}, and nobody answers for it."]
    return [f"{says}. “{document.office_title(roles[other])}” answers for it: write --office {other}."]


def named_office(word: str, roles: Mapping[str, Role], document: Document) -> list[str]:
    """Return the offices that somebody may mean by a word: by id, by title, or by what the agency calls them.

    Case and articles do not matter. An id comes first, so that it is never ambiguous.
    """
    meant = plain_name(word)
    found = [key for key in roles if plain_name(key) == meant]
    found = found or [key for key, role in roles.items() if plain_name(role.title) == meant]
    # An office that does not exist has the name of the one that answers for it, which alone is meant by it.
    names = {
        key: {document.office_title(role)} | ({document.office(role)} if key not in document.missing else set())
        for key, role in roles.items()
    }
    return found or [key for key, known in names.items() if meant in map(plain_name, known)]
