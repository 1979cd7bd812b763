"""YAML as plain data in which every key and value knows its file, line and column."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import Reader
from ruamel.yaml.scanner import Scanner

from policywright.files.line_ends import with_ends
from policywright.files.signs import looks_right, needs_quotes
from policywright.model.findings import Finding, Place, first_of, short, visible

LARGEST_FILE = 250_000
LARGEST_RECORD = 4_000_000
"""Bytes of a file that commands write: a complete release has about 250,000, one round of sign-offs 10,000."""
DEEPEST = 60

Path_ = tuple[str | int, ...]

APPENDED = (
    "acknowledgements.csv",
    "checklists.yml",
    "confirmations.yml",
    "decisions.yml",
    "releases/signed.yml",
    "sign-offs.yml",
)
"""Records to which rows are only ever added; .gitattributes of an agency's repository lets git keep all of them."""
_EDITED = ("registers/", "reviews.yml")
"""Lists whose rows are also changed later; git would bring back the row as it was before the change."""

_CONFLICT = re.compile(r"^(<<<<<<<|\|\|\|\|\|\|\||=======|>>>>>>>)( |$)", re.MULTILINE)
_PAGE_CONFLICT = re.compile(r"^(<<<<<<<|\|\|\|\|\|\|\||>>>>>>>)( |$)", re.MULTILINE)
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,2})?")
_HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
NOT_IN_YAML = "\ufffe\uffff"
"""The signs that YAML does not allow, without those that are hidden."""
_PLAIN = re.compile(r"[^\W\d_](?:[\w ./()-]*[\w.)])?")
_ROOM = re.compile(r":((?:[ \t]+$)?)", re.MULTILINE)
# Comments that the template writes have a space after “#”; “Manager #2” and “#town” are text.
_CUT = re.compile(r"[ \t]+(#[^\s#!][^\n]*)")
_OTHER_TOOLS = ("yes", "no", "on", "off", "y", "n")
"""Words that YAML 1.1 parsers read as true or false."""
_DIRECTIONS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass
class YamlFile:
    """What a YAML file says, as dicts, lists, strings, numbers, booleans and None."""

    name: str
    value: Any = None
    text: str = ""
    keys: dict[Path_, Place] = field(default_factory=dict)
    """The place of each key, by its path of keys and indexes."""
    values: dict[Path_, Place] = field(default_factory=dict)
    spans: dict[Path_, tuple[int, int]] = field(default_factory=dict)
    """The characters of each value in the text: the first, and the one after the last."""
    raw: dict[Path_, str] = field(default_factory=dict)
    """The text of unquoted numbers, true and false, as written."""

    lost: list[Finding] = field(default_factory=list)
    """Warnings about text after “#” that was probably meant as part of a value."""

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of a list; anything that is not a mapping becomes an empty row."""
        rows = self.value if isinstance(self.value, list) else []
        return [row if isinstance(row, dict) else {} for row in rows]

    def place(self, *path: str | int) -> Place:
        """Return the place of a value, or of its key if the value is empty."""
        found = self.values.get(path) or self.keys.get(path)
        if found:
            return found
        return self.place(*path[:-1]) if path else Place(self.name)

    def key_place(self, *path: str | int) -> Place:
        """Return the place of a key, or the nearest known place above it."""
        return self.keys.get(path) or self.place(*path)

    def find(self, path: Path_, word: str) -> Place:
        """Return the place of a word inside a value, or of the value if the word is not in it."""
        start = self.place(*path)
        first, last = self.spans.get(path, (0, 0))
        found = re.compile(rf"(?<![\w.]){re.escape(word)}(?![\w.])").search(self.text, first, last)
        return place_at(self.text, found.start(), self.name) if found else start


def absent(path: Path) -> bool:
    """Return whether nothing has this name; a dangling link does exist, and is a mistake."""
    return not path.exists() and not path.is_symlink()


def read_yaml(path: Path, name: str) -> tuple[YamlFile, list[Finding]]:
    """Read a file; everything wrong with it is returned as findings, never raised.

    The value is None if nothing could be read.
    Unquoted `yes`, `no`, `on` and `off` stay text, as in YAML 1.2.
    """
    text, findings = read_text(path, name)
    return (YamlFile(name), findings) if findings else parse_yaml(text, name)


def read_text(path: Path, name: str, most: int = LARGEST_FILE) -> tuple[str, list[Finding]]:
    """Read a UTF-8 text file of at most this many bytes, or say why not."""
    try:
        refusal = _refusal(path, name, most)
        data = b"" if refusal else path.read_bytes()
    except OSError as error:
        refusal, data = _unreadable(name, (error.strerror or "the system refused").lower()), b""
    return ("", [refusal]) if refusal else _decoded(data, name)


def _refusal(path: Path, name: str, most: int) -> Finding | None:
    if not name.isprintable() and visible(name) != name:
        return _unreadable(name, "its name has characters that no page can show")
    if path.is_dir():
        return _unreadable(name, "it is a folder, but a file belongs here")
    if path.exists() and not path.is_file():
        return _unreadable(name, "it is not an ordinary file")
    if leads_out(path, name):
        return outside(name)
    if path.stat().st_size > most:
        return _unreadable(name, f"it is larger than {most // 1000} kB")
    return None


def _decoded(data: bytes, name: str) -> tuple[str, list[Finding]]:
    try:
        return with_ends(data.decode("utf-8-sig"), "\n"), []
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode().split("\n")
        place = Place(name, len(before), len(before[-1]) + 1)
        message = "This file is not UTF-8 text; a character here cannot be read."
        fix = "Save the file as UTF-8 in your editor."
        return "", [Finding("E002", "error", message, (place,), fix)]


def leads_out(path: Path, name: str) -> bool:
    """Return whether a symbolic link leads out of the repository that contains the path.

    `name` is the path from the repository's root, after one “base/” for each base.
    """
    parts = name.split("/")
    while parts[0] == "base":
        parts.pop(0)
    # The root is found by counting the parts of the name, because the path may not be relative to the current folder.
    root = path.absolute().parents[len(parts) - 1]
    return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))


def outside(name: str) -> Finding:
    """Report a link that leads out of the repository."""
    message = "This is a link that leads out of the repository, so it is not read."
    return Finding(
        "E012", "error", message, (Place(name),), "Put the file itself here, or name its repository as “base:”."
    )


def parse_yaml(text: str, name: str) -> tuple[YamlFile, list[Finding]]:
    """Parse YAML text; see read_yaml."""
    file = YamlFile(name, text=text)
    conflicts = find_conflict(text, name)
    if conflicts:
        return file, conflicts
    try:
        # Invisible characters are blanked, not removed, so that lines and columns stay those of the file.
        documents = list(_loader().compose_all(_HIDDEN.sub(" ", text)))
    except MarkedYAMLError as error:
        return file, [_syntax(error, text, name)]
    except RecursionError:
        return file, [_refused(Place(name), "The values are nested too deep to read.")]
    # ruamel.yaml raises all of these for damaged input; tests/tools/fuzz.py looks for more.
    except (YAMLError, ValueError, TypeError, AssertionError, NotImplementedError, AttributeError, IndexError) as error:
        return file, [_odd_character(error, text, name)]
    if len(documents) > 1:
        mark = documents[1].start_mark
        place = Place(name, mark.line + 1, mark.column + 1)
        return file, [_refused(place, "A second YAML document begins here; a file has one document.")]
    findings = first_of(hidden_letters(text, name))
    if documents and documents[0] is not None:
        try:
            file.value = _build(documents[0], (), file, findings)
        except _TooDeep as stop:
            file.value = None
            findings = [_refused(stop.place, f"The values are nested more than {DEEPEST} levels deep.")]
    return file, first_of(findings)


def _loader() -> YAML:
    loader = YAML(typ="safe", pure=True)
    loader.Reader, loader.Scanner = _Reader, _Scanner
    # Anchors are reported below, as findings with a place.
    loader.composer.warn_double_anchors = False
    return loader


class _Reader(Reader):
    """Looks only for the signs that YAML does not allow and that `parse_yaml` has not blanked.

    Python takes longer to compile ruamel's pattern for all of them than to read several files.
    """

    def check_printable(self, data: Any) -> None:
        """Raise an error if there is such a sign."""
        if any(sign in data for sign in NOT_IN_YAML):
            super().check_printable(data)


class _Scanner(Scanner):
    """Skips lines without a token in one step: most of an answer file are comments, and ruamel reads each sign."""

    def scan_to_next_token(self) -> Any:
        """Go to the next token, as ruamel does."""
        reader = self.reader
        lines = None if self.flow_level else _NO_TOKEN.match(reader.buffer, reader.pointer)
        if lines:
            reader.pointer = lines.end()
            reader.index += lines.end() - lines.start()
            reader.line += reader.buffer.count("\n", lines.start(), lines.end())
            reader.column = 0
            self.allow_simple_key = True
        return super().scan_to_next_token()


# Other line breaks of YAML, and what ends the text, are left to ruamel.
_NO_TOKEN = re.compile(r"(?:[ ]*(?:#[^\n\0\r\x85\u2028\u2029]*)?\n)+")


class _TooDeep(Exception):
    def __init__(self, place: Place) -> None:
        self.place = place


def _build(node: Node, path: Path_, file: YamlFile, findings: list[Finding]) -> Any:
    place = Place(file.name, node.start_mark.line + 1, node.start_mark.column + 1)
    if len(path) > DEEPEST:
        raise _TooDeep(place)
    # Answers do not need anchors and aliases, and a few lines of them can expand to gigabytes.
    if node.anchor:
        finding = _refused(place, "Anchors and aliases (& and *) are not used in these files.")
        findings += [finding] if finding not in findings else []
        return None
    # The composer has already replaced a tag by its kind, so we look at the text itself.
    if file.text.startswith("!", node.start_mark.index):
        findings.append(_refused(place, "Tags (!) are not used in these files."))
        return None
    file.values[path] = place
    file.spans[path] = (node.start_mark.index, node.end_mark.index)
    if isinstance(node, ScalarNode):
        return _scalar(node, path, file, findings)
    if isinstance(node, SequenceNode):
        return [_item(item, (*path, index), file, findings) for index, item in enumerate(node.value)]
    assert isinstance(node, MappingNode)
    return dict(_pairs(node, path, file, findings))


def _item(node: Node, path: Path_, file: YamlFile, findings: list[Finding]) -> Any:
    value = _build(node, path, file, findings)
    if value is None and not node.value:
        _look_behind("", node.end_mark.index, file)
    return value


def _pairs(node: MappingNode, path: Path_, file: YamlFile, findings: list[Finding]) -> Iterator[tuple[str, Any]]:
    for key_node, value_node in node.value:
        place = Place(file.name, key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        if not isinstance(key_node, ScalarNode):
            findings.append(_refused(place, "A key must be a single word, not a list or a mapping."))
            continue
        key = str(key_node.value)
        below = (*path, key)
        first = file.keys.get(below)
        if first:
            findings.append(_duplicate(key, place, first))
            continue
        file.keys[below] = place
        value = _build(value_node, below, file, findings)
        # An empty value has no place; messages then point to its key.
        if value is None and below in file.values:
            del file.values[below]
            room = _room_behind(key_node, file.text)
            file.spans[below] = file.spans[below] if value_node.value else room
            if not value_node.value:
                _look_behind("", room[0], file)
        yield key, value


def _room_behind(key: Node, text: str) -> tuple[int, int]:
    """Return the position of a missing value: after the colon. ruamel.yaml reports the next key instead."""
    found = _ROOM.search(text, key.end_mark.index)
    return found.span(1) if found else (len(text), len(text))


def _scalar(node: ScalarNode, path: Path_, file: YamlFile, findings: list[Finding]) -> Any:
    if node.style is not None:
        findings += _escaped(node.value, file.values[path])
        return _HIDDEN.sub(" ", node.value)
    value = plain_value(node.value)
    if not isinstance(value, str) and value is not None:
        file.raw[path] = node.value
    if value is not None:
        _look_behind(node.value, node.end_mark.index, file)
    return value


def _look_behind(kept: str, end: int, file: YamlFile) -> None:
    """Report text that was cut off after a value, or in place of one, because it begins with “#”."""
    cut = _CUT.match(file.text, end)
    if cut:
        file.lost.append(_lost(kept, cut[1].rstrip(), place_at(file.text, cut.start(1), file.name)))


def _lost(kept: str, cut: str, place: Place) -> Finding:
    left_out = f"is left out of “{short(kept)}”" if kept else "is left out, and nothing is left"
    message = f"“{short(cut)}” {left_out}: YAML reads what follows a space and “#” as a comment."
    whole = short(f"{kept} {cut}".strip().replace("'", "''"))
    fix = f"Put the text in quotes: '{whole}'. If it is a comment, put a space after “#”."
    return Finding("W120", "warning", message, (place,), fix)


def plain_value(text: str) -> Any:
    """Read an unquoted scalar by the YAML 1.2 core schema: null, true, false, numbers, else text."""
    if text in _WORDS:
        return _WORDS[text]
    # Longer digits are reference numbers; as floats they would lose digits, so they stay text.
    if _INT.fullmatch(text) and len(text) < 18:
        return int(text)
    if _FLOAT.fullmatch(text) and len(text) < 18:
        return float(text)
    return text


def quoted(word: str) -> str:
    """Write a word so that every YAML parser reads it as this text."""
    safe = _PLAIN.fullmatch(word) and word.lower() not in _OTHER_TOOLS and plain_value(word) == word
    return word if safe else "'" + word.replace("'", "''") + "'"


def hidden_letters(text: str, name: str) -> Iterator[Finding]:
    """Report invisible characters that change how a text reads: control characters, direction overrides."""
    for found in _HIDDEN.finditer(text):
        yield _hidden(found[0], place_at(text, found.start(), name))


def _escaped(value: str, place: Place) -> Iterator[Finding]:
    """Report invisible characters written as escapes; those written literally were blanked before."""
    return (_hidden(letter, place) for letter in dict.fromkeys(_HIDDEN.findall(value)))


def _hidden(letter: str, place: Place) -> Finding:
    code = ord(letter)
    kind = "a direction override" if code in _DIRECTIONS else "a control character"
    message = f"There is an invisible character here: {kind} (U+{code:04X})."
    return Finding("E109", "error", message, (place,), "Delete it and type the text again.")


def place_at(text: str, position: int, name: str) -> Place:
    """Return the line and the column of a character."""
    return Place(name, text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position))


def _unreadable(name: str, reason: str) -> Finding:
    fix = "Put back a readable file with this name, or restore it from the Git history."
    return Finding("E001", "error", f"This file cannot be read: {reason}.", (Place(name),), fix)


def _refused(place: Place, message: str) -> Finding:
    return Finding("E005", "error", message, (place,), "Write the value out where it is needed.")


def _duplicate(key: str, place: Place, first: Place) -> Finding:
    message = f"The key “{short(key)}” appears twice; the first is on line {first.line}."
    fix = "Keep one of the two. Until then the first one is used."
    return Finding("E004", "error", message, (place, first), fix)


def find_conflict(text: str, name: str) -> list[Finding]:
    """Report the first unresolved merge conflict of a text, if there is one.

    In a page a line of equal signs may underline a heading.
    """
    conflict = (_PAGE_CONFLICT if name.endswith(".md") else _CONFLICT).search(text)
    if not conflict:
        return []
    place = place_at(text, conflict.start(), name)
    return [Finding("E006", "error", "An unresolved merge conflict begins here.", (place,), _way_out(name))]


def _way_out(name: str) -> str:
    marks = "the lines with <<<<<<<, ======= and >>>>>>>"
    if name in APPENDED:
        return f"Keep the rows of both sides, and delete only {marks}."
    if name.startswith(_EDITED):
        return f"Keep the rows that either side added, decide where both changed the same row, and delete {marks}."
    return f"Decide between the two versions, and delete {marks}."


def _odd_character(error: Exception, text: str, name: str) -> Finding:
    position = getattr(error, "position", None)
    if not isinstance(position, int):
        return Finding("E003", "error", "This is not YAML that can be read.", (Place(name),), _SYNTAX_FIX)
    place = place_at(text, position, name)
    message = "There is a character here that YAML does not allow."
    return Finding("E003", "error", message, (place,), "Delete the character; it is often invisible.")


_SYNTAX_FIX = "Compare the indentation and the quotes with the lines around it."


def _syntax(error: MarkedYAMLError, text: str, name: str) -> Finding:
    mark = error.problem_mark or error.context_mark
    place = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name)
    lines = text.split("\n")
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())] or "\\t" in str(error.problem):
        column = line.find("\t") + 1 or place.column
        place = Place(name, place.line, column)
        return Finding(
            "E003", "error", "There is a tab here; YAML is indented with spaces.", (place,), "Replace it by two spaces."
        )
    above = next((number for number in range(place.line - 2, -1, -1) if lines[number].strip()), 0)
    for number in (place.line - 1, above):
        hint = looks_right(lines[number]) if number < len(lines) else None
        hint = hint or (needs_quotes(line, place.column) if number == place.line - 1 else None)
        if hint:
            found = Place(name, number + 1, hint.column or place.column)
            return Finding("E003", "error", f"This is not valid YAML: {hint.words}.", (found,), hint.fix)
    problem = re.sub(r"\s+", " ", str(error.problem or error.context or "it cannot be read"))
    return Finding("E003", "error", f"This is not valid YAML: {problem}.", (place,), _SYNTAX_FIX)
