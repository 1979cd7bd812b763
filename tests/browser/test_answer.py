"""The forms in which offices answer: conflicts while they answer, review, and three ways to save."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, Route, expect
from ruamel.yaml import YAML

from policywright.draft import draft_of
from policywright.model.draft import Draft
from tests.support.agency_files import bake
from tests.support.checkers import AXE
from tests.support.chromium import NO_SEARCH, serve
from tests.support.in_process import run_here
from tests.support.shared import Shared

pytestmark = [pytest.mark.slow, pytest.mark.browser]

CONFLICT = "You want a conversation with the public, but nobody can comment on your pages."
GOAL = "Hold a conversation with the public"
SPONSOR = "ראש העיר"
KEPT = "Object.keys(localStorage).filter(key => key.startsWith('policywright:')).length"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def agency(shared: Shared) -> Path:
    """A town that was only scaffolded, whose name runs from right to left."""
    return shared("answering", _scaffolded) / "exampleton"


def _scaffolded(folder: Path) -> None:
    agency = bake(folder)
    policy = agency / "policy.yml"
    text = policy.read_text("utf-8")
    assert text.count("\noffices:\n") == 1
    policy.write_text(text.replace("\noffices:\n", f"\noffices:\n  executive_sponsor: {SPONSOR}\n"), "utf-8")
    done = run_here("mkdocs", "build", cwd=agency)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def draft(agency: Path) -> Draft:
    return draft_of(agency)


@pytest.fixture(scope="module")
def folder(agency: Path) -> str:
    """The address of the forms in the folder of the site."""
    return f"{(agency / 'site' / 'answer').as_uri()}/"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that remembers nothing yet; a mistake of the script fails the test."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"], reduced_motion="reduce")
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    yield opened
    context.close()
    assert not wrong


def ready(page: Page, address: str) -> None:
    """Open a form, and wait for its script."""
    page.goto(address)
    expect(page.locator(".pw-ways")).to_be_visible()


def group(page: Page, name: str) -> Locator:
    """Open a group of questions."""
    found = page.locator(f"#{name}")
    found.locator("summary").first.click()
    return found


def downloaded(page: Page) -> tuple[str, Any]:
    with page.expect_download() as waited:
        page.get_by_role("button", name="Download the answers").click()
    return waited.value.suggested_filename, json.loads(Path(waited.value.path()).read_text("utf-8"))


def test_a_conflict_appears_and_is_solved_and_the_answers_are_downloaded_from_a_folder(page: Page, folder: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    ready(page, f"{folder}everything.html")
    comments = group(page, "choices-comments").locator("#comments-enabled")
    comments.get_by_label("No, the pages are one-way").check()
    effect = comments.locator(".pw-effect")
    expect(effect.get_by_text(CONFLICT)).to_be_visible()
    expect(effect.get_by_text("What to do: Open comments")).to_be_visible()
    expect(effect.get_by_text(re.compile("provisions? leave"))).to_be_visible()
    expect(page.locator("#pw-said")).to_contain_text(f"New conflict: {CONFLICT}")
    expect(page.locator("#pw-count")).to_have_text("1 conflict")
    effect.get_by_role("link", name="What are your goals for using social media?").click()
    goals = page.locator("#goals-primary")
    goals.get_by_label(GOAL).uncheck()
    model = page.locator("#goals-interaction-model")
    model.get_by_label("We publish and do not converse").check()
    expect(page.locator("#pw-said")).to_contain_text(f"Resolved: {CONFLICT}")
    expect(page.get_by_text(CONFLICT, exact=True)).to_have_count(0)
    page.get_by_label("Your name", exact=True).fill("A. Person")
    page.get_by_label("Date", exact=True).fill("2026-11-30")
    name, file = downloaded(page)
    assert name == "everything.answers.json"
    answers = file.pop("answers")
    assert file == {
        "format": "policywright answers 1",
        "catalog": "social-media",
        "version": file["version"],
        "agency": "the Town",
        "office": "",
        "name": "A. Person",
        "date": "2026-11-30",
    }
    assert answers["comments.enabled"] == {"value": "off", "was": None, "change": "set"}
    assert answers["goals.interaction_model"] == {"value": "broadcast_only", "was": None, "change": "set"}
    assert answers["goals.primary"]["value"] == ["inform_broadcast", "transparency_accountability"]
    assert len(answers) == 3
    assert {url.partition(":")[0] for url in asked} <= {"file", "blob", "data"}


def test_the_answer_of_another_office_is_named_where_it_takes_part(page: Page, folder: str) -> None:
    ready(page, f"{folder}communications.html")
    comments = group(page, "choices-comments").locator("#comments-enabled")
    comments.get_by_label("No, the pages are one-way").check()
    other = comments.locator(".pw-card li").first
    expect(other).to_contain_text("What are your goals for using social media?")
    expect(other).to_contain_text("The preset assumes “")
    expect(other).to_contain_text(f"{GOAL}; ")
    expect(other).to_contain_text(f"({SPONSOR}).")
    comments.get_by_role("button", name="Undo my change").click()
    expect(comments.locator(".pw-effect")).to_be_empty()
    expect(page.locator("#pw-count")).to_be_hidden()
    expect(comments.get_by_label("Yes, on every post")).to_be_checked()


def test_a_group_is_agreed_to_at_once_but_only_when_it_is_open(page: Page, folder: str) -> None:
    ready(page, f"{folder}communications.html")
    button = page.locator("#choices-goals").get_by_role("button", name="Agree with these")
    expect(button).to_be_hidden()
    goals = group(page, "choices-goals")
    number = goals.locator("fieldset.pw-q:visible").count()
    expect(button).to_have_text(f"Agree with these {number}")
    button.click()
    expect(goals.locator("[data-tool=agree]:checked")).to_have_count(number)
    expect(button).to_be_hidden()
    _, file = downloaded(page)
    assert {answer["change"] for answer in file["answers"].values()} == {"confirm"}
    assert len(file["answers"]) == number
    assert file["office"] == "communications"


def test_choices_with_legal_risk_are_agreed_to_one_at_a_time(page: Page, folder: str, draft: Draft) -> None:
    for name in ("legal", "everything"):
        ready(page, f"{folder}{name}.html")
        held = page.locator("details [data-question]").evaluate_all("all => all.map(one => one.dataset.question)")
        grouped = [draft.catalog.questions[question] for question in held]
        careful = {role.id for role in draft.catalog.roles.values() if role.one_by_one}
        assert careful
        assert not [one.id for one in grouped if one.asked_of[0] in careful and one.tier == "essential"]
    ready(page, f"{folder}legal.html")
    question = page.locator("#comments-blocking")
    question.get_by_label("We agree with this answer").check()
    _, file = downloaded(page)
    assert file["answers"]["comments.blocking"]["change"] == "confirm"


def test_a_question_appears_when_it_is_asked_and_another_assumption_follows(page: Page, folder: str) -> None:
    ready(page, f"{folder}everything.html")
    group(page, "choices-comments").locator("#comments-enabled").get_by_label("No, the pages are one-way").check()
    expect(page.locator("#comments-blocking")).to_be_hidden()
    page.locator("#comments-enabled").get_by_label("Yes, on some posts").check()
    expect(page.locator("#comments-blocking")).to_be_visible()


def test_a_register_has_rows_and_a_row_that_lacks_something_is_named(page: Page, folder: str) -> None:
    ready(page, f"{folder}communications.html")
    register = page.locator("#existing-register")
    first = register.locator(".pw-row").first
    first.get_by_label("Its number or citation").fill("HR 12")
    register.get_by_role("button", name="Add an entry").click()
    expect(register.locator(".pw-row")).to_have_count(2)
    expect(register.locator(".pw-row").nth(1).get_by_label("The title, as the document gives it")).to_be_focused()
    page.get_by_role("button", name="Download the answers").click()
    summary = page.locator("#pw-errors")
    expect(summary).to_be_focused()
    summary.get_by_role("link").first.click()
    expect(first.get_by_label("The title, as the document gives it")).to_be_focused()
    page.keyboard.type("מדיניות")
    first.get_by_label("What do you do with it?").select_option(label="Leave it as it is and refer to it")
    _, file = downloaded(page)
    assert file["answers"]["existing.register"] == {
        "value": [{"title": "מדיניות", "reference": "HR 12", "disposition": "reference"}],
        "was": None,
        "change": "set",
    }
    register.get_by_role("button", name="Remove this entry").first.click()
    register.get_by_label("There are none").check()
    _, file = downloaded(page)
    assert file["answers"]["existing.register"]["value"] == []


def test_a_fact_may_be_unknown_and_no_fact_is_chosen_for_anybody(page: Page, folder: str) -> None:
    ready(page, f"{folder}communications.html")
    facts = page.locator("section:has(> #facts) [data-question]")
    assert facts.count() > 3
    expect(facts.locator(".pw-choice input:checked")).to_have_count(0)
    involved = page.locator("#stakeholders-involved")
    involved.get_by_label("Records management").check()
    involved.get_by_label(re.compile("We do not know yet; ask ")).check()
    _, file = downloaded(page)
    assert file["answers"] == {"stakeholders.involved": {"value": "unknown", "was": None, "change": "set"}}


def test_the_copied_yaml_says_what_the_answers_file_says(page: Page, folder: str) -> None:
    ready(page, f"{folder}communications.html")
    group(page, "optional-goals").locator("#goals-audiences").locator("textarea").fill("it's us: #1\nno\n")
    page.get_by_label("Your name", exact=True).focus()
    page.locator("#pw-yaml summary").click()
    expect(page.locator("#pw-yaml h3")).to_have_text(["answers/goals.yml"])
    page.get_by_role("button", name="Copy answers/goals.yml").click()
    expect(page.locator("#pw-said")).to_have_text("Copied.")
    text = page.evaluate("navigator.clipboard.readText()")
    assert YAML(typ="safe").load(text) == {"audiences": ["it's us: #1", "no"]}


def test_nothing_is_kept_unless_the_person_wants_it(page: Page, folder: str) -> None:
    kept: Callable[[], int] = lambda: page.evaluate(KEPT)  # noqa: E731
    ready(page, f"{folder}legal.html")
    page.locator("#comments-blocking").get_by_label("We agree with this answer").check()
    assert not kept()
    page.get_by_label("Keep my answers in this browser").check()
    page.reload()
    expect(page.locator("#comments-blocking").get_by_label("We agree with this answer")).to_be_checked()
    page.get_by_label("Keep my answers in this browser").uncheck()
    assert not kept()


# Saving to the server that the page came from


class Server:
    """Answers as `policywright answer` does."""

    def __init__(self, page: Page) -> None:
        self.said: dict[str, Any] = {"saved": True, "written": ["answers/comments.yml"]}
        self.status = 200
        self.requests: list[Request] = []
        page.route("**/-/session", lambda route: route.fulfill(json={"server": True, "agency": "the Town"}))
        page.route("**/-/save", self.save)

    def save(self, route: Route) -> None:
        self.requests.append(route.request)
        route.fulfill(json=self.said, status=self.status)


@pytest.fixture
def server(page: Page) -> Server:
    return Server(page)


@pytest.fixture(scope="module")
def address(agency: Path) -> Iterator[str]:
    with serve(agency / "site") as started:
        yield started


def test_answers_are_saved_to_the_server_with_the_token_which_leaves_the_address(
    page: Page, address: str, server: Server
) -> None:
    ready(page, f"{address}answer/legal.html#token=abc123")
    assert page.url == f"{address}answer/legal.html"
    page.locator("#comments-blocking").get_by_label("We agree with this answer").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#pw-saved")).to_have_text("Saved. Written: answers/comments.yml.")
    expect(page.locator("#pw-saved")).to_be_focused()
    [request] = server.requests
    assert request.headers["x-policywright-token"] == "abc123"
    sent = json.loads(request.post_data or "")
    assert sent["answers"]["comments.blocking"]["change"] == "confirm"
    assert "replace" not in sent
    page.reload()
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()


def test_a_different_answer_is_replaced_only_if_the_person_says_so(page: Page, address: str, server: Server) -> None:
    ready(page, f"{address}answer/communications.html#token=abc123")
    group(page, "choices-comments").locator("#comments-enabled").get_by_label("No, the pages are one-way").check()
    conflict = {"question": "comments.enabled", "here": "some_posts", "there": "off", "message": "Counsel said so."}
    server.said = {"saved": False, "written": [], "conflicts": [conflict], "message": "Somebody answered meanwhile."}
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#pw-saved")).to_contain_text("Somebody answered meanwhile.")
    choice = page.locator("[data-conflict]")
    expect(choice.get_by_label("Theirs: Yes, on some posts")).to_be_checked()
    choice.get_by_label("Replace it with mine: No, the pages are one-way").check()
    server.said = {"saved": True, "written": ["answers/comments.yml"]}
    page.get_by_role("button", name="Save with these decisions").click()
    expect(page.locator("#pw-saved")).to_contain_text("Saved.")
    assert json.loads(server.requests[1].post_data or "")["replace"] == ["comments.enabled"]


@pytest.mark.parametrize("status", [400, 403, 409])
def test_a_refusal_is_shown_and_nothing_is_lost(status: int, page: Page, address: str, server: Server) -> None:
    ready(page, f"{address}answer/legal.html#token=abc123")
    page.locator("#comments-blocking").get_by_label("We agree with this answer").check()
    server.said, server.status = {"message": "The lock is held."}, status
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#pw-saved")).to_have_text("The lock is held.")
    expect(page.locator("#pw-review")).to_contain_text("Agreed (1)")


def test_a_page_without_a_token_asks_no_server(page: Page, address: str, server: Server) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    ready(page, f"{address}answer/legal.html")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_hidden()
    assert not [url for url in asked if "/-/" in url]


# The first questions


def test_the_first_questions_choose_the_preset_and_the_offices(page: Page, folder: str) -> None:
    ready(page, f"{folder}start.html")
    assert page.locator("form > fieldset.pw-q").count() <= 12
    page.get_by_label("Service desk").check()
    hint = page.locator("#comments-direct-messages .pw-q__assumed")
    expect(hint).to_have_text("If you leave this out, the draft says: “Yes, and somebody reads them”.")
    page.locator("#start-offices").get_by_label("Ethics").uncheck()
    page.locator("#comments-enabled").get_by_label("Yes, on some posts").check()
    usual = page.locator("#start-adoption [data-tool=usual]")
    expect(usual).to_have_text("If you leave this out, it is the governing body.")
    page.get_by_label("Who adopts the policy?").fill("  the “Council” #1 ")
    expect(usual).to_be_hidden()
    expect(page.locator("#pw-review")).to_contain_text("Who adopts the policy?the “Council” #1")
    page.get_by_text("Copy as YAML, file by file").click()
    expect(page.locator(".pw-yaml").get_by_role("region", name="policy.yml")).to_contain_text(
        "adoption:\n  body: 'the “Council” #1'"
    )
    name, file = downloaded(page)
    assert name == "start.answers.json"
    assert file["answers"] == {
        "comments.enabled": {"value": "some_posts", "was": None, "change": "set"},
        "policy.preset": {"value": "service_desk", "was": "two_way", "change": "set"},
        "policy.offices": {"value": {"ethics": "none"}, "was": {}, "change": "set"},
        "policy.adoption": {"value": "the “Council” #1", "was": None, "change": "set"},
    }


def test_the_first_page_shows_the_conflicts_of_its_answers_and_of_the_chosen_preset(
    page: Page, folder: str, draft: Draft
) -> None:
    rules = draft.catalog.rules
    ready(page, f"{folder}start.html")
    conflicts = page.locator("#pw-conflicts .pw-card")
    expect(conflicts).to_have_count(sum(one.code in rules for one in draft.findings))
    page.locator("#goals-primary").get_by_label(GOAL).check()
    page.locator("#comments-enabled").get_by_label("No, the pages are one-way").check()
    effect = page.locator("#comments-enabled .pw-effect")
    expect(effect.get_by_text(CONFLICT)).to_be_visible()
    expect(effect.get_by_text("What to do: Open comments")).to_be_visible()
    expect(effect.get_by_text("How interactive do you mean to be? The preset assumes")).to_be_visible()
    expect(page.locator("#pw-said")).to_contain_text(f"New conflict: {CONFLICT}")
    expect(page.get_by_text("The text of the policy stays the same.").locator("visible=true")).to_have_count(0)
    expect(page.get_by_text("We agree with this answer").locator("visible=true")).to_have_count(0)
    page.get_by_label("One-way noticeboard").check()
    page.locator("#goals-primary").get_by_label(GOAL).uncheck()
    expect(page.locator("#pw-said")).to_contain_text(f"Resolved: {CONFLICT}")
    expect(conflicts.get_by_text(CONFLICT, exact=True)).to_have_count(0)


def test_the_first_page_follows_the_offices_and_the_kind_of_body(page: Page, folder: str) -> None:
    ready(page, f"{folder}start.html")
    page.locator("#comments-enabled").get_by_label("No, the pages are one-way").check()
    usual = page.locator("#start-adoption [data-tool=usual]")
    expect(usual).to_have_text("If you leave this out, it is the governing body.")
    page.locator("#agency-type").get_by_label("School", exact=False).first.check()
    expect(usual).to_have_text("If you leave this out, it is the governing board.")


def test_a_conflict_about_the_preset_and_the_offices_is_decided_on_the_page(
    page: Page, address: str, server: Server
) -> None:
    ready(page, f"{address}answer/start.html#token=abc123")
    page.get_by_label("Service desk").check()
    page.locator("#start-offices").get_by_label("Ethics").uncheck()
    page.get_by_label("Who adopts the policy?").fill("the Council")
    expect(page.locator("#pw-review")).to_contain_text("the Council")
    server.said = {
        "saved": False,
        "conflicts": [
            {"question": "policy.preset", "here": "one_way", "there": "service_desk", "message": ""},
            {"question": "policy.offices", "here": {"ethics": "the Board"}, "there": {"ethics": "none"}, "message": ""},
            {"question": "policy.adoption", "here": "the Board", "there": "the Council", "message": ""},
        ],
    }
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[data-conflict]")).to_have_count(3)
    preset, offices, body = page.locator("[data-conflict]").all()
    expect(preset.get_by_text("Theirs: One-way noticeboard")).to_be_visible()
    expect(offices.get_by_text("Theirs: Ethics: the Board")).to_be_visible()
    expect(offices.get_by_text("Replace it with mine: no Ethics")).to_be_visible()
    expect(body.get_by_text("Theirs: the Board")).to_be_visible()
    expect(body.get_by_text("Replace it with mine: the Council")).to_be_visible()
    preset.get_by_label("Replace it with mine: Service desk").check()
    server.said = {"saved": True, "written": ["policy.yml"]}
    page.get_by_role("button", name="Save with these decisions").click()
    expect(page.locator("#pw-saved")).to_contain_text("Saved.")
    sent = json.loads(server.requests[1].post_data or "")
    assert sent["replace"] == ["policy.preset"]
    assert [*sent["answers"]] == ["policy.preset"], "the office keeps its name"
    expect(page.locator("#start-offices").get_by_label("Ethics")).to_be_checked()
    expect(page.get_by_label("Who adopts the policy?")).to_have_value("")


def test_home_leads_to_the_first_questions_and_an_answer_to_its_form(page: Page, folder: str) -> None:
    page.goto(folder.replace("/answer/", "/index.html"))
    page.locator("#next").get_by_role("link", name="Start").click()
    expect(page).to_have_url(f"{folder}start.html")
    page.goto(folder.replace("/answer/", "/stakeholders/communications.html"))
    page.get_by_role("link", name=re.compile("Change.*May people comment on your posts")).click()
    expect(page).to_have_url(f"{folder}communications.html#comments-enabled")
    expect(page.locator("#comments-enabled")).to_be_in_viewport()


# For everybody


@pytest.mark.tools
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_a_form_in_use_has_no_barrier_and_does_not_scroll_sideways(
    scheme: Any, width: int, browser: Browser, folder: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce")
    page.add_init_script(path=AXE)
    page.add_init_script(NO_SEARCH)
    # A scheme changes colors only, and a width the layout; every kind of part is in the page of one office.
    for name in ("communications", "legal", "start") if (scheme, width) == ("light", 1280) else ("legal",):
        ready(page, f"{folder}{name}.html")
        page.evaluate("for (const part of document.querySelectorAll('article details')) part.open = true")
        page.locator("[data-question] input:not(:checked):visible").first.check()
        if name == "communications":
            page.locator("#comments-enabled").get_by_label("No, the pages are one-way").check()
        page.get_by_role("button", name="Download the answers").click()
        found = page.evaluate(
            "async tags => (await axe.run({runOnly: tags, resultTypes: ['violations'], preload: false})).violations"
            ".flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.target}`))",
            TAGS,
        )
        assert not found, name
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), name
    page.close()


def test_an_office_answers_with_the_keyboard_alone(page: Page, folder: str) -> None:
    ready(page, f"{folder}ethics.html")

    def tab_to(selector: str) -> None:
        for _ in range(400):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                expect(page.locator(":focus")).to_be_in_viewport()
                return
        raise AssertionError(f"The Tab key never reaches {selector}")

    tab_to("#choices-conduct > summary")
    page.keyboard.press("Enter")
    tab_to("[name='conduct.political_rule']")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#conduct-political-rule .pw-q__mark")).to_have_text("changed here")
    tab_to("#choices-content > summary")
    page.keyboard.press("Enter")
    tab_to("#choices-content [data-tool=agree-all]")
    page.keyboard.press("Enter")
    tab_to("#pw-name")
    page.keyboard.type("A. Person")
    tab_to("#pw-download")
    with page.expect_download() as waited:
        page.keyboard.press("Enter")
    file = json.loads(Path(waited.value.path()).read_text("utf-8"))
    assert file["name"] == "A. Person"
    assert {answer["change"] for answer in file["answers"].values()} == {"set", "confirm"}


def test_without_its_script_a_form_is_read_and_says_that_it_cannot_save(browser: Browser, folder: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{folder}communications.html")
    expect(page.get_by_text("Without JavaScript you can read and print this page")).to_be_visible()
    expect(page.locator("#comments-enabled").get_by_label("Yes, on every post")).to_be_checked()
    expect(page.locator("#comments-enabled .pw-puts")).to_contain_text("Anyone may comment on every post")
    expect(page.locator(".pw-ways, .pw-bar, [data-tool]:visible")).to_have_count(2)
    expect(page.locator(".pw-ways")).to_be_hidden()
    context.close()


def test_the_conflicts_that_a_form_shows_are_those_that_check_finds(page: Page, working_site: Path) -> None:
    draft = draft_of(working_site.parent)
    rules = draft.catalog.rules
    found = {(one.code, one.message) for one in draft.findings if one.code in rules}
    assert len(found) > 5
    shown: set[tuple[str, str]] = set()
    for file in sorted((working_site / "answer").glob("*.html")):
        if file.stem != "start":
            ready(page, file.as_uri())
            cards = page.locator("#pw-conflicts .pw-card").evaluate_all(
                "cards => cards.map(card => [card.querySelector('.pw-code').innerText, card.children[1].textContent])"
            )
            mine = {(code, message) for code, message in cards}
            assert mine <= found, file.name
            assert mine == found or file.stem != "everything", found - mine
            shown |= mine
    assert shown == found
