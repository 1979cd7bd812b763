"""Checks a catalog for contradictions between values that are valid by themselves."""

from __future__ import annotations

from collections.abc import Mapping

from policywright.catalog.migrations import check_migrations
from policywright.catalog.vocabulary import Vocabulary
from policywright.files.yaml import YamlFile
from policywright.language.conditions import questions_in
from policywright.model.catalog import PARTS, SHOWN_PARTS, START_QUESTIONS, Asked, Catalog, Choice, Question
from policywright.model.findings import Place, did_you_mean, one_of

Files = Mapping[str, YamlFile]
"""The files of a catalog by name."""


def check_catalog(catalog: Catalog, files: Files, notes: Vocabulary) -> None:
    """Report mistakes that can only be found after everything is read."""
    top = files["catalog.yml"]
    existing = {
        "checklist": catalog.checklists,
        "clause": notes.codes,
        "clause id": catalog.clauses,
        "element": catalog.elements,
        "page that was read": catalog.read_pages,
        "form of adoption": catalog.forms,
        "question": catalog.questions,
        "page": _pages(catalog),
        "role": catalog.roles,
        "scenario": catalog.scenarios,
        "section": [section.id for section in catalog.sections],
        "source": catalog.sources,
        "step": catalog.steps,
    }
    notes.check_names(existing, catalog.clauses)
    for question in catalog.questions.values():
        _check_question(question, files[question.place.file], notes)
    _check_circles(catalog, notes)
    _check_codes(catalog, top, notes)
    _check_separations(catalog, files, notes)
    _check_stand_ins(catalog, files, notes)
    _check_coverage(catalog, files, notes)
    _check_start(catalog, top, notes)
    for number, page in enumerate(catalog.pages):
        if f"{page.id}.md.jinja" not in catalog.frames:
            notes.error("C201", f"There is no frame pages/{page.id}.md.jinja.", top.place("pages", number))
    notes.findings += check_migrations(catalog)


def _pages(catalog: Catalog) -> set[str]:
    """Return the pages, without their endings, for which the catalog may have words of the search."""
    own = {page.id for page in catalog.pages} | {text.id for text in catalog.texts}
    return own | {f"checklists/{name}" for name in catalog.checklists}


def _check_start(catalog: Catalog, top: YamlFile, notes: Vocabulary) -> None:
    """Report a first page that asks too much, and a row that asks nothing or two things."""
    if len(catalog.start) > START_QUESTIONS:
        message = f"The first page asks {len(catalog.start)} questions; at most {START_QUESTIONS} are allowed."
        notes.error("C202", message, top.place("start"))
    for number, row in enumerate(catalog.start):
        if (row.asks == "question") != bool(row.question):
            message = "A row of “start” has either a question of the catalog, or asks: preset, offices or adoption."
            notes.error("C202", message, top.place("start", number))


def _check_question(question: Question, file: YamlFile, notes: Vocabulary) -> None:
    """Report keys that do not belong to a question of this type."""
    _check_choices(question, question.place, notes)
    if (question.type == "records") != bool(question.columns and question.register):
        message = "Only a question of type “records” has columns and a register."
        notes.error("C202", message, question.place)
    parts = [column.part for column in question.columns.values()]
    for number, (key, column) in enumerate(question.columns.items()):
        place = file.key_place(question.name, "columns", key)
        _check_choices(column, place, notes)
        if column.part and column.part in parts[:number]:
            notes.error("C202", f"Two columns play the part “{column.part}”.", place)
        if column.part and column.type != PARTS[column.part]:
            message = f"The part “{column.part}” belongs to a column of type “{PARTS[column.part]}”."
            notes.error("C202", message, place)
        if column.part in SHOWN_PARTS and column.sensitivity == "internal":
            message = f"The part “{column.part}” is published, so this column cannot be internal."
            notes.error("C207", message, place, "Make the column public, or give it no part.")
        if column.default and column.default not in column.choices:
            hint = did_you_mean(column.default, column.choices)
            message = f"“{column.default}” is not a choice of {question.id}.{key}.{hint}"
            notes.error("C201", message, file.place(question.name, "columns", key, "default"))


def _check_choices(asked: Asked, place: Place, notes: Vocabulary) -> None:
    if (asked.type in ("choice", "choices")) != bool(asked.choices) and asked.type != "yes_no":
        needs = "has no" if asked.choices else "needs"
        notes.error("C202", f"A question of type “{asked.type}” {needs} choices.", place)


def _check_circles(catalog: Catalog, notes: Vocabulary) -> None:
    for question in catalog.questions.values():
        seen: list[str] = []
        waiting = [question.id]
        while waiting:
            when = catalog.questions[waiting.pop()].when
            names = [name for name in questions_in(when) if name not in seen] if when else []
            seen += names
            waiting += names
        if question.id in seen:
            notes.error("C203", f"Whether {question.id} is asked depends on its own answer.", question.place)


def _check_codes(catalog: Catalog, top: YamlFile, notes: Vocabulary) -> None:
    """Report a code that is in two sections or has no clause."""
    codes = notes.codes
    written = {clause.code for clause in catalog.clauses.values()}
    for code in dict.fromkeys(codes):
        home = "sections" if any(code in section.clauses for section in catalog.sections) else "texts"
        place = top.find((home,), code)
        if codes.count(code) > 1:
            notes.error("C204", f"The code “{code}” is in two sections.", place)
        if code not in written:
            notes.error("C206", f"The code “{code}” has no clause.", place, f"Codes: {one_of(codes, 60)}.")


def _check_separations(catalog: Catalog, files: Files, notes: Vocabulary) -> None:
    for number, row in enumerate(catalog.separate):
        if len(row.roles) != 2:
            message = "A separation is between two roles; this row names more or fewer."
            notes.error("C210", message, files["roles.yml"].place("separate", number, "roles"))


def _check_stand_ins(catalog: Catalog, files: Files, notes: Vocabulary) -> None:
    for role in catalog.roles:
        seen, name = [role], catalog.roles[role].stand_in
        while name in catalog.roles and name not in seen:
            seen.append(name)
            name = catalog.roles[name].stand_in
        if name == role:
            message = f"“{role}” ends up as its own stand-in: {' → '.join([*seen, role])}."
            notes.error("C213", message, files["roles.yml"].place("roles", role, "stand_in"))


def _check_coverage(catalog: Catalog, files: Files, notes: Vocabulary) -> None:
    """Report elements and kinds that the register of existing policies allows and the catalog does not know."""
    register = catalog.questions.get(catalog.coverage)
    if register is None:
        return
    kinds: Mapping[str, Choice] = {}
    for key, column in register.columns.items():
        path = (register.name, "columns", key, "choices")
        places = [files[register.place.file].key_place(*path, choice) for choice in column.choices]
        if column.part == "elements":
            notes.known(column.choices, catalog.elements, "element", places.__getitem__)
        kinds = column.choices if column.part == "kind" else kinds
    places = [files["instruments.yml"].key_place(kind) for kind in catalog.kinds]
    notes.known(catalog.kinds, kinds, "kind of existing policy", places.__getitem__)
