"""A build makes the downloads that policy.yml asks for, and its page leads to them."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from tests.support.agency_files import bake
from tests.support.in_process import run_here


@pytest.mark.slow
def test_a_build_has_the_downloads_and_a_page_that_leads_to_each(tmp_path: Path) -> None:
    agency = bake(tmp_path)
    settings = agency / "policy.yml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("  formats: #", "  formats: [md, txt, json] #"), encoding="utf-8")
    done = run_here("mkdocs", "build", cwd=agency)
    assert done.returncode == 0, done.stderr
    site = agency / "site"
    page = (site / "downloads.html").read_text("utf-8")
    files = {path.name: path.read_bytes() for path in (site / "downloads").iterdir()}
    assert {"policy.md.txt", "policy.txt", "policy.json", "answers.json", "SHA256SUMS"} <= files.keys()
    assert set(re.findall(r'href="downloads/([^"]+)"', page)) == files.keys()
    assert all(hashlib.sha256(content).hexdigest()[:16] in page for content in files.values())
    assert 'href="downloads.html"' in (site / "index.html").read_text("utf-8")
    assert run_here("policywright", "verify", site, agency).returncode == 0
