"""A scaffold stands alone: its README's own commands install and build it from an index, a folder or a git address."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from policywright import __version__
from tests.support.agency_files import ROOT, TOWN, bake, run
from tests.tools.supply import LOCK

pytestmark = pytest.mark.slow

KEPT = ROOT / "build" / "wheels"
NOWHERE = "http://127.0.0.1:9"
TAG = f"v{__version__}"
ADDRESSES = {
    "https://forge.example/team/policywright.git": "git+https://forge.example/team/policywright.git",
    "https://robot:secret@forge.example/policywright.git": "git+https://forge.example/policywright.git",
    "git@forge.example:team/policywright.git": "git+ssh://git@forge.example/team/policywright.git",
}


def pip(*words: str | Path) -> None:
    done = run("python", "-m", "pip", *words)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the wheel of this checkout and all that it needs; `build/wheels` keeps the downloads.

    What it needs is downloaded as the scaffold's constraints.txt pins it, and each file is checked against its hash.
    """
    made, all_of_them = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("wheels")
    pip("wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", made, ROOT)
    wheel, quiet = next(made.glob("*.whl")), ("download", "--quiet", "--only-binary", ":all:")
    for wanted in (("--require-hashes", "--requirement", LOCK), ("hatchling",)):
        from_kept = (*quiet, "--no-index", "--find-links", KEPT, "--dest", all_of_them, *wanted)
        if run("python", "-m", "pip", *from_kept).returncode:
            pip(*quiet, "--dest", KEPT, *wanted)
            pip(*from_kept)
    shutil.copy(wheel, all_of_them)
    return all_of_them


@pytest.fixture(scope="session")
def index(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a package index that is a folder of plain pages (PEP 503)."""
    simple = tmp_path_factory.mktemp("index") / "simple"
    for wheel in sorted(wheels.glob("*.whl")):
        page = simple / re.sub(r"[-_.]+", "-", wheel.name.split("-")[0]).lower() / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        with page.open("a", encoding="utf-8") as file:
            file.write(f'<a href="{wheel.as_uri()}">{wheel.name}</a>\n')
    names = (folder.name for folder in sorted(simple.iterdir()))
    (simple / "index.html").write_text("".join(f'<a href="{name}/">{name}</a>\n' for name in names), encoding="utf-8")
    return simple.as_uri()


def alone(home: Path, **settings: str) -> dict[str, str]:
    """Return an environment without this machine's settings, caches and network; an empty variable counts as none."""
    cleared = {name: "" for name in os.environ if name.startswith(("PIP_", "XDG_")) or name == "PYTHONPATH"}
    proxies = {
        name: NOWHERE for kind in ("http", "https", "all") for name in (f"{kind}_proxy", f"{kind}_PROXY".upper())
    }
    own = {"HOME": str(home), "PIP_CONFIG_FILE": os.devnull, "GIT_CONFIG_GLOBAL": os.devnull, "NO_PROXY": ""}
    return cleared | proxies | own | {"no_proxy": "", "PIP_DISABLE_PIP_VERSION_CHECK": "1"} | settings


def readme_commands(agency: Path) -> tuple[list[str], list[str], str]:
    """Return the README's commands that make the site, that install checked packages, and that install offline."""
    blocks = re.findall(r"^```sh\n(.*?)^```", (agency / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return blocks[0].splitlines(), blocks[1].splitlines(), blocks[2].strip()


def follow(commands: list[str], agency: Path, env: dict[str, str]) -> str:
    """Run commands as somebody would who reads them; return what they said."""
    said = ""
    for command in commands:
        done = run("sh", "-c", command, cwd=agency, env=env)
        said += f"$ {command}\n{done.stdout}{done.stderr}\n"
        assert done.returncode == 0, said
    return said


def assert_built(agency: Path, said: str) -> None:
    """The site is there, made by what was installed in the agency's own environment, and no host was asked."""
    assert TOWN["agency_name"] in (agency / "site" / "index.html").read_text("utf-8")
    asked = run(
        agency / ".venv/bin/python", "-c", "import policywright; print(policywright.__file__)", env=alone(agency)
    )
    assert Path(asked.stdout).is_relative_to(agency / ".venv")
    assert not re.search(r"https?://(?!127\.0\.0\.1)\S+/simple|Retrying|Connection", said)


def test_the_readme_works_with_a_package_index(index: str, tmp_path: Path) -> None:
    agency = bake(tmp_path / "scaffold")
    for wheel in (agency / "wheelhouse").glob("*.whl"):
        wheel.unlink()
    assert (agency / "requirements.txt").read_text("utf-8").endswith(f"\npolicywright=={__version__}\n")
    commands, _, _ = readme_commands(agency)
    said = follow(commands, agency, alone(tmp_path, PIP_INDEX_URL=index))
    assert f"Looking in indexes: {index}" in said
    assert_built(agency, said)


def test_the_readme_works_with_the_wheelhouse_and_no_index(wheels: Path, index: str, tmp_path: Path) -> None:
    agency = bake(tmp_path / "scaffold")
    shutil.copytree(wheels, agency / "wheelhouse", dirs_exist_ok=True)
    (make, _, build), _, install = readme_commands(agency)
    assert "--no-index" in install
    said = follow([make, install, build], agency, alone(tmp_path, PIP_INDEX_URL=index))
    assert "Looking in indexes" not in said
    assert_built(agency, said)


def test_the_readme_installs_checked_packages_and_refuses_a_changed_one(index: str, tmp_path: Path) -> None:
    agency = bake(tmp_path / "scaffold")
    (make, _, build), checked, _ = readme_commands(agency)
    env = alone(tmp_path, PIP_INDEX_URL=index)
    assert_built(agency, follow([make, *checked, build], agency, env))
    lock = agency / "constraints.txt"
    lock.write_text(re.sub(r"(sha256:)\w{4}", r"\g<1>0000", lock.read_text("utf-8")), encoding="utf-8")
    refused = run("sh", "-c", f"{make} --clear && {checked[0]}", cwd=agency, env=env)
    assert refused.returncode
    assert "DO NOT MATCH THE HASHES" in refused.stderr


def git(*words: str | Path, cwd: Path) -> str:
    author = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    done = run("git", *author, *words, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """Return a git repository with one commit, tagged: what this checkout would be in git."""
    origin = tmp_path / "policywright.git"
    for name in git("ls-files", "--cached", "--others", "--exclude-standard", "-z", cwd=ROOT).split("\0"):
        if name and (ROOT / name).is_file():
            (origin / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, origin / name)
    git("init", "--quiet", cwd=origin)
    git("add", "--all", "--force", cwd=origin)
    git("commit", "--quiet", "--message", "All of it", cwd=origin)
    git("tag", TAG, cwd=origin)
    return origin


def scaffold(address: str, folder: Path, *options: str, **settings: str) -> Path:
    """Run cookiecutter on the address of a git repository, as somebody with an empty home would."""
    answers = [f"{name}={value}" for name, value in TOWN.items()]
    words: tuple[str | Path, ...] = (*options, "--no-input", "--output-dir", folder, *answers)
    done = run("cookiecutter", address, *words, env=alone(folder.parent, **settings))
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / TOWN["repo_name"]


def requirement(agency: Path) -> str:
    return (agency / "requirements.txt").read_text("utf-8").splitlines()[-1]


def pinned(origin: Path, revision: str) -> str:
    return f"git+{origin.as_uri()}@{revision}#egg=policywright"


def test_the_readme_works_with_a_git_address(origin: Path, index: str, tmp_path: Path) -> None:
    agency = scaffold(origin.as_uri(), tmp_path / "made")
    assert requirement(agency) == pinned(origin, TAG)
    commands, _, _ = readme_commands(agency)
    said = follow(commands, agency, alone(tmp_path, PIP_INDEX_URL=index))
    assert_built(agency, said)


def test_a_scaffold_from_git_is_pinned_to_its_tag_or_else_to_its_commit(origin: Path, tmp_path: Path) -> None:
    git("commit", "--quiet", "--allow-empty", "--message", "After the release", cwd=origin)
    commit = git("rev-parse", "HEAD", cwd=origin)
    option = ("--directory", "cookiecutter-policy")
    assert requirement(scaffold(origin.as_uri(), tmp_path / "newest")) == pinned(origin, commit)
    assert requirement(scaffold(origin.as_uri(), tmp_path / "directory", *option)) == pinned(origin, commit)
    assert requirement(scaffold(origin.as_uri(), tmp_path / "release", "--checkout", TAG)) == pinned(origin, TAG)


@pytest.mark.parametrize(("address", "kept"), ADDRESSES.items())
def test_a_pinned_address_is_written_as_pip_reads_it_and_without_a_password(
    address: str, kept: str, origin: Path, tmp_path: Path
) -> None:
    settings = tmp_path / "gitconfig"
    settings.write_text(f'[url "{origin.as_uri()}"]\n\tinsteadOf = {address}\n', encoding="utf-8")
    agency = scaffold(address, tmp_path / "made", GIT_CONFIG_GLOBAL=str(settings))
    assert requirement(agency) == f"policywright @ {kept}@{TAG}"


def test_a_scaffold_from_a_folder_is_pinned_to_the_release(origin: Path, tmp_path: Path) -> None:
    agency = bake(tmp_path / "made", origin)
    assert requirement(agency) == f"policywright=={__version__}"
