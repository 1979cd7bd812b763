"""Keeps the chosen CI files, pins the version of Policywright, and says what comes next."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

VERSION = "{{ cookiecutter._policywright_version }}"
FORGE = "{{ cookiecutter.forge }}"
TEMPLATE = json.loads(
    r"""
{{ cookiecutter._template | yaml_text }}
"""
)
COMMIT = "{{ cookiecutter._commit | default('') }}"
# cruft tells the commit, and not the folder.
FOLDER = Path(
    json.loads(
        r"""
{{ cookiecutter._repo_dir | default('') | yaml_text }}
"""
    )
)
FOLDER = FOLDER if FOLDER.is_absolute() else Path(os.environ.get("PWD", ".")) / FOLDER
CI_FILES = {"gitlab": [".gitlab-ci.yml"], "github": [".github"], "other": []}


def git(*words: str) -> str:
    """Ask git about the folder that the template came from; an empty answer when it does not know."""
    try:
        asked = subprocess.run(["git", "-C", str(FOLDER), *words], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return asked.stdout.strip() if asked.returncode == 0 else ""


def cloned() -> bool:
    """Whether cookiecutter fetched the template from a git address, rather than from a folder."""
    address = re.match(r"(\w+:|git@|\w+@|.*\.git$)", TEMPLATE) and not re.match(r"[A-Za-z]:[\\/]", TEMPLATE)
    return bool(address) or ".cookiecutters" in FOLDER.parts


def pip_address(url: str) -> str:
    """Write a git remote as pip wants it, without a password."""
    url = re.sub(r"^(https?://)[^/@]*@", r"\1", url)
    if url.startswith(("https://", "http://", "ssh://", "file://", "git://")):
        return f"git+{url}"
    if re.match(r"[\w.-]+@[\w.-]+:", url):
        return "git+ssh://" + url.replace(":", "/", 1)
    return f"git+{Path(url).resolve().as_uri()}"


def pin() -> str:
    """Return the one requirement: the template's own tag or commit, or the released version."""
    if COMMIT:
        url, revision = TEMPLATE if cloned() else "", COMMIT
    else:
        url = git("config", "--get", "remote.origin.url") if cloned() else ""
        revision = git("describe", "--exact-match", "--tags", "HEAD") or git("rev-parse", "HEAD")
    if not (url and revision):
        return f"policywright=={VERSION}"
    address = f"{pip_address(url)}@{revision}"
    # pip before 24.1 takes “name @ address” only for an address with a host.
    return f"{address}#egg=policywright" if address.startswith("git+file:") else f"policywright @ {address}"


def write_requirements() -> None:
    """Write requirements.txt; pip looks into `wheelhouse` before it asks an index."""
    lines = [
        "# The one thing this repository needs. Raise the version in a reviewed change.",
        "# pip also looks into the folder wheelhouse/, so that no network is needed.",
        "--find-links wheelhouse",
        pin(),
    ]
    Path("requirements.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def take_wheel() -> None:
    """Copy the wheel of this version when it was built beside the template."""
    for wheel in [] if COMMIT else FOLDER.parent.glob(f"dist/policywright-{VERSION}-*.whl"):
        shutil.copy(wheel, "wheelhouse")


def drop_other_ci() -> None:
    """Delete the CI files of the forges that were not chosen."""
    for forge, names in CI_FILES.items():
        for name in names if forge != FORGE else []:
            shutil.rmtree(name) if Path(name).is_dir() else Path(name).unlink()


drop_other_ci()
write_requirements()
take_wheel()
if isinstance(sys.stdout, io.TextIOWrapper):
    sys.stdout.reconfigure(encoding="utf-8")
print(f"\nYour repository is ready in {Path.cwd()}")
print("Read its README.md next; it begins with the commands that build the site.")
