"""LibreOffice, which opens our Word files as other people do."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).with_name("office_script.py")
PYTHON = "/usr/bin/python3"
"""The Python that Debian's python3-uno belongs to."""


def _has_office() -> bool:
    if shutil.which("soffice") is None or not Path(PYTHON).exists():
        return False
    return subprocess.run([PYTHON, "-c", "import uno"], capture_output=True, check=False).returncode == 0


needs_office = pytest.mark.skipif(
    not _has_office(), reason="LibreOffice with python3-uno is missing; .ci/run installs it"
)
needs_pandoc = pytest.mark.skipif(shutil.which("pandoc") is None, reason="pandoc is missing; .ci/run installs it")

Paragraph = tuple[str, str, str]
"""The style, the number or bullet, and the words."""


def in_office(jobs: Sequence[dict[str, Any]]) -> list[list[Paragraph]]:
    """Open each file, do its commands, save it elsewhere; return its paragraphs. One start serves all files."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(jobs, file)
        file.flush()
        done = subprocess.run([PYTHON, str(SCRIPT), file.name], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return [[(style, label, text) for style, label, text in found] for found in json.loads(done.stdout)]
