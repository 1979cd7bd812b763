"""Redlines in words: as Markdown with insertions and deletions, and as plain text for a terminal."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from policywright.approval.redline import PREFIX, Change, Marked, Reason, Redline, Segment
from policywright.language.conditions import label_of
from policywright.language.texts import escape_markdown
from policywright.model.catalog import Question

Questions = Mapping[str, Question]

_REASONS = {
    "own_came": "The agency’s own wording replaced the catalog’s.",
    "own_went": "The agency’s own wording was removed.",
    "own_changed": "The agency changed its own wording.",
    "wording": "The catalog’s wording changed, or a name in policy.yml.",
}


def reasons(change: Change, questions: Questions, *, working: bool) -> list[str]:
    """Say what brought a change about, a sentence for each reason.

    A published site says nothing of a provision that depended on an internal answer, as those of older catalogs may:
    not even whether the answer changed.
    """
    given = change.reasons if working else _published(change, questions)
    return list(dict.fromkeys(_reason(reason, questions) for reason in given))


def _published(change: Change, questions: Questions) -> Iterator[Reason]:
    names = {name for stage in (change.old, change.new) if stage for name in stage.questions}
    if all(name in questions and questions[name].sensitivity == "public" for name in names):
        yield from change.reasons


def _reason(reason: Reason, questions: Questions) -> str:
    if reason.kind != "answer":
        return _REASONS[reason.kind]
    question = questions.get(reason.question)
    asked = f"“{question.help}”" if question else reason.question
    old, new = (_value(value, question) for value in (reason.old, reason.new))
    if reason.old is None or reason.new is None:
        return f"{asked} is now answered: “{new}”." if reason.old is None else f"{asked} is no longer answered."
    return f"{asked} was “{old}” and is now “{new}”." if old != new else f"The entries of {asked} changed."


def _value(value: Any, question: Question | None) -> str:
    """Return an answer in the words of its choices."""
    if question and question.type == "records":
        return f"{len(value or ())} entries"
    values = value if isinstance(value, list) else [value]
    return "; ".join(label_of(question, one) if question else str(one) for one in values) or "none"


def name(change: Change) -> str:
    """Return a provision's name with its number and its previous one."""
    here, old = change.here, change.old
    before = f" (before: {old.number})" if old and change.new and old.number != here.number and old.number else ""
    return f"{here.number or here.code} {here.title}{before}"


def way(change: Change, redline: Redline) -> str:
    """Return the old and new place of a moved provision; nothing if it was not moved."""
    if not change.moved or change.old is None or change.new is None:
        return ""
    old, new = redline.old.sections.get(change.old.section, ""), redline.new.sections.get(change.new.section, "")
    if change.old.section != change.new.section:
        return f"It moved from “{old}” to “{new}”."
    return f"It moved to another place in “{new}”."


def counted(redline: Redline) -> str:
    """Return the number of changes of each kind that occurs."""
    words = {"moved": "only moved", "renumbered": "only renumbered"}
    found = [f"{number} {words.get(kind, kind)}" for kind, number in redline.counts.items() if number]
    return ", ".join(found) or "nothing changed"


def marked_markdown(marked: Marked, *, spoken: bool = True) -> Markup:
    """Write a marked text as Markdown with `<ins>` and `<del>`.

    The markup of lists, headings and tables stays outside of them; a blank line is added where a list would run into
    a line that did not follow it. `spoken` adds hidden words for screen readers.
    """
    lines: list[str] = []
    last: Row = ()
    for row in _rows(marked):
        if lines and _touch(last, row):
            lines.append("")
        lines.append(_row(row, spoken=spoken))
        last = row
    return Markup("\n".join(lines).strip("\n"))  # noqa: S704 - a provision's own Markdown


Row = tuple[Segment, ...]
"""The segments of one line, without its end."""


def _rows(marked: Marked) -> list[Row]:
    rows: list[list[Segment]] = [[]]
    for segment in marked:
        first, *others = (Segment(segment.kind, text) for text in segment.text.split("\n"))
        rows[-1].append(first)
        rows += [[other] for other in others]
    return [tuple(segment for segment in row if segment.text) for row in rows]


def _touch(above: Row, below: Row) -> bool:
    """Return whether a list meets other text that was not its neighbor in both texts."""
    if not above or not below or {segment.kind for segment in (*above, *below)} == {"same"}:
        return False
    return {_is_item(above), _is_item(below)} == {True, False} and not below[0].text[0].isspace()


def _prefix(row: Row) -> str:
    found = PREFIX.match(row[0].text) if row else None
    return found[0] if found else ""


def _is_item(row: Row) -> bool:
    return bool(_prefix(row).strip())


def _row(row: Row, *, spoken: bool) -> str:
    if not row:
        return ""
    prefix = _prefix(row)
    rest = (Segment(row[0].kind, row[0].text[len(prefix) :]), *row[1:])
    return prefix + "".join(_cells(segment, spoken=spoken) for segment in rest)


def _cells(segment: Segment, *, spoken: bool) -> str:
    """Mark the words of a segment; in a table row, each cell separately."""
    if segment.kind == "same":
        return segment.text
    # <ins> across a “|” would cross the border of two cells, which is invalid HTML.
    return "|".join(_words(cell, segment.kind, spoken=spoken) for cell in segment.text.split("|"))


_TAGS = {"inserted": ("ins", "inserted: ", " end of insertion"), "deleted": ("del", "deleted: ", " end of deletion")}


def _apart(words: str) -> tuple[str, str, str]:
    """Return the space before the words, the words, and the space after them."""
    inner = words.strip()
    before = words[: len(words) - len(words.lstrip())]
    return before, inner, words[len(before) + len(inner) :]


def _words(words: str, kind: str, *, spoken: bool) -> str:
    before, inner, after = _apart(words)
    # The line below a table's head consists of such characters; marking it would end the table.
    if not inner.strip(" -:"):
        return words
    tag, first, last = _TAGS[kind]
    said = [f'<span class="pw-hidden">{text}</span>' if spoken else "" for text in (first, last)]
    return f"{before}<{tag}>{said[0]}{inner}{said[1]}</{tag}>{after}"


def marked_line(marked: Marked) -> Marked:
    """Escape a marked title of plain words for marked_markdown."""
    return tuple(Segment(segment.kind, _escaped(segment.text)) for segment in marked)


def _escaped(words: str) -> str:
    before, inner, after = _apart(words.replace("\n", " "))
    return before + escape_markdown(inner) + after


Paint = Callable[[str, str], str]
"""Gives words the color of a kind, or returns them unchanged."""

_SIGNS = {"same": ("", ""), "deleted": ("[-", "-]"), "inserted": ("{+", "+}")}


def marked_text(marked: Marked, paint: Paint) -> list[str]:
    """Write a marked text in lines for a terminal, as `[-deleted-]` and `{+inserted+}`."""
    return ["".join(_signed(segment, paint) for segment in row) for row in _rows(marked)]


def _signed(segment: Segment, paint: Paint) -> str:
    first, last = _SIGNS[segment.kind]
    words = f"{first}{html.unescape(segment.text)}{last}"
    return words if segment.kind == "same" else paint(segment.kind, words)


def as_text(redline: Redline, title: str, questions: Questions, paint: Paint = lambda _, words: words) -> str:
    """Write a redline for a terminal; `title` names the texts that it compares."""
    blocks = [f"{title}: {counted(redline)}."]
    blocks += ["\n".join(_block(change, redline, questions, paint)) for change in _told(redline)]
    blocks += ["\n".join(paint(*_headed(change)) for change in _renumbered(redline))]
    return "\n\n".join(filter(None, blocks)) + "\n"


def _told(redline: Redline) -> list[Change]:
    return [change for change in redline.changes if change.kind != "renumbered"]


def _renumbered(redline: Redline) -> list[Change]:
    return [change for change in redline.changes if change.kind == "renumbered"]


def _headed(change: Change) -> tuple[str, str]:
    return change.kind, f"{change.kind.upper()} {name(change)} ({change.here.id})"


def _block(change: Change, redline: Redline, questions: Questions, paint: Paint) -> Iterator[str]:
    yield paint(*_headed(change))
    why = [way(change, redline), *reasons(change, questions, working=True)]
    yield from (f"  {sentence}" for sentence in why if sentence)
    for label, marked in parts(change):
        yield from (f"  | {label}{line}".rstrip() for line in _trimmed(marked_text(marked, paint)))


def _trimmed(lines: list[str]) -> list[str]:
    return lines[:-1] if lines and not lines[-1] else lines


def parts(change: Change) -> list[tuple[str, Marked]]:
    """Return the visible parts of a change: a label, empty for the text itself, and the marked words."""
    if change.kind not in ("added", "removed", "changed"):
        return []
    shown = [("Title: ", change.title)] if change.kind == "changed" and _differs(change.title) else []
    shown += [("", change.text)]
    shown += [("Weight: ", change.level)] if change.kind == "changed" and _differs(change.level) else []
    return shown + ([("For staff: ", change.staff)] if _differs(change.staff) else [])


def _differs(marked: Marked) -> bool:
    return any(segment.kind != "same" for segment in marked)


def as_markdown(redline: Redline, title: str, questions: Questions) -> str:
    """Write a redline for a merge request, in Markdown; `title` names the texts that it compares."""
    blocks = [f"## {_escaped(title)}", f"{counted(redline)}.".capitalize()]
    for change in _told(redline):
        blocks += _markdown_block(change, redline, questions)
    blocks += ["\n".join(f"- {_markdown_head(change)}" for change in _renumbered(redline))]
    return "\n\n".join(filter(None, blocks)) + "\n"


def _markdown_head(change: Change) -> str:
    return f"{_escaped(f'{change.kind.capitalize()}: {name(change)}')} (`{change.here.id}`)"


def _markdown_block(change: Change, redline: Redline, questions: Questions) -> Iterator[str]:
    yield f"### {_markdown_head(change)}"
    why = [way(change, redline), *reasons(change, questions, working=True)]
    yield from (f"*{_escaped(sentence)}*" for sentence in why if sentence)
    for label, marked in parts(change):
        yield label + marked_markdown(readable(label, marked), spoken=False)


_LEVELS = {"must": "binding", "should": "advice", "may": "permission", "explains": "explanation"}


def readable(label: str, marked: Marked) -> Marked:
    """Escape plain words for Markdown; the text and the line for staff are Markdown already."""
    if label == "Weight: ":
        marked = tuple(replace(segment, text=_LEVELS.get(segment.text.strip(), segment.text)) for segment in marked)
        return marked_line(marked)
    return marked_line(marked) if label == "Title: " else marked
