"""Internal means internal: changing an internal answer leaves the published site the same, byte for byte."""

from __future__ import annotations

import functools
import html
import itertools
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import pytest

from policywright.approval.releases import release_file, release_text
from policywright.catalog.reader import read_catalog
from policywright.model.catalog import Asked, Question
from policywright.model.draft import Draft
from policywright.pages.book import render_book
from tests.support.agency_files import catalog, draft_with, read_case, write_agency
from tests.support.released import draft_in
from tests.support.toy import TOY
from tests.support.toy import draft as toy_draft

AGENCIES = read_case("golden.yml")
KEPT = read_case("internal.yml")
ROW = {"title": "Media policy", "kind": "media_relations", "disposition": "reference", "owner": "Town Clerk"}
NOTES = [None, "Ms Quagga objects", "Quagga " * 40]

Answers = Mapping[str, Any]
T = TypeVar("T", bound=Asked)


def internal(questions: Mapping[str, T]) -> dict[str, T]:
    """Return the questions, or the columns, of these whose answers are internal."""
    return {name: question for name, question in questions.items() if question.sensitivity == "internal"}


def columns() -> list[str]:
    """Return every internal column of a register, as `element.question.column`."""
    registers = catalog().questions.values()
    return [f"{register.id}.{name}" for register in registers for name in internal(register.columns)]


INTERNAL = internal(catalog().questions)


def values(question: Question) -> list[Any]:
    """Return every choice of a question, or several texts, numbers, dates or rows; None for no answer comes first."""
    if question.type == "choices":
        choices = list(question.choices)
        return [None, [], choices[::2], choices[1::2], choices]
    if question.choices:
        return [None, *question.choices]
    free: dict[str, list[Any]] = {
        "number": [0, 1, 10_000],
        "date": ["2027-01-01", "1999-12-31"],
        "list": [[], ["a"], ["a", "Quagga"]],
    }
    return [None, *free.get(question.type, ["a", "Quagga Quagga", "*x* <b> {{ y }}"])]


def shown(draft: Draft, own: Mapping[str, str] | None = None) -> dict[str, bytes]:
    """Return every file of the published book: the pages, the files for programs, and their order."""
    book = render_book(draft, "published", own)
    files = {name: text if isinstance(text, bytes) else text.encode() for name, text in book.files.items()}
    pages = {uri: f"{page.title}\n{page.text}".encode() for uri, page in book.pages.items()}
    return {**files, **pages, "navigation": json.dumps(book.navigation).encode()}


def told(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Return what differs between two published books: for each file the first lines, before and after."""
    return {
        name: _first_difference(before.get(name, b""), after.get(name, b""))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    }


def _first_difference(*texts: bytes) -> list[str]:
    rows = itertools.zip_longest(*(text.decode().split("\n") for text in texts), fillvalue="")
    return list(next(row for row in rows if row[0] != row[1]))


@functools.cache
def complete(agency: str) -> tuple[Answers, Mapping[str, Any]]:
    """Return everything that a golden agency answers or its preset assumes, as its own answers, and its policy.yml."""
    case = AGENCIES[agency]
    with tempfile.TemporaryDirectory() as folder:
        draft = draft_with(Path(folder), case["answers"], case["policy"])
    answers = {name: answer.value for name, answer in draft.answers.items() if answer.answered}
    rows = case["answers"].get("existing.register", [])
    return answers | {"existing.register": rows}, case["policy"] | {"preset": ""}


def published(folder: Path, agency: str, changed: Answers) -> dict[str, bytes]:
    answers, policy = complete(agency)
    given = {name: value for name, value in {**answers, **changed}.items() if value is not None}
    return shown(draft_with(folder, given, policy))


@functools.cache
def usual(agency: str) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        return published(Path(folder), agency, {})


# Which answers are internal


def test_what_was_internal_stays_internal() -> None:
    assert (list(INTERNAL), columns()) == (KEPT["questions"], KEPT["columns"])


# The published pages and files


@pytest.mark.parametrize("name", INTERNAL)
def test_the_answer_to_an_internal_question_changes_nothing_that_is_published(name: str, tmp_path: Path) -> None:
    differs = {
        str(value): difference
        for value in values(INTERNAL[name])
        if value != complete("federal-bureau")[0].get(name)
        and (difference := told(usual("federal-bureau"), published(tmp_path, "federal-bureau", {name: value})))
    }
    assert differs == {}


def mix(number: int) -> dict[str, Any]:
    """Return answers to all internal questions at once; each further number is another mix."""
    rows = {name: values(question) for name, question in INTERNAL.items()}
    return {name: row[(number + position) % len(row)] for position, (name, row) in enumerate(rows.items())}


@pytest.mark.parametrize(("number", "agency"), list(enumerate(AGENCIES)))
def test_no_mix_of_internal_answers_changes_what_an_agency_publishes(number: int, agency: str, tmp_path: Path) -> None:
    mixes = [mix(2 * number), mix(2 * number + 1)]
    assert [told(usual(agency), published(tmp_path, agency, changed)) for changed in mixes] == [{}, {}]


@pytest.mark.parametrize("name", columns())
def test_an_internal_column_of_a_register_changes_nothing_that_is_published(name: str, tmp_path: Path) -> None:
    register, _, column = name.rpartition(".")
    rows = [{**ROW, "clauses": ["USE-2"], column: note} for note in NOTES]
    usual, *others = (published(tmp_path, "two-way-city", {register: [row]}) for row in rows)
    assert [told(usual, other) for other in others] == [{}] * len(others)


def test_an_internal_text_of_another_catalog_changes_nothing_that_is_published(tmp_path: Path) -> None:
    pool = read_catalog(TOY / "pool", TOY / "guidance")
    shutil.copytree(TOY / "village", tmp_path, dirs_exist_ok=True)
    books = []
    for name, question in internal(pool.questions).items():
        answers = tmp_path / "answers" / f"{question.element}.yml"
        text = answers.read_text("utf-8")
        for value in values(question):
            others = [line for line in text.splitlines() if not line.startswith(f"{question.name}:")]
            answers.write_text("\n".join([*others, f"{question.name}: {json.dumps(value)}"]), "utf-8")
            draft = toy_draft(tmp_path, pool)
            assert draft.answers[name].value == value
            books.append(shown(draft))
        answers.write_text(text, "utf-8")
    assert len(books) > 1
    assert [told(books[0], book) for book in books] == [{}] * len(books)


# The page of changes


def lived(root: Path, *texts: tuple[Answers, Mapping[str, Any]]) -> Draft:
    """Release a version for each set of changed answers and words of policy.yml; the last one stays a draft."""
    answers, policy = complete("federal-bureau")
    for number, (changed, words) in enumerate(texts):
        given = {name: value for name, value in {**answers, **changed}.items() if value is not None}
        write_agency(root, given, {**policy, **words, "version": f"1.{number}"})
        draft = draft_in(root)
        if number < len(texts) - 1:
            path = root / release_file(draft.document.version)
            path.parent.mkdir(exist_ok=True)
            path.write_text(release_text(draft, f"2027-0{number + 1}-01", "Pat Example", "0" * 16), encoding="utf-8")
    return draft_in(root)


def test_an_internal_answer_that_changes_between_releases_changes_nothing_that_is_published(tmp_path: Path) -> None:
    """Other answers change as well, so that there is a redline in which the internal ones could show."""
    open_to = [{"comments.enabled": "all_posts"}, {"comments.enabled": "some_posts"}, {"comments.enabled": "off"}]
    still = shown(lived(tmp_path / "still", *((one, {}) for one in open_to)))
    assert "Version 1.1" in html.unescape(still["changes.md"].decode())
    for number in range(3):
        mixes: tuple[Answers, ...] = ({}, mix(number), mix(number + 4))
        moving = [{**one, **changed} for one, changed in zip(open_to, mixes, strict=True)]
        assert told(still, shown(lived(tmp_path / str(number), *((one, {}) for one in moving)))) == {}, number


def test_an_internal_column_that_changes_between_releases_changes_nothing_that_is_published(tmp_path: Path) -> None:
    """An office has another name in each, so that the clause on existing policies reads differently."""
    folders = (tmp_path / str(number) for number in itertools.count())

    def towns(*notes: str | None) -> Draft:
        rows = [{"existing.register": [{**ROW, "note": note}]} for note in notes]
        names = [{"offices": {"communications": name}} for name in ("the Press Office", "the Clerk", "the Director")]
        return lived(next(folders), *zip(rows, names, strict=True))

    still = shown(towns(None, None, None))
    assert "wording changed, or a name in policy.yml" in still["changes.md"].decode()
    assert [told(still, shown(towns(*notes))) for notes in (NOTES, NOTES[::-1])] == [{}, {}]


# An agency's own pages


@pytest.mark.parametrize("condition", KEPT["pages"]["hidden"] + KEPT["pages"]["shown"])
def test_an_own_page_that_asks_for_an_internal_answer_is_refused_in_a_published_site(
    condition: str, tmp_path: Path
) -> None:
    page = f"# Own\n\n<!-- policy: where {condition} -->\n\nWords.\n\n<!-- policy: end -->\n"
    answers, policy = complete("federal-bureau")
    draft = draft_with(tmp_path, answers, policy)
    found = {audience: render_book(draft, audience, {"own.md": page}).problems for audience in ("working", "published")}
    assert found["working"] == ()
    messages = [(problem.code, problem.places[0].line, problem.message) for problem in found["published"]]
    hidden = condition in KEPT["pages"]["hidden"]
    assert [(code, line) for code, line, _ in messages] == ([("E201", 3)] if hidden else [])
    assert all("internal answer" in message for _, _, message in messages)
