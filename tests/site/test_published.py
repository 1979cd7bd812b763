"""Nothing internal is published: unique words are planted wherever an agency keeps something internal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.agency_files import bake, catalog, empty, settled_answers, write_agency
from tests.support.in_process import run_here
from tests.support.released import draft_in

pytestmark = pytest.mark.slow

KINDS = ("text", "list")
"""Types of questions whose answers are free words."""


class Tokens:
    """Makes unique words, and remembers where each was planted."""

    def __init__(self) -> None:
        self.planted: dict[str, str] = {}

    def word(self, place: str) -> str:
        token = f"Quagga{len(self.planted)}x"
        self.planted[token] = place
        return token


def internal_answers(answers: Mapping[str, Any], tokens: Tokens) -> dict[str, Any]:
    """Answer every internal question of free words, and every column of free words in each register."""
    planted = dict(answers)
    for name, question in catalog().questions.items():
        if question.sensitivity == "internal" and question.type in KINDS:
            word = tokens.word(name)
            planted[name] = [word] if question.type == "list" else word
        if question.register and name in planted:
            free = {key.rsplit(".", 1)[-1] for key, column in question.columns.items() if column.type == "text"}
            hidden = free & {"owner", "note"}
            planted[name] = [
                row | {key: tokens.word(f"{name}.{key}") for key in sorted(hidden)} for row in planted[name]
            ]
    return planted


def plant(agency: Path, tokens: Tokens) -> None:
    """Plant comments, records, decisions, an excluded clause and a note to colleagues."""
    for path in [agency / "policy.yml", *sorted((agency / "answers").glob("*.yml"))]:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\n# {tokens.word(f'comment in {path.name}')}\n")
    item, rule = next(iter(catalog().items)), next(iter(catalog().rules))
    done = f"- {{item: {item}, date: '2026-11-02', by: {tokens.word('by')}, note: {tokens.word('note')}}}\n"
    (agency / "checklists.yml").write_text(done, encoding="utf-8")
    words = {key: tokens.word(f"decision: {key}") for key in ("reason", "owner")}
    dates = "date: '2026-11-02', expires: '2027-11-02', fingerprint: abc"
    decision = f"- {{rule: {rule}, decision: accepted, reason: {words['reason']}, owner: {words['owner']}, {dates}}}\n"
    (agency / "decisions.yml").write_text(decision, encoding="utf-8")
    clause = agency / "overrides" / "clauses" / "CIT-1-never.md"
    clause.parent.mkdir(parents=True)
    head = "---\ncode: CIT-1\ntitle: Never\nwhen: goals.primary is empty\nlevel: may\nsources: [CTG-8]\n---\n"
    clause.write_text(f"{head}Nobody may read {tokens.word('excluded clause')} here.\n", encoding="utf-8")
    own = f"# Own\n\n<!-- {tokens.word('comment in a page')} -->\n\nWords for everybody.\n"
    (agency / "docs" / "own.md").write_text(own, encoding="utf-8")


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Tokens]:
    """An agency that keeps words to itself wherever it can."""
    tokens = Tokens()
    agency = bake(tmp_path_factory.mktemp("planted") / "scaffold")
    empty(agency)
    write_agency(agency, internal_answers(settled_answers(), tokens), {"preset": "two_way"})
    plant(agency, tokens)
    return agency, tokens


def test_no_internal_word_is_in_any_file_of_the_published_site(planted: tuple[Path, Tokens]) -> None:
    agency, tokens = planted
    done = run_here("mkdocs", "build", "--config-file", "mkdocs.publish.yml", "--strict", cwd=agency)
    assert done.returncode == 0, done.stderr
    texts = {path: path.read_bytes() for path in (agency / "published").rglob("*") if path.is_file()}
    assert any(b"Words for everybody" in text for text in texts.values())
    leaked = {
        (tokens.planted[word], path.name)
        for word in tokens.planted
        for path, text in texts.items()
        if word.encode() in text
    }
    assert not leaked
    assert len(tokens.planted) > 25, tokens.planted


def test_the_working_site_shows_what_the_published_one_hides(planted: tuple[Path, Tokens]) -> None:
    """Otherwise the test above could not fail."""
    agency, tokens = planted
    assert run_here("mkdocs", "build", cwd=agency).returncode == 0
    text = b"".join(path.read_bytes() for path in (agency / "site").rglob("*.html"))
    shown = {place for word, place in tokens.planted.items() if word.encode() in text}
    assert {"by", "existing.register.owner"} <= shown, shown  # choices that are internal: see test_site.py


@pytest.mark.usefixtures("short_book")
def test_a_link_out_of_the_repository_is_not_in_the_site(tmp_path: Path) -> None:
    agency = bake(tmp_path / "scaffold")
    for name in ("secret.txt", "folder/secret.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("Quagga", encoding="utf-8")
    (agency / "docs" / "seal.txt").symlink_to(tmp_path / "secret.txt")
    (agency / "docs" / "more").symlink_to(tmp_path / "folder")
    done = run_here("mkdocs", "build", cwd=agency)
    assert done.returncode == 0, done.stderr
    assert "docs/seal.txt:1:1: error E012: This is a link that leads out of the repository" in done.stderr
    assert "docs/more:1:1: error E012: This is a link that leads out of the repository" in done.stderr
    rendered = run_here("policywright", "render", agency, "--out", tmp_path / "rendered")
    assert rendered.returncode in (0, 1), rendered.stderr
    for folder in (agency / "site", tmp_path / "rendered"):
        assert list(folder.rglob("*"))
        assert not [path for path in folder.rglob("*") if path.is_file() and b"Quagga" in path.read_bytes()]


ROW = {"title": "Media policy", "kind": "media_relations", "disposition": "reference", "owner": "Town Clerk"}
WORST: Mapping[str, Any] = {
    "stakeholders.legal_review": "none",
    "existing.web_filter": "yes",
    "conflicts.prior_incidents": ["account_takeover", "adverse_audit_or_court_finding"],
    "conflicts.risk_appetite": "high",
    "accounts.registered_email": "personal_address",
    "accounts.min_admins": "one",
    "accounts.offboarding": "no_rule",
    "accounts.tos": "clicked_through",
    "security.mfa": "none",
    "security.credentials": "memory_or_email",
    "security.tool": "not_vetted",
    "security.incident_plan": "none",
    "security.access_review": "never",
    "records.legal_hold": "no",
    "officials.authority_documented": "no",
}


def built(folder: Path, answers: Mapping[str, Any], note: str) -> dict[str, bytes]:
    """Build the published site of a town that has accepted every blocker."""
    agency = bake(folder)
    empty(agency)
    given = {**settled_answers(), **answers, "existing.register": [{**ROW, "note": note}]}
    write_agency(agency, given, {"preset": "two_way"})
    blockers = [finding.code for finding in draft_in(agency).findings if finding.severity == "blocker"]
    for code in blockers:
        words = ("--accept", "--owner", "Town Clerk", "--until", "2099-12-31", "--reason", "Known")
        done = run_here("policywright", "decide", code, *words, cwd=agency)
        assert done.returncode == 0, done.stderr
    done = run_here("mkdocs", "build", "--config-file", "mkdocs.publish.yml", "--strict", cwd=agency)
    assert done.returncode == 0, done.stderr
    site = agency / "published"
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def test_the_finished_site_is_the_same_with_the_best_and_the_worst_answers(tmp_path: Path) -> None:
    best, worst = built(tmp_path / "best", {}, ""), built(tmp_path / "worst", WORST, "Ms Quagga objects")
    assert sorted(best) == sorted(worst)
    assert [name for name in best if best[name] != worst[name]] == []


def test_readers_land_on_the_text_and_read_it_by_section(published_site: Path) -> None:
    home, whole = ((published_site / name).read_text("utf-8") for name in ("index.html", "policy.html"))
    sections = sorted(published_site.glob("policy-*.html"))
    assert len(sections) > 8
    assert all(f'href="{page.name}"' in home for page in sections)
    first, *_ = re.findall(r'<h3 class="pw-provision" id="([^"]+)"', whole)
    assert f'<h3 class="pw-provision" id="{first}"' in home
    alone = [anchor for page in sections for anchor in re.findall(PROVISION, page.read_text("utf-8"))]
    assert sorted(alone) == sorted(re.findall(PROVISION, whole))


PROVISION = r'<h[23] class="pw-provision" id="([^"]+)"'


def test_the_guidance_asks_its_readers_no_question_of_drafters(published_site: Path, working_site: Path) -> None:
    """The working site asks them; otherwise this could not fail."""
    cards = [f'id="{question.anchor}"' for question in catalog().questions.values()]
    for site, asks in ((published_site, False), (working_site, True)):
        text = "".join(path.read_text("utf-8") for path in (site / "guidance").glob("*.html"))
        assert any(card in text for card in cards) is asks
