"""Reads content/ into a Catalog, and refuses a broken one with every mistake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from policywright.catalog.checks import check_catalog
from policywright.catalog.clauses import read_clause
from policywright.catalog.folders import guidance_folder, how_to_folder
from policywright.catalog.migrations import MIGRATIONS, read_migrations
from policywright.catalog.presets import WrittenPreset, read_preset
from policywright.catalog.shapes import shape
from policywright.catalog.vocabulary import Vocabulary, at
from policywright.files.schema import Schema, check
from policywright.files.yaml import YamlFile, read_text, read_yaml
from policywright.model.catalog import (
    AdoptionForm,
    Catalog,
    ChecklistItem,
    Choice,
    Clause,
    Element,
    InstrumentKind,
    Jurisdiction,
    Preset,
    Question,
    ReadPage,
    Responsibility,
    Role,
    Rule,
    Scenario,
    SearchWords,
    Separation,
    Source,
    UsualAdoption,
)
from policywright.model.fields import Date
from policywright.model.findings import BrokenCatalog, Finding, in_order

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Offices:
    """The content of roles.yml."""

    roles: Mapping[str, Role]
    decides: tuple[Responsibility, ...] = ()
    separate: tuple[Separation, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Adoptions:
    """The content of adoption.yml."""

    forms: Mapping[str, AdoptionForm]
    usual: tuple[UsualAdoption, ...]


@dataclass(frozen=True, kw_only=True)
class Jurisdictions:
    """The content of jurisdictions.yml."""

    read_on: Date = ""
    pages: Mapping[str, ReadPage] = field(default_factory=dict)
    places: Mapping[str, Jurisdiction] = field(default_factory=dict)


def read_catalog(folder: Path, guidance: Path | None = None) -> Catalog:
    """Read and check a catalog; raise BrokenCatalog with every mistake found."""
    reader = _Reader(folder, guidance or guidance_folder())
    catalog = reader.read()
    if reader.findings:
        raise BrokenCatalog(in_order(without_echoes(reader.findings)))
    assert catalog is not None
    return catalog


def without_echoes(findings: Sequence[Finding]) -> list[Finding]:
    """Drop findings about names that are unknown only because the file that defines them could not be read."""
    broken = [one for one in findings if one.code.startswith("E") and one.places[0].file.endswith(_NAMING)]
    return [one for one in findings if not broken or one.code.startswith("E")]


_NAMING = ("element.yml", "questions.yml", "sources.yml", "roles.yml")


class _Reader(Vocabulary):
    """Reads the files of one catalog and collects their mistakes."""

    def __init__(self, folder: Path, guidance: Path) -> None:
        super().__init__()
        self.folder = folder
        self.guidance = guidance
        self.heads: dict[str, YamlFile] = {}
        """Element -> its element.yml."""
        self.elements: dict[str, Element] = {}
        self.files: dict[str, YamlFile] = {}

    def read(self) -> Catalog | None:
        """Read the files in the order of their dependencies; texts and conditions need the questions."""
        top = self.yaml("catalog.yml", shape(Catalog))
        if top is None:
            return None
        self.read_questions(top)
        self.name_places(top)
        self.read_conditions(top)
        jurisdictions = self.read_jurisdictions(top)
        self.finish_questions()
        self.sources = self.table("sources.yml", Source)
        offices = self.read_offices()
        clauses = self.read_clauses(top)
        adoptions = self.read_adoptions()
        catalog = self.row(
            Catalog,
            top.value,
            top,
            id=self.folder.name,
            elements=self.elements,
            conditions=self.conditions,
            presets=self.read_presets(top),
            questions=self.questions,
            rules=self.merged(top, "rules.yml", Rule),
            clauses=clauses,
            items=_by_number(self.merged(top, "checklist.yml", ChecklistItem)),
            sources=self.sources,
            jurisdictions=jurisdictions.places,
            read_pages=jurisdictions.pages,
            laws_read_on=jurisdictions.read_on,
            roles=self.roles,
            responsibilities=offices.decides,
            separate=offices.separate,
            scenarios=self.table("scenarios.yml", Scenario, optional=True),
            search=self.read_search(),
            kinds=self.table("instruments.yml", InstrumentKind, optional=True),
            forms=adoptions.forms,
            usual=adoptions.usual,
            frames={path.name: self.text_of(path, "pages") for path in sorted(self.folder.glob("pages/*.jinja"))},
            guidance={path.stem: self.text_of(path, "guidance") for path in self.guidance_pages(top)},
            how_tos=self.read_how_tos(top),
            migrations=read_migrations(self.yaml("migrations.yml", MIGRATIONS, optional=True)),
        )
        check_catalog(catalog, self.files, self)
        return catalog

    def yaml(self, name: str, schema: Schema, *, optional: bool = False) -> YamlFile | None:
        path = self.folder / name
        if optional and not path.exists():
            return None
        file, findings = read_yaml(path, name)
        if not findings or file.value is not None:
            findings += check(file, schema)
        self.findings += findings
        self.files[name] = file
        return None if findings else file

    def table(self, name: str, kind: type[T], *, optional: bool = False, **given: Any) -> dict[str, T]:
        """Read a file that is a mapping of rows."""
        file = self.yaml(name, shape(Mapping[str, kind]), optional=optional)  # type: ignore[valid-type]
        return {key: self.row(kind, row, file, (key,), **given) for key, row in file.value.items()} if file else {}

    def merged(self, top: YamlFile, name: str, kind: type[T]) -> dict[str, T]:
        """Read the file of this name of every element."""
        found: dict[str, T] = {}
        for element in top.value["elements"]:
            rows = self.table(f"{element}/{name}", kind, optional=True, element=element)
            for key in (key for key in rows if key in found):
                self.error("C204", f"“{key}” is in two elements.", self.files[f"{element}/{name}"].key_place(key))
            found |= rows
        return found

    def read_questions(self, top: YamlFile) -> None:
        """Read the questions; their conditions and the elements are parsed later, when all questions are known."""
        for index, element in enumerate(top.value["elements"]):
            if not (self.folder / element).is_dir():
                self.error("C201", f"There is no folder for the element “{element}”.", top.place("elements", index))
                continue
            head = self.yaml(f"{element}/element.yml", shape(Element))
            file = self.yaml(f"{element}/questions.yml", shape(Mapping[str, Question]))
            if head and file:
                self.heads[element] = head
                for key, row in file.value.items():
                    name = f"{element}.{key}"
                    self.questions[name] = self.row(Question, row, file, (key,), id=name, when=None)

    def name_places(self, top: YamlFile) -> None:
        """Make the jurisdictions choices of their question; conditions and texts may then name them."""
        file = self.yaml("jurisdictions.yml", shape(Jurisdictions), optional=True)
        asked = self.questions.get(top.value.get("places", {}).get("question", ""))
        if file and asked:
            rows = file.value.get("places", {}).items()
            places = {key: Choice(value=key, label=row["name"], text=row.get("text", row["name"])) for key, row in rows}
            self.questions[asked.id] = replace(asked, choices=places)
            subjects = top.value["places"]["laws"]
            self.laws = tuple(f"{asked.id}.{subject}" for subject in subjects)

    def read_jurisdictions(self, top: YamlFile) -> Jurisdictions:
        """Read where each jurisdiction can be chosen, and what its laws are called."""
        file = self.files.get("jurisdictions.yml")
        if file is None or not isinstance(file.value, dict) or not self.laws:
            return Jurisdictions()
        read = self.row(Jurisdictions, file.value, file)
        asked = self.questions[top.value["places"]["question"]]
        choices = {key: replace(one, when=read.places[key].when) for key, one in asked.choices.items()}
        self.questions[asked.id] = replace(asked, choices=choices)
        for key, place in read.places.items():
            places = [file.key_place("places", key, "laws", subject) for subject in place.laws]
            self.known(place.laws, top.value["places"]["laws"], "subject of a law", places.__getitem__)
        return read

    def read_conditions(self, top: YamlFile) -> None:
        for name, text in top.value.get("conditions", {}).items():
            parsed = self.condition(text, top, ("conditions", name))
            if parsed is not None:
                self.conditions[name] = parsed

    def finish_questions(self) -> None:
        """Parse the conditions of questions, which may name any other question, and build the elements."""
        for question in list(self.questions.values()):
            file = self.files[question.place.file]
            if "when" in file.value[question.name]:
                read = self.condition if question.sensitivity == "internal" else self.shown_condition
                when = read(file.value[question.name]["when"], file, (question.name, "when"))
                self.questions[question.id] = replace(question, when=when)
        for element, head in self.heads.items():
            asked = tuple(question for question in self.questions.values() if question.element == element)
            self.elements[element] = self.row(Element, head.value, head, id=element, questions=asked)

    def read_offices(self) -> Offices:
        file = self.yaml("roles.yml", shape(Offices))
        offices = self.row(Offices, file.value, file) if file else Offices(roles={})
        self.roles = dict(offices.roles)
        return offices

    def read_adoptions(self) -> Adoptions:
        file = self.yaml("adoption.yml", shape(Adoptions), optional=True)
        return self.row(Adoptions, file.value, file) if file else Adoptions(forms={}, usual=())

    def read_search(self) -> SearchWords:
        file = self.yaml("search.yml", shape(SearchWords), optional=True)
        return self.row(SearchWords, file.value, file) if file else SearchWords()

    def read_clauses(self, top: YamlFile) -> dict[str, Clause]:
        sections = [*top.value["sections"], *top.value.get("texts", [])]
        self.codes = [code for row in sections for code in row["clauses"]]
        found = [clause for element in self.elements for clause in self.clauses_of(element)]
        rank = {element: number for number, element in enumerate(self.elements)}
        place = {code: number for number, code in enumerate(self.codes)}
        names = [clause.id for clause in found]
        for clause in (clause for number, clause in enumerate(found) if clause.id in names[:number]):
            self.error("C204", f"“{clause.id}” is in two elements.", clause.place)
        found.sort(key=lambda clause: (place.get(clause.code, 0), rank[clause.element], clause.place.file))
        return {clause.id: clause for clause in found}

    def clauses_of(self, element: str) -> list[Clause]:
        paths = sorted((self.folder / element / "clauses").glob("*.md"))
        names = [path.relative_to(self.folder).as_posix() for path in paths]
        read = (read_clause(path, name, element, self) for path, name in zip(paths, names, strict=True))
        return [clause for clauses in read for clause in clauses]

    def read_presets(self, top: YamlFile) -> dict[str, Preset]:
        """Read the presets in the order of catalog.yml; the others follow by name."""
        names = [f"presets/{path.name}" for path in sorted((self.folder / "presets").glob("*.yml"))]
        files = [file for name in names if (file := self.yaml(name, shape(WrittenPreset)))]
        presets = {preset.id: preset for preset in (read_preset(file, self) for file in files)}
        order = top.value.get("presets", [])
        self.known(order, presets, "preset", at(top, "presets"))
        return {name: presets[name] for name in dict.fromkeys([*order, *presets]) if name in presets}

    def guidance_pages(self, top: YamlFile) -> list[Path]:
        paths = [self.guidance / f"{name}.md" for name in (*self.elements, *top.value.get("topics", {}))]
        return [path for path in paths if path.exists()]

    def read_how_tos(self, top: YamlFile) -> dict[str, str]:
        names = top.value.get("how_to", [])
        paths = {path.stem: path for path in sorted(how_to_folder().glob("*.md"))}
        self.known(names, paths, "how-to", at(top, "how_to"))
        return {name: self.text_of(paths[name], "how-to") for name in names if name in paths}

    def text_of(self, path: Path, folder: str) -> str:
        text, findings = read_text(path, f"{folder}/{path.name}")
        self.findings += findings
        return text


def _by_number(rows: Mapping[str, T]) -> dict[str, T]:
    return dict(sorted(rows.items(), key=lambda pair: _natural(pair[0])))


def _natural(key: str) -> tuple[str, int]:
    head, _, tail = key.rpartition("-")
    return (head, int(tail)) if tail.isdigit() else (key, 0)
