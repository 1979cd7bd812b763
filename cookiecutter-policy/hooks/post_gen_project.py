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
RELEASED = "{{ cookiecutter._policywright_hash }}"
"""The hash of the released wheel, or empty while this version is not released."""
PIN = f"policywright=={{ cookiecutter._policywright_version }} --hash=sha256:{RELEASED}"
NOT_SERVED = """\
# The wheel of Policywright is missing here, because no package index that pip knows has the released file.
# Put the file into wheelhouse/; pip compares its hash with this one. Then delete these comments.
"""
TEMPLATE = json.loads(
    r"""
{{ cookiecutter._template | yaml_text }}
"""
)
# “policywright new” knows the wheel that it runs from, and says what comes next itself.
GIVEN = json.loads(
    r"""
{{ cookiecutter._policywright_wheel | default('') | yaml_text }}
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
    if not cloned():
        return ""
    url = TEMPLATE if COMMIT else git("config", "--get", "remote.origin.url")
    commit = COMMIT or git("rev-parse", "HEAD")
    return f"{pip_address(url)}@{commit}" if url and commit else ""


def pip(*words: str) -> bool:
    """Run pip without waiting long for a network; return whether it did what it was asked."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", words[0], "--quiet", "--no-deps"]
    limits = ("--retries", "0", "--timeout", "10")
    return subprocess.run([*command, *limits, *words[1:]], capture_output=True, check=False).returncode == 0


def digest(path: Path) -> str:
    """Return the hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def get_wheel() -> None:
    """Copy the wheel that was built beside the template, or build that of a template from git."""
    if COMMIT:  # cruft runs this in a folder that it deletes, twice for each update
        return
    built = Path(GIVEN) if GIVEN else FOLDER.parent / "dist" / WHEEL.name
    if built.is_file():
        if not RELEASED or digest(built) == RELEASED:
            shutil.copy(built, WHEEL)
    elif not RELEASED and not WHEEL.is_file() and cloned():
        print("Building the wheel of Policywright. This needs pip, and hatchling from your package index.", flush=True)
        pip("wheel", "--wheel-dir", "wheelhouse", str(FOLDER.parent))


def is_served() -> bool:
    """Whether pip finds the released wheel, of just this hash, in an index or in the folders that it knows."""
    import tempfile  # noqa: PLC0415 - most scaffolds do not need it, and it takes longer to load than all else here

    print("Asking your package index for the released wheel of Policywright.", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "wanted.txt"
        wanted.write_text(f"{PIN}\n", encoding="utf-8")
        return pip("download", "--require-hashes", "--dest", folder, "--requirement", str(wanted))


def record_wheel() -> None:
    """Complete the requirement where the template left it open, or name the file where no index has the release."""
    file = Path("requirements.txt")
    text = file.read_text(encoding="utf-8")
    if text.endswith(f"\n./{WHEEL.as_posix()}\n") and MISSING in text:
        get_wheel()
        file.write_text(with_hash_or_source(text), encoding="utf-8")
    elif RELEASED and text.endswith(f"\n{PIN}\n") and not COMMIT:
        get_wheel()
        if not WHEEL.is_file() and not is_served():
            missing = f"{NOT_SERVED}./{WHEEL.as_posix()} --hash=sha256:{RELEASED}\n"
            file.write_text(text.removesuffix(f"{PIN}\n") + missing, encoding="utf-8")


def with_hash_or_source(text: str) -> str:
    """Write the hash of the wheel, or else where to build it from."""
    if WHEEL.is_file():
        return f"{text.partition(MISSING)[0]}./{WHEEL.as_posix()} --hash=sha256:{digest(WHEEL)}\n"
    if re.fullmatch(r"[\w.:/@+~%=-]+", source()):
        return text.replace(". PATH is a copy of Policywright's repository", "").replace(" PATH\n", f' "{source()}"\n')
    return text


def drop_empty_folders() -> None:
    """Delete the folders that the template makes for a forge, where they hold nothing, and what pip compiled in it."""
    shutil.rmtree("hooks/__pycache__", ignore_errors=True)
    made = ("workflows", "ISSUE_TEMPLATE", "merge_request_templates", "issue_templates", "")
    for name in (f"{forge}/{folder}" for forge in (".github", ".gitlab") for folder in made):
        with contextlib.suppress(OSError):
            Path(name).rmdir()


def say_what_is_next() -> None:
    """Tell where the repository is, and whether its wheel is missing."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    print(f"\nYour repository is ready in {Path.cwd()}")
    if not WHEEL.is_file() and "# The wheel of Policywright " in Path("requirements.txt").read_text(encoding="utf-8"):
        print("The wheel of Policywright is missing. The comments in requirements.txt say how to build it.")
    print("Read its README.md next; it begins with the commands that build the site.")


drop_empty_folders()
record_wheel()
if not GIVEN:
    say_what_is_next()
