"""The life of one policy, from the scaffold to its second edition, each step by command in a real git repository."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from policywright import __version__
from tests.support.agency_files import ROOT, bake, catalog, give_wheel, read_case, run, settled_answers
from tests.support.in_process import run_here

pytestmark = pytest.mark.slow

NEWER = read_case("story.yml")
PEOPLE = {
    "GIT_AUTHOR_NAME": "Clerk",
    "GIT_AUTHOR_EMAIL": "clerk@exampleton.example",
    "GIT_COMMITTER_NAME": "Clerk",
    "GIT_COMMITTER_EMAIL": "clerk@exampleton.example",
    "GIT_CONFIG_GLOBAL": "/dev/null",
}
SPRING, SUMMER, AUTUMN = "1805068800", "1812931200", "1820880000"
"""15 March, 14 June and 14 September 2027, as seconds."""


class Town:
    """A town's repository, and the people who type commands in it."""

    def __init__(self, folder: Path) -> None:
        self.engine = ROOT
        self.day = SPRING
        self.root = bake(folder)
        self.type("git", "init", "--quiet", "--initial-branch", "main")
        self.commit("As scaffolded")

    def type(self, *words: str | Path, status: int = 0) -> str:
        done = self.run(*words)
        assert done.returncode == status, (words, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    def policywright(self, *words: str, status: int = 0) -> str:
        return self.type("policywright", *words, status=status)

    def commit(self, said: str) -> None:
        self.type("git", "add", "--all")
        self.type("git", "commit", "--quiet", "--message", said)

    def changed_files(self) -> list[str]:
        lines = self.type("git", "status", "--porcelain", "--untracked-files=all").splitlines()
        return sorted(line[3:] for line in lines)

    def read(self, name: str) -> str:
        return (self.root / name).read_text("utf-8")

    def edit(self, name: str, pattern: str, new: str) -> None:
        text, count = re.subn(pattern, lambda _: new, self.read(name), flags=re.MULTILINE)
        assert count == 1, (name, pattern)
        (self.root / name).write_text(text, "utf-8")

    def names_the_wheel_of(self, version: str) -> None:
        self.edit("requirements.txt", r"^\./wheelhouse/.*$", f"./wheelhouse/policywright-{version}-py3-none-any.whl")
        give_wheel(self.root, version)

    def answer(self, question: str, value: Any) -> None:
        element, _, name = question.partition(".")
        register = catalog().questions[question].register
        if register:
            path = self.root / "registers" / register
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"{json.dumps(value)}\n", "utf-8")
            return
        self.edit(f"answers/{element}.yml", rf"^{name}:.*$", f"{name}: {json.dumps(value, ensure_ascii=False)}")

    def findings(self, *codes: str) -> list[dict[str, Any]]:
        done = self.run("policywright", "check", "--format", "json")
        return [one for one in json.loads(done.stdout)["findings"] if one["code"] in codes]

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command; one of the engine of this test run needs no process, which would take a second to start."""
        here = self.engine == ROOT and words[0] in ("policywright", "mkdocs")
        env = PEOPLE | {"PYTHONPATH": str(self.engine / "hooks"), "SOURCE_DATE_EPOCH": self.day}
        return (run_here if here else run)(*words, cwd=self.root, env=env)

    def builds(self) -> None:
        """Build the site for the people who write the policy, and check it."""
        self.type("mkdocs", "build")
        assert " 0 problems" in self.policywright("verify", "site")

    def publishes(self, version: str) -> str:
        """Build the published site, check it, and return its pages of the policy and of the procedures."""
        self.type("mkdocs", "build", "--strict", "--config-file", "mkdocs.publish.yml")
        assert " 0 problems" in self.policywright("verify", "published", "--published")
        policy, procedures = (
            (self.root / "published" / name).read_text("utf-8") for name in ("policy.html", "procedures.html")
        )
        assert version in policy
        return policy + procedures

    def does_not_publish(self, *reasons: str) -> None:
        said = self.type("mkdocs", "build", "--strict", "--config-file", "mkdocs.publish.yml", status=1)
        assert all(reason in said for reason in reasons), said

    def offices_to_sign(self) -> list[str]:
        """Return the roles that check asks to sign."""
        return [
            found[1] for one in self.findings("L101", "L102") if (found := re.search(r"--office (\w+)", one["fix"]))
        ]

    def everybody_signs(self) -> list[str]:
        """Let each required office sign, each by another person, and return the offices."""
        offices = self.offices_to_sign()
        for office in offices:
            self.policywright("sign", "--role", office, "--by", f"Head of {office}")
        assert self.offices_to_sign() == []
        return offices


def newer_engine(folder: Path) -> Path:
    """Return a checkout of a newer version, whose catalog asks and says some things differently."""
    engine = folder / "engine"
    ignore = shutil.ignore_patterns("__pycache__")
    for name in ("hooks", "content", "docs/guidance", "docs/how-to"):
        shutil.copytree(ROOT / name, engine / name, ignore=ignore)
    init = engine / "hooks/policywright/__init__.py"
    init.write_text(init.read_text("utf-8").replace(__version__, NEWER["version"]), "utf-8")
    catalog = engine / "content/social-media"
    for path in (path for path in catalog.rglob("*") if path.suffix in (".yml", ".md")):
        text = path.read_text("utf-8")
        for old, new in NEWER["everywhere"].items():
            text = text.replace(old, new)
        path.write_text(text, "utf-8")
    for old, new in NEWER["files"].items():
        (catalog / old).rename(catalog / new)
    for name, text in NEWER["more"].items():
        path = catalog / name
        path.write_text(path.read_text("utf-8") + text, "utf-8")
    return engine


def test_a_policy_lives_from_the_scaffold_to_its_second_edition(tmp_path: Path) -> None:
    town = Town(tmp_path)
    answers_everything(town)
    lets_one_conflict_stand(town)
    releases_the_first_version(town)
    changes_one_answer(town)
    releases_the_next_version(town)
    town.engine, town.day = newer_engine(tmp_path), AUTUMN
    moves_to_a_newer_catalog(town)
    releases_the_second_edition(town)


def answers_everything(town: Town) -> None:
    town.does_not_publish("G101")
    for question, value in {**settled_answers(), "security.mfa": "optional"}.items():
        town.answer(question, value)
    own = town.root / "overrides/clauses" / f"{NEWER['own']}.md"
    own.parent.mkdir(parents=True)
    own.write_text(NEWER["wording"], "utf-8")
    assert [one["code"] for one in town.findings("G101", "G102", "SEC-01")] == ["SEC-01"]
    town.builds()
    town.commit("Our answers")


def lets_one_conflict_stand(town: Town) -> None:
    town.does_not_publish("SEC-01")
    why = ("--owner", "IT Department", "--until", "2027-12-31", "--reason", "The keys arrive in winter.")
    town.policywright("decide", "SEC-01", "--plan", *why)
    assert town.changed_files() == ["decisions.yml"]
    town.policywright("check")
    town.commit("SEC-01 is planned")


def releases_the_first_version(town: Town) -> None:
    town.edit("policy.yml", r"^status:.*$", "status: in_review")
    refused = town.policywright("release", "1.0", status=1)
    assert "L101" in refused
    offices = town.everybody_signs()
    assert len(offices) > 3
    town.builds()
    town.policywright("release", "1.0", "--adopted", "2027-03-15")
    assert "status: approved" in town.read("policy.yml")
    town.publishes("1.0")
    town.policywright("release", "1.0", status=1)
    town.commit("Version 1.0")
    town.type("git", "tag", "1.0")


def changes_one_answer(town: Town) -> None:
    town.day = SUMMER
    town.answer("comments.policy_published", "website_only")
    town.does_not_publish("L103")
    town.edit("policy.yml", r"^status:.*$", "status: in_review")
    said = town.policywright("diff")
    ids = set(re.findall(r"^[A-Z]+ .*\((\S+)\)$", said, flags=re.MULTILINE))
    worded = {name for name in ids if re.search(rf"^(ADDED|REMOVED|CHANGED) .*\({name}\)$", said, flags=re.MULTILINE)}
    assert worded == set(NEWER["answered"])
    lapsed = town.findings("L102")
    assert [re.search(r"--office (\w+)", one["fix"])[1] for one in lapsed] == ["legal"]  # type: ignore[index]
    assert all(name in lapsed[0]["message"] for name in worded)
    assert town.findings("L101") == []
    assert "“Where can people read the house rules?” was “On every account” and is now “On the website only”." in said
    town.builds()
    changes = (town.root / "site/changes.html").read_text("utf-8")
    assert all(name.lower() in changes.lower() for name in worded)
    assert "L102" in town.policywright("release", "1.1", status=1)


def releases_the_next_version(town: Town) -> None:
    before = town.read("releases/1.0.yml")
    assert town.everybody_signs() == ["legal"]
    town.policywright("release", "1.1")
    assert town.read("releases/1.0.yml") == before
    assert "nothing changed" in town.policywright("diff")
    assert "On the website only" in town.policywright("diff", "1.0", "1.1")
    town.publishes("1.1")
    town.commit("Version 1.1")
    town.type("git", "tag", "1.1")


def moves_to_a_newer_catalog(town: Town) -> None:
    assert "E101" in town.policywright("check", status=1)
    planned = town.policywright("upgrade", status=1)
    assert town.changed_files() == []
    for line in NEWER["planned"]:
        assert line in planned, planned
    town.policywright("upgrade", "--write")
    assert town.changed_files() == sorted(NEWER["written"])
    assert "Nothing to do." in town.policywright("upgrade")
    town.names_the_wheel_of(NEWER["version"])
    assert town.type("git", "diff", "--numstat", "answers/comments.yml").split()[:2] == NEWER["lines"]
    assert town.findings("E101", "E102", "E303", "U101", "W104", "W107") == []
    assert [one["decision"]["state"] for one in town.findings("SEC-01")] == ["valid"]
    town.does_not_publish("L103")
    town.edit("policy.yml", r"^status:.*$", "status: in_review")
    assert town.offices_to_sign() == NEWER["lapse"]
    town.builds()
    town.commit(f"Policywright {NEWER['version']}")


def releases_the_second_edition(town: Town) -> None:
    assert "L102" in town.policywright("release", "2.0", status=1)
    assert town.everybody_signs() == NEWER["lapse"]
    town.policywright("release", "2.0")
    pages = town.publishes("2.0")
    assert NEWER["said"] in pages
    assert "Our own words about criticism" in pages
    town.commit("Version 2.0")
    assert town.type("git", "diff", "--name-only", "1.1", "HEAD", "--", "releases/1.0.yml", "releases/1.1.yml") == ""
    assert town.policywright("check", "--today", "2028-01-01", status=1).count("SEC-01") == 1
