"""The search index of a site: each provision once, with the words that people use for it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from policywright.draft import draft_of
from policywright.model.catalog import SearchWords
from policywright.model.draft import Draft
from policywright.pages.search_index import FIELDS, arranged
from policywright.pages.search_words import Words, misspelled, separator
from policywright.pages.views.overview import every_provision
from tests.support.agency_files import ROOT, catalog
from tests.support.toy import TOY, draft, pool_catalog

THEIRS = {"lang": ["en"], "separator": "[\\s]+", "pipeline": ["stopWordFilter"], "fields": {"title": {"boost": 1000.0}}}


@pytest.fixture(scope="module")
def village() -> Draft:
    return draft(TOY / "village", pool_catalog())


@pytest.fixture(scope="module")
def sample() -> Draft:
    return draft_of(ROOT / "docs" / "sample")


def entry(location: str, title: str, text: str = "<p>Some words.</p>") -> dict[str, Any]:
    return {"location": location, "title": title, "text": text}


def found(village: Draft, *entries: dict[str, Any], folders: bool = False) -> list[dict[str, Any]]:
    docs: list[dict[str, Any]] = arranged({"config": THEIRS, "docs": [*entries]}, village, folders=folders)["docs"]
    return docs


@pytest.fixture(scope="module")
def anchor(village: Draft) -> str:
    """The anchor of a provision for which the toy catalog has words of the search."""
    return next(one.clause.anchor for one in village.policy.provisions if one.clause.code == "WAT-2")


def test_a_provision_is_a_separate_result_with_the_words_of_the_catalog(village: Draft, anchor: str) -> None:
    (one,) = found(village, entry(f"policy.html#{anchor}", "2.1 Rain"))
    assert one["location"] == f"policy.html?provision={anchor}"
    assert "shower" in one["words"].split()
    (one,) = found(village, entry(f"policy/#{anchor}", "2.1 Rain"), folders=True)
    assert one["location"] == f"policy/?provision={anchor}"


def test_a_provision_that_several_pages_show_is_found_once(village: Draft, anchor: str) -> None:
    repeated = [entry(f"{page}.html#{anchor}", "Rain") for page in ("index", "policy-water", "policy")]
    assert [one["location"] for one in found(village, *repeated)] == [f"policy.html?provision={anchor}"]


def test_a_heading_without_a_text_is_no_result_but_a_page_is(village: Draft) -> None:
    entries = [entry("policy.html", "Rules", ""), entry("policy.html#water", "2 Water", "<p> </p>")]
    assert [one["location"] for one in found(village, *entries)] == ["policy.html"]


def test_what_people_say_for_a_word_of_the_title_is_searched_and_not_shown(village: Draft) -> None:
    wet, dry = found(village, entry("a.html", "1.2 Waters"), entry("b.html", "Sand"))
    assert wet["alike"].split() == ["lagoon", "water"]
    assert "alike" not in dry
    assert (wet["title"], wet["text"]) == ("1.2 Waters", "<p>Some words.</p>")


def test_words_of_the_text_count_only_where_few_texts_have_them(village: Draft) -> None:
    wet, dry = "<p>Clear water.</p>", "<p>Dry sand.</p>"
    few = found(village, *(entry(f"{n}.html", "Sand", dry if n else wet) for n in range(20)))
    many = found(village, *(entry(f"{n}.html", "Sand", wet) for n in range(20)))
    assert "lagoon" in few[0]["near"]
    assert not any("near" in one for one in many)


def test_a_provision_is_found_by_what_the_staff_card_and_its_question_say(village: Draft) -> None:
    warm = next(one for one in village.policy.provisions if one.clause.code == "WAT-1")
    (one,) = found(village, entry(f"policy.html#{warm.clause.anchor}", "1.1 Warm water"))
    asked = [village.catalog.questions[name].help for name in warm.questions]
    assert asked
    assert all(said in one["near"] for said in (warm.staff, *asked))


def test_a_scenario_gives_its_title_and_its_questions_to_the_provisions_that_answer_them(sample: Draft) -> None:
    scenario = sample.catalog.scenarios["leaver-knows-the-password"]
    leavers = next(one for one in sample.policy.provisions if one.clause.id == "MGT-4-leavers")
    (one,) = found(sample, entry(f"policy.html#{leavers.clause.anchor}", "4.7 Access of leavers"))
    assert scenario.title in one["near"]
    assert "Who ends the colleague's access, and when?" in one["near"]
    assert "What must be handed over?" not in one["near"]


def test_no_internal_question_is_searched(sample: Draft) -> None:
    internal = [one for one in sample.catalog.questions.values() if one.sensitivity == "internal"]
    assert internal
    entries = [
        entry(f"{uri.removesuffix('.md')}.html#{one.clause.anchor}", "A") for uri, one in every_provision(sample)
    ]
    index = json.dumps(found(sample, *entries), ensure_ascii=False)
    assert not [one.id for one in internal if one.help in index]
    assert sample.catalog.questions["use.personal_at_work"].help in index


def test_a_group_of_words_has_no_word_that_begins_another_of_it() -> None:
    words = Words(SearchWords(endings=("s",), alike=(("post", "posts", "poster", "new post"),)))
    assert words.members(words.groups_in("a post")) == ["new poster"]


def test_the_index_of_another_theme_stays_as_it_is(village: Draft) -> None:
    for index in ({}, {"docs": [entry("policy.html#water", "Water", "")], "config": {"lang": ["en"]}}):
        assert arranged(index, village, folders=False) == index


def test_the_settings_of_the_theme_stay_apart_from_weights_breaks_and_ignored_words(village: Draft) -> None:
    config = arranged({"config": THEIRS, "docs": []}, village, folders=False)["config"]
    assert config == {**THEIRS, "fields": FIELDS, "separator": separator(village.catalog.search), "pipeline": []}


def test_a_catalog_that_leaves_out_no_words_keeps_those_of_the_theme(village: Draft) -> None:
    silent = replace(village, catalog=replace(village.catalog, search=SearchWords()))
    assert arranged({"config": THEIRS, "docs": []}, silent, folders=False)["config"]["pipeline"] == THEIRS["pipeline"]


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("Can I DELETE a comment?", ["delet", "comment"]),
        ("why was my comment deleted", ["comment", "delet"]),
        ("banned, shutting", ["ban", "shut"]),
        ("access to the accounts", ["access", "account"]),
        ("the city's page", ["city", "page"]),
        ("6.13 P4.2.", ["6.13", "p4.2"]),
        ("what is it", []),
    ],
)
def test_a_question_loses_what_says_nothing(typed: str, left: list[str]) -> None:
    assert Words(catalog().search).split(typed) == left


def test_to_leave_out_endings_twice_is_to_leave_them_out_once() -> None:
    """The theme's highlighting does it again to what its search did."""
    words, said = Words(catalog().search), set()
    for row in catalog().search.rows:
        said |= {part for word in row.words for part in words.split(word)}
    assert len(said) > 100
    assert {part for word in said for part in words.split(word)} == said


def test_the_breaks_have_no_group_that_captures_and_no_part_that_only_looks() -> None:
    """The theme's highlighting counts groups, and drops parts that only look ahead or back."""
    breaks = separator(catalog().search)
    assert re.compile(breaks).groups == 0
    assert not [part for part in breaks.split("|") if not re.sub(r"\(\?[!=<][^)]+\)", "", part)]


def test_without_words_of_the_catalog_only_breaks_are_left_out() -> None:
    assert Words(SearchWords()).split("The guests, and a dog") == ["the", "guests", "and", "dog"]


def test_a_letter_too_few_is_found() -> None:
    assert misspelled("Permission to address", "a pool") == ["permision", "adress", "addres"]
