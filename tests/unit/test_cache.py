"""The cache: used only while what made it is the same, and never trusted when others could have filled it."""

from __future__ import annotations

import os
import pickle
import shutil
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from jinja2.bccache import bc_magic

from policywright.catalog import cache
from policywright.catalog.folders import PACKAGE, catalog_folder, guidance_folder
from policywright.catalog.reader import read_catalog
from policywright.files.kept import keep, kept_names
from policywright.model.catalog import Catalog
from policywright.model.findings import Place
from policywright.pages.templates import environment
from tests.support.agency_files import ROOT, run
from tests.support.systems import make_pipe
from tests.support.toy import TOY

ROOT_ONLY = pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root gives files away")
STRANGER = 65534


def test_the_cache_looks_at_every_module_that_makes_a_catalog() -> None:
    files = {Path(name) for name in cache._source_files(catalog_folder("social-media"), guidance_folder())}
    for package in ("catalog", "files", "language", "model"):
        modules = set((PACKAGE / package).glob("*.py"))
        assert len(modules) > 1
        assert modules <= files


def use() -> tuple[Catalog, str]:
    """Load a catalog and a page frame, each through the cache."""
    pool = cache.load_catalog(TOY / "pool", TOY / "guidance")
    return pool, environment({"a.md.jinja": "{{ 6 * 7 }}"}, {}).get_template("a.md.jinja").render()


def cached(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() or path.is_symlink() or path.is_fifo())


@pytest.fixture(scope="module")
def expected() -> tuple[Catalog, str]:
    return read_catalog(TOY / "pool", TOY / "guidance"), "42"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder that one use has filled: one file of a catalog, and one of a page frame."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("POLICYWRIGHT_CACHE", str(folder))
    use()
    assert len(cached(folder)) == 2
    return folder


class Bomb:
    """An object whose pickle makes a folder when it is loaded."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self.marker),)


def bomb(path: Path, marker: Path) -> bytes:
    """Return bytes that run code where a cached file is unpickled: a catalog, or the head of Jinja's bytecode."""
    return (b"" if path.name.startswith("pool") else bc_magic) + pickle.dumps(Bomb(marker))


def bare(path: Path, data: bytes, away: Path) -> None:
    path.write_bytes(data)


def link(path: Path, data: bytes, away: Path) -> None:
    """A link to a file of the victim: a download, say."""
    away.write_bytes(data)
    path.unlink()
    path.symlink_to(away)


def link_to_nothing(path: Path, data: bytes, away: Path) -> None:
    path.unlink()
    path.symlink_to(away)


def pipe(path: Path, data: bytes, away: Path) -> None:
    path.unlink()
    make_pipe(path)


def empty_folder(path: Path, data: bytes, away: Path) -> None:
    path.unlink()
    path.mkdir()


def writable_by_others(path: Path, data: bytes, away: Path) -> None:
    path.write_bytes(data)
    path.chmod(0o666)


def half(path: Path, data: bytes, away: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def nothing(path: Path, data: bytes, away: Path) -> None:
    path.write_bytes(b"")


def noise(path: Path, data: bytes, away: Path) -> None:
    path.write_bytes(bytes(range(256)) * 4)


def zeros(path: Path, data: bytes, away: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def exchanged(path: Path, data: bytes, away: Path) -> None:
    """The other file of this user, as it was kept."""
    others = [other for other in cached(path.parent) if other != path]
    path.write_bytes(others[0].read_bytes())


PLANTED = (exchanged, bare, link, link_to_nothing, pipe, empty_folder, writable_by_others, half, nothing, noise, zeros)


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_what_is_planted_in_place_of_a_cached_file_is_thrown_away(
    plant: Callable[[Path, bytes, Path], None],
    folder: Path,
    expected: tuple[Catalog, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    marker = tmp_path / "ran"
    for number, path in enumerate(cached(folder)):
        plant(path, bomb(path, marker), tmp_path / f"victim-{number}")
    assert use() == expected
    assert not marker.exists()
    made = cached(folder)
    assert len(made) == 2
    assert all(stat.S_ISREG(path.lstat().st_mode) and path.lstat().st_mode & 0o077 == 0 for path in made)
    monkeypatch.setattr("policywright.catalog.reader.read_catalog", None)
    assert use() == expected


@ROOT_ONLY
@pytest.mark.parametrize("plant", [bare, link, pipe], ids=lambda plant: plant.__name__)
def test_a_file_of_somebody_else_is_not_read(
    plant: Callable[[Path, bytes, Path], None], folder: Path, expected: tuple[Catalog, str], tmp_path: Path
) -> None:
    marker = tmp_path / "ran"
    for number, path in enumerate(cached(folder)):
        plant(path, bomb(path, marker), tmp_path / f"victim-{number}")
        os.chown(path, STRANGER, STRANGER, follow_symlinks=False)
    assert use() == expected
    assert not marker.exists()


def shared(folder: Path) -> None:
    """Everybody may write into the folder."""
    folder.chmod(0o777)


def shared_above(folder: Path) -> None:
    """Everybody may put another folder in its place."""
    folder.parent.chmod(0o777)


def shared_with_a_group(folder: Path) -> None:
    folder.chmod(0o770)


@pytest.mark.parametrize("share", [shared, shared_above, shared_with_a_group], ids=lambda share: share.__name__)
def test_a_folder_into_which_others_write_is_not_used(
    share: Callable[[Path], None], folder: Path, expected: tuple[Catalog, str], tmp_path: Path
) -> None:
    marker = tmp_path / "ran"
    for path in cached(folder):
        path.write_bytes(bomb(path, marker))
    before = {path: path.read_bytes() for path in cached(folder)}
    share(folder)
    assert use() == expected
    assert not marker.exists()
    assert {path: path.read_bytes() for path in cached(folder)} == before


@ROOT_ONLY
@pytest.mark.parametrize("which", ["folder", "link"])
def test_a_folder_or_a_link_of_somebody_else_is_not_used(
    which: str, folder: Path, expected: tuple[Catalog, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "ran"
    for path in cached(folder):
        path.write_bytes(bomb(path, marker))
    if which == "link":  # in a folder for all, to a folder of the victim
        public = tmp_path / "public"
        public.mkdir()
        public.chmod(0o1777)
        (public / "cache").symlink_to(folder)
        os.chown(public / "cache", STRANGER, STRANGER, follow_symlinks=False)
        monkeypatch.setenv("POLICYWRIGHT_CACHE", str(public / "cache"))
    else:
        os.chown(folder, STRANGER, STRANGER)
    assert use() == expected
    assert not marker.exists()


def test_a_link_of_ones_own_to_a_folder_of_ones_own_is_used(
    folder: Path, expected: tuple[Catalog, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(folder)
    monkeypatch.setenv("POLICYWRIGHT_CACHE", str(tmp_path / "link"))
    monkeypatch.setattr("policywright.catalog.reader.read_catalog", None)
    assert use() == expected


@pytest.mark.parametrize("kind", ["file", "pipe", "link", "circle"])
def test_what_is_no_folder_is_no_cache(
    kind: str, expected: tuple[Catalog, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cache"
    if kind == "pipe":
        make_pipe(path)
    elif kind == "file":
        path.write_bytes(b"x")
    else:
        path.symlink_to(tmp_path / "cache" if kind == "circle" else "/proc/self/nothing")
    monkeypatch.setenv("POLICYWRIGHT_CACHE", str(path))
    assert use() == expected


def test_a_user_without_a_home_has_no_cache(expected: tuple[Catalog, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    for name in ("POLICYWRIGHT_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert use() == expected


class Call:
    """An object whose pickle calls something when it is loaded."""

    def __init__(self, called: object, *words: object) -> None:
        self.called, self.words = called, words

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return self.called, self.words


MODULE = b"policywright.model.catalog"
FOREIGN = {
    "a function of the system": lambda marker: pickle.dumps(Bomb(marker)),
    "a word that is run": lambda marker: pickle.dumps(Call(eval, f"__import__('os').mkdir({str(marker)!r})")),
    "an attribute of a class of ours": lambda _: b"\x80\x04\x8c\x1a%s\x8c\x10Catalog.__init__\x93." % MODULE,
    "a module that is imported": lambda _: b"cantigravity\nfly_id\n.",
    "a class of ours that is no catalog": lambda _: pickle.dumps(Place("a.yml")),
    "another kind of value": lambda _: pickle.dumps(["a catalog"]),
    "no pickle": lambda _: b"catalog",
    "nothing": lambda _: b"",
}


@pytest.mark.parametrize("made", FOREIGN.values(), ids=FOREIGN)
def test_a_kept_file_makes_catalogs_and_nothing_else(
    made: Callable[[Path], bytes], folder: Path, expected: tuple[Catalog, str], tmp_path: Path
) -> None:
    """Even if it bears the right digest, as one that this user planted there would."""
    (catalog,) = (path for path in cached(folder) if path.name.startswith("pool"))
    keep(catalog.name, made(tmp_path / "ran"))
    before = set(sys.modules)
    assert use() == expected
    assert not (tmp_path / "ran").exists()
    assert "antigravity" not in set(sys.modules) - before


FLIPS = """
import random, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.unit import test_cache
from policywright.catalog import reader

folder, chance = Path(sys.argv[1]), random.Random(1)
kept = {path: path.read_bytes() for path in test_cache.cached(folder)}
pool, text = test_cache.use()
reader.read_catalog = lambda *_: pool
for _ in range(60):
    for path, data in kept.items():
        flipped = bytearray(data)
        for _ in range(chance.choice((1, 1, 8))):
            flipped[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(flipped)
    assert test_cache.use() == (pool, text)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a crash shows as a signal")
def test_flipped_bits_crash_nothing(folder: Path) -> None:
    done = run(sys.executable, "-c", FLIPS, folder, ROOT, env={"POLICYWRIGHT_CACHE": str(folder)})
    assert done.returncode == 0, done.stderr


def test_a_full_disk_leaves_no_half_file_behind(
    folder: Path, expected: tuple[Catalog, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    shutil.rmtree(folder)
    monkeypatch.setattr(Path, "replace", full)
    monkeypatch.setattr(os, "replace", full)
    assert use() == expected
    assert not cached(folder)


def test_what_another_process_has_just_thrown_away_is_not_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLICYWRIGHT_CACHE", str(tmp_path / "cache"))
    for name in ("a.made", "b.made"):
        keep(name, b"made")
    look = Path.lstat

    def gone(path: Path) -> os.stat_result:
        if path.name == "a.made":
            path.unlink()
        return look(path)

    monkeypatch.setattr(Path, "lstat", gone)
    assert kept_names(".made") == ["b.made"]
