"""Options that several commands share: --today, --office, lists of names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from policywright.agency.offices import named_office
from policywright.approval.objections import Refused, refuse
from policywright.cli.completion import OFFICE, OFFICES
from policywright.clock import this_day
from policywright.files.formats import is_date
from policywright.files.schema import line
from policywright.model.agency import Document
from policywright.model.catalog import Role
from policywright.model.findings import did_you_mean, one_of

Made = TypeVar("Made")


def as_day(_: click.Context, __: click.Parameter, value: str | None) -> str:
    """Return the date that an option gives, or nothing; refuse anything that is not a date."""
    if value is not None and not is_date(value):
        raise click.BadParameter(f"“{value}” is not a date. Write year, month and day: 2027-03-01.")
    return value or ""


def _today(context: click.Context, option: click.Parameter, value: str | None) -> str:
    return as_day(context, option, value) or this_day()


TODAY = click.option(
    "--today",
    callback=_today,
    metavar="DATE",
    help="Use this date as today, such as 2027-03-01; by default, the computer's date.",
)


def as_line(_: click.Context, __: click.Parameter, value: str | None) -> str:
    """Return the words of an option on one line, or nothing; refuse blanks."""
    if value is not None and not line(value):
        raise click.BadParameter("It is empty.")
    return line(value)


def names_in(values: Iterable[str]) -> tuple[str, ...]:
    """Return the names in the values of an option, each once; a value may hold several with commas between them."""
    names = (name.strip() for value in values for name in value.split(","))
    return tuple(dict.fromkeys(name for name in names if name))


def list_option(words: str, *, required: bool = False) -> Callable[[Any], Any]:
    """Return the option that names a list of agencies, which is the same in every command."""
    file = click.Path(path_type=Path, exists=True, dir_okay=False)
    said = f"{words}; “Several agencies” describes agencies.yml."
    return click.option("--list", "listed", type=file, metavar="FILE", required=required, help=said)


ROOTS = click.argument("roots", nargs=-1, type=click.Path(path_type=Path), metavar="[ROOT]...")


def office_option(words: str) -> Callable[[Any], Any]:
    """Return the option that names an office, which is the same in every command."""
    return click.option("--office", "--role", "office", metavar="OFFICE", shell_complete=OFFICE, help=words)


def offices_option(words: str, *, required: bool = False) -> Callable[[Any], Any]:
    """Return the same option for a command that takes several offices."""
    words = f"{words}: id, title, or name here. You can name several, such as legal,records."
    names = ("--office", "--role", "offices")
    return click.option(*names, multiple=True, required=required, metavar="OFFICE", shell_complete=OFFICES, help=words)


def some_offices(words: Sequence[str], roles: Mapping[str, Role], document: Document) -> tuple[str, ...]:
    """Return the ids of the offices that words name, each once; a word may name several with commas between them.

    Raise Refused with everything that is wrong with any of them.
    """
    # The name of an office may have a comma in it.
    apart = (word for said in words for word in ([said] if named_office(said, roles, document) else said.split(",")))
    named = [word.strip() for word in apart if word.strip()]
    if not named:
        raise Refused(["It names no office. Write one, such as legal, or several: legal,records."])
    return tuple(dict.fromkeys(each(named, lambda word: one_office(word, roles, document))))


def each(names: Iterable[str], make: Callable[[str], Made]) -> list[Made]:
    """Return what is made of each name; raise Refused with the reasons of all that are refused."""
    made, reasons = [], list[str]()
    for name in names:
        try:
            made.append(make(name))
        except Refused as refused:
            reasons += refused.reasons
    refuse([*dict.fromkeys(reasons)])
    return made


def one_office(word: str, roles: Mapping[str, Role], document: Document) -> str:
    """Return the id of the office that a word names by id, title or name; raise Refused if none or several have it."""
    found = named_office(word, roles, document)
    if len(found) == 1:
        return found[0]
    if found:
        raise Refused([f"“{word}” is the name of {len(found)} offices here. Write one of: {one_of(found)}."])
    names = [*roles, *(role.title for role in roles.values())]
    raise Refused([f"There is no office “{word}”.{did_you_mean(word.lower(), names)} Choose one of: {one_of(roles)}."])
