"""The local server of `policywright answer`: shows the working site to one person's browser, and takes answers.

It uses the standard library: one browser on the same machine needs no more, and what protects the answers, in
`visitors`, would be ours with any library.
"""

from __future__ import annotations

import io
import json
import os
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from policywright.answering.entry_page import ENTER, ENTRY_PAGE, ENTRY_POLICY
from policywright.answering.site_files import file_at
from policywright.answering.visitors import (
    Keys,
    Request,
    cookie_to_set,
    is_foreign,
    is_meant,
    is_own,
    opens_a_window,
    shows_cookie,
    shows_token,
)
from policywright.pages.server_settings import media_type, security_policy

SAVE = "/-/save"
SESSION = "/-/session"
_OURS = "/-/"
"""Addresses with this prefix are not files of the site."""

Reply = tuple[int, Mapping[str, Any]]
"""A status, and what the page reads."""


@dataclass(frozen=True)
class Limits:
    """Limits that one browser never reaches, in seconds, bytes and connections."""

    idle: float = 3600
    """The server ends after this time without a request."""
    body: int = 5_000_000
    """The largest answers file."""
    read: float = 20
    """For each wait of a connection."""
    whole: float = 120
    """For a connection from its beginning to its end."""
    writer: float = 10
    """How long a save waits for another one."""
    connections: int = 64


@dataclass(frozen=True)
class Desk:
    """What the server shows, and to whom it hands what it is sent."""

    site: Callable[[str], Path]
    """Returns the folder of the finished site from which this path is sent."""
    save: Callable[[bytes], Reply]
    """Saves an answers file."""
    state: Callable[[], Mapping[str, Any]]
    """What a page may know about this server."""


@dataclass(frozen=True)
class Response:
    """What a browser is sent."""

    status: int
    body: bytes = b""
    kind: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Sent with every response."""


class AnswerServer(socketserver.ThreadingTCPServer):
    """Listens on this machine only, until it is ended or nobody asks for an hour.

    Raise OSError if the port cannot be used.
    """

    # On Windows, an address that may be reused can be taken by another program.
    allow_reuse_address = os.name == "posix"
    daemon_threads = True
    # A connection that a browser only holds ready must not hold up the end.
    block_on_close = False
    request_queue_size = 32
    timeout = 0.5

    def __init__(self, desk: Desk, port: int = 0, limits: Limits | None = None) -> None:
        self.desk, self.limits, self.keys = desk, limits or Limits(), Keys()
        self.writing = threading.Lock()
        """Held while answers are saved, until the page has the reply."""
        self.entered = threading.Event()
        """Set as soon as a browser has shown the key."""
        self._ended = threading.Event()
        self._open: dict[socket.socket, float] = {}
        self._asked = time.monotonic()
        super().__init__(("127.0.0.1", port), _Conversation)

    @property
    def port(self) -> int:
        """The port on which it listens."""
        return int(self.server_address[1])

    def address(self, page: str = "") -> str:
        """Return the address of a page with the key; who has it may read and save."""
        return f"http://127.0.0.1:{self.port}/{page}#token={self.keys.token}"

    def run(self) -> bool:
        """Serve until the end; return whether that came because nobody had asked."""
        self._asked = time.monotonic()
        while not self._ended.is_set():
            if time.monotonic() - self._asked > self.limits.idle:
                return True
            self.handle_request()
            self._drop_overdue()
        return False

    def end(self) -> None:
        """Let `run` return; from any thread."""
        self._ended.set()

    def close(self) -> None:
        """Stop taking requests, and wait until answers that are being saved are in the files."""
        self.server_close()
        self.writing.acquire(timeout=self.limits.whole)

    def touch(self) -> None:
        """Remember that an allowed request has come in."""
        self._asked = time.monotonic()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread, unless there are too many connections."""
        if len(self._open) >= self.limits.connections:
            self.shutdown_request(request)
            return
        self._open[request] = time.monotonic()
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection."""
        self._open.pop(request, None)
        super().shutdown_request(request)

    def _drop_overdue(self) -> None:
        """End connections that send or read too slowly; each of them holds a thread."""
        now = time.monotonic()
        for connection, began in list(self._open.items()):
            if now - began > self.limits.whole:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing: a browser that disconnects is not an error, and the page is sent every other error."""


class _Unread(Exception):
    """Raised when a body cannot be taken."""

    def __init__(self, status: int, message: str) -> None:
        self.response = _told(status, {"saved": False, "message": message})
        super().__init__(message)


class _Conversation(BaseHTTPRequestHandler):
    """One connection, which carries one request."""

    server: AnswerServer
    protocol_version = "HTTP/1.1"
    command = ""
    _body_read = False

    def setup(self) -> None:
        """Set the time limit before the first byte is read."""
        super().setup()
        self.connection.settimeout(self.server.limits.read)

    def do_GET(self) -> None:
        """Send a page or a file."""
        self._send(_whatever_happens(self._answered))

    def do_HEAD(self) -> None:
        """Send the headers of a page or a file."""
        self.do_GET()

    def do_POST(self) -> None:
        """Take a key or answers."""
        request = self._request()
        if refused := _refused(request, self.server) or _not_taken(request, self.server):
            self._send(refused)
        elif request.path == ENTER:
            self._enter()
        else:
            self._save()

    def _request(self) -> Request:
        return Request(self.command, self.path, self.headers)

    def _answered(self) -> Response:
        request, server = self._request(), self.server
        return _refused(request, server) or _ours(request, server) or _closed(request, server) or self._file(request)

    def _enter(self) -> None:
        self.server.touch()
        self.server.entered.set()
        cookie = cookie_to_set(self.server.keys, self.server.port)
        self._send(Response(HTTPStatus.NO_CONTENT, headers={"Set-Cookie": cookie}))

    def _file(self, request: Request) -> Response:
        self.server.touch()
        site = self.server.desk.site(request.path)
        file = file_at(site, request.path)
        if file is not None:
            return _page(HTTPStatus.OK, file)
        if file_at(site, f"{request.path}/"):  # a folder: links in its page are relative to it
            place = f"/{request.path.strip('/')}/"
            return Response(HTTPStatus.FOUND, headers={"Location": place})
        lost = file_at(site, "/404.html")
        return _page(HTTPStatus.NOT_FOUND, lost) if lost else _text(HTTPStatus.NOT_FOUND, "There is no such page.")

    def _save(self) -> None:
        self.server.touch()
        try:
            raw = self._body()
        except _Unread as unread:
            self._send(unread.response)
            return
        # Read first: a page that sends slowly must not keep others from saving.
        if not self.server.writing.acquire(timeout=self.server.limits.writer):
            message = "Somebody else is saving at this moment, so nothing was saved. Save again."
            self._send(_told(HTTPStatus.CONFLICT, {"saved": False, "message": message}))
            return
        try:
            self._send(_whatever_happens(lambda: _told(*self.server.desk.save(raw))))
        finally:
            self.server.writing.release()
        self.server.touch()

    def _body(self) -> bytes:
        length, limits = self._request().header("Content-Length"), self.server.limits
        if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdecimal()):
            raise _Unread(HTTPStatus.LENGTH_REQUIRED, "The request does not say how long it is.")
        if len(length) > 15 or int(length) > limits.body:
            message = f"These answers are too long. At most {limits.body // 1_000_000} MB can be saved at once."
            raise _Unread(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message)
        raw = self.rfile.read(int(length))
        self._body_read = True
        if len(raw) < int(length):
            raise _Unread(HTTPStatus.BAD_REQUEST, "The answers arrived incomplete, so nothing was saved.")
        return raw

    def _send(self, response: Response) -> None:
        # To a line that is no request the library would send a body without headers, as HTTP/0.9 did.
        self.request_version = self.protocol_version
        self.send_response_only(response.status)
        headers = {**HEADERS, "Content-Type": response.kind, "Content-Length": str(len(response.body))}
        for name, value in {**headers, **response.headers, "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def send_error(self, code: int, *_: object, **__: object) -> None:
        """Refuse a malformed request, without repeating any part of it."""
        if code == HTTPStatus.NOT_IMPLEMENTED:
            self._send(_method_not_allowed("GET, HEAD, POST"))
        else:
            self._send(_text(code, f"{HTTPStatus(code).phrase}."))

    def handle(self) -> None:
        """Answer, unless the browser goes away or is too slow."""
        with suppress(OSError):
            super().handle()

    def finish(self) -> None:
        """Read what is still on its way, for a moment: otherwise the browser would not see why it was refused."""
        super().finish()
        if self.command != "POST" or self._body_read:
            return
        end = time.monotonic() + 2
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(0.5)
            while time.monotonic() < end and self.connection.recv(io.DEFAULT_BUFFER_SIZE):
                pass

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
        """Keep no log."""


def _whatever_happens(answer: Callable[[], Response]) -> Response:
    """Return a response even if we fail: a page that waits forever does not know whether it was saved."""
    try:
        return answer()
    except Exception as error:  # the page gets the kind only, because the words may hold a path
        message = f"The program failed ({type(error).__name__}). Look at the files before you save again."
        return _told(HTTPStatus.INTERNAL_SERVER_ERROR, {"saved": False, "message": message})


def _refused(request: Request, server: AnswerServer) -> Response | None:
    """Refuse what is not meant for this server, or comes from another site."""
    if not is_meant(request, server.port):
        return _text(HTTPStatus.FORBIDDEN, f"This server answers at http://127.0.0.1:{server.port} only.")
    if not request.path:
        return _text(HTTPStatus.BAD_REQUEST, "Bad Request.")
    if is_foreign(request):
        return _text(HTTPStatus.FORBIDDEN, "Another site asked for this.")
    return None


def _not_taken(request: Request, server: AnswerServer) -> Response | None:
    """Refuse what may not be posted."""
    if request.path not in (ENTER, SAVE):
        return _method_not_allowed("GET, HEAD")
    if not is_own(request):
        return _forbidden("Another site sent this, so nothing was saved.")
    if not shows_token(request, server.keys):
        return _forbidden("The key of this page is not valid. Open the address that the terminal shows.")
    return None


def _ours(request: Request, server: AnswerServer) -> Response | None:
    """Answer a request for something other than a file of the site."""
    if not request.path.startswith(_OURS):
        return None
    if request.path in (ENTER, SAVE):
        return _method_not_allowed("POST")
    if request.path != SESSION:
        return _text(HTTPStatus.NOT_FOUND, "There is no such page.")
    if not shows_token(request, server.keys):
        return _forbidden("The key of this page is not valid. Open the address that the terminal shows.")
    server.touch()
    return _told(HTTPStatus.OK, {"server": True, **server.desk.state()})


def _closed(request: Request, server: AnswerServer) -> Response | None:
    """Ask a browser that has not entered for the key, the same for each address."""
    if shows_cookie(request, server.keys, server.port):
        return None
    if not opens_a_window(request):
        return _text(HTTPStatus.FORBIDDEN, "Open the address that the terminal shows.")
    policy = {"Content-Security-Policy": ENTRY_POLICY}
    return Response(HTTPStatus.FORBIDDEN, ENTRY_PAGE.encode(), "text/html; charset=utf-8", policy)


def _page(status: int, file: Path) -> Response:
    """Return a file; a page may run its own scripts and styles and nothing else."""
    body, kind = file.read_bytes(), media_type(file.name)
    pages = [body.decode("utf-8", "replace")] if kind == "text/html" else []
    # For a script it matters too: the search runs in a worker, which has the policy of its file.
    headers = {"Content-Security-Policy": security_policy(pages)}
    text = kind.startswith("text/") or kind.endswith(("json", "xml"))
    return Response(status, body, f"{kind}; charset=utf-8" if text else kind, headers)


def _told(status: int, told: Mapping[str, Any]) -> Response:
    return Response(status, json.dumps(told, ensure_ascii=False).encode("utf-8", "replace"), "application/json")


def _forbidden(message: str) -> Response:
    return _told(HTTPStatus.FORBIDDEN, {"saved": False, "message": message})


def _method_not_allowed(allowed: str) -> Response:
    return Response(HTTPStatus.METHOD_NOT_ALLOWED, b"Method Not Allowed.", headers={"Allow": allowed})


def _text(status: int, words: str) -> Response:
    return Response(status, words.encode())
