"""What is shown of the changes between two texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from policywright.approval.redline import Change, Redline
from policywright.pages.redline_text import counted, marked_markdown, name, parts, readable, reasons, way
from policywright.pages.views.site import AgencySite, View


@dataclass(frozen=True)
class ChangeCard:
    """How one provision changed, in words."""

    kind: str
    """added | removed | changed | moved"""
    id: str
    """The clause's permanent name."""
    name: str
    """The provision's number and title, and the number it had before."""
    way: str
    """Where it moved, or nothing."""
    reasons: tuple[str, ...]
    """What brought the change about, a sentence each."""
    parts: tuple[tuple[str, Markup], ...]
    """What there is to show: a label, empty for the text itself, and the marked words; none where no word changed."""


def change_card(change: Change, site: AgencySite, redline: Redline | None = None) -> ChangeCard:
    """Show how a provision changed, and where it moved in a redline."""
    return ChangeCard(
        kind=change.kind,
        id=change.here.id,
        name=name(change),
        way=way(change, redline) if redline else "",
        reasons=tuple(reasons(change, site.catalog.questions, working=site.working)),
        parts=tuple(_parts(change)),
    )


def _parts(change: Change) -> Iterable[tuple[str, Markup]]:
    for label, marked in parts(change):
        yield label, marked_markdown(readable(label, marked), spoken=change.kind == "changed")


Group = tuple[tuple[str, ...], tuple[ChangeCard, ...]]
"""Reasons, and the changes that they brought about."""


@dataclass(frozen=True)
class RedlinePart(View):
    """What changed between two texts: a list, and the words of each change."""

    frame = "parts/redline"
    key: str
    """A word that no other redline of the page has, for its anchors."""
    counted: str
    groups: tuple[Group, ...]
    renumbered: tuple[str, ...]
    """The names of provisions that only have another number."""
    worded: tuple[ChangeCard, ...]
    """The changes in which words came or went."""


def redline_part(redline: Redline, key: str, site: AgencySite) -> RedlinePart:
    """Show what changed between two texts."""
    cards = tuple(change_card(one, site, redline) for one in redline.changes if one.kind != "renumbered")
    return RedlinePart(
        key=key,
        counted=counted(redline),
        groups=tuple(_grouped(cards)),
        renumbered=tuple(name(change) for change in redline.changes if change.kind == "renumbered"),
        worded=tuple(card for card in cards if card.parts),
    )


def _grouped(cards: Iterable[ChangeCard]) -> Iterable[Group]:
    """Sort changes by what brought them about, so that a reason is given once."""
    groups: dict[tuple[str, ...], list[ChangeCard]] = {}
    for card in cards:
        groups.setdefault(card.reasons, []).append(card)
    return ((why, tuple(changes)) for why, changes in groups.items())
