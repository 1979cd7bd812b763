"""Makes proposed words the agency's wording of a clause, as a file of overrides/."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from policywright.exports.review.reading import Line
from policywright.files.edits import Keys, with_values
from policywright.model.catalog import Clause
from policywright.model.findings import Finding, Place, PolicyError

_FRONT = re.compile(r"\A(---\r?\n)(.*?)(^---[ \t]*\r?\n)(.*)\Z", re.DOTALL | re.MULTILINE)
_PROCEDURES = "## Procedures\n"
_SPECIAL = re.compile(r"([\\`*_\[\]|])")
_STARTS = re.compile(r"^([-+#>]|\d+[.)])(?=\s|$)|^([#>])")
_SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-Z“])")


def reworded_file(raw: str, name: str, clause: Clause, title: str, lines: Sequence[Line], *, ours: bool) -> str:
    """Return the file of a clause with other words in the part that `clause` is.

    `raw` is the agency's own file if `ours`, and otherwise the catalog's, of which the other part is left out: what
    is not reworded follows the catalog.
    Raise PolicyError if the file has no front matter.
    """
    found = _FRONT.match(raw)
    if not found:
        raise PolicyError([Finding("C103", "error", "This clause has no front matter.", (Place(name),))])
    begin, front, end, body = found.groups()
    key: Keys = ("procedures_title",) if clause.part == "procedures" and clause.carries_out else ("title",)
    if title != clause.title:
        front = with_values(front, name, {key: title})
    return begin + front + end + _with_part(body if ours else "", clause, as_markdown_text(lines))


def _with_part(body: str, clause: Clause, text: str) -> str:
    policy, mark, procedures = body.partition(_PROCEDURES)
    if clause.part == "procedures":
        return f"{policy.rstrip()}\n\n".lstrip() + f"{_PROCEDURES}\n{text}"
    return f"{text}\n{mark}{procedures}" if mark else text


def as_markdown_text(lines: Iterable[Line]) -> str:
    """Return lines as Markdown with one sentence on each line; nothing in them is markup or shows an answer."""
    blocks = []
    for kind, group in groupby(lines, key=lambda line: line.kind == "item"):
        texts = [_escaped_line(line.text) for line in group]
        blocks += ["\n".join(f"- {text}" for text in texts)] if kind else [*map(_by_sentence, texts)]
    return "\n\n".join(blocks) + "\n"


def _by_sentence(text: str) -> str:
    return "\n".join(_guarded(_SENTENCE.split(text)))


def _guarded(sentences: Iterable[str]) -> Iterator[str]:
    # A line that begins like a list or a heading would become one.
    return (_STARTS.sub(r"\\\g<0>", sentence) for sentence in sentences)


def _escaped_line(text: str) -> str:
    plain = _SPECIAL.sub(r"\\\1", text.replace("&", "&amp;")).replace("<", "&lt;").replace("{", "&#123;")
    return plain.replace("}", "&#125;").replace("~~", "&#126;~")
