"""The credential that a request shows, wherever clients are able to put it."""

import base64
import re
from collections.abc import Iterator
from enum import StrEnum, auto
from typing import Final, NamedTuple

from aiohttp import web

from monitor.web.caller import caller_of
from monitor.web.errors import Refusal
from monitor.web.mount import root_of
from monitor.web.rights import STREAMS, name_of

#: The WebSocket subprotocol that we speak; the only one that is ever answered.
PROTOCOL: Final = "monitor.v1"
#: What precedes a token, in base64url, among the subprotocols that a client offers: browsers can set no other header.
OFFERED: Final = "bearer."

_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]+")


class Kind(StrEnum):
    """What a credential is."""

    TOKEN = auto()
    TICKET = auto()
    SESSION = auto()


class Credential(NamedTuple):
    """A secret, and what it claims to be."""

    kind: Kind
    secret: str


_SHOWN: Final = web.RequestKey("shown", frozenset[Credential])


def credential_of(request: web.Request) -> Credential | None:
    """Return what a request shows. Raises Refusal (400) where that is several things.

    A cookie comes by itself with whatever a browser sends, so it counts only where nothing was shown on purpose.
    """
    shown = shown_on_purpose(request)
    if len(shown) > 1:
        raise Refusal(400, "two_credentials", "This request shows two different credentials; show one.")
    if shown:
        return next(iter(shown))
    cookie = request.cookies.get(cookie_name(request))
    return None if cookie is None else Credential(Kind.SESSION, cookie)


def shown_on_purpose(request: web.Request) -> frozenset[Credential]:
    """Return what a request shows besides its cookie: what somebody may have guessed. Read once a request."""
    try:
        return request[_SHOWN]
    except KeyError:
        request[_SHOWN] = shown = frozenset(_shown(request))
        return shown


def cookie_name(request: web.Request) -> str:
    """Return what the cookie of a session is called; over TLS by a name that no other origin can set (RFC 6265bis)."""
    if not caller_of(request).is_secure:
        return "monitor-session"
    return "__Secure-monitor-session" if root_of(request) else "__Host-monitor-session"


def offered(request: web.Request) -> list[str]:
    """Return the subprotocols that a client offers."""
    headers = request.headers.getall("Sec-WebSocket-Protocol", ())
    return [entry.strip() for header in headers for entry in header.split(",")]


def _shown(request: web.Request) -> list[Credential]:
    shown: list[Credential] = []
    headers = request.headers
    if "Authorization" in headers:
        shown += _bearers(headers.getall("Authorization"))
    if name_of(request) in STREAMS:
        if "Sec-WebSocket-Protocol" in headers:
            shown += _protocols(request)
        if "?" in request.raw_path:
            shown += _query(request)
    return shown


def _bearers(headers: list[str]) -> Iterator[Credential]:
    for header in headers:
        scheme, _, secret = header.partition(" ")
        if scheme.lower() == "bearer":  # what a proxy in front of us asks for may be of another scheme
            yield Credential(Kind.TOKEN, secret.strip())


def _protocols(request: web.Request) -> Iterator[Credential]:
    for entry in offered(request):
        if entry.startswith(OFFERED):
            yield Credential(Kind.TOKEN, _decoded(entry.removeprefix(OFFERED)))


def _query(request: web.Request) -> Iterator[Credential]:
    for key, kind in (("token", Kind.TOKEN), ("ticket", Kind.TICKET)):
        for secret in request.query.getall(key, ()):
            yield Credential(kind, secret)


def _decoded(text: str) -> str:
    if not _BASE64URL.fullmatch(text):
        return ""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except ValueError:
        return ""
