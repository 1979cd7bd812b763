"""In a real browser, only the person who was given the key reads and saves; other sites and servers get nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from policywright.answering.opening import page_that_leads_to
from policywright.answering.server import AnswerServer, Desk, Reply
from tests.support.chromium import serve

pytestmark = pytest.mark.browser

SECRET = "The incident plan is not tested."
PAGE = f"""<!doctype html><html lang="en"><title>Legal</title><h1>{SECRET}</h1>
<a href="../index.html">Home</a><button>Save</button><p id="said"></p>
<script>
const found = /token=([\\w-]+)/.exec(location.hash);
if (found) {{ sessionStorage.setItem("token", found[1]); history.replaceState(null, "", location.pathname); }}
document.querySelector("button").addEventListener("click", () => {{
  const headers = {{ "X-Policywright-Token": sessionStorage.getItem("token") }};
  fetch("/-/save", {{ method: "POST", mode: "same-origin", headers, body: "answers" }})
    .then((reply) => reply.json()).then((told) => {{ document.querySelector("#said").textContent = told.message; }});
}});
</script></html>"""
# Everything that a page may try without knowing the key; each attempt writes what came of it.
ATTACK = """<!doctype html><html lang="en"><title>Another site</title><body><script>
const said = {};
const target = new URLSearchParams(location.search).get("target");
const body = JSON.stringify({ answers: {} });
const tries = {
  read: fetch(`${target}/index.html`, { credentials: "include" }).then((reply) => reply.text()),
  post: fetch(`${target}/-/save`, { method: "POST", credentials: "include", body }).then((reply) => reply.text()),
  header: fetch(`${target}/-/save`, { method: "POST", headers: { "X-Policywright-Token": "x" }, body })
    .then(() => "in"),
  session: fetch(`${target}/-/session`, { credentials: "include" }).then((reply) => reply.text()),
  picture: new Promise((done, fail) => { const it = new Image(); it.onload = done; it.onerror = fail;
    it.src = `${target}/sign.svg`; }),
  script: new Promise((done, fail) => { const it = document.createElement("script"); it.onload = done;
    it.onerror = fail; it.src = `${target}/page.js`; document.head.append(it); }),
};
fetch(`${target}/-/save`, { method: "POST", mode: "no-cors", credentials: "include", body }).catch(() => {});
navigator.sendBeacon(`${target}/-/save`, body);
const frame = document.createElement("iframe");
frame.src = `${target}/index.html`;
document.body.append(frame);
const form = Object.assign(document.createElement("form"), { method: "post", enctype: "text/plain",
  action: `${target}/-/save`, target: "sink" });
const sink = Object.assign(document.createElement("iframe"), { name: "sink" });
document.body.append(sink, form);
form.submit();
Promise.allSettled(Object.entries(tries).map(([name, one]) => one.then(
  (got) => { said[name] = `got ${got}`; }, () => { said[name] = "nothing"; }))
).then(() => { document.title = JSON.stringify(said); });
</script></body></html>"""


@contextmanager
def running(folder: Path) -> Iterator[tuple[AnswerServer, list[bytes]]]:
    """Serve a small site until the block ends."""
    files = {"index.html": PAGE, "answer/legal.html": PAGE, "sign.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>"}
    for name, text in {**files, "page.js": "window.ran = true;"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    saves: list[bytes] = []

    def save(raw: bytes) -> Reply:
        saves.append(raw)
        return 200, {"saved": True, "message": "Saved."}

    server = AnswerServer(Desk(lambda _: folder, save, dict))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server, saves
    finally:
        server.end()
        thread.join(10)
        server.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def enter(page: Page, server: AnswerServer) -> None:
    with page_that_leads_to(server.address("answer/legal.html")) as place:
        page.goto(place)
        expect(page.get_by_role("heading", name=SECRET)).to_be_visible()


def test_the_address_opens_the_page_which_saves_and_stays_open(page: Page, tmp_path: Path) -> None:
    with running(tmp_path / "site") as (server, saves):
        enter(page, server)
        assert page.url == f"http://127.0.0.1:{server.port}/answer/legal.html"
        page.get_by_role("button", name="Save").click()
        expect(page.locator("#said")).to_have_text("Saved.")
        assert saves == [b"answers"]
        page.reload()
        expect(page.get_by_role("heading", name=SECRET)).to_be_visible()
        page.get_by_role("link", name="Home").click()
        expect(page.get_by_role("heading", name=SECRET)).to_be_visible()
        page.go_back()
        page.get_by_role("button", name="Save").click()
        expect(page.locator("#said")).to_have_text("Saved.")
        assert server.keys.cookie not in page.evaluate("document.cookie"), "no script can read it"


def test_without_the_key_the_page_says_where_it_is(page: Page, tmp_path: Path) -> None:
    with running(tmp_path / "site") as (server, _):
        address = server.address("answer/legal.html")
        bare = address.partition("#")[0]
        page.goto(bare)
        expect(page.get_by_role("status")).to_contain_text("This address has no key")
        page.goto(f"{bare}#token=wrong")
        expect(page.get_by_role("status")).to_contain_text("is not valid")
        page.goto(address)
        expect(page.get_by_role("heading", name=SECRET)).to_be_visible()


def test_a_browser_that_keeps_no_cookies_is_told_so(page: Page, tmp_path: Path) -> None:
    with running(tmp_path / "site") as (server, _):
        page.on("response", lambda _: page.context.clear_cookies())
        page.route("**/-/enter", lambda route: route.fulfill(status=204))
        page.goto(server.address("answer/legal.html"))
        expect(page.get_by_role("status")).to_contain_text("does not accept cookies")


def test_a_program_that_has_ended_is_named(page: Page, tmp_path: Path) -> None:
    with running(tmp_path / "site") as (server, _):
        page.goto(server.address("answer/legal.html").partition("#")[0])
        expect(page.get_by_role("status")).to_contain_text("This address has no key")
    page.evaluate("location.hash = '#token=abc'")
    expect(page.get_by_role("status")).to_contain_text("The program has ended.")


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "evil.localhost"])
def test_another_site_or_server_neither_reads_nor_saves(name: str, page: Page, tmp_path: Path) -> None:
    """Another server on this machine is the same site for a browser, so it even sends our cookie there."""
    (tmp_path / "evil").mkdir()
    (tmp_path / "evil/index.html").write_text(ATTACK, "utf-8")
    with running(tmp_path / "site") as (server, saves), serve(tmp_path / "evil") as address:
        enter(page, server)
        there = address.replace("127.0.0.1", name)
        page.goto(f"{there}index.html?target=http://127.0.0.1:{server.port}")
        page.wait_for_function("document.title.startsWith('{')")
        page.wait_for_timeout(500)
        tries = ("read", "post", "header", "session", "picture", "script")
        assert page.evaluate("JSON.parse(document.title)") == dict.fromkeys(tries, "nothing")
        assert page.evaluate("window.ran") is None
        assert not [frame for frame in page.frames if SECRET in frame.content()]
        assert saves == []


def test_a_name_that_is_made_to_point_here_gets_nothing(page: Page, tmp_path: Path) -> None:
    """A browser takes every name that ends with “.localhost” for this machine, as after an attack on its DNS."""
    with running(tmp_path / "site") as (server, saves):
        enter(page, server)
        page.goto(f"http://evil.localhost:{server.port}/answer/legal.html#token={server.keys.token}")
        expect(page.locator("body")).to_have_text(f"This server answers at http://127.0.0.1:{server.port} only.")
        assert saves == []
