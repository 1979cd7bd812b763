"""Ready settings for web servers: a strict Content-Security-Policy computed from the finished pages."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable

_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL | re.IGNORECASE)
_NOT_RUN = re.compile(r"type=[\"']?application/(ld\+)?json", re.IGNORECASE)
_ELEMENT = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)
_ATTRIBUTE = re.compile(r"<[^>]+\sstyle=\"([^\"]*)\"", re.IGNORECASE)

# Everything is forbidden first; “data:” images are the theme's icons.
FIXED = {
    "default-src": "'none'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self' blob:",
    "frame-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}


def security_policy(pages: Iterable[str]) -> str:
    """Return the policy that allows exactly the inline scripts and styles of these pages, and nothing external."""
    texts = list(pages)
    scripts = sorted({_digest(body) for text in texts for body in _inline_scripts(text)})
    styles = sorted({_digest(body) for text in texts if "<style" in text for body in _ELEMENT.findall(text)})
    styled = [text for text in texts if ' style="' in text]
    attributes = sorted({_digest(body) for text in styled for body in _ATTRIBUTE.findall(text)})
    # Without 'unsafe-hashes' a digest does not apply to style attributes, which Markdown tables with alignment have.
    unsafe = ["'unsafe-hashes'", *attributes] if attributes else []
    rules = FIXED | {
        "script-src": " ".join(["'self'", *scripts]),
        "style-src": " ".join(["'self'", *styles, *unsafe]),
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _inline_scripts(text: str) -> Iterable[str]:
    for found in _SCRIPT.finditer(text):
        # Scripts with an address are covered by 'self'; JSON is data, and browsers do not check its digest.
        if " src=" not in found["attributes"] and not _NOT_RUN.search(found["attributes"]):
            yield found["body"]


def _digest(body: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'"


def server_settings(pages: Iterable[str]) -> dict[str, str]:
    """Return settings for nginx, Apache and IIS: file name -> text."""
    headers = {
        "Content-Security-Policy": security_policy(pages),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
    return {"nginx.conf": _nginx(headers), "apache.conf": _apache(headers), "web.config": _iis(headers)}


PACKED = ("text/css", "text/javascript", "application/javascript", "application/json", "image/svg+xml")
"""Media types to compress, in addition to HTML: the search index alone is four times as large uncompressed."""

_HEAD = "Written by the build from the pages themselves; build again after every change."


def _nginx(headers: dict[str, str]) -> str:
    lines = [f'add_header {name} "{value}" always;' for name, value in headers.items()]
    packed = ["gzip on;", f"gzip_types {' '.join(PACKED)};"]
    head = [f"# {_HEAD}", "# Include this file in the server or location block of the site."]
    return "\n".join([*head, *lines, *packed]) + "\n"


def _apache(headers: dict[str, str]) -> str:
    lines = [f'  Header always set {name} "{value}"' for name, value in headers.items()]
    head = [
        f"# {_HEAD}",
        "# Include this file in the virtual host, or use it as .htaccess.",
        "<IfModule mod_headers.c>",
    ]
    packed = [
        "<IfModule mod_deflate.c>",
        f"  AddOutputFilterByType DEFLATE text/html {' '.join(PACKED)}",
        "</IfModule>",
    ]
    return "\n".join([*head, *lines, "</IfModule>", *packed]) + "\n"


def _iis(headers: dict[str, str]) -> str:
    # Without <remove>, IIS fails with error 500.19 if the server already sends the header.
    pairs = [(f'<remove name="{name}" />', f'<add name="{name}" value="{value}" />') for name, value in headers.items()]
    lines = [f"        {line}" for pair in pairs for line in pair]
    return "\n".join(
        [
            '<?xml version="1.0" encoding="utf-8"?>',
            f"<!-- {_HEAD} Copy it into the folder of the site. -->",
            "<configuration>",
            "  <system.webServer>",
            "    <httpProtocol>",
            "      <customHeaders>",
            *lines,
            "      </customHeaders>",
            "    </httpProtocol>",
            "  </system.webServer>",
            "</configuration>",
            "",
        ]
    )
