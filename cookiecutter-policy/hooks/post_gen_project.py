"""Records the wheel of Policywright and its hash, and says what comes next.

This runs as a separate process, and loading modules would take most of its time. So each module is loaded where it is
needed, which in most scaffolds is nowhere, and paths are plain text.
"""
# ruff: noqa: PLC0415, PTH106, PTH109, PTH112, PTH113, PTH118, PTH123

import io
import os
import sys


def text_of(digits: str) -> str:
    """Return the words that the template's filter `hexadecimal` wrote."""
    return bytes.fromhex(digits).decode("utf-8", "surrogateescape")


WHEEL_NAME = "policywright-{{ cookiecutter._policywright_version }}-py3-none-any.whl"
WHEEL = f"wheelhouse/{WHEEL_NAME}"
MISSING = "# The wheel of Policywright and its hash are missing"
"""Where the template's requirements.txt leaves the requirement open."""
RELEASED = "{{ cookiecutter._policywright_hash }}"
"""The hash of the released wheel, or empty while this version is not released."""
PIN = f"policywright=={{ cookiecutter._policywright_version }} --hash=sha256:{RELEASED}"
NOT_SERVED = """\
# The wheel of Policywright is missing here, because no package index that pip knows has the released file.
# Put the file into wheelhouse/; pip compares its hash with this one. Then delete these comments.
"""
TEMPLATE = text_of("{{ cookiecutter._template | hexadecimal }}")
# “policywright new” knows the wheel that it runs from, and says what comes next itself.
GIVEN = text_of("{{ cookiecutter._policywright_wheel | default('') | hexadecimal }}")
COMMIT = "{{ cookiecutter._commit | default('') }}"
# cruft passes the commit, but not the folder.
FOLDER = os.path.join(os.environ.get("PWD", "."), text_of("{{ cookiecutter._repo_dir | default('') | hexadecimal }}"))
CHECKOUT = f"{FOLDER}/.."


def git(*words: str) -> str:
    """Ask git about the folder that the template came from; an empty answer when it does not know."""
    import subprocess

    try:
        asked = subprocess.run(["git", "-C", FOLDER, *words], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return asked.stdout.strip() if asked.returncode == 0 else ""


def cloned() -> bool:
    """Whether cookiecutter fetched the template from a git address, rather than from a folder."""
    first = TEMPLATE.replace("@", ":").partition(":")[0]
    begins = first != TEMPLATE and first.replace("_", "").isalnum()  # with a protocol, or with a user
    is_on_drive = TEMPLATE[1:3] in (":/", ":\\")
    address = (begins or TEMPLATE.endswith(".git")) and not is_on_drive
    return address or ".cookiecutters" in FOLDER.replace("\\", "/").split("/")


def pip_address(url: str) -> str:
    """Write a git remote as pip wants it, without a password."""
    import re
    from pathlib import Path

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
    import subprocess

    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", words[0], "--quiet", "--no-deps"]
    limits = ("--retries", "0", "--timeout", "10")
    return subprocess.run([*command, *limits, *words[1:]], capture_output=True, check=False).returncode == 0


def digest(path: str) -> str:
    """Return the hash of a file."""
    import hashlib

    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def get_wheel() -> None:
    """Copy the wheel that was built beside the template, or build that of a template from git."""
    if COMMIT:  # cruft runs this in a folder that it deletes, twice for each update
        return
    built = GIVEN or f"{CHECKOUT}/dist/{WHEEL_NAME}"
    if os.path.isfile(built):
        if not RELEASED or digest(built) == RELEASED:
            import shutil

            shutil.copy(built, WHEEL)
    elif not RELEASED and not os.path.isfile(WHEEL) and cloned():
        print("Building the wheel of Policywright. This needs pip, and hatchling from your package index.", flush=True)
        pip("wheel", "--wheel-dir", "wheelhouse", CHECKOUT)


def is_served() -> bool:
    """Whether pip finds the released wheel, of just this hash, in an index or in the folders that it knows."""
    import tempfile

    print("Asking your package index for the released wheel of Policywright.", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        wanted = f"{folder}/wanted.txt"
        with open(wanted, "w", encoding="utf-8") as file:
            file.write(f"{PIN}\n")
        return pip("download", "--require-hashes", "--dest", folder, "--requirement", wanted)


def with_wheel(text: str) -> str:
    """Complete the requirement where the template left it open, or name the file where no index has the release."""
    if text.endswith(f"\n./{WHEEL}\n") and MISSING in text:
        get_wheel()
        return with_hash_or_source(text)
    if RELEASED and text.endswith(f"\n{PIN}\n") and not COMMIT:
        get_wheel()
        if not os.path.isfile(WHEEL) and not is_served():
            missing = f"{NOT_SERVED}./{WHEEL} --hash=sha256:{RELEASED}\n"
            return text.removesuffix(f"{PIN}\n") + missing
    return text


def with_hash_or_source(text: str) -> str:
    """Write the hash of the wheel, or else where to build it from."""
    if os.path.isfile(WHEEL):
        return f"{text.partition(MISSING)[0]}./{WHEEL} --hash=sha256:{digest(WHEEL)}\n"
    if address := source():
        import re

        if re.fullmatch(r"[\w.:/@+~%=-]+", address):
            text = text.replace(". PATH is a copy of Policywright's repository", "")
            return text.replace(" PATH\n", f' "{address}"\n')
    return text


def record_wheel() -> str:
    """Write where pip finds the wheel; return the requirements."""
    with open("requirements.txt", encoding="utf-8") as file:
        text = file.read()
    recorded = with_wheel(text)
    if recorded != text:
        with open("requirements.txt", "w", encoding="utf-8") as file:
            file.write(recorded)
    return recorded


def drop_empty_folders() -> None:
    """Delete the folders that the template makes for a forge, where they hold nothing, and what pip compiled in it."""
    if os.path.isdir("hooks/__pycache__"):
        import shutil

        shutil.rmtree("hooks/__pycache__", ignore_errors=True)
    made = ("workflows", "ISSUE_TEMPLATE", "merge_request_templates", "issue_templates", "")
    for name in (f"{forge}/{folder}" for forge in (".github", ".gitlab") for folder in made):
        drop_if_empty(name)


def drop_if_empty(name: str) -> None:
    """Delete a folder, unless it holds something or is not there."""
    try:
        os.rmdir(name)
    except OSError:
        return


def build_command() -> str:
    """Return the command that builds the wheel from the checkout with the template; nothing if there is none.

    On Windows, a quoted path at the beginning of a line is no command in PowerShell, so the launcher runs Python.
    """
    checkout = os.path.realpath(CHECKOUT)
    if COMMIT or cloned() or not os.path.isfile(f"{checkout}/hooks/policywright/__init__.py"):
        return ""
    folders = (os.path.join(os.getcwd(), "wheelhouse"), checkout)
    if os.name == "nt":
        python, (wheelhouse, source) = "py", (f'"{folder}"' for folder in folders)
    else:
        import shlex
        from importlib.util import find_spec

        # uvx runs cookiecutter where there is no pip.
        python = shlex.quote(sys.executable if find_spec("pip") else "python3")
        wheelhouse, source = map(shlex.quote, folders)
    return f"{python} -m pip wheel --no-deps --wheel-dir {wheelhouse} {source}"


def say_what_is_next(requirements: str) -> None:
    """Tell where the repository is, and how to build its wheel if that is missing."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")
    print(f"\nYour repository is ready in {os.getcwd()}")
    if not os.path.isfile(WHEEL) and "# The wheel of Policywright " in requirements:
        command = "" if RELEASED else build_command()
        if command:
            print(f"The wheel of Policywright is missing. This command builds it from your checkout:\n\n  {command}\n")
            print("Then write its hash into requirements.txt; the comments there say how.")
        else:
            print("The wheel of Policywright is missing. The comments in requirements.txt say how to get it.")
    print("Read its README.md next; it begins with the commands that build the site.")


drop_empty_folders()
requirements = record_wheel()
if not GIVEN:
    say_what_is_next(requirements)
