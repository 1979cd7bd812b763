"""The local server lets one browser read and save, and nobody else; it ends by itself and leaves nothing behind."""

from __future__ import annotations

import contextlib
import functools
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from policywright import __version__
from policywright.answering.entry_page import ENTRY_PAGE, ENTRY_POLICY
from policywright.answering.opening import has_browser, open_in_browser, page_that_leads_to
from policywright.answering.saving import saved_reply
from policywright.answering.server import HEADERS, AnswerServer, Desk, Limits, Reply
from policywright.answering.working_site import NotBuilt, WorkingSite, remove_left
from policywright.catalog.blank_answers import answer_files
from policywright.draft import draft_of
from policywright.files.locking import locked, this_host
from policywright.files.writing import write_files
from tests.support.agency_files import catalog
from tests.support.in_process import run_here
from tests.support.terminals import in_terminal

SECRET = b"The Town has not tested its incident plan."
SAVED = {"saved": True, "message": "Saved."}


def site_in(folder: Path) -> Path:
    """Write a site, and beside it what no request may get."""
    files = {
        "site/index.html": SECRET,
        "site/answer/legal.html": b"<p>Legal</p><script>run()</script>",
        "site/stakeholders/index.html": SECRET,
        "site/assets/page.js": b"run()",
        "site/assets/style.css": b"p{}",
        "site/assets/sign.svg": b"<svg/>",
        "site/assets/a b.png": b"png",
        "site/404.html": b"Nothing is here.",
        "site/.hidden": SECRET,
        "site/.git/config": SECRET,
        "policy.yml": SECRET,
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "site/out.html").symlink_to("../policy.yml")
    (folder / "site/outside").symlink_to(folder, target_is_directory=True)
    (folder / "site/circle").symlink_to("circle")
    return folder / "site"


@dataclass
class Running:
    """A server that runs in a thread."""

    server: AnswerServer
    saves: list[bytes] = field(default_factory=list)

    def host(self) -> str:
        return f"127.0.0.1:{self.server.port}"

    def entered(self) -> dict[str, str]:
        """Return the headers of a page whose browser has entered."""
        keys, port = self.server.keys, self.server.port
        return {
            "Host": self.host(),
            "Cookie": f"policywright-{port}={keys.cookie}",
            "X-Policywright-Token": keys.token,
            "Origin": f"http://{self.host()}",
            "Sec-Fetch-Site": "same-origin",
        }


@dataclass(frozen=True)
class Got:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def told(self) -> Any:
        return json.loads(self.body)


@contextmanager
def running(
    folder: Path, save: Callable[[bytes], Reply] | None = None, limits: Limits | None = None
) -> Iterator[Running]:
    """Serve a site until the block ends."""
    site, saves = site_in(folder), list[bytes]()

    def keep(raw: bytes) -> Reply:
        saves.append(raw)
        return save(raw) if save else (200, SAVED)

    server = AnswerServer(Desk(lambda _: site, keep, lambda: {"agency": "the Town"}), limits=limits)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield Running(server, saves)
    finally:
        server.end()
        thread.join(10)
        server.close()
    assert not thread.is_alive()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("town")) as here:
        yield here


def ask(here: Running, method: str, target: str, headers: Mapping[str, str | None], body: bytes | None = None) -> Got:
    """Send exactly these headers, and the length of the body; None leaves one out."""
    lines = [
        f"{method} {target} HTTP/1.1",
        *(f"{name}: {value}" for name, value in headers.items() if value is not None),
    ]
    if body is not None and "Content-Length" not in headers:
        lines.append(f"Content-Length: {len(body)}")
    return send(here, "\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b""))


def send(here: Running, raw: bytes) -> Got:
    """Send bytes, and read the response to its end."""
    with knock(here) as connection:
        connection.sendall(raw)
        response = http.client.HTTPResponse(connection, method="HEAD" if raw.startswith(b"HEAD") else "GET")
        response.begin()
        return Got(response.status, dict(response.getheaders()), response.read())


# What is let in


def test_a_browser_enters_with_the_key_and_then_reads_and_saves(tmp_path: Path) -> None:
    with running(tmp_path) as here:
        page = http.client.HTTPConnection("127.0.0.1", here.server.port)
        page.request("GET", "/answer/legal.html")
        before = page.getresponse()
        assert (before.status, before.read()) == (403, ENTRY_PAGE.encode())
        own = {"X-Policywright-Token": here.server.keys.token, "Origin": f"http://{here.host()}"}
        assert not here.server.entered.is_set()
        page.request("POST", "/-/enter", headers=own)
        entered = page.getresponse()
        cookie = entered.headers["Set-Cookie"]
        assert (entered.status, entered.read()) == (204, b"")
        assert here.server.entered.is_set()
        assert cookie.split("; ")[1:] == ["Path=/", "HttpOnly", "SameSite=Strict"]
        page.request("GET", "/answer/legal.html", headers={"Cookie": cookie.split(";")[0]})
        assert b"<p>Legal</p>" in page.getresponse().read()
        page.request("GET", "/-/session", headers=own)
        assert json.load(page.getresponse()) == {"server": True, "agency": "the Town"}
        page.request("POST", "/-/save", body=b"{}", headers=own)
        assert json.load(page.getresponse()) == SAVED
        assert here.saves == [b"{}"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LocalHost"])
def test_both_names_of_this_machine_are_let_in(host: str, town: Running) -> None:
    name = f"{host}:{town.server.port}"
    page = town.entered() | {"Host": name, "Origin": f"http://{name.lower()}"}
    assert ask(town, "POST", "/-/save", page, b"{}").status == 200


@pytest.mark.parametrize(
    ("target", "kind", "body"),
    [
        ("/", "text/html; charset=utf-8", SECRET),
        ("/index.html?q=1", "text/html; charset=utf-8", SECRET),
        ("/stakeholders/", "text/html; charset=utf-8", SECRET),
        ("/assets/page.js", "text/javascript; charset=utf-8", b"run()"),
        ("/assets/style.css", "text/css; charset=utf-8", b"p{}"),
        ("/assets/sign.svg", "image/svg+xml; charset=utf-8", b"<svg/>"),
        ("/assets/a%20b.png", "image/png", b"png"),
    ],
)
def test_a_file_of_the_site_is_sent_with_its_kind(target: str, kind: str, body: bytes, town: Running) -> None:
    got = ask(town, "GET", target, town.entered())
    assert (got.status, got.headers["Content-Type"], got.body) == (200, kind, body)
    alone = ask(town, "HEAD", target, town.entered())
    assert (alone.status, alone.body) == (200, b"")
    assert alone.headers == got.headers


def test_a_folder_leads_to_its_page(town: Running) -> None:
    got = ask(town, "GET", "/stakeholders", town.entered())
    assert (got.status, got.headers["Location"]) == (302, "/stakeholders/")


def test_a_page_may_run_its_own_script_and_nothing_else(town: Running) -> None:
    policy = ask(town, "GET", "/answer/legal.html", town.entered()).headers["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == rules["frame-ancestors"] == rules["form-action"] == "'none'"
    assert rules["script-src"].startswith("'self' 'sha256-")
    assert rules["connect-src"] == "'self'"
    assert "unsafe" not in policy
    assert "sha256-" in ENTRY_POLICY


def test_a_browser_that_sends_no_origin_is_known_by_what_no_page_can_write(town: Running) -> None:
    """With “no-referrer”, browsers write “null” as the origin of a request whose mode is “same-origin”."""
    for origin in ("null", None):
        page = {**town.entered(), "Origin": origin}
        assert ask(town, "POST", "/-/save", page, b"{}").status == 200
        assert ask(town, "POST", "/-/save", page | {"Sec-Fetch-Site": None}, b"{}").status == 403


def test_cookies_of_other_servers_on_this_machine_do_no_harm(town: Running) -> None:
    own = town.entered()["Cookie"]
    name = own.partition("=")[0]
    for cookies in (f"x=[{{,; {own}", f"{name}=theirs; {own}", f"{own}; {name}="):
        assert ask(town, "GET", "/index.html", town.entered() | {"Cookie": cookies}).status == 200


# What is not


Differing = dict[str, str | None]


def refusals() -> dict[str, tuple[str, str, Differing, int]]:
    """Name -> method, target, the headers that differ from those of a page that may ask, and the status."""
    get, post = ("GET", "/index.html"), ("POST", "/-/save")
    key, elsewhere = "X-Policywright-Token", "http://evil.example"
    pointed: Differing = {"Host": "evil.example:PORT", "Origin": "http://evil.example:PORT"}
    script: Differing = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"}
    window: Differing = {"Origin": "null", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    frame: Differing = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
    return {
        "a name that was made to point here": (*get, {"Host": "evil.example:PORT"}, 403),
        "a name that was made to point here, posting": (*post, pointed, 403),
        "another port": (*get, {"Host": "127.0.0.1:1"}, 403),
        "a name without a port": (*get, {"Host": "127.0.0.1"}, 403),
        "no name": (*get, {"Host": None}, 403),
        "two names": (*get, {"Host": "127.0.0.1:PORT\r\nHost: evil.example"}, 403),
        "this machine's name in another network": (*get, {"Host": "0.0.0.0:PORT"}, 403),
        "no cookie": (*get, {"Cookie": None}, 403),
        "another cookie": (*get, {"Cookie": "policywright-PORT=AAAA"}, 403),
        "a cookie of another run": (*get, {"Cookie": "policywright-1=COOKIE"}, 403),
        "the key in the place of the cookie": (*get, {"Cookie": "policywright-PORT=TOKEN"}, 403),
        "the key in the address": ("GET", "/index.html?token=TOKEN", {"Cookie": None}, 403),
        "a picture on another site": (*get, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image"}, 403),
        "a script of another server on this machine": (*get, script, 403),
        "a frame of another server on this machine": (*get, frame, 403),
        "no key": (*post, {key: None}, 403),
        "an empty key": (*post, {key: ""}, 403),
        "another key": (*post, {key: "A" * 43}, 403),
        "the beginning of the key": (*post, {key: "TOKEN"[:4]}, 403),
        "the key twice": (*post, {key: f"TOKEN\r\n{key}: TOKEN"}, 403),
        "a key with other letters": (*post, {key: "\xe9"}, 403),
        "the cookie in the place of the key": (*post, {key: "COOKIE"}, 403),
        "a form on another site": (*post, {"Origin": elsewhere, "Sec-Fetch-Site": "cross-site"}, 403),
        "another site in a browser without Sec-Fetch": (*post, {"Origin": elsewhere, "Sec-Fetch-Site": None}, 403),
        "another server on this machine": (*post, {"Origin": "http://127.0.0.1:1", "Sec-Fetch-Site": "same-site"}, 403),
        "a form on another site that opens a window": (*post, {**window, "Sec-Fetch-Site": "cross-site"}, 403),
        "a form of another server here that opens a window": (*post, {**window, "Sec-Fetch-Site": "same-site"}, 403),
        "another scheme": (*post, {"Origin": "https://127.0.0.1:PORT"}, 403),
        "the other name of this machine": (*post, {"Origin": "http://localhost:PORT"}, 403),
        "a page from a folder": (*post, {"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        "neither origin nor Sec-Fetch": (*post, {"Origin": None, "Sec-Fetch-Site": None}, 403),
        "two origins": (*post, {"Origin": f"http://127.0.0.1:PORT\r\nOrigin: {elsewhere}"}, 403),
        "entering from another site": ("POST", "/-/enter", {"Origin": elsewhere, "Sec-Fetch-Site": "cross-site"}, 403),
        "entering with another key": ("POST", "/-/enter", {key: "A" * 43}, 403),
        "asking for a server without the key": ("GET", "/-/session", {key: None}, 403),
        "asking for a server from another site": ("GET", "/-/session", {"Sec-Fetch-Site": "cross-site"}, 403),
        "saving by address": ("GET", "/-/save", {}, 405),
        "posting to a page": ("POST", "/index.html", {}, 405),
        "an address of ours that is none": ("GET", "/-/keys", {}, 404),
        "a method to write": ("PUT", "/index.html", {}, 405),
        "a method to delete": ("DELETE", "/index.html", {}, 405),
        "a question about what is allowed": ("OPTIONS", "/-/save", {}, 405),
        "a method to see one's own request": ("TRACE", "/index.html", {}, 405),
        "a method that is none": ("EVIL", "/index.html", {}, 405),
        "the address of another server": ("GET", "http://evil.example/index.html", {}, 400),
        "a tunnel": ("CONNECT", "evil.example:443", {}, 405),
    }  # fmt: skip


@pytest.mark.parametrize("name", refusals())
def test_an_attack_is_refused_and_learns_nothing(name: str, town: Running) -> None:
    method, target, differing, status = refusals()[name]
    keys, port = town.server.keys, str(town.server.port)

    def filled(text: str) -> str:
        return text.replace("PORT", port).replace("TOKEN", keys.token).replace("COOKIE", keys.cookie)

    headers = {**town.entered(), **{key: filled(value) if value else value for key, value in differing.items()}}
    before, asked = len(town.saves), town.server._asked
    got = ask(town, method, filled(target), headers, b"{}" if method == "POST" else None)
    assert got.status == status
    assert SECRET not in got.body
    assert keys.token.encode() not in got.body
    assert keys.cookie.encode() not in got.body
    assert "evil" not in got.body.decode()
    assert "Set-Cookie" not in got.headers
    assert not [header for header in got.headers if header.startswith("Access-Control")]
    assert len(town.saves) == before, "nothing was saved"
    assert town.server._asked == asked, "and nothing keeps the server awake"


@pytest.mark.parametrize(
    "target",
    [
        "/../policy.yml",
        "/answer/../../policy.yml",
        "/%2e%2e/policy.yml",
        "/..%2fpolicy.yml",
        "/..%5cpolicy.yml",
        "/..\\policy.yml",
        "/%252e%252e/policy.yml",
        "/....//policy.yml",
        "//policy.yml",
        "/C:/policy.yml",
        "/index.html::$DATA",
        "/index.html%00.png",
        "/index.html%0d%0aX:1",
        "/%ff",
        "/%c0%ae%c0%ae/policy.yml",
        "/out.html",
        "/outside/policy.yml",
        "/circle",
        "/.hidden",
        "/.git/config",
        "/assets",
        "/assets/",
        "/index.html/",
        "/" + "a" * 5000,
    ],
)
def test_what_is_no_page_of_the_site_is_not_there(target: str, town: Running) -> None:
    got = ask(town, "GET", target, town.entered())
    assert (got.status, got.body) == (404, b"Nothing is here.")


def test_every_response_says_that_it_is_not_kept_framed_or_passed_on(town: Running) -> None:
    page = town.entered()
    some = [
        ask(town, "GET", "/index.html", page),
        ask(town, "GET", "/index.html", {"Host": page["Host"]}),
        ask(town, "GET", "/nothing", page),
        ask(town, "GET", "/-/session", page),
        ask(town, "POST", "/-/save", page, b"{}"),
        ask(town, "POST", "/-/enter", page, b""),
        ask(town, "PUT", "/index.html", page),
        ask(town, "GET", "/index.html", {"Host": "evil.example"}),
        send(town, b"nonsense\r\n\r\n"),
    ]
    fixed = {name: value for name, value in HEADERS.items() if name != "Content-Security-Policy"}
    assert fixed["Referrer-Policy"] == "no-referrer"
    assert fixed["Cache-Control"] == "no-store"
    for got in some:
        assert fixed.items() <= got.headers.items()
        assert "default-src 'none'" in got.headers["Content-Security-Policy"]
        assert "Server" not in got.headers


def test_nothing_that_it_prints_or_shows_of_itself_holds_a_key(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with running(tmp_path) as here:
        ask(here, "POST", "/-/enter", here.entered(), b"")
        ask(here, "GET", f"/index.html?token={here.server.keys.token}", here.entered())
        ask(here, "GET", "/index.html", here.entered() | {"Host": "evil.example"})
        keys = here.server.keys
        shown = repr(keys)
    said = capfd.readouterr()
    assert said == ("", "")
    assert keys.token not in shown
    assert keys.cookie not in shown


def test_each_run_has_its_own_keys_of_32_bytes(tmp_path: Path) -> None:
    with running(tmp_path / "a") as one, running(tmp_path / "b") as two:
        keys = [one.server.keys.token, one.server.keys.cookie, two.server.keys.token, two.server.keys.cookie]
    assert len(set(keys)) == 4
    assert {len(key) for key in keys} == {43}


def test_keys_are_compared_in_constant_time(town: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def never(given: bytes, wanted: bytes) -> bool:
        compared.append((given, wanted))
        return False

    monkeypatch.setattr("hmac.compare_digest", never)
    assert ask(town, "POST", "/-/save", town.entered(), b"{}").status == 403
    assert ask(town, "GET", "/index.html", town.entered()).status == 403
    assert [wanted.decode() for _, wanted in compared] == [town.server.keys.token, town.server.keys.cookie]


def test_it_listens_on_the_loopback_address_only(town: Running) -> None:
    assert town.server.server_address[0] == "127.0.0.1"
    for family, kind, number, _, address in socket.getaddrinfo(socket.gethostname(), town.server.port):
        if kind == socket.SOCK_STREAM and not str(address[0]).startswith(("127.", "::1")):
            with socket.socket(family, kind, number) as outside, pytest.raises(OSError, match="refused"):
                outside.connect(address)


# Too much, too slow, too many


def test_answers_of_the_largest_size_arrive_and_larger_ones_are_refused_with_a_message(tmp_path: Path) -> None:
    with running(tmp_path, limits=Limits(body=5_000_000)) as here:
        page = here.entered()
        assert ask(here, "POST", "/-/save", page, b"x" * 5_000_000).status == 200
        # The client sends all of it before it reads, as a browser does.
        got = ask(here, "POST", "/-/save", page, b"x" * 5_000_001)
        assert (got.status, got.told["saved"]) == (413, False)
        assert "At most 5 MB" in got.told["message"]
        assert [len(raw) for raw in here.saves] == [5_000_000]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Length": None}, 411),
        ({"Content-Length": "-1"}, 411),
        ({"Content-Length": "1e3"}, 411),
        ({"Content-Length": "²"}, 411),
        ({"Content-Length": "9" * 30}, 413),
        ({"Content-Length": "2\r\nContent-Length: 2000"}, 411),
        ({"Transfer-Encoding": "chunked"}, 411),
    ],
)
def test_a_body_of_unclear_length_is_refused(headers: dict[str, str | None], status: int, town: Running) -> None:
    before = len(town.saves)
    got = ask(town, "POST", "/-/save", town.entered() | headers, b"{}")
    assert (got.status, got.told["saved"]) == (status, False)
    assert len(town.saves) == before


def test_answers_that_do_not_arrive_whole_are_not_saved(town: Running) -> None:
    before = len(town.saves)
    head = "".join(f"{name}: {value}\r\n" for name, value in town.entered().items())
    with knock(town) as connection:
        connection.sendall(f"POST /-/save HTTP/1.1\r\n{head}Content-Length: 10\r\n\r\n{{".encode())
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1000).startswith(b"HTTP/1.1 400 ")
    assert len(town.saves) == before


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 200 + b"\r\n", 431),
        (b"GET / HTTP/9.9\r\n\r\n", 505),
        (b"GET / HTTP/1.1 more\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"POST /\r\n\r\n", 400),
        (b"GET /\r\n\r\n", 403),
    ],
)
def test_what_is_no_request_is_refused(raw: bytes, status: int, town: Running) -> None:
    got = send(town, raw)
    assert (got.status, got.headers["X-Content-Type-Options"]) == (status, "nosniff")


def test_a_connection_carries_one_request(town: Running) -> None:
    """So nothing can be hidden behind the end of a request."""
    head = "".join(f"{name}: {value}\r\n" for name, value in town.entered().items())
    one = f"GET /assets/page.js HTTP/1.1\r\n{head}Content-Length: 0\r\n\r\n".encode()
    with knock(town) as connection:
        connection.sendall(one * 3)
        raw = b"".join(iter(lambda: connection.recv(4096), b""))
    assert raw.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize("limits", [Limits(read=1), Limits(whole=1)])
def test_a_connection_that_is_too_slow_is_ended_without_a_word(
    limits: Limits, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with running(tmp_path, limits=limits) as here:
        with knock(here) as slow:
            slow.sendall(b"GET / HTTP/1.1\r\nHost: ")
            assert slow.recv(100) == b""
        assert ask(here, "GET", "/index.html", here.entered()).status == 200
    assert capfd.readouterr() == ("", "")


def test_a_drop_now_and_then_does_not_keep_a_connection_open(tmp_path: Path) -> None:
    with running(tmp_path, limits=Limits(read=5, whole=0.5)) as here, knock(here) as slow:
        began = time.monotonic()
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            drip(slow, until=began + 10)


def knock(here: Running) -> socket.socket:
    return socket.create_connection(("127.0.0.1", here.server.port), timeout=10)


def drip(connection: socket.socket, until: float) -> None:
    while time.monotonic() < until:
        connection.sendall(b"X")
        time.sleep(0.05)


def test_too_many_connections_are_closed_and_later_ones_are_served(tmp_path: Path) -> None:
    with running(tmp_path, limits=Limits(connections=4)) as here:
        held = [knock(here) for _ in range(4)]
        wait_until(lambda: len(here.server._open) == 4)
        with knock(here) as more:
            assert more.recv(100) == b""
        for connection in held:
            connection.close()
        wait_until(lambda: not here.server._open)
        assert ask(here, "GET", "/index.html", here.entered()).status == 200


def wait_until(holds: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


# Saving


def test_two_saves_at_once_run_one_after_the_other(tmp_path: Path) -> None:
    now: list[int] = []
    most: list[int] = []

    def slowly(raw: bytes) -> Reply:
        now.append(1)
        most.append(len(now))
        time.sleep(0.2)
        now.pop()
        return 200, {"saved": True, "message": raw.decode()}

    with running(tmp_path, slowly) as here:
        got = at_once(
            [functools.partial(ask, here, "POST", "/-/save", here.entered(), f"{n}".encode()) for n in range(4)]
        )
    assert sorted(one.told["message"] for one in got) == ["0", "1", "2", "3"]
    assert max(most) == 1


def test_a_save_that_waits_too_long_for_another_is_told_so_and_nothing_of_it_is_saved(tmp_path: Path) -> None:
    begun, done = threading.Event(), threading.Event()

    def stuck(raw: bytes) -> Reply:
        begun.set()
        done.wait(10)
        return 200, SAVED

    with running(tmp_path, stuck, Limits(writer=0.1)) as here:
        first = threading.Thread(target=ask, args=(here, "POST", "/-/save", here.entered(), b"one"))
        first.start()
        assert begun.wait(10)
        got = ask(here, "POST", "/-/save", here.entered(), b"two")
        assert (got.status, got.told["saved"]) == (409, False)
        assert "nothing was saved" in got.told["message"]
        assert ask(here, "GET", "/index.html", here.entered()).status == 200, "reading goes on meanwhile"
        done.set()
        first.join(10)
        assert here.saves == [b"one"]


def at_once(deeds: list[Callable[[], Got]]) -> list[Got]:
    got: list[Got] = []
    threads = [threading.Thread(target=lambda deed: got.append(deed()), args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return got


@pytest.mark.parametrize("kind", [ValueError, OSError])
def test_a_failure_of_ours_is_told_to_the_page_without_its_words(kind: type[Exception], tmp_path: Path) -> None:
    def failing(raw: bytes) -> Reply:
        raise kind("The word is swordfish.")

    with running(tmp_path, failing) as here:
        got = ask(here, "POST", "/-/save", here.entered(), b"{}")
        assert (got.status, got.told["saved"]) == (500, False)
        assert kind.__name__ in got.told["message"]
        assert b"swordfish" not in got.body
        assert ask(here, "POST", "/-/save", here.entered(), b"{}").status == 500, "and the next one is not locked out"


def test_the_end_waits_for_a_save_that_has_begun(tmp_path: Path) -> None:
    begun, files = threading.Event(), list[str]()

    def slowly(raw: bytes) -> Reply:
        begun.set()
        time.sleep(2)
        files.append("written")
        return 200, SAVED

    got: list[Got] = []
    with running(tmp_path, slowly) as here:
        page = here.entered()
        saver = threading.Thread(target=lambda: got.append(ask(here, "POST", "/-/save", page, b"{}")))
        saver.start()
        assert begun.wait(10)
    assert files == ["written"]
    saver.join(10)
    assert [one.told for one in got] == [SAVED]


# The end


def test_it_ends_when_nobody_who_may_asks_any_more(tmp_path: Path) -> None:
    site = site_in(tmp_path)
    server = AnswerServer(Desk(lambda _: site, lambda _: (200, SAVED), dict), limits=Limits(idle=1.5))
    here, ended = Running(server), list[bool]()
    thread = threading.Thread(target=lambda: ended.append(server.run()))
    began = time.monotonic()
    thread.start()
    while time.monotonic() - began < 2.5:
        assert ask(here, "GET", "/assets/page.js", here.entered()).status == 200
        time.sleep(0.1)
    last = time.monotonic()
    while thread.is_alive() and time.monotonic() - last < 20:
        with contextlib.suppress(OSError, http.client.HTTPException):
            ask(here, "GET", "/index.html", {"Host": here.host()})  # somebody without the key
        time.sleep(0.1)
    assert ended == [True]
    assert 1.4 < time.monotonic() - last < 15
    server.close()


def test_the_port_is_free_again_afterwards(tmp_path: Path) -> None:
    with running(tmp_path) as here:
        port = here.server.port
        ask(here, "GET", "/index.html", here.entered())
        with pytest.raises(OSError, match="in use"):
            AnswerServer(here.server.desk, port)
    again = AnswerServer(here.server.desk, port)
    again.close()


# The browser


@pytest.mark.parametrize(
    ("environment", "platform", "shown"),
    [
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": "localhost:10.0", "SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}, "linux", False),
        ({}, "darwin", True),
        ({"SSH_TTY": "/dev/ttys1"}, "darwin", False),
        ({}, "win32", True),
    ],
)
def test_a_browser_is_opened_where_the_person_can_see_it(
    environment: dict[str, str], platform: str, *, shown: bool
) -> None:
    assert has_browser(environment, platform) is shown


def test_the_page_that_leads_to_the_address_is_for_its_owner_only_and_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    address = "http://127.0.0.1:1/answer/legal.html#token=abc"
    with page_that_leads_to(address) as place:
        page = Path(place.removeprefix("file://"))
        assert f'content="0; url={address}"' in page.read_text("utf-8")
        assert stat.S_IMODE(page.parent.stat().st_mode) == 0o700
        assert not page.parent.name.startswith("."), "a browser in a sandbox reads no hidden folder"
    assert list(tmp_path.iterdir()) == []


def test_the_browser_is_started_without_the_key_and_the_page_goes_as_soon_as_it_has_entered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    entered = threading.Event()
    open_in_browser("http://127.0.0.1:1/#token=abc", entered)
    wait_until(lambda: bool(opened))
    assert opened[0].startswith(tmp_path.as_uri())
    assert "abc" not in opened[0]
    assert list(tmp_path.iterdir())
    entered.set()
    wait_until(lambda: not list(tmp_path.iterdir()))


# The site


PLAIN = "site_name: Town\ntheme: {name: null, custom_dir: theme}\nplugins: []\n"


def plain_repository(folder: Path, settings: str = PLAIN) -> Path:
    """Write a repository whose site builds at once: one page, no hook, no theme."""
    for name, text in {"mkdocs.yml": settings, "docs/index.md": "One", "theme/main.html": "{{ page.content }}"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


@contextmanager
def built(
    folder: Path, monkeypatch: pytest.MonkeyPatch, settings: str = PLAIN
) -> Iterator[tuple[WorkingSite, list[str]]]:
    """Build the site of a plain repository, with a folder for temporary files that nothing else uses."""
    temporary, said = folder / "temporary", list[str]()
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    site = WorkingSite(plain_repository(folder / "town", settings), said.append)
    try:
        site.build()
        yield site, said
    finally:
        site.close()
    assert list(temporary.iterdir()) == []


@pytest.mark.slow
def test_the_site_is_built_where_nobody_else_can_read_it_and_goes_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with built(tmp_path, monkeypatch) as (site, _):
        assert "One" in (site.folder / "index.html").read_text("utf-8")
        assert stat.S_IMODE(site.home.stat().st_mode) == 0o700
        assert sorted(path.name for path in (tmp_path / "town").iterdir()) == ["docs", "mkdocs.yml", "theme"]


@pytest.mark.slow
def test_a_page_waits_until_it_says_what_the_files_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with built(tmp_path, monkeypatch) as (site, said):
        first, page = site.folder, tmp_path / "town/docs/index.md"
        assert site.fresh(60) == first, "nothing has changed"
        for text in ("Two, by a save", "Three, by an editor"):
            page.write_text(text, "utf-8")
            if "save" in text:
                site.renew()
                assert site.building
            assert text in (site.fresh(60) / "index.html").read_text("utf-8")
        assert len(list(site.home.glob("[0-9]*"))) == 2, "the one before stays for pages on their way"
        last = site.folder
        (tmp_path / "town/mkdocs.yml").write_text("site_name: [", "utf-8")
        assert site.fresh(60) == site.fresh(60) == last
        assert len(said) == 1, "a build that fails is not tried again until something changes"
        assert "mkdocs.yml" in said[0]


@pytest.mark.slow
def test_what_a_build_itself_writes_is_no_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    town = plain_repository(tmp_path / "town")
    (town / "hooks").mkdir()
    (town / "hooks/small.py").write_text("def on_config(config):\n    return config\n", "utf-8")
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    with built(tmp_path, monkeypatch, f"{PLAIN}hooks: [hooks/small.py]\n") as (site, _):
        assert list((town / "hooks").glob("__pycache__/small*.pyc"))
        first = site.folder
        assert site.fresh(60) == first
        assert not site.building


@pytest.mark.slow
def test_changes_during_a_build_are_in_the_next_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with built(tmp_path, monkeypatch) as (site, _):
        page = tmp_path / "town/docs/index.md"
        for number in range(4):
            page.write_text(f"Text {number}", "utf-8")
            site.renew()
            time.sleep(0.15)
        assert "Text 3" in (site.fresh(60) / "index.html").read_text("utf-8")
        assert site.fresh(0) == site.folder
        assert not site.building


@pytest.mark.slow
def test_a_module_in_the_repository_does_not_take_the_place_of_an_installed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain_repository(tmp_path / "town")
    (tmp_path / "town/mkdocs.py").write_text("raise SystemExit('theirs')", "utf-8")
    with built(tmp_path, monkeypatch) as (site, _):
        assert (site.folder / "index.html").is_file()


@pytest.mark.slow
def test_a_repository_without_settings_for_its_site_is_told_so(tmp_path: Path) -> None:
    site = WorkingSite(tmp_path, print)
    with pytest.raises(NotBuilt, match=r"Config file 'mkdocs\.yml' does not exist"):
        site.build()
    site.close()


def test_the_folder_of_a_killed_server_is_removed_and_that_of_a_running_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    owners = {
        "killed": {"process": gone.pid, "host": this_host()},
        "runs": {"process": os.getpid(), "host": this_host()},
        "elsewhere": {"process": gone.pid, "host": "another machine"},
        "nonsense": [],
        "of-another-user": {"process": gone.pid, "host": this_host()},
    }
    for name, owner in owners.items():
        (tmp_path / f"policywright-answer-{name}").mkdir()
        (tmp_path / f"policywright-answer-{name}/server.json").write_text(json.dumps(owner), "utf-8")
    (tmp_path / "policywright-answer-no-owner").mkdir()
    others = tmp_path / "policywright-answer-of-another-user"
    if os.geteuid() == 0:
        os.chown(others, 1234, 4321)
    else:
        shutil.rmtree(others)  # nobody else can give a folder away
    remove_left()
    left = sorted(path.name.removeprefix("policywright-answer-") for path in tmp_path.iterdir())
    assert [name for name in left if name != "of-another-user"] == ["elsewhere", "no-owner", "nonsense", "runs"]
    assert others.exists() is (os.geteuid() == 0)


# The files


POLICY = "agency: {name: Town of Exampleton, short_name: the Town}\npreset: two_way\n"
QUESTION, OTHER = "comments.enabled", "comments.direct_messages"


def write_town(folder: Path) -> Path:
    """Write a repository with empty answer files, as they are scaffolded."""
    write_files({**answer_files(catalog()), "policy.yml": POLICY}, folder)
    return folder


def sent(value: object, was: object = None, question: str = QUESTION, **fields: object) -> bytes:
    """Return what a page sends for one answer."""
    file = {
        "format": "policywright answers 1",
        "catalog": "social-media",
        "version": __version__,
        "agency": "the Town",
        "office": "",
        "name": "",
        "date": "2026-01-02",
        "answers": {question: {"value": value, "was": was, "change": "set"}},
    }
    return json.dumps(file | fields).encode()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return write_town(tmp_path / "town")


def answered(root: Path, question: str = QUESTION) -> object:
    return draft_of(root).answers[question].value


def reply_to(root: Path, raw: bytes) -> tuple[int, Any]:
    """Return what the page reads."""
    status, told = saved_reply(root, raw)
    return status, json.loads(json.dumps(told))


def test_answers_are_saved_and_the_page_is_told_what_they_lead_to(repository: Path) -> None:
    goals = sent(["two_way_engagement"], question="goals.primary")
    assert reply_to(repository, goals)[1]["written"] == ["answers/goals.yml"]
    status, told = reply_to(repository, sent("off"))
    assert (status, told["saved"], told["written"], told["conflicts"]) == (200, True, ["answers/comments.yml"], [])
    assert told["message"] == "Saved in answers/comments.yml."
    assert answered(repository) == "off"
    finding = next(one for one in told["findings"] if one["code"] == "GOAL-01")
    assert (finding["severity"], QUESTION in finding["questions"]) == ("blocker", True)
    assert "Open comments" in finding["fix"]
    again = reply_to(repository, sent("off", was="off"))[1]
    assert (again["saved"], again["written"]) == (True, [])


def test_an_answer_that_somebody_changed_meanwhile_is_kept_until_it_is_replaced_by_name(repository: Path) -> None:
    reply_to(repository, sent("off"))
    status, told = reply_to(repository, sent("all_posts"))
    assert (status, told["saved"], told["written"]) == (200, False, [])
    assert told["conflicts"][0].items() >= {"question": QUESTION, "here": "off", "there": "all_posts"}.items()
    assert "1 answer was not saved" in told["message"]
    assert answered(repository) == "off"
    assert reply_to(repository, sent("all_posts", replace=[OTHER]))[1]["saved"] is False
    assert reply_to(repository, sent("all_posts", replace=[QUESTION]))[1]["saved"] is True
    assert answered(repository) == "all_posts"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "Nothing was saved."),
        (b"{", "Nothing was saved."),
        (b"[" * 100_000, "Nothing was saved."),
        (b"\xff\xfe{}", "Nothing was saved."),
        (b'{"replace": []}', "Nothing was saved."),
        (sent("off", replace="comments.enabled"), "is not a list"),
        (sent("off", replace=[1]), "is not a list"),
        (sent("sometimes"), "Nothing was saved."),
        (sent("off", agency="the County"), "the County"),
        (sent("off", question="comments.color"), "comments.color"),
        (sent("x" * 1_000_000, question="conflicts.escalation_owner"), "Nothing was saved."),
    ],
)
def test_what_is_no_answers_file_for_here_is_refused_and_changes_nothing(
    raw: bytes, words: str, repository: Path
) -> None:
    before = contents_of(repository)
    status, told = reply_to(repository, raw)
    assert (status, told["saved"], told["written"]) == (400, False, [])
    assert words in told["message"]
    assert told["findings"]
    assert contents_of(repository) == before


def contents_of(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_file_that_may_not_be_written_is_named_and_nothing_changes(repository: Path) -> None:
    (repository / "answers/comments.yml").chmod(0o444)
    before = contents_of(repository)
    status, told = reply_to(repository, sent("off"))
    assert (status, told["saved"]) == (409, False)
    assert "read-only" in told["message"]
    assert contents_of(repository) == before


def test_another_command_that_writes_makes_a_save_wait_and_then_give_up(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("policywright.files.writing.locked", functools.partial(locked, patience=0.1))
    with locked(repository):
        status, told = reply_to(repository, sent("off"))
    assert (status, told["saved"]) == (409, False)
    assert "Another command is writing here" in told["message"]


def serving(root: Path) -> Callable[[bytes], Reply]:
    return functools.partial(saved_reply, root)


def test_of_two_pages_that_save_different_answers_at_once_one_is_told_of_the_other(repository: Path) -> None:
    with running(repository.parent / "served", serving(repository)) as here:
        page = here.entered()
        values = ("off", "all_posts", "some_posts")
        got = at_once([functools.partial(ask, here, "POST", "/-/save", page, sent(value)) for value in values])
    assert sorted(one.told["saved"] for one in got) == [False, False, True]
    winner = answered(repository)
    assert {one["here"] for reply in got for one in reply.told["conflicts"]} == {winner}


def test_of_two_pages_that_save_different_questions_at_once_both_are_in_the_file(repository: Path) -> None:
    with running(repository.parent / "served", serving(repository)) as here:
        page, files = here.entered(), [sent("off"), sent("closed", question=OTHER)]
        got = at_once([functools.partial(ask, here, "POST", "/-/save", page, file) for file in files])
    assert [one.told["saved"] for one in got] == [True, True]
    assert (answered(repository), answered(repository, OTHER)) == ("off", "closed")


LOOP = """
import functools, sys
from pathlib import Path
from policywright.answering.saving import saved_reply
from policywright.answering.server import AnswerServer, Desk
server = AnswerServer(Desk(lambda _: Path(), functools.partial(saved_reply, Path(sys.argv[1])), dict))
print(server.port, server.keys.token, server.keys.cookie, flush=True)
server.run()
"""


@pytest.mark.slow
def test_a_server_that_is_killed_while_it_saves_leaves_the_old_files_or_the_new_ones(repository: Path) -> None:
    moments, seen = random.Random(7), set[str]()
    reply_to(repository, sent("off"))
    texts = {"off": (repository / "answers/comments.yml").read_bytes()}
    reply_to(repository, sent("all_posts", was="off"))
    texts["all_posts"] = (repository / "answers/comments.yml").read_bytes()
    words = [sys.executable, "-c", LOOP, str(repository)]
    for _ in range(6):
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            port, token, _ = process.stdout.readline().split()
            page = {"X-Policywright-Token": token, "Origin": f"http://127.0.0.1:{port}"}
            end = time.monotonic() + moments.uniform(0.5, 1.5)
            saver = threading.Thread(target=keep_saving, args=(int(port), page, end + 1))
            saver.start()
            time.sleep(max(end - time.monotonic(), 0))
            process.kill()
            saver.join(10)
        assert (repository / "answers/comments.yml").read_bytes() in texts.values()
        seen.add(str(answered(repository)))
    assert seen <= set(texts)
    status, told = reply_to(repository, sent("some_posts", was=answered(repository)))
    assert (status, told["saved"]) == (200, True), "a killed server locks nobody out"


def keep_saving(port: int, page: Mapping[str, str], end: float) -> None:
    """Let a page save two answers by turns, each over the other."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        while time.monotonic() < end:
            for value in ("off", "all_posts"):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request("POST", "/-/save", sent(value, replace=[QUESTION]), dict(page))
                connection.getresponse().read()


# The command


@pytest.fixture
def quick(repository: Path) -> Path:
    """Return a repository whose site is one page, and builds in a moment."""
    (repository.parent / "temporary").mkdir()
    return plain_repository(repository)


def address_in(said: str) -> tuple[int, str, str]:
    """Return port, path and key of the address that was printed."""
    port, path, token = re.findall(r"^  http://127\.0\.0\.1:(\d+)(/\S*)#token=(\S+)$", said, re.MULTILINE)[0]
    return int(port), path, token


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_command_saves_until_it_is_ended_and_leaves_nothing_behind(number: signal.Signals, quick: Path) -> None:
    temporary = quick.parent / "temporary"
    with in_terminal(quick) as here:
        port, path, token = address_in(here.read_until("Ctrl-C"))
        assert path == "/"
        assert f"ssh -L {port}:127.0.0.1:{port} " in here.said
        assert "policywright take" in here.said
        assert token not in command_lines()
        page = {"X-Policywright-Token": token, "Origin": f"http://127.0.0.1:{port}"}
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("POST", "/-/save", sent("off"), page)
        told = json.load(connection.getresponse())
        assert told["written"] == ["answers/comments.yml"]
        assert [path.name[:20] for path in temporary.iterdir()] == ["policywright-answer-"]
        here.process.send_signal(number)
        here.read_until("Stopped. Everything you saved is in the files.")
        assert here.process.wait(20) == 0
    assert "Traceback" not in here.said
    assert list(temporary.iterdir()) == []
    assert answered(quick) == "off"


def command_lines() -> str:
    """Return what every user of this machine can read about the programs that run."""
    texts = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            texts.append(file.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
    return "\n".join(texts)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["Ctrl-C", "the terminal is closed"])
def test_the_command_can_be_ended_while_it_builds(way: str, quick: Path) -> None:
    (quick / "hooks").mkdir()
    (quick / "hooks/slow.py").write_text(
        "import pathlib, time\ndef on_config(config):\n"
        "    pathlib.Path(config.config_file_path).with_name('begun').touch()\n    time.sleep(60)\n",
        "utf-8",
    )
    (quick / "mkdocs.yml").write_text(f"{PLAIN}hooks: [hooks/slow.py]\n", "utf-8")
    with in_terminal(quick) as here:
        wait_until((quick / "begun").exists, 60)
        if way == "Ctrl-C":
            here.press(b"\x03")
        else:
            here.close()
        here.process.wait(20)
    wait_until(lambda: str(quick) not in command_lines())
    assert list((quick.parent / "temporary").iterdir()) == []


@pytest.mark.slow
def test_the_command_ends_by_itself(quick: Path) -> None:
    with in_terminal(quick, "--idle", "0.5") as here:
        here.read_until("Stopped, because nobody opened a page in the last hour.")
        assert here.process.wait(20) == 0
    assert list((quick.parent / "temporary").iterdir()) == []


@pytest.mark.slow
def test_a_site_that_cannot_be_built_ends_the_command_with_what_the_build_said(quick: Path) -> None:
    (quick / "mkdocs.yml").write_text("site_name: [", "utf-8")
    with in_terminal(quick) as here:
        here.read_until("mkdocs.yml")
        assert here.process.wait(20) == 2
    assert "The working site cannot be built." in here.said
    assert "http://" not in here.said
    assert list((quick.parent / "temporary").iterdir()) == []


@pytest.mark.slow
def test_an_office_without_questions_is_named_with_those_that_have_some(quick: Path) -> None:
    for name in ("hr", "everything", "start"):
        (quick / f"docs/answer/{name}.md").parent.mkdir(exist_ok=True)
        (quick / f"docs/answer/{name}.md").write_text("One", "utf-8")
    (quick / "mkdocs.yml").write_text(f"{PLAIN}use_directory_urls: false\n", "utf-8")
    with in_terminal(quick, "--office", "legal") as here:
        here.read_until("No question is asked of the office “legal”. Choose one of: hr.")
        assert here.process.wait(20) == 2
    for options, path in (("--office", "HR"), "/answer/hr.html"), ((), "/answer/start.html"):
        with in_terminal(quick, *options) as here:
            assert address_in(here.read_until("Ctrl-C"))[1] == path


def test_the_address_is_never_written_into_a_file_or_a_pipe(quick: Path) -> None:
    done = run_here("policywright", "answer", quick, "--no-browser")
    assert done.returncode == 2
    assert "only printed in a terminal" in done.stderr
    assert "token" not in done.stdout + done.stderr


def test_a_port_that_is_taken_and_an_office_that_does_not_exist_are_named(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    with socket.create_server(("127.0.0.1", 0)) as other:
        done = run_here("policywright", "answer", quick, "--port", str(other.getsockname()[1]))
    assert (done.returncode, "cannot be used: address already in use" in done.stderr) == (2, True)
    done = run_here("policywright", "answer", quick, "--role", "mayor")
    assert (done.returncode, "There is no office “mayor”" in done.stderr) == (2, True)
