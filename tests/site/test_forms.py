"""Everyday Markdown in an agency's clauses passes `check`, is published as it is rendered, and stops no build."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.site.test_hidden import lay, settings
from tests.support.agency_files import bake, empty, read_case
from tests.support.in_process import run_here
from tests.support.toy import SETTLED, TOY, use_pool

FORMS = read_case("forms.yml")
HEAD = "---\ncode: BAT-2\ntitle: Form {}\nlevel: must\nsources: [BATHING]\n---\n"
MORE = """markdown_extensions: [abbr, admonition, attr_list, def_list, footnotes, md_in_html, sane_lists, smarty,
  tables, pymdownx.betterem, pymdownx.caret, pymdownx.details, pymdownx.highlight, pymdownx.magiclink, pymdownx.mark,
  pymdownx.smartsymbols, pymdownx.superfences, pymdownx.tasklist, pymdownx.tilde, {toc: {permalink: ¶}}]
"""


@pytest.fixture(scope="module", autouse=True)
def pool() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        use_pool(patch)
        yield


@pytest.fixture(scope="module", params=["the template's extensions", "many extensions"])
def village(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A village with one clause per form."""
    agency = bake(tmp_path_factory.mktemp("forms"))
    empty(agency)
    shutil.copytree(TOY / "village", agency, dirs_exist_ok=True)
    lay(agency, SETTLED | {"docs/towel.png": "a picture"})
    for number, (text, _) in enumerate(FORMS.values()):
        path = agency / "overrides" / "clauses" / f"BAT-2-form-{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((HEAD.format(number) + text).encode())
    if request.param == "many extensions":
        settings(agency, MORE)
    return agency


def test_check_finds_nothing_wrong_with_any_form(village: Path) -> None:
    done = run_here("policywright", "check", cwd=village)
    assert done.stdout.endswith("0 errors, 0 blockers, 0 gaps, 1 warning, 0 advice; 0 rules undecided.\n"), done.stdout


@pytest.mark.parametrize("audience", ["working", "published"])
def test_every_form_is_on_the_page_and_the_last_check_agrees(village: Path, audience: str) -> None:
    file, site = ("mkdocs.yml", "site") if audience == "working" else ("mkdocs.publish.yml", "published")
    done = run_here("mkdocs", "build", "--strict", "--config-file", file, cwd=village)
    assert done.returncode == 0, done.stderr
    shown = words((village / site / "policy.html").read_text("utf-8"))
    assert [name for name, (_, wanted) in FORMS.items() if words(html.escape(wanted)) not in shown] == []
    assert "Ask counsel" not in shown
    options = ["--published"] if audience == "published" else []
    done = run_here("policywright", "verify", site, ".", *options, cwd=village)
    assert done.returncode == 0, done.stdout


def words(text: str) -> str:
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", "", text)))


def test_a_word_that_is_missing_from_any_form_is_found(village: Path) -> None:
    run_here("mkdocs", "build", cwd=village)
    page = village / "site" / "policy.html"
    before = page.read_text("utf-8")
    for word in ("Friday", "twice", "towels", "whisper", "degrees", "alone"):
        page.write_text(before.replace(word, "nothing"), "utf-8")
        done = run_here("policywright", "verify", "site", cwd=village)
        assert re.search(r"overrides/clauses/BAT-2-form-\d+\.md:1:1: error V102", done.stdout), (word, done.stdout)
    page.write_text(before, "utf-8")
