"""Writes files atomically."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path


def write_files(files: Mapping[str, str | bytes], folder: Path) -> list[Path]:
    """Write files below a folder, each through a temporary name, so that no file is ever half-written."""
    return [_write(folder / name, content) for name, content in files.items()]


def _write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    # In the same folder, because replacing a file is atomic only within one file system.
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".policywright-", delete=False) as file:
        file.write(content.encode() if isinstance(content, str) else content)
    temporary = Path(file.name)
    # Temporary files are readable by their owner only; the site must be readable by the web server.
    temporary.chmod(0o644)
    temporary.replace(path)
    return path
