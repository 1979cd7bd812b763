"""The files of a book: pages out, a finished page back in."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

from policywright.engine.findings import PolicyError
from policywright.engine.texts import escape_markdown
from policywright.press.binder import Book, Page
from policywright.press.style import assets


def finished_page(site: Path, uri: str) -> str | None:
    """Return the HTML of a page in a finished site, whichever way its host names files; None when it is not there."""
    plain = site / f"{uri.removesuffix('.md')}.html"
    folder = site / uri.removesuffix(".md") / "index.html"
    found = next((path for path in (plain, folder) if path.is_file()), None)
    return found.read_text("utf-8", errors="replace") if found else None


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


def error_page(error: PolicyError) -> Book:
    """Make a site of one page that says what keeps the policy from being drafted."""
    lines = [
        f"- **{finding.places[0]}** {escape_markdown(finding.message)} {escape_markdown(finding.fix)}"
        for finding in error.findings
    ]
    title = json.dumps("The policy cannot be drafted")
    text = f"---\ntitle: {title}\n---\n\n# The policy cannot be drafted\n\n" + "\n".join(lines) + "\n"
    return Book(
        {"index.md": Page("index.md", "The policy cannot be drafted", text)}, [{"Home": "index.md"}], (), assets()
    )
