"""Who may ask the local server: a browser on this machine that was given the key of this run."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from email.message import Message

TOKEN_HEADER = "X-Policywright-Token"  # noqa: S105 - the name of a header, not a secret
"""The header with which a page shows the key."""


def _secret() -> str:
    return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Keys:
    """The secrets of one run of the server."""

    token: str = field(default_factory=_secret, repr=False)
    """Shown once to enter, and with each answer that is saved."""
    cookie: str = field(default_factory=_secret, repr=False)
    """Lets a browser that has entered read pages, and nothing else."""


@dataclass(frozen=True)
class Request:
    """What a browser sent, without its body."""

    method: str
    target: str
    """Path and query, as they were sent."""
    headers: Message

    def header(self, name: str) -> str:
        """Return a header, or nothing; what was sent twice is joined and therefore equals nothing that we allow."""
        return ", ".join(str(value).strip() for value in self.headers.get_all(name, []))

    @property
    def path(self) -> str:
        """The path, still encoded; empty for anything else than a path."""
        path = self.target.partition("?")[0].partition("#")[0]
        return path if path.startswith("/") else ""


def is_meant(request: Request, port: int) -> bool:
    """Return whether a request names this machine.

    A page of another site whose name was made to point to 127.0.0.1 sends that name.
    """
    return request.header("Host").lower() in _hosts(port)


def _hosts(port: int) -> tuple[str, str]:
    return f"127.0.0.1:{port}", f"localhost:{port}"


def is_own(request: Request) -> bool:
    """Return whether a page of this server sent a request that changes something."""
    site, origin = request.header("Sec-Fetch-Site"), request.header("Origin")
    if site not in ("", "same-origin"):
        return False
    # Because pages send no referrer, browsers write “null” as the origin of some requests.
    # No page can write Sec-Fetch-Site itself.
    if origin == "null" or not origin:
        return bool(site)
    return origin.lower() == f"http://{request.header('Host').lower()}"


def is_foreign(request: Request) -> bool:
    """Return whether another site asks for a page or a file, except to open it in a window."""
    opened = request.header("Sec-Fetch-Mode") == "navigate" and request.header("Sec-Fetch-Dest") == "document"
    return request.header("Sec-Fetch-Site") not in ("", "none", "same-origin") and not opened


def opens_a_window(request: Request) -> bool:
    """Return whether a person would see the reply."""
    return request.header("Sec-Fetch-Dest") in ("", "document")


def shows_token(request: Request, keys: Keys) -> bool:
    """Return whether a request has the key."""
    return _same(request.header(TOKEN_HEADER), keys.token)


def shows_cookie(request: Request, keys: Keys, port: int) -> bool:
    """Return whether the browser has entered."""
    # Read by hand: browsers send the cookies of every server on this machine, and one that is
    # not well-formed would make the standard library drop ours.
    pairs = [part.strip().partition("=") for part in request.header("Cookie").split(";")]
    return any(_same(value, keys.cookie) for name, _, value in pairs if name == _cookie_name(port))


def cookie_to_set(keys: Keys, port: int) -> str:
    """Return the header that gives a browser the cookie."""
    return f"{_cookie_name(port)}={keys.cookie}; Path=/; HttpOnly; SameSite=Strict"


def _cookie_name(port: int) -> str:
    # Cookies ignore the port, so the name has it: two servers do not end each other's visits.
    return f"policywright-{port}"


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), wanted.encode())
