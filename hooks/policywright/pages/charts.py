"""Small charts as inline SVG, each with its content in words, and with shapes but no other style.

Every function returns HTML for a place where Markdown is not parsed. Without our style sheet a chart has the color
of the text; shape, order and words carry the meaning, never color alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from html import escape

from markupsafe import Markup

from policywright.pages.dates import day

Part = tuple[str, int, str]
"""What is counted, how many there are, and its word in the style sheet (`pw-part--done`)."""
Event = tuple[str, str]
"""An ISO date and what happens on it."""
Series = tuple[str, Sequence[int]]
"""What is counted, and how many there were at each point."""

WIDTH = 640
EDGE = 12
"""The margin at either side, so that no mark is cut off."""


def progress(parts: Sequence[Part], label: str, *, legend: bool = False) -> Markup:
    """Draw one bar of several parts, each as wide as its share.

    `label` names the whole, such as “Goals”. Without a legend the result fits into a cell of a table.
    """
    total = sum(count for _, count, _ in parts)
    shown = [(name, count, word) for name, count, word in parts if count]
    described = _words(f"{label}: {_counted(shown) if shown else 'nothing yet'}")
    drawing = _svg("pw-chart-bar", 200, 10, described, [_TRACK, *_shares(shown, total, 200)])
    return _frame([drawing, _legend(shown)]) if legend else Markup(drawing)  # noqa: S704 - escaped where it is made


_TRACK = '<rect class="pw-track" x=".5" y=".5" width="199" height="9" fill="none" stroke="currentColor"/>'


def _shares(parts: Sequence[Part], total: int, width: int) -> Iterable[str]:
    """Draw each part as a box; a gap of one unit and a different height distinguish it from its neighbor."""
    before = 0
    for number, (_, count, word) in enumerate(parts):
        start, end = (width * n / total for n in (before, before + count))
        before += count
        # Color alone must not carry meaning (WCAG 1.4.1), so neighbors also differ in height.
        thick = 10 - 3 * (number % 3)
        box = f'x="{_n(start)}" y="{_n((10 - thick) / 2)}" width="{_n(max(end - start - 1, 1))}" height="{thick}"'
        yield f'<rect class="pw-part pw-part--{_words(word)}" {box} fill="currentColor"/>'


def _legend(parts: Sequence[Part]) -> str:
    """List the parts in words; hidden from screen readers, which read them from the drawing's label."""
    items = [f'<li class="pw-part--{_words(word)}">{count} {_words(name)}</li>' for name, count, word in parts]
    return f'<ul class="pw-legend" aria-hidden="true">{"".join(items)}</ul>' if items else ""


def _counted(parts: Iterable[Part]) -> str:
    return ", ".join(f"{count} {name}" for name, count, _ in parts)


def timeline(events: Sequence[Event], label: str = "Dates", today: str = "") -> Markup:
    """Draw dates on a timeline, numbered, with a list below that names them.

    Events on the same day are drawn one above the other. `today`, if known, is drawn as a stroke.
    """
    ordered = sorted(events)
    if not ordered:
        return Markup("")
    days = [_number(when) for when, _ in ordered] + ([_number(today)] if today else [])
    places = [_across(_number(when), min(days), max(days)) for when, _ in ordered]
    levels = _levels(places)
    height = 34 + 22 * max(levels)
    dots = [_dot(n, x, height - 12 - 22 * level) for n, (x, level) in enumerate(zip(places, levels, strict=True), 1)]
    now = [_now(_across(_number(today), min(days), max(days)), height)] if today else []
    described = _words(f"{label}: {len(ordered)} from {day(ordered[0][0])} to {day(ordered[-1][0])}")
    drawing = _svg("pw-timeline", WIDTH, height, described, [_line(height), *now, *dots])
    return _frame([drawing, f'<ol class="pw-events">{"".join(_event(*event, today) for event in ordered)}</ol>'])


def _number(when: str) -> int:
    return date.fromisoformat(when).toordinal()


def _across(number: int, first: int, last: int) -> float:
    return EDGE + (WIDTH - 2 * EDGE) * (number - first) / ((last - first) or 1)


def _levels(places: Sequence[float]) -> list[int]:
    """Return the level of each mark, so that none covers another."""
    ends: list[float] = []
    levels: list[int] = []
    for place in places:
        level = next((n for n, end in enumerate(ends) if end <= place), len(ends))
        ends[level : level + 1] = [place + 22]
        levels.append(level)
    return levels


def _line(height: int) -> str:
    return f'<path class="pw-axis" d="M0 {height - 1}H{WIDTH}" stroke="currentColor"/>'


def _now(x: float, height: int) -> str:
    return f'<path class="pw-now" d="M{_n(x)} 0V{height}" stroke="currentColor" stroke-dasharray="4 3"/>'


def _dot(number: int, x: float, y: float) -> str:
    circle = f'<circle class="pw-dot" cx="{_n(x)}" cy="{_n(y)}" r="10" fill="none" stroke="currentColor"/>'
    words = f'x="{_n(x)}" y="{_n(y + 4)}" text-anchor="middle" font-size="11" fill="currentColor"'
    return f"{circle}<text {words}>{number}</text>"


def _event(when: str, label: str, today: str) -> str:
    past = " (past)" if today and when < today else ""
    return f'<li><time datetime="{when}">{day(when)}</time>: {_words(label)}{past}</li>'


def lines(names: Sequence[str], series: Sequence[Series], label: str) -> Markup:
    """Draw how numbers changed from point to point, with a table of them below.

    `names` are the points in their order, such as versions; each series has one number for each point.
    """
    if not names:
        return Markup("")
    drawn = _svg("pw-lines", WIDTH, 180, _words(f"{label}. The table below has the numbers."), _curves(names, series))
    return _frame([drawn, _table(names, series, label)])


_DASHES = ("none", "7 3", "2 3", "9 3 2 3")
_TOP, _BOTTOM = 12, 150
MOST_NAMES = 12
"""How many names of points fit below the lines; if there are more, only some are written."""


def _curves(names: Sequence[str], series: Sequence[Series]) -> Iterable[str]:
    most = max((count for _, counts in series for count in counts), default=0) or 1
    places = [_across(n, 0, len(names) - 1) for n in range(len(names))]
    yield f'<path class="pw-axis" d="M0 {_BOTTOM}H{WIDTH}" stroke="currentColor"/>'
    for number, (_, counts) in enumerate(series):
        points = [(x, _BOTTOM - (_BOTTOM - _TOP) * count / most) for x, count in zip(places, counts, strict=True)]
        yield from _curve(number, points)
    # Rounded up, so that at most MOST_NAMES names are written.
    every = -(-len(names) // MOST_NAMES)
    for name, x, anchor in list(zip(names, places, _anchors(len(names)), strict=True))[::every]:
        words = f'x="{_n(x)}" y="{_BOTTOM + 20}" text-anchor="{anchor}" font-size="12" fill="currentColor"'
        yield f"<text {words}>{_words(name)}</text>"


def _anchors(count: int) -> list[str]:
    return ["start", *["middle"] * (count - 2), *["end"] * (count > 1)][:count]


def _curve(number: int, points: Sequence[tuple[float, float]]) -> Iterable[str]:
    way = "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points)
    look = f'fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="{_DASHES[number % len(_DASHES)]}"'
    yield f'<path class="pw-line pw-line--{number + 1}" d="{way}" {look}/>'
    for x, y in points:
        yield f'<path class="pw-mark pw-line--{number + 1}" d="{_mark(number, x, y)}" fill="currentColor"/>'


def _mark(number: int, x: float, y: float) -> str:
    """Return the shape of a series: a square, a triangle, a diamond or a bar."""
    shapes = ("m-4-4h8v8h-8z", "m0-5l5 9h-10z", "m0-5l5 5-5 5-5-5z", "m-2-6h4v12h-4z")
    return f"M{_n(x)} {_n(y)}{shapes[number % len(shapes)]}"


def _table(names: Sequence[str], series: Sequence[Series], label: str) -> str:
    head = "".join(f'<th scope="col">{_key(number)} {_words(name)}</th>' for number, (name, _) in enumerate(series))
    body = "".join(_row(name, [counts[n] for _, counts in series]) for n, name in enumerate(names))
    return (
        f"<table><caption>{_words(label)}</caption><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _key(number: int) -> str:
    """Draw a series' line and mark beside its name."""
    drawn = "".join(_curve(number, [(12, 7)])).replace("M12 7", "M0 7H24M12 7", 1)
    return f'<svg class="pw-key-mark" viewBox="0 0 24 14" width="24" height="14" aria-hidden="true">{drawn}</svg>'


def _row(name: str, counts: Sequence[int]) -> str:
    return f'<tr><th scope="row">{_words(name)}</th>{"".join(f"<td>{count}</td>" for count in counts)}</tr>'


def _svg(name: str, width: int, height: int, described: str, shapes: Iterable[str]) -> str:
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return f'<svg class="{name}" {size} role="img" aria-label="{described}">{"".join(shapes)}</svg>'


def _frame(parts: Iterable[str]) -> Markup:
    return Markup(f'<div class="pw-chart">{"".join(parts)}</div>')  # noqa: S704 - escaped where it is made


def _words(text: str) -> str:
    """Escape words for HTML on one line, including braces, which look like a template, and the end of a table cell."""
    return escape(" ".join(text.split())).translate(_SIGNS)


_SIGNS = {ord(sign): f"&#{ord(sign)};" for sign in "{}|"}


def _n(number: float) -> str:
    # One decimal is enough for a pixel, keeps pages small, and hides differences of floating point between machines.
    return f"{number:.1f}".removesuffix(".0")
