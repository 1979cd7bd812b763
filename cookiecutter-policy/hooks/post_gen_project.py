"""Records the wheel of Policywright and its hash, and says what comes next."""

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

WHEEL = Path("wheelhouse/policywright-{{ cookiecutter._policywright_version }}-py3-none-any.whl")
MISSING = "# The wheel of Policywright and its hash are missing"
"""Where the template's requirements.txt leaves the requirement open."""
TEMPLATE = json.loads(
    r"""
{{ cookiecutter._template | yaml_text }}
"""
)
COMMIT = "{{ cookiecutter._commit | default('') }}"
# cruft passes the commit, but not the folder.
FOLDER = Path(
    json.loads(
        r"""
{{ cookiecutter._repo_dir | default('') | yaml_text }}
"""
    )
)
FOLDER = FOLDER if FOLDER.is_absolute() else Path(os.environ.get("PWD", ".")) / FOLDER


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
    url = re.sub(r"^(https?://)[^/]*@", r"\1", url)
    url = re.sub(r"^(ssh://[^/:@]*):[^/]*@", r"\1@", url)
    if url.startswith(("https://", "http://", "ssh://", "file://", "git://")):
        return f"git+{url}"
    if re.match(r"[\w.-]+@[\w.-]+:", url):
        return "git+ssh://" + url.replace(":", "/", 1)
    return f"git+{Path(url).resolve().as_uri()}"


def source() -> str:
    """Return the git address and the commit that the template came from, as pip reads them; or nothing."""
    url = TEMPLATE if COMMIT else git("config", "--get", "remote.origin.url")
    commit = COMMIT or git("rev-parse", "HEAD")
    return f"{pip_address(url)}@{commit}" if cloned() and url and commit else ""


def get_wheel() -> None:
    """Copy the wheel that was built beside the template, or build that of a template from git."""
    if COMMIT:  # cruft runs this in a folder that it deletes, twice for each update
        return
    built = FOLDER.parent / "dist" / WHEEL.name
    if built.is_file():
        shutil.copy(built, WHEEL)
    elif not WHEEL.is_file() and cloned():
        print("Building the wheel of Policywright. This needs pip, and hatchling from your package index.", flush=True)
        words = ("wheel", "--quiet", "--no-deps", "--retries", "0", "--timeout", "10", "--wheel-dir", "wheelhouse")
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *words, str(FOLDER.parent)]
        subprocess.run(command, capture_output=True, check=False)


def record_wheel() -> None:
    """Write the hash of the wheel, or else where to build it from, where the template left them open."""
    file = Path("requirements.txt")
    text = file.read_text(encoding="utf-8")
    head, open_, _ = text.partition(MISSING)
    if not open_ or not text.endswith(f"\n./{WHEEL.as_posix()}\n"):
        return  # the agency's own
    get_wheel()
    if WHEEL.is_file():
        digest = hashlib.sha256(WHEEL.read_bytes()).hexdigest()
        text = f"{head}./{WHEEL.as_posix()} --hash=sha256:{digest}\n"
    elif re.fullmatch(r"[\w.:/@+~%=-]+", source()):
        text = text.replace(". PATH is a copy of Policywright's repository", "").replace(" PATH\n", f' "{source()}"\n')
    file.write_text(text, encoding="utf-8")


def drop_empty_folders() -> None:
    """Delete the folders that the template makes for a forge, where they hold nothing."""
    made = ("workflows", "ISSUE_TEMPLATE", "merge_request_templates", "issue_templates", "")
    for name in (f"{forge}/{folder}" for forge in (".github", ".gitlab") for folder in made):
        with contextlib.suppress(OSError):
            Path(name).rmdir()


drop_empty_folders()
record_wheel()
if isinstance(sys.stdout, io.TextIOWrapper):
    sys.stdout.reconfigure(encoding="utf-8")
print(f"\nYour repository is ready in {Path.cwd()}")
if not WHEEL.is_file() and MISSING in Path("requirements.txt").read_text(encoding="utf-8"):
    print("The wheel of Policywright is missing. The comments in requirements.txt say how to build it.")
print("Read its README.md next; it begins with the commands that build the site.")
