"""The policy and what it rests on as files for programs and spreadsheets: JSON with a schema, and CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from policywright.agency.answers import given_rows
from policywright.exports.papers import Paper
from policywright.exports.report import answer_data, as_json, findings_data, offices_data
from policywright.exports.schemas import schema_name
from policywright.language.conditions import label_of
from policywright.model.agency import Answer
from policywright.model.catalog import PARTS, Choice, Question, Source
from policywright.model.draft import Draft
from policywright.model.existing import ExistingPolicy
from policywright.pages.feeds import FORM, policy_data
from policywright.pages.tables import tables, written
from policywright.pages.views.overview import every_provision
from policywright.pages.views.site import AgencySite
from policywright.pages.wording import said


def instrument_json(paper: Paper, draft: Draft, *, folders: bool = False) -> str:
    """Return an instrument as JSON: the policy as the site has it, with the provisions of this instrument alone."""
    data = policy_data(draft, folders=folders)
    pages = (uri.removesuffix(".md") for uri, _ in every_provision(draft))
    mine = [row for page, row in zip(pages, data["provisions"], strict=True) if page == paper.id]
    about = {"instrument": {"id": paper.id, "title": paper.title}, "fingerprint": paper.fingerprint}
    return as_json({"$schema": schema_name("instrument"), **data, **about, "provisions": mine})


def answers_json(draft: Draft) -> str:
    """Return every answer with its value, and how far the offices are."""
    rows = [_answer(answer) for answer in draft.answers.values()]
    return _file("answers", {"answers": rows, "offices": offices_data(draft)}, draft)


def findings_json(draft: Draft) -> str:
    """Return every finding, as `check --format json` lists them."""
    return _file("findings", findings_data(draft, draft.findings), draft)


def coverage_json(draft: Draft) -> str:
    """Return the existing policies, and what each of them treats."""
    return _file("coverage", {"existing_policies": [_existing(one) for one in draft.existing_policies]}, draft)


def sources_json(draft: Draft) -> str:
    """Return the sources that apply, and the provisions that rest on each."""
    rests: dict[str, list[str]] = {}
    for _, provision in every_provision(draft):
        for key in provision.sources:
            rests.setdefault(key, []).append(provision.clause.id)
    sources = AgencySite(draft.catalog, working=False, draft=draft).sources
    return _file("sources", {"sources": [_source(one, rests.get(one.key, [])) for one in sources]}, draft)


def csv_files(draft: Draft, *, whole: bool) -> dict[str, str]:
    """Return the tables as the site has them: name -> text; with the registers, if the answers may be shown."""
    made = {uri.rpartition("/")[2]: text for uri, text in tables(draft, working=whole).items()}
    return made | (dict(_registers(draft)) if whole else {})


def _registers(draft: Draft) -> Iterator[tuple[str, str]]:
    for answer in draft.answers.values():
        question = answer.question
        if question.register and answer.answered:
            name = question.register.rpartition(".")[0]
            yield f"register-{name}.csv", written([*question.columns], _rows(answer.value, question))


def _rows(rows: Iterable[Mapping[str, Any]], question: Question) -> Iterator[list[str]]:
    for row in rows:
        yield [_cell(row.get(key), key, question) for key in question.columns]


def _cell(value: Any, key: str, question: Question) -> str:
    values = value if isinstance(value, list | tuple) else [value]
    return "; ".join(label_of(question.columns[key], one) for one in values if one is not None)


def _file(kind: str, data: Mapping[str, Any], draft: Draft) -> str:
    document = policy_data(draft, folders=False)["document"]
    return as_json({"$schema": schema_name(kind), "form": FORM, "document": document, **data})


def _answer(answer: Answer) -> dict[str, Any]:
    about = {
        "asks": answer.question.help,
        "value": given_rows(answer.value),
        "said": said(answer),
        "sensitivity": answer.question.sensitivity,
    }
    return {**answer_data(answer), **about}


def _existing(policy: ExistingPolicy) -> dict[str, Any]:
    """Return an existing policy by the parts that the columns of its register play."""
    return {part: _part(getattr(policy, part)) for part in PARTS}


def _part(value: Any) -> str | list[str]:
    if isinstance(value, tuple):
        return list(value)
    return value.value if isinstance(value, Choice) else value or ""


def _source(source: Source, provisions: list[str]) -> dict[str, Any]:
    names = ("key", "title", "citation", "issuer", "kind", "url", "standing", "in_force_from", "checked_on", "evidence")
    return {name: getattr(source, name) for name in names} | {"provisions": provisions}
