"""Versions of a policy: the page of changes, the command that compares them, and who has read which."""

from __future__ import annotations

import html
import os
import re
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policywright.approval.acknowledgements import Acknowledgement, count, new_rows, read_acknowledgements, table_text
from policywright.model.findings import Place
from policywright.pages.book import make_book, render_book
from policywright.pages.views.acknowledgement import form
from tests.support.agency_files import TOOLS, TOWN_ANSWERS, catalog, draft_with
from tests.support.in_process import run_here
from tests.support.released import draft_in, release

settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

OPEN, SOME = {"comments.enabled": "all_posts"}, {"comments.enabled": "some_posts"}
HEAD = "name,date,version,fingerprint\n"


@pytest.fixture
def lived(tmp_path: Path) -> Path:
    """An agency with two releases, and a change since the second."""
    root = tmp_path / "agency"
    release(root, "1.0", "2027-03-01", OPEN)
    release(root, "1.1", "2027-05-31", SOME)
    draft_with(root, TOWN_ANSWERS | SOME | {"comments.enabled": "off"}, {"preset": "two_way", "version": "1.2"})
    return root


def call(*words: str | Path) -> subprocess.CompletedProcess[str]:
    done = run_here("policywright", *words)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_a_text_without_a_release_has_no_page_of_changes_in_public(tmp_path: Path) -> None:
    draft = draft_with(tmp_path, TOWN_ANSWERS)
    assert "changes.md" not in render_book(draft, "published").pages
    assert "No version has been released yet" in make_book(draft, "working").pages["changes.md"].text


def test_the_page_of_changes_goes_back_from_now_to_the_first_release(lived: Path) -> None:
    text = make_book(draft_in(lived), "working").pages["changes.md"].text
    text = html.unescape(text)
    heads = re.findall(r"^## (.*?) \{:", text, re.MULTILINE)
    assert heads == [
        "Since version 1.1",
        "Version 1.1, 31 May 2027",
        "Version 1.0, 1 March 2027",
        "The numbers over time",
    ]
    question = catalog().questions["comments.enabled"]
    assert f"“{question.help}” was “{question.choices['all_posts'].label}”" in text
    assert "The first release, with " in text
    assert "<ins>" in text
    assert "Pat Example" in text


def test_provisions_that_only_have_another_number_are_listed_one_after_the_other(lived: Path) -> None:
    text = html.unescape(make_book(draft_in(lived), "working").pages["changes.md"].text)
    listed = re.findall(r"^- <span class=\"pw-kind pw-kind--renumbered\">renumbered</span> (.+)\.$", text, re.MULTILINE)
    assert listed
    for line in listed:
        moved = [re.fullmatch(r"(P?)\d+\.\d+ [^;]+ \(before: (P?)\d+\.\d+\)", name) for name in line.split("; ")]
        assert all(one and one[1] == one[2] for one in moved), line


def test_every_link_and_anchor_of_the_page_of_changes_is_there_once(lived: Path) -> None:
    for audience in ("working", "published"):
        text = render_book(draft_in(lived), audience).pages["changes.md"].text
        anchors = re.findall(r"\{: #([\w-]+) ", text)
        assert len(anchors) == len(set(anchors))
        assert set(re.findall(r"\]\(#([\w-]+)\)", text)) <= set(anchors)


def test_the_published_page_of_changes_shows_releases_only_and_names_nobody(lived: Path) -> None:
    text = html.unescape(render_book(draft_in(lived), "published").pages["changes.md"].text)
    assert "## Version 1.1" in text
    assert "Since version" not in text
    assert "Pat Example" not in text
    assert "numbers over time" not in text


def test_nothing_internal_reaches_the_published_pages_and_files(tmp_path: Path) -> None:
    inner = catalog().questions["conflicts.risk_appetite"]
    assert inner.sensitivity == "internal"
    release(tmp_path, "1.0", "2027-03-01", {inner.id: "medium"})
    draft = release(tmp_path, "1.1", "2027-04-01", {inner.id: "low"})
    read = f"{HEAD}Ms Okapi,2027-04-02,1.1,{draft.releases[-1].fingerprint}\n"
    (tmp_path / "acknowledgements.csv").write_text(read, encoding="utf-8")
    draft = draft_in(tmp_path)
    book = render_book(draft, "published")
    texts = {page.uri: html.unescape(page.text) for page in book.pages.values()}
    texts |= {name: content.decode() if isinstance(content, bytes) else content for name, content in book.files.items()}
    assert not {name for name, text in texts.items() if "Okapi" in text}
    assert "Version 1.1" in texts["changes.md"]
    assert "An answer changed" not in texts["changes.md"]
    beside = {name: text for name, text in texts.items() if name == "changes.md" or name in book.files}
    assert not {name for name, text in beside.items() if inner.help in text or inner.choices["low"].label in text}


DIFFS = {
    "the last release with now": ((), "from version 1.1 to the current text: "),
    "an older release with now": (("1.0",), "from version 1.0 to the current text: "),
    "two releases": (("1.0", "1.1"), "from version 1.0 to version 1.1: "),
    "two releases backwards": (("1.1", "1.0"), "from version 1.1 to version 1.0: "),
}


@pytest.mark.parametrize("name", DIFFS)
def test_diff_compares(name: str, lived: Path) -> None:
    words, title = DIFFS[name]
    done = call("diff", *words, "--root", lived)
    assert done.returncode == 0
    assert f"Town of Exampleton: Social media policy, {title}" in done.stdout
    assert "{+" in done.stdout
    assert "\x1b" not in done.stdout
    assert call("diff", *words, "--root", lived, "--exit-code").returncode == 1


def test_diff_finds_nothing_between_a_version_and_itself(lived: Path) -> None:
    done = call("diff", "1.0", "1.0", "--root", lived, "--exit-code")
    assert (done.returncode, done.stdout.rpartition(": ")[2]) == (0, "nothing changed.\n")


def test_diff_writes_markdown_for_a_merge_request(lived: Path) -> None:
    done = call("diff", "1.0", "1.1", "--root", lived, "--format", "markdown")
    assert done.stdout.startswith("## Town of Exampleton: Social media policy, from version 1.0 to version 1.1\n\n")
    assert "### Changed: " in done.stdout or "### Added: " in done.stdout
    assert "<ins>" in done.stdout


REFUSED = {
    "an unknown version": (("1.00",), "There is no version “1.00”. Did you mean “1.0”? Choose one of: 1.0, 1.1, now."),
    "a release that was changed": (("1.1",), "releases/1.1.yml:1:1: error E301"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_diff_says_why_it_cannot_compare(name: str, lived: Path) -> None:
    words, said = REFUSED[name]
    if name == "a release that was changed":
        path = lived / "releases" / "1.1.yml"
        path.write_text(path.read_text("utf-8").replace("must", "may", 1), encoding="utf-8")
    done = call("diff", *words, "--root", lived)
    assert done.returncode == 2
    assert said in done.stderr


def test_diff_needs_a_release(tmp_path: Path) -> None:
    draft_with(tmp_path, TOWN_ANSWERS)
    done = call("diff", "--root", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "No version has been released yet" in done.stderr


def test_what_came_and_went_is_colored_on_a_terminal(lived: Path) -> None:
    master, slave = os.openpty()
    words = [str(TOOLS / "policywright"), "diff", "1.0", "1.1", "--root", str(lived)]
    with subprocess.Popen(words, stdout=slave, stderr=subprocess.DEVNULL) as done:
        os.close(slave)
        shown = b""
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError:
                break
            if not piece:
                break
            shown += piece
        done.wait()
    os.close(master)
    assert b"\x1b[32m{+" in shown
    assert b"\x1b[1mRENUMBERED" in shown


def test_the_form_is_bound_to_the_text_that_was_released(lived: Path) -> None:
    draft = release(lived, "1.2", "2027-06-30", OPEN)
    bound = form(draft)
    assert (bound.version, bound.fingerprint, bound.released) == ("1.2", draft.releases[-1].fingerprint, True)
    for audience in ("working", "published"):
        text = render_book(draft, audience).pages["acknowledge.md"].text
        assert bound.fingerprint in text
        assert "not released" not in text
    changed = draft_with(lived, TOWN_ANSWERS | SOME, {"preset": "two_way", "version": "1.2"})
    assert not form(changed).released
    assert form(changed).fingerprint != bound.fingerprint
    assert "This text has not been released" in render_book(changed, "published").pages["acknowledge.md"].text


def test_the_letter_is_ready_but_for_the_name(tmp_path: Path) -> None:
    title = 'Rules & "news" <all> {{ x }} 100%'
    policy = {"title": title, "version": "1.0", "acknowledge_to": "clerk+read@exampleton.example"}
    draft = draft_with(tmp_path, TOWN_ANSWERS, policy)
    letter = urlsplit(form(draft).mail)
    assert (letter.scheme, unquote(letter.path)) == ("mailto", "clerk+read@exampleton.example")
    words = {key: value[0] for key, value in parse_qs(letter.query).items()}
    assert words["subject"] == f"Read: {title}, version 1.0"
    assert words["body"].splitlines() == [
        f"I have read this policy: Town of Exampleton, {title}, version 1.0, fingerprint {form(draft).fingerprint}.",
        "",
        "Name: ",
        "Office: ",
        "Date: ",
    ]
    shown = make_book(draft).pages["acknowledge.md"].text
    assert f'href="{html.escape(form(draft).mail)}"' in shown or form(draft).mail in html.unescape(shown)


def test_people_are_counted_once_for_each_version_that_they_read(tmp_path: Path) -> None:
    first = release(tmp_path, "1.0", "2027-03-01", OPEN).releases[-1].fingerprint
    second = release(tmp_path, "1.1", "2027-05-31", SOME).releases[-1].fingerprint
    rows = [
        f"Pat Example,2027-03-02,1.0,{first}",
        f"PAT EXAMPLE,2027-03-09,1.0,{first}",
        f"Kim Sample,2027-03-02,1.0,{first}",
        f"Kim Sample,2027-06-02,1.1,{second}",
        f"Lee Sample,2027-06-02,1.1,{first}",
    ]
    (tmp_path / "acknowledgements.csv").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    draft = draft_in(tmp_path)
    assert draft.acknowledged == {"1.0": 2, "1.1": 1}
    assert [finding.code for finding in draft.findings if finding.code.startswith("L20")] == ["L202"]
    page = html.unescape(make_book(draft).pages["acknowledge.md"].text)
    assert "| 1.1 | 31 May 2027 | 1 |\n| 1.0 | 1 March 2027 | 2 |" in page
    assert not re.search("Kim|Lee", page)


def test_rows_are_added_without_doubles_and_a_second_time_nothing_is(lived: Path, tmp_path: Path) -> None:
    print_ = draft_in(lived).releases[-1].fingerprint
    given = tmp_path / "answers.csv"
    given.write_text(
        f"Office;Name;Date;Version;Fingerprint\nClerk;Kim Sample;2027-06-01;1.1;{print_}\n"
        f"Clerk;kim sample;2027-06-02;1.1;{print_}\nPool;“Al”, Jr.;2027-06-01;1.1;{print_}\n",
        encoding="utf-8-sig",
    )
    done = call("acknowledge", given, lived)
    assert (done.returncode, done.stdout) == (0, "2 new, 1 already known; acknowledgements.csv has 2 rows.\n")
    table = lived / "acknowledgements.csv"
    assert table.read_text("utf-8") == (
        f'\ufeff{HEAD}Kim Sample,2027-06-01,1.1,{print_}\n"“Al”, Jr.",2027-06-01,1.1,{print_}\n'
    )
    before = table.stat().st_mtime_ns
    done = call("acknowledge", given, lived)
    assert done.stdout == "0 new, 3 already known; acknowledgements.csv has 2 rows.\n"
    assert table.stat().st_mtime_ns == before


BAD = {
    "a wrong date": (f"{HEAD}Kim,1 June,1.1,FINGERPRINT\n", "answers.csv:2:1: warning L203: “1 June” is not a date."),
    "an unknown version": (f"{HEAD}Kim,2027-06-01,9.9,FINGERPRINT\n", "answers.csv:2:1: warning L201"),
    "another text": (f"{HEAD}Kim,2027-06-01,1.0,FINGERPRINT\n", "answers.csv:2:1: warning L202"),
    "a missing column": ("name,date,version\nKim,2027-06-01,1.1\n", "answers.csv:1:1: error L204"),
    "one bad row among good ones": (
        f"{HEAD}Kim,2027-06-01,1.1,FINGERPRINT\n,2027-06-01,1.1,FINGERPRINT\n",
        "answers.csv:3:1: warning L203: This row has no name.",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_table_with_a_mistake_is_refused_as_a_whole(name: str, lived: Path, tmp_path: Path) -> None:
    text, said = BAD[name]
    kept = f"{HEAD}Pat,2027-06-01,1.1,{draft_in(lived).releases[-1].fingerprint}\n"
    (lived / "acknowledgements.csv").write_text(kept, encoding="utf-8")
    given = tmp_path / "answers.csv"
    given.write_text(text.replace("FINGERPRINT", draft_in(lived).releases[-1].fingerprint), encoding="utf-8")
    done = call("acknowledge", given, lived)
    assert done.returncode == 2
    assert said in done.stderr
    assert (lived / "acknowledgements.csv").read_text("utf-8") == kept


def test_a_table_of_ours_that_is_broken_is_not_written_over(lived: Path, tmp_path: Path) -> None:
    broken = f"{HEAD}Pat,soon,1.1,0123456789abcdef\n"
    (lived / "acknowledgements.csv").write_text(broken, encoding="utf-8")
    given = tmp_path / "answers.csv"
    given.write_text(HEAD, encoding="utf-8")
    assert call("acknowledge", given, lived).returncode == 2
    assert (lived / "acknowledgements.csv").read_text("utf-8") == broken


names = (
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1)
    .map(lambda text: f"N {' '.join(text.split())}".strip())
    .filter(lambda name: not re.search(r"[,;|][\"']?[=+@-]", name))
)  # a formula for some spreadsheet, which is refused
rows = st.lists(
    st.builds(Acknowledgement, names, st.just("2027-03-01"), st.just("1.0"), st.just("0" * 16), st.just(Place("a.csv")))
)


@given(rows)
def test_a_table_that_was_written_is_read_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, given_: list[Acknowledgement]
) -> None:
    path = tmp_path_factory.mktemp("table") / "a.csv"
    path.write_text(table_text(given_), encoding="utf-8")
    read, found = read_acknowledgements(path, "a.csv")
    assert [row.key for row in read] == [row.key for row in given_]
    assert not found
    assert new_rows(read, given_) == []
    assert count(read, []) == {}
