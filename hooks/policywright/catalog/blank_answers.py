"""Builds empty answer files from the questions, with a comment that explains each question."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from policywright.catalog.template_offices import fill_titles, template_titles
from policywright.language.conditions import explain
from policywright.model.catalog import MANY_CHOICES, Asked, Catalog, Choice, Element, Question

SCHEMA_FOLDER = PurePosixPath(".policywright/schema")
WIDTH = 100


def answer_files(catalog: Catalog, filled: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the empty answer files of a catalog: path in the repository -> text.

    `filled` gives a ready-made YAML value for some questions, by id.
    """
    elements = [element for element in catalog.elements.values() if asked_in_file(element)]
    return {f"answers/{element.id}.yml": answer_file(element, catalog, filled) for element in elements}


def schema_of_element(element: Element) -> str:
    """Return the file with the schema of an element's answers."""
    return f"{SCHEMA_FOLDER}/{element.id}.json"


def schema_of_register(question: Question) -> str:
    """Return the file with the schema of a register; an element may have the same name."""
    return f"{SCHEMA_FOLDER}/registers/{question.register.removesuffix('.yml')}.json"


def register_files(catalog: Catalog) -> dict[str, str]:
    """Return the registers of a catalog without an entry, but with an example: path in the repository -> text."""
    asked = [question for question in catalog.questions.values() if question.register]
    return {question.file: empty_register(question, catalog) for question in asked}


def empty_register(question: Question, catalog: Catalog) -> str:
    """Return a register without an entry: comment lines that explain its columns, and an example."""
    lines = [f"# yaml-language-server: $schema=../{schema_of_register(question)}"]
    lines += [*_comment(question.help), *_comment(question.why, "  "), *_comment(question.found_in, "  ")]
    lines += [*_comment(_asked_where(question, catalog), "  "), *_comment(_asked_of(question, catalog), "  ")]
    lines += ["#", "# Each entry begins with “- ” and has these lines; those without “required” may be left out:"]
    for name, column in question.columns.items():
        need = " (required)" if column.required else ""
        lines += [*_comment(f"{name}{need}: {column.help}", "   ", hang="     ")]
        lines += [*_comment("; ".join(_choice(one, column) for one in column.choices.values()), "     ")]
    if question.example:
        lines += ["#", "# An example. Below it, write your entries without “# ”:"]
        lines += [f"# {line}".rstrip() for line in question.example.rstrip("\n").split("\n")]
    return "\n".join(lines) + "\n"


def asked_in_file(element: Element) -> list[Question]:
    """Return the questions of an element's answer file; the rows of the other questions are in `registers/`."""
    return [question for question in element.questions if question.type != "records"]


def answer_file(element: Element, catalog: Catalog, filled: Mapping[str, str] | None = None) -> str:
    """Return one empty answer file."""
    head = [
        f"# yaml-language-server: $schema=../{schema_of_element(element)}",
        f"# {element.title}. {element.summary}",
        "# Write an answer after the colon; an empty value means that nobody has answered yet.",
        f"# The reasons and the choices are explained on the site under “Elements”, “{element.title}”.",
    ]
    given = filled or {}
    blocks = (blank_answer(question, catalog, given.get(question.id, "")) for question in asked_in_file(element))
    return "\n".join(["\n".join(head) + "\n", *blocks])


def blank_answer(question: Question, catalog: Catalog, value: str = "") -> str:
    """Return a question as it is written in its answer file: the comment lines that explain it, then its key."""
    return "\n".join(_block(question, catalog, value)) + "\n"


def _block(question: Question, catalog: Catalog, value: str) -> Iterator[str]:
    yield from _comment(question.help)
    yield from _comment(question.why, "  ")
    yield from _comment(question.found_in, "  ")
    choices = [_choice(choice, question) for choice in question.choices.values()]
    for words in choices if len(choices) <= MANY_CHOICES else ["; ".join(choices)]:
        yield from _comment(words, "    ", hang="      ")
    if question.type in ("choices", "list"):
        yield "#   A list: one value per line, each after “  - ”."
    if question.type == "date":
        yield "#   A date: '2027-03-01'."
    yield from _comment(_asked_where(question, catalog), "  ")
    yield from _comment(_asked_of(question, catalog), "  ")
    yield f"{question.name}:" + (f" {value}" if value else "")


def _choice(choice: Choice, question: Asked) -> str:
    return (
        choice.value
        if question.type == "yes_no" and choice.label.lower() == choice.value
        else f"{choice.value}: {choice.label}"
    )


def _asked_where(question: Question, catalog: Catalog) -> str:
    """Return the condition of a question, as the forms put it; an empty text for one that every agency is asked."""
    return f"Asked only where {explain(question.when, catalog.questions)}." if question.when else ""


def _asked_of(question: Question, catalog: Catalog) -> str:
    offices = ", ".join(catalog.roles[key].title for key in question.asked_of)
    tier = "Essential" if question.tier == "essential" else "Optional"
    return f"({tier}. Ask: {offices}.)" if offices else f"({tier}.)"


def _comment(text: str, indent: str = " ", hang: str = "") -> list[str]:
    wrapped = textwrap.wrap(text, WIDTH - 6, break_long_words=False, break_on_hyphens=False)
    return [f"#{(hang or indent) if number else indent}{line}" for number, line in enumerate(wrapped)]


def missing(files: Mapping[str, str], present: Sequence[str]) -> dict[str, str]:
    """Return the files that do not exist yet; an agency's answers are never overwritten."""
    return {name: text for name, text in files.items() if name not in present}


def template_context(catalog: Catalog, version: str, wheel_hash: str) -> dict[str, Any]:
    """Return the template's cookiecutter.json; its choices and labels come from the catalog.

    `wheel_hash` is the SHA-256 of the released wheel of this version, or empty while it is not released.
    """
    kinds = {prompt: catalog.questions[name] for prompt, name in catalog.scaffold.items()}
    presets = {preset.id: f"{preset.title}: {preset.summary}" for preset in catalog.presets.values()}
    labels = {prompt: {"__prompt__": q.help, **_labels(q)} for prompt, q in kinds.items()}
    return {
        "agency_name": "Town of Exampleton",
        "short_name": "{{ cookiecutter.agency_name | sentence_name }}",
        **{prompt: list(question.choices) for prompt, question in kinds.items()},
        "preset": list(presets),
        "forge": list(_FORGES),
        "repo_name": "{{ cookiecutter.agency_name | folder_name }}-social-media-policy",
        "__names": "{{ cookiecutter | refuse_unusable }}",
        "_policywright_version": version,
        "_policywright_hash": wheel_hash,
        "_policywright_wheel": "",
        "_extensions": ["local_extensions.Words"],
        "_offices": template_titles(catalog),
        "__prompts__": {
            "agency_name": "What is the agency's full name?",
            "short_name": "What do you call it in a sentence? (for example: the Town)",
            **labels,
            "preset": {
                "__prompt__": "Which kind of presence is closest to yours? You can change every answer later.",
                **presets,
            },
            "forge": {"__prompt__": "Where will you keep the repository?", **_FORGES},
            "repo_name": "What should the repository's folder be called?",
        },
    }


_FORGES = {"gitlab": "GitLab", "github": "GitHub", "other": "Somewhere else, or only on a file share"}


def _labels(question: Question) -> dict[str, str]:
    return {choice.value: choice.label for choice in question.choices.values()}


def template_answers(catalog: Catalog) -> dict[str, str]:
    """Return the answer files and registers of the template; what cookiecutter asked is filled in by cookiecutter.

    Every file is one that cookiecutter renders: those that it copies overwrite an agency's, even with
    --skip-if-file-exists.
    """
    places = {name: f"\0{prompt}\0" for prompt, name in catalog.scaffold.items()}
    return {name: as_template(text) for name, text in (answer_files(catalog, places) | register_files(catalog)).items()}


def as_template(text: str) -> str:
    """Write a text so that cookiecutter renders it as it is, and fills in only titles and what is between NULs."""
    inert = re.sub(r"\{[{%#]", lambda found: f"{{{{ '{found[0]}' }}}}", text)
    return fill_titles(re.sub("\0(.*?)\0", r"'{{ cookiecutter.\1 }}'", inert))
