"""Runs LibreOffice without a window on a list of files; the system's Python has its bridge, so that runs this file.

The jobs come as JSON in a file: [{"file": …, "commands": [".uno:…"], "save": {"a path": "a filter"}}].
The answer goes to standard output: for each file its paragraphs as [style, label, text].
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue


def main(jobs: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as profile:
        # A pipe with the name of the profile: two test runs on one machine do not meet.
        pipe = f"pipe,name={Path(profile).name}"
        options = ["--headless", "--norestore", "--nologo", f"-env:UserInstallation={Path(profile).as_uri()}"]
        office = subprocess.Popen(["soffice", *options, f"--accept={pipe};urp"], stderr=subprocess.DEVNULL)
        try:
            context = connected(f"uno:{pipe};urp;StarOffice.ComponentContext")
            json.dump([done(job, context) for job in jobs], sys.stdout)
        finally:
            office.terminate()
            office.wait()


def connected(address: str) -> Any:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(240):
        try:
            return resolver.resolve(address)
        except Exception:
            time.sleep(0.25)
    raise SystemExit("LibreOffice does not start")


def done(job: dict[str, Any], context: Any) -> list[list[str]]:
    services = context.ServiceManager
    desktop = services.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    document = desktop.loadComponentFromURL(Path(job["file"]).as_uri(), "_blank", 0, (named("Hidden", value=True),))
    dispatcher = services.createInstanceWithContext("com.sun.star.frame.DispatchHelper", context)
    for command in job.get("commands", ()):
        dispatcher.executeDispatch(document.CurrentController.Frame, command, "", 0, ())
    for path, kind in job.get("save", {}).items():
        document.storeToURL(Path(path).as_uri(), (named("FilterName", kind),))
    found = list(paragraphs(document.Text))
    document.close(True)  # noqa: FBT003 - its interface takes no names
    return found


def named(name: str, value: object) -> Any:
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def paragraphs(text: Any) -> Iterator[list[str]]:
    """Yield the paragraphs of a text, those in tables by row."""
    for one in text.createEnumeration():
        if one.supportsService("com.sun.star.text.TextTable"):
            for name in one.CellNames:
                yield from paragraphs(one.getCellByName(name))
        else:
            yield [one.ParaStyleName, one.ListLabelString, one.String]


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text("utf-8")))
