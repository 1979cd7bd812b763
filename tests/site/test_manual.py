"""This repository's own site builds without a warning and says what the catalog says."""

from __future__ import annotations

from pathlib import Path

import pytest

from policywright.model.codes import CODES
from policywright.pages.manual import make_manual
from tests.support.agency_files import ROOT, catalog

pytestmark = pytest.mark.slow


def test_the_site_builds_strictly_with_every_page_of_its_navigation(own_site: Path) -> None:
    for name in (
        "index",
        "tutorial",
        "guidance/goals",
        "reference/commands",
        "reference/data",
        "project/architecture",
        "sample/policy",
    ):
        assert (own_site / f"{name}.html").is_file()


def test_every_question_rule_and_code_stands_in_the_reference(own_site: Path) -> None:
    pages = {
        name: (own_site / f"reference/{name}.html").read_text("utf-8")
        for name in ("questions", "rules", "codes", "clauses")
    }
    known = catalog()
    assert all(f">{question.name}<" in pages["questions"] for question in known.questions.values())
    assert all(code in pages["rules"] for code in known.rules)
    assert all(code in pages["codes"] for code in CODES)
    assert all(clause in pages["clauses"] for clause in known.clauses)


def test_guidance_pages_have_no_shortcode_left_and_no_problem(own_site: Path) -> None:
    assert make_manual(ROOT / "docs" / "sample").problems == ()
    assert not [path for path in own_site.rglob("*.html") if "<!-- policy:" in path.read_text("utf-8")]


def test_the_sample_agency_shows_a_real_finding(own_site: Path) -> None:
    assert "SEC-01" in (own_site / "sample" / "findings.html").read_text("utf-8")
