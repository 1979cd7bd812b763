"""The programs of others that judge a finished site: axe-core, the Nu HTML checker and Lighthouse."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tests.support.agency_files import ROOT
from tests.support.chromium import chromium_path

MODULES = ROOT / "build" / "npm" / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"
NU = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
LIGHTHOUSE = MODULES / "lighthouse" / "cli" / "index.js"


def invalid(*folders: Path) -> list[str]:
    """Return the errors and warnings of the Nu HTML checker, each once: how often it occurs, and where first."""
    command = ["java", "-jar", NU, "--skip-non-html", "--format", "json", "--exit-zero-always", *folders]
    done = subprocess.run([str(word) for word in command], capture_output=True, check=True)
    found: dict[str, list[dict[str, Any]]] = {}
    for message in json.loads(done.stderr)["messages"]:
        if message["type"] == "error" or message.get("subType") == "warning":
            found.setdefault(message["message"], []).append(message)
    return [_summary(same) for same in found.values()]


def _summary(same: list[dict[str, Any]]) -> str:
    first = same[0]
    extract = " ".join(first.get("extract", "").split())
    return f"{first['message']} {len(same)} times, first in {first['url']}:{first.get('lastLine')}: {extract}"


def lighthouse(url: str, *categories: str) -> dict[str, Any]:
    """Return Lighthouse's report on a page: its `categories` with their scores, and its `audits`."""
    flags = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update"
    options = [f"--only-categories={','.join(categories)}", "--output=json", "--quiet", f"--chrome-flags={flags}"]
    quiet = ["--no-enable-error-reporting", "--max-wait-for-load=30000"]
    env = {**os.environ, "CHROME_PATH": chromium_path()}
    done = subprocess.run(["node", LIGHTHOUSE, url, *options, *quiet], capture_output=True, check=False, env=env)
    assert done.returncode == 0, done.stderr.decode()
    report: dict[str, Any] = json.loads(done.stdout)
    return report
