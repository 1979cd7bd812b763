"""Empty answer files from the questions, each question explained in a comment."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from policywright.engine.model import Catalog, Choice, Element, Question

SCHEMA_FOLDER = PurePosixPath(".policywright/schema")
WIDTH = 100


def answer_files(catalog: Catalog, filled: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the empty answer files of a catalog: path in the repository -> text.

    `filled` gives a ready-made YAML value for some questions, by id.
    """
    given = filled or {}
    elements = [element for element in catalog.elements.values() if any(q.type != "records" for q in element.questions)]
    return {f"answers/{element.id}.yml": answer_file(element, catalog, given) for element in elements}


def answer_file(element: Element, catalog: Catalog, filled: Mapping[str, str]) -> str:
    """Return one empty answer file."""
    head = [
        f"# yaml-language-server: $schema=../{SCHEMA_FOLDER}/{element.id}.json",
        f"# {element.title}. {element.summary}",
        "# Write an answer after the colon; an empty value means that nobody has answered yet.",
        f"# The reasons and the choices are explained on the site under “Elements”, “{element.title}”.",
    ]
    asked = [question for question in element.questions if question.type != "records"]
    blocks = ["\n".join(head), *("\n".join(_block(question, catalog, filled)) for question in asked)]
    return "\n\n".join(blocks) + "\n"


def _block(question: Question, catalog: Catalog, filled: Mapping[str, str]) -> Iterator[str]:
    yield from _comment(question.help)
    yield from _comment(question.why, "  ")
    for choice in question.choices.values():
        yield from _comment(_choice(choice, question), "    ", hang="      ")
    if question.type in ("choices", "list"):
        yield "#   A list: one value per line, each after “  - ”."
    if question.type == "date":
        yield "#   A date: '2027-03-01'."
    yield from _comment(_asked_of(question, catalog), "  ")
    value = filled.get(question.id, "")
    yield f"{question.name}:" + (f" {value}" if value else "")


def _choice(choice: Choice, question: Question) -> str:
    return choice.value if question.type == "yes_no" and choice.label.lower() == choice.value else f"{choice.value}: {choice.label}"


def _asked_of(question: Question, catalog: Catalog) -> str:
    offices = ", ".join(catalog.roles[key].title for key in question.asked_of)
    tier = "Essential" if question.tier == "essential" else "Optional"
    return f"({tier}. Ask: {offices}.)" if offices else f"({tier}.)"


def _comment(text: str, indent: str = " ", hang: str = "") -> list[str]:
    wrapped = textwrap.wrap(text, WIDTH - 6, break_long_words=False, break_on_hyphens=False)
    return [f"#{(hang or indent) if number else indent}{line}" for number, line in enumerate(wrapped)]


def schema_files(schemas: Mapping[str, str]) -> dict[str, str]:
    """Return where the editors' schemas lie: path in the repository -> text."""
    return {f"{SCHEMA_FOLDER}/{name}.json": text for name, text in schemas.items()}


def missing(files: Mapping[str, str], present: Sequence[str]) -> dict[str, str]:
    """Return the files that are not there yet; an agency's answers are never overwritten."""
    return {name: text for name, text in files.items() if name not in present}
