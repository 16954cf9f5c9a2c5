"""Who may call: the Host header, the Origin of a page, and the headers that every answer carries.

Own code, and little: aiohttp-cors does not look at WebSockets, and the Host check belongs before every route.
"""

import logging
from collections.abc import Awaitable, Callable, Collection
from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from monitor.web.assets import is_asset
from monitor.web.caller import caller_of
from monitor.web.errors import Refusal, is_api
from monitor.web.mount import local_path
from monitor.web.seldom import Seldom

log = logging.getLogger(__name__)

POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
#: What a page of a listed origin may send besides what every page may.
_HEADERS = ("Authorization", "Content-Type", "Last-Event-ID")
#: Seconds for which browsers remember that this name speaks https.
YEAR = 31_536_000
#: Methods that change nothing (RFC 9110, 9.2.1).
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Authority(NamedTuple):
    """A host, in the one form in which names are compared, and a port; None where it was left out."""

    host: str
    port: int | None


@lru_cache(maxsize=16)
def authority(text: str) -> Authority | None:
    """Parse the value of a Host header; None where it is malformed. Nearly all clients send the same."""
    if not text or any(letter in text for letter in "/@?#, \t"):
        return None
    try:
        url = urlsplit(f"//{text}")
        port = url.port
    except ValueError:
        return None
    return Authority(_canonical(url.hostname), port) if url.hostname else None


@lru_cache(maxsize=16)
def is_loopback(host: str) -> bool:
    """Tell whether `host` is a literal name of this machine's loopback interface; names are never resolved."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_same_origin(origin: str, host: Authority, *, is_secure: bool = False) -> bool:
    """Tell whether a page of this origin was served under this Host.

    is_secure  whether the request came over https: a page that did not is another then. The other way round it is not:
               behind a proxy that speaks https for us, and is not trusted to say so, all requests come over http.
    """
    try:
        url = urlsplit(origin)
        port = url.port
    except ValueError:
        return False
    default = _DEFAULT_PORTS.get(url.scheme)
    if default is None or not url.hostname or (is_secure and url.scheme != "https"):
        return False
    return (_canonical(url.hostname), port or default) == (host.host, host.port or default)


def guard(allowed_hosts: Collection[str], cors_origins: Collection[str]) -> Middleware:
    """Return the middleware that refuses foreign hosts (421), and what foreign pages may not do (403).

    A page that rebinds its own name to this address still sends its own name as Host. A page of another origin cannot
    read our answers without CORS, but could read a WebSocket, and could send what changes something: browsers leave
    both checks to the server. Bodies are taken as they are (415): what is compressed may become any size.
    """
    refused = Seldom(log, logging.INFO)
    allowed = frozenset(_canonical(host) for host in allowed_hosts)
    origins = frozenset(cors_origins)

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        hosts = request.headers.getall("Host", [])
        host = authority(hosts[0]) if len(hosts) == 1 else None
        if host is None or not (is_loopback(host.host) or host.host in allowed):
            name = ", ".join(hosts)
            refused.tell("refused: Host %.100r", name)
            raise _foreign_host(name)
        origin = ", ".join(request.headers.getall("Origin", ()))
        preflight = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        is_secure = caller_of(request).is_secure
        if origin and origin not in origins and not is_same_origin(origin, host, is_secure=is_secure):
            if preflight or request.method not in _SAFE or "Upgrade" in request.headers:
                refused.tell("refused: Origin %.100r", origin)
                raise _foreign_origin(origin)
        elif origin and preflight and origin in origins:
            return _preflight(request)
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise Refusal(
                415, "encoded_body", "A body is taken as it is, not compressed.", {"Accept-Encoding": "identity"}
            )
        return await handler(request)

    return middleware


def protect(response: web.StreamResponse) -> None:
    """Put the headers on an answer that are the same on all."""
    response.headers["Server"] = "monitor"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = POLICY
    response.headers.setdefault("Referrer-Policy", "no-referrer")


def headers(
    cors_origins: Collection[str], *, is_strict: bool = False
) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """Return the handler of `on_response_prepare` that puts the security and CORS headers on every answer.

    is_strict  whether browsers are told to come over https alone from now on
    """
    origins = frozenset(cors_origins)

    async def put(request: web.Request, response: web.StreamResponse) -> None:
        protect(response)
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin" if origins else "same-origin"
        if is_strict:
            response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"
        path = local_path(request)
        is_for_programs = is_api(path)
        response.headers.setdefault("Cache-Control", "no-store" if is_for_programs else "no-cache")
        if origins and (is_for_programs or is_asset(path)):
            response.headers.add("Vary", "Origin")
            origin = request.headers.get("Origin")
            if origin in origins:
                response.headers["Access-Control-Allow-Origin"] = origin
                response.headers["Access-Control-Expose-Headers"] = "Retry-After"

    return put


def _preflight(request: web.Request) -> web.Response:
    asked = request.headers.get("Access-Control-Request-Headers", "").lower()
    answer = web.Response(status=204, headers={"Access-Control-Allow-Methods": "GET, HEAD, POST"})
    if allowed := [name for name in _HEADERS if name.lower() in asked]:
        answer.headers["Access-Control-Allow-Headers"] = ", ".join(allowed)
    answer.headers["Access-Control-Max-Age"] = "600"
    return answer


def _canonical(host: str) -> str:
    try:
        return str(ip_address(host))
    except ValueError:
        return host.lower().removesuffix(".")


def _foreign_host(name: str) -> Refusal:
    host = authority(name)
    hint = f"; if it should, start the server with --allowed-host {host.host}" if host else ""
    return Refusal(421, "foreign_host", f"This server does not answer to the name {name[:100]!r}{hint}.")


def _foreign_origin(origin: str) -> Refusal:
    hint = "" if origin == "null" else f"; if they should, start the server with --cors-origin {origin[:100]}"
    return Refusal(
        403, "foreign_origin", f"Pages of {origin[:100]} may neither open the stream nor send anything here{hint}."
    )
