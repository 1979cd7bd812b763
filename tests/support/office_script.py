"""Runs LibreOffice without a window on a list of files; the system's Python has its bridge, so that runs this file.

The jobs come as JSON in a file:
[{"file": …, "commands": [".uno:…"], "edits": […], "track": true, "save": {"a path": "a filter"}}].
tests/cases/word_returns.yml shows the edits.
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
    document.RecordChanges = bool(job.get("track"))
    for edit in job.get("edits", ()):
        Editor(document, dispatcher).edit(edit)
    for path, kind in job.get("save", {}).items():
        document.storeToURL(Path(path).as_uri(), (named("FilterName", kind),))
    found = list(paragraphs(document.Text))
    document.close(True)  # noqa: FBT003 - its interface takes no names
    return found


def named(name: str, value: object) -> Any:
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


class Editor:
    """Changes an open document as a person would; what an edit looks for must be there."""

    def __init__(self, document: Any, dispatcher: Any) -> None:
        self.document, self.dispatcher, self.text = document, dispatcher, document.Text

    def edit(self, edit: dict[str, Any]) -> None:
        getattr(self, edit["do"].replace(" ", "_"))(edit)

    def replace(self, edit: dict[str, Any]) -> None:
        self._found(edit["find"]).String = edit["with"]

    def replace_paragraph(self, edit: dict[str, Any]) -> None:
        self._starting(edit["starts"]).String = edit["with"]

    def insert_after(self, edit: dict[str, Any]) -> None:
        end = self._starting(edit["starts"], edit.get("skip", 0)).End
        cursor = self.text.createTextCursorByRange(end)
        self.text.insertControlCharacter(cursor, 0, False)  # noqa: FBT003 - 0 is the end of a paragraph
        self.text.insertString(cursor, edit["text"], False)  # noqa: FBT003
        if "style" in edit:
            cursor.ParaStyleName = edit["style"]

    def split(self, edit: dict[str, Any]) -> None:
        cursor = self.text.createTextCursorByRange(self._starting(edit["starts"]).Start)
        cursor.goRight(len(edit["after"]), False)  # noqa: FBT003
        self.text.insertControlCharacter(cursor, 0, False)  # noqa: FBT003

    def delete(self, edit: dict[str, Any]) -> None:
        """Delete a paragraph with its end."""
        one = self._starting(edit["starts"])
        cursor = self.text.createTextCursorByRange(one.Start)
        cursor.gotoRange(one.End, True)  # noqa: FBT003
        cursor.goRight(1, True)  # noqa: FBT003
        self._select(cursor, ".uno:Delete")

    def move(self, edit: dict[str, Any]) -> None:
        """Cut from the beginning of a paragraph until that of another one, and paste it before a third."""
        cursor = self.text.createTextCursorByRange(self._starting(edit["from"]).Start)
        cursor.gotoRange(self._starting(edit["until"]).Start, True)  # noqa: FBT003
        self._select(cursor, ".uno:Cut")
        self._select(self.text.createTextCursorByRange(self._starting(edit["before"]).Start), ".uno:Paste")

    def _select(self, cursor: Any, command: str) -> None:
        self.document.CurrentController.select(cursor)
        self.dispatcher.executeDispatch(self.document.CurrentController.Frame, command, "", 0, ())

    def _found(self, words: str) -> Any:
        wanted = self.document.createSearchDescriptor()
        wanted.SearchString, wanted.SearchCaseSensitive = words, True
        found = self.document.findFirst(wanted)
        assert found, f"There is no “{words}”."
        return found

    def _starting(self, words: str, skip: int = 0) -> Any:
        """Return the paragraph that begins so, or a later one; the lines of the contents are none."""
        body = (one for one in self.text.createEnumeration() if one.supportsService("com.sun.star.text.Paragraph"))
        lines = [one for one in body if not one.ParaStyleName.startswith("Contents")]
        at = next(at for at, one in enumerate(lines) if one.String.startswith(words))
        return lines[at + skip]


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
