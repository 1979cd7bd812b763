"""The template: what the real cookiecutter makes of a name, a forge and the catalog, and what it refuses."""

from __future__ import annotations

import copy
import hashlib
import importlib.util
import json
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from policywright import __version__
from policywright.agency.own_wheel import WHEEL_NAME, find_own_wheel, is_own_wheel, own_source
from policywright.catalog.blank_answers import answer_files, register_files
from policywright.catalog.forge_files import code_owners, request_template
from policywright.draft import draft_of
from policywright.editor_schemas import schema_files
from policywright.pages.plain_site import SETTINGS
from policywright.pages.style import SEARCH_LATER
from tests.support.agency_files import ROOT, TOWN, bake, catalog, made_wheel, read_case, repository_of, run
from tests.support.in_process import run_here
from tests.support.shared import Shared
from tests.tools.generated import generated

NAMES = read_case("names.yml")
FILES = [
    ".gitattributes",
    ".gitignore",
    ".pre-commit-config.yaml",
    ".vscode/extensions.json",
    ".vscode/settings.json",
    "README.md",
    "constraints.txt",
    "docs/index.md",
    "hooks/policy.py",
    "mkdocs.publish.yml",
    "mkdocs.yml",
    "policy.yml",
    "requirements.txt",
    "wheelhouse/README.md",
]
FORGES = {
    "gitlab": [
        ".gitlab/CODEOWNERS",
        ".gitlab/merge_request_templates/Default.md",
        ".gitlab-ci.yml",
        ".gitlab/issue_templates/policy-mistake.md",
        ".gitlab/issue_templates/policy-question.md",
        "renovate.json",
    ],
    "github": [
        ".github/CODEOWNERS",
        ".github/pull_request_template.md",
        ".github/ISSUE_TEMPLATE/policy-mistake.md",
        ".github/ISSUE_TEMPLATE/policy-question.md",
        ".github/dependabot.yml",
        ".github/workflows/overdue.yml",
        ".github/workflows/policy.yml",
    ],
    "other": [],
}


def scaffold(folder: Path, *options: str, **answers: str) -> Any:
    """Run cookiecutter on answers that no command line could carry; the folder `made` gets the repository."""
    config = folder / "config.yml"
    settings = {
        "default_context": {name: f"{{% raw %}}{value}{{% endraw %}}" for name, value in answers.items()},
        "replay_dir": str(folder / "replay"),
        "cookiecutters_dir": str(folder / "templates"),
    }
    config.write_text(json.dumps(settings, ensure_ascii=False), encoding="utf-8")
    words = ("--no-input", "--config-file", config, "--output-dir", folder / "made")
    return run_here("cookiecutter", ROOT, *options, *words)


@pytest.fixture
def named(shared: Shared) -> Callable[[str], Path]:
    """Scaffold an agency of a name; the short name is the one that is proposed."""

    def made(name: str) -> Path:
        def fill(folder: Path) -> None:
            done = scaffold(folder, agency_name=name, repo_name="named")
            assert done.returncode == 0, done.stdout + done.stderr

        return shared(f"named-{list(NAMES['arrive'].values()).index(name)}", fill) / "made" / "named"

    return made


def read(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path.read_text("utf-8"))


def files(folder: Path) -> dict[str, bytes]:
    """Return the files of a repository, but not a wheel that was built beside the template."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".whl")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


class Elements(HTMLParser):
    """Collects what a browser would show of each title, h1 and article, and what the link to the home page says."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.open: list[str] = []
        self.logo: list[str | None] = []
        self.text = {"title": "", "h1": "", "article": ""}
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.text or ("class", "headerlink") in attrs:
            self.open.append(tag)
        if ("class", "md-header__button md-logo") in attrs:
            self.logo = [value for name, value in attrs if name in ("title", "aria-label")]

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        for tag in set(self.open) if "a" not in self.open else ():
            self.text[tag] += data

    def __getitem__(self, tag: str) -> str:
        return " ".join(self.text[tag].split())


@pytest.mark.parametrize("name", NAMES["arrive"].values(), ids=NAMES["arrive"])
def test_a_name_arrives_in_policy_yml_as_it_was_typed(name: str, named: Callable[[str], Path]) -> None:
    agency = named(name)
    assert read(agency / "policy.yml")["agency"] == {
        "name": name,
        "short_name": filtered(name, "sentence_name"),
    }
    assert read(agency / "mkdocs.yml")["site_name"] == name
    assert not [finding for finding in repository_of(agency).findings if finding.severity == "error"]


PLAIN = ("a number", "a date", "a word that YAML reads as nothing", "per cent", "a dollar", "backslashes", "Chinese")
"""Names that are only difficult for policy.yml, not for a page."""
SHOWN = {about: name for about, name in NAMES["arrive"].items() if about not in PLAIN}


@pytest.mark.slow
@pytest.mark.usefixtures("short_book")
@pytest.mark.parametrize("name", SHOWN.values(), ids=SHOWN)
def test_a_name_arrives_in_the_site_as_it_was_typed(name: str, named: Callable[[str], Path], tmp_path: Path) -> None:
    done = run_here("mkdocs", "build", "--site-dir", tmp_path, cwd=named(name))
    assert done.returncode == 0, done.stderr
    shows_the_name(tmp_path, name)


@pytest.mark.slow
def test_a_name_arrives_in_the_whole_site(named: Callable[[str], Path], tmp_path: Path) -> None:
    name = NAMES["arrive"]["HTML"]
    done = run("mkdocs", "build", "--strict", "--site-dir", tmp_path, cwd=named(name))
    assert done.returncode == 0, done.stderr
    shows_the_name(tmp_path, name)


def shows_the_name(site: Path, name: str) -> None:
    shown = " ".join(name.split())
    home = Elements(site / "index.html")
    assert home["title"] == f"{shown}: Social media policy"
    assert home.logo == [home["title"], home["title"]]
    assert home["h1"] == f"{shown}: social media policy"
    policy = Elements(site / "policy.html")
    assert policy["title"] == f"Social media policy - {shown}: Social media policy"
    title_block, _, text = policy["article"].partition("Version")
    assert title_block.rstrip() == f"Social media policy Issued by{shown}"
    assert shown in text


def test_what_is_typed_at_the_prompts_is_never_run_as_a_template(tmp_path: Path) -> None:
    config = tmp_path / "config.yml"
    config.write_text(json.dumps({"replay_dir": str(tmp_path / "replay")}))
    lines = tmp_path / "typed.txt"
    lines.write_text("\n".join(["1", "Town {{ 7 * 7 }} {% x", "the Town {{ y", *[""] * 5, "typed", ""]))
    prompts = 'cookiecutter "$0" --config-file "$1" --output-dir "$2" <"$3"'
    done = run("sh", "-c", prompts, ROOT, config, tmp_path, lines)
    assert done.returncode == 0, done.stdout + done.stderr
    agency = read(tmp_path / "typed" / "policy.yml")["agency"]
    assert agency == {"name": "Town {{ 7 * 7 }} {% x", "short_name": "the Town {{ y"}


@pytest.mark.parametrize("case", NAMES["refused"].values(), ids=NAMES["refused"])
def test_a_name_that_cannot_be_used_is_refused_and_leaves_nothing_behind(case: dict[str, str], tmp_path: Path) -> None:
    answers = {name: value for name, value in case.items() if name != "says"}
    done = scaffold(tmp_path, **answers)
    assert done.returncode == 1
    assert case["says"] in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["config.yml"]


def filtered(name: str, by: str) -> str:
    """Ask one of the template's filters about a name; cookiecutter finds them in the same place."""
    place = ROOT / "cookiecutter-policy" / "local_extensions.py"
    spec = importlib.util.spec_from_file_location("local_extensions", place)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(getattr(module, by)(name))


@pytest.mark.parametrize("case", NAMES["sentences"].values(), ids=NAMES["sentences"])
def test_a_name_is_proposed_as_it_is_written_in_a_sentence(case: dict[str, str]) -> None:
    assert filtered(case["name"], "sentence_name") == case["short"]


@pytest.mark.parametrize("case", NAMES["folders"].values(), ids=NAMES["folders"])
def test_a_name_gets_a_folder_that_people_can_read(case: dict[str, str]) -> None:
    folder = filtered(case["name"], "folder_name")
    assert re.fullmatch(case["folder"], folder)
    assert len(folder) <= 60


@pytest.mark.parametrize("names", NAMES["alike"], ids=lambda names: names[0])
def test_names_that_are_different_get_different_folders(names: list[str]) -> None:
    folders = {name: filtered(name, "folder_name") for name in names}
    assert len(set(folders.values())) == len(names), folders


def test_a_folder_is_proposed_for_the_name_of_the_agency(tmp_path: Path) -> None:
    done = scaffold(tmp_path, agency_name="Stadt Straße")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["stadt-strasse-social-media-policy"]


def test_every_objection_is_made_at_once(tmp_path: Path) -> None:
    done = scaffold(tmp_path, agency_name=" ", short_name="a\tb", repo_name="../x")
    assert len(done.stdout.splitlines()) == 3


def test_the_plain_call_and_the_directory_option_make_the_same_files(tmp_path: Path) -> None:
    plain = bake(tmp_path / "plain", ROOT, ("--verbose",))
    with_option = bake(tmp_path / "option", ROOT, ("--directory", "cookiecutter-policy"))
    assert files(plain) == files(with_option)


OWN = {
    ".github/ISSUE_TEMPLATE/question.md": "Ours\n",
    ".github/workflows/own.yml": "name: ours\n",
    ".github/CODEOWNERS": "* @town\n",
    ".gitlab/merge_request_templates/answer.md": "Ours\n",
    ".hidden": "Ours\n",
    "hooks/own.py": "# ours\n",
    "overrides/clauses/CIT-1-own.md": "Ours\n",
    "registers/existing-policies.yml": "[]\n",
    "wheelhouse/policywright-0.1.0-py3-none-any.whl": "the one whose hash is recorded\n",
}
"""What an agency has beside the template's files."""


def lived_in(agency: Path) -> dict[str, bytes]:
    """Edit every file of a scaffold and add files; return them."""
    for path in [path for path in agency.rglob("*") if path.is_file()]:
        path.write_bytes(path.read_bytes() + b"# ours\n")
    for name, text in OWN.items():
        path = agency / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return all_files(agency)


def all_files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_second_run_that_skips_what_is_there_changes_nothing(tmp_path: Path) -> None:
    before = lived_in(bake(tmp_path, forge="github"))
    again = ("-f", "-s")
    assert all_files(bake(tmp_path, options=again, forge="github")) == before
    after = all_files(bake(tmp_path, options=again, forge="gitlab"))
    assert after == before | {name: after[name] for name in FORGES["gitlab"]}


def test_a_second_run_brings_back_what_was_deleted_and_nothing_else(tmp_path: Path) -> None:
    agency = bake(tmp_path)
    made = all_files(agency)
    before = lived_in(agency)
    deleted = ("answers/goals.yml", ".gitlab-ci.yml", "README.md", "hooks/policy.py")
    for name in deleted:
        (agency / name).unlink()
    assert all_files(bake(tmp_path, options=("-f", "-s"))) == before | {name: made[name] for name in deleted}


@pytest.mark.parametrize("forge", ["gitlab", "github"])
def test_without_hooks_the_scaffold_has_the_same_files(forge: str, tmp_path: Path) -> None:
    made = files(bake(tmp_path, options=("--accept-hooks", "no"), forge=forge))
    assert set(made) == {*FILES, *followed(), *FORGES[forge]}


@pytest.mark.parametrize("forge", FORGES)
def test_a_scaffold_holds_these_files_and_only_the_chosen_forges_ci(forge: str, tmp_path: Path) -> None:
    agency = bake(tmp_path, forge=forge)
    made = files(agency)
    assert set(made) == {*FILES, *followed(), *FORGES[forge]}
    assert {name: made[name].decode() for name in followed() if name.endswith(".json")} == schema_files(catalog())
    assert sorted(path.name for path in agency.glob(".git[hl]*")) == sorted(
        {name.split("/")[0] for name in FORGES[forge] if name.startswith(".git")}
    )


def followed() -> list[str]:
    """Return the files of a scaffold that follow from the catalog."""
    answers = [f"answers/{element}.yml" for element in catalog().elements]
    return [*answers, *register_files(catalog()), *schema_files(catalog())]


@pytest.mark.parametrize(
    ("forge", "owners", "request_"), [(forge, *FORGES[forge][:2]) for forge in ("gitlab", "github")]
)
def test_the_forge_is_told_the_office_of_each_file_and_no_name_that_it_cannot_know(
    forge: str, owners: str, request_: str, tmp_path: Path
) -> None:
    agency = bake(tmp_path, forge=forge)
    lines = (agency / owners).read_text("utf-8").splitlines()
    assert all(line.startswith("#") or not line for line in lines)
    said = [line[2:].split() for line in lines if line.startswith("# /")]
    meant = dict(line[1:].split(maxsplit=1) for line in lines if line.startswith("#   @"))
    assert {name for _, *names in said for name in names} == {*meant}
    shown = (agency / request_).read_text("utf-8")
    for file, first, *_ in said:
        assert (agency / file[1:]).is_file()
        role = catalog().roles[first[1:].replace("-", "_")]
        assert f"- [ ] `{file[1:]}`: {role.title}" in shown
        assert meant[first] == role.title
    assert {file[1:] for file, *_ in said} == {name for name in followed() if name.endswith(".yml")}


@pytest.mark.parametrize("forge", FORGES)
def test_the_readme_puts_every_file_under_git_before_it_speaks_of_commits(forge: str, tmp_path: Path) -> None:
    agency = bake(tmp_path, forge=forge)
    readme = (agency / "README.md").read_text("utf-8")
    before, history = readme.split("\n## Keep the history\n")
    assert not re.search(r"\b(?:[Cc]ommit|git)\b", before)
    (commands,) = re.findall(r"^```sh\n(git .*?)^```", history, re.MULTILINE | re.DOTALL)
    author = {f"GIT_{role}_{what}": "c@d.example" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    for command in commands.splitlines():
        done = run("sh", "-c", command, cwd=agency, env=author | {"GIT_CONFIG_GLOBAL": "/dev/null"})
        assert done.returncode == 0, done.stderr
    kept = run("git", "ls-files", "-z", cwd=agency).stdout.rstrip("\0").split("\0")
    assert {*kept} == {path for path in all_files(agency) if not path.startswith(".git/")}


IN_COUNTRIES = [("us_federal", "other"), ("uk_local", "other"), ("nz", "municipal_general"), ("ca_federal", "court")]


@pytest.mark.parametrize(("jurisdiction", "agency_kind"), IN_COUNTRIES)
def test_an_office_has_the_same_title_in_every_file_of_a_scaffold_and_in_what_commands_print(
    jurisdiction: str, agency_kind: str, tmp_path: Path
) -> None:
    agency = bake(tmp_path, forge="github", jurisdiction=jurisdiction, agency_kind=agency_kind)
    made, here = files(agency), draft_of(agency).catalog
    assert here.roles != catalog().roles
    assert {name: made[name].decode() for name in schema_files(here)} == schema_files(here)
    for name, text in (answer_files(here) | register_files(here)).items():
        assert [*asked_offices(made[name].decode())] == [*asked_offices(text)]
    owners, request_ = (made[name].decode() for name in FORGES["github"][:2])
    assert (owners, request_) == (code_owners(here), request_template(here))
    assert "Nothing to do." in run_here("policywright", "upgrade", agency).stdout


def asked_offices(text: str) -> Iterator[str]:
    """Return which offices to ask about each question of an answer file, wherever the line was broken."""
    for found in re.findall(r"\((?:Essential|Optional)\. Ask: [^)]*\)", text):
        yield re.sub(r"\n# +", " ", found)


def test_every_command_that_installs_checks_hashes(tmp_path: Path) -> None:
    """In the repository itself, in its jobs and in our pages about it; `pip wheel` builds what is recorded later."""
    agencies = [bake(tmp_path, forge=forge, repo_name=forge) for forge in ("gitlab", "github")]
    own = [path for agency in agencies for path in agency.rglob("*") if path.suffix in (".md", ".yml")]
    pages = [*own, *(ROOT / "docs" / "how-to").glob("*.md"), ROOT / "docs" / "tutorial.md"]
    said = [line for path in pages for line in path.read_text("utf-8").splitlines() if "requirements.txt" in line]
    commands = [line for line in said if re.search(r"-m pip (install|download)", line)]
    assert len(commands) > 10
    assert not [line for line in commands if "--require-hashes" not in line]
    assert sum("--require-hashes" in path.read_text("utf-8") for path in own if path.suffix == ".yml") == 3
    assert not [line for path in pages for line in path.read_text("utf-8").splitlines() if "r constraints.txt" in line]


def test_what_is_generated_from_the_catalog_is_not_stale() -> None:
    stale = [path.name for path, text in generated().items() if path.read_text("utf-8") != text]
    assert not stale, "run: make generated"


def test_rendered_sites_and_the_scaffold_have_the_same_settings(tmp_path: Path) -> None:
    settings = read(bake(tmp_path) / "mkdocs.yml")
    for colors in settings["theme"]["palette"]:
        assert (colors.pop("primary"), colors.pop("accent")) == ("custom", "custom")
    assert settings["extra"].pop("policywright") == {"audience": "working"}
    plain = copy.deepcopy(SETTINGS)
    plain["extra"]["polyfills"].remove(SEARCH_LATER)  # the adapter adds it, as it adds our style sheet
    for colors in plain["theme"]["palette"]:
        colors.pop("primary", None)
        colors.pop("accent", None)
    assert {key: settings[key] for key in plain} == plain
    assert set(settings) - set(plain) == {"site_name", "hooks"}


def test_every_jurisdiction_and_preset_makes_answers_that_can_be_read(tmp_path: Path) -> None:
    agency = bake(tmp_path, jurisdiction="us_federal", preset="two_way")
    answers, policy = agency / "answers/agency.yml", agency / "policy.yml"
    asked, document = answers.read_text("utf-8"), policy.read_text("utf-8")
    choices = read(ROOT / "cookiecutter-policy/cookiecutter.json")
    wrong = {}
    for jurisdiction, preset in product(choices["jurisdiction"], choices["preset"]):
        answers.write_text(asked.replace("jurisdiction: 'us_federal'", f"jurisdiction: '{jurisdiction}'"), "utf-8")
        policy.write_text(document.replace("preset: two_way", f"preset: {preset}"), "utf-8")
        project = repository_of(agency)
        assert project.answers["agency.jurisdiction"].value == jurisdiction
        assert project.document.preset == preset
        wrong[jurisdiction, preset] = [str(finding) for finding in project.findings if finding.severity == "error"]
    assert len(wrong) == len(catalog().questions["agency.jurisdiction"].choices) * len(catalog().presets)
    assert not {case: found for case, found in wrong.items() if found}


def test_new_makes_what_cookiecutter_makes_and_takes_the_wheel_along(tmp_path: Path) -> None:
    wheel = made_wheel(tmp_path)
    answers = [f"{name}={value}" for name, value in TOWN.items()]
    words: tuple[str | Path, ...] = ("new", *answers, "--no-input", "--output-dir", tmp_path / "new", "--wheel", wheel)
    done = run_here("policywright", *words)
    assert done.returncode == 0, done.stderr
    new, plain = tmp_path / "new" / TOWN["repo_name"], bake(tmp_path / "plain")
    assert done.stdout.endswith(f"Your repository is ready in {new}\n{NEXT}\n")
    open_ = {"requirements.txt": (plain / "requirements.txt").read_bytes()}
    assert files(new) | open_ == files(plain)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    assert (
        (new / "requirements.txt").read_text("utf-8").endswith(f"\n./wheelhouse/{wheel.name} --hash=sha256:{digest}\n")
    )
    assert (new / "wheelhouse" / wheel.name).read_bytes() == wheel.read_bytes()
    before = all_files(new)
    again = run_here("policywright", *words)
    assert again.returncode == 2
    assert f"{new} already exists. Choose another name with repo_name=" in again.stderr
    assert all_files(tmp_path / "new") == {f"{TOWN['repo_name']}/{name}": text for name, text in before.items()}


NEXT = "Read its README.md next; it begins with the commands that build the site."
TEMPLATE = "cookiecutter-policy"


@pytest.mark.parametrize(("inside", "named"), [("", "."), ("", TEMPLATE), (TEMPLATE, "."), (f"{TEMPLATE}/hooks", "..")])
def test_the_wheel_beside_the_template_is_taken_along_from_a_folder_of_any_name(
    inside: str, named: str, tmp_path: Path
) -> None:
    checkout = tmp_path / """it's "a" \\ {{ 7 * 7 }}\t示例"""
    shutil.copytree(ROOT / TEMPLATE, checkout / TEMPLATE)
    shutil.copy(ROOT / "cookiecutter.json", checkout)
    (checkout / "dist").mkdir()
    wheel, here = made_wheel(checkout / "dist"), checkout / inside
    words: tuple[str | Path, ...] = ("--no-input", "--output-dir", tmp_path, "repo_name=made")
    done = run("cookiecutter", named, *words, cwd=here, env={"PWD": str(here)})
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "made" / "wheelhouse" / wheel.name).read_bytes() == wheel.read_bytes()
    said = (tmp_path / "made" / "requirements.txt").read_text("utf-8")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    assert said.endswith(f"\n./wheelhouse/{wheel.name} --hash=sha256:{digest}\n")


@pytest.fixture
def unbuilt(tmp_path: Path) -> Path:
    """Return a checkout beside whose template no wheel was built."""
    checkout = tmp_path / "it's my $HOME 示例"
    shutil.copytree(ROOT / TEMPLATE, checkout / TEMPLATE)
    shutil.copy(ROOT / "cookiecutter.json", checkout)
    (checkout / "hooks" / "policywright").mkdir(parents=True)
    (checkout / "hooks" / "policywright" / "__init__.py").touch()
    return checkout


def build_command(said: str) -> str:
    """Return the command at the end of a scaffold that builds the wheel."""
    (command,) = re.findall(r"^The wheel of Policywright is missing\. .*:\n\n  (.+)\n\n", said, re.MULTILINE)
    return str(command)


def test_a_scaffold_without_a_wheel_ends_with_the_command_that_builds_it_from_the_checkout(
    unbuilt: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "of the agency"
    done = run("cookiecutter", unbuilt, "--no-input", "--output-dir", folder, "repo_name=made")
    assert done.returncode == 0, done.stderr
    words = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", folder / "made/wheelhouse", unbuilt]
    assert shlex.split(build_command(done.stdout)) == [*map(str, words)]


def test_on_windows_this_command_is_one_for_its_shells(unbuilt: Path, tmp_path: Path) -> None:
    """The hook, as cookiecutter writes it, run again where Python says that this is Windows."""
    made = bake(tmp_path, unbuilt)
    hook, known = (ROOT / TEMPLATE / "hooks/post_gen_project.py").read_text("utf-8"), f"{unbuilt / TEMPLATE}"
    for name, value in {"_repo_dir": known.encode().hex(), "_policywright_version": __version__}.items():
        hook = re.sub(rf"{{{{ cookiecutter\.{name}\b.*? }}}}", value, hook)
    (tmp_path / "hook.py").write_text("import os\nos.name = 'nt'\n" + re.sub(r"{{ .*? }}", "", hook), "utf-8")
    wheel = made / "wheelhouse" / WHEEL_NAME
    wheel.unlink(missing_ok=True)
    done = run("python", tmp_path / "hook.py", cwd=made)
    assert done.returncode == 0, done.stderr
    assert build_command(done.stdout) == (f'py -m pip wheel --no-deps --wheel-dir "{made / "wheelhouse"}" "{unbuilt}"')


def test_new_asks_the_same_questions_and_takes_each_answer_as_it_is_written(tmp_path: Path) -> None:
    lines = tmp_path / "typed.txt"
    lines.write_text("\n".join(["Town {{ 7 * 7 }}", *[""] * 7, ""]))
    words: list[str | Path] = [
        "policywright",
        "new",
        'short_name={% x "ü" 😀',
        "--output-dir",
        tmp_path,
        "--wheel",
        made_wheel(tmp_path),
    ]
    done = run("sh", "-c", '"$@" <"$0"', lines, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    asked = read(ROOT / "cookiecutter-policy/cookiecutter.json")["__prompts__"].values()
    said = " ".join(done.stdout.split())  # a terminal breaks lines
    assert [one for one in asked if (one if isinstance(one, str) else one["__prompt__"]) not in said] == []
    (policy,) = tmp_path.glob("*/policy.yml")
    assert read(policy)["agency"] == {"name": "Town {{ 7 * 7 }}", "short_name": '{% x "ü" 😀'}


@pytest.mark.parametrize("case", NAMES["refused"].values(), ids=NAMES["refused"])
def test_new_refuses_the_same_names_and_leaves_nothing_behind(case: dict[str, str], tmp_path: Path) -> None:
    answers = [f"{name}={value}" for name, value in case.items() if name != "says"]
    words: tuple[str | Path, ...] = ("--no-input", "--output-dir", tmp_path / "new", "--wheel", made_wheel(tmp_path))
    done = run_here("policywright", "new", *answers, *words)
    assert done.returncode == 2
    assert case["says"] in done.stderr
    assert not [*(tmp_path / "new").iterdir()]


def test_new_without_a_wheel_says_how_to_get_one_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = {"url": "https://forge.example/p.git", "vcs_info": {"vcs": "git", "commit_id": "c0ffee"}}
    monkeypatch.setattr("policywright.agency.own_wheel._origin", lambda: origin)
    monkeypatch.setattr("policywright.agency.own_wheel.template_folder", lambda: tmp_path / "template")
    done = run_here("policywright", "new", "--no-input", "--output-dir", tmp_path / "new")
    assert done.returncode == 2
    assert '  python -m pip wheel --no-deps --wheel-dir . "git+https://forge.example/p.git@c0ffee"\n' in done.stderr
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(("installed", "known"), [("abc", True), ("changed", False)])
def test_new_takes_the_wheel_that_was_installed_unless_it_changed_since(
    installed: str, known: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = made_wheel(tmp_path)
    about = {
        "direct_url.json": json.dumps({"url": wheel.as_uri(), "archive_info": {}}),
        "RECORD": f"policywright/__init__.py,sha256={installed},12\npolicywright/__pycache__/__init__.pyc,,\n",
    }
    monkeypatch.setattr("policywright.agency.own_wheel._of_installation", lambda name: about[name])
    monkeypatch.setattr("policywright.agency.own_wheel.template_folder", lambda: tmp_path / "template")
    assert find_own_wheel() == (wheel if known else None)
    assert own_source() == str(wheel)


def test_a_wheel_is_ours_by_its_name_and_by_what_it_says(tmp_path: Path) -> None:
    assert is_own_wheel(made_wheel(tmp_path))
    assert not is_own_wheel(made_wheel(tmp_path, "9.9.9"))
    assert not is_own_wheel(made_wheel(tmp_path).rename(tmp_path / "policywright-9.9.9-py3-none-any.whl"))
    (tmp_path / WHEEL_NAME).write_text("<html>Please log in")
    assert not is_own_wheel(tmp_path / WHEEL_NAME)
