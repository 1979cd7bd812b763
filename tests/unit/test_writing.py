"""Writing keeps what is there: links, modes, groups, both of two changes at once, and the old file where it fails."""

from __future__ import annotations

import json
import multiprocessing
import os
import platform
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from policywright.draft import draft_of
from policywright.files import locking
from policywright.files.locking import LOCK, locked
from policywright.files.writing import write_files, write_planned
from policywright.model.findings import PolicyError
from tests.support.agency_files import write_agency
from tests.support.in_process import run_here
from tests.support.signed import ADOPTED, DAY, let_sign, released, roles_of, write_town
from tests.support.systems import make_pipe

OLD, NEW = "old\n" * 200_000, "new\n" * 200_000
LOOP = """
import sys
from pathlib import Path
from policywright.files.writing import write_files
old, new = "old\\n" * 200_000, "new\\n" * 200_000
print("begun", flush=True)
while True:
    write_files({"answers/goals.yml": new}, Path(sys.argv[1]))
    write_files({"answers/goals.yml": old}, Path(sys.argv[1]))
"""


@pytest.mark.slow
def test_a_killed_writer_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    write_files({"answers/goals.yml": OLD}, tmp_path)
    moments = random.Random(7)
    seen = set()
    for _ in range(25):
        with subprocess.Popen([sys.executable, "-c", LOOP, str(tmp_path)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout
            writer.stdout.readline()
            time.sleep(moments.uniform(0.0, 0.03))
            writer.kill()
        text = (tmp_path / "answers/goals.yml").read_text("utf-8")
        assert text in (OLD, NEW)
        seen.add(text)
    assert seen == {OLD, NEW}


# What a file is


def test_a_link_stays_a_link_and_the_file_behind_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/real.yml").write_text("old", encoding="utf-8")
    (tmp_path / "middle.yml").symlink_to("kept/real.yml")
    (tmp_path / "sign-offs.yml").symlink_to("middle.yml")
    (tmp_path / "linked").symlink_to("kept", target_is_directory=True)
    write_files({"sign-offs.yml": "new", "linked/more.yml": "more"}, tmp_path)
    assert (tmp_path / "sign-offs.yml").is_symlink()
    assert (tmp_path / "middle.yml").is_symlink()
    assert (tmp_path / "kept/real.yml").read_text("utf-8") == "new"
    assert (tmp_path / "kept/more.yml").read_text("utf-8") == "more"


@pytest.mark.parametrize("target", ["../outside.yml", "../nowhere.yml", "circle.yml"])
def test_a_link_that_leads_out_or_nowhere_is_refused_and_nothing_is_written(target: str, tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "outside.yml").write_text("theirs", encoding="utf-8")
    (root / "circle.yml").symlink_to("circle.yml")
    (root / "b.yml").symlink_to(target)
    with pytest.raises(PolicyError, match=r"b\.yml:1:1: error E012"):
        write_files({"a.yml": "new", "b.yml": "new"}, root)
    assert (tmp_path / "outside.yml").read_text("utf-8") == "theirs"
    assert sorted(path.name for path in root.iterdir()) == ["b.yml", "circle.yml"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755, 0o2664])
def test_a_file_keeps_its_mode_and_its_group(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "policy.yml"
    path.write_text("old", encoding="utf-8")
    if os.geteuid() == 0:
        os.chown(path, 1234, 4321)
    path.chmod(mode)
    before = path.stat()
    os.utime(path, (0, 0))
    write_files({"policy.yml": "new"}, tmp_path)
    after = path.stat()
    assert path.read_text("utf-8") == "new"
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert after.st_mtime > time.time() - 60


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o002, 0o664), (0o027, 0o640)])
def test_a_new_file_has_the_mode_that_the_user_gives_to_new_files(mask: int, mode: int, tmp_path: Path) -> None:
    usual = os.umask(mask)
    try:
        write_files({"new.yml": "new"}, tmp_path)
    finally:
        os.umask(usual)
    assert (tmp_path / "new.yml").stat().st_mode & 0o777 == mode


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="only Linux has these attributes in Python")
def test_a_file_keeps_its_further_attributes(tmp_path: Path) -> None:
    path = tmp_path / "policy.yml"
    path.write_text("old", encoding="utf-8")
    try:
        os.setxattr(path, "user.owner", b"clerk")
    except OSError:
        pytest.skip("this file system has no attributes")
    write_files({"policy.yml": "new"}, tmp_path)
    assert os.getxattr(path, "user.owner") == b"clerk"


# What may not be written


def test_a_file_that_is_read_only_is_refused_by_name_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "sign-offs.yml").write_text("old", encoding="utf-8")
    (tmp_path / "sign-offs.yml").chmod(0o444)
    with pytest.raises(PolicyError, match=r"sign-offs\.yml:1:1: error E022: This file is read-only"):
        write_files({"releases/signed.yml": "new", "sign-offs.yml": "new"}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["sign-offs.yml"]
    assert (tmp_path / "sign-offs.yml").read_text("utf-8") == "old"


def _folder(path: Path) -> None:
    path.mkdir()


IN_THE_WAY: dict[str, Callable[[Path], None]] = {
    "a folder": _folder,
    "a pipe": make_pipe,
    "a folder behind a link": lambda path: path.symlink_to("behind"),
}


@pytest.mark.parametrize("kind", IN_THE_WAY)
def test_what_is_no_file_is_refused_by_name_and_nothing_is_left_behind(kind: str, tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("old", encoding="utf-8")
    (tmp_path / "behind").mkdir()
    IN_THE_WAY[kind](tmp_path / "b.yml")
    with pytest.raises(PolicyError, match=r"b\.yml:1:1: error E022"):
        write_files({"a.yml": "new", "b.yml": "new"}, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.yml", "b.yml", "behind"]
    assert (tmp_path / "a.yml").read_text("utf-8") == "old"


FULL = """
import resource, signal, sys
from pathlib import Path
from policywright.files.writing import write_files
from policywright.model.findings import PolicyError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_files({"a.yml": "new", "b.yml": "new" * 1000}, Path(sys.argv[1]))
except PolicyError as error:
    print(error)
"""


def test_a_full_disk_leaves_the_old_files_and_names_no_temporary_one(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("old", encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", FULL, tmp_path], capture_output=True, text=True, check=True)
    assert "b.yml:1:1: error E022: This file cannot be written: file too large." in done.stdout
    assert ".policywright" not in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["a.yml"]
    assert (tmp_path / "a.yml").read_text("utf-8") == "old"


def test_what_a_killed_writer_leaves_is_ignored_by_git(tmp_path: Path) -> None:
    template = Path(__file__).parents[2] / "cookiecutter-policy/{{cookiecutter.repo_name}}/.gitignore"
    shutil.copy(template, tmp_path)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "releases").mkdir()
    for name in (LOCK, ".policywright-8d3f", "releases/.policywright-8d3f", f"{LOCK}-8d3f"):
        (tmp_path / name).touch()
    done = subprocess.run(["git", "-C", tmp_path, "status", "--porcelain", "-uall"], capture_output=True, check=True)
    assert done.stdout == b"?? .gitignore\n"


# Two at once


def test_a_lock_is_waited_for_and_given_back(tmp_path: Path) -> None:
    with locked(tmp_path):
        assert str(os.getpid()) in (tmp_path / LOCK).read_text("utf-8")
        with pytest.raises(PolicyError, match="E021: Another command is writing here") as told, locked(tmp_path, 0.1):
            pass
        assert f"process {os.getpid()} on {platform.node()}" in str(told.value)
    assert not list(tmp_path.iterdir())


def test_a_lock_is_given_back_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), locked(tmp_path):
        raise ZeroDivisionError
    assert not list(tmp_path.iterdir())


def dead_process() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return process.pid


def lock_of(root: Path, **said: Any) -> None:
    known = {"process": os.getpid(), "host": locking.this_host(), "time": "2027-01-10T12:00:00+00:00", "id": "x"}
    (root / LOCK).write_text(json.dumps(known | said), encoding="utf-8")


STALE: dict[str, dict[str, Any]] = {
    "a process that has ended": {"process": -1},
    "another machine, long ago": {"host": "elsewhere", "age": 3600},
    "a number that another process has now": {"age": 3600},
}


@pytest.mark.parametrize("name", STALE)
def test_a_lock_of_a_command_that_was_killed_is_recognized(name: str, tmp_path: Path) -> None:
    said = dict(STALE[name])
    age = said.pop("age", 0)
    lock_of(tmp_path, **said | ({"process": dead_process()} if "process" in said else {}))
    os.utime(tmp_path / LOCK, (time.time() - age, time.time() - age))
    with locked(tmp_path, 0.1):
        pass
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["", "{", "[]", '{"process": "x"}', '{"process": -1, "host": 1}'])
def test_a_lock_that_cannot_be_read_holds_until_it_is_old(text: str, tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError, match="E021"), locked(tmp_path, 0.1):
        pass
    os.utime(tmp_path / LOCK, (0, 0))
    with locked(tmp_path, 0.1):
        pass


def test_a_lock_of_another_machine_holds(tmp_path: Path) -> None:
    lock_of(tmp_path, host="elsewhere", process=dead_process())
    with pytest.raises(PolicyError, match="on elsewhere") as told, locked(tmp_path, 0.1):
        pass
    assert f"delete {LOCK}" in str(told.value)


def test_a_plan_is_made_again_when_its_file_changed_in_the_meantime(tmp_path: Path) -> None:
    path = tmp_path / "rows.yml"
    path.write_text("- 1\n", encoding="utf-8")
    tries: list[str] = []

    def plan() -> tuple[int, dict[str, str]]:
        text = path.read_text("utf-8")
        if not tries:  # somebody saves the file in an editor while the command plans
            path.write_text("- 1\n- 2\n", encoding="utf-8")
        tries.append(text)
        return len(tries), {"rows.yml": f"{text}- 3\n"}

    assert write_planned(tmp_path, ["rows.yml"], plan) == 2
    assert path.read_text("utf-8") == "- 1\n- 2\n- 3\n"


def test_a_file_that_never_rests_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "rows.yml"

    def plan() -> tuple[None, dict[str, str]]:
        path.write_text(f"{time.monotonic_ns()}", encoding="utf-8")
        return None, {"rows.yml": "lost"}

    with pytest.raises(PolicyError, match=r"rows\.yml:1:1: error E021"):
        write_planned(tmp_path, ["rows.yml"], plan)
    assert path.read_text("utf-8").isdecimal()


TRIES = 8
ENV = {"SOURCE_DATE_EPOCH": "1799539200"}
"""10 January 2027."""


def _work(words: Any, start: Any, results: Any) -> None:
    for one in words:
        start.wait(60)
        results.put(run_here("policywright", *one, env=ENV).returncode)


@contextmanager
def _together(*lists: list[list[Any]]) -> Iterator[list[int]]:
    """Run two lists of commands in two processes, the nth of each at the same moment."""
    fork = multiprocessing.get_context("fork")
    start, results = fork.Barrier(len(lists)), fork.Queue()
    workers = [fork.Process(target=_work, args=(words, start, results)) for words in lists]
    for worker in workers:
        worker.start()
    codes = [results.get(timeout=120) for words in lists for _ in words]
    for worker in workers:
        worker.join()
    yield codes


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town with a release of 10 January 2027."""
    root = write_town(tmp_path_factory.mktemp("two") / "town", status="in_review")
    let_sign(root, roles_of(root), "Board Member")
    released(root, "1.0")
    write_town(root, {"security.mfa": "none"}, status="in_review")
    return root


def test_two_who_sign_at_once_are_both_on_record(town: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(town, tmp_path / "town"))
    before = len(draft_of(root).sign_offs)
    names = [[["sign", root, "--role", role, "--by", f"{role} {n}"] for n in range(TRIES)] for role in ("legal", "hr")]
    with _together(*names) as codes:
        assert codes == [0] * 2 * TRIES
    draft = draft_of(root)
    assert not [finding for finding in draft.findings if finding.severity == "error"]
    rows = draft.sign_offs[before:]
    assert {row.by for row in rows} == {f"{role} {n}" for role in ("legal", "hr") for n in range(TRIES)}
    assert not [path.name for path in root.rglob(".policywright*")]


def test_two_who_decide_at_once_are_both_on_record(town: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(town, tmp_path / "town"))
    said = ["--accept", "--until", "2027-06-30", "--owner", "Town Manager"]
    names = [[["decide", "SEC-01", root, *said, "--reason", f"{who} {n}"] for n in range(TRIES)] for who in "ab"]
    with _together(*names) as codes:
        assert codes == [0] * 2 * TRIES
    text = (root / "decisions.yml").read_text("utf-8")
    assert all(f"reason: {who} {n}," in text for who in "ab" for n in range(TRIES)), text


def test_two_who_hand_in_tables_at_once_are_both_on_record(town: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(town, tmp_path / "town"))
    print_ = draft_of(root).releases[0].fingerprint
    lists: list[list[list[Any]]] = []
    for who in ("Ada", "Bo"):
        tables = [tmp_path / f"{who}-{n}.csv" for n in range(TRIES)]
        for n, table in enumerate(tables):
            head = "name,date,version,fingerprint\n"
            table.write_text(f"{head}{who} {n},2027-01-10,1.0,{print_}\n", encoding="utf-8")
        lists.append([["acknowledge", table, root] for table in tables])
    with _together(*lists) as codes:
        assert codes == [0] * 2 * TRIES
    assert draft_of(root).acknowledged == {"1.0": 2 * TRIES}


def test_of_two_who_release_at_once_one_is_told(tmp_path: Path) -> None:
    root = write_town(tmp_path / "town", status="in_review")
    let_sign(root, roles_of(root), "Board Member")
    words = ["release", "1.0", root, *ADOPTED, "--by"]
    with _together(*[[[*words, who]] for who in ("Ada", "Bo")]) as codes:
        assert sorted(codes) == [0, 1]
    assert draft_of(root).document.status == "approved"


KILLED = """
import os, signal, sys
from pathlib import Path
from policywright.files.writing import write_planned
def plan():
    os.kill(os.getpid(), signal.SIGKILL)
write_planned(Path(sys.argv[1]), ["sign-offs.yml"], plan)
"""


def test_after_a_command_that_was_killed_the_next_one_writes(town: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(town, tmp_path / "town"))
    assert subprocess.run([sys.executable, "-c", KILLED, root], check=False).returncode == -9
    assert (root / LOCK).exists()
    assert run_here("policywright", "sign", root, "--role", "legal", "--by", "Ada", env=ENV).returncode == 0
    assert not (root / LOCK).exists()


COMMANDS = {
    "sign": ("sign-offs.yml", ["--role", "legal", "--by", "Ada"]),
    "decide": ("decisions.yml", ["--accept", "--until", "2027-06-30", "--owner", "Ada", "--reason", "Later"]),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_keeps_link_and_mode_and_names_what_is_read_only(name: str, town: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(town, tmp_path / "town"))
    file, words = COMMANDS[name]
    words = [name, *(["SEC-01"] if name == "decide" else []), str(root), *words]
    (root / "records").mkdir()
    real = root / "records/real.yml"
    if (root / file).exists():
        (root / file).rename(real)
    else:
        real.touch()
    (root / file).symlink_to("records/real.yml")
    real.chmod(0o660)
    before = real.read_text("utf-8")
    assert run_here("policywright", *words, env=ENV).returncode == 0
    assert (root / file).is_symlink()
    assert real.stat().st_mode & 0o777 == 0o660
    assert real.read_text("utf-8").startswith(before)
    assert len(real.read_text("utf-8")) > len(before)
    real.chmod(0o440)
    done = run_here("policywright", *words, env=ENV)
    assert done.returncode == 2
    assert f"{file}:1:1: error E022: This file is read-only" in done.stderr


def test_an_upgrade_is_not_written_over_what_somebody_changed_in_the_meantime(tmp_path: Path) -> None:
    from policywright import __version__  # noqa: PLC0415
    from policywright.upgrade.plan import plan_upgrade, preview_upgrade  # noqa: PLC0415
    from policywright.upgrade.writing import write_upgrade  # noqa: PLC0415

    root = write_agency(tmp_path / "town")
    shutil.rmtree(root / "answers")
    (root / "requirements.txt").write_text("policywright==0.0.9\n", encoding="utf-8")
    catalog = draft_of(root, DAY).catalog
    preview = preview_upgrade(root, plan_upgrade(root, catalog, __version__), catalog, DAY)
    (root / "requirements.txt").write_text("policywright==0.0.9\nrss\n", encoding="utf-8")
    with pytest.raises(PolicyError, match="E021"):
        write_upgrade(root, preview)
    assert (root / "requirements.txt").read_text("utf-8") == "policywright==0.0.9\nrss\n"
