"""A client of yaml-language-server, with which most editors complete and check YAML: what it offers, what it finds."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.agency_files import ROOT

SERVER = ROOT / "build" / "npm" / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
SETTINGS = {"yaml": {"validate": True, "completion": True, "schemaStore": {"enable": False}}}


@dataclass
class Editor:
    """An editor with files open."""

    server: subprocess.Popen[bytes]
    asked: int = 0
    opened: int = 0
    found: dict[str, list[str]] = field(default_factory=dict)
    """What the server found in each file, by its address."""

    def offered(self, folder: Path, text: str) -> dict[str, str]:
        """Return what is offered at the sign “|” of a text in this folder, each with what is said about it."""
        before = text.partition("|")[0]
        line, column = before.count("\n"), len(before) - before.rfind("\n") - 1
        uri = self._open(folder, text.replace("|", "", 1))
        place = {"textDocument": {"uri": uri}, "position": {"line": line, "character": column}}
        items = self._ask("textDocument/completion", place)["items"]
        return {item["label"]: _words(item.get("documentation", "")) for item in items}

    def problems(self, folder: Path, text: str) -> list[str]:
        """Return what the server finds in a text in this folder."""
        uri = self._open(folder, text)
        while uri not in self.found:
            self._hear()
        return self.found[uri]

    def _open(self, folder: Path, text: str) -> str:
        """Open a text under a new name: the server remembers what it found under a name."""
        self.opened += 1
        uri = (folder / f"text-{self.opened}.yml").as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._say("textDocument/didOpen", {"textDocument": document})
        return uri

    def _say(self, method: str, params: Any, **more: Any) -> None:
        self._send({"method": method, "params": params} | more)

    def _ask(self, method: str, params: Any) -> Any:
        self.asked += 1
        self._say(method, params, id=self.asked)
        while True:
            heard = self._hear()
            if heard.get("id") == self.asked and "method" not in heard:
                return heard["result"]

    def _send(self, message: dict[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0"} | message).encode()
        assert self.server.stdin
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
        self.server.stdin.flush()

    def _hear(self) -> dict[str, Any]:
        assert self.server.stdout
        size = 0
        while line := self.server.stdout.readline().strip():
            if line.startswith(b"Content-Length:"):
                size = int(line.split(b":")[1])
        assert size, "the server ended"
        heard: dict[str, Any] = json.loads(self.server.stdout.read(size))
        if heard.get("method") == "workspace/configuration":
            items = heard["params"]["items"]
            self._send({"id": heard["id"], "result": [SETTINGS.get(item.get("section"), {}) for item in items]})
        elif heard.get("method") == "textDocument/publishDiagnostics":
            said = heard["params"]
            self.found[said["uri"]] = [one["message"] for one in said["diagnostics"]]
        elif "id" in heard and "method" in heard:
            self._send({"id": heard["id"], "result": None})
        return heard


def _words(documentation: Any) -> str:
    return str(documentation["value"] if isinstance(documentation, dict) else documentation)


@contextmanager
def open_editor(root: Path) -> Iterator[Editor]:
    """Yield an editor that has a folder open."""
    with subprocess.Popen(
        ["node", str(SERVER), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as server:
        editor = Editor(server)
        able = {"workspace": {"configuration": True}, "textDocument": {"completion": {"completionItem": {}}}}
        folder = {"uri": root.as_uri(), "name": root.name}
        start = {"processId": None, "rootUri": root.as_uri(), "capabilities": able, "workspaceFolders": [folder]}
        editor._ask("initialize", start)
        editor._say("initialized", {})
        editor._say("workspace/didChangeConfiguration", {"settings": SETTINGS})
        try:
            yield editor
        finally:
            server.kill()
