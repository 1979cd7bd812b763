"""Runs `mkdocs serve` for tests and for the benchmark."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.agency_files import TOOLS


@contextmanager
def served(agency: Path) -> Iterator[Callable[[str, str], bool]]:
    """Run `mkdocs serve` on a free port; yield a function that waits until a page shows some words."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    log = agency.parent / "serve.log"
    env = {**os.environ, "PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}"}
    with log.open("w") as file:
        command = ["mkdocs", "serve", "--dev-addr", address]
        process = subprocess.Popen(command, cwd=agency, env=env, stdout=file, stderr=subprocess.STDOUT)

    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def shows(page: str, words: str) -> bool:
        end = time.monotonic() + 30
        while time.monotonic() < end and process.poll() is None:
            try:
                with direct.open(f"http://{address}/{page}", timeout=10) as answer:
                    if words in answer.read().decode():
                        return True
            except OSError:
                pass
            time.sleep(0.01)
        raise AssertionError(f"{page} does not show “{words}”.\n{log.read_text('utf-8')}")

    try:
        yield shows
    finally:
        process.terminate()
        process.wait(10)
