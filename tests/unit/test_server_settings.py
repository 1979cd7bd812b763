"""Settings for web servers let a site's own scripts and styles run, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from xml.etree import ElementTree

import pytest

from policywright.pages.server_settings import FIXED, security_policy, server_settings


def digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def rules(*pages: str) -> dict[str, list[str]]:
    """Read a policy as a browser does: directive -> sources."""
    found = (rule.split() for rule in security_policy(pages).split("; "))
    return {name: sources for name, *sources in found}


def test_a_page_without_scripts_gets_the_strictest_policy() -> None:
    plain = rules("<p>Words</p>")
    assert plain == {name: value.split() for name, value in FIXED.items()} | {
        "script-src": ["'self'"],
        "style-src": ["'self'"],
    }
    assert plain["default-src"] == plain["frame-ancestors"] == ["'none'"]
    assert not any("unsafe" in source or "*" in source or "http" in source for row in plain.values() for source in row)


def test_each_inline_script_and_style_is_named_once_by_its_digest() -> None:
    one = "<script>a()</script><style>p{}</style>"
    two = "<script>a()</script><SCRIPT defer>\nb()\n</SCRIPT><style media=print>q{}</style>"
    found = rules(one, two)
    assert sorted(found["script-src"]) == sorted(["'self'", digest("a()"), digest("\nb()\n")])
    assert sorted(found["style-src"]) == sorted(["'self'", digest("p{}"), digest("q{}")])


@pytest.mark.parametrize(
    "script",
    [
        '<script src="assets/a.js"></script>',
        '<script type="application/json">{"a": 1}</script>',
        "<script id=__config type='application/ld+json'>{}</script>",
    ],
)
def test_a_script_of_the_site_s_files_and_data_need_no_digest(script: str) -> None:
    assert rules(script)["script-src"] == ["'self'"]


def test_a_style_attribute_is_allowed_by_its_digest() -> None:
    found = rules('<td class="x" style="text-align: right;">1</td>')["style-src"]
    assert found == ["'self'", "'unsafe-hashes'", digest("text-align: right;")]
    found = rules("<td class=x style=text-align:right>1</td>")["style-src"]
    assert found == ["'self'", "'unsafe-hashes'", digest("text-align:right")]


def test_the_same_pages_give_the_same_policy_in_any_order() -> None:
    pages = [f"<script>{n}</script>" for n in "cab"]
    assert security_policy(pages) == security_policy(reversed(pages))


def test_each_server_sends_the_same_headers() -> None:
    pages = ['<script>a("b")</script>', "<style>p{}</style>"]
    made = server_settings(pages)
    assert set(made) == {"nginx.conf", "apache.conf", "web.config"}
    nginx = dict(re.findall(r'^add_header (\S+) "([^"]*)" always;$', made["nginx.conf"], re.MULTILINE))
    apache = dict(re.findall(r'^ +Header always set (\S+) "([^"]*)"$', made["apache.conf"], re.MULTILINE))
    headers = ElementTree.fromstring(made["web.config"].encode()).iter("add")
    assert nginx == apache == {header.attrib["name"]: header.attrib["value"] for header in headers}
    assert nginx["Content-Security-Policy"] == security_policy(pages)
    assert nginx["X-Content-Type-Options"] == "nosniff"


def test_pages_given_one_at_a_time_are_read_once() -> None:
    pages = ["<script>a()</script>"]
    assert server_settings(iter(pages)) == server_settings(pages)


def tokens(conf: str) -> list[str]:
    return re.findall(r'"[^"]*"|[^\s;{}]+', re.sub(r"#.*", "", conf))


@pytest.mark.parametrize("number", [0, 1, 59, 60, 61, 500])
def test_nginx_takes_the_settings_of_a_site_with_many_inline_styles(number: int) -> None:
    """It refuses a parameter of 4,096 bytes or more; what is longer is put together from variables."""
    pages = [f'<p style="margin-left: {index}px">{index}</p>' for index in range(number)]
    conf = server_settings(pages)["nginx.conf"]
    assert max(len(token.encode()) for token in tokens(conf)) < 4096
    parts = dict(re.findall(r'^set (\$\w+) "([^"]*)";$', conf, re.MULTILINE))
    (header,) = re.findall(r'^add_header Content-Security-Policy "([^"]*)" always;$', conf, re.MULTILINE)
    for name, value in parts.items():
        header = header.replace(f"${{{name[1:]}}}", value)
    assert header == security_policy(pages)


KINDS = {".ics": "text/calendar", ".csv": "text/csv", ".gz": "application/gzip", ".atom": "application/atom+xml"}


@pytest.mark.parametrize("ending", KINDS)
def test_each_server_names_the_kinds_of_our_files(ending: str) -> None:
    made = server_settings(["<p>Words</p>"])
    types = {
        ending: kind
        for kind, *endings in re.findall(r"^  (\S+/\S+) ([\w ]+);$", made["nginx.conf"], re.MULTILINE)
        for word in endings
        for ending in word.split()
    }
    assert types[ending[1:]] == KINDS[ending]
    assert f"AddType {KINDS[ending]} {ending}\n" in made["apache.conf"]
    maps = {
        one.attrib["fileExtension"]: one.attrib["mimeType"]
        for one in ElementTree.fromstring(made["web.config"].encode()).iter("mimeMap")
    }
    assert maps[ending] == KINDS[ending]


def test_nginx_still_knows_the_kinds_of_files_that_every_site_has() -> None:
    """A list of types in a server or location block takes the place of the list for the whole server."""
    conf = server_settings(["<p>Words</p>"])["nginx.conf"]
    usual = {"html", "css", "js", "json", "svg", "png", "jpg", "webp", "ico", "woff2", "xml", "txt", "pdf", "docx"}
    for ending in usual | {"xlsx", "zip", "mp4", "map"}:
        assert re.search(rf"^  \S+/\S+ (?:\w+ )*{ending}\b", conf, re.MULTILINE), ending
