"""Two people at two desks: git keeps what each adds to a record, or a message says how to keep both."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from policywright.agency.decisions import DECISIONS_FILE
from policywright.approval.acknowledgements import ACKNOWLEDGEMENTS_FILE, read_acknowledgements
from policywright.approval.releases import WORDINGS_FILE
from policywright.approval.sign_offs import SIGN_OFFS_FILE
from policywright.cli.main import main
from policywright.draft import draft_of
from policywright.files.yaml import APPENDED, read_yaml
from tests.support.agency_files import ROOT, run
from tests.support.signed import write_town

ATTRIBUTES = ROOT / "cookiecutter-policy" / "{{cookiecutter.repo_name}}" / ".gitattributes"
DAY = "2027-01-10"
CLERK = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}


def git(root: Path, *words: str) -> str:
    author = ("-c", "user.name=Clerk", "-c", "user.email=clerk@exampleton.example")
    done = run("git", *author, *words, cwd=root, env=CLERK)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def commit(root: Path) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "As it stands")


def command(root: Path, *words: str) -> None:
    env = {"SOURCE_DATE_EPOCH": "1799539200"}  # 10 January 2027
    done = CliRunner().invoke(main, [words[0], *words[1:]], catch_exceptions=False, env=env)
    assert done.exit_code == 0, done.output


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A town in review, in git, with two findings that somebody may decide about."""
    root = write_town(tmp_path, {"security.mfa": "none", "privacy.notice": "no"}, status="in_review", version="'0.1'")
    shutil.copy(ATTRIBUTES, root)
    git(root, "init", "--quiet", "--initial-branch", "main")
    commit(root)
    return root


Act = Callable[[Path, str], None]


def sign(root: Path, branch: str) -> None:
    """Sign for an office; the three have their provisions in common."""
    role = {"a": "legal", "b": "records", "c": "privacy"}[branch]
    command(root, "sign", "--role", role, "--by", f"Clerk {branch}", "--elements", "comments", "--date", DAY, str(root))


def sign_another_wording(root: Path, branch: str) -> None:
    """Sign after a change of the text: the wordings that are kept of both agree in nearly every line."""
    (root / "overrides/clauses").mkdir(parents=True, exist_ok=True)
    text = "".join(f"This is sentence {number} of the clause.\n" for number in range(12))
    clause = f"---\ncode: CIT-2\ntitle: Ours\nlevel: must\nsources: []\n---\n{text}The last sentence is {branch}.\n"
    (root / "overrides/clauses/CIT-2-criticism-welcome.md").write_text(clause, "utf-8")
    sign(root, branch)
    assert "This is sentence 3" in (root / "releases/signed.yml").read_text("utf-8")
    (root / "overrides/clauses/CIT-2-criticism-welcome.md").unlink()


def decide(root: Path, branch: str) -> None:
    code = {"a": "SEC-01", "b": "PRI-07"}[branch]
    why = ("--owner", "Town Manager", "--until", "2027-06-30", "--reason", "The keys arrive in May.", "--date", DAY)
    command(root, "decide", code, str(root), "--accept", *why)


def acknowledge(root: Path, branch: str) -> None:
    table = root.parent / f"{branch}.csv"
    row = f"Reader {branch},{DAY},0.1,0123456789abcdef\n"
    table.write_text(f"name,date,version,fingerprint\n{row}", "utf-8")
    command(root, "acknowledge", str(table), str(root))


def by_hand(name: str, rows: dict[str, str]) -> Act:
    def act(root: Path, branch: str) -> None:
        with (root / name).open("a", encoding="utf-8") as file:
            file.write(rows[branch])

    act.__name__ = f"by_hand_{name}"
    return act


TASK = "- {{item: L-0{}, date: '2027-01-10', by: Communications}}\n"
tick = by_hand("checklists.yml", {"a": TASK.format(1), "b": TASK.format(2), "c": TASK.format(3)})
LINES = "- item: L-0{}\n  date: '2027-01-10'\n  by: Communications\n"
tick_on_lines = by_hand("checklists.yml", {"a": LINES.format(1), "b": LINES.format(2)})


def count(root: Path, name: str) -> int:
    if name.endswith(".csv"):
        return len(read_acknowledgements(root / name, name)[0])
    file, problems = read_yaml(root / name, name)
    assert not problems, (root / name).read_text("utf-8")
    return len(file.value)


CASES = {
    "two offices sign": (sign, "sign-offs.yml", "", "ab"),
    "three offices sign": (sign, "sign-offs.yml", "", "abc"),
    "two offices sign after a third": (sign, "sign-offs.yml", "c", "ab"),
    "two offices sign wordings that are nearly alike": (sign_another_wording, "sign-offs.yml", "", "ab"),
    "two findings are decided for the same reason": (decide, "decisions.yml", "", "ab"),
    "two tables of readers are added": (acknowledge, "acknowledgements.csv", "", "ab"),
    "two tables of readers are added to a third": (acknowledge, "acknowledgements.csv", "c", "ab"),
    "two tasks are ticked off by hand on the same day": (tick, "checklists.yml", "c", "ab"),
}


def merged(town: Path, act: Act, before: str, branches: str) -> None:
    """Add rows on the main branch, then others on branches that part from it, and merge these."""
    for branch in before:
        act(town, branch)
        commit(town)
    for branch in branches:
        git(town, "switch", "--quiet", "--create", branch, "main")
        act(town, branch)
        commit(town)
    git(town, "switch", "--quiet", "main")
    for branch in branches:
        git(town, "merge", "--quiet", "--message", f"Take {branch}", branch)


@pytest.mark.parametrize(("act", "name", "before", "branches"), CASES.values(), ids=CASES)
def test_what_is_added_on_every_branch_is_there_after_the_merge(
    act: Act, name: str, before: str, branches: str, town: Path
) -> None:
    merged(town, act, before, branches)
    assert count(town, name) == len(before + branches)
    draft = draft_of(town, DAY)
    assert not [str(finding) for finding in draft.findings if finding.severity == "error"]
    assert len(draft.sign_offs) == (len(before + branches) if name == "sign-offs.yml" else 0)
    assert all(word in draft.wordings for one in draft.sign_offs for word in one.provisions.values())


def test_rows_of_several_lines_that_git_weaves_into_one_another_are_an_error(town: Path) -> None:
    merged(town, tick_on_lines, "", "ab")
    assert {finding.code for finding in draft_of(town, DAY).findings if finding.severity == "error"} == {"E106"}


def test_the_template_names_every_record_to_which_rows_are_added() -> None:
    rows = [line.split() for line in ATTRIBUTES.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert sorted(rows) == sorted([name, "merge=union"] for name in APPENDED)
    assert {SIGN_OFFS_FILE, WORDINGS_FILE, DECISIONS_FILE, ACKNOWLEDGEMENTS_FILE} < set(APPENDED)


def test_a_rebase_keeps_both_rows_too(town: Path) -> None:
    for branch in "ab":
        git(town, "switch", "--quiet", "--create", branch, "main")
        sign(town, branch)
        commit(town)
    git(town, "rebase", "--quiet", "a")
    assert [one.role for one in draft_of(town, DAY).sign_offs] == ["legal", "records"]
