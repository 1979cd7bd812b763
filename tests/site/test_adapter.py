"""MkDocs and the hook in the process of the tests: a village's site is built, refused, checked and served."""

from __future__ import annotations

import gc
import io
import json
import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from mkdocs.commands.build import build as build_site
from mkdocs.config import load_config

from policywright.clock import NO_DAY
from policywright.mkdocs_site import agency as adapter
from policywright.mkdocs_site.remembered import memory
from policywright.pages.feeds import PAGES
from tests.support.agency_files import run
from tests.support.in_process import begin_here, run_here, unchanged_process
from tests.support.systems import make_pipe


def build(agency: Path, *options: str) -> tuple[int, str]:
    done = run_here("mkdocs", "build", *options, cwd=agency)
    return done.returncode, done.stderr


def publish(agency: Path) -> tuple[int, str]:
    return build(agency, "--config-file", "mkdocs.publish.yml", "--strict")


def test_the_working_site_holds_the_pages_and_the_settings_of_servers(village: Path) -> None:
    status, said = build(village)
    assert status == 0, said
    assert "Findings: " in said
    pages = {row["url"] for row in json.loads((village / "site" / PAGES).read_text("utf-8"))["pages"]}
    assert {"index.html", "policy.html", "findings.html", "guidance/water.html"} <= pages
    assert all((village / "site" / page).is_file() for page in pages)
    assert {path.name for path in (village / "deploy" / "site").iterdir()} == {
        "nginx.conf",
        "apache.conf",
        "web.config",
    }
    page = (village / "site" / "policy.html").read_text("utf-8")
    assert "<title>Rules of the swimming pool - Village of Lower Puddle: Rules of the swimming pool</title>" in page
    assert page.count("assets/policywright.css") == page.count("assets/policywright.js") == 1
    assert 'aria-label="Search"' in page
    assert "There is no such page" in (village / "site" / "404.html").read_text("utf-8")


def test_a_build_leaves_this_process_as_it_was_and_the_hook_by_itself_does_not(village: Path) -> None:
    day = os.environ.get("SOURCE_DATE_EPOCH")
    begin_here(village)
    assert (gc.isenabled(), os.environ.get("SOURCE_DATE_EPOCH")) == (True, day)
    with unchanged_process():
        os.environ.pop("SOURCE_DATE_EPOCH", None)
        adapter.on_startup(command="serve")
        assert gc.isenabled()
        adapter.on_startup(command="build")
        assert (gc.isenabled(), os.environ["SOURCE_DATE_EPOCH"]) == (False, NO_DAY)


def test_a_published_build_is_refused_with_its_reasons(village: Path) -> None:
    status, said = publish(village)
    assert status == 1
    assert "This policy may not be published yet:\n- " in said
    assert not (village / "published").exists()


def test_a_provision_that_another_hook_changes_stops_the_build_and_leaves_no_site(village: Path) -> None:
    let_another_hook_change_words(village)
    status, said = build(village)
    assert status == 1
    assert "mkdocs.yml:1:1: error V102: The provision " in said
    assert not (village / "site").exists()


def test_a_page_of_the_agency_replaces_ours_and_a_page_that_it_excludes_is_not_looked_for(village: Path) -> None:
    (village / "docs" / "own.md").write_text(
        "---\ntitle: <b>Own</b>\n---\n\n# Own\n\n<!-- policy: status -->\n", encoding="utf-8"
    )
    (village / "docs" / "later.md").write_text("# Later\n\n<!-- policy: status -->\n", encoding="utf-8")
    with (village / "mkdocs.yml").open("a", encoding="utf-8") as file:
        file.write("\nexclude_docs: later.md\nextra_css: [own.css]\n")
    (village / "docs" / "own.css").write_text(".theirs {}", encoding="utf-8")
    status, said = build(village)
    assert status == 0, said
    page = (village / "site" / "own.html").read_text("utf-8")
    assert "<title>&lt;b&gt;Own&lt;/b&gt; - " in page
    assert "policy: status" not in page
    assert page.index("assets/policywright.css") < page.index("own.css")
    assert not (village / "site" / "later.html").exists()


def test_many_pages_are_in_the_navigation_but_not_all_on_every_page(village: Path) -> None:
    for number in range(300):
        (village / "docs" / f"page-{number:03}.md").write_text(f"# Page {number}\n", encoding="utf-8")
    status, said = build(village)
    assert status == 0, said
    page = (village / "site" / "page-130.html").read_text("utf-8")
    listed = re.findall(r'href="(page-\d+)\.html" class="md-nav__link', page)
    assert listed[: listed.index("page-100") + 50][-50:] == [f"page-{number}" for number in range(100, 150)]
    assert len(listed) < 100
    assert "page-100 to page-149" in page
    home = (village / "site" / "index.html").read_text("utf-8")
    assert 'href="page-000.html"' in home


def test_the_logo_of_the_design_is_the_theme_s(village: Path) -> None:
    (village / "docs" / "seal.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
    with (village / "policy.yml").open("a", encoding="utf-8") as file:
        file.write("\ndesign: {logo: docs/seal.svg}\n")
    status, said = build(village)
    assert status == 0, said
    assert '<img src="seal.svg" alt="logo">' in (village / "site" / "index.html").read_text("utf-8")


def test_a_file_that_leads_out_of_the_repository_is_left_out(village: Path) -> None:
    (village.parent / "secret.txt").write_text("Quagga", encoding="utf-8")
    (village / "docs" / "seal.txt").symlink_to(village.parent / "secret.txt")
    status, said = build(village)
    assert status == 0, said
    assert "docs/seal.txt:1:1: error E012: This is a link that leads out of the repository" in said
    assert not (village / "site" / "seal.txt").exists()


@pytest.mark.parametrize("extra", ["{policywright: {audience: workng}}", "{policywright: published}"])
def test_a_word_that_is_no_audience_stops_the_build(extra: str, village: Path) -> None:
    (village / "wrong.yml").write_text(f"INHERIT: mkdocs.yml\nextra: {extra}\n", encoding="utf-8")
    status, said = build(village, "--config-file", "wrong.yml")
    assert status == 1
    assert "wrong.yml: extra.policywright.audience is “" in said
    assert "write one of: working, published." in said


def test_a_catalog_that_is_not_there_stops_a_build_and_makes_a_page_for_a_server(village: Path) -> None:
    (village / "policy.yml").write_text("agency: {name: Village}\ncatalog: pol\n", encoding="utf-8")
    status, said = build(village)
    assert status == 1
    assert "There is no catalog “pol”. Did you mean “pool”?" in said
    assert not (village / "site").exists()
    served(village)
    page = (village / "site" / "index.html").read_text("utf-8")
    assert "The policy cannot be drafted" in page
    assert "There is no catalog “pol”" in page


def test_a_server_shows_a_site_that_says_something_else_and_reports_it(village: Path) -> None:
    let_another_hook_change_words(village)
    said = served(village)
    assert "mkdocs.yml:1:1: error V102: The provision " in said
    assert (village / "site" / "index.html").is_file()
    assert not (village / "deploy").exists()


def let_another_hook_change_words(agency: Path) -> None:
    hook = "def on_page_content(html, page, config, files):\n    return html.replace('must', 'may')\n"
    (agency / "hooks" / "other.py").write_text(hook, encoding="utf-8")
    settings = (agency / "mkdocs.yml").read_text("utf-8")
    (agency / "mkdocs.yml").write_text(settings.replace("hooks:\n", "hooks:\n  - hooks/other.py\n"), encoding="utf-8")


def served(agency: Path) -> str:
    """Build a site as `mkdocs serve` does, without its server; return the log."""
    said = io.StringIO()
    with unchanged_process():
        log = logging.getLogger("mkdocs")
        log.handlers[:] = [logging.StreamHandler(said)]
        config = load_config(str(agency / "mkdocs.yml"))
        config.plugins.on_startup(command="serve", dirty=False)
        build_site(config)
        if adapter._build.afterwards is not None:
            adapter._build.afterwards.join()
    return said.getvalue()


@pytest.mark.parametrize("day", ["yesterday", "9" * 20, "-1"])
def test_a_day_from_outside_that_is_none_stops_the_build_with_a_sentence(day: str, village: Path) -> None:
    done = run_here("mkdocs", "build", cwd=village, env={"SOURCE_DATE_EPOCH": day})
    assert done.returncode == 1
    assert f"SOURCE_DATE_EPOCH is “{day}”" in done.stderr
    assert not (village / "site").exists()


def test_a_terminal_that_has_no_curly_quotes_gets_other_signs(village: Path) -> None:
    bare = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": ""}
    (village / "policy.yml").write_text("agency: {nam: Dörflein}\n", encoding="utf-8")
    done = run("mkdocs", "build", "--strict", cwd=village, env=bare)
    assert done.returncode == 1
    assert "Logging error" not in done.stderr
    assert "Traceback" not in done.stderr
    assert "policy.yml:1:10: error E101" in done.stderr


@pytest.mark.parametrize("odd", ["a page in another encoding", "a pipe", "a folder that is named as a page"])
def test_a_server_goes_on_where_a_page_cannot_be_read(odd: str, village: Path) -> None:
    """An error here would end the thread that builds, and the browser would wait forever."""
    page = village / "docs" / "page.md"
    if odd == "a page in another encoding":
        page.write_bytes(b"# Caf\xe9\n")
    elif odd == "a pipe":
        make_pipe(page)
    else:
        page.mkdir()
    said = served(village)
    assert (village / "site" / "index.html").is_file()
    assert "Traceback" not in said
    assert ("docs/page.md" in said) == (odd != "a folder that is named as a page")


PLUG_IN = """
from pathlib import Path
def on_page_content(html, page, **_):
    assert Path(page.file.abs_src_path).is_file(), page.file.src_uri
    return html
def on_post_build(config):
    Path(config.config_file_path).with_name("seen").touch()
"""


def test_a_plug_in_that_opens_the_file_of_each_page_finds_it(village: Path) -> None:
    """As plug-ins for feeds, redirects and tables do."""
    (village / "hooks" / "opens.py").write_text(PLUG_IN, encoding="utf-8")
    settings = (village / "mkdocs.yml").read_text("utf-8")
    (village / "mkdocs.yml").write_text(settings.replace("hooks:\n", "hooks:\n  - hooks/opens.py\n"), encoding="utf-8")
    status, said = build(village)
    assert status == 0, said
    assert (village / "seen").exists()
    assert "policywright-" not in "".join(p.read_text("utf-8") for p in (village / "site").rglob("*.html"))


def test_a_server_shows_after_an_edit_what_a_build_makes(village: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "used", True)
    shown = ("policy.html", "search/search_index.json")
    served(village)
    before = [(village / "site" / name).read_bytes() for name in shown]
    lay_answer(village, "count:\n", "count: 3\n")
    served(village)
    after = [(village / "site" / name).read_bytes() for name in shown]
    monkeypatch.setattr(memory, "used", False)
    monkeypatch.setenv("POLICYWRIGHT_CACHE", str(village.parent / "fresh"))
    assert build(village)[0] == 0
    assert after == [(village / "site" / name).read_bytes() for name in shown] != before


def lay_answer(agency: Path, old: str, new: str) -> None:
    file = agency / "answers" / "lifeguards.yml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_server_watches_for_records_and_folders_that_come_later(
    village: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "used", False)

    class Server:
        def __init__(self) -> None:
            self.watched: dict[str, bool] = {"docs": True, "mkdocs.yml": True}
            self.observer = Observer(0.5)

        def watch(self, path: str, *, recursive: bool = True) -> None:
            self.watched[Path(path).name] = recursive

        def unwatch(self, path: str) -> None:
            del self.watched[Path(path).name]

    @dataclass
    class Observer:
        timeout: float

    server: Any = Server()
    with unchanged_process():
        config = load_config(str(village / "mkdocs.yml"))
        adapter.on_startup(command="serve")
        config.plugins.on_config(config)
        adapter.on_serve(server, config=config)
        (village / "overrides").mkdir()
        config.plugins.on_config(config)
    assert server.watched == {"docs": True, "mkdocs.yml": True, village.name: False, "overrides": True}
    assert server.observer.timeout < 0.5


def test_a_program_that_only_reads_the_settings_finds_the_folder_of_the_finished_site(village: Path) -> None:
    """As mike does, which publishes that folder."""
    with unchanged_process():
        config = load_config(str(village / "mkdocs.yml"))
        adapter.on_startup(command="mike")
        config.plugins.on_config(config)
        adapter.on_shutdown()
    assert Path(config.site_dir) == village / "site"


def test_the_list_of_pages_has_addresses_that_a_program_can_open(village: Path) -> None:
    (village / "docs" / "a#b c?.md").write_text("# Odd\n", encoding="utf-8")
    status, said = build(village)
    assert status == 0, said
    urls = [row["url"] for row in json.loads((village / "site" / PAGES).read_text("utf-8"))["pages"]]
    assert "a%23b%20c%3F.html" in urls
    assert all((village / "site" / unquote(url)).is_file() for url in urls)
