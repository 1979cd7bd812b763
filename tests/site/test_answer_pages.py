"""The forms in which offices answer, as they are built: whole, small, and readable without a script."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from policywright.agency.confirmations import value_fingerprint
from policywright.draft import draft_of
from policywright.model.catalog import Question
from policywright.model.draft import Draft
from policywright.pages.book import render_book
from policywright.pages.views.forms import SECONDS, minutes_for, part_of_form
from tests.support.agency_files import TOWN_ANSWERS, catalog, draft_with, write_agency

pytestmark = pytest.mark.slow

MOST_BYTES = 120_000
"""A page with its data, packed, as it goes to a browser."""


class Form(HTMLParser):
    """What a form says, question by question."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.questions: dict[str, list[dict[str, str | None]]] = {}
        """Id of each question -> its inputs."""
        self.grouped: set[str] = set()
        """The questions in something that is folded."""
        self.ids: list[str] = []
        self.labels = 0
        self.unlabelled: list[dict[str, str | None]] = []
        self.folded = 0
        self.inside = False
        self.template = 0
        self.question = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a question, an input, or what holds them."""
        said = dict(attrs)
        self.template += tag == "template"
        if self.template:
            return
        self.ids += [str(said["id"])] if "id" in said else []
        self.folded += tag == "details"
        self.labels += tag == "label"
        if "data-question" in said:
            self.question = str(said["data-question"])
            self.questions[self.question] = []
            if self.folded:
                self.grouped.add(self.question)
        if tag in ("input", "textarea", "select") and self.question:
            self.questions[self.question].append(said)
            if not self.labels and "aria-label" not in said:
                self.unlabelled.append(said)

    def handle_endtag(self, tag: str) -> None:
        """Leave what was open."""
        self.template -= tag == "template"
        if not self.template:
            self.folded -= tag == "details"
            self.labels -= tag == "label"

    def chosen(self, question: str) -> list[str]:
        """Return the values that are marked when the page opens."""
        return [str(said["value"]) for said in self.questions[question] if "checked" in said]


@pytest.fixture(scope="module")
def site(working_site: Path) -> Path:
    return working_site / "answer"


@pytest.fixture(scope="module")
def forms(site: Path) -> dict[str, Form]:
    return {path.stem: Form(_article(path)) for path in sorted(site.glob("*.html"))}


def _article(path: Path) -> str:
    return path.read_text("utf-8").partition("<article")[2].partition("</article>")[0]


@pytest.fixture(scope="module")
def draft(working_site: Path) -> Draft:
    return draft_of(working_site.parent)


def offices(forms: dict[str, Form]) -> Iterator[tuple[str, Form]]:
    return ((name, form) for name, form in forms.items() if name not in ("everything", "start"))


def test_every_question_that_is_asked_is_on_the_page_of_its_first_office_and_on_that_of_everything(
    forms: dict[str, Form], draft: Draft
) -> None:
    asked = {name: answer.question.owner for name, answer in draft.answers.items() if answer.asked}
    shown = {name: office for office, form in offices(forms) for name in form.questions}
    assert asked.items() <= shown.items()
    assert sum(len(form.questions) for _, form in offices(forms)) == len(shown)
    assert set(forms["everything"].questions) == set(shown)


def test_the_answer_in_force_is_marked_and_nothing_else(forms: dict[str, Form], draft: Draft) -> None:
    for _, form in offices(forms):
        for name in form.questions:
            answer = draft.answers[name]
            if answer.question.choices:
                value = "unknown" if answer.unknown else answer.value
                wanted = value if isinstance(value, list) else [] if value is None else [value]
                assert sorted(form.chosen(name)) == sorted(wanted or ([""] if value == [] else [])), name


def test_no_fact_is_marked_for_an_agency_that_has_only_chosen_a_preset(tmp_path: Path) -> None:
    draft = draft_with(tmp_path, TOWN_ANSWERS, {"preset": "two_way"})
    form = Form(render_book(draft).pages["answer/everything.md"].text)
    facts = {name for name in form.questions if draft.catalog.questions[name].kind == "fact"} - set(TOWN_ANSWERS)
    assert len(facts) > 20
    assert not [name for name in facts if form.chosen(name)]


def test_each_answer_says_who_confirmed_it_and_home_counts_them(tmp_path: Path) -> None:
    given = TOWN_ANSWERS | {
        "comments.enabled": "some_posts",
        "comments.blocking": "never",
        "stakeholders.involved": "unknown",
    }
    rows = [("comments.enabled", "communications", 1), ("comments.enabled", "legal", 2), ("comments.blocking", "hr", 3)]
    write_agency(tmp_path, given, {"preset": "two_way"})
    questions = catalog().questions
    text = "".join(
        f"- {{question: {name}, fingerprint: {value_fingerprint(questions[name], given[name])}, "
        f"office: {office}, name: '', date: '2026-11-0{day}'}}\n"
        for name, office, day in rows
    )
    (tmp_path / "confirmations.yml").write_text(text, "utf-8")
    pages = {uri: _plain(page.text) for uri, page in render_book(draft_of(tmp_path)).pages.items()}
    seen = "confirmed by Communications Office, 1 November 2026; also seen by Counsel, 2 November 2026"
    for uri in ("answer/everything.md", "answer/communications.md", "stakeholders/communications.md"):
        assert pages[uri].count(seen) == 1, uri
    assert pages["answer/legal.md"].count("given, seen by Human Resources, 3 November 2026") == 1
    assert "assumed by “Moderated two-way”" in pages["answer/legal.md"]
    assert "nobody knows yet" in pages["answer/everything.md"]
    essential = [
        one
        for one in draft_of(tmp_path).answers.values()
        if one.question.tier == "essential" and one.asked is not False
    ]
    asked = [one for one in essential if one.owner == "communications"]
    assert f"| 1 of {len(asked)} |" in pages["index.md"]


def _plain(text: str) -> str:
    return re.sub(r"<[^>]*>", "", text)


def test_an_essential_choice_of_a_careful_office_is_in_no_group(forms: dict[str, Form]) -> None:
    roles = catalog().roles
    careful = [
        question.id
        for question in catalog().questions.values()
        if question.tier == "essential" and question.kind != "fact" and roles[question.owner].one_by_one
    ]
    assert len(careful) > 5
    for _, form in offices(forms):
        assert not form.grouped & set(careful)
    assert {part_of_form(catalog().questions[name], catalog()) for name in careful} == {"single"}


def test_every_input_has_a_label_and_every_id_is_there_once(forms: dict[str, Form]) -> None:
    for name, form in forms.items():
        assert not form.unlabelled, name
        assert len(form.ids) == len(set(form.ids)), name


def test_no_form_is_larger_than_a_poor_line_can_carry(site: Path) -> None:
    sizes = {path.name: len(gzip.compress(path.read_bytes(), 6)) for path in site.glob("*.html")}
    assert len(sizes) > 5
    assert {name: size for name, size in sizes.items() if size > MOST_BYTES} == {}


def test_the_facts_for_the_script_name_the_own_answer_of_each_question(site: Path, draft: Draft) -> None:
    text = _article(site / "everything.html").partition('id="pw-form-facts">')[2].partition("</script>")[0]
    facts = json.loads(text)
    assert facts["agency"] == draft.document.short_name
    for name, said in facts["questions"].items():
        answer = draft.answers[name]
        own = answer.origin == "agency"
        assert (said["was"] is not None) == own, name
        if own and answer.question.type != "records" and not answer.unknown:
            assert said["was"] == answer.value
        assert (said["file"].startswith("registers/")) == (answer.question.type == "records")


def test_a_published_site_has_no_form_and_no_link_to_one(published_site: Path) -> None:
    assert not (published_site / "answer").exists()
    found = [path.name for path in published_site.rglob("*.html") if "answer/" in path.read_text("utf-8")]
    assert not found


def test_the_words_of_an_agency_are_data_in_a_form(tmp_path: Path) -> None:
    words = "</textarea></script><img src=x onerror=alert(1)> {{ x }}"
    answers = TOWN_ANSWERS | {"goals.audiences": [words, "residents"], "conflicts.escalation_owner": words}
    draft = draft_with(tmp_path, answers, {"preset": "two_way"})
    pages = render_book(draft).pages
    for uri in ("answer/communications.md", "answer/executive_sponsor.md", "answer/everything.md"):
        assert "<img" not in pages[uri].text
        assert "{{" not in pages[uri].text
    facts = json.loads(re.findall(r'id="pw-form-facts">(.*)</script>', pages["answer/everything.md"].text)[0])
    assert facts["questions"]["goals.audiences"]["was"] == [words, "residents"]


@pytest.mark.parametrize(("words", "type_", "minutes"), [(0, "choice", 1), (400, "choice", 3), (200, "records", 4)])
def test_the_time_follows_from_words_and_from_the_kind_of_answer(words: int, type_: Any, minutes: int) -> None:
    place = next(iter(catalog().questions.values())).place
    why = " ".join(["word"] * words)
    question = Question(id="a.b", place=place, help="", why=why, type=type_, tier="essential", asked_of=("legal",))
    assert minutes_for([question]) == minutes
    assert SECONDS[type_]


def test_the_first_questions_take_at_most_ten_minutes(site: Path) -> None:
    found = re.search(r"<h1[^>]*>Start: (\d+) questions, about (\d+) minutes", _article(site / "start.html"))
    assert found
    assert int(found[1]) == len(catalog().start) <= 12
    assert int(found[2]) <= 10


@pytest.mark.parametrize("jurisdiction", ["us_local", "us_federal"])
def test_home_promises_as_many_first_questions_as_there_are(jurisdiction: str, tmp_path: Path) -> None:
    answers = TOWN_ANSWERS | {"agency.jurisdiction": jurisdiction}
    scaffolded = {name: answers[name] for name in catalog().scaffold.values() if name in answers}
    pages = render_book(draft_with(tmp_path, scaffolded, {"preset": "two_way"})).pages
    promised, asked = (
        re.search(pattern, pages[uri].text)
        for uri, pattern in (("index.md", r"Answer (\d+) questions"), ("answer/start.md", r"# Start: (\d+) questions"))
    )
    assert promised
    assert asked
    assert promised[1] == asked[1]
