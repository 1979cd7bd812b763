"""What an agency hides in its pages, clauses and folders is in no file that it publishes."""

from __future__ import annotations

import json
import logging
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mkdocs.commands.build import build as build_site
from mkdocs.config import load_config

from policywright.pages.own_pages import Unwritten
from policywright.pages.shortcodes import Expander
from tests.support.agency_files import ROOT, bake, empty, read_case
from tests.support.in_process import run_here, unchanged_process
from tests.support.toy import SETTLED, TOY, draft, pool_catalog, use_pool

CASES = read_case("hidden.yml")


@pytest.fixture(scope="module", autouse=True)
def pool() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        use_pool(patch)
        yield


@pytest.fixture(autouse=True)
def every_message() -> None:
    """Let MkDocs say the same twice in one process, which it suppresses."""
    logging.getLogger("mkdocs.commands.build").filters.clear()


@pytest.fixture(scope="module")
def baked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A village that may publish."""
    agency = bake(tmp_path_factory.mktemp("hidden"))
    empty(agency)
    shutil.copytree(TOY / "village", agency, dirs_exist_ok=True)
    lay(agency, {**SETTLED})
    return agency


@pytest.fixture
def village(baked: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(baked, tmp_path / "village", symlinks=True))


def lay(agency: Path, files: dict[str, Any]) -> None:
    for name, content in files.items():
        path = agency / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            path.write_text(content, encoding="utf-8")
        else:
            path.symlink_to(content["link"])


def settings(agency: Path, text: str) -> None:
    path = agency / "mkdocs.yml"
    before, _, after = path.read_text("utf-8").partition("markdown_extensions:")
    path.write_text(before + text + after[after.index("plugins:") :], encoding="utf-8")


def holding(folder: Path, word: str) -> list[str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [path.relative_to(folder).as_posix() for path in files if word.encode() in path.read_bytes()]


@pytest.fixture(scope="module")
def everything(baked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A village with all that is hidden, built, published and rendered."""
    agency = Path(shutil.copytree(baked, tmp_path_factory.mktemp("all") / "village", symlinks=True))
    for files in CASES["hidden"].values():
        lay(agency, files)
    settings(agency, CASES["settings"])
    done = run_here("mkdocs", "build", "--config-file", "mkdocs.publish.yml", "--strict", cwd=agency)
    assert done.returncode == 0, done.stderr
    done = run_here("policywright", "render", ".", "--published", "--out", "rendered", cwd=agency)
    assert done.returncode == 0, done.stdout + done.stderr
    return agency


@pytest.mark.parametrize("folder", ["published", "rendered"])
def test_nothing_hidden_is_in_any_published_file(everything: Path, folder: str) -> None:
    assert holding(everything / folder, "Quagga") == []
    pages = [
        name for name in holding(everything / folder, "Okapi") if name.endswith((".html", ".md", ".markdown", ".mdown"))
    ]
    assert len({Path(name).stem for name in pages if "hidden/" in name or "linked/" in name}) == 15, pages


def test_the_list_of_pages_names_only_pages_that_were_built(everything: Path) -> None:
    for folder in ("published", "rendered"):
        place = everything / folder / ("docs" if folder == "rendered" else "") / "api" / "pages.json"
        rows = json.loads(place.read_text("utf-8"))["pages"]
        assert not [row for row in rows if any(word in row["uri"] for word in ("draft", "excluded", "internal", "_"))]
        assert any("Okapi is the first sentence." in row["summary"] for row in rows)


def build(agency: Path, *options: str) -> tuple[int, str]:
    done = run_here("mkdocs", *(options or ("build",)), cwd=agency)
    return done.returncode, done.stderr


def test_a_link_to_the_answers_is_in_no_site(village: Path) -> None:
    lay(
        village,
        {"docs/raw": {"link": "../answers"}, "docs/all.txt": {"link": "../policy.yml"}, "docs/up": {"link": ".."}},
    )
    status, said = build(village, "build", "--config-file", "mkdocs.publish.yml", "--strict")
    assert status == 1
    assert "docs/raw:1:1: error E012" in said
    assert "docs/all.txt:1:1: error E012" in said
    assert not (village / "published" / "raw").exists()
    build(village)
    assert not [
        path for path in (village / "site").rglob("*") if path.suffix in (".yml", ".csv") and "tables" not in path.parts
    ]
    assert not (village / "site" / "all.txt").exists()


@pytest.mark.parametrize("way", ["snippets", "a plug-in"])
def test_a_shortcode_that_comes_from_elsewhere_hides_its_block(way: str, village: Path) -> None:
    hidden = "Okapi.\n\n<!-- policy: where water.cleaning == 'none' -->\n\nQuagga\n\n<!-- policy: end -->\n"
    lay(village, {"parts/hidden.md": hidden, "docs/own.md": '# Own\n\n--8<-- "parts/hidden.md"\n'})
    if way == "snippets":
        settings(village, "markdown_extensions: [attr_list, md_in_html, tables, admonition, pymdownx.snippets]\n")
    else:
        code = "def on_page_markdown(markdown, **_):\n    from pathlib import Path\n"
        code += "    return markdown.replace('--8<-- \"parts/hidden.md\"', Path('parts/hidden.md').read_text())\n"
        lay(village, {"hooks/include.py": code})
        text = (village / "mkdocs.yml").read_text("utf-8")
        (village / "mkdocs.yml").write_text(text.replace("hooks:\n", "hooks:\n  - hooks/include.py\n"), "utf-8")
    status, said = build(village, "build", "--config-file", "mkdocs.publish.yml", "--strict")
    assert status == 0, said
    assert holding(village / "published", "Okapi") != []
    assert holding(village / "published", "Quagga") == []


def test_a_plug_in_that_changes_the_text_of_a_page_is_not_undone(village: Path) -> None:
    code = "def on_page_markdown(markdown, **_):\n    return markdown.replace('[[name]]', 'Okapi')\n"
    lay(village, {"hooks/names.py": code, "docs/own.md": "# Own\n\n[[name]]\n\n<!-- policy: status -->\n"})
    text = (village / "mkdocs.yml").read_text("utf-8")
    (village / "mkdocs.yml").write_text(text.replace("hooks:\n", "hooks:\n  - hooks/names.py\n"), "utf-8")
    status, said = build(village, "build", "--config-file", "mkdocs.publish.yml", "--strict")
    assert status == 0, said
    assert holding(village / "published", "Okapi") != []


@pytest.mark.parametrize("head", ["---\ntitle: T\n...\n", "---  \ntitle: T\n---  \n", "title: T\nauthor: Me\n\n"])
def test_every_head_that_mkdocs_reads_is_not_printed(head: str, village: Path) -> None:
    lay(village, {"docs/own.md": head + "\n# Own\n\nOkapi\n", "docs/rule.md": "---\n\nZebra\n\n---\n\n# Rule\n"})
    assert build(village)[0] == 0
    page = (village / "site" / "own.html").read_text("utf-8")
    assert "Okapi" in page
    assert "title: T" not in page
    assert "Zebra" in (village / "site" / "rule.html").read_text("utf-8")


def test_a_mistake_in_a_page_names_its_line_in_the_file(village: Path) -> None:
    lay(village, {"docs/own.md": "---\ntitle: T\n---\n\n# Own\n\n<!-- Policy: home -->\n\n<!-- Never closed.\n"})
    status, said = build(village, "build", "--config-file", "mkdocs.publish.yml")
    assert status == 1
    assert "docs/own.md:7:1: error E201" in said
    assert "docs/own.md:9:1: error E202" in said


def test_the_working_site_is_not_deployed(village: Path) -> None:
    status, said = build(village, "gh-deploy")
    assert status == 1
    assert "mkdocs gh-deploy -f mkdocs.publish.yml" in said
    assert not (village / "site").exists()


@pytest.mark.parametrize(
    "place", [{"CI_JOB_NAME": "pages"}, {"POLICYWRIGHT_AUDIENCE": "published"}, {"MIKE_DOCS_VERSION": "{}"}]
)
def test_the_working_site_is_not_built_where_sites_are_published(place: dict[str, str], village: Path) -> None:
    done = run_here("mkdocs", "build", cwd=village, env=place)
    assert done.returncode == 1
    assert "mkdocs.publish.yml" in done.stderr
    done = run_here("mkdocs", "build", "-f", "mkdocs.publish.yml", cwd=village, env=place)
    assert done.returncode == 0, done.stderr


def test_a_docs_folder_with_another_name_is_checked_rendered_and_built(village: Path) -> None:
    (village / "docs").rename(village / "seiten")
    lay(village, {"seiten/own.md": "# Own\n\nOkapi\n\n<!-- policy: hom -->\n", "seiten/okapi.txt": "Okapi"})
    with (village / "mkdocs.yml").open("a", encoding="utf-8") as file:
        file.write("\ndocs_dir: seiten\n")
    done = run_here("policywright", "check", cwd=village)
    assert "seiten/own.md:5:1: error E201" in done.stdout
    assert "seiten/own.md:5:1: error E201" in build(village)[1]
    run_here("policywright", "render", ".", "--out", "rendered", cwd=village)
    assert {"docs/own.md", "docs/okapi.txt"} <= {*holding(village / "rendered", "Okapi")}
    assert {"own.html", "okapi.txt"} <= {*holding(village / "site", "Okapi")}


def test_pages_that_others_make_or_leave_out_are_no_faults(village: Path) -> None:
    post = "---\ndate: 2027-03-01\n---\n\n# Post\n\nOkapi <!-- Quagga -->\n"
    made = (
        "from mkdocs.structure.files import File\n\n\ndef on_files(files, config):\n"
        "    text = '# Made\\n\\nOkapi\\n\\n<!-- policy: where water.cleaning == \"none\" -->\\nQuagga\\n'\n"
        "    text += '<!-- policy: end -->\\n'\n"
        "    files.append(File.generated(config, 'made.md', content=text))\n    return files\n"
    )
    lay(
        village,
        {
            "docs/team/README.md": "# Team\n\nOkapi\n",
            "docs/guidance/README.md": "# Our guidance\n\nOkapi\n",
            "docs/house.markdown": "# House\n\nOkapi\n",
            "docs/blog/index.md": "# Blog\n",
            "docs/blog/posts/one.md": post,
            "docs/draft-x.md": "# Quagga\n",
            "hooks/made.py": made,
        },
    )
    text = (village / "mkdocs.yml").read_text("utf-8")
    text = text.replace("hooks:\n", "draft_docs: draft-*.md\nuse_directory_urls: true\nhooks:\n  - hooks/made.py\n")
    text = text.replace("  - search\n  - offline\n", "  - search\n  - blog\n").replace(
        "  - admonition\n", "  - smarty\n"
    )
    (village / "mkdocs.yml").write_text(text, "utf-8")
    for options in ((), ("--dirty",), ("--dirty",)):
        status, said = build(village, "build", "-f", "mkdocs.publish.yml", *options)
        assert status == 0, said
    shown = holding(village / "published", "Okapi")
    assert {"team/index.html", "guidance/index.html", "house/index.html", "made/index.html"} <= {*shown}
    assert any("blog/2027" in name for name in shown)
    assert holding(village / "published", "Quagga") == []
    done = run_here("policywright", "verify", "published", ".", "--published", cwd=village)
    assert done.returncode == 0, done.stdout


def test_a_page_with_another_ending_replaces_a_generated_one(village: Path) -> None:
    lay(village, {"docs/gate-sign.markdown": "# Sign\n\nOkapi\n"})
    status, said = build(village)
    assert status == 1
    assert re.search(
        r"docs/gate-sign\.markdown:1:1: error V102: The provision .* is not on the page gate-sign\.md", said
    )


def test_words_of_a_clause_that_was_left_out_are_found_in_any_page_with_their_line(village: Path) -> None:
    words = "Guests must take a shower first, whatever the weather may be on that day, and whoever they are."
    head = "---\ncode: BAT-2\ntitle: Long\nwhen: bathers.shower == 'yes'\nlevel: must\nsources: [BATHING]\n---\n"
    lay(
        village,
        {"overrides/clauses/BAT-2-long.md": head + words + "\n", "docs/a/README.md": f"# A\n\nText.\n\n{words}\n"},
    )
    status, said = build(village, "build", "-f", "mkdocs.publish.yml")
    assert status == 1
    assert "docs/a/README.md:5:1: error V103" in said


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# Own\n\n[placeholder]\n", 3),
        ("---\ntitle: T\n---\n# Own\n\nText {{ agency.name }}\n", 6),
        ("# Own\n\n<div>\n<!-- Quagga\n</div>\n", 4),
    ],
)
def test_what_is_left_in_a_page_is_found_with_its_line(text: str, line: int, village: Path) -> None:
    lay(village, {"docs/own.md": text})
    status, said = build(village, "build", "-f", "mkdocs.publish.yml")
    assert status == 1
    assert re.search(rf"docs/own\.md:{line}:1: error (V104|E202)", said), said


def test_a_lookalike_that_an_extension_brings_in_stops_a_strict_build(village: Path) -> None:
    lay(
        village,
        {"parts/near.md": "&lt;!-- policy: where us --&gt;\n", "docs/own.md": '# Own\n\n--8<-- "parts/near.md"\n'},
    )
    settings(village, "markdown_extensions: [attr_list, md_in_html, tables, admonition, pymdownx.snippets]\n")
    status, said = build(village, "build", "--strict")
    assert status == 1
    assert "docs/own.md:3:1: error E201: This looks like a shortcode" in said


def test_while_somebody_edits_drafts_are_shown(village: Path) -> None:
    lay(village, {"docs/draft-x.md": "# Okapi\n\n<!-- policy: status -->\n"})
    with (village / "mkdocs.yml").open("a", encoding="utf-8") as file:
        file.write("\ndraft_docs: draft-*.md\n")
    with unchanged_process():
        config = load_config(str(village / "mkdocs.yml"))
        config.plugins.on_startup(command="serve", dirty=False)
        build_site(config, serve_url="http://localhost/")
    page = (village / "site" / "draft-x.html").read_text("utf-8")
    assert "Okapi" in page
    assert "policy: status" not in page


def test_the_job_that_publishes_says_so_in_both_forges() -> None:
    template = ROOT / "cookiecutter-policy" / "{{cookiecutter.repo_name}}"
    texts = [path.read_text("utf-8") for path in template.rglob("*.yml*") if path.is_file()]
    jobs = [text for text in texts if "mkdocs.publish.yml --strict" in text and "policywright check" in text]
    assert len(jobs) == 2
    assert all("POLICYWRIGHT_AUDIENCE: published" in text for text in jobs)


@pytest.mark.parametrize("unit", ["<!--", "<!---policy", "<! policy where ", "<!-- x -->\n", "```\n<!-- x -->\n```\n"])
def test_a_page_full_of_marks_is_read_in_linear_time(unit: str) -> None:
    village = draft(TOY / "village", pool_catalog())
    expander = Expander(village.catalog, village, Unwritten(), working=True)
    times = []
    for size in (30_000, 240_000):
        begun = time.process_time()
        expander.expand(unit * (size // len(unit)), "docs/own.md", "", str)
        times.append(time.process_time() - begun)
    assert times[1] < 8 * 4 * times[0] + 0.5, times
    assert times[1] < 4, times
