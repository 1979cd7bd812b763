"""Reads a clause file: front matter, then text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from policywright.catalog.shapes import shape
from policywright.catalog.vocabulary import Vocabulary
from policywright.files.schema import check
from policywright.files.yaml import YamlFile, find_conflict, hidden_letters, parse_yaml, place_at, read_text
from policywright.language.clause_text import Mistake, footnotes, forbidden, without_remarks
from policywright.language.levels import Level, level_of
from policywright.language.markup import unfit
from policywright.model.catalog import PROCEDURES_SUFFIX, Catalog, Clause
from policywright.model.codes import CODES
from policywright.model.findings import Finding, Place, did_you_mean, first_of, short

LARGEST = 30_000
"""The maximum bytes of a clause, ten times the longest of the catalog; some longer texts make Markdown very slow."""
_FRONT = re.compile(r"\A---\n(.*?)^---\n(.*)\Z", re.DOTALL | re.MULTILINE)


def read_clause(path: Path, name: str, element: str, vocabulary: Vocabulary) -> tuple[Clause, ...]:
    """Read a clause file: the text of the policy, that of the procedures, or both.

    Return nothing if it cannot be used, and then the vocabulary has the findings.
    """
    file, body, findings = split_clause(path, name)
    if not findings or file.value is not None:
        findings += check(file, shape(Clause))
    # A clause that a browser would run, or whose name would end its anchor, must be in no site at all.
    # What hides the rest of a page is reported first, because the parser of HTML would take that rest for a tag.
    findings = findings or [*_misnamed(path.stem, name), *_unreadable(path.stem, name, body, vocabulary)]
    findings = findings or [*_running(file, body)]
    vocabulary.findings += findings
    if findings:
        return ()
    _check_names(path, file, vocabulary)
    body.value = without_remarks(body.value)
    policy, procedures = _parts(body, vocabulary)
    _check_parts(file, policy, procedures, vocabulary)
    whole = vocabulary.row(Clause, file.value, file, id=path.stem, element=element, place=Place(name), body=())
    for word in whole.defines:
        if f"**{word}:**" not in body.value:
            message = f"This clause does not define “{word}”: its text has no “**{word}:**”."
            vocabulary.error(
                "C208", message, file.find(("defines",), word), "Write the definition, or remove the word."
            )
    found = []
    if policy:
        text = vocabulary.shown_text(policy, body, ())
        found.append(replace(whole, body=text, defines=_defined(whole.defines, policy)))
    if procedures:
        text = vocabulary.shown_text(procedures, body, ())
        own = replace(whole, body=text, defines=_defined(whole.defines, procedures))
        found.append(_procedures(own, level_of(procedures), alone=not policy))
    return tuple(found)


def _defined(words: tuple[str, ...], part: str) -> tuple[str, ...]:
    return tuple(word for word in words if f"**{word}:**" in part)


def _procedures(whole: Clause, level: Level, *, alone: bool) -> Clause:
    """Return the procedures part of a file; if there is a policy part, the line for staff is that part's own."""
    own = replace(
        whole,
        id=whole.id + PROCEDURES_SUFFIX,
        part="procedures",
        title=whole.procedures_title or whole.title,
        level=level,
        audience=("staff",),
    )
    return own if alone else replace(own, carries_out=whole.id, requires=(), staff=())


_PROCEDURES = re.compile(r"^## Procedures[ \t]*\n", re.MULTILINE)
_NEARLY = re.compile(r"^[ \t]*#+[ \t]*procedures?\b.*$", re.MULTILINE | re.IGNORECASE)


def _parts(body: YamlFile, vocabulary: Vocabulary) -> tuple[str, str]:
    """Split the text of a clause file at the heading of its procedures."""
    policy, *rest = _PROCEDURES.split(body.value)
    nearly = _NEARLY.search("\n".join((policy, *rest)))
    if len(rest) > 1 or nearly:
        word = "## Procedures" if nearly is None else nearly[0].strip()
        message = f"“{word}” is not how the procedures of a clause begin." if nearly else "The procedures begin twice."
        vocabulary.error("C211", message, body.find((), word))
    return policy.strip() and policy.strip() + "\n", rest[0].strip() if rest else ""


def _check_parts(file: YamlFile, policy: str, procedures: str, vocabulary: Vocabulary) -> None:
    said = file.value
    if "procedures" in said and procedures:
        message = "The front matter says that there are no procedures, and the text has some."
        vocabulary.error("C211", message, file.place("procedures"), "Remove one of the two.")
    if ("procedures" in said) != ("because" in said):
        message = "“procedures: none” and “because:” belong together: the reason why nothing has to be done."
        key = "procedures" if "procedures" in said else "because"
        vocabulary.error("C211", message, file.place(key), "Write the other one too.")
    if "carries_out" in said and policy:
        message = "Only procedures without a text for the policy say what they carry out."
        vocabulary.error("C211", message, file.place("carries_out"), "Delete the line.")


def _unreadable(clause: str, name: str, body: YamlFile, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Report what would hide or swallow a part of the page."""
    first, text = body.values[()].line - 1, body.text[body.spans[()][0] :]
    for line, why, fix in (*forbidden(text), *_footnotes_of_others(text, clause, vocabulary)):
        yield Finding("E204", "error", why, (Place(name, first + line),), fix)


def _footnotes_of_others(text: str, clause: str, vocabulary: Vocabulary) -> list[Mistake]:
    """Report footnotes that another clause has too: on one page the second would replace the first."""
    found = []
    for line, label in footnotes(text):
        other = vocabulary.footnotes.setdefault(label, clause)
        if other != clause:
            message = f"The clause {other} has a footnote “[^{label}]” too, and both would be on one page."
            found.append((line, message, f"Give it another name, such as “[^{label}-b]”."))
    return found


def _running(file: YamlFile, body: YamlFile) -> Iterator[Finding]:
    """Report markup that does not belong in a clause."""
    for part, path, text in ((body, (), body.value), (file, ("staff",), file.value.get("staff"))):
        found = unfit(text) if isinstance(text, str) else None
        if found:
            message = f"“{short(found.words)}” does not belong in a clause: a browser would run it or load it."
            first, last = part.spans[path]
            at = part.text.lower().find(found.spelled, first, last)
            place = place_at(part.text, at, part.name) if at >= 0 else part.place(*path)
            yield Finding("C220", "error", message, (place,), found.fix)


_NAME = re.compile(r"[\w-]+")
_SIGNS = {" ": "a blank", ".": "a full stop"}


def _misnamed(stem: str, name: str) -> Iterator[Finding]:
    """Report a file name that cannot be an anchor in a page."""
    if not _NAME.fullmatch(stem):
        wrong = re.sub(r"[\w-]", "", stem)[0]
        better = "-".join(re.findall(r"\w+", stem))
        message = f"The file name of a clause has letters, digits and hyphens, not {_SIGNS.get(wrong, f'“{wrong}”')}."
        yield Finding("C205", "error", message, (Place(name),), f"Rename it, for example to {better}.md.")


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
    body.text, findings = read_text(path, name, LARGEST)
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
    findings += first_of(finding for finding in hidden_letters(body.text, name) if finding.places[0] >= first)
    if not body.value.strip():
        findings.append(_shapeless(name, "This clause has no text."))
    return file, body, findings


_SHAPE = "A clause file begins with a line “---”, the front matter, a line “---”, and then the text."


def _shapeless(name: str, message: str) -> Finding:
    return Finding("C103", "error", message, (Place(name),), CODES["C103"].fix)


def vocabulary_of(catalog: Catalog) -> Vocabulary:
    """Return the names of a complete catalog, with which an agency's clauses are read."""
    vocabulary = Vocabulary()
    vocabulary.questions = dict(catalog.questions)
    vocabulary.conditions = dict(catalog.conditions)
    vocabulary.sources = dict(catalog.sources)
    vocabulary.roles = dict(catalog.roles)
    vocabulary.codes = [code for section in (*catalog.sections, *catalog.texts) for code in section.clauses]
    return vocabulary
