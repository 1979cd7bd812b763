"""Moves the answers of one agency to a newer catalog, step by step, without losing any."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from policywright.agency.labels import keyed, with_keys
from policywright.agency.unmapped import Homeless
from policywright.catalog.answer_schema import answers_schema
from policywright.catalog.blank_answers import answer_file, asked_in_file, blank_answer
from policywright.files.answer_file import Block, Sheet, Values, emptied, read_sheet, renamed, revalued
from policywright.files.line_ends import plain, with_ends
from policywright.files.schema import check, mapping
from policywright.files.yaml import YamlFile, parse_yaml
from policywright.model.catalog import Catalog, Migration, Question
from policywright.model.findings import Finding, NotByLine, Place

_HEAD = re.compile(r"# (yaml-language-server:|Write an answer after the colon|The reasons and the choices)")


@dataclass(frozen=True)
class CarriedAnswer:
    """One change that an upgrade makes."""

    kind: str
    """added | renamed | split | changed | removed, of a question or an answer; named, of anything else."""
    place: Place
    """Its place in the current files."""
    said: str


@dataclass
class Carrier:
    """The answer files while the steps are applied."""

    sheets: dict[str, Sheet]
    """Element, current or former -> its answer file."""
    catalog: Catalog
    rows: list[Homeless] = field(default_factory=list)
    changes: list[CarriedAnswer] = field(default_factory=list)
    handled: set[str] = field(default_factory=set)
    """The old ids of the answers that a step changed."""
    stuck: set[str] = field(default_factory=set)
    """Files with an answer in a form that cannot be changed."""

    def __post_init__(self) -> None:
        self.before = dict(self.sheets)

    def apply(self, step: Migration) -> None:
        """Apply one step; a step that concerns no answer does nothing here."""
        # A renamed element renames every question in it.
        for old, new in self._moves(step) if (step.kind, step.step) == ("element", "rename") else ():
            self.apply(replace(step, kind="question", old=old, into={new: None}))
        apply = {"rename": self._rename, "split": self._split, "values": self._change, "remove": self._remove}
        block = self._find(step.old) if step.kind == "question" else None
        if block is None or block.file in self.stuck:
            return
        try:
            apply[step.step](block, step)
        except NotByLine:
            self.stuck.add(block.file)

    def finish(self) -> None:
        """Set aside values that their question does not allow, and add questions that are not in the files yet."""
        for element, sheet in list(self.sheets.items()):
            for key in [block.key for block in sheet.blocks if block.touched]:
                self._fit(f"{element}.{key}")
        for element in self.catalog.elements:
            self._add_missing(element)
        for element in [name for name in self.sheets if name not in self.catalog.elements]:
            self._keep_comments(self.sheets[element])

    def with_both(self, before: Sheet, came: Sequence[Block]) -> Sheet:
        """Return a file with its additions but without its removals, for the first phase of writing."""
        element = before.name.rpartition("/")[2].removesuffix(".yml")
        for block in came:
            before = before.placed(replace(block, lead=block.comments), self._order(element, block.key))
        return before

    def _find(self, name: str) -> Block | None:
        element, _, key = name.partition(".")
        sheet = self.sheets.get(element)
        return sheet.get(key) if sheet else None

    def _note(self, kind: str, block: Block, said: str) -> None:
        self.handled.add(block.was)
        self.changes.append(CarriedAnswer(kind, Place(block.file, max(block.line, 1)), said))

    def _moves(self, step: Migration) -> list[tuple[str, str]]:
        """Return the old and the new id of every renamed answer of an element."""
        (new,) = step.into
        sheet = self.sheets.get(step.old)
        return [(f"{step.old}.{block.key}", f"{new}.{block.key}") for block in sheet.blocks] if sheet else []

    def _rename(self, block: Block, step: Migration) -> None:
        (new,) = step.into
        self._move(block, step.old, new)

    def _move(self, block: Block, old: str, new: str) -> None:
        self._note("renamed", block, f"{old} is now called {new}.")
        element, _, key = new.partition(".")
        if old.startswith(f"{element}.") and not self._find(new):
            self._replace(old, renamed(block, key))
            return
        self._take(old)
        self._put(new, renamed(block, key))

    def _change(self, block: Block, step: Migration) -> None:
        values = self._understood(block, step.into)[step.old] or {}
        new, lost = revalued(block, values, others=True)
        if new and new.body == block.body:
            return
        self._note("changed", block, f"{step.old}: {_in_words(block, values)}.")
        reason = step.reason or f"It is no longer a choice of {step.old}."
        self._replace(step.old, new or emptied(block))
        if new:
            self._put_aside(block, lost, reason)
        else:
            self._put_whole_aside(block, reason)

    def _split(self, block: Block, step: Migration) -> None:
        targets = _targets(step)
        # The question keeps its name and has none of the old values: the step was applied before.
        if step.old in targets and not (targets[step.old] or {}).keys() & set(map(str, _items(block))):
            return
        self._note("split", block, f"{step.old} is now asked as {' and '.join(targets)}.")
        parts, lost = _parts(block, step.old, self._understood(block, targets))
        if step.old in targets:
            self._replace(step.old, parts.pop(step.old, emptied(block)))
        else:
            self._take(step.old)
            self._keep_words(block, next(iter(targets)))
        for name, part in parts.items():
            self._put(name, replace(part, lead=self._comments(name)))
        reason = step.reason or f"Nothing in {' or '.join(targets)} says the same."
        if len(lost) == len(_items(block)):
            self._put_whole_aside(block, reason)
        else:
            self._put_aside(block, lost, reason)

    def _understood(self, block: Block, targets: Mapping[str, Values | None]) -> dict[str, Values | None]:
        """Return the new questions of a step; their values also have what people wrote for a key, such as its label."""
        return {name: values and {**values, **self._words_for(values, name, block)} for name, values in targets.items()}

    def _words_for(self, values: Values, name: str, block: Block) -> Values:
        """Return the words of an answer that are for an old value, or are the label of a new one."""
        question, words = self.catalog.questions.get(name), [str(item) for item in _items(block)]
        old = {key.casefold(): new for key, new in values.items()}
        labels = {word: with_keys(question, word) for word in words} if question else {}
        known = {word: key for word, key in labels.items() if key in values.values()}
        return {
            word: old.get(word.casefold(), known.get(word))
            for word in words
            if {word, word.casefold()} & {*old, *known}
        }

    def _remove(self, block: Block, step: Migration) -> None:
        self._note("removed", block, f"{step.old} is no longer asked: {step.reason}")
        self._take(step.old)
        words = [*block.own_words, *block.beside]
        # People leave notes at questions that they have not answered; these must not vanish with the question.
        if block.value is None and words:
            self.rows.append(Homeless(block.was, step.reason, "\n".join(words)))
        self._put_whole_aside(block, step.reason)

    def _keep_words(self, block: Block, heir: str) -> None:
        """Keep the comments that an agency wrote at a removed question."""
        words = [*block.own_words, *block.beside]
        if words:
            key = heir.partition(".")[2]
            self._put(heir, Block(key, self._comments(heir) + _as_lines(words), f"{key}:\n", was=block.was))

    def _fit(self, name: str) -> None:
        """Set aside an answer that its question does not allow."""
        block, question = self._find(name), self.catalog.questions.get(name)
        if block is None:
            return
        if question is None or question.type == "records":
            self._take(name)
            self._put_whole_aside(block, f"{name} is not asked in an answer file.")
        elif check(_with_keys(block.data, [question]), answers_schema("", [question])):
            self._replace(name, emptied(block))
            self._put_whole_aside(block, f"{name} takes another kind of answer: {question.help}")

    def _put(self, name: str, block: Block) -> None:
        """Move an answer to its question; an answer that is already there takes precedence."""
        element, _, key = name.partition(".")
        sheet = self.sheets.get(element) or self._new_sheet(element)
        there = sheet.get(key)
        lead = block.comments
        if there:
            # Both places have an answer, for example after a run that was stopped. The agency decides; neither is
            # dropped.
            if None not in (there.value, block.value) and there.value != block.value:
                self._put_whole_aside(block, f"{name}, which takes its place, is already answered.")
            kept = there if there.value is not None or block.value is None else block
            words = [*block.own_words, *(block.beside if kept is there else there.beside)]
            lead = there.comments + _as_lines(line for line in words if line not in there.comments)
            block = kept
        lead, body = (with_ends(part, sheet.newline) for part in (lead, block.body))
        block = replace(block, lead=lead, body=body, touched=block.touched if block is there else True)
        self.sheets[element] = sheet.placed(block, self._order(element, key))

    def _take(self, name: str) -> None:
        element, _, key = name.partition(".")
        self.sheets[element] = self.sheets[element].without(key)

    def _replace(self, name: str, new: Block) -> None:
        element, _, key = name.partition(".")
        self.sheets[element] = self.sheets[element].swapped(key, new)

    def _put_aside(self, block: Block, values: Iterable[object], reason: str) -> None:
        self.rows += [Homeless(block.was, reason, value) for value in values]

    def _put_whole_aside(self, block: Block, reason: str) -> None:
        """Set aside an answer as it was written before any step."""
        if block.value is None:
            return
        element, _, key = block.was.partition(".")
        read = self.before[element].get(key) if element in self.before else None
        body, comments = ((read or block).body, (read or block).comments)
        self.rows.append(
            Homeless(block.was, reason, (read or block).value, plain(body), plain(comments)),
        )

    def _order(self, element: str, key: str) -> list[str]:
        known = self.catalog.elements.get(element)
        names = [question.name for question in known.questions] if known else []
        return names if key in names else [*names, key]

    def _comments(self, name: str) -> str:
        """Return the comment lines that explain a question."""
        question = self.catalog.questions.get(name)
        asked = question is not None and question.type != "records"
        return "".join(_blank_lines(question, self.catalog)[:-1]) if question and asked else ""

    def _new_sheet(self, element: str) -> Sheet:
        name = f"answers/{element}.yml"
        known = self.catalog.elements.get(element)
        asked = known is not None and asked_in_file(known)
        sheet = read_sheet(answer_file(known, self.catalog) if known and asked else "", name)[0]
        return replace(sheet, blocks=tuple(replace(block, file="", line=0, was="") for block in sheet.blocks))

    def _add_missing(self, element: str) -> None:
        name = f"answers/{element}.yml"
        sheet = self.sheets.get(element)
        asked = asked_in_file(self.catalog.elements[element])
        if not asked:
            return
        # One line for a whole new file instead of one for each of its questions.
        if element not in self.before or not (sheet and sheet.text.strip()):
            self.sheets[element] = sheet if sheet and sheet.blocks else self._new_sheet(element)
            new = [block for block in self.sheets[element].blocks if not block.file]
            said = f"{element}: a new file with {len(new)} questions."
            self.changes += [CarriedAnswer("added", Place(name), said)] if new else []
            return
        for question in asked:
            if not self._find(question.id):
                lines = _blank_lines(question, self.catalog)
                self._put(question.id, Block(question.name, "".join(lines[:-1]), lines[-1]))
                said = f"{question.id} ({question.tier}): {question.help}"
                self.changes.append(CarriedAnswer("added", Place(name), said))

    def _keep_comments(self, sheet: Sheet) -> None:
        """Keep what an agency wrote in a file that is no longer needed; the generated title is dropped."""
        lines = [line for line in sheet.tail.splitlines() if line.strip() and not _HEAD.match(line)]
        if not sheet.blocks and len(lines) > 1:
            reason = "These comments were in a file that is no longer needed."
            self.rows.append(Homeless(sheet.name, reason, "\n".join(lines)))


def _blank_lines(question: Question, catalog: Catalog) -> list[str]:
    """Return an unanswered question as lines; the last one is its key."""
    return blank_answer(question, catalog).splitlines(keepends=True)


def _items(block: Block) -> list[object]:
    return block.value if isinstance(block.value, list) else [block.value]


def _in_words(block: Block, values: Values) -> str:
    said = ((item, values[item]) for item in _items(block) if isinstance(item, str) and item in values)
    return ", ".join(f"“{old}” becomes “{new}”" if new else f"“{old}” is no longer a choice" for old, new in said)


def _targets(step: Migration) -> dict[str, Values | None]:
    """Return the new questions of a split; one that keeps its name drops values that have a place elsewhere."""
    targets = dict(step.into)
    if step.old in targets:
        given_up = dict.fromkeys(old for values in targets.values() for old in values or ())
        targets[step.old] = {**given_up, **(targets[step.old] or {})}
    return targets


def _parts(block: Block, old: str, targets: Mapping[str, Values | None]) -> tuple[dict[str, Block], list[object]]:
    """Return the part of an answer for each of several questions, and the values that none of them allows."""
    parts: dict[str, Block] = {}
    lost = _items(block) if block.value is not None else []
    for name, values in targets.items() if block.value is not None else ():
        part = block if name == old else renamed(block, name.partition(".")[2])
        new, left = (part, []) if values is None else revalued(part, values, others=name == old)
        if new:
            parts[name] = new
        lost = [item for item in lost if item in left]
    return parts, lost


def _with_keys(file: YamlFile, questions: Iterable[Question]) -> YamlFile:
    """Return a file in which the labels of choices are keys, as everything else reads it."""
    return replace(file, value=keyed({question.name: question for question in questions}, mapping(file.value)))


def _as_lines(words: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in words)


def unhandled_mistakes(file: YamlFile, sheet: Sheet, questions: Sequence[Question], handled: set[str]) -> list[Finding]:
    """Return the mistakes in an answer file that the steps have not fixed."""
    spans = [(b.line, b.line + max(b.body.count("\n"), 1)) for b in sheet.blocks if b.was in handled]
    found = check(_with_keys(file, questions), answers_schema("", questions))
    return [one for one in found if not any(first <= one.places[0].line < end for first, end in spans)]


def verify_sheet(sheet: Sheet) -> None:
    """Raise NotByLine if a file, parsed as a whole, differs from its blocks."""
    file, findings = parse_yaml(plain(sheet.text), sheet.name)
    if findings or (file.value or {}) != {block.key: block.value for block in sheet.blocks}:
        raise NotByLine
