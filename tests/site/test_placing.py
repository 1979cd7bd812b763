"""A build takes the place of the last site when it is finished; one that fails or is killed leaves that as it was."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.in_process import run_here

FAILING = b"from mkdocs.exceptions import PluginError\ndef %s(*_, **__):\n    raise PluginError('no')\n"
FAILURES = {
    "a page that cannot be read": {"docs/page.md": b"# Caf\xe9\n"},
    "a placeholder in the finished text": {"docs/page.md": b"# Page\n\nThe [placeholder] decides.\n"},
    "a hook that fails at the first page": {"hooks/first_page.py": FAILING % b"on_post_page"},
    "a hook that fails at the end": {"hooks/at_end.py": FAILING % b"on_post_build"},
    "a hook that changes the words": {
        "hooks/words.py": b"def on_page_content(html, **_):\n    return html.replace('ogs', 'ats')\n"
    },
    "a hook that ends the process": {"hooks/ends.py": b"def on_env(*_, **__):\n    raise SystemExit(3)\n"},
    "a person who stops it": {"hooks/stops.py": b"def on_env(*_, **__):\n    raise KeyboardInterrupt\n"},
    "a broken answer file": {"policy.yml": b"agency: [\n"},
}


@pytest.fixture
def built(village: Path) -> Path:
    """Return a village with a finished site."""
    assert build(village)[0] == 0
    return village


def write(agency: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        (agency / name).write_bytes(content)
    hooks = [name for name in sorted(files) if name.startswith("hooks/")] + ["hooks/policy.py"]
    settings = re.sub(r"^hooks:.*\n(  - .*\n)*", "", (agency / "mkdocs.yml").read_text("utf-8"), flags=re.MULTILINE)
    (agency / "mkdocs.yml").write_text(f"hooks: [{', '.join(hooks)}]\n{settings}", encoding="utf-8")


def build(agency: Path, *options: str | Path) -> tuple[int, str]:
    done = run_here("mkdocs", "build", *options, cwd=agency)
    return done.returncode, done.stderr


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def beside(site: Path) -> set[str]:
    """Return what a build left beside the site."""
    return {path.name for path in site.parent.iterdir() if path.name.startswith(".") and site.name in path.name}


@pytest.mark.parametrize("files", FAILURES.values(), ids=FAILURES)
def test_a_build_that_fails_leaves_the_last_site_as_it_was(files: Mapping[str, bytes], built: Path) -> None:
    before = content(built / "site")
    write(built, files)
    status, said = build(built)
    assert status, said
    assert content(built / "site") == before
    assert not beside(built / "site")


def test_a_strict_build_with_a_warning_leaves_the_last_site_as_it_was(built: Path) -> None:
    before = content(built / "site")
    write(built, {"docs/page.md": b"# Page\n\n[Nowhere](nowhere.md)\n"})
    status, said = build(built, "--strict")
    assert (status, content(built / "site")) == (1, before), said
    assert not beside(built / "site")
    assert build(built)[0] == 0
    assert (built / "site" / "page.html").is_file()


KILLS = ("on_files", "on_env", "on_page_content", "on_post_page", "on_post_template", "on_post_build")
COUNTED = """
import os, signal
def {event}(*_, **__):
    global seen
    seen = globals().get("seen", 0) + 1
    if seen == {at}:
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("event", KILLS)
@pytest.mark.parametrize("at", [1, 4])
def test_a_build_that_is_killed_leaves_the_last_site_as_it_was(event: str, at: int, built: Path) -> None:
    before = content(built / "site")
    write(built, {f"hooks/{event}{at}.py": COUNTED.format(event=event, at=at).encode(), "docs/page.md": b"# Page\n"})
    if not in_a_child(lambda: build(built)):
        assert at == 4  # an event that comes fewer than four times in a build
        return
    assert content(built / "site") == before
    write(built, {})
    assert build(built)[0] == 0
    assert (built / "site" / "page.html").is_file()
    assert not beside(built / "site"), "the next build removes what is left of a killed one"


def in_a_child(act: Callable[[], object]) -> bool:
    """Run something in a copy of this process; return whether it was killed."""
    child = os.fork()
    if not child:
        try:
            act()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def moments(monkeypatch: pytest.MonkeyPatch, at: int, deed: Callable[[], None]) -> Iterator[None]:
    """Do something before the renaming of this number."""
    real, seen = Path.rename, 0

    def rename(self: Path, target: Path) -> Path:
        nonlocal seen
        seen += 1
        if seen == at:
            deed()
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", rename)
        yield


@pytest.mark.parametrize("at", [1, 2])
def test_a_build_that_is_killed_between_the_renamings_loses_nothing(
    at: int, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(built / "site")
    for _ in moments(monkeypatch, at, lambda: os.kill(os.getpid(), signal.SIGKILL)):
        assert in_a_child(lambda: build(built))
    if at == 1:
        assert content(built / "site") == before
    write(built, {"policy.yml": b"agency: [\n"})
    assert build(built)[0] == 1
    assert content(built / "site") == before, "the next build puts the old site back, even when it fails itself"
    assert not beside(built / "site")


def test_a_renaming_that_fails_is_taken_back(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise PermissionError(13, "The file is in use", "site")

    before = content(built / "site")
    write(built, {"docs/page.md": b"# Page\n"})
    for _ in moments(monkeypatch, 2, refuse):
        status, said = build(built)
    assert (status, content(built / "site").keys() >= before.keys()) == (0, True), said
    assert (built / "site" / "page.html").is_file()
    assert not beside(built / "site")


def test_a_reader_finds_the_old_site_or_the_new_one_or_none(built: Path) -> None:
    """Seen from a page of every moment of the build."""
    looking = (
        "import pathlib\nseen = []\nsite = pathlib.Path('site')\n"
        "def look(*_, **__):\n    seen.append(sorted(str(p) for p in site.rglob('*')))\n"
        "on_pre_build = on_files = on_env = on_page_content = on_post_page = on_post_template = on_post_build = look\n"
        "def on_shutdown(**_):\n    look()\n    open('seen', 'w').write(str(len(set(map(tuple, seen)))))\n"
    )
    write(built, {"hooks/looks.py": looking.encode(), "docs/page.md": b"# Page\n"})
    assert build(built)[0] == 0
    assert (built / "seen").read_text() == "2"


def test_what_a_person_keeps_in_the_folder_of_the_site_stays(built: Path) -> None:
    """MkDocs never removes hidden files there, because people keep settings of web servers and git in it."""
    (built / "site" / ".htaccess").write_text("Deny from all\n")
    (built / "site" / ".well-known").mkdir()
    (built / "site" / ".well-known" / "security.txt").write_text("Contact\n")
    (built / "site" / "old.html").write_text("old")
    (built / "site").chmod(0o750)
    assert build(built)[0] == 0
    assert (built / "site" / ".htaccess").read_text() == "Deny from all\n"
    assert (built / "site" / ".well-known" / "security.txt").is_file()
    assert not (built / "site" / "old.html").exists()
    assert (built / "site").stat().st_mode & 0o777 == 0o750


def test_a_dirty_build_keeps_the_pages_that_did_not_change(built: Path) -> None:
    before = content(built / "site")
    write(built, {"docs/page.md": b"# Page\n"})
    status, said = build(built, "--dirty")
    assert status == 0, said
    assert content(built / "site").keys() >= before.keys() | {"page.html"}
    dirty = (built / "deploy" / "site" / "nginx.conf").read_bytes()
    assert build(built)[0] == 0
    assert dirty == (built / "deploy" / "site" / "nginx.conf").read_bytes()


def test_a_site_elsewhere_behind_a_link_stays_behind_it(built: Path) -> None:
    web = built.parent / "web"
    (web / "policy").mkdir(parents=True)
    (built / "public").symlink_to(web / "policy")
    assert build(built, "--site-dir", built / "public")[0] == 0
    assert (built / "public").is_symlink()
    assert (web / "policy" / "index.html").is_file()


def test_a_folder_beside_which_nothing_may_be_written_is_filled_and_a_failure_leaves_it(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A test that runs as root may write everywhere, so the refusal is played."""
    web = built.parent / "web" / "policy"
    web.mkdir(parents=True)
    real = os.mkdir

    def mkdir(path: str | Path, *rest: int, **options: int) -> None:
        if Path(path).parent == web.parent and Path(path) != web:
            raise PermissionError(13, "Permission denied", str(path))
        real(path, *rest, **options)

    monkeypatch.setattr(os, "mkdir", mkdir)
    status, said = build(built, "--site-dir", web)
    assert status == 0, said
    assert "The settings for web servers could not be written" in said
    before = content(web)
    assert "index.html" in before
    write(built, {"docs/page.md": b"# Page\n\nThe [placeholder] decides.\n"})
    (web / "gone.html").write_text("old")
    assert build(built, "--site-dir", web)[0] == 1
    assert content(web) == before | {"gone.html": b"old"}
    write(built, {"docs/page.md": b"# Page\n"})
    assert build(built, "--site-dir", web)[0] == 0
    assert content(web).keys() == before.keys() | {"page.html"}
