"""Plug-ins and hosts that people use beside us: theirs do their work, and our pages keep their words."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
import socket
import subprocess
import time
import tomllib
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.support.agency_files import ROOT, read_case, run
from tests.support.hosts import command_of, environment, run_host
from tests.support.in_process import run_here
from tests.support.toy import SETTLED

pytestmark = pytest.mark.slow

CASES = read_case("plug_ins.yml")
PAGE = (ROOT / "docs" / "how-to" / "plug-ins.md").read_text("utf-8")
BY_HAND = {"mkdocs-table-reader-plugin", "mike"}
"""What the page says was tried once, and is too heavy or too different for a test."""
REFUSED = "mkdocs-static-i18n"
QUIET = {"DISABLE_MKDOCS_2_WARNING": "true"}
GIT = ("git", "-c", "user.name=Test", "-c", "user.email=test@example.gov")
LABEL = re.compile(r"md-ellipsis\"?>\s*([^<]*?)\s*<")


def lay(agency: Path, case: dict[str, Any]) -> None:
    for name, text in {**SETTLED, **case["files"]}.items():
        path = agency / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    yaml = YAML(pure=True)
    settings = yaml.load((agency / "mkdocs.yml").read_text("utf-8"))
    settings["plugins"] += case["plugins"]
    settings["hooks"] += case.get("hooks", [])
    settings.update(case.get("settings", {}))
    with (agency / "mkdocs.yml").open("w", encoding="utf-8") as file:
        yaml.dump(settings, file)


def not_allowed(agency: Path, site: Path) -> list[str]:
    """Return the inline scripts that a browser would not run on a server with our settings."""
    settings = (agency / "deploy" / "site" / "nginx.conf").read_text("utf-8")
    pages = "".join(path.read_text("utf-8") for path in site.rglob("*.html"))
    scripts = re.findall(r"<script(?: type=\"?text/javascript\"?)?>(.*?)</script>", pages, re.DOTALL)
    digests = {one: base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in scripts}
    return [one for one, digest in digests.items() if digest not in settings]


@pytest.mark.parametrize("name", CASES)
def test_plug_ins_do_their_work_and_change_none_of_our_words(name: str, village: Path) -> None:
    case = CASES[name]
    lay(village, case)
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "All")):
        subprocess.run([*GIT, *words], cwd=village, check=True, capture_output=True)
    # kroki runs an event loop, and that of a browser may already run in this thread.
    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(run_here, "mkdocs", "build", "--strict", cwd=village, env=QUIET).result()
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    verified = run_here("policywright", "verify", "site", ".", cwd=village)
    assert verified.returncode == 0, verified.stdout
    site = village / "site"
    for file, words in case["shows"].items():
        text = (site / file).read_text("utf-8")
        assert [one for one in words if one not in text] == [], file
    assert not [path for path in site.rglob("*.html") if "Quagga" in path.read_text("utf-8")]
    assert not_allowed(village, site) == []
    labels = LABEL.findall((site / "policy.html").read_text("utf-8"))
    assert [label for label in labels if label in case["navigation"]] == case["navigation"]
    assert "Findings" in labels
    assert "git-revision-date" not in (site / "policy.html").read_text("utf-8"), "a generated page has no history"


def built_with() -> set[str]:
    """Return the packages of the plug-ins that the cases name; some come with the theme."""
    named = (one for case in CASES.values() for one in case["plugins"])
    names = {next(iter(one)) if isinstance(one, dict) else one for one in named}
    packages = {point.name: point.dist.name for point in entry_points(group="mkdocs.plugins") if point.dist}
    return {packages[name] if name in packages else packages[f"material/{name}"] for name in names}


def test_the_page_about_plug_ins_names_what_was_built_with_and_its_versions() -> None:
    optional = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    pinned = dict(one.split("==") for one in optional["dev"] if "==" in one)
    assert pinned.keys() - {"properdocs", "zensical", REFUSED} == built_with() - {"mkdocs-material"}
    assert {name: version(name) for name in pinned} == pinned
    listed = {name.lower(): of for name, of in re.findall(r"^\| ([\w-]+) \| ([\d.]+) \|", PAGE, re.MULTILINE)}
    assert {**pinned, **listed} == {**listed, REFUSED: pinned[REFUSED]}
    assert listed.keys() - pinned.keys() == BY_HAND
    assert f"| {REFUSED} |" in PAGE


def test_a_plug_in_that_builds_a_site_for_each_language_is_refused(village: Path) -> None:
    languages = {"languages": [{"locale": "en", "name": "English", "default": True}]}
    lay(village, {"files": {}, "plugins": [{"i18n": languages}]})
    done = run_here("mkdocs", "build", cwd=village)
    assert done.returncode == 1
    assert "mkdocs.yml: Remove the plug-in “i18n”." in done.stderr
    assert not (village / "site").exists()


def test_words_that_a_plug_in_takes_from_any_page_stop_the_build(village: Path) -> None:
    hook = "def on_page_markdown(markdown, **_):\n    return markdown.replace('water', '')\n"
    lay(village, {"files": {"hooks/other.py": hook}, "plugins": [], "hooks": ["hooks/other.py"]})
    done = run_here("mkdocs", "build", cwd=village)
    assert done.returncode == 1
    assert "mkdocs.yml:1:1: error V106: These words are not on the page guidance/water.md" in done.stderr
    assert not (village / "site").exists()


def test_properdocs_builds_the_same_site(village: Path) -> None:
    lay(village, {"files": {}, "plugins": []})
    done = run_host("properdocs", "build", "-f", "mkdocs.yml", "--strict", cwd=village)
    assert done.returncode == 0, done.stdout + done.stderr
    verified = run_here("policywright", "verify", "site", ".", cwd=village)
    assert verified.returncode == 0, verified.stdout


def test_properdocs_serves_it(village: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    words = command_of("properdocs", "serve", "-f", "mkdocs.yml", "--dev-addr", address)
    with subprocess.Popen(
        words, cwd=village, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as host:
        try:
            page = opened(f"http://{address}/policy.html", host)
        finally:
            host.kill()
    assert "Rules of the swimming pool" in page


def opened(url: str, host: subprocess.Popen[bytes]) -> str:
    """Return a page as soon as its server answers."""
    end = time.monotonic() + 60
    while host.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError), urllib.request.urlopen(url) as answer:
            return str(answer.read().decode())
        time.sleep(0.1)
    host.kill()
    raise AssertionError(host.stdout.read().decode() if host.stdout else "")


def zensical(folder: Path) -> str:
    done = run("zensical", "build", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_zensical_builds_what_render_writes_with_every_word(village: Path) -> None:
    # “render” knows that this decision has lapsed, and a build, which looks at no clock, does not.
    words = ("WAT-01", "--accept", "--owner", "x", "--reason", "x", "--until", "2999-06-30")
    assert run_here("policywright", "decide", *words, cwd=village).returncode == 0
    decisions = village / "decisions.yml"
    decisions.write_text(decisions.read_text("utf-8").replace("2999", "2020"), "utf-8")
    assert run_here("policywright", "render", ".", "--out", "rendered", cwd=village).returncode == 0
    zensical(village / "rendered")
    verified = run_here("policywright", "verify", "rendered/site", ".", cwd=village)
    assert verified.returncode == 0, verified.stdout
    verified = run_here("policywright", "verify", "rendered/site", ".", "--today", "2020-01-01", cwd=village)
    assert "error V106: These words are not on the page" in verified.stdout


def test_zensical_in_a_repository_builds_no_page_of_ours_without_a_word_and_verify_says_so(village: Path) -> None:
    zensical(village)
    verified = run_here("policywright", "verify", "site", ".", cwd=village)
    assert verified.returncode == 1
    assert re.search(r"error V101: None of the \d+ pages that Policywright renders is in the site", verified.stdout)
    assert "Zensical" in verified.stdout
