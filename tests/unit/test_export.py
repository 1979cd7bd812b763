"""The command export: which files it writes, what they say, what it refuses, and that it loses nothing."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import sys
import zipfile
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from policywright.approval.snapshot import freeze
from policywright.cli.terminal import progress_line
from policywright.draft import draft_of
from policywright.exports.blocks import words_of
from policywright.exports.data import answers_json
from policywright.exports.downloads import make_downloads
from policywright.exports.extras import MissingExtra
from policywright.exports.folder import SUMS
from policywright.exports.formats import FORMATS, Material, files_to_make, need_libraries
from policywright.exports.frozen import frozen_papers, thawed
from policywright.exports.papers import make_papers
from policywright.exports.report import findings_data
from policywright.exports.schema_page import schema_files_of_site
from policywright.exports.schemas import data_schema, data_schemas, site_schemas
from policywright.model.agency import EXPORT_FORMATS
from policywright.pages.feeds import policy_data
from policywright.pages.tables import COVERAGE, tables
from policywright.pages.views.overview import every_provision
from tests.support.agency_files import ROOT, draft_with, golden_draft, read_case, run
from tests.support.in_process import run_here
from tests.unit.test_cli import digests

SAMPLE = ROOT / "docs" / "sample"
DAY = "2026-11-30"
CASES = read_case("exports.yml")
GOLDEN = [*read_case("golden.yml")]


def export(*words: str | Path, root: Path = SAMPLE) -> tuple[int, str, str]:
    done = run_here("policywright", "export", root, *words, "--today", DAY)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: " ".join(case["words"]))
def test_what_cannot_be_exported_is_refused_and_nothing_is_written(case: dict[str, Any], tmp_path: Path) -> None:
    words = [tmp_path / "x" if word == "x" else word for word in case["words"]]
    status, out, err = export(*words)
    said = " ".join(err.split())
    assert (status, out) == (2, "")
    assert all(word in said for word in case["err"]), said
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("case", CASES["made"], ids=lambda case: " ".join(case["words"]))
def test_the_files_are_those_that_were_asked_for(case: dict[str, Any], tmp_path: Path) -> None:
    status, out, err = export("--out", tmp_path, *case["words"])
    assert (status, err) == (0, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == case["files"]
    assert f"{len(case['files']) - 1} files are in {tmp_path}" in out


def test_the_same_input_gives_the_same_bytes_whose_fingerprints_are_listed(tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert export("--to", "md,txt,json,csv", "--out", tmp_path / name)[0] == 0
    made = digests(tmp_path / "one")
    assert made == digests(tmp_path / "two")
    listed = (tmp_path / "one" / SUMS).read_text("utf-8")
    sums = {name: digest for digest, name in (line.split("  ") for line in listed.splitlines())}
    assert sums == {name: digest for name, digest in made.items() if name != SUMS}


def test_an_export_replaces_what_an_export_wrote_and_nothing_else(tmp_path: Path) -> None:
    assert export("--to", "md,txt", "--out", tmp_path, "--instrument", "policy")[0] == 0
    assert export("--to", "md", "--out", tmp_path, "--instrument", "policy", "--release", "1.0")[0] == 0
    old = digests(tmp_path)
    (tmp_path / "policy.md").write_text("Counsel's own words", encoding="utf-8")
    (tmp_path / "procedures.md").write_text("Something else", encoding="utf-8")
    before = digests(tmp_path)
    status, _, err = export("--to", "md", "--out", tmp_path)
    assert status == 2
    assert "Nothing was written." in err
    assert err.endswith("add --force:\n- policy.md\n- procedures.md\n")
    assert digests(tmp_path) == before
    assert export("--to", "md", "--out", tmp_path, "--force")[0] == 0
    sums = (tmp_path / SUMS).read_text("utf-8")
    assert f"{old['policy.txt']}  policy.txt" in sums
    assert f"{digests(tmp_path)['policy.md']}  policy.md" in sums


def test_nothing_is_written_into_the_pages_of_the_site(tmp_path: Path) -> None:
    root = tmp_path / "agency"
    shutil.copytree(SAMPLE, root)
    status, _, err = export("--to", "md", "--out", root / "docs" / "sent", root=root)
    assert status == 2
    assert "its files would be in the next site" in " ".join(err.split())
    assert not (root / "docs").exists()


@pytest.mark.parametrize(("module", "package"), [("docx", "python-docx"), ("typst", "typst")])
def test_a_missing_library_is_named_with_the_command_that_installs_it(
    module: str, package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    form = next(one.id for one in FORMATS.values() if one.library and one.library[0] == module)
    with pytest.raises(MissingExtra):
        need_libraries([form])
    status, out, err = export("--to", f"md,{form}", "--out", tmp_path / "x")
    assert (status, out) == (2, "")
    assert f"Install it with: python -m pip install {package}" in err
    assert not (tmp_path / "x").exists()


def test_each_format_has_a_name_that_policy_yml_may_use() -> None:
    assert tuple(FORMATS) == EXPORT_FORMATS


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_release_leaves_as_it_was_frozen(version: str) -> None:
    draft = draft_of(SAMPLE, DAY)
    release = next(one for one in draft.releases if one.version == version)
    old = thawed(release, draft)
    assert freeze(old).fingerprint == release.fingerprint
    said = "".join("".join(words_of(paper.blocks)) for paper in frozen_papers(release, draft))
    assert all(one.title in said for one in release.frozen.provisions)
    assert {paper.fingerprint for paper in frozen_papers(release, draft)} == {release.fingerprint}
    assert {paper.document.version for paper in frozen_papers(release, draft)} == {version}


def test_a_release_keeps_what_the_catalog_no_longer_has() -> None:
    draft = draft_of(SAMPLE, DAY)
    release = draft.releases[0]
    gone = {one.id for one in release.frozen.provisions[:3]} | {one.id for one in release.frozen.provisions[-3:]}
    emptied = replace(
        draft,
        policy=replace(draft.policy, chapters=(), procedures=(), texts=(), out=(), undecided=()),
        catalog=replace(draft.catalog, sections=(), texts=()),
    )
    old = thawed(release, emptied)
    assert freeze(old).fingerprint == release.fingerprint
    assert gone <= {one.clause.id for one in old.policy.everything}
    assert [paper.id for paper in frozen_papers(release, emptied)] == [
        paper.id for paper in frozen_papers(release, draft)
    ]


def json_files(name: str) -> dict[str, Any]:
    draft = golden_draft(name)
    files = files_to_make(Material(draft, make_papers(draft)), ["json"])
    return {file.name: json.loads(file.make()) for file in files}


@pytest.mark.parametrize("name", GOLDEN)
def test_every_data_file_keeps_to_the_schema_beside_it(name: str) -> None:
    files = json_files(name)
    data = {key: one for key, one in files.items() if not key.endswith(".schema.json")}
    assert {one["$schema"] for one in data.values()} == {*data_schemas()} == {*files} - {*data}
    for one in data.values():
        Draft202012Validator(files[one["$schema"]]).validate(one)


def test_a_schema_refuses_what_is_missing_and_what_is_new() -> None:
    for kind in ("instrument", "answers", "findings", "coverage", "sources"):
        schema = data_schema(kind)
        Draft202012Validator.check_schema(schema)
        name = "policy.json" if kind == "instrument" else f"{kind}.json"
        data = json_files("two-way-city")[name]
        for key in data:
            assert not Draft202012Validator(schema).is_valid({k: v for k, v in data.items() if k != key})
        assert not Draft202012Validator(schema).is_valid(data | {"new": 1})


def test_the_page_about_data_names_every_key_and_leads_to_every_schema() -> None:
    files = schema_files_of_site()
    page = files.pop("reference/data.md")
    assert {name.removeprefix("schemas/"): text for name, text in files.items()} == data_schemas() | site_schemas()
    assert all(f"(../{name})" in page for name in files)
    for key in (
        "adoption.supersedes[].title",
        "provisions[].sources[].url",
        "answers[].confirmed.office",
        "offices.*.title",
    ):
        assert f"| `{key}` | Text" in page


def test_data_says_what_the_site_and_the_check_say() -> None:
    draft = golden_draft("two-way-city")
    files = json_files("two-way-city")
    site = policy_data(draft, folders=False)
    parts = [one for one in files.values() if "instrument" in one]
    assert [row for part in parts for row in part["provisions"]] == site["provisions"]
    assert all(part["document"] == site["document"] for part in parts)
    assert parts[0]["adoption"] == site["adoption"]
    checked = findings_data(draft, draft.findings)
    assert {key: files["findings.json"][key] for key in checked} == json.loads(json.dumps(checked))
    assert {row["question"]: row["value"] for row in files["answers.json"]["answers"]}.keys() == draft.answers.keys()
    cited = {key for _, provision in every_provision(draft) for key in provision.sources}
    rows = {row["key"]: row["provisions"] for row in files["sources.json"]["sources"]}
    assert {key for key, provisions in rows.items() if provisions} == cited


def test_an_answer_has_its_value_and_no_place_in_its_rows() -> None:
    data = json.loads(answers_json(golden_draft("two-way-city")))
    rows = {row["question"]: row for row in data["answers"]}
    register = rows["existing.register"]["value"]
    assert register
    assert all("place" not in row and row["title"] for row in register)
    assert rows["comments.enabled"]["said"]


def test_a_register_as_a_table_has_every_row_and_no_formula(tmp_path: Path) -> None:
    formula = '=HYPERLINK("https://example.gov")'
    register = [
        {"title": formula, "disposition": "amend", "treats": ["use", "content"], "extent": "partly"},
        {"title": "Records schedule", "disposition": "reference", "number": "-1+1"},
    ]
    draft = draft_with(tmp_path, {"existing.register": register}, {"preset": "two_way"})
    files = {file.name: file.make() for file in files_to_make(Material(draft, make_papers(draft)), ["csv"])}
    text = files["register-existing-policies.csv"].decode("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["title"] for row in rows] == [f"'{formula}", "Records schedule"]
    assert rows[0]["treats"]
    assert files["coverage.csv"].decode() == tables(draft, working=True)[COVERAGE]


def test_checking_loads_neither_documents_nor_their_libraries() -> None:
    script = (
        f"import sys\nfrom policywright.cli.main import main\nmain(['check', {str(SAMPLE)!r}], standalone_mode=False)\n"
    )
    after = (
        "import sys, atexit\n"
        "unwanted = ('docx', 'typst', 'policywright.exports.papers', 'policywright.exports.formats')\n"
        "atexit.register(lambda: print('loaded:', [name for name in unwanted if name in sys.modules]))\n"
    )
    done = run(sys.executable, "-c", after + script, cwd=ROOT / "hooks")
    assert done.stdout.splitlines()[-1] == "loaded: []", done.stderr
    assert "rules undecided." in done.stdout


with_word = pytest.mark.skipif(not find_spec("policywright.exports.word"), reason="Word files are not made here yet")


@with_word
def test_a_redline_is_a_word_file_for_each_instrument_of_two_texts(tmp_path: Path) -> None:
    assert export("--to", "docx", "--redline", "1.0..1.1", "--out", tmp_path)[0] == 0
    assert export("--to", "docx", "--redline", "1.1", "--instrument", "policy", "--out", tmp_path)[0] == 0
    names = ("house-rules", "policy", "procedures", "transparency-statement")
    expected = {*(f"{name}-1.0-to-1.1.docx" for name in names), "policy-1.1-to-now.docx", SUMS}
    assert {path.name for path in tmp_path.iterdir()} == expected
    changed = "".join(document_xml(tmp_path / name) for name in expected if name != SUMS)
    assert "<w:ins " in changed
    assert "<w:del " in changed


def document_xml(path: Path) -> str:
    with zipfile.ZipFile(path) as file:
        return file.read("word/document.xml").decode()


@with_word
def test_what_counsel_gets_has_comments_and_is_kept_for_its_return(tmp_path: Path) -> None:
    root, out = tmp_path / "agency", tmp_path / "out"
    shutil.copytree(SAMPLE, root)
    for words in ((), ("--for", "counsel")):
        done = export("--to", "docx", "--instrument", "policy", "--out", out, *words, root=root)
        assert done[0] == 0, done
        with zipfile.ZipFile(out / "policy.docx") as file:
            parts = file.namelist()
            said = file.read("word/comments.xml").decode() if "word/comments.xml" in parts else ""
        assert ("May people comment on your posts?" in said) == bool(words)
        assert len(list(root.glob("sent/*.yml"))) == len(words) // 2
    came = run_here("policywright", "review", out / "policy.docx", root)
    assert came.stdout == f"policy.docx was sent on {DAY}. 0 proposals.\n"
    assert export("--to", "docx", "--redline", "sent", "--instrument", "policy", "--out", out, root=root)[0] == 0
    assert "<w:ins " not in document_xml(out / "policy-sent-to-now.docx")


@with_word
def test_a_word_template_of_no_use_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    root = tmp_path / "agency"
    shutil.copytree(SAMPLE, root)
    (root / "letter.docx").write_bytes(b"no Word file")
    with (root / "policy.yml").open("a", encoding="utf-8") as file:
        file.write("exports:\n  formats: [docx]\n  word_template: letter.docx\n")
    status, _, err = export("--to", "docx", "--out", tmp_path / "x", root=root)
    assert status == 2
    assert "letter.docx" in err
    assert not (tmp_path / "x").exists()
    downloads, [finding] = make_downloads(draft_of(root, DAY), root, "working")
    assert (finding.code, str(finding.places[0])) == ("E125", "policy.yml:28:18")
    assert downloads == []


def test_hashes_are_of_the_files(tmp_path: Path) -> None:
    assert export("--to", "csv", "--out", tmp_path)[0] == 0
    line = (tmp_path / SUMS).read_text("utf-8").splitlines()[0]
    assert line == f"{hashlib.sha256((tmp_path / 'clauses.csv').read_bytes()).hexdigest()}  clauses.csv"


def test_a_terminal_shows_what_is_made_on_one_line_and_keeps_nothing_of_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress_line() as show:
        show("Making procedures.docx")
        show("Making policy.docx")
    written = capsys.readouterr().err
    assert written == "Making procedures.docx\rMaking policy.docx    \r                  \r"


def test_a_log_gets_no_progress(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_line() as show:
        show("Making policy.docx")
    assert capsys.readouterr().err == ""
