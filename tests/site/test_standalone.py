"""A scaffold is self-contained: the commands of its README install and build it from an index, a folder or git."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from policywright import __version__
from tests.support.agency_files import ROOT, TOWN, bake, run
from tests.support.in_process import run_here
from tests.tools.supply import LOCK

pytestmark = pytest.mark.slow

KEPT = ROOT / "build" / "wheels"
NOWHERE = "http://127.0.0.1:9"
TAG = f"v{__version__}"
WHEEL = f"policywright-{__version__}-py3-none-any.whl"
ADDRESSES = {
    "https://forge.example/team/policywright.git": "git+https://forge.example/team/policywright.git",
    "https://robot:secret@forge.example/policywright.git": "git+https://forge.example/policywright.git",
    "https://robot:half@secret@forge.example/policywright.git": "git+https://forge.example/policywright.git",
    "ssh://git:secret@forge.example/team/policywright.git": "git+ssh://git@forge.example/team/policywright.git",
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
    """Return an environment without this machine's settings, caches and network; an empty variable is unset."""
    cleared = {name: "" for name in os.environ if name.startswith(("PIP_", "XDG_")) or name == "PYTHONPATH"}
    proxies = {
        name: NOWHERE for kind in ("http", "https", "all") for name in (f"{kind}_proxy", f"{kind}_PROXY".upper())
    }
    own = {"HOME": str(home), "PIP_CONFIG_FILE": os.devnull, "GIT_CONFIG_GLOBAL": os.devnull, "NO_PROXY": ""}
    quick = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_COMPILE": "1"}  # most of what is installed is never run
    return cleared | proxies | own | {"no_proxy": ""} | quick | settings


def readme_commands(agency: Path) -> tuple[list[str], str]:
    """Return the README's commands that make the site, and the one that installs without a network."""
    blocks = re.findall(r"^```sh\n(.*?)^```", (agency / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return blocks[0].splitlines(), blocks[1].strip()


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


@pytest.fixture
def checkout(wheels: Path, tmp_path: Path) -> Path:
    """Return a copy of the template beside which the wheel was built, as “make new” leaves it."""
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / "cookiecutter-policy", folder / "cookiecutter-policy")
    shutil.copy(ROOT / "cookiecutter.json", folder)
    (folder / "dist").mkdir()
    shutil.copy(wheels / WHEEL, folder / "dist")
    return folder


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_readme_works_with_a_package_index(checkout: Path, index: str, tmp_path: Path) -> None:
    agency = bake(tmp_path / "scaffold", checkout)
    assert requirement(agency) == f"./wheelhouse/{WHEEL} --hash=sha256:{digest(agency / 'wheelhouse' / WHEEL)}"
    commands, _ = readme_commands(agency)
    said = follow(commands, agency, alone(tmp_path, PIP_INDEX_URL=index))
    assert f"Looking in indexes: {index}" in said
    assert_built(agency, said)


def test_the_readme_works_with_the_wheelhouse_and_no_index(
    checkout: Path, wheels: Path, index: str, tmp_path: Path
) -> None:
    agency = bake(tmp_path / "scaffold", checkout)
    shutil.copytree(wheels, agency / "wheelhouse", dirs_exist_ok=True)
    (make, _, build), install = readme_commands(agency)
    assert "--no-index" in install
    said = follow([make, install, build], agency, alone(tmp_path, PIP_INDEX_URL=index))
    assert "Looking in indexes" not in said
    assert_built(agency, said)


def test_new_scaffolds_from_an_installed_wheel_what_cookiecutter_does_from_a_checkout(
    checkout: Path, wheels: Path, tmp_path: Path
) -> None:
    """The packages that it needs are those of the tests; pip compiles what it installs, also in the template."""
    home = tmp_path / "installed"
    pip("install", "--quiet", "--no-deps", "--target", home, wheels / WHEEL)
    env = {"PYTHONPATH": str(home), "PYTHONSAFEPATH": "1"}
    answers = [f"{name}={value}" for name, value in TOWN.items()]
    words: tuple[str | Path, ...] = (
        "-m",
        "policywright",
        "new",
        *answers,
        "--no-input",
        "--output-dir",
        tmp_path / "new",
    )
    done = run(sys.executable, *words, cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stderr
    assert [*home.glob("policywright/template/*/hooks/__pycache__")]
    assert contents(tmp_path / "new") == contents(bake(tmp_path / "plain", checkout).parent)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def tried(agency: Path, home: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Let pip say what the README's command would install, without a virtual environment."""
    (_, install, _), _ = readme_commands(agency)
    words = install.replace(".venv/bin/python", sys.executable) + " --dry-run --ignore-installed"
    return run("sh", "-c", words, cwd=agency, env=alone(home, **settings))


def newer(wheel: Path, folder: Path, version: str = "9.9.9") -> Path:
    """Plant a copy of a wheel that says that it is another version."""
    name, old = wheel.name.split("-")[:2]
    folder.mkdir(parents=True, exist_ok=True)
    planted = folder / wheel.name.replace(f"-{old}-", f"-{version}-")
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(planted, "w") as out:
        for item in source.infolist():
            data = source.read(item)
            head = f"\nVersion: {old}\n".encode()
            data = (
                data.replace(head, f"\nVersion: {version}\n".encode()) if item.filename.endswith("METADATA") else data
            )
            out.writestr(item.filename.replace(f"{name}-{old}.", f"{name}-{version}."), data)
    return planted


@pytest.fixture
def offline(checkout: Path, wheels: Path, tmp_path: Path) -> Path:
    """Return a repository that has everything in its wheelhouse."""
    agency = bake(tmp_path / "scaffold", checkout)
    shutil.copytree(wheels, agency / "wheelhouse", dirs_exist_ok=True)
    return agency


def changed_wheel(agency: Path) -> None:
    with (agency / "wheelhouse" / WHEEL).open("ab") as file:
        file.write(b"x")


def changed_package(agency: Path) -> None:
    with next((agency / "wheelhouse").glob("mkdocs-1*.whl")).open("ab") as file:
        file.write(b"x")


def hash_taken_out(agency: Path) -> None:
    file = agency / "requirements.txt"
    file.write_text(re.sub(r" --hash=\S+\n$", "\n", file.read_text("utf-8")), "utf-8")


def bare_pin(agency: Path) -> None:
    file = agency / "requirements.txt"
    lines = file.read_text("utf-8").splitlines()
    file.write_text("\n".join([*lines[:-1], f"policywright=={__version__}"]) + "\n", "utf-8")


def edit_constraints(agency: Path, pattern: str, new: str) -> None:
    file = agency / "constraints.txt"
    text, count = re.subn(pattern, new, file.read_text("utf-8"), flags=re.MULTILINE)
    assert count == 1
    file.write_text(text, "utf-8")


def package_without_hash(agency: Path) -> None:
    edit_constraints(agency, r"^(mkdocs==\S+) \\\n(?: +--hash=\S+(?: \\)?\n)+", r"\1\n")


def package_of_any_version(agency: Path) -> None:
    edit_constraints(agency, r"^mkdocs==", "mkdocs>=")


def package_left_out(agency: Path) -> None:
    edit_constraints(agency, r"^mkdocs==\S+ \\\n(?: +--hash=\S+(?: \\)?\n)+", "")


def git_address(agency: Path) -> None:
    file = agency / "requirements.txt"
    lines = file.read_text("utf-8").splitlines()
    file.write_text("\n".join([*lines[:-1], f"git+{ROOT.as_uri()}#egg=policywright"]) + "\n", "utf-8")


def wheel_taken_away(agency: Path) -> None:
    (agency / "wheelhouse" / WHEEL).unlink()


REFUSED = {
    changed_wheel: "DO NOT MATCH THE HASHES",
    changed_package: "DO NOT MATCH THE HASHES",
    hash_taken_out: "Hashes are required in --require-hashes mode",
    bare_pin: "Hashes are required in --require-hashes mode",
    package_without_hash: "Hashes are required in --require-hashes mode",
    package_of_any_version: "all requirements must have their versions pinned with ==",
    package_left_out: "all requirements must have their versions pinned with ==",
    git_address: "Can't verify hashes for these requirements",
    wheel_taken_away: f"wheelhouse/{WHEEL}' looks like a filename, but the file does not exist",
}


@pytest.mark.parametrize(("change", "says"), REFUSED.items(), ids=lambda case: getattr(case, "__name__", ""))
def test_a_package_that_is_not_the_one_that_was_recorded_is_refused(
    change: Callable[[Path], None], says: str, offline: Path, tmp_path: Path
) -> None:
    change(offline)
    refused = tried(offline, tmp_path, PIP_NO_INDEX="1")
    assert refused.returncode
    assert says in refused.stderr


def test_newer_packages_that_somebody_plants_are_not_taken(offline: Path, index: str, tmp_path: Path) -> None:
    for name in (WHEEL, next((offline / "wheelhouse").glob("mkdocs-1*.whl")).name):
        newer(offline / "wheelhouse" / name, offline / "wheelhouse")
    for name in ("policywright", "mkdocs"):
        (offline / "wheelhouse" / f"{name}-9.9.9.tar.gz").write_bytes(b"no archive: pip must not open it")
    page = tmp_path / "evil" / "policywright" / "index.html"
    page.parent.mkdir(parents=True)
    planted = newer(offline / "wheelhouse" / WHEEL, tmp_path / "elsewhere", "99.0")
    page.write_text(f'<a href="{planted.as_uri()}">{planted.name}</a>\n', "utf-8")
    done = tried(offline, tmp_path, PIP_INDEX_URL=index, PIP_EXTRA_INDEX_URL=page.parents[1].as_uri())
    assert done.returncode == 0, done.stderr
    (would,) = (line for line in done.stdout.splitlines() if line.startswith("Would install"))
    assert f"policywright-{__version__} " in f"{would} "
    assert "9.9.9" not in would


@pytest.fixture
def released(checkout: Path, wheels: Path) -> Path:
    """Return the template of a release: it knows the hash of the wheel, and no wheel was built beside it."""
    shutil.rmtree(checkout / "dist")
    settings = checkout / "cookiecutter-policy" / "cookiecutter.json"
    settings.write_text(
        json.dumps(json.loads(settings.read_text("utf-8")) | {"_policywright_hash": digest(wheels / WHEEL)})
    )
    return checkout


def test_a_released_version_is_known_by_its_hash_wherever_it_comes_from(
    released: Path, wheels: Path, index: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", index)
    agency = bake(tmp_path / "scaffold", released)
    assert requirement(agency) == f"policywright=={__version__} --hash=sha256:{digest(wheels / WHEEL)}"
    done = tried(agency, tmp_path, PIP_INDEX_URL=index)
    assert done.returncode == 0, done.stderr
    forged = tmp_path / "forged" / WHEEL
    forged.parent.mkdir()
    forged.write_bytes((wheels / WHEEL).read_bytes() + b"x")
    refused = tried(agency, tmp_path, PIP_NO_INDEX="1", PIP_FIND_LINKS=f"{wheels} {forged.parent}")
    assert refused.returncode
    assert "DO NOT MATCH THE HASHES" in refused.stderr


def test_a_release_that_no_index_has_is_asked_for_as_a_file_and_the_file_says_where_to_put_it(
    released: Path, wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    agency = bake(tmp_path / "scaffold", released)
    assert requirement(agency) == f"./wheelhouse/{WHEEL} --hash=sha256:{digest(wheels / WHEEL)}"
    assert "# Put the file into wheelhouse/" in (agency / "requirements.txt").read_text("utf-8")
    said = run_here("policywright", "check", agency, "--least", "warning").stdout
    assert "W107: This wheel is not there, so pip cannot install Policywright here." in said
    shutil.copytree(wheels, agency / "wheelhouse", dirs_exist_ok=True)
    done = tried(agency, tmp_path, PIP_NO_INDEX="1")
    assert done.returncode == 0, done.stderr


def test_the_wheel_of_a_release_is_taken_along_if_it_is_the_released_one(
    released: Path, wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    (released / "dist").mkdir()
    for name, more in (("same", b""), ("other", b"x")):
        (released / "dist" / WHEEL).write_bytes((wheels / WHEEL).read_bytes() + more)
        agency = bake(tmp_path / name, released)
        assert (agency / "wheelhouse" / WHEEL).exists() == (name == "same")
        kind = f"policywright=={__version__}" if name == "same" else f"./wheelhouse/{WHEEL}"
        assert requirement(agency) == f"{kind} --hash=sha256:{digest(wheels / WHEEL)}"


def way_out(agency: Path) -> list[str]:
    """Return the commands that the comments of requirements.txt name."""
    return re.findall(r"^#     (python .+)$", (agency / "requirements.txt").read_text("utf-8"), re.MULTILINE)


def test_without_a_wheel_pip_says_what_is_missing_and_the_file_says_how_to_make_it(
    checkout: Path, index: str, tmp_path: Path
) -> None:
    shutil.rmtree(checkout / "dist")
    agency = bake(tmp_path / "scaffold", checkout)
    assert requirement(agency) == f"./wheelhouse/{WHEEL}"
    assert f"policywright=={__version__}" not in (agency / "requirements.txt").read_text("utf-8")
    refused = tried(agency, tmp_path, PIP_INDEX_URL=index)
    assert refused.returncode
    assert f"wheelhouse/{WHEEL}' looks like a filename, but the file does not exist" in refused.stderr
    build, ask = way_out(agency)
    env = alone(tmp_path, PIP_INDEX_URL=index)
    said = follow([build.replace("python", sys.executable, 1).replace("PATH", str(ROOT))], agency, env)
    refused = tried(agency, tmp_path, PIP_INDEX_URL=index)
    said = follow([ask.replace("python", sys.executable, 1)], agency, env)
    (recorded,) = re.findall(r"--hash=sha256:\w{64}", said)
    assert recorded in refused.stderr
    file = agency / "requirements.txt"
    file.write_text(f"{file.read_text('utf-8').rstrip()} {recorded}\n", "utf-8")
    done = tried(agency, tmp_path, PIP_INDEX_URL=index)
    assert done.returncode == 0, done.stderr


def test_the_scaffold_ends_with_a_word_about_a_missing_wheel(checkout: Path, tmp_path: Path) -> None:
    words = ("cookiecutter", checkout, "--no-input", "--output-dir")
    assert "wheel" not in run(*words, tmp_path / "with").stdout
    shutil.rmtree(checkout / "dist")
    said = run(*words, tmp_path / "without").stdout
    assert "The wheel of Policywright is missing. The comments in requirements.txt say how to get it." in said


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


def test_a_scaffold_from_a_git_address_has_the_wheel_of_its_commit(origin: Path, index: str, tmp_path: Path) -> None:
    agency = scaffold(origin.as_uri(), tmp_path / "made", PIP_INDEX_URL=index)
    rebuilt = tmp_path / "rebuilt"
    pip("wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", rebuilt, origin)
    assert digest(rebuilt / WHEEL) == digest(agency / "wheelhouse" / WHEEL)
    assert requirement(agency) == f"./wheelhouse/{WHEEL} --hash=sha256:{digest(agency / 'wheelhouse' / WHEEL)}"
    done = tried(agency, tmp_path, PIP_INDEX_URL=index)
    assert done.returncode == 0, done.stderr


def test_where_no_wheel_can_be_built_the_commit_is_named_from_which_to_build_it(origin: Path, tmp_path: Path) -> None:
    git("commit", "--quiet", "--allow-empty", "--message", "After the release", cwd=origin)
    newest, tag = (git("rev-parse", name, cwd=origin) for name in ("HEAD", TAG))
    for folder, options, commit in (
        ("newest", (), newest),
        ("directory", ("--directory", "cookiecutter-policy"), newest),
        ("release", ("--checkout", TAG), tag),
    ):
        agency = scaffold(origin.as_uri(), tmp_path / folder, *options, PIP_NO_INDEX="1")
        assert requirement(agency) == f"./wheelhouse/{WHEEL}"
        build = f'python -m pip wheel --no-deps --wheel-dir wheelhouse "git+{origin.as_uri()}@{commit}"'
        assert way_out(agency)[0] == build


@pytest.mark.parametrize(("address", "kept"), ADDRESSES.items())
def test_an_address_is_written_as_pip_reads_it_and_without_a_password(
    address: str, kept: str, origin: Path, tmp_path: Path
) -> None:
    settings = tmp_path / "gitconfig"
    settings.write_text(f'[url "{origin.as_uri()}"]\n\tinsteadOf = {address}\n', encoding="utf-8")
    agency = scaffold(address, tmp_path / "made", GIT_CONFIG_GLOBAL=str(settings), PIP_NO_INDEX="1")
    assert f' "{kept}@{git("rev-parse", TAG, cwd=origin)}"\n' in (agency / "requirements.txt").read_text("utf-8")
    assert "secret" not in (agency / "requirements.txt").read_text("utf-8")
