"""Reads content/ into a Catalog, and refuses a broken one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from policywright.catalog import shapes as shape
from policywright.catalog.clauses import read_clause
from policywright.catalog.migrations import check_migrations, read_migrations
from policywright.catalog.vocabulary import Vocabulary, at
from policywright.files.schema import Schema, check
from policywright.files.yaml import YamlFile, read_text, read_yaml
from policywright.language.conditions import questions_in
from policywright.model.catalog import (
    Ask,
    Assumption,
    Catalog,
    CatalogPage,
    Checklist,
    ChecklistItem,
    Choice,
    Clause,
    Condition,
    Element,
    InstrumentKind,
    Preset,
    Question,
    Reader,
    Reading,
    Responsibility,
    Role,
    Rule,
    Scenario,
    Section,
    Separation,
    Source,
    Step,
)
from policywright.model.findings import BrokenCatalog, Finding, Place, did_you_mean, one_of

T = TypeVar("T")

PACKAGE = Path(__file__).resolve().parent.parent
YES_NO = {"yes": Choice("yes", "Yes", "yes"), "no": Choice("no", "No", "no")}


def content_folder() -> Path:
    """Return the folder of all catalogs: the checkout's when there is one, else the installed package's."""
    checkout = PACKAGE.parent.parent / "content"
    return checkout if checkout.is_dir() else PACKAGE / "content"


def catalog_folder(name: str) -> Path:
    """Return the folder of a catalog by its name."""
    return content_folder() / name


def guidance_folder() -> Path:
    """Return the folder of the guidance pages, in the checkout or in the installed package."""
    checkout = PACKAGE.parent.parent / "docs" / "guidance"
    return checkout if checkout.is_dir() else PACKAGE / "guidance"


def known_catalogs() -> tuple[str, ...]:
    """Return the names of the catalogs that came with Policywright."""
    return tuple(sorted(path.parent.name for path in content_folder().glob("*/catalog.yml")))


def read_catalog(folder: Path, guidance: Path | None = None) -> Catalog:
    """Read and check a catalog; raise BrokenCatalog with every mistake found."""
    reader = _Reader(folder, guidance or guidance_folder())
    catalog = reader.read()
    if reader.findings:
        raise BrokenCatalog(without_echoes(reader.findings))
    assert catalog is not None
    return catalog


def without_echoes(findings: Sequence[Finding]) -> list[Finding]:
    """Leave out the unknown names that are only unknown because the file that explains them could not be read."""
    broken = [one for one in findings if one.code.startswith("E") and one.places[0].file.endswith(_NAMING)]
    return [one for one in findings if not broken or one.code.startswith("E")]


_NAMING = ("element.yml", "questions.yml", "sources.yml", "roles.yml")


class _Reader(Vocabulary):
    """Reads the files of one catalog and collects what is wrong with them."""

    def __init__(self, folder: Path, guidance: Path) -> None:
        super().__init__()
        self.folder = folder
        self.guidance = guidance
        self.elements: dict[str, Element] = {}
        self.files: dict[str, YamlFile] = {}

    def read(self) -> Catalog | None:
        top = self.yaml("catalog.yml", shape.CATALOG)
        if top is None:
            return None
        data = top.value
        self.read_questions(top)
        self.read_conditions(top)
        self.finish_questions()
        self.read_sources()
        roles = self.read_roles()
        rules = self.merged(data["elements"], "rules.yml", shape.RULES, self.rule)
        checklists = {
            key: Checklist(key, row["title"], row["summary"]) for key, row in data.get("checklists", {}).items()
        }
        items = self.merged(data["elements"], "checklist.yml", shape.CHECKLIST, self.item(checklists))
        clauses = self.read_clauses(top)
        steps = self.read_steps(top)
        catalog = Catalog(
            id=self.folder.name,
            title=data["title"],
            summary=data["summary"],
            elements=self.elements,
            questions=self.questions,
            conditions=self.conditions,
            rules=rules,
            clauses=clauses,
            items=dict(sorted(items.items(), key=lambda pair: _natural(pair[0]))),
            sources=self.sources,
            roles=self.roles,
            responsibilities=self.read_responsibilities(roles, clauses),
            steps=steps,
            sections=tuple(_section(row) for row in data["sections"]),
            texts=tuple(_section(row) for row in data.get("texts", [])),
            checklists=checklists,
            presets=self.read_presets(top),
            scaffold=data.get("scaffold", {}),
            coverage=data.get("coverage", ""),
            pages=self.read_frames(),
            guidance=self.read_guidance(data.get("topics", {})),
            topics=self.read_topics(top),
            scenarios=self.read_scenarios(clauses),
            kinds=self.read_kinds(),
            extra_pages=tuple(CatalogPage(**row) for row in data.get("pages", [])),
            staff_card=tuple(data.get("staff_card", ())),
            pivotal=tuple(data.get("pivotal", ())),
            readers=tuple(_reader(row) for row in data.get("readers", [])),
            migrations=read_migrations(self.yaml("migrations.yml", shape.MIGRATIONS, optional=True)),
            separate=tuple(self.read_separations(roles)),
            triggers=data.get("triggers", {}),
        )
        self.check_links(top, catalog)
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

    def read_questions(self, top: YamlFile) -> None:
        for index, element in enumerate(top.value["elements"]):
            if not (self.folder / element).is_dir():
                self.error("C201", f"There is no folder for the element “{element}”.", top.place("elements", index))
                continue
            head = self.yaml(f"{element}/element.yml", shape.ELEMENT)
            file = self.yaml(f"{element}/questions.yml", shape.QUESTIONS)
            if head is None or file is None:
                continue
            questions = [self.question(f"{element}.{name}", row, file, (name,)) for name, row in file.value.items()]
            self.questions.update((question.id, question) for question in questions)
            row = head.value
            self.elements[element] = Element(
                element,
                row["title"],
                row["summary"],
                row.get("step", ""),
                tuple(row.get("sources", ())),
                tuple(questions),
            )
            if row.get("step", "") not in ("", *top.value.get("steps", {})):
                self.error("C201", f"There is no step “{row['step']}”.", head.place("step"))

    def question(self, name: str, row: dict[str, Any], file: YamlFile, path: tuple[str | int, ...]) -> Question:
        given = {value: _choice(value, said) for value, said in row.get("choices", {}).items()}
        kind = row["type"]
        place = file.key_place(*path)
        if (kind in ("choice", "choices")) != bool(given) and kind != "yes_no":
            self.error("C202", f"A question of type “{kind}” {'needs' if not given else 'has no'} choices.", place)
        if (kind == "records") != ("columns" in row and "register" in row):
            self.error("C202", "Columns and a register belong to a question of type “records”, and to no other.", place)
        columns = {
            key: self.question(f"{name}.{key}", column, file, (*path, "columns", key))
            for key, column in row.get("columns", {}).items()
        }
        return Question(
            id=name,
            help=row["help"],
            type=kind,
            place=place,
            why=row.get("why", ""),
            choices=YES_NO | given if kind == "yes_no" else given,
            tier=row.get("tier", "optional"),
            when=("text", row["when"]) if "when" in row else None,
            asked_of=tuple(row.get("asked_of", ())),
            sensitivity=row.get("sensitivity", "public"),
            sources=tuple(row.get("sources", ())),
            required=row.get("required") is True,
            register=row.get("register", ""),
            columns=columns,
        )

    def finish_questions(self) -> None:
        """Parse the conditions of questions, which may name any other question."""
        for question in list(self.questions.values()):
            if question.when is not None:
                file, path = self.files[question.place.file], (question.name, "when")
                when = self.condition(question.when[1], file, path)
                self.questions[question.id] = replace(question, when=when)
                if question.sensitivity != "internal":
                    self.check_secrecy(when, file, path)
        for key, element in self.elements.items():
            finished = tuple(self.questions[question.id] for question in element.questions)
            self.elements[key] = replace(element, questions=finished)
        self.check_circles()

    def check_circles(self) -> None:
        for question in self.questions.values():
            seen: list[str] = []
            waiting = [question.id]
            while waiting:
                when = self.questions[waiting.pop()].when
                names = [name for name in questions_in(when) if name not in seen] if when else []
                seen += names
                waiting += names
            if question.id in seen:
                self.error("C203", f"Whether {question.id} is asked depends on its own answer.", question.place)

    def read_conditions(self, top: YamlFile) -> None:
        for name, text in top.value.get("conditions", {}).items():
            parsed = self.condition(text, top, ("conditions", name))
            if parsed is not None:
                self.conditions[name] = parsed

    def read_sources(self) -> None:
        file = self.yaml("sources.yml", shape.SOURCES)
        for key, row in (file.value if file else {}).items():
            assert file is not None
            fields = {name: value for name, value in row.items() if name != "when"}
            when = self.shown_when(row, file, key)
            self.sources[key] = Source(key=key, place=file.key_place(key), when=when, **fields)

    def read_roles(self) -> YamlFile | None:
        file = self.yaml("roles.yml", shape.ROLES)
        if file is None:
            return None
        for key, row in file.value["roles"].items():
            fields = {name: value for name, value in row.items() if name != "when"}
            self.roles[key] = Role(id=key, when=self.shown_when(row, file, "roles", key), **fields)
        return file

    def read_responsibilities(self, file: YamlFile | None, clauses: Mapping[str, Clause]) -> tuple[Responsibility, ...]:
        rows = file.value.get("decides", []) if file else []
        codes = {clause.code for clause in clauses.values()}
        for number, row in enumerate(rows):
            assert file is not None
            for part in ("responsible", "consulted", "informed"):
                self.known(row.get(part, ()), self.roles, "role", at(file, "decides", number, part))
            self.known([row["accountable"]], self.roles, "role", at(file, "decides", number, "accountable"))
            self.known(row["clauses"], codes, "clause", at(file, "decides", number, "clauses"))
        return tuple(
            Responsibility(
                row["title"],
                tuple(row["clauses"]),
                row["accountable"],
                tuple(row.get("responsible", ())),
                tuple(row.get("consulted", ())),
                tuple(row.get("informed", ())),
            )
            for row in rows
        )

    def read_separations(self, file: YamlFile | None) -> Iterator[Separation]:
        for number, row in enumerate(file.value.get("separate", []) if file else []):
            assert file is not None
            self.known(row["roles"], self.roles, "role", at(file, "separate", number, "roles"))
            when = self.when(row, file, "separate", number)
            sources = self.cited(row, file, "separate", number)
            if len(row["roles"]) == 2:
                yield Separation((row["roles"][0], row["roles"][1]), row["why"], sources, when)
            else:
                message = "Two roles are kept apart, one from the other; this row names another number of them."
                self.error("C210", message, file.place("separate", number, "roles"))

    def merged(
        self, elements: Iterable[str], name: str, schema: Schema, make: Callable[[str, str, Any, YamlFile], T]
    ) -> dict[str, T]:
        found: dict[str, T] = {}
        for element in elements:
            file = self.yaml(f"{element}/{name}", schema, optional=True)
            for key, row in (file.value if file else {}).items():
                assert file is not None
                if key in found:
                    self.error("C204", f"“{key}” stands in two elements.", file.key_place(key))
                found[key] = make(key, element, row, file)
        return found

    def rule(self, code: str, element: str, row: dict[str, Any], file: YamlFile) -> Rule:
        return Rule(
            code,
            element,
            row["severity"],
            self.when(row, file, code) or ("or",),
            self.text(row["message"], file, (code, "message")),
            self.text(row["fix"], file, (code, "fix")),
            self.cited(row, file, code),
            file.key_place(code),
        )

    def item(self, checklists: Mapping[str, Checklist]) -> Callable[[str, str, Any, YamlFile], ChecklistItem]:
        def make(key: str, element: str, row: dict[str, Any], file: YamlFile) -> ChecklistItem:
            self.known([row["list"]], checklists, "checklist", lambda _: file.place(key, "list"))
            self.known(row["role"], self.roles, "role", at(file, key, "role"))
            return ChecklistItem(
                id=key,
                list=row["list"],
                task=row["task"],
                role=tuple(row["role"]),
                done_when=row["done_when"],
                element=element,
                place=file.key_place(key),
                when=self.shown_when(row, file, key),
                sources=self.cited(row, file, key),
            )

        return make

    def read_clauses(self, top: YamlFile) -> dict[str, Clause]:
        sections = [*top.value["sections"], *top.value.get("texts", [])]
        self.codes = [code for row in sections for code in row["clauses"]]
        found = [clause for element in self.elements for clause in self.clauses_of(element)]
        rank = {element: number for number, element in enumerate(self.elements)}
        place = {code: number for number, code in enumerate(self.codes)}
        names = [clause.id for clause in found]
        for clause in (clause for number, clause in enumerate(found) if clause.id in names[:number]):
            self.error("C204", f"“{clause.id}” stands in two elements.", clause.place)
        found.sort(key=lambda clause: (place.get(clause.code, 0), rank[clause.element], clause.place.file))
        return {clause.id: clause for clause in found}

    def clauses_of(self, element: str) -> list[Clause]:
        paths = sorted((self.folder / element / "clauses").glob("*.md"))
        names = [path.relative_to(self.folder).as_posix() for path in paths]
        read = (read_clause(path, name, element, self) for path, name in zip(paths, names, strict=True))
        return [clause for clause in read if clause]

    def read_steps(self, top: YamlFile) -> dict[str, Step]:
        rows = top.value.get("steps", {})
        return {
            key: Step(key, row["title"], row["summary"], row["next"], bool(row.get("findings")))
            for key, row in rows.items()
        }

    def read_presets(self, top: YamlFile) -> dict[str, Preset]:
        """Read the presets in the order in which catalog.yml offers them; the others follow by name."""
        presets = {}
        for path in sorted((self.folder / "presets").glob("*.yml")):
            name = path.relative_to(self.folder).as_posix()
            file = self.yaml(name, shape.PRESET)
            if file is None:
                continue
            assumptions = self.assumptions(file, ("answers",), file.value["answers"], None)
            for index, row in enumerate(file.value.get("assume_when", [])):
                when = self.when(row, file, "assume_when", index)
                made = self.assumptions(file, ("assume_when", index, "answers"), row["answers"], when)
                if len(self.internal(one.question for one in made)) < len(made):
                    self.check_secrecy(when, file, ("assume_when", index, "when"))
                assumptions += made
            presets[path.stem] = Preset(path.stem, file.value["title"], file.value["summary"], tuple(assumptions))
        order = top.value.get("presets", [])
        self.known(order, presets, "preset", at(top, "presets"))
        return {name: presets[name] for name in dict.fromkeys([*order, *presets]) if name in presets}

    def assumptions(
        self, file: YamlFile, path: tuple[str | int, ...], answers: Any, when: Condition | None
    ) -> list[Assumption]:
        made = []
        for element, row in answers.items():
            for name, value in row.items():
                question = self.questions.get(f"{element}.{name}")
                place = file.key_place(*path, element, name)
                if question is None:
                    hint = did_you_mean(f"{element}.{name}", self.questions)
                    self.error("C201", f"There is no question “{element}.{name}”.{hint}", place)
                    continue
                self.check_assumption(question, value, place)
                made.append(Assumption(question.id, value, file.place(*path, element, name), when))
        return made

    def check_assumption(self, question: Question, value: Any, place: Place) -> None:
        if isinstance(value, list) != (question.type in ("choices", "list", "records")):
            belongs = "One value" if isinstance(value, list) else "A list"
            self.error("C201", f"{belongs} belongs to {question.id}.", place, f"It is of type “{question.type}”.")
        for one in value if isinstance(value, list) else [value]:
            if question.choices and one not in question.choices:
                message = f"“{one}” is not a choice of {question.id}.{did_you_mean(str(one), question.choices)}"
                self.error("C201", message, place)

    def read_topics(self, top: YamlFile) -> dict[str, Element]:
        topics = {}
        for key, row in top.value.get("topics", {}).items():
            self.known(row["questions"], self.questions, "question", at(top, "topics", key, "questions"))
            self.known(row["clauses"], self.codes, "clause", at(top, "topics", key, "clauses"))
            questions = tuple(self.questions[name] for name in row["questions"] if name in self.questions)
            topics[key] = Element(key, row["title"], row["summary"], "", (), questions, tuple(row["clauses"]))
        return topics

    def read_scenarios(self, clauses: Mapping[str, Clause]) -> dict[str, Scenario]:
        file = self.yaml("scenarios.yml", shape.SCENARIOS, optional=True)
        scenarios = {}
        for key, row in (file.value if file else {}).items():
            assert file is not None
            self.known([row["topic"]], self.elements, "element", lambda _, k=key: file.place(k, "topic"))  # type: ignore[misc]
            asks = tuple(Ask(ask["question"], tuple(ask["clauses"])) for ask in row["asks"])
            for number, ask in enumerate(asks):
                known = [name for name in ask.clauses if any(clause.startswith(name) for clause in clauses)]
                self.known(ask.clauses, known, "clause", at(file, key, "asks", number, "clauses"))
            when = self.shown_when(row, file, key)
            scenarios[key] = Scenario(key, row["title"], row["story"], row["topic"], asks, when)
        return scenarios

    def read_kinds(self) -> dict[str, InstrumentKind]:
        file = self.yaml("instruments.yml", shape.INSTRUMENTS, optional=True)
        kinds = {}
        for key, row in (file.value if file else {}).items():
            assert file is not None
            self.known(row["treats"], self.elements, "element", at(file, key, "treats"))
            self.known(row["questions"], self.questions, "question", at(file, key, "questions"))
            kinds[key] = InstrumentKind(tuple(row["treats"]), tuple(row["questions"]))
        return kinds

    def read_frames(self) -> dict[str, str]:
        pages = {}
        for path in sorted(self.folder.glob("pages/*.jinja")):
            pages[path.name], findings = read_text(path, f"pages/{path.name}")
            self.findings += findings
        return pages

    def read_guidance(self, topics: Iterable[str]) -> dict[str, str]:
        pages = {}
        for element in (*self.elements, *topics):
            path = self.guidance / f"{element}.md"
            if path.exists():
                pages[element], findings = read_text(path, f"guidance/{element}.md")
                self.findings += findings
        return pages

    def check_links(self, top: YamlFile, catalog: Catalog) -> None:
        """Check what can only be checked when everything is read."""
        for prompt, name in catalog.scaffold.items():
            self.known([name], self.questions, "question", lambda _, p=prompt: top.place("scaffold", p))  # type: ignore[misc]
        if catalog.coverage:
            self.known([catalog.coverage], self.questions, "question", lambda _: top.place("coverage"))
        for question in self.questions.values():
            file = self.files[question.place.file]
            self.known(question.asked_of, self.roles, "role", at(file, question.name, "asked_of"))
            self.known(question.sources, self.sources, "source", at(file, question.name, "sources"))
        for element in self.elements.values():
            self.known(element.sources, self.sources, "source", at(self.files[f"{element.id}/element.yml"], "sources"))
        named = [name for name in catalog.staff_card if any(clause.startswith(name) for clause in catalog.clauses)]
        self.known(catalog.staff_card, named, "clause", at(top, "staff_card"))
        self.known(catalog.pivotal, self.questions, "question", at(top, "pivotal"))
        sections = [section.id for section in catalog.sections]
        for number, reader in enumerate(catalog.readers):
            self.known(reader.sections, sections, "section", at(top, "readers", number, "sections"))
            for n, reading in enumerate(reader.reads):
                place = top.place("readers", number, "reads", n, "page")
                self.known([reading.page], catalog_pages(catalog), "page", lambda _, p=place: p)  # type: ignore[misc]
        for number, page in enumerate(catalog.extra_pages):
            if f"{page.id}.md.jinja" not in catalog.pages:
                message = f"There is no frame pages/{page.id}.md.jinja."
                self.error("C201", message, top.place("pages", number))
        self.check_codes(top, catalog)
        self.findings += check_migrations(catalog)

    def check_codes(self, top: YamlFile, catalog: Catalog) -> None:
        """Check that every code stands in one section and has a clause."""
        codes = [code for section in (*catalog.sections, *catalog.texts) for code in section.clauses]
        written = {clause.code for clause in catalog.clauses.values()}
        for code in dict.fromkeys(codes):
            home = "sections" if any(code in section.clauses for section in catalog.sections) else "texts"
            place = top.find((home,), code)
            if codes.count(code) > 1:
                self.error("C204", f"The code “{code}” stands in two sections.", place)
            if code not in written:
                self.error("C206", f"The code “{code}” has no clause.", place, f"Codes: {one_of(codes, 60)}.")


FIXED_PAGES = (
    "policy",
    "scenarios",
    "sources",
    "findings",
    "existing-policies",
    "guidance/index",
    "checklists/index",
    "sign-offs",
    "sign-off-sheet",
    "risks",
    "changes",
    "acknowledge",
)


def catalog_pages(catalog: Catalog) -> list[str]:
    """Return the pages that every agency's site has by this catalog, and those of the working site, without endings."""
    texts = [section.id for section in catalog.texts]
    lists = [f"checklists/{name}" for name in catalog.checklists]
    steps = [f"first-steps/{name}" for name in catalog.steps]
    guidance = [f"guidance/{name}" for name in (*catalog.elements, *catalog.topics)]
    own = [page.id for page in catalog.extra_pages]
    return [*FIXED_PAGES, *texts, *lists, *steps, *guidance, *own, "stakeholders/index", "stakeholders/agenda"]


def _reader(row: dict[str, Any]) -> Reader:
    reads = tuple(Reading(one["page"], one["text"]) for one in row["reads"])
    sections = tuple(row.get("sections", ()))
    return Reader(row["id"], row["title"], row["summary"], reads, sections, row.get("audience", "staff"))


def _choice(value: str, said: str | dict[str, str]) -> Choice:
    if isinstance(said, str):
        return Choice(value, said, said)
    return Choice(value, said["label"], said.get("text", said["label"]), said.get("note", ""))


def _section(row: dict[str, Any]) -> Section:
    return Section(row["id"], row["title"], tuple(row["clauses"]), row.get("summary", ""), row.get("audience", ""))


def _natural(key: str) -> tuple[str, int]:
    head, _, tail = key.rpartition("-")
    return (head, int(tail)) if tail.isdigit() else (key, 0)
