"""Writes files so that none is ever half-written."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path


def write_files(files: Mapping[str, str | bytes], folder: Path) -> list[Path]:
    """Write files below a folder, each through a temporary name, so that none is ever half-written."""
    return [_write(folder / name, content) for name, content in files.items()]


def _write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".policywright-", delete=False) as file:
        file.write(content.encode() if isinstance(content, str) else content)
    temporary = Path(file.name)
    temporary.chmod(0o644)
    temporary.replace(path)
    return path
