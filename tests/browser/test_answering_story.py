"""From the scaffold to a published policy without a text editor: offices answer in a browser, and commands do the rest.

With `pytest -s` it prints what the way costs: commands, clicks, keys, words to read and seconds of the machine.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from policywright.approval.sign_offs import standings
from policywright.clock import this_day
from policywright.draft import draft_of
from policywright.drafting.progress import office_progress
from policywright.model.draft import Draft
from tests.support.agency_files import TOWN_ANSWERS, catalog, settled_answers
from tests.support.chromium import NO_SEARCH
from tests.support.in_process import run_here
from tests.support.terminals import in_terminal

pytestmark = [pytest.mark.slow, pytest.mark.browser]

PRESET, MISSING, ADOPTING = "service_desk", "ethics", "the Town Council"
VALUES = settled_answers(registers=False, preset=PRESET)
PATIENCE = 120_000
"""Milliseconds for which a page may wait until a site is built, on a machine that does other things too."""
TOP_OF_START = """() => {
  const article = document.querySelector("article").cloneNode(true);
  article.querySelectorAll("[hidden], template, script, dl, .pw-hidden").forEach((part) => part.remove());
  return article.textContent.split("After you have saved")[0].split(/\\s+/).filter(Boolean).length;
}"""
"""How many words the first page has until the button to save."""


class Town:
    """A repository, the people who answer for it, and what they did."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.done: Counter[str] = Counter()
        self.seconds: dict[str, float] = {}
        self.left = self.files()

    def files(self) -> dict[str, str]:
        paths = [path for path in self.root.rglob("*") if path.is_file() and path.suffix in (".yml", ".md", ".txt")]
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}

    @contextmanager
    def step(self, name: str, kind: str = "") -> Iterator[None]:
        """Count what was changed since the last step, which nobody but a person can have done, and time this one."""
        self.done["files touched by hand"] += len({*self.files().items()} ^ {*self.left.items()})
        begun = time.monotonic()
        yield
        self.seconds[name] = round(self.seconds.get(name, 0) + time.monotonic() - begun, 1)
        if kind:
            self.done[kind] += 1
        self.left = self.files()

    def command(self, *words: str | Path) -> str:
        with self.step(str(words[1] if words[0] == "policywright" else words[0]), "commands"):
            done = run_here(*words, cwd=self.root)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    def draft(self) -> Draft:
        return draft_of(self.root, this_day())


class Person:
    """Somebody with a browser."""

    def __init__(self, page: Page, town: Town) -> None:
        self.page, self.town = page, town

    def opens(self, address: str) -> None:
        self.page.goto(address, timeout=PATIENCE)
        if "/answer/" in address:
            expect(self.page.locator(".pw-ways")).to_be_visible(timeout=PATIENCE)

    def clicks(self, target: Locator) -> None:
        target.click()
        self.town.done["clicks"] += 1

    def types(self, target: Locator, words: str) -> None:
        target.fill(words)
        self.town.done["keystrokes"] += len(words)

    def box(self, question: str) -> Locator:
        """Return a question, in its group that is open."""
        box = self.page.locator(f"[data-question='{question}']")
        group = self.page.locator("details.pw-group[data-part]").filter(has=box)
        if group.count() and not box.is_visible():
            self.clicks(group.locator("summary").first)
        return box

    def chooses(self, question: str, value: Any) -> None:
        """Choose an answer; an empty list is “none”."""
        box = self.box(question)
        self.town.done["answers"] += 1
        if not catalog().questions[question].choices and value:
            self.types(box.locator("textarea, input:not([type=checkbox])").first, str(value))
            return
        for one in (value or [""]) if isinstance(value, list) else [value]:
            kinds = ":is([type=radio], [type=checkbox])"
            self.clicks(box.locator(f"input[value='{one}']{kinds}:not([data-tool])"))

    def states_facts(self) -> None:
        """State every fact that nobody has stated, also those that are asked because of another one."""
        boxes, stated = self.page.locator("section:has(> #facts) [data-question]:visible"), {*TOWN_ANSWERS}
        while names := [name for name in boxes.evaluate_all(QUESTIONS) if name not in stated]:
            stated.add(names[0])
            if not self.page.locator(f"[data-question='{names[0]}']").evaluate(ANSWERED):
                self.chooses(names[0], VALUES[names[0]])

    def meets_a_conflict(self, question: str, value: str, way_out: str, code: str) -> None:
        """Give an answer that contradicts another one, read the conflict, and solve it."""
        conflict = self.page.locator("#pw-conflicts .pw-card", has_text=code)
        expect(conflict).to_have_count(0)
        self.chooses(question, value)
        expect(conflict).to_have_count(1)
        expect(self.box(question).locator(".pw-effect .pw-card", has_text=code)).to_be_visible()
        expect(self.page.locator("#pw-said")).to_contain_text("New conflict:")
        self.chooses(question, way_out)
        expect(conflict).to_have_count(0)
        expect(self.page.locator("#pw-said")).to_contain_text("Resolved:")
        self.town.done["conflicts solved"] += 1

    def saves(self) -> None:
        """Save to the server, which writes the files."""
        with self.town.step("save"):
            self.clicks(self.page.get_by_role("button", name="Save", exact=True))
            expect(self.page.locator("#pw-saved")).to_contain_text("Saved in ", timeout=PATIENCE)
        self.town.done["saves"] += 1

    def downloads(self, folder: Path) -> Path:
        with self.page.expect_download() as waited:
            self.clicks(self.page.get_by_role("button", name="Download the answers"))
        path = folder / waited.value.suggested_filename
        waited.value.save_as(path)
        return path


QUESTIONS = "boxes => boxes.map(box => box.dataset.question)"
ANSWERED = """box => Boolean(box.querySelector("input:checked:not([data-tool])"))
  || [...box.querySelectorAll("textarea, input[type=text]")].some(field => field.value)"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page whose script may not fail."""
    context = browser.new_context(accept_downloads=True, reduced_motion="reduce")
    opened, wrong = context.new_page(), list[str]()
    opened.add_init_script(NO_SEARCH)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    yield opened
    context.close()
    assert not wrong


def test_three_offices_answer_in_a_browser_and_the_policy_is_published(
    scaffold: Path, tmp_path: Path, page: Page
) -> None:
    town = Town(Path(shutil.copytree(scaffold, tmp_path / "town")))
    (tmp_path / "temporary").mkdir()
    person = Person(page, town)
    town.done["commands"] += 2  # cookiecutter, and the server
    begun = time.monotonic()
    with in_terminal(town.root, "--no-browser") as server:
        address = re.findall(r"http://\S+#token=\S+", server.read_until("Press Ctrl-C"))[0]
        town.seconds["answer"] = round(time.monotonic() - begun, 1)
        site = address.partition("answer/")[0]
        answers_the_first_questions(person, address)
        reads_and_prints_the_draft(person, site)
        counsel_answers_from_a_folder(person, tmp_path)
        communications_answers_through_the_server(person, f"{site}answer/communications.html")
        looks_up_the_other_facts(person, f"{site}answer/everything.html")
        server.press(b"\x03")
        server.read_until("Stopped. Everything you saved is in the files.")
    confirms_signs_and_releases(town)
    publishes(town)
    assert town.done["files touched by hand"] == 0
    # What the way costs is for people to read, with “pytest -s”.
    print(f"\n{json.dumps({**town.done, 'seconds': town.seconds}, indent=1)}")  # noqa: T201


def answers_the_first_questions(clerk: Person, address: str) -> None:
    town, page = clerk.town, clerk.page
    clerk.opens(address)
    words = page.evaluate(TOP_OF_START)
    clerk.clicks(page.locator(f"input[value='{PRESET}']"))
    clerk.clicks(page.locator(f"#start-offices input[value='{MISSING}']"))
    for name in (row.question for row in catalog().start if row.question and row.question not in TOWN_ANSWERS):
        clerk.chooses(name, VALUES[name])
    clerk.types(page.get_by_label("Who adopts the policy?"), ADOPTING)
    clerk.types(page.locator("#pw-name"), "A. Clerk")
    clerk.saves()
    # At 200 words a minute, and five seconds for each choice.
    assert words / 200 + town.done["clicks"] / 12 < 10
    town.done |= {"words on Start": words, "clicks on Start": town.done["clicks"]}
    town.done["keystrokes on Start"] = town.done["keystrokes"]
    draft = town.draft()
    assert draft.document.preset == PRESET
    assert draft.document.missing == {MISSING}
    assert draft.document.adoption.body == ADOPTING
    assert not [str(one) for one in draft.findings if one.severity in ("error", "blocker", "warning")]
    assert not [one.number for one in draft.policy.provisions if "to be decided" in one.text]


def reads_and_prints_the_draft(clerk: Person, site: str) -> None:
    """The draft, and what goes to the body that adopts with it."""
    with clerk.town.step("print"):
        clerk.opens(f"{site}answer/start.html")
        links = clerk.page.locator("#then + ol a").evaluate_all("links => links.map(link => link.href)")
        for link in [one for one in links if "#" not in one and "findings" not in one]:
            clerk.opens(link)
            assert len(clerk.page.pdf()) > 10_000
            clerk.town.done["pages printed"] += 1


def counsel_answers_from_a_folder(counsel: Person, folder: Path) -> None:
    """Counsel gets the site as a folder, has no network, and sends a file back."""
    town = counsel.town
    town.command("mkdocs", "build")
    counsel.opens((town.root / "site/answer/legal.html").as_uri())
    counsel.states_facts()
    counsel.meets_a_conflict("comments.blocking", "moderator_discretion", "never", "CIT-14")
    counsel.types(counsel.page.locator("#pw-name"), "B. Counsel")
    assert "not taken" not in town.command("policywright", "take", counsel.downloads(folder))
    answer = town.draft().answers["comments.blocking"]
    assert (answer.value, answer.status) == ("never", "confirmed")


def communications_answers_through_the_server(office: Person, address: str) -> None:
    with office.town.step("page after a change"):
        office.opens(address)
    office.states_facts()
    office.meets_a_conflict("comments.policy_published", "not_published", "website_only", "CIT-11")
    group = office.page.locator("#choices-goals")
    office.clicks(group.locator("summary").first)
    office.clicks(group.get_by_role("button", name="Agree with these"))
    office.types(office.page.locator("#pw-name"), "C. Press")
    office.saves()
    expect(office.page.locator("#pw-conflicts .pw-card:not(.pw-card--advice)")).to_have_count(0)


def looks_up_the_other_facts(clerk: Person, address: str) -> None:
    with clerk.town.step("page after a change"):
        clerk.opens(address)
    blocking = clerk.page.locator("#comments-blocking .pw-q__state")
    expect(blocking).to_contain_text("confirmed by Counsel")
    clerk.states_facts()
    clerk.types(clerk.page.locator("#pw-name"), "A. Clerk")
    clerk.saves()


def confirms_signs_and_releases(town: Town) -> None:
    deciding = [one.role.id for one in office_progress(town.draft()) if one.role.id != MISSING]
    town.command("policywright", "confirm", "--office", ",".join(deciding), "--name", "A. Clerk")
    draft = town.draft()
    assert not [str(one) for one in draft.findings if one.severity != "advice"]
    essential = [one for one in draft.answers.values() if one.question.tier == "essential" and one.asked is True]
    assert {one.status for one in essential if one.question.kind != "fact"} == {"confirmed"}
    signing = dict.fromkeys(one.role for one in standings(draft) if one.required and one.role != MISSING)
    town.command("policywright", "sign", "--office", ",".join(signing), "--by", "A. Clerk")
    assert {one.state for one in standings(town.draft()) if one.required} == {"valid"}
    town.command("policywright", "release", "1.0", "--adopted", this_day())
    assert town.draft().document.status == "approved"


def publishes(town: Town) -> None:
    town.command("mkdocs", "build", "--strict", "--config-file", "mkdocs.publish.yml")
    assert "1.0" in (town.root / "published/policy.html").read_text("utf-8")
    assert not (town.root / "published/answer").exists()
