"""Reads a clause file: front matter, then text."""

from __future__ import annotations

import re
from pathlib import Path

from policywright.catalog.shapes import shape
from policywright.catalog.vocabulary import Vocabulary
from policywright.files.schema import check
from policywright.files.yaml import YamlFile, find_conflict, hidden_letters, parse_yaml, read_text
from policywright.language.clause_text import Mistake, footnotes, forbidden, visible
from policywright.language.conditions import questions_in
from policywright.language.texts import questions_shown
from policywright.model.catalog import Catalog, Clause
from policywright.model.codes import CODES
from policywright.model.findings import Finding, Place, did_you_mean

_FRONT = re.compile(r"\A---\n(.*?)^---\n(.*)\Z", re.DOTALL | re.MULTILINE)


def read_clause(path: Path, name: str, element: str, vocabulary: Vocabulary) -> Clause | None:
    """Read one clause; None if it cannot be used, and then the vocabulary has the findings."""
    file, body, findings = split_clause(path, name)
    if not findings or file.value is not None:
        findings += check(file, shape(Clause))
    if () in body.spans:
        first, written = body.values[()].line - 1, body.text[body.spans[()][0] :]
        mistakes = [*forbidden(written), *_footnotes_of_others(written, path.stem, vocabulary)]
        findings += [_forbidden(name, first + line, why, fix) for line, why, fix in mistakes]
    vocabulary.findings += findings
    if findings:
        return None
    _check_names(path, file, vocabulary)
    body.value = visible(body.value)
    text = vocabulary.shown_text(body.value, body, ())
    clause = vocabulary.row(Clause, file.value, file, id=path.stem, element=element, place=Place(name), body=text)
    for word in clause.defines:
        if f"**{word}:**" not in body.value:
            message = f"This clause does not define “{word}”: its text has no “**{word}:**”."
            vocabulary.error(
                "C208", message, file.find(("defines",), word), "Write the definition, or take the word out."
            )
    return clause


def _footnotes_of_others(text: str, clause: str, vocabulary: Vocabulary) -> list[Mistake]:
    """Report footnotes that another clause has too: on one page the second would replace the first."""
    found = []
    for line, label in footnotes(text):
        other = vocabulary.footnotes.setdefault(label, clause)
        if other != clause:
            message = f"The clause {other} has a footnote “[^{label}]” too, and both would be on one page."
            found.append((line, message, f"Give it another name, such as “[^{label}-b]”."))
    return found


def _forbidden(name: str, line: int, why: str, fix: str) -> Finding:
    return Finding("E204", "error", why, (Place(name, line),), fix)


def _check_names(path: Path, file: YamlFile, vocabulary: Vocabulary) -> None:
    code = file.value["code"]
    if code not in vocabulary.codes:
        hint = did_you_mean(code, vocabulary.codes)
        vocabulary.error("C201", f"The code “{code}” is in no section.{hint}", file.place("code"))
    if not path.stem.startswith(code + "-"):
        vocabulary.error("C205", f"The file name must begin with “{code}-”.", file.place("code"))


def split_clause(path: Path, name: str) -> tuple[YamlFile, YamlFile, list[Finding]]:
    """Split a clause file into its front matter and its text; places refer to the whole file."""
    body = YamlFile(name)
    body.text, findings = read_text(path, name)
    found = _FRONT.match(body.text)
    findings = findings or find_conflict(body.text, name)
    if findings or not found:
        return YamlFile(name), body, findings or [_shapeless(name, _SHAPE)]
    # The blanks replace the first “---”, so that positions are those of the file.
    file, findings = parse_yaml(" " * (found.start(1) - 1) + "\n" + found[1], name)
    file.text = body.text
    body.value = found[2].strip() + "\n"
    first = Place(name, body.text.count("\n", 0, found.start(2)) + 1)
    body.values[()], body.spans[()] = first, (found.start(2), len(body.text))
    findings += [finding for finding in hidden_letters(body.text, name) if finding.places[0] >= first]
    if not body.value.strip():
        findings.append(_shapeless(name, "This clause has no text."))
    return file, body, findings


_SHAPE = "A clause file begins with a line “---”, the front matter, a line “---”, and then the text."


def _shapeless(name: str, message: str) -> Finding:
    return Finding("C103", "error", message, (Place(name),), CODES["C103"].fix)


def clause_questions(clause: Clause, catalog: Catalog) -> tuple[str, ...]:
    """Return every question that a clause depends on, through its condition or its text."""
    named = questions_in(clause.when) if clause.when else ()
    shown = (*questions_shown(clause.body, catalog.questions), *questions_shown(clause.staff, catalog.questions))
    return tuple(dict.fromkeys((*named, *shown)))
