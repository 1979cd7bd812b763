"""An agency's site: what the real `mkdocs build` and `mkdocs serve` make of answers, good and bad."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.support.agency_files import TOWN_ANSWERS, bake, read_case, run, settled_answers, write_agency
from tests.support.in_process import begin_here, run_here
from tests.support.served import served

pytestmark = pytest.mark.slow

CASES = read_case("site.yml")

Make = Callable[..., Path]


@pytest.fixture(scope="module")
def scaffold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town that answered what cookiecutter asks, and nothing else."""
    return bake(tmp_path_factory.mktemp("scaffold"))


@pytest.fixture
def make(scaffold: Path, tmp_path: Path) -> Make:
    """Write an agency's whole repository with these answers."""

    def made(answers: Mapping[str, Any] | None = None, policy: Mapping[str, Any] | None = None) -> Path:
        shutil.copytree(scaffold, tmp_path / "agency", ignore=shutil.ignore_patterns("answers"))
        return write_agency(tmp_path / "agency", answers, policy)

    return made


def build(agency: Path, *options: str | Path) -> Any:
    return run_here("mkdocs", "build", *options, cwd=agency)


def lay(agency: Path, files: Mapping[str, str | None]) -> None:
    """Write files into a repository; None deletes one."""
    for name, text in files.items():
        path = agency / name
        path.unlink(missing_ok=True)
        if text is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def contents(folder: Path, *without: str) -> dict[str, bytes]:
    """Return the files of a folder, except those in these subfolders."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    names = {path.relative_to(folder): path for path in paths}
    return {name.as_posix(): path.read_bytes() for name, path in names.items() if name.parts[0] not in without}


class Html(HTMLParser):
    """The text of a page's article as a reader sees it, and the addresses that the page loads by itself."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.text = ""
        self.loads: list[str] = []
        self.depth = 0
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.depth += tag == "article"
        if tag != "a":
            self.loads += [value or "" for name, value in attrs if name in ("src", "srcset", "href", "data", "action")]

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "article"

    def handle_data(self, data: str) -> None:
        if self.depth and self.cdata_elem is None:
            self.text += data

    @property
    def shown(self) -> str:
        return " ".join(self.text.split())


def pages(site: Path) -> dict[str, Html]:
    return {path.relative_to(site).as_posix(): Html(path) for path in sorted(site.rglob("*.html"))}


@pytest.mark.parametrize("case", CASES["stops"].values(), ids=CASES["stops"])
def test_a_build_without_ground_to_stand_on_stops_with_one_message(case: dict[str, Any], make: Make) -> None:
    agency = make()
    lay(agency, case["files"])
    done = build(agency, "--config-file", case.get("config", "mkdocs.yml"))
    assert done.returncode == 1
    assert all(words in done.stderr for words in case["says"]), done.stderr
    assert done.stderr.count("ERROR") == 1, done.stderr
    assert "WARNING" not in done.stderr
    assert "Traceback" not in done.stderr
    assert not (agency / "site").exists()


@pytest.mark.parametrize("case", CASES["reports"].values(), ids=CASES["reports"])
def test_a_build_reports_what_it_found_and_counts_errors_and_blockers_as_warnings(
    case: dict[str, Any], make: Make
) -> None:
    agency = make()
    lay(agency, case["files"])
    warnings, said = begin_here(agency)
    assert all(words in said for words in case["says"]), said
    assert bool(warnings) == bool(case["strict"]), said


SHOWN = {name: case for name, case in CASES["reports"].items() if "places" in case}


@pytest.mark.parametrize("case", SHOWN.values(), ids=SHOWN)
def test_a_strict_build_fails_on_errors_and_blockers(case: dict[str, Any], make: Make) -> None:
    agency = make()
    lay(agency, case["files"])
    done = run("mkdocs", "build", "--strict", cwd=agency)
    assert done.returncode == case["strict"], done.stderr
    assert all(words in done.stderr for words in case["says"]), done.stderr
    assert "Traceback" not in done.stderr
    # A strict build that fails puts no site in place, so the pages are those of one that is not strict.
    if case["strict"]:
        assert not (agency / "site").exists()
        run_here("mkdocs", "build", cwd=agency)
    for page, words in case.get("places", {}).items():
        shown = Html(agency / "site" / page).shown
        assert all(word in shown for word in words), shown


def test_the_cases_hold_strict_builds_of_both_ends() -> None:
    assert {case["strict"] for case in SHOWN.values()} == {0, 1}


def test_errors_and_blockers_do_not_stop_a_build_that_is_not_strict(make: Make) -> None:
    agency = make({"comments.enabled": "off", "comments.appeal": "maybe", "goals.primary": ["two_way_engagement"]})
    done = build(agency)
    assert done.returncode == 0, done.stderr
    findings = Html(agency / "site" / "findings.html").shown
    assert "Errors (1)" in findings
    assert "Blockers (1)" in findings


def test_a_build_writes_only_into_folders_that_git_ignores(make: Make) -> None:
    agency = make({"goals.audiences": ["Residents"]})
    lay(agency, {"docs/own.md": "# Own\n\n<!-- policy: answers goals -->\n"})
    ignored = [line.rstrip("/") for line in (agency / ".gitignore").read_text("utf-8").split()]
    before = contents(agency)
    assert build(agency).returncode == 0
    assert contents(agency, *ignored) == before
    assert (agency / "site" / "own.html").exists()


def test_a_build_that_fails_leaves_the_last_site_as_it_was(make: Make) -> None:
    agency = make()
    assert build(agency).returncode == 0
    before = contents(agency)
    policy = (agency / "policy.yml").read_text("utf-8")
    lay(agency, {"policy.yml": None})
    assert build(agency).returncode == 1
    lay(agency, {"policy.yml": policy})
    assert contents(agency) == before


def test_two_builds_of_the_same_answers_are_the_same_bytes(make: Make, tmp_path: Path) -> None:
    """In another folder, time zone, language and hash seed, with a separate cache, and with what it remembers."""
    agency = make(policy={"preset": "two_way"})
    elsewhere = tmp_path / "another folder" / "ägency"
    shutil.copytree(agency, elsewhere)
    here = {"TZ": "America/Lima", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}
    there = {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "77", "POLICYWRIGHT_CACHE": str(tmp_path / "cache")}
    built = []
    for folder, settings in ((agency, here), (elsewhere, there), (elsewhere, there)):
        done = run("mkdocs", "build", cwd=folder, env=settings)
        assert done.returncode == 0, done.stdout + done.stderr
        built.append(contents(folder / "site"))
    assert built[0] == built[1] == built[2]
    assert len(list((tmp_path / "cache").glob("*.made"))) > 100
    # Another answer changes a few parts of large pages; the rest is what was remembered of them.
    lay(elsewhere, {"answers/goals.yml": json.dumps({"audiences": ["A few neighbors"]})})
    assert run("mkdocs", "build", cwd=elsewhere, env=there).returncode == 0
    edited = contents(elsewhere / "site")
    fresh = there | {"POLICYWRIGHT_CACHE": str(tmp_path / "fresh")}
    assert run("mkdocs", "build", cwd=elsewhere, env=fresh).returncode == 0
    assert contents(elsewhere / "site") == edited
    assert b"A few neighbors" in edited["policy.html"]


def test_rendered_pages_built_without_the_hook_say_the_same(make: Make, tmp_path: Path) -> None:
    agency = make(
        TOWN_ANSWERS | {"comments.enabled": "off", "goals.primary": ["two_way_engagement"]}, {"preset": "two_way"}
    )
    lay(agency, {"docs/own.md": "# Own\n\n<!-- policy: findings -->\n"})
    assert build(agency).returncode == 0
    rendered = tmp_path / "rendered"
    done = run_here("policywright", "render", agency, "--out", rendered)
    assert done.returncode == 0, done.stderr
    assert "hooks" not in (rendered / "mkdocs.yml").read_text("utf-8")
    assert build(rendered, "--strict").returncode == 0
    hooked, plain = pages(agency / "site"), pages(rendered / "site")
    assert set(hooked) == set(plain)
    assert [name for name in set(hooked) - {"404.html"} if hooked[name].shown != plain[name].shown] == []
    assert len(hooked["policy.html"].shown) > 20_000


@pytest.mark.parametrize("name", ["working_site", "published_site", "own_site"])
def test_no_page_loads_anything_from_the_network(name: str, request: pytest.FixtureRequest) -> None:
    site: Path = request.getfixturevalue(name)
    outside = re.compile(r"^\s*(https?:)?//")
    loaded = {name: [word for word in page.loads if outside.match(word)] for name, page in pages(site).items()}
    assert all(page.loads for page in pages(site).values())
    assert not {name: words for name, words in loaded.items() if words}
    styles = {path.name: path.read_text("utf-8") for path in site.rglob("*.css")}
    assert styles
    assert not [name for name, text in styles.items() if re.search(r"(url\(|@import)\s*[\"']?(https?:)?//", text)]


def test_the_words_of_policy_yml_are_shown_and_never_run(make: Make) -> None:
    title = 'Rules <b>& "{{ y }}"</b> &amp; </title><script>alert(1)</script>'
    agency = make(policy={"title": title, "owner": title, "offices": {"legal": title}, "version": "<i>1</i>"})
    assert build(agency, "--strict").returncode == 0
    texts = {path.name: path.read_text("utf-8") for path in (agency / "site").rglob("*.html")}
    assert not [name for name, text in texts.items() if "<script>alert" in text or "<b>&" in text]
    shown = re.search("<title>(.*?)</title>", texts["policy.html"])
    assert shown
    assert html.unescape(shown[1]) == f"{title} - Town of Exampleton: {title}"
    assert f"Owner{title}" in Html(agency / "site" / "policy.html").shown


def publish(agency: Path) -> Any:
    return build(agency, "--config-file", "mkdocs.publish.yml", "--strict")


def test_the_published_build_refuses_with_every_reason(make: Make) -> None:
    wrong = {"comments.enabled": "off", "goals.primary": ["two_way_engagement"], "comments.appeal": "maybe"}
    agency = make(TOWN_ANSWERS | wrong, {"preset": "two_way"})
    lay(agency, {"docs/own.md": "# Own\n\n<!-- policy: anwers goals -->\n"})
    done = publish(agency)
    assert done.returncode == 1
    reasons = done.stderr.partition("This policy may not be published yet:")[2]
    expected = [
        "error E1",
        "“maybe”",
        "blocker GOAL-01: ",
        "gap G101: This essential question is open: ",
        "gap G102: ",
        "is undecided; it waits for ",
        "docs/own.md:3:1: error E201: There is no shortcode “anwers”.",
    ]
    assert [words for words in expected if words not in reasons] == []
    assert "Traceback" not in done.stderr
    assert not (agency / "published").exists()


def test_the_published_build_succeeds_when_everything_is_settled(published_site: Path) -> None:
    names = set(pages(published_site))
    assert {"index.html", "policy.html", "guidance/goals.html", "checklists/launch.html"} <= names
    inner = {"findings.html", "stakeholders.html", "existing-policies.html", "first-steps/goals.html"}
    assert not names & inner
    assert not any(name.startswith("first-steps/") for name in names)


def test_the_published_site_holds_no_internal_words(published_site: Path, calm_site: Path) -> None:
    assert not held(published_site, MARKS)
    shown = {word for words in held(calm_site, MARKS).values() for word in words}
    assert {"pw-origin", "pw-answer", "pw-place", "✓", "I move to adopt"} <= shown, (
        "the working site holds what is looked for"
    )


MARKS = re.compile(r"Quagga|pw-origin|pw-answer|pw-place|answers/\w+\.yml:\d|✓|I move to adopt")
"""What only the working site may hold; Quagga is in the note of settled_answers, the motion in the cover memo."""


def test_a_shortcode_in_a_page_of_the_agency_publishes_nothing_internal(make: Make) -> None:
    agency = make(settled_answers(), {"preset": "two_way"})
    public = ["home", "status", "questions security", "offices security", "checklist launch"]
    lay(agency, {"docs/own.md": "# Own\n" + "".join(f"\n<!-- policy: {code} -->\n" for code in public)})
    done = publish(agency)
    assert done.returncode == 0, done.stderr
    assert 'id="security-mfa"' in (agency / "published" / "own.html").read_text("utf-8")
    assert not held(agency / "published", MARKS)
    inner = ["findings", "answers security", "answers existing"]
    lay(agency, {"docs/own.md": "# Own\n" + "".join(f"\n<!-- policy: {code} -->\n" for code in inner)})
    done = publish(agency)
    assert done.returncode == 1
    refused = re.findall(
        r"^- docs/own\.md:(\d+):1: error E201: “(\w+)” shows what is internal", done.stderr, re.MULTILINE
    )
    assert refused == [("3", "findings"), ("5", "answers"), ("7", "answers")]


def held(site: Path, words: re.Pattern[str]) -> dict[str, list[str]]:
    """Return which of some words a site contains, by file; the theme's style sheets and scripts are ignored."""
    files = [path for path in site.rglob("*") if path.suffix in (".html", ".json", ".xml", ".txt", ".js")]
    texts = {path.relative_to(site).as_posix(): path.read_text("utf-8") for path in files}
    found = {name: words.findall(text) for name, text in texts.items() if not name.startswith("assets/javascripts")}
    return {name: sorted(set(words)) for name, words in found.items() if words}


def test_serve_follows_an_edit_and_survives_mistakes(make: Make) -> None:
    agency = make({"goals.audiences": ["Residents"]})
    policy = (agency / "policy.yml").read_text("utf-8")
    with served(agency) as shows:
        assert shows("first-steps/goals.html", "Residents")
        lay(agency, {"answers/goals.yml": "audiences: [Neighbors of the harbor]\n"})
        assert shows("first-steps/goals.html", "Neighbors of the harbor")
        lay(agency, {"answers/goals.yml": "audiences: [Neighbors\n"})
        assert shows("findings.html", "This is not valid YAML")
        lay(agency, {"policy.yml": "agency: {name: Town}\ncatalog: social-medya\n"})
        assert shows("", "The policy cannot be drafted")
        assert shows("", "There is no catalog “social-medya”")
        lay(agency, {"policy.yml": policy, "answers/goals.yml": "audiences: [Visitors]\n"})
        assert shows("first-steps/goals.html", "Visitors")
