"""A real browser judges answers with rules.js as Node does, from a folder too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from policywright.answering.form_data import form_data
from tests.support.agency_files import TOWN_ANSWERS, draft_with, read_case, with_facts
from tests.support.judged import JUDGE, SCRIPT, said_by_python

pytestmark = pytest.mark.browser

EDGES = """
(cases) => cases.map(({ tree, answers }) => {
  const look = (name) => answers[name] === undefined ? null : answers[name];
  return [policywrightRules.evaluate(tree, look), policywrightRules.openQuestions(tree, look)];
})
"""


def test_a_browser_judges_from_a_folder_as_python_does(browser: Browser, tmp_path: Path) -> None:
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    file = tmp_path / "form.html"
    file.write_text(f"<!doctype html><script>{SCRIPT.read_text('utf-8')}</script>", "utf-8")
    page.goto(file.as_uri())
    cases = read_case("rules_js.yml")["conditions"]
    assert page.evaluate(EDGES, cases) == [[case["is"], case.get("open", [])] for case in cases]
    draft = draft_with(tmp_path / "town", with_facts(TOWN_ANSWERS), {"preset": "two_way"})
    data = form_data(draft)
    [[said]] = page.evaluate(JUDGE, json.loads(json.dumps([[data, [{}]]])))
    python = said_by_python(draft, list(data["questions"]))
    live = {clause["id"] for clause in data["clauses"]}
    assert len(said["in"]) > 200
    assert said == python | {"in": {name: words for name, words in python["in"].items() if name in live}}
    assert not errors
    page.close()
