"""Ready settings for web servers: a strict Content-Security-Policy computed from the finished pages."""

from __future__ import annotations

import base64
import hashlib
import re
import textwrap
from collections.abc import Iterable, Iterator

_NOT_RUN = re.compile(r"type=[\"']?application/(ld\+)?json", re.IGNORECASE)
# Without quotes where a plug-in shortened the page.
_ATTRIBUTE = re.compile(r"\sstyle=(?:\"([^\"]*)\"|([^\s\"'>]+))", re.IGNORECASE)

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
    lowered = [(text, text.lower()) for text in texts]
    scripts = _digests(body for both in lowered for body in _inline_scripts(*both))
    styles = _digests(body for both in lowered for _, body in _elements(*both, "style"))
    styled = [text for text in texts if " style=" in text]
    attributes = _digests(found[1] or found[2] or "" for text in styled for found in _ATTRIBUTE.finditer(text))
    # Without 'unsafe-hashes' a digest does not apply to style attributes, which Markdown tables with alignment have.
    unsafe = ["'unsafe-hashes'", *attributes] if attributes else []
    rules = FIXED | {
        "script-src": " ".join(["'self'", *scripts]),
        "style-src": " ".join(["'self'", *styles, *unsafe]),
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _inline_scripts(text: str, lower: str) -> Iterable[str]:
    for attributes, body in _elements(text, lower, "script"):
        # Scripts with an address are covered by 'self'; JSON is data, and browsers do not check its digest.
        if " src=" not in attributes and not _NOT_RUN.search(attributes):
            yield body


def _elements(text: str, lower: str, name: str) -> Iterator[tuple[str, str]]:
    """Yield the attributes and the content of each element of this name; it holds no elements itself.

    `lower` is the same text in small letters.
    """
    # A pattern would search the rest of the page again for each element without an end.
    at = 0
    while (start := lower.find(f"<{name}", at)) >= 0:
        opened = text.find(">", start)
        end = lower.find(f"</{name}>", opened)
        if opened < 0 or end < 0:
            return
        yield text[start + len(name) + 1 : opened], text[opened + 1 : end]
        at = end


def _digests(bodies: Iterable[str]) -> list[str]:
    return sorted({_digest(body) for body in {*bodies}})


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


TYPES = {
    "text/calendar": "ics",
    "text/csv": "csv",
    "application/gzip": "gz",
    "application/atom+xml": "atom",
}
"""The kinds of our files that servers do not know, and their endings."""

# In a server or location block, nginx takes this list instead of the one for the whole server, so it has to name what
# a site may hold as well.
_USUAL = {
    "text/html": "html htm",
    "text/css": "css",
    "text/javascript": "js mjs",
    "text/plain": "txt",
    "text/xml": "xml",
    "text/markdown": "md",
    "application/json": "json map",
    "application/manifest+json": "webmanifest",
    "application/rss+xml": "rss",
    "image/svg+xml": "svg svgz",
    "image/png": "png",
    "image/jpeg": "jpg jpeg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/x-icon": "ico",
    "font/woff": "woff",
    "font/woff2": "woff2",
    "font/ttf": "ttf",
    "application/pdf": "pdf",
    "application/rtf": "rtf",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/zip": "zip",
    "application/wasm": "wasm",
    "audio/mpeg": "mp3",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "text/vtt": "vtt",
}


def media_type(name: str) -> str:
    """Return the media type of a file by its ending, whatever the settings of this machine say."""
    return _BY_ENDING.get(name.rpartition(".")[2].lower(), "application/octet-stream")


_BY_ENDING = {ending: kind for kind, endings in {**_USUAL, **TYPES}.items() for ending in endings.split()}

_LONGEST = 2000
"""Bytes of a parameter; nginx refuses one of 4,096."""


def _nginx(headers: dict[str, str]) -> str:
    lines = [line for name, value in headers.items() for line in _nginx_header(name, value)]
    types = ["types {", *(f"  {kind} {endings};" for kind, endings in {**_USUAL, **TYPES}.items()), "}"]
    packed = ["gzip on;", f"gzip_types {' '.join(PACKED)};"]
    head = [f"# {_HEAD}", "# Include this file in the server or location block of the site."]
    return "\n".join([*head, *lines, *types, *packed]) + "\n"


def _nginx_header(name: str, value: str) -> list[str]:
    """Return the lines that send a header; a long one is put together from variables."""
    if len(value) <= _LONGEST:
        return [f'add_header {name} "{value}" always;']
    parts = textwrap.wrap(value, _LONGEST, break_long_words=False, break_on_hyphens=False)
    names = [f"policy_{number}" for number in range(1, len(parts) + 1)]
    whole = " ".join(f"${{{one}}}" for one in names)
    sets = [f'set ${one} "{part}";' for one, part in zip(names, parts, strict=True)]
    return [*sets, f'add_header {name} "{whole}" always;']


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
    kinds = [f"  AddType {kind} .{ending}" for kind, ending in TYPES.items()]
    # Where .gz is an encoding, a browser would unpack the file while it downloads it.
    types = ["<IfModule mod_mime.c>", *kinds, "  RemoveEncoding .gz", "</IfModule>"]
    return "\n".join([*head, *lines, "</IfModule>", *types, *packed]) + "\n"


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
            "    <staticContent>",
            *(f"      {line}" for kind, ending in TYPES.items() for line in _iis_kind(kind, ending)),
            "    </staticContent>",
            "  </system.webServer>",
            "</configuration>",
            "",
        ]
    )


def _iis_kind(kind: str, ending: str) -> list[str]:
    # IIS answers 404 for a kind that it does not know, and 500.19 for one that it knows already.
    return [f'<remove fileExtension=".{ending}" />', f'<mimeMap fileExtension=".{ending}" mimeType="{kind}" />']
