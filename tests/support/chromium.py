"""A real browser and a server on the loopback address, for tests and screenshots."""

from __future__ import annotations

import functools
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from playwright.sync_api import Browser, Page, expect, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


NO_SEARCH = "window.Worker = class extends EventTarget { postMessage() {} };"
"""A script for pages on which nobody searches: to read the index takes half of the time of opening a page."""


def chromium_path() -> str:
    """Return where this machine's Chromium is, preferably the one without windows: it opens a page in half the time."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium") or "chromium"


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start Debian's Chromium, and close it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()


def search_for(page: Page, words: str) -> None:
    """Search for words that are somewhere, and wait until they are found."""
    field, found = page.locator(".md-search__input"), page.locator(".md-search-result__item")
    for text in ("", words):
        field.fill(text)
        # The theme reads the field when a key goes up; to fill it sends no key.
        field.press("End")
        expect(found.first).to_be_visible(timeout=60_000, visible=bool(text))


class _Quiet(SimpleHTTPRequestHandler):
    headers_to_send: ClassVar[dict[str, str]] = {}

    def end_headers(self) -> None:
        """Send the headers that the test wants."""
        for name, value in self.headers_to_send.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serve(folder: Path, headers: Mapping[str, str] | None = None) -> Iterator[str]:
    """Serve a folder on a free port of the loopback address; yield its address with a slash at the end."""
    handler = type("Handler", (_Quiet,), {"headers_to_send": dict(headers or {})})
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
