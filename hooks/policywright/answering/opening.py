"""Opens the browser without showing the key to other users of the machine, and says when there is none."""

from __future__ import annotations

import html
import os
import shutil
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url={address}">
<title>Answer in the browser</title>
</head>
<body><p><a href="{address}">Answer in the browser</a></p></body>
</html>
"""


def has_browser(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Return whether a browser can show a window to the person at this terminal.

    Over ssh it would open on the other machine, and without a display Python would start a browser for text, which
    takes the terminal.
    """
    if "SSH_CONNECTION" in environ or "SSH_TTY" in environ:
        return False
    return platform in ("win32", "cygwin", "darwin") or any(
        environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )


@contextmanager
def page_that_leads_to(address: str) -> Iterator[str]:
    """Write a page that leads to an address, and return where it is; it is deleted when the block ends.

    Everybody on a machine can read the command lines of all programs, so the browser is not started with the key.
    """
    folder = Path(tempfile.mkdtemp(prefix="policywright-open-", dir=_readable_by_browsers()))
    try:
        page = folder / "open.html"
        page.write_text(_PAGE.format(address=html.escape(address)), "utf-8")
        yield page.as_uri()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _readable_by_browsers() -> str | None:
    """Return the person's folder: a browser that runs in a sandbox, as on Ubuntu, cannot read temporary files."""
    home = os.path.expanduser("~")  # noqa: PTH111 - Path.home fails for a user without a home
    return home if sys.platform.startswith("linux") and os.access(home, os.W_OK) else None


def open_in_browser(address: str, entered: threading.Event, patience: float = 60) -> None:
    """Open an address in the browser, in the background; `entered` says that it has arrived."""
    threading.Thread(target=_open, args=(address, entered, patience), daemon=True).start()


def _open(address: str, entered: threading.Event, patience: float) -> None:
    with suppress(OSError, webbrowser.Error), page_that_leads_to(address) as page:
        webbrowser.open(page)
        entered.wait(patience)
