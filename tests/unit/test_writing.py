"""A process that is killed while it writes leaves either the old file or the new one."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from policywright.files.writing import write_files

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
